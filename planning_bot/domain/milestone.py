"""A milestone, and how the words `current`, `next` and `previous` find one.

Dates are calendar dates of the tracker, both ends included. A title is a string: `18.10` comes after `18.9`
and is not `18.1`, so milestones are ordered by their dates, never by their titles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from planning_bot.errors import UsageError

WORDS = ("current", "next", "previous")
_NEIGHBOURS_SHOWN = 6


@dataclass(frozen=True)
class Milestone:
    """One milestone of the group or of an ancestor; `Backlog` and its like have no dates."""

    id: int
    title: str
    start_on: date | None = None
    due_on: date | None = None
    web_url: str = ""

    @property
    def has_dates(self) -> bool:
        """Whether both ends are known, so that days in it can be counted."""
        return self.start_on is not None and self.due_on is not None

    def is_delivery(self, pattern: str) -> bool:
        """Whether it is one that a team delivers in: dated, and its whole title matches the pattern."""
        return self.has_dates and re.fullmatch(pattern, self.title) is not None


@dataclass(frozen=True)
class DatedMilestone:
    """A milestone whose two dates are known: what every calculation in days starts from."""

    id: int
    title: str
    start_on: date
    due_on: date
    web_url: str = field(default="", compare=False)

    @property
    def days(self) -> int:
        """Calendar days, the first and the last included."""
        return (self.due_on - self.start_on).days + 1

    @property
    def weekdays(self) -> int:
        """Days from Monday to Friday: 20 or 25 in most milestones."""
        return sum((self.start_on + timedelta(n)).weekday() < 5 for n in range(self.days))  # noqa: PLR2004 - Saturday


@dataclass(frozen=True)
class Calendar:
    """Every milestone that the team's group sees, and the rule by which some are delivery milestones."""

    milestones: tuple[Milestone, ...]
    pattern: str

    @property
    def delivery(self) -> tuple[DatedMilestone, ...]:
        """The delivery milestones in the order of their dates, whatever their state says."""
        dated = (_dated(m) for m in self.milestones if m.is_delivery(self.pattern))
        return tuple(sorted(dated, key=lambda m: (m.start_on, m.due_on, m.id)))

    def resolve(self, wanted: str, today: date) -> DatedMilestone:
        """Find the milestone that a title, or one of `current`, `next` and `previous`, stands for.

        `current` has start ≤ today ≤ due, `next` is the earliest that starts after today, `previous` the latest
        whose due date has passed. A title need not match the pattern, but needs dates.

        Raises UsageError where there is none, or where more than one has the title.
        """
        return self._only(self._title_for(wanted, today) if wanted in WORDS else wanted, today)

    def named(self, title: str) -> Milestone | None:
        """Find a milestone by its title, dated or not. Raises UsageError where more than one has it."""
        same = [m for m in self.milestones if m.title == title]
        if len(same) > 1:
            raise _ambiguous(title, same)
        return same[0] if same else None

    def before(self, milestone: DatedMilestone) -> DatedMilestone | None:
        """Give the delivery milestone that comes right before, by date."""
        earlier = [m for m in self.delivery if m.start_on < milestone.start_on and m.id != milestone.id]
        return earlier[-1] if earlier else None

    def after(self, milestone: DatedMilestone) -> DatedMilestone | None:
        """Give the delivery milestone that comes right after, by date."""
        later = [m for m in self.delivery if m.start_on > milestone.start_on and m.id != milestone.id]
        return later[0] if later else None

    def _title_for(self, word: str, today: date) -> str:
        found = self._by_word(word, today)
        if not found:
            raise UsageError(f"there is no {word} milestone on {today}", self._around(today))
        if len({m.title for m in found}) > 1:  # of one title, which is ambiguous however it is named, see `named`
            both = " and ".join(f"{m.title} ({m.start_on} to {m.due_on})" for m in found)
            raise UsageError(f"more than one milestone is {word} on {today}: {both}", "name one: --milestone TITLE")
        return found[0].title

    def _by_word(self, word: str, today: date) -> list[DatedMilestone]:
        match word:
            case "current":
                return [m for m in self.delivery if m.start_on <= today <= m.due_on]
            case "next":
                coming = [m for m in self.delivery if m.start_on > today]
                return [m for m in coming if m.start_on == min(c.start_on for c in coming)]
            case _:
                ended = [m for m in self.delivery if m.due_on < today]
                return [m for m in ended if m.due_on == max(e.due_on for e in ended)]

    def _only(self, title: str, today: date) -> DatedMilestone:
        found = self.named(title)
        if found is None:
            raise UsageError(f"there is no milestone {title!r}", self._around(today))
        if not found.has_dates:
            raise UsageError(
                f"milestone {title!r} has no start date or no due date", f"give it both dates: {found.web_url}"
            )
        return _dated(found)

    def _around(self, today: date) -> str:
        if not self.delivery:
            return f"no milestone with two dates has a title that matches {self.pattern!r}: see milestones.pattern"
        nearest = sorted(self.delivery, key=lambda m: abs((m.start_on - today).days))[:_NEIGHBOURS_SHOWN]
        titles = ", ".join(f"{m.title} ({m.start_on} to {m.due_on})" for m in sorted(nearest, key=lambda m: m.start_on))
        return f"milestones around {today}: {titles}"


def _ambiguous(title: str, same: list[Milestone]) -> UsageError:
    listed = " and ".join(m.web_url or f"milestone {m.id}" for m in sorted(same, key=lambda m: m.id))
    return UsageError(
        f"the title {title!r} is ambiguous: {listed}",
        "rename or delete one of them: a title must stand for one milestone in the group's tree",
    )


def _dated(milestone: Milestone) -> DatedMilestone:
    assert milestone.start_on is not None
    assert milestone.due_on is not None
    return DatedMilestone(milestone.id, milestone.title, milestone.start_on, milestone.due_on, milestone.web_url)
