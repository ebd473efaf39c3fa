"""Creates a label in a group (docs: api/group_labels)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitlab.utils import EncodedId

from planning_bot.domain.delivered import Created, Delivered, Present
from planning_bot.gateways import gitlab_payloads as payloads

if TYPE_CHECKING:
    from planning_bot.domain.change import CreateLabel
    from planning_bot.gateways.gitlab_connection import GitLabConnection


class LabelWriter:
    """The part of the writing door that labels go through."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection

    def look(self, change: CreateLabel) -> Present:
        """Look whether the group or an ancestor has a label of that very name."""
        query = {"search": change.after, "include_ancestor_groups": True}
        rows = self._connection.get_all(_path(change), **query)
        found = next((label for label in map(payloads.label, rows) if label.name == change.after), None)
        if found is None:
            return Present(None)
        return Present(found.name, found, Created(found.id, found.name, ""))

    def create(self, change: CreateLabel) -> Delivered:
        """Create the label."""
        label = payloads.label(self._connection.post(_path(change), {"name": change.after, "color": change.color}))
        missing = () if label.name == change.after else (f"the label is called {label.name!r}",)
        return Delivered(missing=missing, created=Created(label.id, label.name, ""))


def _path(change: CreateLabel) -> str:
    return f"/groups/{EncodedId(change.group)}/labels"
