"""Say/Do: what became of each promise of a milestone, and the ratios that follow from it.

`Promise` has instants and integers; `SayDoResult` has the form of the command's JSON, with times as text.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the results' JSON Schema is made of the annotations
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Self

from planning_bot.domain.ledger import end_of_day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planning_bot.domain.delivered import Created
    from planning_bot.domain.milestone import DatedMilestone

OutcomeName = Literal["completed", "slipped", "descoped", "cancelled"]
VARIANTS = ("handbook", "committed", "reprioritized", "by_weight")


@dataclass(frozen=True)
class Span:
    """The time in which a milestone's promises count: from the freeze to the cut-off, both included.

    Of a milestone that still runs the cut-off is the present, and before its freeze that is the present as well.
    """

    milestone_id: int
    title: str
    freeze: datetime
    cut_off: datetime
    zone: ZoneInfo
    missed_label: str | None = None
    is_frozen: bool = True
    is_ended: bool = True

    @classmethod
    def of(
        cls, milestone: DatedMilestone, commit_day: int, zone: ZoneInfo, now: datetime, missed_label: str | None
    ) -> Span:
        """Give the span of a milestone as far as it has come; `commit_day` counts days from its start."""
        freeze, cut_off = freeze_of(milestone, commit_day, zone), end_of_day(milestone.due_on, zone)
        return cls(
            milestone_id=milestone.id,
            title=milestone.title,
            freeze=min(freeze, cut_off, now),
            cut_off=min(cut_off, now),
            zone=zone,
            missed_label=missed_label,
            is_frozen=freeze < now,
            is_ended=cut_off < now,
        )

    def day(self, instant: datetime) -> str:
        """Write the day of an instant in the team's time zone: 2026-02-14."""
        return instant.astimezone(self.zone).date().isoformat()

    def time(self, instant: datetime) -> str:
        """Write an instant in the team's time zone, with its offset."""
        return instant.astimezone(self.zone).isoformat()


def freeze_of(milestone: DatedMilestone, commit_day: int, zone: ZoneInfo) -> datetime:
    """Say when the commitment is frozen: at the end of the commit day, in the team's time zone."""
    return end_of_day(milestone.start_on + timedelta(days=commit_day), zone)


@dataclass(frozen=True)
class Promise:
    """One issue that was in the plan, and what became of it; `is_guess` where a deleted label may have been ours."""

    reference: str
    weight: int
    is_committed: bool
    added_at: datetime
    removed_at: datetime | None
    completed_at: datetime | None
    outcome: OutcomeName
    because: str
    is_guess: bool = False

    @property
    def is_completed(self) -> bool:
        """Whether it was done by the cut-off."""
        return self.outcome == "completed"


@dataclass(frozen=True)
class Variant:
    """One way of counting: issues, or their weights; no ratio where nothing was assigned."""

    assigned: int
    completed: int
    ratio: float | None

    @classmethod
    def of(cls, assigned: int, completed: int) -> Variant:
        """Count."""
        return cls(assigned, completed, completed / assigned if assigned else None)


@dataclass(frozen=True)
class SayDoIssue:
    """One promise in the result; times are ISO 8601 with an offset."""

    reference: str
    weight: int
    committed: bool
    added_at: str
    removed_at: str | None
    completed: bool
    completed_at: str | None
    outcome: OutcomeName
    because: str

    @classmethod
    def of(cls, promise: Promise, span: Span) -> SayDoIssue:
        """Put a promise into the form of the result."""
        return cls(
            reference=promise.reference,
            weight=promise.weight,
            committed=promise.is_committed,
            added_at=span.time(promise.added_at),
            removed_at=span.time(promise.removed_at) if promise.removed_at else None,
            completed=promise.is_completed,
            completed_at=span.time(promise.completed_at) if promise.completed_at else None,
            outcome=promise.outcome,
            because=promise.because,
        )


@dataclass(frozen=True)
class PastMilestone:
    """A milestone in the history, in the headline variant."""

    milestone: str
    assigned: int
    completed: int
    ratio: float | None


@dataclass(frozen=True)
class SayDoResult:
    """What `say-do` answers; `rolling` is the ratio of the last three milestones together."""

    headline: str
    ratio: float | None
    target: float
    variants: Mapping[str, Variant]
    issues: tuple[SayDoIssue, ...]
    late_additions: tuple[str, ...]
    slipped: tuple[str, ...]
    history: tuple[PastMilestone, ...] = ()
    rolling: float | None = None

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it does not depend on it
        """Give the result as it is once the plan was carried out."""
        return self

    def only(self, outcome: OutcomeName) -> tuple[SayDoIssue, ...]:
        """Give the issues of one outcome."""
        return tuple(issue for issue in self.issues if issue.outcome == outcome)
