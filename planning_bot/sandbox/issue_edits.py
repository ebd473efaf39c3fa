"""How an issue comes to be and changes, and the history that GitLab records of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import answers_issues, permissions, quick_actions, system_notes
from planning_bot.sandbox.routing import bad_request

if TYPE_CHECKING:
    from datetime import datetime

    from planning_bot.sandbox.state import Row, Store

Changes = dict[str, Any]

MOST_TITLE, MOST_DESCRIPTION = 255, 1_048_576  # docs: administration/instance_limits; api/issues
NEW_LABEL_COLOR = "#6699cc"  # docs: api/issues: an unknown label is created with a default colour
COLUMNS = ("title", "description", "due_date", "discussion_locked", "issue_type", "epic_id")
# docs: user/permissions. GitLab lets a Guest who is a member set these when creating an issue; here, as for
# everybody else below Planner, they are dropped silently.
METADATA = (
    "labels", "add_labels", "remove_labels", "milestone_id", "assignee_ids", "add_assignee_ids",
    "remove_assignee_ids", "weight", "due_date", "epic_id", "discussion_locked",
)  # fmt: skip


@dataclass(frozen=True)
class Editor:
    """Who edits, with which role in the project, and when (None: now)."""

    user: Row
    access_level: int
    at: datetime | None = None


def create_issue(store: Store, project: Row, editor: Editor, changes: Changes) -> int:
    """Create an issue as POST does; return its id."""
    changes = _with_quick_actions(store, project, editor, changes, [])
    _validate(changes, creating=True)
    at = store.clock.stamp(editor.at)
    number = store.insert(
        "issues",
        iid=store.next_iid("issues", "project_id", project["id"]),
        project_id=project["id"],
        title=changes["title"].strip(),
        description=changes.get("description"),
        issue_type=changes.get("issue_type") or "issue",
        author_id=editor.user["id"],
        confidential=bool(changes.get("confidential")),
        created_at=at,
        updated_at=at,
    )
    store.update("issues", number, position=number)
    rest = {key: changes[key] for key in changes if key not in {"title", "description", "confidential"}}
    _apply(store, store.get("issues", number), editor, rest, at)
    return number


def update_issue(store: Store, issue: Row, editor: Editor, changes: Changes) -> None:
    """Change an issue as PUT does."""
    project = store.get("projects", issue["project_id"])
    labels = [row["name"] for row in answers_issues.labels_of(store, issue["id"])]
    changes = _with_quick_actions(store, project, editor, changes, labels)
    _validate(changes, creating=False)
    at = store.clock.stamp(editor.at)
    if _apply(store, issue, editor, changes, at):
        store.update("issues", issue["id"], updated_at=at)


def move_issue(store: Store, issue: Row, target: Row, editor: Editor) -> int:
    """Close an issue and open its copy elsewhere (docs: user/project/issues/managing_issues, move an issue).

    Labels and milestone go along where the target has ones of the same name; the copy's events start anew.
    """
    kept = {"title": issue["title"], "description": issue["description"], "weight": issue["weight"]}
    labels = [row["name"] for row in answers_issues.labels_of(store, issue["id"])]
    changes: Changes = {
        **kept,
        "confidential": issue["confidential"],
        "issue_type": issue["issue_type"],
        "milestone_id": issue["milestone_id"],
        "labels": [name for name in labels if find_label(store, target, name)],
        "assignee_ids": answers_issues.assignees_of(store, issue["id"]),
    }
    number = create_issue(store, target, editor, changes)
    store.update("issues", number, author_id=issue["author_id"])
    update_issue(store, issue, editor, {"state_event": "close"})
    store.update("issues", issue["id"], moved_to_id=number)
    copy = store.get("issues", number)
    system_notes.add(store, issue["id"], editor, f"moved to {target['path']}#{copy['iid']}")
    return number


def find_label(store: Store, project: Row, name: str) -> Row | None:
    """Return the label of this name that the project can use: its own, or the nearest group's."""
    own = store.row("SELECT * FROM labels WHERE project_id = ? AND name = ?", project["id"], name)
    for group_id in permissions.ancestors(store, project["group_id"]):
        own = own or store.row("SELECT * FROM labels WHERE group_id = ? AND name = ?", group_id, name)
    return own


def _with_quick_actions(store: Store, project: Row, editor: Editor, changes: Changes, labels: list[str]) -> Changes:
    changes = dict(changes)
    if changes.get("description") is not None:
        text, ordered = quick_actions.execute(store, project, editor.user, changes["description"], labels)
        changes |= {"description": text}
        for key, value in ordered.items():
            together = key in {"add_labels", "remove_labels"} and key in changes
            changes[key] = [*changes[key], *value] if together else value
    # docs: api/issues: without permission, and for weight and epic without the tier, dropped silently.
    dropped = () if permissions.can_plan(editor.access_level) else METADATA
    unpaid = ("weight", "epic_id") if store.tier == "free" else ()
    return {key: value for key, value in changes.items() if key not in dropped and key not in unpaid}


def _validate(changes: Changes, *, creating: bool) -> None:
    title = changes.get("title", "" if creating else "kept")
    if not str(title or "").strip():
        raise bad_request({"title": ["can't be blank"]})
    if len(str(title).strip()) > MOST_TITLE:
        raise bad_request({"title": [f"is too long (maximum is {MOST_TITLE} characters)"]})
    if len(changes.get("description") or "") > MOST_DESCRIPTION:
        raise bad_request({"description": [f"is too long (maximum is {MOST_DESCRIPTION} characters)"]})
    weight = changes.get("weight")
    if weight is not None and (not isinstance(weight, int) or weight < 0):
        raise bad_request({"weight": ["must be greater than or equal to 0"]})


def _apply(store: Store, issue: Row, editor: Editor, changes: Changes, at: str) -> bool:
    done = [
        _change_columns(store, issue, editor, changes),
        _change_labels(store, issue, editor, changes, at),
        _change_milestone(store, issue, editor, changes, at),
        _change_weight(store, issue, editor, changes, at),
        _change_assignees(store, issue, editor, changes),
        _change_state(store, issue, editor, changes, at),
    ]
    return any(done)


def _change_columns(store: Store, issue: Row, editor: Editor, changes: Changes) -> bool:
    new = {name: changes[name] for name in COLUMNS if name in changes}
    if "title" in new:
        new["title"] = new["title"].strip()  # docs: GitLab strips titles
    if "confidential" in changes:
        new["confidential"] = int(bool(changes["confidential"]))
    new = {name: value for name, value in new.items() if value != issue[name]}
    store.update("issues", issue["id"], **new)
    if "title" in new:
        words = f"changed title from **{{-{issue['title']}-}}** to **{{+{new['title']}+}}**"
        system_notes.add(store, issue["id"], editor, words)
    if "description" in new:
        system_notes.tell_of_description(store, issue, editor, new["description"])
    if "confidential" in new:
        made = "confidential" if new["confidential"] else "visible to everyone"
        system_notes.add(store, issue["id"], editor, f"made the issue {made}")
    return bool(new)


def _change_labels(store: Store, issue: Row, editor: Editor, changes: Changes, at: str) -> bool:
    if not changes.keys() & {"labels", "add_labels", "remove_labels"}:
        return False
    project = store.get("projects", issue["project_id"])
    before = {row["id"]: row["name"] for row in answers_issues.labels_of(store, issue["id"])}
    add, remove = changes.get("add_labels") or [], changes.get("remove_labels") or []
    # docs: api/issues: labels replaces all; beside add_labels or remove_labels an update leaves it unused.
    replaced = "labels" in changes and not (before and (add or remove))
    after = {} if replaced else dict(before)
    for name in [*(changes["labels"] or [] if replaced else []), *add]:
        label = find_label(store, project, name) or _create_label(store, project, name)
        if store.tier == "premium":
            _drop_siblings(after, name)
        after[label["id"]] = name
    after = {number: name for number, name in after.items() if name not in remove}
    for number in after.keys() - before.keys():
        store.insert("issue_labels", issue_id=issue["id"], label_id=number)
    for number in before.keys() - after.keys():
        store.rows("DELETE FROM issue_labels WHERE issue_id = ? AND label_id = ?", issue["id"], number)
    for action, numbers in (("add", after.keys() - before.keys()), ("remove", before.keys() - after.keys())):
        for number in sorted(numbers):
            _record(store, issue, editor, at, kind="label", action=action, label_id=number)
    return after.keys() != before.keys()


def _drop_siblings(labels: dict[int, str], name: str) -> None:
    # docs: user/project/labels, scoped labels (Premium): one of those that share what stands before the last ::
    scope, separator, _ = name.rpartition("::")
    for number, other in list(labels.items()):
        if separator and other != name and other.rpartition("::")[0] == scope and "::" in other:
            del labels[number]


def _create_label(store: Store, project: Row, name: str) -> Row:
    # docs: api/issues: labels that do not exist are created in the project, without a word.
    number = store.insert("labels", project_id=project["id"], name=name, color=NEW_LABEL_COLOR, description=None)
    return store.get("labels", number)


def _change_milestone(store: Store, issue: Row, editor: Editor, changes: Changes, at: str) -> bool:
    if "milestone_id" not in changes:
        return False
    wanted = changes["milestone_id"] or None
    # GitLab's own code: one of another tree counts as none, silently.
    wanted = wanted if wanted and _reaches(store, issue, int(wanted)) else None
    if wanted == issue["milestone_id"]:
        return False
    store.update("issues", issue["id"], milestone_id=wanted)
    # docs: api/resource_milestone_events: a change from one to another is a single "add".
    action = "add" if wanted else "remove"
    about = wanted or issue["milestone_id"]
    _record(store, issue, editor, at, kind="milestone", action=action, milestone_id=about)
    return True


def _reaches(store: Store, issue: Row, milestone_id: int) -> bool:
    row = store.row("SELECT * FROM milestones WHERE id = ?", milestone_id)
    project = store.get("projects", issue["project_id"])
    above = permissions.ancestors(store, project["group_id"])
    return row is not None and (row["project_id"] == project["id"] or row["group_id"] in above)


def _change_weight(store: Store, issue: Row, editor: Editor, changes: Changes, at: str) -> bool:
    if changes.get("weight", issue["weight"]) == issue["weight"]:
        return False
    store.update("issues", issue["id"], weight=changes["weight"])
    _record(store, issue, editor, at, kind="weight", weight=changes["weight"])
    return True


def _change_assignees(store: Store, issue: Row, editor: Editor, changes: Changes) -> bool:
    keys = {"assignee_ids", "add_assignee_ids", "remove_assignee_ids"}
    if not changes.keys() & keys:
        return False
    before = answers_issues.assignees_of(store, issue["id"])
    wanted = [*(changes["assignee_ids"] or [] if "assignee_ids" in changes else before)]
    wanted += changes.get("add_assignee_ids", [])
    gone = changes.get("remove_assignee_ids", [])
    after = [
        number
        for number in dict.fromkeys(int(number) for number in wanted)
        if number not in gone and (number in before or _assignable(store, issue, number))
    ]
    after = after[:1] if store.tier == "free" else after  # docs: several assignees are Premium
    if set(after) == set(before):
        return False
    store.rows("DELETE FROM issue_assignees WHERE issue_id = ?", issue["id"])
    for number in after:
        store.insert("issue_assignees", issue_id=issue["id"], user_id=number)
    for words, numbers in (("assigned to", after), ("unassigned", before)):
        other = before if numbers is after else after
        names = [store.get("users", number)["username"] for number in numbers if number not in other]
        if names:
            system_notes.add(store, issue["id"], editor, f"{words} {' '.join(f'@{name}' for name in names)}")
    return True


def _assignable(store: Store, issue: Row, user_id: int) -> bool:
    # docs: user/project/issues/managing_issues: members of the project or its groups, who are not blocked.
    user = store.row("SELECT * FROM users WHERE id = ? AND state = 'active'", user_id)
    project = store.get("projects", issue["project_id"])
    return user is not None and permissions.project_level(store, user, project) >= permissions.GUEST


def _change_state(store: Store, issue: Row, editor: Editor, changes: Changes, at: str) -> bool:
    event = changes.get("state_event")
    state = {"close": "closed", "reopen": "opened"}.get(str(event), issue["state"])
    if state == issue["state"]:
        return False
    closed = state == "closed"
    # docs: api/issues: reopening takes closed_at and closed_by away; the state events keep them.
    closed_by = editor.user["id"] if closed else None
    store.update("issues", issue["id"], state=state, closed_at=at if closed else None, closed_by_id=closed_by)
    _record(store, issue, editor, at, kind="state", state="closed" if closed else "reopened")
    return True


def _record(store: Store, issue: Row, editor: Editor, at: str, **event: object) -> None:
    store.insert("events", issue_id=issue["id"], user_id=editor.user["id"], created_at=at, **event)
