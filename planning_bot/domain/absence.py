"""Time off and other work: who is away, on which days, how much of each, and who said so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WHOLE = Fraction(1)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHARE = re.compile(r"[0-9]{0,3}(?:\.[0-9]{0,9})?")


@dataclass(frozen=True)
class TableRow:
    """One row of a table, cell by cell.

    `place` is where people find it: `pto/team.csv:3`, or `tab PTO, row 3`. The keys of `cells` are the headers, in
    lower case and without space around them; what a ragged row lacks is missing.
    """

    place: str
    cells: Mapping[str, object]


@dataclass(frozen=True, order=True)
class Unreadable(Problem):
    """One place of a source of time off that cannot be read; `place` names it as people find it."""

    place: str = ""

    @classmethod
    def at(cls, source: str, place: str, key: str, message: str) -> Unreadable:
        """Say what is wrong at a place of a source, whose last number, if it has one, is the line or row."""
        number = re.search(r"([0-9]+)\D*$", place.removeprefix(source))
        return cls(source, int(number[1]) if number else 0, 1, key, message, place)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.key, self.message) if part)


@dataclass(frozen=True)
class Table:
    """Rows under a header, from a CSV file or a tab of a Sheet; `name` is the file, or `tab PTO`.

    `columns` are the headers as they stand, in lower case; without them those of the cells serve. `problems` are
    rows that are none.
    """

    name: str
    rows: tuple[TableRow, ...]
    columns: tuple[str, ...] = ()
    problems: tuple[Unreadable, ...] = ()


@dataclass(frozen=True)
class Absence:
    """Days off of one member: `from_on` to `to_on`, both included, of each weekday the part `share` (0 to 1)."""

    username: str
    from_on: date
    to_on: date
    share: Fraction = WHOLE
    source: str = ""


@dataclass(frozen=True)
class TimeOff:
    """What all sources of a team say, and what people should know of it."""

    absences: tuple[Absence, ...] = ()
    notices: tuple[str, ...] = ()


def shares_off(absences: Iterable[Absence], first: date, last: date) -> dict[date, Fraction]:
    """Give the part of each day that is off: of several entries, from whichever sources, the largest counts."""
    shares: dict[date, Fraction] = {}
    for absence in absences:
        begin, end = max(absence.from_on, first), min(absence.to_on, last)
        for number in range(begin.toordinal(), end.toordinal() + 1):
            day = date.fromordinal(number)
            shares[day] = min(WHOLE, max(absence.share, shares.get(day, absence.share)))
    return shares


def read_day(text: str) -> date:
    """Read a day in ISO form. Raises ValueError with what to write instead."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"write a day as YYYY-MM-DD; found {_shown(text)}")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


def read_share(text: str) -> Fraction:
    """Read the part of a day, 0 to 1, as it is written: 0.1 is a tenth. Raises ValueError with what to write."""
    if not text.strip(".") or not _SHARE.fullmatch(text) or Fraction(text) > 1:
        raise ValueError(f"write the part of each day that is off, from 0 to 1, such as 0.5; found {_shown(text)}")
    return Fraction(text)


def read_what_if(text: str, usernames: Iterable[str]) -> Absence:
    """Read `username=FROM..TO[,share]`, an absence that is only tried. Raises UsageError."""
    name, equals, rest = text.partition("=")
    days, comma, share = rest.partition(",")
    first, dots, last = days.partition("..")
    if not (equals and dots):
        raise UsageError(f"--what-if {_shown(text)} names no absence", "write username=YYYY-MM-DD..YYYY-MM-DD[,share]")
    known = {username.casefold(): username for username in usernames}
    username = known.get(name.strip().removeprefix("@").casefold())
    if username is None:
        raise UsageError(
            f"--what-if: {_shown(name)} is no member of the team", f"its members: {', '.join(known.values())}"
        )
    try:
        from_on, to_on = read_day(first.strip()), read_day(last.strip())
        part = read_share(share.strip()) if comma else WHOLE
    except ValueError as error:
        raise UsageError(f"--what-if {username}: {error}") from None
    if to_on < from_on:
        raise UsageError(f"--what-if {username}: {to_on} is before {from_on}", "write the first day first")
    return Absence(username, from_on, to_on, part, "--what-if")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")  # noqa: PLR2004 - a line of a message
