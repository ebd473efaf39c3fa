"""The wire to Slack: slack_sdk's methods and arguments, sent politely, to the configured address and nowhere else.

slack_sdk's own way of sending is not used: it sends a post again whose answer was lost, and takes a proxy from the
environment, as urllib does, which follows redirects besides. Methods that read are sent as GET, which may be
repeated; a method that writes is sent again only after 429, or where no connection could be opened.

Import this module only where a channel is configured: slack_sdk takes a while.
"""

from __future__ import annotations

import http.client
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import requests
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from planning_bot.errors import ServerError, UnknownOutcomeError
from planning_bot.gateways.polite_session import Clock, PoliteSession, was_never_sent
from planning_bot.gateways.slack_errors import UNSURE, RefusedBySlackError, refusal, word_of

if TYPE_CHECKING:
    from pydantic import SecretStr

_SIDE_BY_SIDE = 2
_FAILED = HTTPStatus.INTERNAL_SERVER_ERROR  # from here on it is the server's fault, and nobody knows what it did
_READS = frozenset({"auth.test", "conversations.history", "conversations.info", "conversations.list"})
_AGAIN = "run it again: the next run looks what became of it"
_ADDRESS = "is slack.api_url the address of Slack's API?"


class SlackConnection(WebClient):
    """slack_sdk's client over a session with manners.

    Its methods raise ServerError, whose `word` is Slack's, and those that write UnknownOutcomeError where nobody knows
    what became of it.
    """

    def __init__(self, api_url: str, token: SecretStr, clock: Clock | None = None) -> None:
        super().__init__(base_url=api_url, retry_handlers=[], proxy="none")  # without one it asks the environment
        self._session = PoliteSession(connections=_SIDE_BY_SIDE, clock=clock)
        self._authorization = f"Bearer {token.get_secret_value()}"

    def close(self) -> None:
        """Let go of sockets."""
        self._session.close()

    def api_call(self, api_method: str, **parts: Any) -> SlackResponse:
        """Call a method with what slack_sdk makes of its arguments."""
        url = f"{self.base_url.rstrip('/')}/{api_method}"
        try:
            response = self._send(api_method, url, parts.get("params"), parts.get("json"))
            answer = _answer(api_method, response)
        except ServerError as error:
            raise _of_a_write(error) if api_method not in _READS else error from error.__cause__
        headers = cast("dict[str, str]", response.headers)
        return SlackResponse(
            client=self, http_verb="POST", api_url=url, req_args={}, data=answer, headers=headers, status_code=200
        )

    def upload(self, url: str, content: bytes) -> None:
        """Send a file to the address that Slack gave for it; without the token. Raises ServerError."""
        if not self._is_slacks(url):
            raise ServerError("Slack names an address for the file that is not its own", _ADDRESS)
        response = self._request("the upload", "POST", url, data=content)
        if response.status_code != HTTPStatus.OK:
            raise _no_answer("the upload", response.status_code)

    def _send(
        self, method: str, url: str, params: dict[str, Any] | None, json: dict[str, Any] | None
    ) -> requests.Response:
        headers = {"Authorization": self._authorization}
        form = {name: _spelled(value) for name, value in (params or {}).items() if value is not None}
        if method in _READS:
            return self._request(method, "GET", url, params=form, headers=headers)
        if json is not None:
            return self._request(method, "POST", url, json=json, headers=headers)
        return self._request(method, "POST", url, data=form, headers=headers)

    def _request(self, method: str, verb: str, url: str, **content: Any) -> requests.Response:
        try:
            return self._session.request(verb, url, **content)
        except requests.RequestException as error:
            status = 0 if was_never_sent(error) else None
            what = f"{method}: {urlsplit(url).hostname} does not answer ({type(error).__name__})"
            raise ServerError(what, "check slack.api_url and the network", status=status) from error

    def _is_slacks(self, url: str) -> bool:
        """Whether a file may go there: to the host of the API, or over https to one of slack.com."""
        try:
            there, api = urlsplit(url), urlsplit(self.base_url)
            same = (there.scheme, there.hostname, there.port) == (api.scheme, api.hostname, api.port)
        except ValueError:
            return False
        host = there.hostname or ""
        own = there.scheme == "https" and there.port is None and host.endswith(".slack.com")
        return (same or own) and there.username is None and there.password is None


def _answer(method: str, response: requests.Response) -> dict[str, Any]:
    """Read an answer: an object with `ok: true`. Raises ServerError, without a status where it makes no sense."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.status_code >= _FAILED or not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
        raise _no_answer(method, response.status_code)
    if not answer["ok"] or response.status_code != HTTPStatus.OK:
        raise RefusedBySlackError(refusal(method, answer, response.status_code), word_of(answer))
    return answer


def _no_answer(method: str, status: int) -> ServerError:
    """Tell of an answer that is none of Slack's, without a word of its headers or its body."""
    if status == HTTPStatus.OK:
        return ServerError(f"{method}: the answer is not what Slack documents", _ADDRESS)
    reason = http.client.responses.get(status, "")
    hint = {429: "too much was asked of it in a minute: run it again later"}.get(status, _ADDRESS)
    if status >= _FAILED:
        hint = "it failed on Slack's side: run it again later"
    return ServerError(f"Slack answered {status} {reason}".rstrip() + f" to {method}", hint, status=status)


def _of_a_write(error: ServerError) -> ServerError | UnknownOutcomeError:
    """Tell what surely did not happen from what nobody knows."""
    is_unsure = isinstance(error, RefusedBySlackError) and error.word in UNSURE
    is_broken = error.status is None or (error.status >= _FAILED and error.status != HTTPStatus.NOT_IMPLEMENTED)
    if is_broken or is_unsure:
        return UnknownOutcomeError(error.message, _AGAIN)
    return error


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
