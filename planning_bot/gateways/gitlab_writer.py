"""The writing door to GitLab: looks at the present, sends one change, and compares the answer with what was meant.

It decides nothing: whether a change may be sent is for `delivery` to say, after it has seen the present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from gitlab.utils import EncodedId

from planning_bot.domain.change import (
    CreateBoard,
    CreateIssue,
    CreateLabel,
    EditIssue,
    GitLabChange,
    IssueState,
    Named,
    RepairBoard,
    TakeBack,
    WriteNote,
    board_state,
)
from planning_bot.domain.delivered import Created, Delivered, Present
from planning_bot.domain.markers import Marker
from planning_bot.domain.sections import append_sections, find_section, replace_section, same_text
from planning_bot.gateways import gitlab_payloads as payloads
from planning_bot.gateways.board_writer import BoardWriter
from planning_bot.gateways.label_writer import LabelWriter
from planning_bot.gateways.take_back import what_stayed, what_to_send

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue, Note
    from planning_bot.gateways.gitlab_connection import GitLabConnection
    from planning_bot.gateways.replaced_edits import ReplacedEdits


class GitLabWriter:
    """Carries changes out; several threads may use it. `trusted` are the authors whose markers count."""

    def __init__(self, connection: GitLabConnection, me: str, trusted: frozenset[str], replaced: ReplacedEdits) -> None:
        self._connection = connection
        self._me = me
        self._trusted = trusted
        self._boards = BoardWriter(connection)
        self._labels = LabelWriter(connection)
        self._replaced = replaced

    def look(self, change: GitLabChange) -> Present:
        """Read what is there now, in the form of the change's `before`."""
        with payloads.documented(f"reading {change.target}"):
            return self._look(change)

    def send(self, change: GitLabChange, present: Present) -> Delivered:
        """Send the change, and say what of it did not come about."""
        with payloads.documented(f"writing {change.target}", written=True):
            return self._send(change, present)

    def _look(self, change: GitLabChange) -> Present:
        match change:
            case CreateIssue():
                return Present(self._issue_with(change))
            case EditIssue() | TakeBack():
                self._replaced.begin(change.target)
                issue = payloads.issue(self._connection.get(_issue_path(change.target)))
                state = _state(issue, change)
                return Present(state, issue, as_of=issue.updated_at, is_confidential=issue.confidential)
            case WriteNote():
                return self._look_at_note(change)
            case CreateBoard():
                return Present(self._boards.namesake(change))
            case RepairBoard():
                board = self._boards.read(change)
                return Present(board_state(board), board)
            case CreateLabel():
                return self._labels.look(change)
            case _:
                assert_never(change)

    def _send(self, change: GitLabChange, present: Present) -> Delivered:  # noqa: PLR0911 - one for each kind
        match change:
            case CreateIssue():
                self._connection.creates.keep()
                return self._create_issue(change)
            case EditIssue():
                return self._edit_issue(change, present.seen)
            case TakeBack():
                return self._take_back(change, present.seen)
            case WriteNote():
                self._connection.notes.keep()
                return self._write_note(change, present.seen)
            case CreateBoard():
                self._connection.creates.keep()
                return self._boards.create(change)
            case RepairBoard():
                return self._boards.bring(change, present.seen)
            case CreateLabel():
                self._connection.creates.keep()
                return self._labels.create(change)
            case _:
                assert_never(change)

    def _issue_with(self, change: CreateIssue) -> str | None:
        """Look for an issue that carries the marker already: a create is looked up before it is sent."""
        draft = change.after
        query = {"milestone": draft.milestone.name, "state": "all"}
        rows = self._connection.get_all(f"/projects/{EncodedId(draft.project)}/issues", **query)
        found = (payloads.issue(row) for row in rows)
        return next((i.reference for i in found if self._is_marked(change.marker, i.author, i.description)), None)

    def _look_at_note(self, change: WriteNote) -> Present:
        note = self._own_note(change)
        return Present(_as_before(note.body, change.before), note, _written(note, change)) if note else Present(None)

    def _own_note(self, change: WriteNote) -> Note | None:
        """Find the note of the token's own user that carries the marker: of another's, GitLab lets nobody write."""
        rows = self._connection.get_all(f"{_issue_path(change.target)}/notes", activity_filter="only_comments")
        notes = (payloads.note(row) for row in rows)
        mine = (note for note in notes if note.author.casefold() == self._me.casefold())
        marked = (note for note in mine if str(Marker.of(note.body)) == change.marker)
        return max(marked, key=lambda note: note.id, default=None)

    def _write_note(self, change: WriteNote, note: Note | None) -> Delivered:
        path, body = f"{_issue_path(change.target)}/notes", {"body": change.after}
        answer = self._connection.put(f"{path}/{note.id}", body) if note else self._connection.post(path, body)
        written = payloads.note(answer)
        missing = _unlike("the note's text", same_text(written.body, change.after))
        return Delivered(missing, created=_written(written, change), seen=written)

    def _is_marked(self, marker: str, author: str, body: str) -> bool:
        return author.casefold() in self._trusted and str(Marker.of(body)) == marker

    def _create_issue(self, change: CreateIssue) -> Delivered:
        draft = change.after
        body: dict[str, Any] = {
            "title": draft.title,
            "description": draft.description,
            "labels": ",".join(draft.labels),
            "milestone_id": draft.milestone.id,
            "assignee_ids": [person.id for person in draft.assignees],
            "confidential": draft.confidential,
        }
        if draft.epic:
            body["epic_id"] = draft.epic.id
        answer = self._connection.post(f"/projects/{EncodedId(draft.project)}/issues", body)
        issue = payloads.issue(answer)
        missing = (
            *_unlike("title", issue.title == draft.title),
            *_unlike("description", same_text(issue.description, draft.description)),
            *_not_set("label", draft.labels, issue.labels),
            *_unlike(f"milestone {draft.milestone.name}", issue.milestone_id == draft.milestone.id),
            *_unlike("confidential", issue.confidential == draft.confidential),
            *_unlike(
                f"epic {draft.epic.name}" if draft.epic else "", _epic_id(answer) == (draft.epic and draft.epic.id)
            ),
        )
        people = tuple(person.name for person in draft.assignees)
        unassigned = _not_set("assignee", people, {person.username for person in issue.assignees})
        kept_one = len(people) > 1 and len(issue.assignees) == 1
        return Delivered(
            missing=missing if kept_one else (*missing, *unassigned),
            remarks=tuple(f"{lost}: GitLab's Free tier keeps one assignee" for lost in unassigned) if kept_one else (),
            created=Created(issue.id, issue.reference, issue.web_url),
            seen=issue,
        )

    def _edit_issue(self, change: EditIssue, seen: Issue) -> Delivered:
        before, after = change.before, change.after
        touched = after.model_fields_set
        body: dict[str, Any] = {}
        if added := sorted(set(after.labels) - set(before.labels)):
            body["add_labels"] = ",".join(added)
        if "milestone" in touched and after.milestone:
            body["milestone_id"] = after.milestone.id
        given = after.assignees if "assignees" in touched and not (before.assignees or seen.assignees) else ()
        if given:
            body["assignee_ids"] = [person.id for person in given]
        if "sections" in touched:
            body["description"] = _with_sections(seen.description, after.sections)
        issue = payloads.issue(self._connection.put(_issue_path(change.target), body))
        sections_stand = all(
            text is None or same_text(find_section(issue.description, name).text or "", text)
            for name, text in after.sections.items()
        )
        replaced = self._replaced.told(seen, body, issue)
        return Delivered(
            missing=(
                *_not_set("label", after.labels, issue.labels),
                *_unlike("milestone", after.milestone is None or issue.milestone_id == after.milestone.id),
                *_not_set("assignee", tuple(p.name for p in given if p.id not in {a.id for a in issue.assignees})),
                *_unlike("the text of the sections", sections_stand),
                *replaced.lost,
            ),
            remarks=replaced.doubts,
            created=Created(issue.id, issue.reference, issue.web_url),
            state=_state(issue, change),
            seen=issue,
        )

    def _take_back(self, change: TakeBack, seen: Issue) -> Delivered:
        body = what_to_send(change, seen)
        issue = payloads.issue(self._connection.put(_issue_path(change.target), body))
        replaced = self._replaced.told(seen, body, issue)
        missing = (*what_stayed(change, issue), *replaced.lost)
        return Delivered(missing, remarks=replaced.doubts, state=_state(issue, change), seen=issue)


def _issue_path(reference: str) -> str:
    project, _, iid = reference.rpartition("#")
    return f"/projects/{EncodedId(project)}/issues/{iid}"


def _state(issue: Issue, change: EditIssue | TakeBack) -> IssueState:
    """Give the part of the issue that the change touches."""
    concerned = {*change.before.labels, *change.after.labels}
    sections = {name: find_section(issue.description, name).text for name in change.after.sections}
    placed = Named(id=issue.milestone_id, name=issue.milestone or "") if issue.milestone_id else None
    everything: dict[str, Any] = {
        "labels": tuple(sorted(concerned & issue.labels)),
        "milestone": placed,
        "sections": sections,
        "state": issue.state,
        "weight": issue.weight,
        "assignees": tuple(Named(id=p.id, name=p.username) for p in sorted(issue.assignees, key=lambda p: p.id)),
        "absent": tuple(name for name in change.before.absent if name not in issue.labels),
    }
    return IssueState(**{key: everything[key] for key in change.before.model_fields_set})


def _written(note: Note, change: WriteNote) -> Created:
    return Created(note.id, change.target, "")


def _with_sections(description: str, sections: dict[str, str | None]) -> str:
    for name, text in sections.items():
        description = replace_section(description, name, text or "")
    return append_sections(description, {name: text or "" for name, text in sections.items()})


def _as_before(text: str, before: str | None) -> str:
    """Give a text as it was seen before, where GitLab changed no more than its blanks."""
    return before if before is not None and same_text(text, before) else text


def _unlike(what: str, is_as_meant: bool) -> tuple[str, ...]:  # noqa: FBT001 - a comparison, named by the caller
    return () if is_as_meant else (f"{what} was not taken over",)


def _not_set(what: str, meant: tuple[str, ...], found: frozenset[str] | set[str] = frozenset()) -> tuple[str, ...]:
    return tuple(f"{what} {name} was not set" for name in meant if name not in found)


def _epic_id(answer: dict[str, Any]) -> int | None:
    epic = answer.get("epic") or {}
    number: int | None = epic.get("id", answer.get("epic_id"))
    return number
