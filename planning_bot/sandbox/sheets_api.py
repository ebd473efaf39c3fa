"""The Google Sheets API as the program and gspread use it (docs: developers.google.com/sheets/api/reference/rest)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from planning_bot.sandbox.sheets_accounts import SHEETS, Accounts, Token
from planning_bot.sandbox.sheets_errors import SheetsError, error_response, json_response, not_modelled

if TYPE_CHECKING:
    from planning_bot.sandbox.connection import Response
    from planning_bot.sandbox.sheets_state import Spreadsheet

API, TOKEN = "/v4/spreadsheets/", "/token"
Json = dict[str, Any]


@dataclass
class Google:
    """What there is: spreadsheets by their keys, and service accounts."""

    spreadsheets: dict[str, Spreadsheet] = field(default_factory=dict)
    accounts: Accounts = field(default_factory=Accounts)


@dataclass(frozen=True)
class Incoming:
    """A request as it arrives; the path and the query are still URL-encoded."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Call:
    """One request: the spreadsheet, the range in its path, what is asked and what is sent."""

    spreadsheet: Spreadsheet
    range: str
    query: dict[str, list[str]]
    body: Json

    def option(self, name: str, default: str, *known: str) -> str:
        """Return a word of the query or the body, one of those known. Raises SheetsError for any other."""
        word = self.query.get(name, [self.body.get(name)])[-1] or default
        if word not in {default, *known} or not word:
            raise SheetsError(400, f"Invalid value at '{name}': {word!r}")
        return str(word)

    def flag(self, name: str) -> bool:
        """Return what is true or false, in the query or the body."""
        value = self.query.get(name, [self.body.get(name)])[-1]
        return str(value).lower() == "true"


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Route:
    """A method and a path behind the spreadsheet's key, with the parameters and body keys that are known there."""

    method: str
    path: re.Pattern[str]
    query: frozenset[str]
    body: frozenset[str]
    handler: Handler


ROUTES: list[Route] = []


def route(
    method: str, path: str, *, query: tuple[str, ...] = (), body: tuple[str, ...] = ()
) -> Callable[[Handler], Handler]:
    """Serve a path behind a spreadsheet's key with a function."""

    def add(handler: Handler) -> Handler:
        ROUTES.append(Route(method, re.compile(path), frozenset(query), frozenset(body), handler))
        return handler

    return add


def respond(google: Google, request: Incoming) -> Response:
    """Answer a request for the API or for a token."""
    if request.path == TOKEN:
        return google.accounts.respond(request.body) if request.method == "POST" else error_response(404, "Not found.")
    try:
        return json_response(_answer(google, request))
    except SheetsError as error:
        return error_response(error.status, error.message)


def _answer(google: Google, request: Incoming) -> Json:
    token = _token_of(google, request)
    key, rest = _split(request.path)
    served, matched = _find(request.method, rest)
    query = parse_qs(request.query, keep_blank_values=True)
    content = _content(request.body)
    _refuse_unknown(served, query, content)
    spreadsheet = google.spreadsheets.get(key)
    if spreadsheet is None:
        raise SheetsError(404, "Requested entity was not found.")
    _require_permission(token, spreadsheet, is_read=request.method == "GET")
    return served.handler(Call(spreadsheet, unquote(matched.groupdict().get("range") or ""), query, content))


def _split(path: str) -> tuple[str, str]:
    """Split a path into the spreadsheet's key and what follows, still URL-encoded."""
    match = re.match(r"([^/:]+)(.*)", path.removeprefix(API))
    if match is None:
        raise not_modelled(f"the path {path}")
    return unquote(match[1]), match[2]


def _find(method: str, rest: str) -> tuple[Route, re.Match[str]]:
    on_path = [(served, match) for served in ROUTES if (match := served.path.fullmatch(rest))]
    for served, match in on_path:
        if served.method == method:
            return served, match
    raise not_modelled(f"the {'method' if on_path else 'path'} {method} {rest}")


def _refuse_unknown(served: Route, query: dict[str, list[str]], body: Json) -> None:
    """Refuse parameters that Google may know and the sandbox does not; a null is as if it were not there."""
    if unknown := sorted(query.keys() - served.query):
        raise not_modelled(f"the query parameter {unknown[0]} of {served.method} {served.path.pattern}")
    if unknown := sorted(name for name in body.keys() - served.body if body[name] is not None):
        raise not_modelled(f"the body key {unknown[0]} of {served.method} {served.path.pattern}")


def _token_of(google: Google, request: Incoming) -> Token:
    lower = {name.lower(): value for name, value in request.headers.items()}
    scheme, _, secret = lower.get("authorization", "").partition(" ")
    if scheme != "Bearer":
        raise SheetsError(403, "Method doesn't allow unregistered callers (callers without established identity).")
    token = google.accounts.tokens.get(secret)
    if token is None or token.expires_at <= time.time():
        raise SheetsError(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")
    return token


def _require_permission(token: Token, spreadsheet: Spreadsheet, *, is_read: bool) -> None:
    if not is_read and SHEETS not in token.scopes:
        raise SheetsError(403, "Request had insufficient authentication scopes.")
    role = spreadsheet.roles.get(token.email)
    if role is None or (role != "writer" and not is_read):
        raise SheetsError(403, "The caller does not have permission")


def _content(body: bytes) -> Json:
    try:
        content = json.loads(body) if body else {}
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise SheetsError(400, "Invalid JSON payload received.")
    return content
