"""Where in the file a key or a value stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning_bot.config.secret_words import without_secrets

if TYPE_CHECKING:
    from planning_bot.config.complaints import KeyPath


@dataclass(frozen=True)
class Mark:
    """A place in the file; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Node:
    """A value and where it starts: text, None, a list of nodes, or a map of entries."""

    mark: Mark
    value: str | list[Node] | dict[str, Entry] | None

    def data(self) -> Any:
        """Return the value as pydantic takes it."""
        if isinstance(self.value, dict):
            return {key: entry.node.data() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return self.value


@dataclass(frozen=True)
class Entry:
    """One key of a map: where the key stands, and its value."""

    key: Mark
    node: Node


def value_mark(root: Node, path: KeyPath) -> Mark:
    """Return where the value at ``path`` starts, or, where the file does not say it, the nearest key around it."""
    return _walk(root, path, at_key=False)


def key_mark(root: Node, path: KeyPath) -> Mark:
    """Return where the last key of ``path`` stands; an item of a list has none, and stands where it starts."""
    return _walk(root, path, at_key=True)


def exists(root: Node, path: KeyPath) -> bool:
    """Whether the file itself says what stands at ``path``."""
    node = root
    for part in path:
        below = _below(node, part)
        if below is None:
            return False
        node = below.node
    return True


def _walk(root: Node, path: KeyPath, *, at_key: bool) -> Mark:
    here = Entry(root.mark, root)
    for part in path:
        below = _below(here.node, part)
        if below is None:
            return here.key
        here = below
    return here.key if at_key else here.node.mark


def _below(node: Node, part: str | int) -> Entry | None:
    match node.value:
        case dict() as entries if isinstance(part, str):
            return entries.get(part)
        case list() as items if isinstance(part, int) and part < len(items):
            return Entry(items[part].mark, items[part])
    return None


def key_path(path: KeyPath) -> str:
    """Write a path as messages do: ``teams.custom-models.members[2].username``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_printable(part)}" for part in path)
    return text.removeprefix(".")


def _printable(part: str) -> str:
    part = without_secrets(part)
    return part if part.isprintable() else repr(part)
