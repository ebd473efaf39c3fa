"""What hangs on an issue: notes, links and the events of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import answers_issues, issue_edits, permissions, quick_actions
from planning_bot.sandbox.issue_edits import Editor
from planning_bot.sandbox.routing import (
    PAGES,
    Answer,
    Call,
    bad_request,
    forbidden,
    not_found,
    paginate_list,
    route,
)

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row

NOTES = "/projects/:id/issues/:iid/notes"
MOST_NOTE = 1_000_000  # docs: administration/instance_limits, size of comments
INVERSE = {"blocks": "is_blocked_by", "relates_to": "relates_to"}


@route("GET", NOTES, query=(*PAGES, "order_by", "sort", "activity_filter"))
def notes(call: Call) -> Answer:
    """List notes, the newest first; system notes are among them (docs: api/notes)."""
    issue = permissions.issue_of(call)
    rows = call.store.rows("SELECT * FROM notes WHERE issue_id = ?", issue["id"])
    wanted = {"only_comments": [0], "only_activity": [1]}.get(call.value("activity_filter"), [0, 1])
    rows = [row for row in rows if row["system"] in wanted and _readable(call, issue, row)]
    order = call.value("order_by", "created_at")
    if order not in {"created_at", "updated_at"}:
        raise bad_request("order_by does not have a valid value", "error")
    newest_first = call.value("sort", "desc") == "desc"
    rows.sort(key=lambda row: (row[order], row["id"]), reverse=newest_first)
    return paginate_list(call, [answers_issues.note(call.store, row) for row in rows])


@route("POST", NOTES, body=("body", "internal", "confidential"))
def create_note(call: Call) -> Answer:
    """Write a note and carry out its quick actions; one of nothing else leaves no note (docs: api/notes)."""
    issue = permissions.issue_of(call)
    text, changes = _written(call, issue)
    _edit(call, issue, changes)
    if not text.strip():
        summary = ["Applied the quick actions."]
        return Answer({"commands_changes": changes, "summary": summary}, 202)
    at = call.store.clock.stamp()
    number = call.store.insert(
        "notes",
        issue_id=issue["id"],
        author_id=call.user["id"],
        body=text,
        internal=int(bool(call.body.get("internal") or call.body.get("confidential"))),
        created_at=at,
        updated_at=at,
    )
    call.store.update("issues", issue["id"], updated_at=at)
    return Answer(answers_issues.note(call.store, call.store.get("notes", number)), 201)


@route("GET", f"{NOTES}/:note_id")
def note(call: Call) -> Answer:
    """Return one note."""
    return Answer(answers_issues.note(call.store, _note(call, permissions.issue_of(call))))


@route("PUT", f"{NOTES}/:note_id", body=("body",))
def update_note(call: Call) -> Answer:
    """Change a note: its author may, and maintainers (docs: user/permissions)."""
    issue = permissions.issue_of(call)
    found = _note(call, issue)
    project = call.store.get("projects", issue["project_id"])
    access = permissions.project_level(call.store, call.user, project)
    if found["system"] or (found["author_id"] != call.user["id"] and access < permissions.MAINTAINER):
        raise forbidden()
    text, changes = _written(call, issue)
    _edit(call, issue, changes)
    call.store.update("notes", found["id"], body=text, updated_at=call.store.clock.stamp())
    answer = answers_issues.note(call.store, call.store.get("notes", found["id"]))
    if not text.strip():  # GitLab deletes a note of which nothing is left
        call.store.rows("DELETE FROM notes WHERE id = ?", found["id"])
    return Answer(answer)


@route("GET", "/projects/:id/issues/:iid/links")
def links(call: Call) -> Answer:
    """List the issues that one is linked with, in the order of linking, on one page (docs: api/issue_links)."""
    issue = permissions.issue_of(call)
    rows = call.store.rows("SELECT * FROM links WHERE ? IN (source_id, target_id) ORDER BY id", issue["id"])
    return Answer([answer for row in rows if (answer := _linked(call, issue, row))])


@route("GET", "/projects/:id/issues/:iid/resource_label_events", query=PAGES)
def label_events(call: Call) -> Answer:
    """List who added and removed which label when (docs: api/resource_label_events)."""
    return _events(call, "label")


@route("GET", "/projects/:id/issues/:iid/resource_milestone_events", query=PAGES)
def milestone_events(call: Call) -> Answer:
    """List the changes of milestone (docs: api/resource_milestone_events)."""
    return _events(call, "milestone")


@route("GET", "/projects/:id/issues/:iid/resource_state_events", query=PAGES)
def state_events(call: Call) -> Answer:
    """List when an issue was closed and reopened (docs: api/resource_state_events)."""
    return _events(call, "state")


@route("GET", "/projects/:id/issues/:iid/resource_weight_events", query=PAGES)
def weight_events(call: Call) -> Answer:
    """List the changes of weight (docs: api/resource_weight_events)."""
    return _events(call, "weight")


def _events(call: Call, kind: str) -> Answer:
    issue = permissions.issue_of(call)
    rows = call.store.rows("SELECT * FROM events WHERE issue_id = ? AND kind = ? ORDER BY id", issue["id"], kind)
    return paginate_list(call, [answers_issues.event(call.store, row) for row in rows])


def _readable(call: Call, issue: Row, row: Row) -> bool:
    # docs: user/discussions, internal notes: for planners of the project.
    project = call.store.get("projects", issue["project_id"])
    access = permissions.project_level(call.store, call.user, project)
    return not row["internal"] or permissions.can_plan(access)


def _note(call: Call, issue: Row) -> Row:
    found = call.store.row("SELECT * FROM notes WHERE id = ? AND issue_id = ?", call.number("note_id"), issue["id"])
    if found is None or not _readable(call, issue, found):
        raise not_found()
    return found


def _written(call: Call, issue: Row) -> tuple[str, dict[str, Any]]:
    body = call.body.get("body")
    if body is None:
        raise bad_request("body is missing", "error")
    if not body.strip():
        raise bad_request('400 Bad request - Note {:note=>["can\'t be blank"]}')
    if len(body) > MOST_NOTE:
        too_long = f'["is too long (maximum is {MOST_NOTE} characters)"]'
        raise bad_request(f"400 Bad request - Note {{:note=>{too_long}}}")
    project = call.store.get("projects", issue["project_id"])
    labels = [row["name"] for row in answers_issues.labels_of(call.store, issue["id"])]
    return quick_actions.execute(call.store, project, call.user, body, labels)


def _edit(call: Call, issue: Row, changes: dict[str, Any]) -> None:
    project = call.store.get("projects", issue["project_id"])
    access = permissions.project_level(call.store, call.user, project)
    if changes and (issue["author_id"] == call.user["id"] or permissions.can_plan(access)):
        issue_edits.update_issue(call.store, issue, Editor(call.user, access), changes)


def _linked(call: Call, issue: Row, row: Row) -> dict[str, Any] | None:
    outgoing = row["source_id"] == issue["id"]
    other = call.store.get("issues", row["target_id"] if outgoing else row["source_id"])
    project = call.store.get("projects", other["project_id"])
    seen = permissions.sees_project(call.store, call.user, project)
    if not seen or not permissions.sees_issue(call.store, call.user, other):
        return None
    return {
        **answers_issues.issue(call.store, other),
        "issue_link_id": row["id"],
        "link_type": row["link_type"] if outgoing else INVERSE[row["link_type"]],
        "link_created_at": row["created_at"],
        "link_updated_at": row["created_at"],
    }
