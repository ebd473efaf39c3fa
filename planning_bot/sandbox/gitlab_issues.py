"""Issues over HTTP: lists with their filters, one, new, changed (docs: api/issues)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import answers_issues, issue_edits, permissions
from planning_bot.sandbox.issue_edits import Editor
from planning_bot.sandbox.routing import (
    PAGES,
    Answer,
    Call,
    bad_request,
    forbidden,
    not_modelled,
    paginate,
    route,
)
from planning_bot.sandbox.state import format_time

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

FILTERS = (
    *PAGES, "state", "labels", "milestone", "author_id", "author_username", "assignee_id", "assignee_username",
    "iids", "updated_after", "updated_before", "created_after", "created_before", "order_by", "sort", "scope",
    "issue_type", "confidential", "search", "in", "weight", "not[labels]", "not[milestone]",
    "with_labels_details",
)  # fmt: skip
EDITABLE = (
    "title", "description", "labels", "milestone_id", "assignee_ids", "assignee_id", "weight", "confidential",
    "due_date", "issue_type", "epic_id", "discussion_locked",
)  # fmt: skip
ORDERS = {
    "created_at": "issues.created_at",
    "updated_at": "issues.updated_at",
    "title": "issues.title",
    "due_date": "issues.due_date",
    "weight": "issues.weight",
    "relative_position": "issues.position",
}
HAS_LABEL = (
    "EXISTS (SELECT 1 FROM issue_labels JOIN labels ON labels.id = label_id WHERE issue_id = issues.id AND name = ?)"
)
ANY_LABEL = "EXISTS (SELECT 1 FROM issue_labels WHERE issue_id = issues.id)"
ANY_ASSIGNEE = "EXISTS (SELECT 1 FROM issue_assignees WHERE issue_id = issues.id)"
HAS_ASSIGNEE = "EXISTS (SELECT 1 FROM issue_assignees WHERE issue_id = issues.id AND user_id = ?)"
TITLED = "milestone_id IN (SELECT id FROM milestones WHERE title = ?)"

Condition = tuple[str, tuple[object, ...]]


@route("GET", "/groups/:id/issues", query=FILTERS)
def group_issues(call: Call) -> Answer:
    """List the issues of a group's projects, those of its subgroups included (docs: api/issues)."""
    group = permissions.group_of(call)
    groups = permissions.descendants(call.store, group["id"])
    projects = call.store.rows(f"SELECT * FROM projects WHERE group_id IN ({', '.join('?' * len(groups))})", *groups)
    return _issues(call, [row for row in projects if permissions.sees_project(call.store, call.user, row)])


@route("GET", "/projects/:id/issues", query=FILTERS)
def project_issues(call: Call) -> Answer:
    """List the issues of a project."""
    return _issues(call, [permissions.project_of(call)])


@route("POST", "/projects/:id/issues", body=EDITABLE)
def create_issue(call: Call) -> Answer:
    """Create an issue; whoever sees the project may."""
    project = permissions.project_of(call)
    if "title" not in call.body:
        raise bad_request("title is missing", "error")
    editor = Editor(call.user, permissions.project_level(call.store, call.user, project))
    number = issue_edits.create_issue(call.store, project, editor, _changes(call))
    return Answer(_one(call, call.store.get("issues", number)), 201)


@route("GET", "/projects/:id/issues/:iid")
def issue(call: Call) -> Answer:
    """Return one issue."""
    return Answer(_one(call, permissions.issue_of(call)))


@route("PUT", "/projects/:id/issues/:iid", body=(*EDITABLE, "add_labels", "remove_labels", "state_event"))
def update_issue(call: Call) -> Answer:
    """Change an issue; its author, its assignees and planners may (docs: user/permissions)."""
    found = permissions.issue_of(call)
    project = call.store.get("projects", found["project_id"])
    access = permissions.project_level(call.store, call.user, project)
    own = call.user["id"] in {found["author_id"], *answers_issues.assignees_of(call.store, found["id"])}
    if not own and not permissions.can_plan(access):
        raise forbidden()
    if not call.body:
        raise bad_request("title, description are missing, at least one parameter must be provided", "error")
    if call.body.get("state_event", "close") not in {"close", "reopen"}:
        raise bad_request("state_event does not have a valid value", "error")
    issue_edits.update_issue(call.store, found, Editor(call.user, access), _changes(call))
    return Answer(_one(call, call.store.get("issues", found["id"])))


def _one(call: Call, row: Row) -> dict[str, Any]:
    return {**answers_issues.issue(call.store, row), "subscribed": row["author_id"] == call.user["id"]}


def _changes(call: Call) -> dict[str, Any]:
    changes = dict(call.body)
    for name in ("labels", "add_labels", "remove_labels"):
        if name in changes:
            changes[name] = _names(changes[name])
    if "assignee_id" in changes:
        changes.setdefault("assignee_ids", [changes.pop("assignee_id")])
    if "assignee_ids" in changes:  # docs: api/issues: 0 or an empty value takes all assignees away
        changes["assignee_ids"] = [number for number in changes["assignee_ids"] or [] if number]
    if changes.get("issue_type", "issue") not in {"issue", "incident", "test_case", "task"}:
        raise bad_request("issue_type does not have a valid value", "error")
    return changes


def _names(value: str | list[str] | None) -> list[str]:
    # docs: api/issues: label names are separated by commas; a JSON array of them is taken, too.
    parts = value if isinstance(value, list) else (value or "").split(",")
    return [name.strip() for part in parts for name in part.split(",") if name.strip()]


def _issues(call: Call, projects: list[Row]) -> Answer:
    conditions = [_visible(call.store, call.user, projects), *_filters(call)]
    where = " AND ".join(f"({sql})" for sql, _ in conditions)
    values = [value for _, more in conditions for value in more]
    counted = call.store.row(f"SELECT COUNT(*) AS n FROM issues WHERE {where}", *values) or {"n": 0}
    details = call.flag("with_labels_details")

    def fetch(limit: int, offset: int) -> list[Any]:
        sql = f"SELECT * FROM issues WHERE {where} ORDER BY {_order(call)} LIMIT ? OFFSET ?"
        rows = call.store.rows(sql, *values, limit, offset)
        return [answers_issues.issue(call.store, row, label_objects=details) for row in rows]

    return paginate(call, counted["n"], fetch)


def _visible(store: Store, user: Row, projects: list[Row]) -> Condition:
    # Confidential issues: for planners of their project, their author and their assignees.
    everything = [row["id"] for row in projects if permissions.can_plan(permissions.project_level(store, user, row))]
    every = [row["id"] for row in projects]
    sql = (
        f"project_id IN ({', '.join('?' * len(every))}) AND (confidential = 0 OR author_id = ?"
        f" OR {HAS_ASSIGNEE} OR project_id IN ({', '.join('?' * len(everything))}))"
    )
    return sql, (*every, user["id"], user["id"], *everything)


def _filters(call: Call) -> list[Condition]:
    found = [*_label_filters(call), *_milestone_filters(call), *_people_filters(call), *_time_filters(call)]
    if (state := call.value("state", "all")) != "all":
        found.append(("state = ?", (state,)))
    if iids := call.many("iids"):
        found.append((f"iid IN ({', '.join('?' * len(iids))})", tuple(iids)))
    if "issue_type" in call.query:
        found.append(("issue_type = ?", (call.value("issue_type"),)))
    if "confidential" in call.query:
        found.append(("confidential = ?", (int(call.flag("confidential")),)))
    if words := call.value("search"):
        fields = [name for name in ("title", "description") if name in call.value("in", "title,description")]
        found.append((" OR ".join(f"{name} LIKE ?" for name in fields), (f"%{words}%",) * len(fields)))
    if (weight := call.value("weight")) and call.store.tier == "premium":
        words = {"None": "weight IS NULL", "Any": "weight IS NOT NULL"}.get(weight, "weight = ?")
        found.append((words, (weight,) if "?" in words else ()))
    return found


def _label_filters(call: Call) -> list[Condition]:
    named: list[Condition] = []
    for name in call.many("labels"):  # all of them (docs: api/issues)
        special = {"none": f"NOT {ANY_LABEL}", "any": ANY_LABEL}.get(name.lower())
        named.append((special, ()) if special else (HAS_LABEL, (name,)))
    return [*named, *((f"NOT {HAS_LABEL}", (name,)) for name in call.many("not[labels]"))]


def _milestone_filters(call: Call) -> list[Condition]:
    # docs: api/issues: a title; Started and Upcoming go by dates and are not modelled.
    found: list[Condition] = []
    if title := call.value("milestone"):
        if title in {"Started", "Upcoming"}:
            raise not_modelled(f"the milestone {title}")
        special = {"none": "milestone_id IS NULL", "any": "milestone_id IS NOT NULL"}.get(title.lower())
        found.append((special, ()) if special else (TITLED, (title,)))
    if title := call.value("not[milestone]"):
        found.append((f"milestone_id IS NULL OR NOT {TITLED}", (title,)))
    return found


def _people_filters(call: Call) -> list[Condition]:
    found: list[Condition] = []
    if author := call.value("author_id"):
        found.append(("author_id = ?", (author,)))
    if author := call.value("author_username"):
        found.append(("author_id IN (SELECT id FROM users WHERE username = ?)", (author,)))
    if assignee := call.value("assignee_id"):
        special = {"none": f"NOT {ANY_ASSIGNEE}", "any": ANY_ASSIGNEE}.get(assignee.lower())
        found.append((special, ()) if special else (HAS_ASSIGNEE, (assignee,)))
    for name in call.many("assignee_username"):
        row = call.store.row("SELECT id FROM users WHERE username = ?", name)
        found.append((HAS_ASSIGNEE, (row["id"] if row else 0,)))
    scopes: dict[str, list[Condition]] = {
        "all": [],  # the default below a group or a project (docs: api/issues)
        "created_by_me": [("author_id = ?", (call.user["id"],))],
        "assigned_to_me": [(HAS_ASSIGNEE, (call.user["id"],))],
    }
    if (scope := call.value("scope", "all")) not in scopes:
        raise bad_request("scope does not have a valid value", "error")
    return found + scopes[scope]


def _time_filters(call: Call) -> list[Condition]:
    found: list[Condition] = []
    for column in ("updated", "created"):
        for end, sign in (("after", ">="), ("before", "<=")):
            name = f"{column}_{end}"
            if value := call.value(name):
                found.append((f"{column}_at {sign} ?", (_time(name, value),)))
    return found


def _time(name: str, value: str) -> str:
    try:
        return format_time(datetime.fromisoformat(value.replace(" ", "+")))
    except ValueError:
        raise bad_request(f"{name} is invalid", "error") from None


def _order(call: Call) -> str:
    order, way = call.value("order_by", "created_at"), call.value("sort", "desc").upper()
    if order not in ORDERS:
        raise not_modelled(f"the order {order}")
    if way not in {"ASC", "DESC"}:
        raise bad_request("sort does not have a valid value", "error")
    # docs: api/issues: newest first by default; equal ones by id.
    return f"{ORDERS[order]} {way} NULLS LAST, issues.id {way}"
