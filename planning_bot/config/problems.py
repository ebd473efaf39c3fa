"""Pydantic's errors → problems: where in the file, which key, in words that say what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from planning_bot.config.capacity import TAGS
from planning_bot.config.complaints import TYPE_NAME, described, did_you_mean, quoted
from planning_bot.config.file import Config
from planning_bot.config.positions import exists, key_mark, key_path, value_mark
from planning_bot.config.secret_words import ADVICE, is_secret_key
from planning_bot.config.team import Team
from planning_bot.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from planning_bot.config.complaints import KeyPath
    from planning_bot.config.positions import Mark, Node

_AT_KEY = "[key]"
_WORDS = {
    "model_type": "write a map here, 'key: value' line by line",
    "dict_type": "write a map here, 'key: value' line by line",
    "mapping_type": "write a map here, 'key: value' line by line",
    "tuple_type": "write a list here, such as [a, b]",
}


def problems_in(error: ValidationError, root: Node, file: str) -> list[Problem]:
    """Translate every error, at its place in the file.

    A default that is made of a wrong value is wrong as well: it is reported only if nothing else is.
    """
    stated: list[Problem] = []
    derived: list[Problem] = []
    for details in error.errors(include_url=False):
        for path, mark, message in _mistakes(details, root):
            problems = stated if details["type"] == "missing" or exists(root, path) else derived
            problems.append(Problem(file, mark.line, mark.column, key_path(path), message))
    return stated or derived


def _mistakes(details: ErrorDetails, root: Node) -> Iterator[tuple[KeyPath, Mark, str]]:
    location = tuple(part for part in details["loc"] if part not in TAGS)
    match details["type"]:
        case "extra_forbidden":
            yield location, key_mark(root, location), _unknown_key(location)
        case "missing":
            yield location, key_mark(root, location[:-1]), f"is missing; {_purpose(location)}"
        case kind if kind == TYPE_NAME and "found" in details.get("ctx", {}):
            for below, message in details["ctx"]["found"]:
                yield (*location, *below), value_mark(root, (*location, *below)), message
        case kind if location[-1:] == (_AT_KEY,):
            yield location[:-1], key_mark(root, location[:-1]), _message(kind, details)
        case kind:
            yield location, value_mark(root, location), _message(kind, details)


def _message(kind: str, details: ErrorDetails) -> str:
    if kind == TYPE_NAME:
        return details["msg"]
    return f"{_WORDS.get(kind, 'cannot be used here')}; found {described(details['input'])}"


def _unknown_key(location: KeyPath) -> str:
    key = str(location[-1])
    if is_secret_key(key):
        return ADVICE
    known = [name for name, _ in _fields(location[:-1])]
    hint = did_you_mean(key, known) or f"; there are {', '.join(known)}"
    return f"unknown key {quoted(key)}{hint}"


def _purpose(location: KeyPath) -> str:
    """What a missing key is for, in the words of its description."""
    descriptions = [field.description for name, field in _fields(location[:-1]) if name == location[-1]]
    purpose = next(filter(None, descriptions), "it is required")
    return purpose[0].lower() + purpose[1:].rstrip(".")


def _fields(path: KeyPath) -> list[tuple[str, FieldInfo]]:
    """Return the keys that can stand in the map at ``path``, and what they mean; keys of one's own lead no deeper."""
    models: list[type[BaseModel]] = [Config]
    for part in path:
        fields = [field for name, field in _keys(models) if name == part]
        models = [model for field in fields for model in _inside(field.annotation)] or models
    return _keys(models)


def _keys(models: list[type[BaseModel]]) -> list[tuple[str, FieldInfo]]:
    """Return the keys that a file may use, which Team.key is not."""
    keys = [(field.alias or name, field) for model in models for name, field in model.model_fields.items()]
    return [(key, field) for key, field in keys if not (key == "key" and Team in models)]


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)
