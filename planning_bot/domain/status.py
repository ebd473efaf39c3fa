"""How far a running milestone has come, in the form of the command's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planning_bot.domain.delivered import Created


@dataclass(frozen=True)
class AtRisk:
    """A deliverable that may not be done in time, and why."""

    reference: str
    because: str


@dataclass(frozen=True)
class Progress:
    """Weights: of what was committed, and of what of the deliverables is done."""

    committed: int
    completed: int


@dataclass(frozen=True)
class ScopeChange:
    """Something that came into the plan or left it after the freeze: the day, and who did it."""

    reference: str
    change: str
    on: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class BurnUp:
    """The deliverables at the end of a day: how many were in the plan, how many of them were done."""

    on: str
    deliverables: int
    completed: int

    @classmethod
    def at(cls, day: date, deliverables: int, completed: int) -> BurnUp:
        """Put a day into its form."""
        return cls(day.isoformat(), deliverables, completed)


@dataclass(frozen=True)
class StatusResult:
    """What `status` answers: counts of the deliverables in the plan now, each in one of four stages."""

    day: int
    days: int
    deliverables: int
    completed: int
    in_progress: int
    not_started: int
    blocked: int
    at_risk: tuple[AtRisk, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    weight: Progress
    changes: tuple[ScopeChange, ...] = ()
    burn_up: tuple[BurnUp, ...] = ()

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it does not depend on it
        """Give the result as it is once the plan was carried out."""
        return self
