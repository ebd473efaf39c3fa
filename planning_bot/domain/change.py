"""Changes: every write that the program can make, as data with a reason.

The set is closed: whoever matches on `Change` ends in `assert_never`. A change holds all that is needed to carry
it out, ids beside names, so that a saved plan can be applied without deciding anything again. `before` holds
what the change rests on and nothing else; it is compared with the present before anything is sent.
"""

from __future__ import annotations

import json
from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from planning_bot.domain.message import Message, Posted  # noqa: TC001 - pydantic reads the annotations
from planning_bot.domain.table import Rows, tidy

if TYPE_CHECKING:
    from planning_bot.domain.issue import Board


def known_after_apply(handle: str) -> str:
    """Give the text that stands for the web address of something which a change of this plan creates."""
    # The slash at the end keeps one handle from being the beginning of another.
    return f"known-after-apply/{handle}/"


def label_handle(name: str) -> str:
    """Name a label that a plan creates, for what else in the plan needs it."""
    return f"label:{name}"


def board_handle(key: str) -> str:
    """Name a board that a plan creates, for what else in the plan needs it."""
    return f"board:{key}"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Frozen):
    """An id, which GitLab wants, beside the name, which people read; equal when the ids are."""

    id: int
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


class IssueDraft(_Frozen):
    """An issue that is to be created."""

    project: str
    title: str
    description: str
    labels: tuple[str, ...]
    milestone: Named
    assignees: tuple[Named, ...]
    confidential: bool
    epic: Named | None = None


class IssueState(_Frozen):
    """The part of an issue that a change touches: a field that is not set is not touched.

    `labels` holds, of the labels concerned, those that the issue has. `sections` holds the texts of managed
    sections; None is a section that is not there. `state` and `absent`, labels that it must not have, are never
    changed: a change may rest on them, and so it may on `weight`. Assignees are set where there are none.
    """

    labels: tuple[str, ...] = ()
    milestone: Named | None = None
    assignees: tuple[Named, ...] = ()
    sections: dict[str, str | None] = Field(default_factory=dict)
    state: str | None = None
    weight: int | None = None
    absent: tuple[str, ...] = ()

    @model_serializer(mode="wrap")
    def _only_what_is_touched(self, everything: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in everything(self).items() if key in self.model_fields_set}


class BoardColumn(_Frozen):
    """A list of a board: a label's, or, without one, a list of another kind that a person made."""

    label: Named | None = None
    list_id: int | None = None

    def __eq__(self, other: object) -> bool:
        """A label has at most one list on a board; the others are told apart by their ids."""
        if not isinstance(other, BoardColumn):
            return NotImplemented
        return self.label == other.label and (self.label is not None or self.list_id == other.list_id)

    def __hash__(self) -> int:
        return hash(self.label or self.list_id)


class BoardState(_Frozen):
    """A group's board: its name, its scope, and its lists from left to right; no milestone is any milestone."""

    name: str
    milestone: Named | None
    labels: tuple[str, ...]
    lists: tuple[BoardColumn, ...]


class _Change(_Frozen):
    target: str
    because: str
    gives: str = ""
    needs: tuple[str, ...] = ()


class CreateIssue(_Change):
    """Create an issue; `marker` is the first line of its description, by which it is found again."""

    kind: Literal["create_issue"] = "create_issue"
    marker: str
    before: None = None
    after: IssueDraft


class EditIssue(_Change):
    """Change labels, milestone, assignees or managed sections of one issue, in one request."""

    kind: Literal["edit_issue"] = "edit_issue"
    before: IssueState
    after: IssueState


class TakeBack(_Change):
    """Take back what a run added to one issue: labels off, milestone back, assignees off, sections as they were.

    The one change that takes something away, and `undo` the only one to plan it. `before` is all that is taken back,
    `after` what of it was there before that run; no milestone is no milestone, and a section that is None goes.
    """

    kind: Literal["take_back"] = "take_back"
    before: IssueState
    after: IssueState


class WriteNote(_Change):
    """Write the note of this program's user with that marker, its first line: a new one, or over the old text."""

    kind: Literal["write_note"] = "write_note"
    before: str | None = None
    after: str

    @property
    def marker(self) -> str:
        """The first line."""
        return self.after.split("\n", 1)[0]


class CreateBoard(_Change):
    """Create a board of the group, then scope it, then add its lists in order."""

    kind: Literal["create_board"] = "create_board"
    group: str
    before: None = None
    after: BoardState


class RepairBoard(_Change):
    """Bring a board that exists to its scope, and add and order its configured lists; nothing is taken away."""

    kind: Literal["repair_board"] = "repair_board"
    group: str
    board_id: int
    before: BoardState
    after: BoardState


MISSED_COLOR = "#C21E56"


class CreateLabel(_Change):
    """Create a label in a group: the missed label of a milestone, or what `doctor --fix` is told to create."""

    kind: Literal["create_label"] = "create_label"
    group: str
    before: None = None
    after: str
    color: str = MISSED_COLOR


_Rows = Annotated[Rows, AfterValidator(tidy)]


class WriteTable(_Change):
    """Write a table, header first, into a tab of a Sheet, from A1; a tab that does not exist (no before) is made.

    `unread` says why the tab could not be read, where it could not: then nothing that stands in it is written over.
    """

    kind: Literal["write_table"] = "write_table"
    sheet: str
    tab: str
    before: _Rows | None
    after: _Rows
    unread: str = ""


class PostMessage(_Change):
    """Post a message to a Slack channel (no before), or change the one that stands there, in place.

    The key finds it again, by the metadata of messages of this program's: kind, team and milestone, and what else
    there is only one of, such as a week. `since` is a day before which it surely was not posted. `unread` says why the
    channel could not be read, where it could not: then what stands there is not changed.
    """

    kind: Literal["post_message"] = "post_message"
    channel: str
    key: str
    since: date | None = None
    before: Posted | None
    after: Message
    unread: str = ""


GitLabChange = CreateIssue | EditIssue | TakeBack | WriteNote | CreateBoard | RepairBoard | CreateLabel

Change = Annotated[GitLabChange | WriteTable | PostMessage, Field(discriminator="kind")]


def board_state(board: Board) -> BoardState:
    """Give a board in the form in which changes know it."""
    return BoardState(
        name=board.name,
        milestone=Named(id=board.milestone_id, name=board.milestone or "") if board.milestone_id else None,
        labels=tuple(sorted(board.labels)),
        lists=tuple(
            BoardColumn(
                label=Named(id=column.label.id, name=column.label.name) if column.label else None, list_id=column.id
            )
            for column in board.lists
        ),
    )


_C = TypeVar("_C", bound=_Change)


def resolved(change: _C, addresses: dict[str, str]) -> _C:
    """Put the addresses of what has been created by now where the change has placeholders for them."""
    text = change.model_dump_json()
    for handle, address in addresses.items():
        text = text.replace(known_after_apply(handle), json.dumps(address)[1:-1])
    return type(change).model_validate_json(text)
