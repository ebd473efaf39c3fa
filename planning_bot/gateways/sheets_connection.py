"""The wire to Google Sheets: gspread's requests, sent politely, to the configured address and nowhere else.

gspread builds addresses and bodies; what it makes of answers is not relied on: it takes a redirect for a success.
Import this module only where a Sheet is configured: gspread takes a while.
"""

from __future__ import annotations

import http.client
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import gspread
import requests
from gspread.urls import SPREADSHEETS_API_V4_BASE_URL
from gspread.utils import absolute_range_name

from planning_bot.errors import ServerError, UnknownOutcomeError
from planning_bot.gateways.google_account import ServiceAccount
from planning_bot.gateways.polite_session import Clock, PoliteSession, was_never_sent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gspread.http_client import ParamsType

SIDE_BY_SIDE = 4
_GOOGLE = SPREADSHEETS_API_V4_BASE_URL.removesuffix("/v4/spreadsheets")
_SCOPE = "https://www.googleapis.com/auth/spreadsheets"
_FAILED = HTTPStatus.INTERNAL_SERVER_ERROR  # from here on it is the server's fault, and nobody knows what it did
_ROWS, _COLUMNS = 1000, 26  # of a tab that is made: as many as a person's would have

Json = dict[str, Any]


class SheetsConnection:
    """One connection for a run, as the account of a key file; without `writes` its tokens do not permit any."""

    def __init__(self, api_url: str, key_file: Path, *, writes: bool = False, clock: Clock | None = None) -> None:
        self._session = PoliteSession(connections=SIDE_BY_SIDE, clock=clock)
        scope = _SCOPE if writes else f"{_SCOPE}.readonly"
        account = ServiceAccount(key_file, scope, PoliteSession(connections=1, clock=clock))
        self._session.auth = account
        self.account = account.email
        self._wire = _Wire(self._session, api_url.rstrip("/"), account.email)

    def close(self) -> None:
        """Let go of sockets."""
        self._session.close()

    def tabs(self, sheet: str) -> list[str]:
        """List the titles of a Sheet's tabs. Raises ServerError."""
        answer = self._wire.fetch_sheet_metadata(_quoted(sheet), params={"fields": "sheets.properties.title"})
        return [str(_dict(_dict(tab).get("properties")).get("title")) for tab in answer.get("sheets") or []]

    def values(self, sheet: str, tab: str, render: str) -> Json:
        """Read all of a tab, dates as serial numbers. Raises ServerError; its status is 400 for an unknown tab."""
        params: ParamsType = {"valueRenderOption": render, "dateTimeRenderOption": "SERIAL_NUMBER"}
        return _dict(self._wire.values_get(_quoted(sheet), absolute_range_name(tab), params=params))

    def add_tab(self, sheet: str, tab: str) -> None:
        """Make a tab, once. Raises ServerError, and UnknownOutcomeError where the answer was lost."""
        size = {"rowCount": _ROWS, "columnCount": _COLUMNS}
        properties = {"title": tab, "sheetType": "GRID", "gridProperties": size}
        body = {"requests": [{"addSheet": {"properties": properties}}]}
        _written(lambda: self._wire.batch_update(_quoted(sheet), body))

    def write(self, sheet: str, tab: str, block: str, rows: list[list[Any]]) -> Json:
        """Write rows into a block such as A1:C5, as they are, once; the answer holds what stands there then.

        Raises ServerError, and UnknownOutcomeError where the answer was lost.
        """
        body = {
            "valueInputOption": "RAW",
            "includeValuesInResponse": True,
            "responseValueRenderOption": "UNFORMATTED_VALUE",
            "data": [{"range": absolute_range_name(tab, block), "majorDimension": "ROWS", "values": rows}],
        }
        return _written(lambda: self._wire.values_batch_update(_quoted(sheet), body))


class _Wire(gspread.HTTPClient):
    """Sends what gspread asks for to the configured address, and tells refusals apart."""

    def __init__(self, session: requests.Session, api_url: str, email: str) -> None:
        super().__init__(auth=None, session=session)  # type: ignore[arg-type]  # its documentation says None
        self._api_url = api_url
        self._email = email

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request. Raises ServerError, without a status where the answer was lost or made no sense."""
        assert endpoint.startswith(f"{_GOOGLE}/")  # nothing here asks for Drive
        path = endpoint.removeprefix(_GOOGLE)
        try:
            response = self.session.request(method, f"{self._api_url}{path}", *args, **kwargs)
        except requests.RequestException as error:
            status = 0 if was_never_sent(error) else None
            what = f"{self._api_url} does not answer ({type(error).__name__})"
            raise ServerError(what, "check sheets.api_url and the network", status=status) from error
        if response.status_code != HTTPStatus.OK:
            raise self._refusal(f"{method.upper()} {path}", response.status_code)
        if not isinstance(_decoded(response), dict):
            hint = "is sheets.api_url the address of Google's API?"
            raise ServerError(f"{method.upper()} {path}: the answer is not what Google documents", hint)
        return response

    def _refusal(self, asked: str, status: int) -> ServerError:
        """Tell of a refusal without a word of its headers or its body."""
        reason = http.client.responses.get(status, "")
        otherwise = "it failed on Google's side: run it again later" if status >= _FAILED else ""
        hint = _HINTS.get(status, otherwise).format(email=self._email)
        return ServerError(f"Google answered {status} {reason}".rstrip() + f" to {asked}", hint, status=status)


_HINTS = {
    301: "redirects are not followed: is sheets.api_url the address of Google's API?",
    302: "redirects are not followed: is sheets.api_url the address of Google's API?",
    400: "is the tab, or a part of it, protected?",
    401: "the service account's key is not accepted: it was revoked or has expired",
    403: "share the Sheet with {email}, as an editor where it is written to, and enable the Sheets API in its project",
    404: "there is no such Sheet: check its key, the part of its address after /d/",
    429: "Google's quota for a minute was not lifted in time: run it again later",
}


def _written(send: Callable[[], Any]) -> Json:
    try:
        return _dict(send())
    except ServerError as error:
        if error.status is None or error.status >= _FAILED:
            raise UnknownOutcomeError(error.message, "run it again: the next run looks what became of it") from error
        raise


def _decoded(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _quoted(key: str) -> str:
    return quote(key, safe="")
