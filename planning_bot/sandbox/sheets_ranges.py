"""A1 notation: from text to a block of cells and back (docs: sheets/api/guides/concepts, cell)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END = r"([A-Za-z]{1,3})?([1-9][0-9]{0,6})?"
_CELLS = re.compile(rf"{_END}(?::{_END})?")
_QUOTED = re.compile(r"'((?:[^']|'')*)'(?:!(.*))?", re.DOTALL)
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LETTERS = 26


@dataclass(frozen=True)
class Block:
    """Cells from one corner to another, both included, counted from 1; None is open: as far as the grid goes."""

    top: int = 1
    left: int = 1
    bottom: int | None = None
    right: int | None = None

    @property
    def is_cell(self) -> bool:
        """Whether it is one cell."""
        return (self.bottom, self.right) == (self.top, self.left)

    def clipped(self, rows: int, columns: int) -> Block:
        """Return the part of it that lies on a grid of this size."""
        bottom, right = min(self.bottom or rows, rows), min(self.right or columns, columns)
        return Block(self.top, self.left, bottom, right)


def split_title(text: str) -> tuple[str | None, str]:
    """Split ``'My tab'!A1:B2`` into the tab's title and the cells; what has no ``!`` and no quotes may be either."""
    if match := _QUOTED.fullmatch(text):
        return match[1].replace("''", "'"), match[2] or ""
    title, mark, cells = text.rpartition("!")
    return (title, cells) if mark else (None, text)


def parse_cells(text: str) -> Block | None:
    """Return the block of ``A1``, ``A1:B2``, ``A:B``, ``2:3``, ``A2:B`` or ``A1:1``; None where it is none of them."""
    match = _CELLS.fullmatch(text)
    if not text or match is None:
        return None
    has_end = ":" in text
    columns = [_number(letters) if letters else None for letters in match.groups()[::2]]
    rows = [int(digits) if digits else None for digits in match.groups()[1::2]]
    if not has_end:
        return Block(rows[0], columns[0], rows[0], columns[0]) if rows[0] and columns[0] else None
    return _block(rows, columns)


def _block(rows: list[int | None], columns: list[int | None]) -> Block | None:
    if (rows[1] or columns[1]) is None or (rows[0] or columns[0]) is None:
        return None
    top, bottom = _ordered(rows)
    left, right = _ordered(columns)
    return Block(top or 1, left or 1, bottom, right)


def _ordered(ends: list[int | None]) -> tuple[int | None, int | None]:
    first, last = ends
    return (last, first) if first and last and last < first else (first, last)


def column_name(number: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def spell(title: str, block: Block) -> str:
    """Return a range as answers spell it: the title in quotes where it is no plain word, one cell as one."""
    start = f"{column_name(block.left)}{block.top}"
    end = "" if block.is_cell else f":{column_name(block.right or 0)}{block.bottom}"
    return f"{quoted(title)}!{start}{end}"


def quoted(title: str) -> str:
    """Return a title as ranges hold it (recorded: Sheet1!A1, but 'My tab'!A1)."""
    return title if _BARE.fullmatch(title) else "'" + title.replace("'", "''") + "'"


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number
