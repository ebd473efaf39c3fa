"""Where a calendar's text comes from: a file beside the configuration, an https address, or a secret address.

An address may be a secret, so no message repeats one: a calendar is called by its host.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3

from planning_bot.config import SecretAddress
from planning_bot.domain.absence import Unreadable
from planning_bot.errors import ConfigurationError, ServerError
from planning_bot.gateways.polite_session import PoliteSession
from planning_bot.gateways.tables import decoded, read_bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from planning_bot.config import IcsSource

LARGEST = 2 * 1024 * 1024
LONGEST_SECONDS = 60.0
_CHUNK = 64 * 1024
_CONNECTIONS = 4
_HEADERS = {"Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "identity"}
_HINTS = {
    401: "the calendar wants a password: publish it at a secret address, and name that with {host, url_from}",
    403: "the calendar is not shared at this address",
    404: "there is no calendar at this address: was its secret address renewed?",
}


@dataclass(frozen=True)
class Calendars:
    """Opens the calendars that a configuration names; `environ` holds the secret addresses."""

    folder: Path
    environ: Mapping[str, str]
    session: PoliteSession = field(default_factory=lambda: PoliteSession(connections=_CONNECTIONS))
    elapsed: Callable[[], float] = time.monotonic

    def read(self, source: IcsSource) -> tuple[str, str]:
        """Give what messages call the calendar, and its text.

        Raises ConfigurationError for what the configuration or the environment says, ServerError for the server.
        """
        where, name = source.ics, name_of(source)
        if isinstance(where, SecretAddress):
            return name, self._fetched(_secret(where, self.environ, name), name)
        if ":" in where:
            return name, self._fetched(where, name)
        return name, decoded(read_bounded(self.folder / where, where, LARGEST), where)

    def _fetched(self, address: str, name: str) -> str:
        try:
            with self.session.get(address, stream=True, headers=_HEADERS) as response:
                if response.status_code != HTTPStatus.OK:
                    raise _refusal(name, response.status_code)
                content = self._bounded(response, name)
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            raise ServerError(f"{name} does not answer ({type(error).__name__})", "check the network") from None
        return decoded(content, name)

    def _bounded(self, response: requests.Response, name: str) -> bytes:
        """Read at most so many bytes, for at most so long, however slowly they come."""
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise ServerError(f"{name} answers compressed, which it was not asked for")
        begun, content = self.elapsed(), bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            content += chunk
            if len(content) > LARGEST:
                raise ServerError(f"{name} is larger than {LARGEST // 1024} KB", "publish one for time off alone")
            if self.elapsed() - begun > LONGEST_SECONDS:
                raise ServerError(f"{name} takes longer than {LONGEST_SECONDS:g} seconds", "run it again later")
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and len(content) < int(announced):
            raise ServerError(f"{name} was cut off", "run it again")
        return bytes(content)


def name_of(source: IcsSource) -> str:
    """Give what messages call a calendar: its file, or its host."""
    where = source.ics
    if isinstance(where, SecretAddress):
        return f"the calendar on {where.host} ({where.url_from})"
    return f"the calendar on {urlsplit(where).netloc}" if ":" in where else where


def _secret(where: SecretAddress, environ: Mapping[str, str], name: str) -> str:
    """Take the address from the environment, if it leads to the host that the configuration names."""
    address = environ.get(where.url_from, "").strip()
    if not address:
        raise _unusable(name, f"the environment variable {where.url_from} is not set")
    try:
        parts = urlsplit(address)
        same = _host(parts) == _host(urlsplit(f"{parts.scheme}://{where.host}"))
    except ValueError:
        raise _unusable(name, f"{where.url_from} holds no address") from None
    if parts.username is not None or re.search(r"[\s\\\x00-\x1f\x7f]", address):
        raise _unusable(name, f"the address in {where.url_from} may hold no user, password, space or backslash")
    if not same:
        raise _unusable(name, f"the address in {where.url_from} is not on {where.host}")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise _unusable(name, f"the address in {where.url_from} must begin with https://")
    return address


def _host(parts: SplitResult) -> tuple[str | None, int]:
    return parts.hostname, parts.port or (80 if parts.scheme == "http" else 443)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(name: str, message: str) -> ConfigurationError:
    return ConfigurationError([Unreadable.at(name, name, "", message)])


def _refusal(name: str, status: int) -> ServerError:
    hint = _HINTS.get(status, "")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        hint = "redirects are not followed: write the address to which it leads"
    return ServerError(f"{name} answered {status}", hint, status=status)
