"""A group's boards and their lists (docs: api/group_boards)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox import answers, permissions
from planning_bot.sandbox.routing import PAGES, Answer, Call, bad_request, forbidden, not_found, paginate_list, route

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row

BOARD = "/groups/:id/boards/:board_id"
PLAIN = ("name", "hide_backlog_list", "hide_closed_list")
SCOPE = ("milestone_id", "assignee_id", "weight")  # and labels; Premium (docs: api/group_boards)


@route("GET", "/groups/:id/boards", query=PAGES)
def boards(call: Call) -> Answer:
    """List the boards of a group, by name."""
    group = permissions.group_of(call)
    rows = call.store.rows("SELECT * FROM boards WHERE group_id = ? ORDER BY name COLLATE NOCASE, id", group["id"])
    return paginate_list(call, [answers.board(call.store, row) for row in rows])


@route("POST", "/groups/:id/boards", body=("name",))
def create_board(call: Call) -> Answer:
    """Create a board of this name and nothing more; two may have the same. Premium (docs: api/group_boards)."""
    group = permissions.group_of(call)
    permissions.require_planner(call, group)
    if call.store.tier != "premium":
        raise forbidden()
    if not call.body.get("name"):
        raise bad_request("name is missing", "error")
    number = call.store.insert("boards", group_id=group["id"], name=call.body["name"])
    return Answer(answers.board(call.store, call.store.get("boards", number)), 201)


@route("GET", BOARD)
def board(call: Call) -> Answer:
    """Return a board."""
    return Answer(answers.board(call.store, _board(call)))


@route("PUT", BOARD, body=(*PLAIN, *SCOPE, "labels"))
def update_board(call: Call) -> Answer:
    """Change a board; ``labels`` replaces the labels of its scope."""
    permissions.require_planner(call, permissions.group_of(call))
    found = _board(call)
    known = (*PLAIN, *SCOPE) if call.store.tier == "premium" else PLAIN
    new = {key: call.body[key] for key in known if key in call.body}
    if "milestone_id" in new:
        new["milestone_id"] = _milestone(call, new["milestone_id"])
    call.store.update("boards", found["id"], **new)
    if "labels" in call.body and call.store.tier == "premium":
        _replace_labels(call, found, call.body["labels"] or "")
    return Answer(answers.board(call.store, call.store.get("boards", found["id"])))


@route("GET", f"{BOARD}/lists", query=PAGES)
def lists(call: Call) -> Answer:
    """List a board's lists, without Open and Closed."""
    found = _board(call)
    rows = answers.lists_of(call.store, found["id"])
    return paginate_list(call, [answers.board_list(call.store, row) for row in rows])


@route("POST", f"{BOARD}/lists", body=("label_id",))
def create_list(call: Call) -> Answer:
    """Add a list for a label at the right end."""
    group = permissions.group_of(call)
    permissions.require_planner(call, group)
    found = _board(call)
    label = call.store.row("SELECT * FROM labels WHERE id = ?", call.body.get("label_id"))
    if label is None or label["group_id"] not in permissions.ancestors(call.store, group["id"]):
        raise bad_request({"error": "Label not found!"})
    rows = answers.lists_of(call.store, found["id"])
    if any(row["label_id"] == label["id"] for row in rows):
        raise bad_request({"label_id": ["has already been taken"]})
    number = call.store.insert("board_lists", board_id=found["id"], label_id=label["id"], position=len(rows))
    return Answer(answers.board_list(call.store, call.store.get("board_lists", number)), 201)


@route("GET", f"{BOARD}/lists/:list_id")
def single_list(call: Call) -> Answer:
    """Return one list."""
    return Answer(answers.board_list(call.store, _list(call, _board(call))))


@route("PUT", f"{BOARD}/lists/:list_id", body=("position",))
def move_list(call: Call) -> Answer:
    """Move a list; the others make room."""
    permissions.require_planner(call, permissions.group_of(call))
    found = _board(call)
    moved = _list(call, found)
    position = call.body.get("position")
    others = [row for row in answers.lists_of(call.store, found["id"]) if row["id"] != moved["id"]]
    if not isinstance(position, int) or not 0 <= position <= len(others):
        raise bad_request({"error": "List could not be moved!"})
    for place, row in enumerate([*others[:position], moved, *others[position:]]):
        call.store.update("board_lists", row["id"], position=place)
    return Answer(answers.board_list(call.store, call.store.get("board_lists", moved["id"])))


def _board(call: Call) -> Row:
    group = permissions.group_of(call)
    found = call.store.row("SELECT * FROM boards WHERE id = ? AND group_id = ?", call.number("board_id"), group["id"])
    if found is None:
        raise not_found()
    return found


def _list(call: Call, found: Row) -> Row:
    row = call.store.row("SELECT * FROM board_lists WHERE id = ? AND board_id = ?", call.number("list_id"), found["id"])
    if row is None:
        raise not_found("List")
    return row


def _milestone(call: Call, wanted: int | None) -> int | None:
    # One that the group cannot use counts as none, silently, as on an issue.
    row = call.store.row("SELECT * FROM milestones WHERE id = ?", wanted)
    above = permissions.ancestors(call.store, permissions.group_of(call)["id"])
    return row["id"] if row and row["group_id"] in above else None


def _replace_labels(call: Call, found: Row, labels: str) -> None:
    # docs: api/issues and GitLab's own code: a name that does not exist is created, here in the group.
    above = permissions.ancestors(call.store, found["group_id"])
    call.store.rows("DELETE FROM board_labels WHERE board_id = ?", found["id"])
    for name in dict.fromkeys(part.strip() for part in labels.split(",") if part.strip()):
        marks = ", ".join("?" * len(above))
        row = call.store.row(f"SELECT id FROM labels WHERE name = ? AND group_id IN ({marks})", name, *above)
        number = row["id"] if row else _new_label(call, found, name)
        call.store.insert("board_labels", board_id=found["id"], label_id=number)


def _new_label(call: Call, found: Row, name: str) -> int:
    return call.store.insert("labels", group_id=found["group_id"], name=name, color="#6699cc")
