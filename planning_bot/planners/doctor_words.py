"""What the parts of `doctor` say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.doctor import Finding
from planning_bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.domain.doctor import Server
    from planning_bot.errors import PlanningBotError

_MOST = 3
_AGAIN = "mend that, and run doctor again"


def unreadable(server: Server, target: str, error: PlanningBotError) -> Finding:
    """Make a finding of an error: what is missing in the environment, what was refused, what failed."""
    status = getattr(error, "status", None)
    kind = "no_credentials" if isinstance(error, UsageError) else "refused" if status in (401, 403) else "unreadable"
    return Finding(server, kind, target, " ".join(error.message.split("\n")), error.hint or _AGAIN)


def listed(names: Iterable[str], most: int = _MOST) -> str:
    """Name the first of them, and how many more there are."""
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"
