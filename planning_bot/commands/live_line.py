"""One line at a terminal that says what is under way, once it has taken a second; gone before anything else is said."""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TextIO

from planning_bot.rendering.table import cut

_AFTER, _EVERY = 1.0, 0.1  # seconds: until it appears, and between two pictures of it
_WHEEL = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_WIPE = "\r\x1b[K"


class Requests(logging.Handler):
    """Counts the requests of this process: the gateways log each of them."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - the signature is logging's
        """Count one."""
        self.count += 1


def can_redraw(stream: TextIO) -> bool:
    """Whether a stream is a terminal on which a line can be drawn anew (and NO_COLOR, see no-color.org)."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR")


@dataclass
class LiveLine:
    """The line; whoever writes to the same terminal wipes it first. Several threads may use it."""

    requests: Requests = field(default_factory=Requests)
    _phase: str = ""
    _since: float = 0.0
    _before: int = 0
    _over: threading.Event | None = None
    _stream: TextIO = field(default_factory=lambda: sys.stderr)
    _is_drawn: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, phase: str) -> None:
        """Say what is under way now; a second after the first such word it is shown."""
        with self._lock:
            self._phase = phase
            if self._over is None:
                self._over = threading.Event()
                self._since, self._before = time.monotonic(), self.requests.count
                self._stream = sys.stderr
                threading.Thread(target=self._draw_until, args=(self._over,), name="progress", daemon=True).start()

    def wipe(self) -> None:
        """Take the line away; from here on nothing is drawn until the next word."""
        with self._lock:
            if self._over:
                self._over.set()
                self._over = None
            if self._is_drawn:
                self._put(_WIPE)
                self._is_drawn = False

    def _draw_until(self, over: threading.Event) -> None:
        over.wait(_AFTER)
        for spoke in itertools.cycle(_WHEEL):
            with self._lock:
                if over.is_set():
                    return
                columns = shutil.get_terminal_size().columns
                self._put(f"\r{cut(f'{spoke} {self._text()}', columns - 1)}\x1b[K")
                self._is_drawn = True
            over.wait(_EVERY)

    def _text(self) -> str:
        count = self.requests.count - self._before
        sent = f" · {count} request{'' if count == 1 else 's'}" if count else ""
        return f"{self._phase}{sent} · {time.monotonic() - self._since:.0f} s"

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
