"""Managed sections: the parts of a description that the program writes; all outside them is people's.

The opening marker holds a hash of the section's text, so that one that somebody edited is recognised and left
alone. Deleting the text between the markers has it written anew; deleting the markers leaves it out for good.
Sections are output: nothing is read back from them as a fact.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = re.compile(
    r"^<!-- planning-bot:begin (?P<name>[a-z-]+) (?P<hash>[0-9a-f]{12}) -->[ \t]*\r?\n",
    re.MULTILINE,
)
# What follows the closing marker in its line is not the section's: a description keeps its line ends.
_END = re.compile(r"^<!-- planning-bot:end (?P<name>[a-z-]+) -->(?=[ \t]*\r?$)", re.MULTILINE)


class SectionState(Enum):
    """What became of a section since the program wrote it."""

    OURS = "as the program wrote it"
    EMPTIED = "a person deleted its text: it is to be written anew"
    EDITED = "a person edited it"
    ABSENT = "its markers are gone: it is left out"
    AMBIGUOUS = "it stands there more than once"


@dataclass(frozen=True)
class Section:
    """A managed section as it stands in a description."""

    state: SectionState
    text: str | None

    @property
    def is_writable(self) -> bool:
        """Whether the program may replace the text."""
        return self.state in (SectionState.OURS, SectionState.EMPTIED)


def wrap_section(name: str, text: str) -> str:
    """Put a section's text between its markers."""
    inner = _normal(text)
    begin = f"<!-- planning-bot:begin {name} {_hash(inner)} -->"
    # The empty lines let the Markdown between the comments be Markdown, and not part of an HTML block.
    body = f"\n{inner}\n" if inner else ""
    return f"{begin}\n{body}\n<!-- planning-bot:end {name} -->"


def find_section(description: str, name: str) -> Section:
    """Look a section up in a description, and say what became of it."""
    found = [block for block in _blocks(description) if block.name == name]
    if not found:
        return Section(SectionState.ABSENT, None)
    if len(found) > 1:
        return Section(SectionState.AMBIGUOUS, None)
    text = _normal(found[0].text)
    if not text:
        return Section(SectionState.EMPTIED, "")
    return Section(SectionState.OURS if found[0].hash == _hash(text) else SectionState.EDITED, text)


def has_sections(description: str) -> bool:
    """Whether any managed section stands in a description."""
    return any(True for _ in _blocks(description))


def replace_section(description: str, name: str, text: str) -> str:
    """Put a new text into a section that stands in the description; nothing outside of it changes."""
    parts, position = [], 0
    for block in _blocks(description):
        if block.name == name:
            parts += [description[position : block.start], wrap_section(name, text)]
            position = block.end
    return "".join([*parts, description[position:]])


def remove_section(description: str, name: str) -> str:
    """Take a section out, markers and all, with the empty lines before it; nothing else changes."""
    parts, position = [], 0
    for block in _blocks(description):
        if block.name == name:
            parts.append(description[position : block.start].rstrip("\r\n"))
            position = block.end
    rest = description[position:]
    text = "".join(parts) + rest if parts else rest
    return text if rest.strip() or not parts else text.rstrip("\r\n") + ("\n" if text.strip() else "")


def append_sections(description: str, sections: dict[str, str]) -> str:
    """Add the sections that the description lacks at its end, in the order given."""
    missing = [
        wrap_section(name, text)
        for name, text in sections.items()
        if find_section(description, name).state is SectionState.ABSENT
    ]
    return description + _gap_after(description) + "\n\n".join(missing) if missing else description


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for line ends and the blanks around them, which GitLab may change."""
    return _normal(one) == _normal(other)


@dataclass(frozen=True)
class _Block:
    """A section with its markers, and where in the description it stands."""

    name: str
    hash: str
    text: str
    start: int
    end: int


def _blocks(description: str) -> Iterator[_Block]:
    """Find every section; beginnings and ends are read once each, so that unclosed markers cost nothing."""
    ends: dict[str, deque[re.Match[str]]] = {}
    for end in _END.finditer(description):
        ends.setdefault(end["name"], deque()).append(end)
    position = 0
    for begin in _BEGIN.finditer(description):
        closing = ends.get(begin["name"], deque())
        while closing and closing[0].start() < begin.end():
            closing.popleft()
        if closing and begin.start() >= position:
            text = description[begin.end() : closing[0].start()]
            position = closing[0].end()
            yield _Block(begin["name"], begin["hash"], text, begin.start(), position)


def _gap_after(description: str) -> str:
    """Give the line ends that make an empty line after a description."""
    ends = description[len(description.rstrip("\r\n")) :].count("\n")
    return "\n" * max(0, 2 - ends) if description else ""


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
