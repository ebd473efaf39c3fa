"""A server on loopback that says what a test wants it to say, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from planning_bot.sandbox.connection import Listener, Response

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    """Gives its answers in their order, the last of them for ever; `respond` decides instead, where it is given."""

    answers: list[Response] = field(default_factory=list)
    respond: Callable[[str], Response] | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listener: Listener | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def targets(self) -> list[str]:
        """The paths and queries that were asked for."""
        return [asked.target for asked in self.asked]

    def __enter__(self) -> Self:
        self._listener = Listener(self.port, self._answer)
        self.port = self._listener.server_port
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._listener
        self._listener.stop()

    def _answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        with self._lock:
            self.asked.append(Asked(method, target, headers, body))
            number = len(self.asked) - 1
        if self.respond:
            return self.respond(target)
        return self.answers[min(number, len(self.answers) - 1)]


def answer(content: Any = None, status: int = 200, **headers: str) -> Response:
    """Make an answer in JSON; `Retry_After` is spelled with an underscore."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"Content-Type": "application/json", **spelled}, json.dumps(content).encode())


def raw(body: bytes, status: int = 200, kind: str = "application/json", **more: Any) -> Response:
    """Make an answer of any bytes."""
    return Response(status, {"Content-Type": kind}, body, **more)


def dropped() -> Response:
    """Make the answer that never comes: the connection is reset."""
    return Response(dropped=True)
