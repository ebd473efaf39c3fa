"""The reading door to GitLab: typed answers, each thing fetched once a run, reads side by side."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from gitlab.utils import EncodedId

from planning_bot.domain.change import Named
from planning_bot.errors import ServerError
from planning_bot.gateways import event_payloads
from planning_bot.gateways import gitlab_payloads as payloads
from planning_bot.gateways.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planning_bot.domain.issue import Board, Issue, Label, Note, User
    from planning_bot.domain.ledger import LabelEvent, MilestoneEvent, StateEvent, WeightEvent
    from planning_bot.domain.milestone import Milestone
    from planning_bot.gateways.gitlab_connection import GitLabConnection

_T = TypeVar("_T")

# Rows that arrive while a list is read come at its end this way, and move nobody to another page.
_OLDEST_FIRST = {"order_by": "created_at", "sort": "asc"}


class GitLabReader:
    """Everything that a run asks GitLab. Lists are complete, or the method raises ServerError."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection
        self.memory = Memory()

    def together(self, *reads: Callable[[], Any]) -> list[Any]:
        """Run reads side by side; answers come in the order asked. A read must not call this itself."""
        return self._connection.together(*reads)

    def me(self) -> User:
        """Whom the token belongs to."""
        row = self.memory.once(("user",), lambda: self._connection.get("/user"))
        with payloads.documented("GET /user"):
            return payloads.user(row)

    def milestones(self, group: str) -> tuple[Milestone, ...]:
        """Every milestone of the group and its ancestors, whatever its state."""
        path = f"/groups/{EncodedId(group)}/milestones"
        return self._list(path, payloads.milestone, include_ancestors=True)

    def label(self, group: str, name: str) -> Label | None:
        """The label of that very name in the group or in an ancestor.

        A large group has thousands of labels: what is not on the first page of them is asked for by name.
        """
        path, scope = f"/groups/{EncodedId(group)}/labels", {"include_ancestor_groups": True}
        first = self.memory.once((path, "first page"), lambda: self._connection.get_page(path, **scope))
        found = self._read(path, payloads.label, first.rows)
        if first.more and not any(label.name == name for label in found):
            found = self._list(path, payloads.label, search=name, **scope)
        return next((label for label in found if label.name == name), None)

    def person(self, username: str) -> User | None:
        """The user of that name, in whatever case it is written."""
        found = self._list("/users", payloads.user, username=username)
        return next((user for user in found if user.username.casefold() == username.casefold()), None)

    def visibility(self, project: str) -> str:
        """Who may see a project: private, internal or public."""
        path = f"/projects/{EncodedId(project)}"
        row = self.memory.once((path,), lambda: self._connection.get(path))
        with payloads.documented(f"GET {path}"):
            return payloads.text(row["visibility"])

    def project_issues(self, project: str, **query: Any) -> tuple[Issue, ...]:
        """The issues of a project that fit the query."""
        return self._list(f"/projects/{EncodedId(project)}/issues", payloads.issue, **_OLDEST_FIRST, **query)

    def group_issues(self, group: str, **query: Any) -> tuple[Issue, ...]:
        """The issues of a group and its subgroups that fit the query."""
        return self._list(f"/groups/{EncodedId(group)}/issues", payloads.issue, **_OLDEST_FIRST, **query)

    def board_order(self, group: str, **query: Any) -> tuple[Issue, ...]:
        """The issues of a group that fit the query, as people ordered them by hand on boards."""
        path = f"/groups/{EncodedId(group)}/issues"
        return self._list(path, payloads.issue, order_by="relative_position", sort="asc", **query)

    def issue(self, project: str, iid: int) -> Issue:
        """One issue, as it is now; never from memory."""
        path = f"/projects/{EncodedId(project)}/issues/{iid}"
        with payloads.documented(f"GET {path}"):
            return payloads.issue(self._connection.get(path))

    def notes(self, project: str, iid: int) -> tuple[Note, ...]:
        """The comments of an issue, the oldest first."""
        path = f"/projects/{EncodedId(project)}/issues/{iid}/notes"
        return self._list(path, payloads.note, sort="asc", order_by="created_at")

    def label_events(self, project: str, iid: int) -> tuple[LabelEvent, ...]:
        """When an issue got and lost which labels (docs: api/resource_label_events)."""
        return self._list(_events(project, iid, "label"), event_payloads.label_event)

    def milestone_events(self, project: str, iid: int) -> tuple[MilestoneEvent, ...]:
        """When an issue got and lost which milestone (docs: api/resource_milestone_events)."""
        return self._list(_events(project, iid, "milestone"), event_payloads.milestone_event)

    def state_events(self, project: str, iid: int) -> tuple[StateEvent, ...]:
        """When an issue was closed and reopened (docs: api/resource_state_events)."""
        return self._list(_events(project, iid, "state"), event_payloads.state_event)

    def weight_events(self, project: str, iid: int) -> tuple[WeightEvent, ...]:
        """When an issue got which weight; none where this edition of GitLab has no weights."""
        try:
            return self._list(_events(project, iid, "weight"), event_payloads.weight_event)
        except ServerError as error:
            if error.status == HTTPStatus.NOT_FOUND:  # the issue is there: its other events were read
                return ()
            raise

    def last_move(self, project: str, iid: int) -> tuple[str, datetime] | None:
        """Where an issue was moved last, and when, by GitLab's own notes on it."""
        path = f"/projects/{EncodedId(project)}/issues/{iid}/notes"
        rows = self._connection.get_all(path, activity_filter="only_activity")
        with payloads.documented(f"GET {path}"):
            return event_payloads.last_move(rows, project)

    def assignments(self, project: str, iid: int) -> tuple[tuple[datetime, str], ...]:
        """When, and by whom, the assignees of an issue were changed, by GitLab's own notes on it."""
        path, query = f"/projects/{EncodedId(project)}/issues/{iid}/notes", {"activity_filter": "only_activity"}
        rows = self.memory.once((path, *query.items()), lambda: self._connection.get_all(path, **query))
        with payloads.documented(f"GET {path}"):
            return event_payloads.assignments(rows)

    def labels_taken_off(self, project: str, iid: int) -> frozenset[str]:
        """The labels that the issue had and that somebody took off; this program's own `undo` is nobody."""
        own = self.me().bot_name
        last = {event.name: event for event in self.label_events(project, iid) if event.name}
        return frozenset(name for name, event in last.items() if not event.is_added and event.by != own)

    def milestone_taken_off(self, project: str, iid: int) -> bool:
        """Whether the issue ever had a milestone that somebody took off; this program's own `undo` is nobody."""
        own = self.me().bot_name
        return any(not event.is_added and event.by != own for event in self.milestone_events(project, iid))

    def label_added_at(self, project: str, iid: int, name: str) -> datetime | None:
        """When the issue got a label for the last time; None where no event says so."""
        events = self.label_events(project, iid)
        return max((event.at for event in events if event.is_added and event.name == name), default=None)

    def blockers(self, project: str, iid: int) -> tuple[str, ...]:
        """The references of the open issues that block an issue (docs: api/issue_links; Premium has such links)."""
        path = f"/projects/{EncodedId(project)}/issues/{iid}/links"
        rows = self.memory.once((path,), lambda: self._connection.get_list(path))
        with payloads.documented(f"GET {path}"):
            blocking = (row for row in rows if row["link_type"] == "is_blocked_by" and row["state"] == "opened")
            return tuple(sorted(row["references"]["full"] for row in blocking))

    def boards(self, group: str) -> tuple[Board, ...]:
        """The group's issue boards with their scope and lists."""
        url, path = f"{self._connection.url}/groups/{group}", f"/groups/{EncodedId(group)}/boards"
        listed = self._list(path, lambda row: payloads.board(row, url))
        written = self.memory.boards_written(group)
        if not written:
            return listed
        with payloads.documented(f"GET {path}"):
            anew = [payloads.board(self._connection.get(f"{path}/{number}"), url) for number in written]
        boards = tuple({board.id: board for board in (*listed, *anew)}.values())
        self.memory.learn((path,), boards)
        return boards

    def epic(self, reference: str) -> Named:
        """The epic that `group&12` names. Raises ServerError where there is none, or where the tier has none."""
        group, _, number = reference.rpartition("&")

        path = f"/groups/{EncodedId(group)}/epics/{number}"
        row = self.memory.once((path,), lambda: self._connection.get(path))
        with payloads.documented(f"GET {path}"):
            return Named(id=row["id"], name=reference)

    def _list(self, path: str, read: Callable[[dict[str, Any]], _T], **query: Any) -> tuple[_T, ...]:
        # What is remembered is what was read, not GitLab's rows: of a thousand issues these weigh a lot.
        key = (path, *sorted(query.items()))
        return self.memory.once(key, lambda: self._read(path, read, self._connection.get_all(path, **query)))

    def _read(self, path: str, read: Callable[[dict[str, Any]], _T], rows: list[dict[str, Any]]) -> tuple[_T, ...]:
        with payloads.documented(f"GET {path}"):
            return tuple(read(row) for row in rows)


def _events(project: str, iid: int, kind: str) -> str:
    return f"/projects/{EncodedId(project)}/issues/{iid}/resource_{kind}_events"
