"""How fast a run may write, whatever it has to write."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning_bot.gateways.polite_session import Clock


class Pace:
    """At most so many of a kind in any minute."""

    def __init__(self, clock: Clock, a_minute: int) -> None:
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=a_minute)
        self._lock = threading.Lock()

    def keep(self) -> None:
        """Wait until one more may be sent."""
        with self._lock:  # who waits holds it: those behind have to wait as well
            if len(self._sent) == self._sent.maxlen:
                self._clock.sleep(max(0.0, self._sent[0] + 60 - self._clock.now()))
            self._sent.append(self._clock.now())
