"""What the writing doors say: what is there now, and what became of a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from planning_bot.domain.change import Change


@dataclass(frozen=True)
class Created:
    """Where something that a change created can be seen."""

    id: int
    reference: str
    web_url: str


@dataclass(frozen=True)
class Present:
    """What is there right before a write, in the form of the change's `before`.

    `seen` is the door's own: what it read, handed back to it so that nothing is read twice. `created` is what the
    change would create, where it is there already: what needs it can go on.
    """

    value: Any
    seen: Any = None
    created: Created | None = None


@dataclass(frozen=True)
class Delivered:
    """The answer to a write: what it lacks of what was meant, what nobody knows of it, what is worth knowing."""

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    created: Created | None = None


class Door(Protocol):
    """The one way to write: look, then send."""

    def look(self, change: Change) -> Present:
        """Read what is there now. Raises ServerError."""

    def send(self, change: Change, present: Present) -> Delivered:
        """Carry the change out. Raises ServerError where it was refused, UnknownOutcomeError where nobody knows."""
