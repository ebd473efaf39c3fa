"""What a token may do and where: the token, people and their memberships, the group and the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Token:
    """A token as GitLab knows it: its scopes, and the day on which it stops working (None: never)."""

    scopes: frozenset[str]
    expires_on: date | None = None


@dataclass(frozen=True)
class Account:
    """A user's account; `state` is GitLab's word, of which `active` alone can be assigned."""

    id: int
    username: str
    state: str = "active"
    is_admin: bool = False


@dataclass(frozen=True)
class Membership:
    """A role in a group or a project, inherited or not, as GitLab numbers it, and the day on which it ends."""

    level: int
    expires_on: date | None = None


@dataclass(frozen=True)
class Place:
    """A group or a project: where it is, who may see it, and whether it can be worked in."""

    path: str
    visibility: str
    is_archived: bool = False
    deleted_on: date | None = None
    has_issues: bool = True


@dataclass(frozen=True)
class Bot:
    """Who a Slack token belongs to, and its scopes; None where Slack does not say."""

    user: str
    scopes: frozenset[str] | None = None


@dataclass(frozen=True)
class Channel:
    """A Slack channel, as the bot sees it."""

    id: str
    name: str
    is_member: bool
    is_private: bool = False
    is_archived: bool = False


@dataclass(frozen=True)
class Sheet:
    """A Google Sheet that can be read: by which account, and the titles of its tabs."""

    account: str
    tabs: tuple[str, ...]
