"""The text of a rule of recurrence → a rule, or a ValueError that says which part cannot be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.gateways.recurrence import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_OF_DAYS = ("FREQ", "INTERVAL", "COUNT", "WKST", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS")
_OF_TIMES = ("UNTIL", "BYHOUR", "BYMINUTE", "BYSECOND")


def split_rule(text: str) -> dict[str, str]:
    """Split `FREQ=DAILY;COUNT=3` into its parts. Raises ValueError."""
    pairs = [part.partition("=") for part in text.upper().strip(";").split(";")]
    parts = {key.strip(): value.strip() for key, _, value in pairs}
    if len(parts) < len(pairs) or not all(parts.values()):
        raise ValueError("a part of the rule stands twice or is empty")
    if unknown := [key for key in parts if key not in {*_OF_DAYS, *_OF_TIMES}]:
        raise ValueError(f"{unknown[0][:20]!r} is no part of a rule that is understood")
    return parts


def parse_rule(parts: Mapping[str, str]) -> Rule:
    """Read the parts of a rule but UNTIL, which is a moment. Raises ValueError for what it cannot follow."""
    frequency = parts.get("FREQ", "")
    if frequency in {"SECONDLY", "MINUTELY", "HOURLY"}:
        raise ValueError(f"FREQ={frequency} is finer than daily, which no time off is")
    if frequency not in FREQUENCIES:
        raise ValueError(f"FREQ={frequency[:20]!r} is no frequency; there are {', '.join(FREQUENCIES)}")
    return Rule(
        frequency,
        interval=_number(parts, "INTERVAL", 1, 100_000) or 1,
        count=_number(parts, "COUNT", 1, 10**9),
        week_start=_weekday(parts.get("WKST", "MO")),
        months=_numbers(parts, "BYMONTH", 12, lowest=1),
        month_days=_numbers(parts, "BYMONTHDAY", 31),
        year_days=_numbers(parts, "BYYEARDAY", 366),
        weeks=_numbers(parts, "BYWEEKNO", 53),
        weekdays=_weekdays(parts, frequency),
        positions=_numbers(parts, "BYSETPOS", 366),
    )


def _number(parts: Mapping[str, str], key: str, lowest: int, highest: int) -> int | None:
    text = parts.get(key)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11 and lowest <= int(text) <= highest):  # noqa: PLR2004
        raise ValueError(f"{key}={text[:20]!r} is no number from {lowest} to {highest}")
    return int(text)


def _numbers(parts: Mapping[str, str], key: str, highest: int, lowest: int | None = None) -> frozenset[int]:
    numbers = set()
    for text in parts[key].split(",") if key in parts else ():
        digits = text.removeprefix("-") if lowest is None else text
        number = _number({key: digits.removeprefix("+")}, key, 1, highest)
        numbers.add(-(number or 0) if text.startswith("-") else number or 0)
    return frozenset(numbers)


def _weekdays(parts: Mapping[str, str], frequency: str) -> frozenset[tuple[int, int]]:
    """Read BYDAY as pairs: which one in the month or year, 0 for each, and the weekday."""
    pairs = set()
    for text in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        ordinal = next(iter(_numbers({"BYDAY": text[:-2]}, "BYDAY", 53)), 0) if text[:-2] else 0
        pairs.add((ordinal if frequency in {"MONTHLY", "YEARLY"} else 0, _weekday(text[-2:])))
    return frozenset(pairs)


def _weekday(text: str) -> int:
    if text not in DAYS:
        raise ValueError(f"{text[:20]!r} is no weekday; there are {', '.join(DAYS)}")
    return DAYS.index(text)
