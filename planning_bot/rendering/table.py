"""Rows with aligned columns, for a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE = {"W", "F"}


def aligned(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Align the columns of rows, those in `right` to the right; the last one is as long as it is."""
    widths = [max(width(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    return ["  ".join(_padded(cell, widths[n], n in right) for n, cell in enumerate(row)).rstrip() for row in rows]


def width(text: str) -> int:
    """Say how many columns of a terminal a text takes: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text
    )


def _padded(cell: str, columns: int, to_the_right: bool) -> str:  # noqa: FBT001 - a property of the column
    blanks = " " * (columns - width(cell))
    return blanks + cell if to_the_right else cell + blanks
