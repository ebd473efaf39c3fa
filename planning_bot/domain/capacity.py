"""Capacity: days and weights, exact until they are shown.

Days and weights are fractions, so that a tenth and two tenths are three tenths. `CapacityResult` has the form of the
command's JSON: plain numbers, rounded to the fourth decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning_bot.domain.delivered import Created

SATURDAY = 5
DECIMALS = 4
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Window:
    """The days that are counted: a milestone, or what is left of one. Both ends are included."""

    start_on: date
    due_on: date

    @property
    def weekdays(self) -> Iterator[date]:
        """Give Monday to Friday, in order."""
        days = (self.start_on + timedelta(n) for n in range((self.due_on - self.start_on).days + 1))
        return (day for day in days if day.weekday() < SATURDAY)

    def starting(self, day: date) -> Window:
        """Give what is left of it from a day on; of a day after its end, nothing."""
        return Window(max(self.start_on, day), self.due_on)


@dataclass(frozen=True)
class MemberDays:
    """A member's days, each kind of what the one before left; `available_days` are after the allocation."""

    weekdays: int = 0
    holidays: int = 0
    pto_days: Fraction = NOTHING
    rotation_days: Fraction = NOTHING
    allocation: Fraction = Fraction(1)

    @property
    def present_days(self) -> Fraction:
        """Days that remain before the allocation."""
        return self.weekdays - self.holidays - self.pto_days - self.rotation_days

    @property
    def available_days(self) -> Fraction:
        """Days for this team's work."""
        return self.present_days * self.allocation


@dataclass(frozen=True)
class Load:
    """The weight that a member has already: of earlier milestones, and of this one."""

    carryover_weight: Fraction = NOTHING
    planned_weight: Fraction = NOTHING


@dataclass(frozen=True)
class Past:
    """What the team did in the last milestones: the weight completed by their cut-offs, in so many available days."""

    completed_weight: Fraction
    available_days: Fraction


@dataclass(frozen=True)
class MemberCapacity:
    """What a member can take on, in weight, and how that came about, in one line."""

    username: str
    name: str
    days: MemberDays
    capacity_weight: Fraction
    load: Load
    working: str

    @property
    def remaining_weight(self) -> Fraction:
        """What is left of it; less than nothing for somebody who has too much."""
        return self.capacity_weight - self.load.carryover_weight - self.load.planned_weight


@dataclass(frozen=True)
class MemberRow:
    """A member in the result."""

    username: str
    name: str
    weekdays: int
    holidays: int
    pto_days: float
    rotation_days: float
    available_days: float
    capacity_weight: float
    carryover_weight: float
    planned_weight: float
    remaining_weight: float
    working: str

    @classmethod
    def of(cls, member: MemberCapacity) -> MemberRow:
        """Give the plain numbers of a member."""
        days, load = member.days, member.load
        return cls(
            username=member.username,
            name=member.name,
            weekdays=days.weekdays,
            holidays=days.holidays,
            pto_days=plain(days.pto_days),
            rotation_days=plain(days.rotation_days),
            available_days=plain(days.available_days),
            capacity_weight=plain(member.capacity_weight),
            carryover_weight=plain(load.carryover_weight),
            planned_weight=plain(load.planned_weight),
            remaining_weight=plain(member.remaining_weight),
            working=member.working,
        )


@dataclass(frozen=True)
class TotalRow:
    """The team in the result; sums are exact, and rounded once."""

    available_days: float
    capacity_weight: float
    carryover_weight: float
    planned_weight: float
    remaining_weight: float

    @classmethod
    def of(cls, members: tuple[MemberCapacity, ...]) -> TotalRow:
        """Add the members up."""
        return cls(
            available_days=plain(sum((m.days.available_days for m in members), NOTHING)),
            capacity_weight=plain(sum((m.capacity_weight for m in members), NOTHING)),
            carryover_weight=plain(sum((m.load.carryover_weight for m in members), NOTHING)),
            planned_weight=plain(sum((m.load.planned_weight for m in members), NOTHING)),
            remaining_weight=plain(sum((m.remaining_weight for m in members), NOTHING)),
        )


@dataclass(frozen=True)
class OversizedIssue:
    """An issue that asks to be broken down."""

    reference: str
    weight: int


@dataclass(frozen=True)
class StageRow:
    """Work that is carried over, at one stage: the weight still to be done, and the issues, so many with a weight."""

    name: str
    weight: float
    issues: tuple[str, ...]
    weighted: int


@dataclass(frozen=True)
class PastRow:
    """The weight that a milestone that has ended came to, beside which a capacity can be looked at."""

    milestone: str
    completed_weight: float


@dataclass(frozen=True)
class CapacityResult:
    """What `capacity` answers; `weighted` is how many of the milestone's `candidates` have a weight."""

    members: tuple[MemberRow, ...]
    total: TotalRow
    oversized: tuple[OversizedIssue, ...] = ()
    unweighted: tuple[str, ...] = ()
    carried_over: tuple[StageRow, ...] = ()
    past: tuple[PastRow, ...] = ()
    weighted: int = 0
    candidates: int = 0

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it does not depend on it
        """Give the result as it is once the plan was carried out."""
        return self

    @classmethod
    def of(cls, members: tuple[MemberCapacity, ...], **parts: Any) -> CapacityResult:
        """Give the result for members whose capacity is measured; `parts` are the other fields."""
        return cls(tuple(MemberRow.of(member) for member in members), TotalRow.of(members), **parts)


def exact(number: float) -> Fraction:
    """Read a number of the configuration as it is written there: 0.1 is a tenth."""
    return Fraction(repr(number))


def plain(number: Fraction) -> float:
    """Give a number for JSON: whole where it is, else to the fourth decimal; never a negative zero."""
    rounded = round(number, DECIMALS)
    return rounded.numerator if rounded.denominator == 1 else float(rounded)


def shown(number: Fraction, decimals: int = 2) -> str:
    """Give a number for people: to the second decimal, a half upwards, without zeros that say nothing."""
    scale = 10**decimals
    # Halves go away from zero, as people round; Python's own rounding and that of floats go elsewhere.
    rounded = Fraction(floor(abs(number) * scale + Fraction(1, 2)), scale) * (-1 if number < 0 else 1)
    text = f"{float(rounded):.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
