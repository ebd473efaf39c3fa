"""Issues, people, labels and boards as the program sees them: what it needs of each, and nothing raw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class User:
    """A GitLab user; `username` is what people type, `id` what the API wants."""

    id: int
    username: str
    name: str = ""
    is_bot: bool = False

    @property
    def bot_name(self) -> str | None:
        """The username, if it is a bot's: what it takes off is an `undo`, and no person's doing.

        With a person's token nobody can tell the two apart, and all of it counts as that person's.
        """
        return self.username if self.is_bot else None


@dataclass(frozen=True)
class Label:
    """A label of the group or of an ancestor."""

    id: int
    name: str


@dataclass(frozen=True)
class Note:
    """A comment on an issue."""

    id: int
    body: str
    author: str


@dataclass(frozen=True)
class Issue:
    """One issue. `iid` is the number people see, `reference` the full `group/project#12`, `kind` GitLab's type.

    `closed_at` is gone once it is opened again. `moved_to_id` is the id of its copy in another project.
    """

    id: int
    iid: int
    project_id: int
    reference: str
    web_url: str
    title: str
    description: str
    state: str
    author: str
    labels: frozenset[str]
    milestone_id: int | None
    milestone: str | None
    assignees: tuple[User, ...]
    confidential: bool
    created_at: datetime
    weight: int | None = None
    kind: str = "issue"
    tier_has_weights: bool = True
    notes_count: int | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    moved_to_id: int | None = None
    is_duplicate: bool = False
    is_promoted: bool = False

    @property
    def project(self) -> str:
        """The path of its project."""
        return self.reference.rpartition("#")[0]

    @property
    def is_open(self) -> bool:
        """Whether it still is to be done."""
        return self.state == "opened"


@dataclass(frozen=True)
class BoardList:
    """A column of a board; those of assignees, milestones or iterations have no label."""

    id: int
    label: Label | None
    position: int


@dataclass(frozen=True)
class Board:
    """An issue board of a group: its scope, and its lists in their order."""

    id: int
    name: str
    web_url: str
    milestone_id: int | None
    milestone: str | None
    labels: frozenset[str]
    lists: tuple[BoardList, ...]
