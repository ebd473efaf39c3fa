"""Changes: every write that the program can make, as data with a reason.

The set is closed: whoever matches on `Change` ends in `assert_never`. A change holds all that is needed to carry
it out, ids beside names, so that a saved plan can be applied without deciding anything again. `before` holds
what the change rests on and nothing else; it is compared with the present before anything is sent.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer


def known_after_apply(handle: str) -> str:
    """Give the text that stands for the web address of something which a change of this plan creates."""
    # The slash at the end keeps one handle from being the beginning of another.
    return f"known-after-apply/{handle}/"


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
    sections; None is a section that is not there.
    """

    labels: tuple[str, ...] = ()
    milestone: Named | None = None
    assignees: tuple[Named, ...] = ()
    sections: dict[str, str | None] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _only_what_is_touched(self, everything: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in everything(self).items() if key in self.model_fields_set}


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


class CreateNote(_Change):
    """Write a note; its first line is a marker by which it is found again."""

    kind: Literal["create_note"] = "create_note"
    before: None = None
    after: str


Change = Annotated[
    CreateIssue | EditIssue | CreateNote,
    Field(discriminator="kind"),
]


_C = TypeVar("_C", bound=_Change)


def resolved(change: _C, addresses: dict[str, str]) -> _C:
    """Put the addresses of what has been created by now where the change has placeholders for them."""
    text = change.model_dump_json()
    for handle, address in addresses.items():
        text = text.replace(known_after_apply(handle), json.dumps(address)[1:-1])
    return type(change).model_validate_json(text)
