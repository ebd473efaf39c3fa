"""An HTTP session that a server's operator would not mind: bounded retries, one limiter, no redirects.

Every gateway that speaks over `requests` uses it. It knows nothing of GitLab.

- Reads are retried: a few times, with jitter, honouring Retry-After (seconds or a date; garbage is ignored, absurd
  values are clamped).
- A write is sent again only where it surely did not happen: the connection was refused, or the answer was 429.
- Redirects are never followed, so that a token never leaves its host; the environment's proxies, netrc and
  certificate variables are not read.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
_ATTEMPTS = 5
_LONGEST_WAIT = 60.0
_TRANSIENT = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_READS = frozenset({"GET", "HEAD"})
_LOG = logging.getLogger("planning_bot.http")


@dataclass
class Clock:
    """Time as the waits see it, so that tests do not wait."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Limiter:
    """Holds back all requests of a run while the server has said that it has had enough."""

    clock: Clock
    _not_before: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> None:
        """Wait until the server takes requests again."""
        with self._lock:
            seconds = self._not_before - self.clock.now()
        if seconds > 0:
            self.clock.sleep(seconds)

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """Read what an answer says of the limits: Retry-After, and RateLimit-* once nothing remains."""
        seconds = 0.0
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            seconds = retry_after(headers, self.clock.now())
        if headers.get("RateLimit-Remaining") == "0":
            reset = _number(headers.get("RateLimit-Reset", ""))
            seconds = max(seconds, _clamped(reset - self.clock.now()) if reset else 0.0)
        if seconds:
            with self._lock:
                self._not_before = max(self._not_before, self.clock.now() + seconds)


class PoliteSession(requests.Session):
    """A `requests` session with the manners above; safe to use from several threads."""

    def __init__(self, *, connections: int, clock: Clock | None = None) -> None:
        super().__init__()
        self.trust_env = False
        self.clock = clock or Clock()
        self.limiter = Limiter(self.clock)
        self._places = threading.BoundedSemaphore(connections)
        self._closed = threading.Event()
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow no redirect."""

    def close(self) -> None:
        """Let go of the connections; what is under way in other threads is not tried again."""
        self._closed.set()
        super().close()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request, and again where that is safe and promises something."""
        kwargs["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        is_read = request.method in _READS
        retrying = tenacity.Retrying(
            sleep=self.clock.sleep,
            stop=lambda state: self._closed.is_set() or state.attempt_number >= _ATTEMPTS,
            wait=self._pause,
            retry=_read_may_be_repeated if is_read else _write_surely_did_not_happen,
            retry_error_callback=_as_it_was,
        )
        send = super().send

        def once() -> requests.Response:
            self.limiter.wait()
            if self._closed.is_set():
                raise requests.ConnectionError("the session is closed")
            with self._places:
                response = _logged(request, lambda: send(request, **kwargs))
            self.limiter.note(response.status_code, response.headers)
            return response

        return retrying(once)

    def _pause(self, state: tenacity.RetryCallState) -> float:
        backoff = tenacity.wait_random_exponential(multiplier=0.5, max=10)(state)
        outcome = state.outcome
        if outcome is None or outcome.failed:
            return backoff
        response: requests.Response = outcome.result()
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and "Retry-After" in response.headers:
            return 0.0  # the limiter waits, for all threads at once
        return max(backoff, retry_after(response.headers, self.clock.now(), otherwise=0.0))


def _logged(request: requests.PreparedRequest, send: Callable[[], requests.Response]) -> requests.Response:
    """Note what was asked and how it went; nothing of a header or a body."""
    parts = urlsplit(request.url or "")
    what = f"{request.method} {parts.path}" + (f"?{parts.query}" if parts.query else "")
    try:
        response = send()
    except requests.RequestException as error:
        _LOG.info("%s: %s", what, type(error).__name__)
        raise
    _LOG.info("%s: %s in %.0f ms", what, response.status_code, response.elapsed.total_seconds() * 1000)
    return response


def retry_after(headers: Mapping[str, str], now: float, otherwise: float = 1.0) -> float:
    """Read Retry-After as seconds from now; `otherwise` where it is missing or garbage (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    seconds = _number(text)
    if seconds is None and text:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, OverflowError):
            seconds = None
    return otherwise if seconds is None else _clamped(seconds)


def _clamped(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _number(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 16 else None  # noqa: PLR2004 - garbage


def _read_may_be_repeated(state: tenacity.RetryCallState) -> bool:
    outcome = state.outcome
    assert outcome is not None
    if outcome.failed:
        error = outcome.exception()
        return isinstance(error, requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError)
    return outcome.result().status_code in _TRANSIENT


def _write_surely_did_not_happen(state: tenacity.RetryCallState) -> bool:
    outcome = state.outcome
    assert outcome is not None
    if outcome.failed:
        return was_never_sent(outcome.exception())
    return bool(outcome.result().status_code == HTTPStatus.TOO_MANY_REQUESTS)


def was_never_sent(error: BaseException | None) -> bool:
    """Whether a failed request surely did not reach the server: no connection could be opened."""
    while error is not None:
        if isinstance(error, NewConnectionError | requests.exceptions.ConnectTimeout):
            return True
        reason = getattr(error, "reason", None)
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        error = reason if isinstance(reason, BaseException) else inner
    return False


def _as_it_was(state: tenacity.RetryCallState) -> requests.Response:
    """Give the last answer, or raise the last error, when the attempts are used up."""
    assert state.outcome is not None
    result: requests.Response = state.outcome.result()
    return result
