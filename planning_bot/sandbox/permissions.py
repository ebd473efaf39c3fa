"""Who may see and do what (docs: user/permissions)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox.routing import Call, forbidden, not_found

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

GUEST, PLANNER, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 15, 20, 30, 40, 50  # docs: api/members, roles


def ancestors(store: Store, group_id: int | None) -> list[int]:
    """Return the ids of a group and of all above it, the nearest first."""
    found: list[int] = []
    while group_id is not None:
        found.append(group_id)
        group_id = store.get("groups", group_id)["parent_id"]
    return found


def descendants(store: Store, group_id: int) -> list[int]:
    """Return the ids of a group and of all below it."""
    path = store.get("groups", group_id)["path"]
    rows = store.rows("SELECT id FROM groups WHERE id = ? OR path LIKE ? ORDER BY id", group_id, f"{path}/%")
    return [row["id"] for row in rows]


def level(store: Store, user_id: int, group_id: int | None, project_id: int | None = None) -> int:
    """Return somebody's role: the highest of the memberships here and above (docs: user/project/members)."""
    groups = ancestors(store, group_id)
    marks = ", ".join("?" * len(groups))
    row = store.row(
        f"SELECT MAX(access_level) AS level FROM members WHERE user_id = ?"
        f" AND (group_id IN ({marks}) OR project_id = ?)",
        user_id, *groups, project_id,
    )  # fmt: skip
    return int(row["level"] or 0) if row else 0


def project_level(store: Store, user: Row, project: Row) -> int:
    """Return somebody's role in a project."""
    return level(store, user["id"], project["group_id"], project["id"])


def can_plan(access_level: int) -> bool:
    """Say whether a role may set labels, milestones and assignees, and manage boards and labels."""
    return access_level >= PLANNER


def group_of(call: Call) -> Row:
    """Return the group of the path, by id or full path; a private one exists for its members alone."""
    group = _by_id_or_path(call.store, "groups", call.path["id"])
    if group is None or not sees_group(call.store, call.user, group):
        raise not_found("Group")
    return group


def project_of(call: Call) -> Row:
    """Return the project of the path, by id or full path; a private one exists for its members alone."""
    project = _by_id_or_path(call.store, "projects", call.path["id"])
    if project is None or not sees_project(call.store, call.user, project):
        raise not_found("Project")
    return project


def issue_of(call: Call) -> Row:
    """Return the issue of the path, if the caller may see it."""
    project = project_of(call)
    issue = call.store.row("SELECT * FROM issues WHERE project_id = ? AND iid = ?", project["id"], call.number("iid"))
    if issue is None or not sees_issue(call.store, call.user, issue):
        raise not_found()
    return issue


def require_planner(call: Call, group: Row) -> None:
    """Refuse whoever may not manage boards and labels: Planner, and Reporter or higher, may."""
    if not can_plan(level(call.store, call.user["id"], group["id"])):
        raise forbidden()


def sees_group(store: Store, user: Row, group: Row) -> bool:
    """Say whether a group is public or the user's."""
    return group["visibility"] == "public" or level(store, user["id"], group["id"]) >= GUEST


def sees_project(store: Store, user: Row, project: Row) -> bool:
    """Say whether a project is public or the user's."""
    return project["visibility"] == "public" or project_level(store, user, project) >= GUEST


def sees_issue(store: Store, user: Row, issue: Row) -> bool:
    """Say whether a user may see an issue that is in a project they see (docs: confidential issues)."""
    if not issue["confidential"] or issue["author_id"] == user["id"]:
        return True
    if can_plan(project_level(store, user, store.get("projects", issue["project_id"]))):
        return True
    return bool(
        store.row("SELECT 1 AS one FROM issue_assignees WHERE issue_id = ? AND user_id = ?", issue["id"], user["id"])
    )


def _by_id_or_path(store: Store, table: str, name: str) -> Row | None:
    column = "id" if name.isascii() and name.isdigit() else "path"
    return store.row(f"SELECT * FROM {table} WHERE {column} = ? COLLATE NOCASE", name)
