"""The pretend GitLab on loopback: its clock, its faults, and a record of every request."""

from __future__ import annotations

import json
import pickle
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from planning_bot.sandbox import api, graphql, page
from planning_bot.sandbox.connection import Listener, Response
from planning_bot.sandbox.faults import INSTEAD, Fault
from planning_bot.sandbox.routing import API, Answer
from planning_bot.sandbox.seeding import Gitlab
from planning_bot.sandbox.sheets import Sheets
from planning_bot.sandbox.slack import Slack
from planning_bot.sandbox.state import Store

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from types import TracebackType


@dataclass
class Request:
    """One request as it arrived. ``path`` is still URL-encoded; the status is 0 where no answer was sent."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    username: str | None
    headers: dict[str, str]
    status: int = 0


class Sandbox:
    """A GitLab of one's own, from ``__enter__`` to ``__exit__``; ``calendars`` are served besides, by their paths."""

    def __init__(self, now: datetime | None = None, *, port: int = 0, database: str = ":memory:") -> None:
        self._store = Store(database, now)
        self._port = port
        self._faults: list[Fault] = []
        self._stopping = threading.Event()
        self._listener: Listener | None = None
        self.gitlab = Gitlab(self._store)
        self.sheets = Sheets(self._store)
        self.slack = Slack(self._store)
        self.requests: list[Request] = []
        self.latency = 0.0
        self.hang = 60.0
        self.headers: dict[str, str] = {}
        self.calendars: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._store.url

    @property
    def now(self) -> datetime | None:
        """The time at which its clock stands still; None: it runs."""
        return self._store.clock.frozen

    @now.setter
    def now(self, value: datetime | None) -> None:
        self._store.clock.freeze(value)

    @property
    def lag(self) -> timedelta:
        """How long lists do not show what is new, while a single thing shows at once."""
        return self._store.lag

    @lag.setter
    def lag(self, value: timedelta) -> None:
        self._store.lag = value

    @property
    def tier(self) -> str:
        """``premium``, or ``free``: no weights, epics, board scopes, further boards, second assignees."""
        return self._store.tier

    @tier.setter
    def tier(self, value: str) -> None:
        self._store.tier = value

    def fail(self, fault: Fault) -> Fault:
        """Let something go wrong, counting requests from now."""
        self._faults.append(fault)
        return fault

    def heal(self) -> None:
        """Take all faults away."""
        self._faults.clear()

    def save(self) -> bytes:
        """Give all that it holds, for `restore`: what a thousand trials begin with."""
        with self._store.lock:
            return pickle.dumps((self._store.save(), self.slack.save(), self.sheets.save()))

    def restore(self, saved: bytes) -> None:
        """Go back to what was saved, without faults and without requests."""
        rows, slack, sheets = pickle.loads(saved)  # noqa: S301 - its own
        with self._store.lock:
            self._store.restore(rows)
            self.slack.restore(slack)
            self.sheets.restore(sheets)
        self.heal()
        self.requests.clear()
        self.gitlab.executed_quick_actions.clear()

    def __enter__(self) -> Self:
        self._listener = Listener(self._port, self._respond)
        self._store.url = f"http://127.0.0.1:{self._listener.server_port}"
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._listener:
            self._listener.stop()
        self._store.close()

    def _respond(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        with self._store.lock:
            request = self._record(method, target, headers, body)
            struck = [fault for fault in list(self._faults) if fault.strikes(method, request.path)]
        for fault in struck:
            _run(fault.before)
        if self.latency:
            self._stopping.wait(self.latency)
        kind, location = next(((fault.kind, fault.location) for fault in struck if fault.kind != "callback"), ("", ""))
        path = request.path
        canned = self.sheets.instead(kind, path) or self.slack.instead(kind, path) or _instead(kind, location)
        response = canned or self._carry_out(method, target, headers, body)
        for fault in struck:
            _run(fault.after)
        response = self._spoil(response, kind)
        request.status = 0 if response.dropped else response.status
        return response

    def _record(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Request:
        path, _, query = target.partition("?")
        token = api.token_of(self._store, headers)
        username = self._store.get("users", token["user_id"])["username"] if token else None
        request = Request(method, path, api.parse_query(query), _parsed(body), username, headers)
        self.requests.append(request)
        return request

    def _carry_out(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        if target.startswith((f"{API}/", graphql.PATH)):
            found = api.answer(self._store, method, target, headers, body)
            return _json(found, self.headers)
        if self.sheets.serves(target.partition("?")[0]):
            return self.sheets.respond(method, target, headers, body)
        if self.slack.serves(target.partition("?")[0]):
            return self.slack.respond(method, target, headers, body)
        if calendar := self.calendars.get(target.partition("?")[0]):
            return Response(200, {"Content-Type": "text/calendar"}, calendar.encode())
        with self._store.lock:
            shown = page.show(self._store, target.partition("?")[0])
        text = (shown.text or "").encode()
        return Response(shown.status, shown.headers, text)

    def _spoil(self, response: Response, kind: str) -> Response:
        if kind == "timeout":
            self._stopping.wait(self.hang)
        if kind in {"timeout", "reset-after"}:
            return Response(dropped=True)
        if kind == "truncated":
            half = len(response.body) // 2
            return Response(response.status, response.headers, response.body[:half], missing=half + 1)
        if kind == "empty":
            return Response(200, {"Content-Type": "application/json"})
        if kind == "null":
            return Response(200, {"Content-Type": "application/json"}, b"null")
        if kind == "500-after":
            return _instead("500", "") or response
        return response


def _run(action: Any) -> None:
    if action is not None:
        action()


def _instead(kind: str, location: str) -> Response | None:
    if kind == "reset-before":
        return Response(dropped=True)
    if kind not in INSTEAD:
        return None
    canned = INSTEAD[kind]
    headers = {"Content-Type": canned.content_type, **canned.headers}
    if kind == "redirect":
        headers["Location"] = location
    return Response(canned.status, headers, canned.body.encode())


def _json(found: Answer, extra: dict[str, str]) -> Response:
    body = json.dumps(found.payload, ensure_ascii=False).encode()
    return Response(found.status, {"Content-Type": "application/json", **found.headers, **extra}, body)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
