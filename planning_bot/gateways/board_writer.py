"""Writes boards: a board, its scope and its lists are one change, and several requests (docs: api/group_boards).

`POST /groups/:id/boards` takes a name alone; the scope is a second request, and each list one more. What is cut
short in between is a board that exists with something missing: the next run finds it by its name and repairs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitlab.utils import EncodedId

from planning_bot.domain.change import BoardColumn, Named, board_state
from planning_bot.domain.delivered import Created, Delivered
from planning_bot.errors import ServerError, UnknownOutcomeError
from planning_bot.gateways import gitlab_payloads as payloads

if TYPE_CHECKING:
    from planning_bot.domain.change import BoardState, CreateBoard, RepairBoard
    from planning_bot.domain.issue import Board, BoardList
    from planning_bot.gateways.gitlab_connection import GitLabConnection

_NO_SEVERAL_BOARDS = (403, 404, 405)


class BoardWriter:
    """The part of the writing door that knows of boards."""

    def __init__(self, connection: GitLabConnection) -> None:
        self._connection = connection

    def namesake(self, change: CreateBoard) -> str | None:
        """Look for a board of that name: a create is looked up before it is sent."""
        rows = self._connection.get_all(_boards(change.group))
        found = (self._board(change.group, row) for row in rows)
        return next((board.web_url for board in found if board.name == change.after.name), None)

    def read(self, change: RepairBoard) -> Board:
        """Read the board as it is now."""
        row = self._connection.get(f"{_boards(change.group)}/{change.board_id}")
        return self._board(change.group, row)

    def create(self, change: CreateBoard) -> Delivered:
        """Create the board and bring it to its state."""
        try:
            row = self._connection.post(_boards(change.group), {"name": change.after.name})
        except ServerError as error:
            if error.status in _NO_SEVERAL_BOARDS:
                raise ServerError(
                    f"GitLab does not let this token create another board in {change.group!r} ({error.status})",
                    "several boards in a group need GitLab Premium or Ultimate, and the token's user the Planner role",
                    status=error.status,
                ) from error
            raise
        return self.bring(change, self._board(change.group, row))

    def bring(self, change: CreateBoard | RepairBoard, board: Board) -> Delivered:
        """Bring a board that exists to the state after."""
        work = _Work(self._connection, f"{_boards(change.group)}/{board.id}", board, change.after)
        work.carry_out()
        return Delivered(tuple(work.lost), tuple(work.unknown), created=Created(board.id, board.name, board.web_url))

    def _board(self, group: str, row: dict[str, Any]) -> Board:
        return payloads.board(row, f"{self._connection.url}/groups/{group}")


@dataclass
class _Work:
    """What is to be done to one board: each step compares its answer with what was meant."""

    connection: GitLabConnection
    path: str
    board: Board
    goal: BoardState
    lost: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def carry_out(self) -> None:
        """Do the steps in order; the first that fails ends it, and the next run goes on from there."""
        try:
            self._scope()
            lists = list(self.board.lists)
            lists += [self._add(column) for column in self.goal.lists if column not in map(_column, lists)]
            self._order(lists)
        except UnknownOutcomeError as error:
            self.unknown.append(error.sentence)
        except ServerError as error:
            self.lost.append(error.sentence)

    def _scope(self) -> None:
        body: dict[str, Any] = {}
        milestone = self.goal.milestone
        if milestone and milestone.id != self.board.milestone_id:
            body["milestone_id"] = milestone.id
        if frozenset(self.goal.labels) != self.board.labels:
            body["labels"] = ",".join(self.goal.labels)
        if not body:
            return
        answer = payloads.board(self.connection.put(self.path, body), "")
        if milestone and answer.milestone_id != milestone.id:
            self.lost.append(f"its milestone was not set to {milestone.name}")
        self.lost += [f"its scope lacks the label {name}" for name in self.goal.labels if name not in answer.labels]

    def _add(self, column: BoardColumn) -> BoardList:
        assert column.label
        added = payloads.board_list(self.connection.post(f"{self.path}/lists", {"label_id": column.label.id}))
        if _column(added) != column:
            self.lost.append(f"the list {column.label.name} was not added")
        return added

    def _order(self, lists: list[BoardList]) -> None:
        """Move what is not in its place, from left to right; GitLab moves the others along."""
        places = sorted(column.position for column in lists)
        moved = False
        for index, wanted in enumerate(self.goal.lists[: len(lists)]):
            here = next((at for at, column in enumerate(lists) if _column(column) == wanted), index)
            if here != index:
                lists.insert(index, lists.pop(here))
                self.connection.put(f"{self.path}/lists/{lists[index].id}", {"position": places[index]})
                moved = True
        if moved:
            answer = board_state(payloads.board(self.connection.get(self.path), ""))
            if answer.lists != self.goal.lists:
                self.lost.append("its lists are not in the order that was asked for")


def _column(column: BoardList) -> BoardColumn:
    label = column.label
    return BoardColumn(label=Named(id=label.id, name=label.name) if label else None, list_id=column.id)


def _boards(group: str) -> str:
    return f"/groups/{EncodedId(group)}/boards"
