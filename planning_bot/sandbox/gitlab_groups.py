"""What stands around the issues: users, tokens, groups, projects, members, milestones, labels, epics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import answers, permissions
from planning_bot.sandbox.routing import PAGES, Answer, ApiError, Call, bad_request, not_found, paginate_list, route

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row

VERSION = "18.9.0-ee"
MILESTONES = (*PAGES, "state", "title", "iids", "search", "include_ancestors", "include_parent_milestones")
MEMBERS = (*PAGES, "query", "user_ids")
HEX_COLOR = frozenset("0123456789abcdefABCDEF")


@route("GET", "/user")
def current_user(call: Call) -> Answer:
    """Return whose token it is (docs: api/users)."""
    more = {"email": f"{call.user['username']}@example.com", "confirmed_at": call.user["created_at"]}
    return Answer({**answers.user(call.store, call.user), **more, "two_factor_enabled": False, "external": False})


@route("GET", "/users", query=(*PAGES, "username"))
def users(call: Call) -> Answer:
    """Find a user by username, in any case; nobody is an empty list (docs: api/users)."""
    name = call.value("username")
    rows = call.store.rows("SELECT * FROM users WHERE ? = '' OR username = ? ORDER BY id DESC", name, name)
    return paginate_list(call, [answers.user_basic(call.store, row["id"]) for row in rows])


@route("GET", "/users/:id")
def user(call: Call) -> Answer:
    """Return a user."""
    found = call.store.row("SELECT * FROM users WHERE id = ?", call.number("id"))
    if found is None:
        raise not_found("User")
    return Answer(answers.user(call.store, found))


@route("GET", "/personal_access_tokens/self")
def own_token(call: Call) -> Answer:
    """Return what the token may do and until when (docs: api/personal_access_tokens)."""
    row = call.store.get("tokens", call.path["token_id"])
    return Answer(
        {
            "id": row["id"],
            "name": f"token {row['id']}",
            "revoked": bool(row["revoked"]),
            "created_at": row["created_at"],
            "description": None,
            "scopes": row["scopes"].split(),
            "user_id": row["user_id"],
            "last_used_at": row["created_at"],
            "active": True,
            "expires_at": row["expires_at"],
        }
    )


@route("GET", "/version")
def version(_: Call) -> Answer:
    """Return the version (docs: api/version)."""
    return Answer({"version": VERSION, "revision": "0000000"})


@route("GET", "/metadata")
def metadata(call: Call) -> Answer:
    """Return the version, and whether it is the enterprise edition (docs: api/metadata)."""
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    enterprise = call.store.tier == "premium"
    return Answer({"version": VERSION, "revision": "0000000", "kas": kas, "enterprise": enterprise})


@route("GET", "/groups/:id", query=("with_projects",))
def group(call: Call) -> Answer:
    """Return a group (docs: api/groups)."""
    return Answer(answers.group(call.store, permissions.group_of(call)))


@route("GET", "/groups/:id/projects", query=(*PAGES, "include_subgroups", "search", "simple", "archived"))
def group_projects(call: Call) -> Answer:
    """List the projects of a group, and of its subgroups if asked (docs: api/groups)."""
    found = permissions.group_of(call)
    below = permissions.descendants(call.store, found["id"])
    groups = below if call.flag("include_subgroups") else [found["id"]]
    rows = call.store.rows("SELECT * FROM projects ORDER BY id DESC")
    wanted = call.value("search").lower()
    rows = [
        row
        for row in rows
        if row["group_id"] in groups
        and wanted in row["path"].rpartition("/")[2].lower()
        and permissions.sees_project(call.store, call.user, row)
        and not call.flag("archived")
    ]
    return paginate_list(call, [answers.project(call.store, row) for row in rows])


@route("GET", "/projects/:id")
def project(call: Call) -> Answer:
    """Return a project (docs: api/projects)."""
    return Answer(answers.project(call.store, permissions.project_of(call)))


@route("GET", "/groups/:id/members/all", query=MEMBERS)
def group_members(call: Call) -> Answer:
    """List members, inherited ones included, each once (docs: api/members)."""
    return _members(call, permissions.group_of(call)["id"], None)


@route("GET", "/projects/:id/members/all", query=MEMBERS)
def project_members(call: Call) -> Answer:
    """List members, inherited ones included, each once (docs: api/members)."""
    found = permissions.project_of(call)
    return _members(call, found["group_id"], found["id"])


@route("GET", "/groups/:id/milestones", query=MILESTONES)
def group_milestones(call: Call) -> Answer:
    """List a group's milestones, and its ancestors' if asked (docs: api/group_milestones)."""
    return _milestones(call, permissions.group_of(call)["id"], None)


@route("GET", "/groups/:id/milestones/:milestone_id")
def group_milestone(call: Call) -> Answer:
    """Return a group's milestone."""
    found = call.store.row(
        "SELECT * FROM milestones WHERE id = ? AND group_id = ?",
        call.number("milestone_id"),
        permissions.group_of(call)["id"],
    )
    if found is None:
        raise not_found()
    return Answer(answers.milestone(call.store, found["id"]))


@route("GET", "/projects/:id/milestones", query=MILESTONES)
def project_milestones(call: Call) -> Answer:
    """List a project's milestones, and its groups' if asked (docs: api/milestones)."""
    found = permissions.project_of(call)
    return _milestones(call, found["group_id"], found["id"])


@route(
    "GET",
    "/groups/:id/labels",
    query=(
        *PAGES, "search", "with_counts", "include_ancestor_groups", "include_descendant_groups",
        "only_group_labels",
    ),
)  # fmt: skip
def group_labels(call: Call) -> Answer:
    """List labels by name: the group's and, unless told otherwise, its ancestors' (docs: api/group_labels)."""
    rows = _labels_of_group(call, permissions.group_of(call))
    return _labels(call, rows)


@route("POST", "/groups/:id/labels", body=("name", "color", "description"))
def create_group_label(call: Call) -> Answer:
    """Create a label in a group (docs: api/group_labels)."""
    found = permissions.group_of(call)
    permissions.require_planner(call, found)
    for key in ("name", "color"):
        if not call.body.get(key):
            raise bad_request(f"{key} is missing", "error")
    name, color = call.body["name"].strip(), call.body["color"]
    if not color.startswith("#") or len(color) not in {4, 7} or not HEX_COLOR.issuperset(color[1:]):
        raise bad_request({"color": ["must be a valid color code"]})
    above = permissions.ancestors(call.store, found["id"])
    if any(row["name"] == name for row in _labels_in(call, above)):
        raise ApiError(409, {"message": "Label already exists"})
    number = call.store.insert(
        "labels", group_id=found["id"], name=name, color=color, description=call.body.get("description")
    )
    return Answer(answers.label_of_list(call.store.get("labels", number)), 201)


@route(
    "GET",
    "/groups/:id/labels/:name",
    query=("include_ancestor_groups", "include_descendant_groups", "only_group_labels"),
)
def group_label(call: Call) -> Answer:
    """Return a label by name or id (docs: api/group_labels)."""
    wanted = call.path["name"]
    for row in _labels_of_group(call, permissions.group_of(call)):
        if wanted in {row["name"], str(row["id"])}:
            return Answer(answers.label_of_list(row))
    raise not_found("Label")


@route("GET", "/projects/:id/labels", query=(*PAGES, "search", "with_counts", "include_ancestor_groups"))
def project_labels(call: Call) -> Answer:
    """List a project's labels and its groups' (docs: api/labels)."""
    found = permissions.project_of(call)
    rows = call.store.rows("SELECT * FROM labels WHERE project_id = ?", found["id"])
    if call.flag("include_ancestor_groups", default=True):
        rows += _labels_in(call, permissions.ancestors(call.store, found["group_id"]))
    return _labels(call, rows, in_project=True)


@route("GET", "/groups/:id/epics/:iid")
def epic(call: Call) -> Answer:
    """Return an epic; without the tier there are none (docs: api/epics)."""
    found = permissions.group_of(call)
    if call.store.tier != "premium":
        raise ApiError(403, {"message": "403 Forbidden"})
    row = call.store.row("SELECT * FROM epics WHERE group_id = ? AND iid = ?", found["id"], call.number("iid"))
    if row is None:
        raise not_found()
    return Answer(answers.epic(call.store, row))


def _members(call: Call, group_id: int, project_id: int | None) -> Answer:
    groups = permissions.ancestors(call.store, group_id)
    rows = call.store.rows("SELECT * FROM members ORDER BY access_level DESC, id")
    found: dict[int, Row] = {}
    for row in rows:
        here = row["group_id"] in groups or (project_id is not None and row["project_id"] == project_id)
        if here and (not call.many("user_ids") or str(row["user_id"]) in call.many("user_ids")):
            found.setdefault(row["user_id"], row)
    members = [answers.member(call.store, row) for _, row in sorted(found.items())]
    wanted = call.value("query").lower()
    return paginate_list(
        call, [row for row in members if wanted in row["username"].lower() or wanted in row["name"].lower()]
    )


def _milestones(call: Call, group_id: int, project_id: int | None) -> Answer:
    above = call.flag("include_ancestors") or call.flag("include_parent_milestones")
    groups = permissions.ancestors(call.store, group_id)
    if not above:
        groups = [] if project_id is not None else [group_id]
    rows = call.store.rows("SELECT * FROM milestones ORDER BY id DESC")
    state, wanted, iids = call.value("state", "all"), call.value("search").lower(), call.many("iids")
    found = [
        row
        for row in rows
        if (row["group_id"] in groups or (project_id is not None and row["project_id"] == project_id))
        and state in {"all", row["state"]}
        and call.value("title", row["title"]) == row["title"]
        and wanted in row["title"].lower()
        and (not iids or str(row["iid"]) in iids)
    ]
    return paginate_list(call, [answers.milestone(call.store, row["id"]) for row in found])


def _labels_in(call: Call, groups: list[int]) -> list[Row]:
    marks = ", ".join("?" * len(groups))
    return call.store.rows(f"SELECT * FROM labels WHERE group_id IN ({marks})", *groups)


def _labels_of_group(call: Call, found: Row) -> list[Row]:
    groups = [found["id"]]
    if call.flag("include_ancestor_groups", default=True):
        groups = permissions.ancestors(call.store, found["id"])
    below = permissions.descendants(call.store, found["id"])
    if call.flag("include_descendant_groups"):
        groups += [number for number in below if number not in groups]
    rows = _labels_in(call, groups)
    if not call.flag("only_group_labels", default=True):  # docs: api/group_labels: those of projects as well
        marks = ", ".join("?" * len(groups))
        rows += call.store.rows(
            f"SELECT labels.* FROM labels JOIN projects ON projects.id = labels.project_id"
            f" WHERE projects.group_id IN ({marks})",
            *groups,
        )
    return rows


def _labels(call: Call, rows: list[Row], *, in_project: bool = False) -> Answer:
    rows = [row for row in rows if call.value("search").lower() in row["name"].lower()]
    rows.sort(key=lambda row: (row["name"].lower(), row["id"]))
    return paginate_list(
        call, [{**answers.label_of_list(row, in_project=in_project), **_counts(call, row)} for row in rows]
    )


def _counts(call: Call, row: Row) -> dict[str, Any]:
    if not call.flag("with_counts"):
        return {}
    counted = call.store.rows(
        "SELECT state, COUNT(*) AS n FROM issues JOIN issue_labels ON issue_id = issues.id WHERE label_id = ?"
        " GROUP BY state",
        row["id"],
    )
    by_state = {found["state"]: found["n"] for found in counted}
    return {
        "open_issues_count": by_state.get("opened", 0),
        "closed_issues_count": by_state.get("closed", 0),
        "open_merge_requests_count": 0,
    }
