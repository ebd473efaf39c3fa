"""Names that somebody types or a server gives, held against the rules of the file before they are written there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from planning_bot.config.planning import title_pattern
from planning_bot.config.references import address, group, key_name, project, proxy, username
from planning_bot.config.scalars import label, text
from planning_bot.config.secret_words import ADVICE, is_secret_value

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS, GROUP, KEY, LABEL, PATTERN, PROJECT, PROXY, TEXT, USERNAME = (
    "address", "group", "key", "label", "pattern", "project", "proxy", "text", "username",
)  # fmt: skip
_RULES: dict[str, Callable[[Any], str]] = {
    ADDRESS: address,
    GROUP: group,
    KEY: key_name,
    LABEL: label,
    PATTERN: title_pattern,
    PROJECT: project,
    PROXY: proxy,
    TEXT: text,
    USERNAME: username,
}


def mistake_in(kind: str, value: str) -> str | None:
    """Say why the file could not hold this; None where it could."""
    try:
        _RULES[kind](value)
    except PydanticCustomError as error:
        return error.message()
    return ADVICE if is_secret_value(value) else None


def fits(kind: str, value: str) -> bool:
    """Whether the file could hold this, to the letter."""
    return mistake_in(kind, value) is None and value == value.strip()
