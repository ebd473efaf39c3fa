"""YAML text → values that remember where they stood; whatever YAML would guess stays text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from planning_bot.config.complaints import Plain, quoted
from planning_bot.config.positions import Entry, Mark, Node, key_path
from planning_bot.config.syntax import syntax_problem
from planning_bot.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning_bot.config.complaints import KeyPath

DEEPEST = 32
MOST_EXPANSIONS = 50
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Document:
    """What a file says, and what is wrong with it before any key has a meaning."""

    root: Node
    problems: tuple[Problem, ...]


def read_document(text: str, file: str) -> Document:
    """Read one YAML document.

    Raises ConfigurationError where nothing more can be said about the file: broken syntax, a second document,
    maps and lists in one another without end, too many aliases.
    """
    try:
        loader = yaml.SafeLoader(text)
        return _Reader(loader, file).document()
    except yaml.YAMLError as error:
        raise ConfigurationError([syntax_problem(error, text, file)]) from None
    except (ValueError, OverflowError):
        mark = loader.get_mark()
        message = "not valid YAML: no character has this number"
        raise ConfigurationError([Problem(file, mark.line + 1, mark.column + 1, "", message)]) from None


def _events(loader: yaml.SafeLoader) -> Iterator[Any]:
    while loader.check_event():
        yield loader.get_event()  # type: ignore[no-untyped-call]  # its stubs have no types here


class _Reader:
    """Builds nodes from PyYAML's events: these come one by one, so that a limit holds before the memory is spent."""

    def __init__(self, loader: yaml.SafeLoader, file: str) -> None:
        self._events = _events(loader)
        self._file = file
        self._problems: list[Problem] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._expansions = 0

    def document(self) -> Document:
        root = Node(Mark(1, 1), None)
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root.value is not None:
                    raise self._fatal(event, (), "a second document starts here; write one document to a file")
                root = self._node(next(self._events), ())
        return Document(root, tuple(self._problems))

    def _node(self, event: Any, path: KeyPath) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._expanded(event, path)
        if len(path) > DEEPEST:
            raise self._fatal(event, (), f"more than {DEEPEST} maps and lists in one another")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(event, path, f"takes no YAML tag; write the value without {quoted(tag)}")
        before = self._expansions
        node = Node(_mark(event), self._value(event, path))
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, self._expansions - before)
        return node

    def _expanded(self, event: Any, path: KeyPath) -> Node:
        if event.anchor not in self._anchors:
            raise self._fatal(event, path, f"nothing before this is named &{event.anchor}")
        node, inside = self._anchors[event.anchor]
        self._expansions += 1 + inside
        if self._expansions > MOST_EXPANSIONS:
            raise self._fatal(event, path, f"more than {MOST_EXPANSIONS} aliases in all; write the values out")
        return node

    def _value(self, event: Any, path: KeyPath) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        text: str = event.value
        if event.style is not None:
            return text
        return None if text in NULLS else Plain(text)

    def _list(self, path: KeyPath) -> list[Node]:
        nodes: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            nodes.append(self._node(event, (*path, len(nodes))))
        return nodes

    def _map(self, path: KeyPath) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path)
            entry = Entry(_mark(event), self._node(next(self._events), (*path, key)))
            if key in entries:
                first = entries[key].key.line
                self._report(event, (*path, key), f"stands here twice, first in line {first}; keep one of them")
            entries.setdefault(key, entry)
        return entries

    def _key(self, event: Any, path: KeyPath) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._fatal(event, path, "a key is text; found a map, a list or an alias in place of one")
        if event.value == "<<" and event.style is None:
            raise self._fatal(event, path, "merge keys (<<) are not read; write the keys out")
        return str(event.value)

    def _report(self, event: Any, path: KeyPath, message: str) -> None:
        self._problems.append(self._problem(event, path, message))

    def _fatal(self, event: Any, path: KeyPath, message: str) -> ConfigurationError:
        return ConfigurationError([self._problem(event, path, message)])

    def _problem(self, event: Any, path: KeyPath, message: str) -> Problem:
        mark = _mark(event)
        return Problem(self._file, mark.line, mark.column, key_path(path), message)


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
