"""Time off and other work: who is away, on which days, how much of each, and who said so."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True)
class TableRow:
    """One row of a table, cell by cell.

    `place` is where people find it: `pto/team.csv:3`, or `tab PTO, row 3`. The keys of `cells` are the headers, in
    lower case and without space around them; what a ragged row lacks is missing.
    """

    place: str
    cells: Mapping[str, object]


@dataclass(frozen=True)
class Table:
    """Rows under a header, from a CSV file or a tab of a Sheet; `name` is the file, or `tab PTO`."""

    name: str
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Absence:
    """Days off of one member: `from_on` to `to_on`, both included, of each weekday the part `share` (0 to 1)."""

    username: str
    from_on: date
    to_on: date
    share: Fraction = Fraction(1)
    source: str = ""

    def on(self, day: date) -> Fraction:
        """Give the part of a day that is off."""
        return self.share if self.from_on <= day <= self.to_on else Fraction(0)
