"""The pretend Google Sheets: spreadsheets, their tabs and cells in memory, and with whom they are shared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from planning_bot.sandbox import sheets_ranges
from planning_bot.sandbox.sheets_cells import Cell, Value, shown
from planning_bot.sandbox.sheets_errors import SheetsError, unparseable
from planning_bot.sandbox.sheets_ranges import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

_T = TypeVar("_T")
ROWS, COLUMNS = 1000, 26  # the grid of a new tab (recorded)


@dataclass
class Tab:
    """A tab: a grid of so many rows and columns, and the cells in it that are not empty."""

    title: str
    sheet_id: int
    row_count: int = ROWS
    column_count: int = COLUMNS
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def on_grid(self, block: Block) -> Block:
        """Return the part of a block that the grid has. Raises SheetsError where it begins beyond the grid."""
        self.require(block.top, block.left)
        return block.clipped(self.row_count, self.column_count)

    def require(self, row: int, column: int) -> None:
        """Raise SheetsError unless the grid has this cell: writing a range does not let it grow."""
        if row > self.row_count or column > self.column_count:
            where = sheets_ranges.spell(self.title, Block(row, column, row, column))
            limits = f"Max rows: {self.row_count}, max columns: {self.column_count}"
            raise SheetsError(400, f"Range ({where}) exceeds grid limits. {limits}")

    def last_row(self) -> int:
        """Return the number of the last row with anything in it; 0 where there is none."""
        return max((row for row, _ in self.cells), default=0)

    def values(self, block: Block, render: str, dates: str) -> list[list[Value]]:
        """Return the values of a block on the grid: empty cells and rows at the end are left out (recorded)."""
        rows = [
            _trimmed([shown(self.cells.get((row, column)), render, dates) for column in _span(block.left, block.right)])
            for row in _span(block.top, min(block.bottom or 0, self.last_row()))
        ]
        return _trimmed(rows)

    def clear(self, block: Block) -> None:
        """Empty the cells of a block on the grid."""
        for place in [(row, column) for row, column in self.cells if _is_in(row, column, block)]:
            del self.cells[place]

    def put(self, row: int, column: int, cell: Cell | None) -> None:
        """Fill or empty a cell."""
        self.cells.pop((row, column), None)
        if cell is not None:
            self.cells[row, column] = cell


@dataclass
class Spreadsheet:
    """A spreadsheet: its tabs in their order, and the roles (reader, writer) of those with whom it is shared."""

    key: str
    title: str
    roles: dict[str, str]
    tabs: list[Tab] = field(default_factory=list)

    def tab(self, title: str) -> Tab | None:
        """Return the tab of this title; capitals make no difference."""
        return next((tab for tab in self.tabs if tab.title.casefold() == title.casefold()), None)

    def add(self, title: str, rows: int = ROWS, columns: int = COLUMNS) -> Tab:
        """Add a tab at the end. Raises SheetsError where there is one of this title."""
        if self.tab(title):
            raise SheetsError(400, f'A sheet with the name "{title}" already exists. Please enter another name.')
        sheet_id = 0 if not self.tabs else 1_000_000 + len(self.tabs)
        self.tabs.append(Tab(title, sheet_id, rows, columns))
        return self.tabs[-1]

    def find(self, text: str) -> tuple[Tab, Block]:
        """Return the tab and the block of a range in A1 notation; a title alone is all of its tab."""
        title, cells = sheets_ranges.split_title(text)
        if title is None and (tab := self.tab(cells)):
            return tab, Block()
        tab = self.tab(title) if title is not None else self.tabs[0]
        block = sheets_ranges.parse_cells(cells) if cells else Block()
        if tab is None or block is None:
            raise unparseable(text)
        return tab, block


def _span(first: int, last: int | None) -> Iterator[int]:
    return iter(range(first, (last or 0) + 1))


def _is_in(row: int, column: int, block: Block) -> bool:
    return block.top <= row <= (block.bottom or row) and block.left <= column <= (block.right or column)


def _trimmed(items: list[_T]) -> list[_T]:
    while items and (items[-1] in ("", [])):
        items.pop()
    return items
