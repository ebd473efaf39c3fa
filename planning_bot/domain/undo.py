"""Taking a run back: what it had added to each issue, and what became of that, in the form of the command's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from planning_bot.domain.change import IssueState, Named
from planning_bot.domain.sections import same_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from planning_bot.domain.delivered import Created
    from planning_bot.domain.journal import Step, TeamJournal

EDIT = "edit_issue"


@dataclass(frozen=True)
class TakenBack:
    """An issue, and what of it is taken back."""

    target: str
    what: str


@dataclass(frozen=True)
class NotTakenBack:
    """Something that the run did and that stays, why, and what a person may do about it."""

    target: str
    because: str


@dataclass(frozen=True)
class UndoResult:
    """What `undo` answers: the command of the run, what of it is taken back, and what is left alone."""

    command: str
    taken_back: tuple[TakenBack, ...]
    left_alone: tuple[NotTakenBack, ...]

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it does not depend on it
        """Give the result as it is once the plan was carried out."""
        return self


def edits_of(journal: TeamJournal) -> dict[str, Edit]:
    """Give what a run added, or may have added, to issues, by reference."""
    edits: dict[str, Edit] = {}
    for step in journal.steps:
        if step.intent.does == EDIT and step.may_have_happened:
            edits.setdefault(step.intent.target, Edit()).add(step, journal.user_of(step))
    return edits


@dataclass(frozen=True)
class Mark:
    """Whose doing something was, and since when it can have been: the server's time right before."""

    by: str
    since: datetime | None

    def is_own(self, by: str, at: datetime) -> bool:
        """Whether an event may be the run's."""
        return by == self.by and (self.since is None or at >= self.since)


@dataclass(frozen=True)
class Move:
    """A change of milestone; None is no milestone."""

    was: Named | None
    to: Named
    mark: Mark


@dataclass
class Edit:
    """All that a run added to one issue."""

    labels: dict[str, Mark] = field(default_factory=dict)
    milestone: Move | None = None
    assignees: tuple[tuple[Named, ...], Mark] | None = None
    sections: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    withheld: list[str] = field(default_factory=list)
    was_open: bool = False

    def add(self, step: Step, by: str) -> None:
        """Take in what one change added; later ones of a run rest on the earlier ones."""
        intent = step.intent
        before = intent.before or IssueState()
        after = step.after
        mark = Mark(by, intent.as_of)
        self.was_open = self.was_open or before.state == "opened"
        self.withheld += intent.withheld
        for name in sorted(set(after.labels) - set(before.labels)):
            self.labels[name] = mark
        if after.milestone and after.milestone != before.milestone:
            is_further = self.milestone and self.milestone.to == before.milestone
            was = self.milestone.was if self.milestone and is_further else before.milestone
            self.milestone = Move(was, after.milestone, mark)
        if given := tuple(person for person in after.assignees if person not in before.assignees):
            self.assignees = (given, mark)
        for name, text in after.sections.items():
            first, last = self.sections.get(name, (None, None))
            was_text = before.sections.get(name)
            goes_on = name in self.sections and same_text(last or "", was_text or "")
            self.sections[name] = (first if goes_on else was_text, text)
