"""What a cell makes of what is put into it, and how it shows itself.

RAW keeps what is sent. USER_ENTERED reads it as if somebody typed it: formulas, numbers, dates and truth values are
guessed, so that 18.10 becomes 18.1 (docs: sheets/api/reference/rest/v4/ValueInputOption).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from planning_bot.sandbox.sheets_errors import SheetsError

Value = str | int | float | bool

EPOCH = date(1899, 12, 30)  # docs: DateTimeRenderOption: days since then
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?(%?)")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_AMERICAN = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})(?:[/-]([0-9]{4}))?")  # the locale of a new Sheet is en_US
_SUM = re.compile(r"=[0-9]+(?:\.[0-9]+)?(?:\+[0-9]+(?:\.[0-9]+)?)*")


@dataclass(frozen=True)
class Cell:
    """A value, the formula that it comes from, and the format in which people see it."""

    value: Value
    formula: str = ""
    look: str = ""


def raw(value: Any, where: str = "values[0][0]") -> Cell | None:
    """Keep a value as it is; an empty text is an empty cell."""
    if isinstance(value, str | bool | int | float):
        return None if value == "" else Cell(value)
    kind = "list_value" if isinstance(value, list) else "struct_value"
    raise SheetsError(400, f"Invalid {where}: {kind} {{}}")


def typed(value: Any, where: str = "values[0][0]", *, year: int = 2026) -> Cell | None:
    """Read a value as if somebody typed it; ``year`` is that of a date without one."""
    if not isinstance(value, str):
        return raw(value, where)
    if value.startswith("'"):
        return raw(value[1:])
    if value.startswith("="):
        return Cell(_calculated(value), value)
    if value.upper() in {"TRUE", "FALSE"}:
        return Cell(value.upper() == "TRUE")
    return _as_date(value, year) or _as_number(value) or raw(value)


def of_day(day: date) -> Cell:
    """Return a cell with a date, shown as YYYY-MM-DD."""
    return Cell((day - EPOCH).days, look=day.isoformat())


def shown(cell: Cell | None, render: str, dates: str = "SERIAL_NUMBER") -> Value:
    """Return a cell as an answer holds it; an empty one is an empty text."""
    if cell is None:
        return ""
    if render == "FORMULA" and cell.formula:
        return cell.formula
    if cell.look and (render == "FORMATTED_VALUE" or dates == "FORMATTED_STRING"):
        return cell.look
    return _formatted(cell.value) if render == "FORMATTED_VALUE" else _whole(cell.value)


def _formatted(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else f"{value:.10g}"


def _whole(value: Value) -> Value:
    """Return a number as it is stored: there is one kind, and 10.0 comes back as 10."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_number(text: str) -> Cell | None:
    match = _NUMBER.fullmatch(text.strip())
    digits = text.strip().rstrip("%").replace(",", "")
    if match is None or not re.search(r"[0-9]", digits.lower().partition("e")[0]):
        return None
    number = float(digits)
    return Cell(number / 100, look=text.strip()) if match[1] else Cell(_whole(number))


def _as_date(text: str, year: int) -> Cell | None:
    iso, american = _ISO.fullmatch(text.strip()), _AMERICAN.fullmatch(text.strip())
    try:
        if iso:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif american:
            day = date(int(american[3] or year), int(american[1]), int(american[2]))
        else:
            return None
    except ValueError:
        return None
    return Cell((day - EPOCH).days, look=text.strip())


def _calculated(formula: str) -> Value:
    """Add numbers up; what else a formula can do is not modelled, and shows as an unknown name does."""
    if not _SUM.fullmatch(formula):
        return "#NAME?"
    return _whole(sum(float(part) for part in formula[1:].split("+")))
