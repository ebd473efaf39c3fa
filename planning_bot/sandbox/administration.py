"""What an administrator or an owner does to people, tokens, groups and projects of the pretend GitLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Store


class Administration:
    """Users go by username, groups and projects by path."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def block_user(self, username: str, *, state: str = "blocked") -> None:
        """Block a user, or put them into another state: deactivated, banned (docs: administration/moderate_users)."""
        self._change("users", "username", username, state=state)

    def revoke_token(self, token: str) -> None:
        """Take a token back."""
        self._change("tokens", "token", token, revoked=1)

    def archive(self, path: str) -> None:
        """Archive a group or a project (docs: user/project/working_with_projects, user/group/manage)."""
        self._change(self._table(path), "path", path, archived=1)

    def delete_later(self, path: str, on: str) -> None:
        """Mark a group or a project for deletion on a day (docs: user/group, delayed deletion)."""
        self._change(self._table(path), "path", path, deleted_on=on)

    def turn_issues_off(self, project: str) -> None:
        """Turn the issues of a project off (docs: user/project/settings, features)."""
        self._change("projects", "path", project, issues_enabled=0)

    def end_membership(self, username: str, on: str) -> None:
        """Let all memberships of a user end on a day (docs: user/project/members, expiration date)."""
        user = self._store.row("SELECT id FROM users WHERE username = ?", username)
        self._change("members", "user_id", user and user["id"], expires_at=on)

    def _table(self, path: str) -> str:
        return "groups" if self._store.row("SELECT id FROM groups WHERE path = ?", path) else "projects"

    def _change(self, table: str, key: str, value: object, **columns: object) -> None:
        rows = self._store.rows(f"SELECT id FROM {table} WHERE {key} = ?", value)
        if not rows:
            raise LookupError(f"The sandbox has no {value} among its {table}")
        for row in rows:
            self._store.update(table, row["id"], **columns)
