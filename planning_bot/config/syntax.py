"""What a YAML parser's complaint means, in words, and where it points."""

from __future__ import annotations

from yaml import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from planning_bot.config.secret_words import without_secrets
from planning_bot.errors import Problem

_NOT_CLOSED = "quotes or brackets are opened before this, and not closed"
_INDENTATION = "the line is indented in another way than those before it, or a ':' or '-' is missing"
_WORDS = (
    (r"found character '\t' that", "a tab; indent with spaces"),
    ("found character '@' that", "a value cannot start with '@'; write a username without it, other text in quotes"),
    ("found character", "a value cannot start with this character; put it in quotes"),
    ("mapping values are not allowed", "a second ': ' in one line; put text that holds ': ' in quotes"),
    ("could not find expected ':'", "a key without its ':'"),
    ("found unexpected end of stream", _NOT_CLOSED),
    ("expected the node content, but found '<stream end>'", _NOT_CLOSED),
    ("expected ',' or ']'", "a ',' or the ']' of a list is missing before this"),
    ("expected ',' or '}'", "a ',' or the '}' of a map is missing before this"),
    ("expected <block end>", _INDENTATION),
)


def syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    """Say what PyYAML could not read, and where."""
    if isinstance(error, ReaderError):
        line, column = position(text, error.position)
        return Problem(file, line, column, "", f"not valid YAML: the control character U+{_code(error):04X}")
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file, line, column, "", f"not valid YAML: {_words(error)}")


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a character in ``text``."""
    before = text[:index]
    return before.count("\n") + 1, index - before.rfind("\n")


def _code(error: ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


def _words(error: YAMLError) -> str:
    problem = getattr(error, "problem", None) or "unreadable"
    return next((words for start, words in _WORDS if problem.startswith(start)), without_secrets(problem))
