"""How a validator says what is wrong, so that ``problems.py`` can say where."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from planning_bot.config.secret_words import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TYPE_NAME = "planning_bot"
LONGEST_QUOTE = 60

KeyPath = tuple[str | int, ...]
"""Where a value is: the keys and indices that lead to it."""


class Plain(str):
    """Text that stood in the file without quotes: it may become a number, a boolean or a date."""

    __slots__ = ()


def wrong(message: str) -> PydanticCustomError:
    """One mistake, at the value that is being validated."""
    return PydanticCustomError(TYPE_NAME, "{message}", {"message": message})


def complain(found: Iterable[tuple[KeyPath, str]]) -> None:
    """Raise the mistakes ``found``, each at a path below the value that is being validated, if there are any."""
    if found := tuple(found):
        messages = "; ".join(message for _, message in found)
        raise PydanticCustomError(TYPE_NAME, "{message}", {"message": messages, "found": found})


def quoted(text: str) -> str:
    """``text`` as a message shows it: in quotes, shortened, without control characters and secrets."""
    text = without_secrets(text)
    return repr(text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…")


def described(value: object) -> str:
    """What was found, in words: ``a list``, ``null``, ``'18.10'``."""
    match value:
        case Plain():
            return quoted(value)[1:-1]
        case str():
            return quoted(value)
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case dict():
            return "a map"
        case list() | tuple():
            return "a list"
    return quoted(str(value))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` where ``word`` is close to a known one, else nothing."""
    close = difflib.get_close_matches(word.lower(), [*(lower := {name.lower(): name for name in known})], n=1)
    return f"; did you mean {quoted(lower[close[0]])}?" if close else ""


def unknown(what: str, word: str, known: Sequence[str]) -> str:
    """An unknown word of a closed set, with the one that was probably meant, or else all of them."""
    suggestion = did_you_mean(word, known) or f"; write one of {', '.join(known)}"
    return f"unknown {what} {quoted(word)}{suggestion}"
