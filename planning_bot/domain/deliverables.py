"""What a team commits to, in the form of the command's JSON, with what people want to know besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.delivered import Created


@dataclass(frozen=True)
class SelectedIssue:
    """An issue that is selected, or named as stretch; of several assignees the names are joined by commas.

    `rank` is its place among all that passed the gate.
    """

    reference: str
    weight: float
    assignee: str | None
    rank: int
    because: str


@dataclass(frozen=True)
class LeftOutIssue:
    """A candidate that is not selected, why, and where it moves."""

    reference: str
    weight: float | None
    because: str
    moves_to: str | None = None


@dataclass(frozen=True)
class MemberLoad:
    """A member: what they can take on, what of the selected they have, and what they have besides.

    `other_weight` is carried over, or assigned in the milestone without having passed the gate.
    """

    username: str
    capacity_weight: float
    assigned_weight: float
    name: str
    other_weight: float
    working: str


@dataclass(frozen=True)
class OftenSlipped:
    """An issue that slipped twice or more: in which milestones."""

    reference: str
    milestones: tuple[str, ...]


@dataclass(frozen=True)
class TypeShare:
    """How much of the selected weight has a type label, and how much was aimed at; both in percent."""

    label: str
    weight: float
    percent: float | None
    aim: float | None


@dataclass(frozen=True)
class DeliverablesResult:
    """What `deliverables` answers; `weighted` and `candidates` count issues."""

    selected: tuple[SelectedIssue, ...]
    stretch: tuple[SelectedIssue, ...]
    left_out: tuple[LeftOutIssue, ...]
    members: tuple[MemberLoad, ...]
    slipped: tuple[OftenSlipped, ...] = ()
    types: tuple[TypeShare, ...] = ()
    weight: float = 0
    weighted: int = 0
    candidates: int = 0

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it does not depend on it
        """Give the result as it is once the plan was carried out."""
        return self
