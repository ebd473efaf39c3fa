"""Rows of the store in the form of GitLab's REST answers (docs: the example responses of each api page)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

Json = dict[str, Any]
BRIGHT = 170_000  # of 255,000: from here on, black is read better than white


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
        "archived": bool(row["archived"]),
        "marked_for_deletion_on": row["deleted_on"],
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
        "archived": bool(row["archived"]),
        "marked_for_deletion_on": row["deleted_on"],
        "issues_enabled": bool(row["issues_enabled"]),
        "issues_access_level": "enabled" if row["issues_enabled"] else "disabled",
    }


def member(store: Store, row: Row) -> Json:
    """Return a member, direct or inherited (docs: api/members)."""
    return {
        **(user_basic(store, row["user_id"]) or {}),
        "created_at": row["created_at"],
        "created_by": None,
        "expires_at": row["expires_at"],
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


def text_color(color: str) -> str:
    """Return what can be read on a label's colour (docs: api/labels)."""
    wide = color if len(color) == len("#rrggbb") else "#" + "".join(digit * 2 for digit in color[1:])
    red, green, blue = (int(wide[place : place + 2], 16) for place in (1, 3, 5))
    return "#1F1E24" if red * 299 + green * 587 + blue * 114 > BRIGHT else "#FFFFFF"


def label(row: Row) -> Json:
    """Return a label as boards hold one (docs: api/group_boards)."""
    return {
        "id": row["id"],
        "name": row["name"],
        "color": row["color"],
        "description": row["description"],
        "description_html": row["description"],
        "text_color": text_color(row["color"]),
    }


def label_details(row: Row) -> Json:
    """Return a label as issues hold one, asked for with_labels_details (docs: api/issues)."""
    return {**label(row), "remove_on_close": False}


def label_of_list(row: Row, *, in_project: bool = False) -> Json:
    """Return a label as a list of labels holds one (docs: api/group_labels, api/labels)."""
    own = {"priority": None, "is_project_label": row["project_id"] is not None} if in_project else {}
    return {**label(row), "archived": False, "subscribed": False, **own}


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
