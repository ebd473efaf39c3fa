"""Plain scalars get their types here: text until a key asks for a number, a boolean or a date."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from planning_bot.config.complaints import Plain, described, unknown, wrong

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,11})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,11})?(?:\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INVISIBLE = frozenset({"Cc", "Cs"})


def text(value: Any) -> str:
    """One line of text, without the spaces around it."""
    if not isinstance(value, str):
        raise wrong(f"write text here; found {described(value)}")
    if not (stripped := str(value).strip()):
        raise wrong("write text here; found an empty one")
    if any(unicodedata.category(character) in _INVISIBLE for character in stripped):
        raise wrong(f"write one line without control characters; found {described(value)}")
    return stripped


def flag(value: Any) -> bool:
    """Read true or false, and no other word for them."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Plain) and (word := value.lower()) in {"true", "false"}:
        return word == "true"
    raise wrong(f"write true or false, without quotes; found {described(value)}")


def whole(value: Any) -> int:
    """Read a whole number in decimal digits."""
    if isinstance(value, Plain) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise wrong(f"write a whole number, such as 3, without quotes; found {described(value)}")


def number(value: Any) -> float:
    """Read a number in decimal digits, with or without a point."""
    if isinstance(value, Plain) and _NUMBER.fullmatch(value) and value not in {"", "-"}:
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
        return float(value)
    raise wrong(f"write a number, such as 0.5, without quotes; found {described(value)}")


def day(value: Any) -> date:
    """Read a date as YYYY-MM-DD."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong(f"no such day: {described(value)}") from None
    raise wrong(f"write a date as YYYY-MM-DD; found {described(value)}")


def between(low: float, high: float, what: str) -> Callable[[Any], Any]:
    """Return a check that a number is in a range, ends included."""

    def check(value: float) -> float:
        if not low <= value <= high:
            raise wrong(f"write {what}; found {value:g}")
        return value

    return check


def label(value: Any) -> str:
    """Read a label's name: GitLab's hold no commas."""
    if "," in (name := text(value)):
        raise wrong(f"a label's name has no commas; write each label as an item of its own; found {described(name)}")
    return name


def one_of(what: str, *known: str) -> Callable[[Any], str]:
    """Return a validator for a word of a closed set."""

    def check(value: Any) -> str:
        if (word := text(value)) not in known:
            raise wrong(unknown(what, word, known))
        return word

    return check


TEXT_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean"]}
"""Editors see a number in 18.10 and a boolean in NO where the program reads text."""

Text = Annotated[str, PlainValidator(text), WithJsonSchema(TEXT_SCHEMA)]
Label = Annotated[str, PlainValidator(label), WithJsonSchema({**TEXT_SCHEMA, "pattern": "^[^,]+$"})]
Flag = Annotated[bool, PlainValidator(flag), WithJsonSchema({"type": "boolean"})]
Day = Annotated[date, PlainValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Whole = Annotated[int, PlainValidator(whole), WithJsonSchema({"type": "integer"})]
Number = Annotated[float, PlainValidator(number), WithJsonSchema({"type": "number"})]

Share = Annotated[
    float,
    PlainValidator(number),
    AfterValidator(between(0, 1, "a share from 0 to 1, such as 0.5")),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]
Percent = Annotated[
    float,
    PlainValidator(number),
    AfterValidator(between(0, 100, "a percentage from 0 to 100")),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
Count = Annotated[
    int,
    PlainValidator(whole),
    AfterValidator(between(0, float("inf"), "0 or a positive number")),
    WithJsonSchema({"type": "integer", "minimum": 0}),
]
Positive = Annotated[
    int,
    PlainValidator(whole),
    AfterValidator(between(1, float("inf"), "a positive number")),
    WithJsonSchema({"type": "integer", "minimum": 1}),
]
Size = Annotated[
    float,
    PlainValidator(number),
    AfterValidator(between(0, float("inf"), "0 or a positive number")),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
