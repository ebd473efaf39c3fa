"""A Google service account: its key file, and the token that goes with every request.

google-auth signs the request for a token and no more. Its own session is not used: it retries writes, reads
certificates that the environment names, and sends the token to another of Google's services in the background, to
learn of regional boundaries. Here a token goes where the request goes.

Import this module only where a Sheet is configured: google-auth takes a while.
"""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import requests
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from planning_bot.config.references import address
from planning_bot.errors import ServerError, UsageError
from planning_bot.redaction import learn

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
_NEEDED = ("client_email", "private_key", "token_uri")
_NOT_SENT = 0  # the status of a request that was never sent
_LARGEST = 64 * 1024  # bytes; a key file has about 2400
_GARBAGE = (TypeError, ValueError, AttributeError, KeyError)  # what google-auth makes of an answer that is none


class ServiceAccount(requests.auth.AuthBase):
    """Signs requests with the token of a service account, which is asked for when it is needed."""

    def __init__(self, key_file: Path, scope: str, session: requests.Session) -> None:
        key = _read(key_file)
        self.email: str = key["client_email"]
        self._host: str = key["token_uri"]
        self._credentials = _credentials(key, key_file, scope)
        self._request = Request(session)
        self._lock = threading.Lock()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token into a request. Raises ServerError where Google gives none."""
        with self._lock:
            if not self._credentials.valid:
                self._renew()
                learn(str(self._credentials.token))
            request.headers["Authorization"] = f"Bearer {self._credentials.token}"
        return request

    def _renew(self) -> None:
        try:
            self._credentials.refresh(self._request)  # type: ignore[no-untyped-call]
        except TransportError as error:
            raise ServerError(
                f"{self._host} does not answer, and without its token no Sheet can be read",
                "check the network, and token_uri in the key file",
                status=_NOT_SENT,
            ) from error
        except (GoogleAuthError, *_GARBAGE) as error:
            raise ServerError(
                f"Google gives {self.email} no token{_reason(error)}",
                f"is the key in {VARIABLE} still valid, and this machine's clock right?",
                status=_NOT_SENT,
            ) from error


def _read(path: Path) -> dict[str, Any]:
    """Read a key file. Raises UsageError, which repeats nothing of its content."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_LARGEST))
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror or 'not a file'}") from None
    except ValueError:
        raise _unusable(path, "is not JSON") from None
    if isinstance(content, dict):
        learn(str(content.get("private_key", "")))
    if not isinstance(content, dict) or content.get("type") != "service_account":
        raise _unusable(path, "is not the key of a service account")
    if missing := [name for name in _NEEDED if not isinstance(content.get(name), str)]:
        raise _unusable(path, f"has no {' and no '.join(missing)}")
    try:
        address(content["token_uri"])
    except ValueError:
        raise _unusable(path, "has a token_uri that is neither https nor on this machine") from None
    return content


def _credentials(key: dict[str, Any], path: Path, scope: str) -> Credentials:
    try:
        signer: Credentials = Credentials.from_service_account_info(key, scopes=[scope])  # type: ignore[no-untyped-call]
    except (GoogleAuthError, *_GARBAGE):
        raise _unusable(path, "has a private_key that is none") from None
    return signer


def _unusable(path: Path, what: str) -> UsageError:
    return UsageError(f"{path}, which {VARIABLE} names, {what}", "download a new JSON key of the service account")


def _reason(error: Exception) -> str:
    """Give the error's name as RFC 6749 has them, such as invalid_grant, and nothing else of an answer."""
    match = re.match(r"[a-z_]{1,40}(?=: )", str(error.args[0]) if error.args else "")
    return f" ({match[0]})" if match else ""
