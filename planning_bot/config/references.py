"""What the file names elsewhere: people, groups, projects, countries, time zones, addresses."""

import re
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from planning_bot.config.complaints import did_you_mean, quoted, wrong
from planning_bot.config.scalars import TEXT_SCHEMA, text

_SEGMENT = r"[A-Za-z0-9_.][A-Za-z0-9_.-]*"
_USERNAME = re.compile(_SEGMENT)
_GROUP = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_PROJECT = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})+")
_EPIC = re.compile(rf"({_SEGMENT}(?:/{_SEGMENT})*)&[1-9][0-9]{{0,9}}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


def username(value: Any) -> str:
    """Read a GitLab username, without the @ in front."""
    name = text(value)
    if name.startswith("@"):
        raise wrong(f"write the username without the @: {quoted(name.lstrip('@'))}")
    if not _USERNAME.fullmatch(name):
        raise wrong(f"not a GitLab username: {quoted(name)}; it has letters, digits, '_', '.' and '-'")
    return name


def _path(value: Any, pattern: re.Pattern[str], example: str) -> str:
    path = text(value)
    if not pattern.fullmatch(path):
        raise wrong(f"write the path, such as {example}, without an address or slashes around it; found {quoted(path)}")
    return path


def group(value: Any) -> str:
    """Read a group's full path."""
    return _path(value, _GROUP, "gitlab-org/ai-powered")


def project(value: Any) -> str:
    """Read a project's full path, its group included."""
    return _path(value, _PROJECT, "gitlab-org/gitlab")


def epic(value: Any) -> str:
    """Read an epic's full reference."""
    if not _EPIC.fullmatch(reference := text(value)):
        raise wrong(f"write an epic's reference, such as gitlab-org&13440; found {quoted(reference)}")
    return reference


def country(value: Any) -> str:
    """Read a country's code; which of them have holidays is known where these are counted."""
    if not _COUNTRY.fullmatch(code := text(value)):
        raise wrong(f"write a country's two capital letters, such as NL; found {quoted(code)}")
    return code


def timezone(value: Any) -> str:
    """Read the name of a time zone."""
    name = text(value)
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones()) or "; write one such as Europe/Amsterdam"
        raise wrong(f"unknown time zone {quoted(name)}{hint}") from None
    return name


def key_name(value: Any) -> str:
    """Read the key of a team or of a board, which reports and file names repeat."""
    name = str(value)
    if not _NAME.fullmatch(name):
        raise wrong(f"a key has letters, digits, '-', '_' and '.'; found {quoted(name)}")
    return name


def host(value: Any) -> str:
    """Read a host's name, with a port or without."""
    if not _HOST.fullmatch(name := text(value)):
        raise wrong("write the host alone, such as calendar.example.com, without https:// or a path")
    return name.lower()


def variable(value: Any) -> str:
    """Read the name of an environment variable."""
    if not _VARIABLE.fullmatch(name := text(value)):
        raise wrong(
            "write the name of an environment variable, such as TEAM_CALENDAR; the address stays out of the file"
        )
    return name


def address(value: Any) -> str:
    """Read an https address, or an http one on this machine; addresses are not repeated, they may hold a secret."""
    parts = _split(text(value))
    if parts.username is not None or parts.password is not None:
        raise wrong("an address holds no user and no password here; secrets come from the environment")
    if parts.query or parts.fragment:
        raise wrong("write the address without what follows '?' or '#'")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise wrong("write https://; http is for this machine alone (127.0.0.1, ::1, localhost)")
    if parts.scheme not in {"https", "http"}:
        raise wrong("write a whole address, such as https://gitlab.example.com")
    return parts.geturl()


def proxy(value: Any) -> str:
    """Read the address of a proxy."""
    parts = _split(text(value))
    if parts.scheme not in {"https", "http"} or parts.username is not None or parts.query or parts.fragment:
        raise wrong("write the proxy's address, such as http://proxy.example.com:3128, without a user or a password")
    return parts.geturl()


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or re.search(r"[\s\\]", address):
        raise wrong("write a whole address, such as https://gitlab.example.com")
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _with_slash(address: str) -> str:
    return f"{address.rstrip('/')}/"


def _without_slash(address: str) -> str:
    return address.rstrip("/")


_ADDRESS = WithJsonSchema({"type": "string", "pattern": "^https?://[^?#@]+$"})

SiteUrl = Annotated[str, PlainValidator(address), AfterValidator(_without_slash), _ADDRESS]
ApiUrl = Annotated[str, PlainValidator(address), AfterValidator(_with_slash), _ADDRESS]
ProxyUrl = Annotated[str, PlainValidator(proxy), _ADDRESS]
Username = Annotated[str, PlainValidator(username), WithJsonSchema(TEXT_SCHEMA)]
GroupPath = Annotated[str, PlainValidator(group), WithJsonSchema(TEXT_SCHEMA)]
ProjectPath = Annotated[str, PlainValidator(project), WithJsonSchema({"type": "string", "pattern": "/"})]
EpicReference = Annotated[str, PlainValidator(epic), WithJsonSchema({"type": "string", "pattern": "&[0-9]+$"})]
Country = Annotated[
    str, PlainValidator(country), WithJsonSchema({"type": ["string", "boolean"], "pattern": "^[A-Z]{2}$"})
]
Timezone = Annotated[str, PlainValidator(timezone), WithJsonSchema({"type": "string"})]
Host = Annotated[str, PlainValidator(host), WithJsonSchema({"type": "string", "pattern": "^[^/]+$"})]
Variable = Annotated[str, PlainValidator(variable), WithJsonSchema({"type": "string"})]
KeyName = Annotated[str, PlainValidator(key_name), WithJsonSchema({"type": "string"})]
