"""The reading door for somebody who does not know a group yet: lists of what is there, and no name to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitlab.utils import EncodedId

from planning_bot.domain.survey import Person
from planning_bot.gateways import gitlab_payloads as payloads
from planning_bot.gateways.gitlab_reader import GitLabReader

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue, Label


class SurveyReader(GitLabReader):
    """A reader that lists what a group holds."""

    def group_path(self, group: str) -> str:
        """The group's full path, as GitLab writes it (docs: api/groups)."""
        path = f"/groups/{EncodedId(group)}"
        row = self._connection.get(path, with_projects=False)
        return payloads.text(row.get("full_path")) or group

    def labels(self, group: str) -> tuple[Label, ...]:
        """Every label of the group and its ancestors."""
        return self._list(f"/groups/{EncodedId(group)}/labels", payloads.label, include_ancestor_groups=True)

    def members(self, group: str) -> tuple[Person, ...]:
        """Every member of the group, inherited ones included (docs: api/members)."""
        return self._list(f"/groups/{EncodedId(group)}/members/all", _person)

    def projects(self, group: str) -> tuple[str, ...]:
        """The paths of the hundred youngest projects of the group and its subgroups that have issues."""
        path = f"/groups/{EncodedId(group)}/projects"
        page = self._connection.get_page(path, include_subgroups=True, archived=False)
        with payloads.documented(f"GET {path}"):
            rows = [row for row in page.rows if row.get("issues_enabled", True)]
            return tuple(payloads.text(row["path_with_namespace"]) for row in rows)

    def latest_issues(self, group: str, label: str) -> tuple[Issue, ...]:
        """The hundred issues with a label that changed last."""
        path = f"/groups/{EncodedId(group)}/issues"
        page = self._connection.get_page(path, labels=label, order_by="updated_at", sort="desc")
        with payloads.documented(f"GET {path}"):
            return tuple(payloads.issue(row) for row in page.rows)

    def is_bot(self, user: int) -> bool:
        """Whether a user is a bot: lists do not say so, the user's own page does (docs: api/users)."""
        return bool(self._connection.get(f"/users/{user}").get("bot"))


def _person(row: dict[str, Any]) -> Person:
    state = (row.get("state") or "active", row.get("membership_state") or "active")
    return Person(
        row["id"],
        payloads.text(row["username"]),
        payloads.text(row.get("name")),
        row.get("access_level") or 0,
        is_active=state == ("active", "active"),
    )
