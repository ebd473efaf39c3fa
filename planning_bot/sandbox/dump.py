"""The end state of the pretend GitLab in a form in which two runs can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import answers, answers_issues

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

Json = dict[str, Any]


def dump(store: Store) -> Json:
    """Return everything that a run can change, by name, in an order of its own: a duplicate shows."""
    return {
        "labels": sorted(_label(store, row) for row in store.rows("SELECT * FROM labels")),
        "issues": sorted(
            (_issue(store, row) for row in store.rows("SELECT * FROM issues")),
            key=lambda found: (found["project"], found["title"], repr(found)),
        ),
        "boards": sorted(
            (_board(store, row) for row in store.rows("SELECT * FROM boards")),
            key=lambda found: (found["group"], found["name"], repr(found)),
        ),
        "milestones": sorted(
            [row["title"], row["start_date"] or "", row["due_date"] or "", row["state"]]
            for row in store.rows("SELECT * FROM milestones")
        ),
    }


def _label(store: Store, row: Row) -> list[str]:
    kind = "group" if row["group_id"] else "project"
    path = store.get(f"{kind}s", row[f"{kind}_id"])["path"]
    return [path, row["name"], row["color"], row["description"] or ""]


def _issue(store: Store, row: Row) -> Json:
    notes = store.rows("SELECT * FROM notes WHERE issue_id = ? AND system = 0 ORDER BY id", row["id"])
    return {
        "project": store.get("projects", row["project_id"])["path"],
        **{key: row[key] for key in ("title", "description", "state", "issue_type", "weight", "due_date")},
        "confidential": bool(row["confidential"]),
        "author": _username(store, row["author_id"]),
        "milestone": _title(store, row["milestone_id"]),
        "labels": [found["name"] for found in answers_issues.labels_of(store, row["id"])],
        "assignees": sorted(_username(store, number) for number in answers_issues.assignees_of(store, row["id"])),
        "notes": [[_username(store, note["author_id"]), note["body"], note["internal"]] for note in notes],
        "moved": row["moved_to_id"] is not None,
    }


def _board(store: Store, row: Row) -> Json:
    scope = store.rows("SELECT name FROM labels JOIN board_labels ON label_id = id WHERE board_id = ?", row["id"])
    lists = answers.lists_of(store, row["id"])
    return {
        "group": store.get("groups", row["group_id"])["path"],
        **{key: row[key] for key in ("name", "weight", "hide_backlog_list", "hide_closed_list")},
        "milestone": _title(store, row["milestone_id"]),
        "assignee": _username(store, row["assignee_id"]) if row["assignee_id"] else None,
        "labels": sorted(found["name"] for found in scope),
        "lists": [store.get("labels", found["label_id"])["name"] for found in lists],
    }


def _username(store: Store, number: int) -> str:
    return str(store.get("users", number)["username"])


def _title(store: Store, number: int | None) -> str | None:
    return store.get("milestones", number)["title"] if number else None
