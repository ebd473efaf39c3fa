"""A table that the program keeps in a tab of a Sheet, among what people write there.

The table stands at A1: a header, then one row for each username. What is the program's is told by its form alone, as a
Sheet has no place for a marker that people would not see:

- the header is, cell by cell, the one that would be written;
- a row below it, without a gap, is the program's if its username was not named above, every cell is empty or of the
  kind that its column has (no text among numbers, no formula anywhere), and it is either that of somebody who is in
  the new table, or has all the columns filled that the new table fills.

All else is a person's. A row that is no longer wanted becomes an empty row, so that notes beside the others keep their
place; new rows come at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite

Cell = str | int | float | bool
Rows = tuple[tuple[Cell, ...], ...]

_USERNAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_DIGITS = 12  # of a number: fewer than a Sheet keeps, more than a weight has
_LETTERS = 26


@dataclass(frozen=True)
class Grid:
    """What a tab holds: its cells from A1 on, where formulas stand (row and column from 1), and how far it reaches."""

    rows: Rows = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    row_count: int = 1000
    column_count: int = 26

    def row(self, number: int, width: int) -> tuple[Cell, ...]:
        """Give the first cells of a row; what is not there is empty."""
        cells = self.rows[number - 1] if number <= len(self.rows) else ()
        return (*cells[:width], *[""] * (width - len(cells)))


@dataclass(frozen=True)
class Standing:
    """The program's table as it stands in a tab, and people's cells (such as `D5`) where the new one has to stand."""

    rows: Rows
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rewrite:
    """What writing a table comes to: the rows as they stand (None: there is no such tab), and as they are to stand."""

    before: Rows | None
    after: Rows
    foreign: tuple[str, ...] = ()


def sheet_target(sheet: str, tab: str) -> str:
    """Name a tab as plans do."""
    return f"sheet {sheet}, tab {tab}"


def tidy(rows: Rows) -> Rows:
    """Bring rows to one width, the header's, and numbers to the digits that survive a Sheet. Raises ValueError."""
    width = len(rows[0]) if rows else 0
    if any(len(row) > width for row in rows):
        raise ValueError("a row is longer than the header")
    return tuple((*map(tidy_cell, row), *[""] * (width - len(row))) for row in rows)


def tidy_cell(cell: Cell) -> Cell:
    """Bring a cell to the form in which a Sheet gives it back. Raises ValueError for a number that is none."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n")
    if isinstance(cell, int):  # a truth value is one as well
        return cell
    if not isfinite(cell):
        raise ValueError("a number is not finite")
    return float(f"{cell:.{_DIGITS}g}")


def rewrite(grid: Grid | None, wanted: Rows) -> Rewrite:
    """Compare the table that is wanted, header first, with what a tab holds; None is a tab that does not exist."""
    wanted = tidy(wanted)
    if grid is None:
        return Rewrite(None, wanted)
    after = _arranged(standing(grid, wanted).rows, wanted)
    found = standing(grid, after)
    return Rewrite(found.rows, after, found.foreign)


def standing(grid: Grid, after: Rows) -> Standing:
    """Tell the program's rows in a tab from people's, given what is to be written there."""
    width = len(after[0])
    rows = _own_rows(grid, after) if grid.row(1, width) == after[0] else ()
    around = range(len(rows) + 1, len(after) + 1)
    foreign = (cell_name(row, column) for row in around for column, cell in _filled(grid.row(row, width)))
    return Standing(rows, tuple(foreign))


def cell_name(row: int, column: int) -> str:
    """Name a cell as people do: row 5, column 4 is `D5`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _arranged(rows: Rows, wanted: Rows) -> Rows:
    """Put the wanted rows where their usernames stand already, the others below; a gap is left where one is gone."""
    if not rows:
        return wanted
    coming = {row[0]: row for row in wanted[1:]}
    empty = ("",) * len(wanted[0])
    kept = [coming.pop(row[0], empty) for row in rows[1:]]
    return _without_empty_end((wanted[0], *kept, *coming.values()))


def _own_rows(grid: Grid, after: Rows) -> Rows:
    form = _Form.of(after)
    rows: list[tuple[Cell, ...]] = [after[0]]
    for number in range(2, len(grid.rows) + 1):
        cells = grid.row(number, len(after[0]))
        has_formula = any((number, column) in grid.formulas for column, _ in _filled(cells))
        if _filled(cells) and (has_formula or not form.has(cells, rows)):
            break
        rows.append(cells)
    return _without_empty_end(tuple(rows))


@dataclass(frozen=True)
class _Form:
    """What the program's rows look like: whose they are, which kinds each column has, which columns are filled."""

    usernames: frozenset[Cell]
    kinds: tuple[frozenset[str], ...] = field(default=())
    always: frozenset[int] = frozenset()

    @classmethod
    def of(cls, after: Rows) -> _Form:
        rows = [row for row in after[1:] if row[0] != ""]
        columns = [[row[index] for row in rows] for index in range(len(after[0]))]
        kinds = tuple(frozenset(_kind(cell) for cell in column if cell != "") for column in columns)
        always = frozenset(index for index, column in enumerate(columns) if column and "" not in column)
        return cls(frozenset(row[0] for row in rows), kinds, always)

    def has(self, cells: tuple[Cell, ...], above: list[tuple[Cell, ...]]) -> bool:
        """Whether a row is of this form, below those."""
        username, seen = cells[0], {row[0] for row in above}
        if not isinstance(username, str) or username in seen or not _USERNAME.fullmatch(username):
            return False
        filled = {column - 1 for column, _ in _filled(cells)}
        fits = all(_kind(cells[index]) in self.kinds[index] for index in filled)
        is_known = username in self.usernames and "" not in seen
        return fits and (is_known or self.always <= filled)


def _kind(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "truth"
    return "text" if isinstance(cell, str) else "number"


def _filled(cells: tuple[Cell, ...]) -> list[tuple[int, Cell]]:
    return [(column, cell) for column, cell in enumerate(cells, 1) if cell != ""]


def _without_empty_end(rows: Rows) -> Rows:
    while rows and all(cell == "" for cell in rows[-1]):
        rows = rows[:-1]
    return rows
