"""Rules of recurrence (RFC 5545, 3.3.10) → days, in bounded time.

Libraries look for the next match of a rule until the year 9999, so that a rule which never matches takes seconds.
Here a rule is asked period by period, from its start to the end of the window, and no further.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass
class Allowance:
    """How many days may still be looked at, over all rules of a calendar."""

    days: int = 200_000

    def take(self, days: int) -> None:
        """Use some of it. Raises ValueError when it is used up."""
        self.days -= days
        if self.days < 0:
            raise ValueError("the rules of this calendar take too long to follow: give this one a later start")


@dataclass(frozen=True)
class Rule:
    """A rule that recurs daily or more rarely."""

    frequency: str
    interval: int = 1
    count: int | None = None
    week_start: int = 0
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()
    positions: frozenset[int] = frozenset()

    def days(self, start: date, first: date, last: date, allowance: Allowance) -> list[date]:
        """Give the days from `first` to `last` on which an event that began on `start` recurs, in order."""
        rule = self._completed(start)
        found: list[date] = []
        left = self.count
        for period in rule._periods(start, None if left is not None else first, last):  # noqa: SLF001 - its own kind
            allowance.take(len(period))
            matching = [day for day in rule._matching(period) if start <= day <= last]  # noqa: SLF001
            matching = matching if left is None else matching[:left]
            left = None if left is None else left - len(matching)
            found += [day for day in matching if day >= first]
            if left == 0:
                break
        return found

    def _completed(self, start: date) -> Rule:
        """Fill in from the start what the rule leaves open."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if not (self.weeks or self.year_days or self.month_days or self.weekdays):
            if self.frequency == "YEARLY":
                parts |= {"months": self.months or frozenset({start.month}), "month_days": frozenset({start.day})}
            if self.frequency == "MONTHLY":
                parts |= {"month_days": frozenset({start.day})}
            if self.frequency == "WEEKLY":
                parts |= {"weekdays": frozenset({(0, start.weekday())})}
        return Rule(**parts)

    def _periods(self, start: date, first: date | None, last: date) -> Iterator[Sequence[date]]:
        """Give the days of each period, from that of the start or, where nothing is counted, that of `first` on."""
        match self.frequency:
            case "DAILY":
                skipped = max(0, (first - start).days // self.interval) if first else 0
                for n in range(start.toordinal() + skipped * self.interval, last.toordinal() + 1, self.interval):
                    yield (date.fromordinal(n),)
            case "WEEKLY":
                monday = start.toordinal() - (start.weekday() - self.week_start) % 7
                skipped = max(0, (first.toordinal() - monday) // 7 // self.interval) if first else 0
                for n in range(monday + 7 * skipped * self.interval, last.toordinal() + 1, 7 * self.interval):
                    yield _span(n, 7)
            case "MONTHLY":
                begin, end = _month(start), _month(last)
                skipped = max(0, (_month(first) - begin) // self.interval) if first else 0
                for n in range(begin + skipped * self.interval, end + 1, self.interval):
                    day = date(n // 12, n % 12 + 1, 1)
                    yield _span(day.toordinal(), monthrange(day.year, day.month)[1])
            case _:
                skipped = max(0, (first.year - start.year) // self.interval) if first else 0
                for year in range(start.year + skipped * self.interval, last.year + 1, self.interval):
                    yield _span(date(year, 1, 1).toordinal(), _length(year))

    def _matching(self, period: Sequence[date]) -> list[date]:
        matching = [day for day in period if self._matches(day)]
        if not self.positions:
            return matching
        chosen = {n - 1 if n > 0 else len(matching) + n for n in self.positions}
        return [day for index, day in enumerate(matching) if index in chosen]

    def _matches(self, day: date) -> bool:
        return (
            (not self.months or day.month in self.months)
            and (not self.month_days or not self.month_days.isdisjoint(_from_both_ends(day.day, _month_length(day))))
            and (not self.year_days or not self.year_days.isdisjoint(_year_day(day)))
            and (not self.weeks or self._in_week(day))
            and (not self.weekdays or self._on_weekday(day))
        )

    def _on_weekday(self, day: date) -> bool:
        if (0, day.weekday()) in self.weekdays:
            return True
        if self.frequency == "MONTHLY" or (self.frequency == "YEARLY" and self.months):
            nth = _nth(day.day, _month_length(day))
        else:
            nth = _nth(day.timetuple().tm_yday, _length(day.year))
        return any((n, day.weekday()) in self.weekdays for n in nth)

    def _in_week(self, day: date) -> bool:
        """Whether the week of a day is named; the first of a year is the one with at least four days in it."""
        ordinal, year = day.toordinal(), day.year
        if ordinal < _first_week(year, self.week_start):
            year -= 1
        elif ordinal >= _first_week(year + 1, self.week_start):
            year += 1
        first = _first_week(year, self.week_start)
        weeks = (_first_week(year + 1, self.week_start) - first) // 7
        return not self.weeks.isdisjoint(_from_both_ends((ordinal - first) // 7 + 1, weeks))


def _span(ordinal: int, days: int) -> list[date]:
    return [date.fromordinal(n) for n in range(ordinal, min(ordinal + days, date.max.toordinal() + 1)) if n > 0]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _length(year: int) -> int:
    return 365 + (monthrange(year, 2)[1] == 29)  # noqa: PLR2004 - a leap year


def _year_day(day: date) -> tuple[int, int]:
    return _from_both_ends(day.timetuple().tm_yday, _length(day.year))


def _from_both_ends(number: int, length: int) -> tuple[int, int]:
    return number, number - length - 1


def _nth(number: int, length: int) -> tuple[int, int]:
    """Give the how manieth of its weekday a day is, from the front and, negative, from the back."""
    return (number - 1) // 7 + 1, -((length - number) // 7 + 1)


def _first_week(year: int, week_start: int) -> int:
    """Give the first day, as an ordinal, of the first week of a year."""
    january = date(year, 1, 1)
    offset = (january.weekday() - week_start) % 7
    return january.toordinal() - offset + (7 if offset > 3 else 0)  # noqa: PLR2004 - less than four days are in the year
