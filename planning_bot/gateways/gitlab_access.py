"""The reading door to what a token may do in GitLab: scopes, roles, accounts, groups and projects, the plan."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gitlab.utils import EncodedId

from planning_bot.domain.access import Account, Membership, Place, Token
from planning_bot.gateways.gitlab_payloads import documented, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.gateways.gitlab_connection import GitLabConnection

    Row = dict[str, Any]

_SOME = 50  # ids in one request: the address of a request must not grow too long


class GitLabAccess:
    """Asks GitLab once for each call; every method raises ServerError."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection

    def token(self) -> Token:
        """What the token may do, and until when; any scope may ask (docs: api/personal_access_tokens, self)."""
        path = "/personal_access_tokens/self"
        row = self._connection.get(path)
        with documented(f"GET {path}"):
            return Token(frozenset(map(str, row["scopes"])), _day(row.get("expires_at")))

    def me(self) -> Account:
        """Whom the token belongs to (docs: api/users; an administrator is told that they are one)."""
        return self._account(self._connection.get("/user"), "/user")

    def account(self, username: str) -> Account | None:
        """The account of that name, in whatever case it is written (docs: api/users)."""
        rows = self._connection.get_all("/users", username=username)
        found = [self._account(row, "/users") for row in rows]
        return next((one for one in found if one.username.casefold() == username.casefold()), None)

    def group(self, path: str) -> Place:
        """The group (docs: api/groups); its projects, which GitLab would list as well, are not asked for."""
        where = f"/groups/{EncodedId(path)}"
        row = self._connection.get(where, with_projects=False)
        with documented(f"GET {where}"):
            return _place(row, row["full_path"])

    def project(self, path: str) -> Place:
        """The project (docs: api/projects)."""
        where = f"/projects/{EncodedId(path)}"
        row = self._connection.get(where)
        with documented(f"GET {where}"):
            return _place(row, row["path_with_namespace"])

    def group_members(self, group: str, ids: Iterable[int]) -> dict[int, Membership]:
        """The roles of these users in a group, inherited ones included (docs: api/members)."""
        return self._members(f"/groups/{EncodedId(group)}/members/all", sorted(set(ids)))

    def project_members(self, project: str, ids: Iterable[int]) -> dict[int, Membership]:
        """The roles of these users in a project, inherited ones included (docs: api/members)."""
        return self._members(f"/projects/{EncodedId(project)}/members/all", sorted(set(ids)))

    def has_label_below(self, group: str, name: str) -> bool:
        """Whether a label of that very name is anywhere in the group's tree (docs: api/group_labels)."""
        path = f"/groups/{EncodedId(group)}/labels"
        below = {"include_descendant_groups": True, "only_group_labels": False}
        rows = self._connection.get_all(path, search=name, **below)
        return any(text(row.get("name")) == name for row in rows)

    def has_scoped_boards(self, group: str) -> bool | None:
        """Whether the group's plan has several boards with scopes, which is Premium; None where nothing shows it.

        The scope of a board and the weight of an issue are in an answer where the plan has them, and else are not
        (docs: api/group_boards, api/issues).
        """
        boards = self._connection.get_page(f"/groups/{EncodedId(group)}/boards").rows
        if boards:
            return "milestone" in boards[0]
        issues = self._connection.get_page(f"/groups/{EncodedId(group)}/issues").rows
        return "weight" in issues[0] if issues else None

    def _members(self, path: str, ids: list[int]) -> dict[int, Membership]:
        asked = [ids[start : start + _SOME] for start in range(0, len(ids), _SOME)]
        rows = [row for some in asked for row in self._connection.get_all(path, user_ids=",".join(map(str, some)))]
        with documented(f"GET {path}"):
            return {row["id"]: Membership(int(row["access_level"]), _day(row.get("expires_at"))) for row in rows}

    def _account(self, row: Row, path: str) -> Account:
        with documented(f"GET {path}"):
            state, is_admin = row.get("state"), row.get("is_admin")
            return Account(row["id"], text(row["username"]), text(state) or "active", bool(is_admin))


def _place(row: Row, path: str) -> Place:
    return Place(
        path=text(path),
        visibility=text(row["visibility"]),
        is_archived=bool(row.get("archived")),
        deleted_on=_day(row.get("marked_for_deletion_on")),
        has_issues=row.get("issues_enabled") is not False and row.get("issues_access_level") != "disabled",
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None
