"""Rows with aligned columns, for a terminal."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE = {"W", "F"}
_NARROWEST = 40


def aligned(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Align the columns of rows, those in `right` to the right; the last one is as long as it is."""
    widths = [max(width(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    return ["  ".join(_padded(cell, widths[n], n in right) for n, cell in enumerate(row)).rstrip() for row in rows]


def beside_or_below(rows: Sequence[Sequence[str]], right: frozenset[int], columns: int | None) -> list[str]:
    """Align the columns of rows; where that is too wide for so many columns, the last cells go below their rows.

    None is as wide as it takes. The first row, the header, loses its last cell then.
    """
    lines = aligned(rows, right)
    if columns is None or max(map(width, lines), default=0) <= columns:
        return lines
    indent = "    "
    shorter = aligned([row[:-1] for row in rows], right)
    below = [
        textwrap.wrap(row[-1], max(columns, _NARROWEST), initial_indent=indent, subsequent_indent=indent)
        for row in rows
    ]
    return [shorter[0], *(line for n in range(1, len(rows)) for line in (shorter[n], *below[n]))]


def width(text: str) -> int:
    """Say how many columns of a terminal a text takes: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text
    )


def cut(text: str, columns: int) -> str:
    """Shorten a text to so many columns of a terminal; an ellipsis says that it goes on."""
    if width(text) <= columns:
        return text
    while text and width(text) >= columns:
        text = text[:-1]
    return f"{text}…"


def _padded(cell: str, columns: int, to_the_right: bool) -> str:  # noqa: FBT001 - a property of the column
    blanks = " " * (columns - width(cell))
    return blanks + cell if to_the_right else cell + blanks
