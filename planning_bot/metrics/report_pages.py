"""What a report is made of: one look at all that a team's pages tell, and the facts that each page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from planning_bot.domain.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from planning_bot.config import Team
    from planning_bot.domain.capacity import CapacityResult
    from planning_bot.domain.deliverables import OftenSlipped
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.record import PostedCapacity
    from planning_bot.domain.say_do import SayDoIssue, Span, Variant
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.status import StatusResult
    from planning_bot.errors import PlanningBotError
    from planning_bot.metrics.history import LookBack
    from planning_bot.metrics.team_capacity import Attendance


class Phase(Enum):
    """Where a milestone stands today."""

    ENDED = "ended"
    RUNNING = "running"
    NEXT = "next"

    @classmethod
    def of(cls, milestone: DatedMilestone, today: date) -> Phase:
        """Say where a milestone stands on a day."""
        if milestone.due_on < today:
            return cls.ENDED
        return cls.NEXT if milestone.start_on > today else cls.RUNNING


@dataclass(frozen=True)
class Place:
    """Something in GitLab that a page points to."""

    name: str
    web_url: str


@dataclass(frozen=True)
class Shown:
    """A milestone that gets a page: its time, what is remembered of it, and where it is planned."""

    milestone: DatedMilestone
    span: Span
    record: Record = field(default_factory=Record)
    places: tuple[Place, ...] = ()

    @property
    def freeze_on(self) -> date:
        """The day at whose end the commitment is frozen."""
        return self.span.freeze.astimezone(self.span.zone).date()


@dataclass(frozen=True)
class Seen:
    """One look at everything that a team's pages tell.

    `look` holds the ledger, and of the ended milestones what is recorded. `attendance` is None where no page has a
    capacity. `titles` and `addresses` are those of the issues that may be told.
    """

    snapshot: Snapshot
    look: LookBack
    shown: tuple[Shown, ...]
    now: datetime
    attendance: Attendance | None = None
    blockers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ListRow:
    """A list of the build board: its issues, their weight, and how many of them have one."""

    name: str
    issues: int
    weight: int
    weighted: int
    is_done: bool = False


@dataclass(frozen=True)
class Day:
    """The deliverables at the end of a day, as issues and as weight: in the plan, and of these done."""

    on: date
    planned: int
    done: int
    planned_weight: int
    done_weight: int


@dataclass(frozen=True)
class HistoryRow:
    """An ended milestone in each variant, and the last three together in the headline variant."""

    span: Span
    variants: Mapping[str, Variant]
    headline: Variant
    rolling: Variant


@dataclass(frozen=True)
class Page:
    """What a milestone's page tells.

    `capacity` is that of what is left of the milestone, None where it has ended or cannot be counted, which
    `capacity_trouble` explains; `posted` is what was posted of an ended one.
    """

    shown: Shown
    phase: Phase
    status: StatusResult
    lists: tuple[ListRow, ...]
    burn_up: tuple[Day, ...]
    issues: tuple[SayDoIssue, ...]
    variants: Mapping[str, Variant]
    headline: Variant
    is_by_weight: bool
    history: tuple[HistoryRow, ...]
    slipped: tuple[OftenSlipped, ...]
    weighted: int
    capacity: CapacityResult | None = None
    capacity_trouble: str = ""
    posted: PostedCapacity | None = None
    warnings: tuple[str, ...] = ()

    @property
    def milestone(self) -> DatedMilestone:
        """The milestone that it is about."""
        return self.shown.milestone

    @property
    def weight(self) -> int:
        """The weight of what is in the plan."""
        return sum(row.weight for row in self.lists)

    @property
    def late(self) -> tuple[SayDoIssue, ...]:
        """What came into the plan after the freeze."""
        return tuple(issue for issue in self.issues if not issue.committed)


@dataclass(frozen=True)
class TeamFacts:
    """What the report tells of a team: its pages in the order of time, or why there are none."""

    team: Team
    today: date
    pages: tuple[Page, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    often: tuple[OftenSlipped, ...] = ()
    error: PlanningBotError | None = None

    @property
    def front(self) -> Page | None:
        """The page that tells of the present: of what runs, else of what comes, else of what ended last."""
        by_phase = {page.phase: page for page in self.pages}
        return next((by_phase[phase] for phase in (Phase.RUNNING, Phase.NEXT, Phase.ENDED) if phase in by_phase), None)
