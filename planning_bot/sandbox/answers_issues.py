"""Issues, notes and events in the form of GitLab's REST answers (docs: the example responses of each api page)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox.answers import Json, label_details, milestone, person

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store


def labels_of(store: Store, issue_id: int) -> list[Row]:
    """Return the labels of an issue, by name."""
    return store.rows(
        "SELECT labels.* FROM labels JOIN issue_labels ON label_id = labels.id WHERE issue_id = ?"
        " ORDER BY name COLLATE NOCASE",
        issue_id,
    )


def assignees_of(store: Store, issue_id: int) -> list[int]:
    """Return the ids of the assignees of an issue, in the order in which they were assigned."""
    rows = store.rows("SELECT user_id FROM issue_assignees WHERE issue_id = ? ORDER BY rowid", issue_id)
    return [row["user_id"] for row in rows]


def issue(store: Store, row: Row, *, label_objects: bool = False) -> Json:
    """Return an issue (docs: api/issues; the keys of an answer of gitlab.com)."""
    owner = store.get("projects", row["project_id"])
    own = f"{store.url}/api/v4/projects/{row['project_id']}"
    labels = labels_of(store, row["id"])
    assignees = [person(store, number) for number in assignees_of(store, row["id"])]
    counted = store.row("SELECT COUNT(*) AS notes FROM notes WHERE issue_id = ? AND system = 0", row["id"]) or {
        "notes": 0
    }
    return {
        "id": row["id"],
        "iid": row["iid"],
        "project_id": row["project_id"],
        "title": row["title"],
        "description": row["description"],
        "state": row["state"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "closed_at": row["closed_at"],
        "closed_by": person(store, row["closed_by_id"]),
        "labels": [label_details(found) if label_objects else found["name"] for found in labels],
        "milestone": milestone(store, row["milestone_id"]),
        "assignees": assignees,
        "author": person(store, row["author_id"]),
        "type": row["issue_type"].upper(),
        "assignee": assignees[0] if assignees else None,
        "user_notes_count": counted["notes"],
        "merge_requests_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "start_date": None,
        "due_date": row["due_date"],
        "confidential": bool(row["confidential"]),
        "discussion_locked": None if row["discussion_locked"] is None else bool(row["discussion_locked"]),
        "issue_type": row["issue_type"],
        "web_url": f"{store.url}/{owner['path']}/-/issues/{row['iid']}",
        "time_stats": {
            "time_estimate": 0,
            "total_time_spent": 0,
            "human_time_estimate": None,
            "human_total_time_spent": None,
        },
        "task_completion_status": {"count": 0, "completed_count": 0},
        "blocking_issues_count": _blocking(store, row["id"]),
        "has_tasks": False,
        "_links": {
            "self": f"{own}/issues/{row['iid']}",
            "notes": f"{own}/issues/{row['iid']}/notes",
            "award_emoji": f"{own}/issues/{row['iid']}/award_emoji",
            "project": own,
            "closed_as_duplicate_of": _duplicate_url(store, row["duplicated_to_id"]),
        },
        "references": {
            "short": f"#{row['iid']}",
            "relative": f"#{row['iid']}",
            "full": f"{owner['path']}#{row['iid']}",
        },
        "severity": "UNKNOWN",
        "moved_to_id": row["moved_to_id"],
        "imported": False,
        "imported_from": "none",
        "service_desk_reply_to": None,
        **(_premium(store, row) if store.tier == "premium" else {}),
    }


def note(store: Store, row: Row) -> Json:
    """Return a note (docs: api/notes)."""
    return {
        "id": row["id"],
        "type": None,
        "body": row["body"],
        "attachment": None,
        "author": person(store, row["author_id"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "system": bool(row["system"]),
        "noteable_id": row["issue_id"],
        "noteable_type": "Issue",
        "noteable_iid": store.get("issues", row["issue_id"])["iid"],
        "resolvable": False,
        "confidential": bool(row["internal"]),
        "internal": bool(row["internal"]),
        "commands_changes": {},
    }


def event(store: Store, row: Row) -> Json:
    """Return an event of an issue's history (docs: api/resource_label_events and its siblings)."""
    common = {"id": row["id"], "user": person(store, row["user_id"]), "created_at": row["created_at"]}
    if row["kind"] == "weight":  # docs: api/resource_weight_events
        return {**common, "issue_id": row["issue_id"], "weight": row["weight"]}
    common |= {"resource_type": "Issue", "resource_id": row["issue_id"]}
    if row["kind"] == "state":
        return {**common, "state": row["state"]}
    if row["kind"] == "milestone":
        return {**common, "milestone": milestone(store, row["milestone_id"]), "action": row["action"]}
    found = store.row("SELECT * FROM labels WHERE id = ?", row["label_id"])
    # A renamed label has its new name in old events; a deleted one leaves null (docs: api/resource_label_events).
    named = found and {key: found[key] for key in ("id", "name", "color", "description")}
    return {**common, "label": named, "action": row["action"]}


def _premium(store: Store, row: Row) -> Json:
    # docs: api/issues: these keys are missing on the free tier, not null.
    found = store.row("SELECT * FROM epics WHERE id = ?", row["epic_id"])
    epic_key = None
    if found:
        path = store.get("groups", found["group_id"])["path"]
        epic_key = {
            "id": found["id"],
            "iid": found["iid"],
            "title": found["title"],
            "url": f"/groups/{path}/-/epics/{found['iid']}",
            "group_id": found["group_id"],
        }
    return {
        "weight": row["weight"],
        "epic_iid": found["iid"] if found else None,
        "epic": epic_key,
        "iteration": None,
        "health_status": None,
    }


def _blocking(store: Store, issue_id: int) -> int:
    row = store.row(
        "SELECT COUNT(*) AS n FROM links JOIN issues ON issues.id = target_id"
        " WHERE source_id = ? AND link_type = 'blocks' AND state = 'opened'",
        issue_id,
    )
    return int(row["n"]) if row else 0


def _duplicate_url(store: Store, issue_id: int | None) -> str | None:
    if issue_id is None:
        return None
    target = store.get("issues", issue_id)
    return f"{store.url}/api/v4/projects/{target['project_id']}/issues/{target['iid']}"
