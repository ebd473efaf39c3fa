"""What a YAML parser's complaint means, in words, and where it points."""

from __future__ import annotations

import yaml
from yaml.reader import ReaderError

from planning_bot.config.secret_words import without_secrets
from planning_bot.errors import Problem

_WORDS = {
    r"found character '\t' that cannot start any token": "a tab; indent with spaces",
    "mapping values are not allowed here": (
        "a second ': ' in one line, or a wrong indentation; put text that holds ': ' in quotes"
    ),
    "could not find expected ':'": "a key without its ':'",
    "found unexpected end of stream": "quotes or brackets are opened before this, and not closed",
    "expected ',' or ']', but got '<stream end>'": "a list that starts with '[' is not closed",
    "expected ',' or '}', but got '<stream end>'": "a map that starts with '{' is not closed",
}


def syntax_problem(error: Exception, text: str, file: str) -> Problem:
    """Say what PyYAML could not read, and where."""
    if isinstance(error, ReaderError):
        line, column = position(text, error.position)
        return Problem(file, line, column, "", f"not valid YAML: the control character U+{ord_of(error):04X}")
    if isinstance(error, yaml.MarkedYAMLError) and (mark := error.problem_mark or error.context_mark):
        return Problem(file, mark.line + 1, mark.column + 1, "", f"not valid YAML: {_words(error)}")
    return Problem(file, 1, 1, "", "not valid YAML: an escape in double quotes that stands for no character")


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a character in ``text``."""
    before = text[:index]
    return before.count("\n") + 1, index - before.rfind("\n")


def ord_of(error: ReaderError) -> int:
    """Return the code point that PyYAML refused."""
    return error.character if isinstance(error.character, int) else ord(error.character)


def _words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "unreadable"
    return without_secrets(_WORDS.get(problem, problem))
