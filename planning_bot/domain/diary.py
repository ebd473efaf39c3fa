"""The diary: a team's milestones around a day, and what is remembered on their planning issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planning_bot.domain.issue import Issue, Note
    from planning_bot.domain.milestone import Calendar, DatedMilestone
    from planning_bot.domain.record import Record


@dataclass(frozen=True)
class Page:
    """A planning issue, what is remembered there, and the note of the token's user in which it stands."""

    milestone: DatedMilestone
    issue: Issue
    record: Record
    note: Note | None


@dataclass(frozen=True)
class Diary:
    """The team's milestones, and the planning issues of those that a day is about, by the milestone's id.

    A milestone whose planning issue has the skip label, or of which there are two, has no page. `doubles` tell of notes
    that two runs wrote at the same time.
    """

    calendar: Calendar
    pages: Mapping[int, Page] = field(default_factory=dict)
    doubles: tuple[str, ...] = ()

    @property
    def runs(self) -> dict[int, dict[str, date]]:
        """On which day each command was carried out last, by milestone id."""
        return {number: dict(page.record.runs or {}) for number, page in self.pages.items()}
