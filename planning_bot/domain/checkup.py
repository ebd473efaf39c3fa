"""What `doctor` has seen of the servers, before anybody says what of it is right: facts, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from planning_bot.errors import PlanningBotError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.absence import TimeOff
    from planning_bot.domain.access import Account, Bot, Channel, Membership, Place, Sheet, Token
    from planning_bot.domain.change import Named
    from planning_bot.domain.issue import Board, Label
    from planning_bot.domain.milestone import Milestone

_T = TypeVar("_T")

Seen: TypeAlias = _T | PlanningBotError
"""What was read, or the error in its place."""


@dataclass(frozen=True)
class Key:
    """The token, and whose it is."""

    token: Seen[Token]
    me: Account


@dataclass(frozen=True)
class Inside:
    """What a group holds that the configuration names; roles are of the people and of the token's user."""

    milestones: Seen[tuple[Milestone, ...]]
    boards: Seen[tuple[Board, ...]]
    roles: Seen[Mapping[int, Membership]]
    labels: Mapping[str, Seen[Label | None]]
    below: Mapping[str, Seen[bool]] = field(default_factory=dict)
    scoped_boards: Seen[bool | None] = None


@dataclass(frozen=True)
class GitLabFacts:
    """What GitLab says of a team; nothing is inside a group that cannot be read."""

    key: Key
    group: Seen[Place]
    project: Seen[Place]
    people: Mapping[str, Seen[Account | None]]
    epic: Seen[Named] | None = None
    project_roles: Seen[Mapping[int, Membership]] | None = None
    inside: Inside | None = None


@dataclass(frozen=True)
class SlackFacts:
    """What Slack says of the bot, and of the channels by their names in the configuration."""

    bot: Bot
    channels: Mapping[str, Seen[Channel]]


@dataclass(frozen=True)
class Checkup:
    """What all servers say of a team; None where the team does not use one. Time off is by its source."""

    gitlab: Seen[GitLabFacts]
    slack: Seen[SlackFacts] | None = None
    sheet: Seen[Sheet] | None = None
    time_off: tuple[tuple[str, Seen[TimeOff]], ...] = ()
