"""The files of a new configuration: templates filled with values that are quoted so that YAML gives them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from planning_bot.rendering.escaping import plain
from planning_bot.rendering.templates import environment, filled, shipped_templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.survey import Choice

PTO_HEADER = "username,from,to,share\n"
# Words that YAML 1.1 reads as something other than text; editors do, whatever the program does.
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_PLAIN = re.compile(
    r"[A-Za-z](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?|https?://[A-Za-z0-9.-]+(?::[0-9]+)?[A-Za-z0-9/._-]*"
)


def init_file(name: str, facts: Mapping[str, object]) -> str:
    """Fill a template of a YAML file: what it puts out is quoted, comments are one line and cannot end."""
    templates = environment(shipped_templates(), yaml_value)
    templates.filters |= {"comment": _comment, "note": _note, "why": _why}
    text = filled(name, lambda: templates.get_template(name), facts)
    return "\n".join(line.rstrip() for line in text.strip().split("\n")) + "\n"


def yaml_value(value: object) -> str:
    """Write a text, several, or nothing, as YAML on one line."""
    match value:
        case None:
            return "null"
        case tuple() | list():
            return f"[{', '.join(map(yaml_value, value))}]"
    text = str(value)
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    if text.isprintable() and "\\" in text and "'" not in text:
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    """Write a character inside of double quotes; what nobody would see is written as its number (YAML 1.2, 5.7)."""
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"


def _comment(text: object) -> Markup:
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in plain(text))
    return Markup(line)  # noqa: S704 - one line; nothing in a comment has a meaning


def _note(text: object, applies: object = True) -> Markup:  # noqa: FBT002 - a condition, as Jinja2 passes it
    return Markup("  # ") + _comment(text) if applies else Markup("")


def _why(choice: Choice) -> Markup:
    return _note(choice.because, choice.because)
