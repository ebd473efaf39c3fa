"""Rows of the store in the form of GitLab's REST answers (docs: the example responses of each api page)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

Json = dict[str, Any]


def user_basic(store: Store, number: int | None) -> Json | None:
    """Return a user as other objects hold one (docs: api/users)."""
    if number is None:
        return None
    user = store.get("users", number)
    return {
        "id": user["id"],
        "username": user["username"],
        "name": user["name"],
        "state": user["state"],
        "locked": False,
        "avatar_url": f"{store.url}/uploads/user/{user['id']}/avatar.png",
        "web_url": f"{store.url}/{user['username']}",
    }


def person(store: Store, number: int | None) -> Json | None:
    """Return a user without ``locked``, as issues hold one (docs: api/issues)."""
    basic = user_basic(store, number)
    return basic and {key: value for key, value in basic.items() if key != "locked"}


def user(store: Store, row: Row) -> Json:
    """Return a user by themselves (docs: api/users, single user)."""
    return {
        **(user_basic(store, row["id"]) or {}),
        "created_at": row["created_at"],
        "bio": "",
        "location": None,
        "public_email": None,
        "organization": None,
        "job_title": "",
        "pronouns": None,
        "bot": bool(row["bot"]),
    }


def group(store: Store, row: Row) -> Json:
    """Return a group (docs: api/groups)."""
    return {
        "id": row["id"],
        "web_url": f"{store.url}/groups/{row['path']}",
        "name": row["path"].rpartition("/")[2],
        "path": row["path"].rpartition("/")[2],
        "description": "",
        "visibility": row["visibility"],
        "avatar_url": None,
        "full_name": row["path"].replace("/", " / "),
        "full_path": row["path"],
        "created_at": row["created_at"],
        "parent_id": row["parent_id"],
    }


def project(store: Store, row: Row) -> Json:
    """Return a project (docs: api/projects)."""
    parent = store.get("groups", row["group_id"])
    name = row["path"].rpartition("/")[2]
    return {
        "id": row["id"],
        "description": None,
        "name": name,
        "name_with_namespace": row["path"].replace("/", " / "),
        "path": name,
        "path_with_namespace": row["path"],
        "created_at": row["created_at"],
        "default_branch": "main",
        "tag_list": [],
        "topics": [],
        "web_url": f"{store.url}/{row['path']}",
        "avatar_url": None,
        "star_count": 0,
        "forks_count": 0,
        "last_activity_at": row["created_at"],
        "namespace": {
            "id": parent["id"],
            "name": parent["path"].rpartition("/")[2],
            "path": parent["path"].rpartition("/")[2],
            "kind": "group",
            "full_path": parent["path"],
            "parent_id": parent["parent_id"],
            "web_url": f"{store.url}/groups/{parent['path']}",
        },
        "visibility": row["visibility"],
        "archived": False,
        "issues_enabled": True,
    }


def member(store: Store, row: Row) -> Json:
    """Return a member, direct or inherited (docs: api/members)."""
    return {
        **(user_basic(store, row["user_id"]) or {}),
        "created_at": row["created_at"],
        "created_by": None,
        "expires_at": None,
        "access_level": row["access_level"],
        "membership_state": "active",
        "group_saml_identity": None,
    }


def milestone(store: Store, number: int | None) -> Json | None:
    """Return a milestone (docs: api/group_milestones)."""
    if number is None:
        return None
    row = store.get("milestones", number)
    owner = "project" if row["project_id"] else "group"
    path = store.get(f"{owner}s", row[f"{owner}_id"])["path"]
    due = row["due_date"]
    return {
        "id": row["id"],
        "iid": row["iid"],
        f"{owner}_id": row[f"{owner}_id"],
        "title": row["title"],
        "description": "",
        "state": row["state"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "due_date": due,
        "start_date": row["start_date"],
        "expired": bool(due) and due < store.clock.now().date().isoformat(),
        "web_url": f"{store.url}/{'groups/' if owner == 'group' else ''}{path}/-/milestones/{row['iid']}",
    }


def label(row: Row) -> Json:
    """Return a label as boards hold one (docs: api/group_boards)."""
    return {
        "id": row["id"],
        "name": row["name"],
        "color": row["color"],
        "description": row["description"],
        "description_html": row["description"],
        "text_color": "#FFFFFF",
    }


def label_details(row: Row) -> Json:
    """Return a label as issues hold one, asked for with_labels_details (docs: api/issues)."""
    return {**label(row), "remove_on_close": False}


def label_of_list(row: Row, *, in_project: bool = False) -> Json:
    """Return a label as a list of labels holds one (docs: api/group_labels, api/labels)."""
    own = {"priority": None, "is_project_label": row["project_id"] is not None} if in_project else {}
    return {**label(row), "archived": False, "subscribed": False, **own}


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


def board(store: Store, row: Row) -> Json:
    """Return a group's board (docs: api/group_boards; the free tier's has no scope)."""
    parent = group(store, store.get("groups", row["group_id"]))
    scope: Json = {}
    if store.tier == "premium":
        labels = store.rows(
            "SELECT labels.* FROM labels JOIN board_labels ON label_id = labels.id WHERE board_id = ? ORDER BY name",
            row["id"],
        )
        scope = {
            "milestone": milestone(store, row["milestone_id"]),
            "assignee": person(store, row["assignee_id"]),
            "labels": [label(found) for found in labels],
            "weight": row["weight"],
        }
    return {
        "id": row["id"],
        "name": row["name"],
        "hide_backlog_list": bool(row["hide_backlog_list"]),
        "hide_closed_list": bool(row["hide_closed_list"]),
        "project": None,
        "lists": [board_list(store, found) for found in lists_of(store, row["id"])],
        "group": {key: parent[key] for key in ("id", "web_url", "name")},
        **scope,
    }


def lists_of(store: Store, board_id: int) -> list[Row]:
    """Return the label lists of a board, from left to right; Open and Closed are not among them."""
    return store.rows("SELECT * FROM board_lists WHERE board_id = ? ORDER BY position", board_id)


def board_list(store: Store, row: Row) -> Json:
    """Return one list of a board (docs: api/group_boards)."""
    return {
        "id": row["id"],
        "label": label(store.get("labels", row["label_id"])),
        "position": row["position"],
    }


def epic(store: Store, row: Row) -> Json:
    """Return an epic (docs: api/epics)."""
    path = store.get("groups", row["group_id"])["path"]
    return {
        "id": row["id"],
        "iid": row["iid"],
        "group_id": row["group_id"],
        "parent_id": None,
        "title": row["title"],
        "description": "",
        "state": "opened",
        "confidential": False,
        "web_url": f"{store.url}/groups/{path}/-/epics/{row['iid']}",
        "references": {"short": f"&{row['iid']}", "relative": f"&{row['iid']}", "full": f"{path}&{row['iid']}"},
        "author": person(store, row["author_id"]),
        "start_date": None,
        "end_date": None,
        "due_date": None,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "closed_at": None,
        "labels": [],
        "upvotes": 0,
        "downvotes": 0,
    }


def encoded(path: str) -> str:
    """Return a path as one part of a URL."""
    return quote(path, safe="")


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
