"""CSV files as tables: UTF-8, separated by commas, with a header; anything else is an error that names its line.

Cells stay text: a title such as `18.10` is none of a number's business.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from planning_bot.domain.absence import Table, TableRow, Unreadable
from planning_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    _Record = tuple[int, list[str]]

LARGEST = 1024 * 1024


def read_csv(path: Path, name: str) -> Table:
    """Read a CSV file, which messages call `name`.

    Raises ConfigurationError where there is no such file, where it is too large, or where it is no CSV.
    """
    text = decoded(read_bounded(path, name, LARGEST), name)
    records = _records(text, name)
    if not records:
        raise _unreadable(name, 0, "the file is empty; write the header username,from,to,share")
    line, header = records[0]
    columns = tuple(cell.strip().casefold() for cell in header)
    if len(columns) == 1 and any(separator in columns[0] for separator in ";\t|"):
        raise _unreadable(name, line, "the columns are not separated by commas; save the file as CSV with commas")
    rows = [_row(name, line, columns, cells) for line, cells in records[1:]]
    good = tuple(row for row in rows if isinstance(row, TableRow))
    return Table(name, good, columns, tuple(row for row in rows if isinstance(row, Unreadable)))


def read_bounded(path: Path, name: str, largest: int) -> bytes:
    """Read a file of at most `largest` bytes. Raises ConfigurationError."""
    try:
        if not path.is_file():
            raise _unreadable(name, 0, f"there is no such file; it was looked for in {path.parent}")
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise _unreadable(name, 0, f"the file cannot be read: {reason}") from None
    if len(content) > largest:
        raise _unreadable(name, 0, f"larger than {largest // 1024} KB")
    return content


def decoded(content: bytes, name: str) -> str:
    """Read UTF-8, with or without a byte order mark. Raises ConfigurationError with the line."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"not UTF-8: the byte 0x{content[error.start]:02X}; save the file as UTF-8"
        raise _unreadable(name, line, message) from None


def _records(text: str, name: str) -> list[_Record]:
    """Split the text into rows, each with the line in which it begins; rows without a word in them are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(line, cells) for line, cells in _numbered(reader) if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise _unreadable(name, max(reader.line_num, 1), f"not CSV: {error}") from None


def _numbered(reader: Iterator[list[str]]) -> Iterator[_Record]:
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined]  # the csv module's


def _row(name: str, line: int, columns: tuple[str, ...], cells: list[str]) -> TableRow | Unreadable:
    place = f"{name}:{line}"
    if any(cell.strip() for cell in cells[len(columns) :]):
        return Unreadable.at(name, place, "", f"has {len(cells)} cells, and the header {len(columns)}")
    return TableRow(place, dict(zip(columns, cells, strict=False)))


def _unreadable(name: str, line: int, message: str) -> ConfigurationError:
    place = f"{name}:{line}" if line else name
    return ConfigurationError([Unreadable.at(name, place, "", message)])
