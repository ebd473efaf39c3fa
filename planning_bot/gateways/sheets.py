"""Google Sheets: a tab read as a table, and the one table that the program writes into a tab of its own.

Values travel as they are: RAW when written, so that no text becomes a formula, a date or a number; unformatted when
read, dates as serial numbers. gspread and google-auth are imported with the first connection.
"""

from __future__ import annotations

import os
import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning_bot.domain.absence import Table, TableRow
from planning_bot.domain.access import Sheet
from planning_bot.domain.delivered import Delivered, Present
from planning_bot.domain.table import Grid, cell_name, sheet_target, standing, tidy_cell
from planning_bot.errors import ServerError, UnknownOutcomeError, UsageError

if TYPE_CHECKING:
    from planning_bot.domain.change import WriteTable
    from planning_bot.domain.table import Cell, Rows
    from planning_bot.gateways.polite_session import Clock
    from planning_bot.gateways.sheets_connection import SheetsConnection

VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
_SIZE = re.compile(r"!A1(?::([A-Z]+)([0-9]+))?$")
_MOST_NAMED = 5


def connect(api_url: str, *, writes: bool = False, clock: Clock | None = None) -> SheetsConnection:
    """Connect with the service account whose key file the environment names; nothing is sent yet.

    Raises UsageError where it names none, or one that cannot be used.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        raise UsageError(f"{VARIABLE} is not set", "export the path of a service account's JSON key")
    from planning_bot.gateways.sheets_connection import SheetsConnection  # noqa: PLC0415 - see above

    return SheetsConnection(api_url, Path(named), writes=writes, clock=clock)


class SheetReader:
    """Reads tabs."""

    def __init__(self, connection: SheetsConnection) -> None:
        self._connection = connection

    def table(self, sheet: str, tab: str) -> Table:
        """Read a tab whose first row names the columns; rows without anything in them are left out.

        Cells are text, numbers or truth values; a date is its serial number, in days since 30 December 1899. Raises
        ServerError where the Sheet or the tab is not there.
        """
        rows = self._rows(sheet, tab)
        if rows is None:
            titles = ", ".join(repr(title) for title in self._connection.tabs(sheet))
            raise ServerError(f"the Sheet {sheet} has no tab {tab!r}", f"its tabs: {titles}")
        columns = tuple(str(cell).strip().casefold() for cell in rows[0]) if rows else ()
        named = [(index, column) for index, column in enumerate(columns) if column]
        found = [
            TableRow(f"tab {tab}, row {number}", {column: row[index] for index, column in named if index < len(row)})
            for number, row in enumerate(rows[1:], 2)
        ]
        filled = tuple(row for row in found if any(cell != "" for cell in row.cells.values()))
        return Table(f"tab {tab}", filled, columns)

    def sheet(self, key: str) -> Sheet:
        """Look at a Sheet: who reads it, and its tabs. Raises ServerError where it is not there or not shared."""
        return Sheet(self._connection.account, tuple(self._connection.tabs(key)))

    def grid(self, sheet: str, tab: str) -> Grid | None:
        """Read all of a tab, and where formulas stand in it; None is a tab that is not there. Raises ServerError."""
        answer = self._values(sheet, tab, "UNFORMATTED_VALUE")
        if answer is None:
            return None
        rows = _cells(answer)
        entered = _cells(self._values(sheet, tab, "FORMULA") or {}) if rows else ()
        return Grid(rows, _unlike(rows, entered), *_size(str(answer.get("range"))))

    def _rows(self, sheet: str, tab: str) -> Rows | None:
        answer = self._values(sheet, tab, "UNFORMATTED_VALUE")
        return None if answer is None else _cells(answer)

    def _values(self, sheet: str, tab: str, render: str) -> dict[str, Any] | None:
        try:
            return self._connection.values(sheet, tab, render)
        except ServerError as error:
            if error.status != HTTPStatus.BAD_REQUEST or self._has(sheet, tab):
                raise
            return None

    def _has(self, sheet: str, tab: str) -> bool:
        """Whether there is a tab of that title; to Google capitals make no difference."""
        return tab.casefold() in (title.casefold() for title in self._connection.tabs(sheet))


class SheetWriter:
    """Writes the table of a `WriteTable`, and touches no cell but those that it made or that are empty."""

    def __init__(self, connection: SheetsConnection) -> None:
        self._connection = connection
        self._reader = SheetReader(connection)

    def look(self, change: WriteTable) -> Present:
        """Read the table as it stands. Where people's cells are in its place, that is said instead."""
        grid = self._reader.grid(change.sheet, change.tab)
        if grid is None:
            return Present(None)
        found = standing(grid, change.after)
        if found.foreign:
            return Present(in_the_way(found.foreign), grid)
        return Present(found.rows, grid)

    def send(self, change: WriteTable, present: Present) -> Delivered:
        """Make the tab if it is not there, and write all values in one request."""
        if present.seen is None:
            self._connection.add_tab(change.sheet, change.tab)
            return self._write_new(change)
        return self._write(change, present.seen)

    def _write_new(self, change: WriteTable) -> Delivered:
        """Write into the tab that was just made: a failure now is one in part."""
        try:
            return self._write(change, Grid())
        except UnknownOutcomeError as error:
            return Delivered(unknown=(f"the tab was made, and then {error.message}",))
        except ServerError as error:
            return Delivered(missing=(f"the table in the new tab was not: {error.message}",))

    def _write(self, change: WriteTable, grid: Grid) -> Delivered:
        width = len(change.after[0])
        height = max(len(change.after), len(change.before or ()))
        _require_room(change, grid, height, width)
        rows = [list(row) for row in change.after]
        rows += [[""] * width for _ in range(height - len(rows))]
        answer = self._connection.write(change.sheet, change.tab, f"A1:{cell_name(height, width)}", rows)
        return Delivered(missing=() if _told(answer, width) == change.after else ("the cells hold something else",))


def in_the_way(cells: tuple[str, ...]) -> str:
    """Say which cells of people's stand where the table goes."""
    named = ", ".join(cells[:_MOST_NAMED]) + (", …" if len(cells) > _MOST_NAMED else "")
    return f"cells that are not the program's stand where its table goes: {named}; move them, or rename the tab"


def _require_room(change: WriteTable, grid: Grid, height: int, width: int) -> None:
    if height > grid.row_count or width > grid.column_count:
        has = f"{grid.row_count} rows and {grid.column_count} columns"
        raise ServerError(
            f"{sheet_target(change.sheet, change.tab)} has {has}, and the table needs {height} and {width}",
            "add rows or columns to the tab",
        )


def _told(answer: dict[str, Any], width: int) -> Rows:
    """Give the rows that an answer says to stand there now."""
    match answer.get("responses"):
        case [{"updatedData": {"values": _} as data}]:
            grid = Grid(_cells(data))
            return tuple(grid.row(number, width) for number in range(1, len(grid.rows) + 1))
    return ()


def _cells(answer: dict[str, Any]) -> Rows:
    rows = answer.get("values", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ServerError("Google's answer has no rows where it documents them", "run it again later")
    return tuple(tuple(_cell(cell) for cell in row) for row in rows)


def _cell(value: Any) -> Cell:
    return tidy_cell(value) if isinstance(value, str | int | float) else str(value)


def _unlike(shown: Rows, entered: Rows) -> frozenset[tuple[int, int]]:
    """Find the cells that show something else than was entered: formulas."""
    pairs = (
        (row, column, cell, entered[row - 1][column - 1 : column] if row <= len(entered) else ())
        for row, cells in enumerate(shown, 1)
        for column, cell in enumerate(cells, 1)
    )
    return frozenset((row, column) for row, column, cell, there in pairs if there != (cell,))


def _size(told: str) -> tuple[int, int]:
    """Read how many rows and columns a tab has, from the range that its values are said to have."""
    match = _SIZE.search(told)
    if match is None:
        return 0, 0
    columns = 0
    for letter in match[1] or "A":
        columns = columns * 26 + ord(letter) - ord("A") + 1
    return int(match[2] or 1), columns
