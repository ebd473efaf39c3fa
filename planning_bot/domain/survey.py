"""What `init` sees of a group, and what it makes of it: a setting at a time, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planning_bot.domain.issue import Board, Issue
    from planning_bot.domain.milestone import Milestone

PLANNER, REPORTER, DEVELOPER, MAINTAINER = 15, 20, 30, 40  # docs: api/members, roles


@dataclass(frozen=True)
class Person:
    """A member of a group, of whichever kind; `access_level` is GitLab's number for the role."""

    id: int
    username: str
    name: str
    access_level: int
    is_active: bool = True
    is_bot: bool = False


@dataclass(frozen=True)
class Gap:
    """Something that the team will need and the group lacks, or that could not be seen, and what to do about it."""

    what: str
    remedy: str


@dataclass(frozen=True)
class Survey:
    """What stands in a group on a day. What a configuration could not name, by its characters, is left out.

    `people` are all members, `work` the team's latest issues, once its label is known. `gaps` tells what the token's
    user may not see.
    """

    group: str
    today: date
    me: str = ""
    labels: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    people: tuple[Person, ...] = ()
    projects: tuple[str, ...] = ()
    boards: tuple[Board, ...] = ()
    work: tuple[Issue, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def person(self, username: str) -> Person | None:
        """Give the member of this name, in whatever case it is written."""
        return next((each for each in self.people if each.username.casefold() == username.casefold()), None)


@dataclass(frozen=True)
class Guess:
    """What a setting might be, and why; nothing where looking gave nothing."""

    values: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True)
class Choice:
    """What a setting will be: given by a person, or guessed, with the reason."""

    values: tuple[str, ...]
    because: str = ""
    was_guessed: bool = False

    @property
    def value(self) -> str | None:
        """The value of a setting that has at most one."""
        return self.values[0] if self.values else None


Choices = dict[str, Choice]
"""Every setting that was decided, by its name."""


@dataclass(frozen=True)
class Draft:
    """A configuration about to be written: what its templates need, and what the group lacks for it."""

    key: str
    facts: Mapping[str, object]
    missing: tuple[Gap, ...]
