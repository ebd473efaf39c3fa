"""What an update wrote over: an edit that somebody saved between the re-read of an issue and the update itself.

GitLab takes no condition with an update: its REST API documents none, and whoever saves last wins; the answer holds
what was sent. So its history is read afterwards, in one request more for each update of a description, a milestone
or assignees. A description as somebody saved it hangs on the system note of that edit, on every tier, and only
GraphQL gives it; it is asked for where the history leaves a doubt (gitlabhq: app/services/note_summary.rb,
app/models/concerns/versioned_description.rb, app/graphql/types/description_version_type.rb).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gitlab.utils import EncodedId

from planning_bot.domain.sections import same_text
from planning_bot.errors import ServerError
from planning_bot.gateways import gitlab_payloads as payloads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.domain.issue import Issue
    from planning_bot.gateways.gitlab_connection import GitLabConnection

_MARGIN = timedelta(seconds=2)  # by which the clocks of GitLab's servers may differ
_LONGEST = 2000  # characters of a lost text that are told
_OF_TEXT = re.compile(r"changed the description$|marked the (?:checklist item|task) ")
_OF_A_BOX = re.compile(r"marked the (?:checklist item|task) \*\*(?P<name>.*)\*\* as (?P<state>completed|incomplete)")
_OF_PEOPLE = re.compile(r"assigned to |unassigned |removed assignee")
_VERSIONS = """\
query($project: ID!, $iid: String!) {
  project(fullPath: $project) { issue(iid: $iid) { notes(last: 100) { nodes {
    id systemNoteMetadata { descriptionVersion { description } }
  } } } }
}"""


@dataclass(frozen=True)
class _Trace:
    """What GitLab recorded of an edit: who, when, and in what words (or which milestone)."""

    id: int
    author: str
    at: datetime
    words: str
    milestone_id: int | None = None


@dataclass(frozen=True)
class Replaced:
    """What an update wrote over, and what can never be known of it; each a clause that says so."""

    lost: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class ReplacedEdits:
    """Looks for edits that an update by `me` wrote over; several threads may use it, each for other issues."""

    def __init__(self, connection: GitLabConnection, me: str) -> None:
        self._connection = connection
        self._me = me.casefold()
        self._begun: dict[str, float] = {}
        self._own: dict[_Trace, datetime] = {}

    def begin(self, reference: str) -> None:
        """Note that an issue is about to be read anew, and then perhaps updated."""
        self._begun[reference] = self._connection.clock.now()

    def told(self, seen: Issue, sent: dict[str, Any], written: Issue) -> Replaced:
        """Say what was lost of people's edits since `seen` was read, now that `sent` made it `written`."""
        try:
            with payloads.documented(f"the history of {seen.reference}"):
                return Replaced(self._told(seen, sent, written))
        except ServerError as error:
            doubt = (f"whether it wrote over somebody's edit of the same moment is not known: {error.message}",)
            return Replaced(doubts=doubt) if error.is_not_offered else Replaced(doubt)

    def _told(self, seen: Issue, sent: dict[str, Any], written: Issue) -> tuple[str, ...]:
        lost: list[str] = []
        if sent.keys() & {"description", "assignee_ids"}:
            notes = self._notes(seen)
            if "description" in sent:
                lost += self._texts(seen, self._unseen(seen, notes, _OF_TEXT, written))
            if "assignee_ids" in sent:
                lost += self._assignments(seen, self._unseen(seen, notes, _OF_PEOPLE, written))
        if "milestone_id" in sent:
            lost += self._milestones(seen, written)
        return tuple(lost)

    def _notes(self, issue: Issue) -> list[_Trace]:
        """Give the system notes of an issue, the newest first."""
        newest = {"activity_filter": "only_activity", "order_by": "created_at", "sort": "desc"}
        rows = self._connection.get_page(f"{_path(issue)}/notes", **newest).rows
        return [_trace(row, payloads.text(row["body"])) for row in rows]

    def _unseen(self, seen: Issue, newest_first: list[_Trace], about: re.Pattern[str], written: Issue) -> list[_Trace]:
        """Give the edits that may have come between the reading and the writing, the latest first.

        Our own trace says in the server's time when it was written; how long ago the issue was read is measured here.
        An edit that was there when it was read made it no younger than the issue then was. Those of this user are among
        them: a second run may be under way elsewhere. Not those that this run made, where what was read is as new as
        the answer to them was: GitLab writes the trace moments after the issue.
        """
        known = [trace for trace in newest_first if about.match(trace.words)]
        ours = next((place for place, trace in enumerate(known) if trace.author.casefold() == self._me), len(known))
        if ours == len(known):
            return []
        took = timedelta(seconds=self._connection.clock.now() - self._begun.get(seen.reference, 0.0))
        since = known[ours].at - took - _MARGIN
        read_at = seen.updated_at or since
        if written.updated_at:
            self._own[known[ours]] = written.updated_at
        later = (trace for trace in known[ours + 1 :] if trace.at > max(since, read_at))
        return [trace for trace in later if trace not in self._own or read_at < self._own[trace]]

    def _texts(self, seen: Issue, unseen: list[_Trace]) -> list[str]:
        boxes = [trace for trace in unseen if _OF_A_BOX.match(trace.words) and not _is_ticked(seen, trace)]
        saved = [trace for trace in unseen if not _OF_A_BOX.match(trace.words)]
        lost = [_told(trace, trace.words, seen) for trace in boxes]
        if not saved:
            return lost
        try:
            text = self._version(seen, saved[0])
        except ServerError as error:
            if not lost and all(trace.author.casefold() == self._me for trace in saved):
                raise
            return [*lost, f"it wrote over what {_who(*saved)}, and that cannot be read ({error.message}): ask for it"]
        if same_text(text, seen.description):
            return lost
        return [*lost, _told(saved[0], _difference(seen.description, text), seen)]

    def _version(self, issue: Issue, trace: _Trace) -> str:
        """Give the description as it was saved with a note. Raises ServerError where that cannot be read."""
        answer = self._connection.query(_VERSIONS, project=issue.project, iid=str(issue.iid))
        with payloads.documented("its versions"):
            nodes = answer["project"]["issue"]["notes"]["nodes"]
            (note,) = (node for node in nodes if node["id"].rpartition("/")[2] == str(trace.id))
            return payloads.text(note["systemNoteMetadata"]["descriptionVersion"]["description"])

    def _assignments(self, seen: Issue, unseen: list[_Trace]) -> list[str]:
        """Tell of somebody else's last edit, if it assigned anyone who was not seen to be assigned."""
        known = {f"@{person.username.casefold()}" for person in seen.assignees}
        last = next((trace for trace in unseen if trace.author.casefold() != self._me), None)
        named = set(re.findall(r"@[^\s,]+", last.words.partition("unassigned")[0].casefold())) if last else set()
        return [_told(last, last.words, seen)] if last and named - known else []

    def _milestones(self, seen: Issue, written: Issue) -> list[str]:
        rows = self._connection.get_all(f"{_path(seen)}/resource_milestone_events")
        traces = [_trace(row, row["action"], (row.get("milestone") or {}).get("id")) for row in rows]
        unseen = self._unseen(
            seen, sorted(traces, key=lambda one: (one.at, one.id), reverse=True), re.compile(""), written
        )
        for trace in unseen[:1]:
            if (trace.milestone_id if trace.words == "add" else None) != seen.milestone_id:
                what = "set another milestone" if trace.words == "add" else "took its milestone off"
                return [f"it wrote over the milestone: {trace.author} had just {what}, at {_time(trace)}"]
        return []


def _trace(row: dict[str, Any], words: str, milestone_id: int | None = None) -> _Trace:
    author = (row.get("author") or row.get("user") or {}).get("username", "")
    return _Trace(row["id"], author, datetime.fromisoformat(row["created_at"]), words, milestone_id)


def _told(trace: _Trace, text: str, seen: Issue) -> str:
    text = "not told here, as the issue is confidential; ask for it" if seen.confidential else text
    return f"it wrote over what {_who(trace)}: {text}"


def _is_ticked(seen: Issue, trace: _Trace) -> bool:
    """Whether the box was seen in the state that the trace tells of."""
    box = _OF_A_BOX.match(trace.words)
    assert box
    state = "[xX]" if box["state"] == "completed" else " "
    return bool(re.search(rf"^\s*[-*+] \[{state}\] {re.escape(box['name'])}\s*$", seen.description, re.MULTILINE))


def _difference(before: str, after: str) -> str:
    """Give the lines that somebody added to a text, or, where there are none, those that they took out."""
    told = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    added = _joined(line[1:] for line in told if line.startswith("+"))
    text = added or f"they had deleted {_joined(line[1:] for line in told if line.startswith('-'))}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _joined(lines: Iterable[str]) -> str:
    return " / ".join(line for line in lines if line.strip())


def _who(*traces: _Trace) -> str:
    names = " and ".join(dict.fromkeys(trace.author or "somebody" for trace in traces))
    return f"{names} had just saved, at {_time(traces[0])}"


def _time(trace: _Trace) -> str:
    return trace.at.isoformat(timespec="seconds")


def _path(issue: Issue) -> str:
    return f"/projects/{EncodedId(issue.project)}/issues/{issue.iid}"
