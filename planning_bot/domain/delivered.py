"""What the writing doors say, what is there now and what became of a change; and who writes that down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from planning_bot.domain.change import Change, IssueState
    from planning_bot.domain.plan import Remark


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
    change would create, where it is there already: what needs it can go on. `as_of` is when the server says that it
    changed last, and of what `is_confidential` no text may be kept.
    """

    value: Any
    seen: Any = None
    created: Created | None = None
    as_of: datetime | None = None
    is_confidential: bool = False


@dataclass(frozen=True)
class Delivered:
    """The answer to a write: what it lacks of what was meant, what nobody knows of it, what is worth knowing.

    `state` is how the issue stands right after, by the answer; `seen` is the issue or the note of the answer itself.
    """

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    created: Created | None = None
    state: IssueState | None = None
    seen: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Fate:
    """What became of one change."""

    applied: int = 0
    failed: tuple[Remark, ...] = ()
    unknown: tuple[Remark, ...] = ()
    skipped: tuple[Remark, ...] = ()
    created: Created | None = None
    state: IssueState | None = None

    @property
    def word(self) -> Literal["done", "unknown", "refused", "skipped"]:
        """Say it in a word: done, also where something of it is missing."""
        if self.applied:
            return "done"
        return "unknown" if self.unknown else "refused" if self.failed else "skipped"

    @property
    def because(self) -> str:
        """Say why it is not simply done."""
        return "; ".join(remark.because for remark in (*self.failed, *self.unknown, *self.skipped))


class Door(Protocol):
    """The one way to write: look, then send."""

    def look(self, change: Change) -> Present:
        """Read what is there now. Raises ServerError."""

    def send(self, change: Change, present: Present) -> Delivered:
        """Carry the change out. Raises ServerError where it was refused, UnknownOutcomeError where nobody knows."""


class Recorder(Protocol):
    """Who writes down what becomes of a plan while it is carried out; several threads may speak at once.

    What cannot be written down is the recorder's to tell of: the plan goes on.
    """

    def intends(self, number: int, change: Change, present: Present) -> None:
        """Write down that the change of this number in the plan, the first is 0, is about to be sent."""

    def tells(self, number: int, change: Change, fate: Fate) -> None:
        """Write down what became of it."""
