"""What a milestone left unfinished, in the form of the command's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.delivered import Created


@dataclass(frozen=True)
class MovedOn:
    """An issue, and the title of the milestone that it moves to."""

    reference: str
    to: str


@dataclass(frozen=True)
class LeftAlone:
    """An issue that stays as it is, and why."""

    reference: str
    because: str


@dataclass(frozen=True)
class Slipped:
    """An issue that was promised and not done before: in which milestones, the first promise first."""

    reference: str
    milestones: tuple[str, ...]


@dataclass(frozen=True)
class CloseResult:
    """What `close` answers: which issues get the missed label, which move where, which are left alone."""

    missed: tuple[str, ...]
    moved: tuple[MovedOn, ...]
    left_alone: tuple[LeftAlone, ...]
    slipped: tuple[Slipped, ...] = ()

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it does not depend on it
        """Give the result as it is once the plan was carried out."""
        return self
