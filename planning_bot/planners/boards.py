"""Decides how the team's boards come to be what the configuration says: created, or found by name and repaired.

Lists that a person added stay where they are, nothing is taken away, and no board is ever deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.domain.change import (
    BoardColumn,
    BoardState,
    CreateBoard,
    Named,
    RepairBoard,
    board_handle,
    board_state,
    known_after_apply,
)
from planning_bot.domain.plan import Plan, joined
from planning_bot.domain.results import BoardResult, BoardsResult
from planning_bot.errors import ServerError, UsageError
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.planning_sections import Address, board_names, edit_sections, links_section

if TYPE_CHECKING:
    from planning_bot.config import Board as BoardRules
    from planning_bot.config import Team
    from planning_bot.domain.issue import Board
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.words import Words


@dataclass(frozen=True)
class _Wanted:
    """A board as the configuration wants it, and the one that is there."""

    key: str
    state: BoardState
    found: Board | None
    namesakes: int

    @property
    def handle(self) -> str:
        return board_handle(self.key)


def labels_of_boards(team: Team) -> tuple[str, ...]:
    """Name every label that the boards are made of."""
    return tuple(dict.fromkeys(name for board in team.boards.values() for name in (*board.labels, *board.lists)))


def plan_boards(snapshot: Snapshot, team: Team, words: Words) -> tuple[BoardsResult, Plan]:
    """Plan the team's boards, and the links to them on the planning issue.

    Raises ServerError where a label or a milestone that a board needs does not exist, UsageError where two boards
    would have the same name.
    """
    wanted = _wanted(snapshot, team, words)
    plans = [_plan_board(board, team) for board in wanted]
    result = BoardsResult(tuple(_result(board) for board in wanted))
    return result, joined(*plans, _link(wanted, snapshot, team, words))


def _wanted(snapshot: Snapshot, team: Team, words: Words) -> list[_Wanted]:
    names = board_names(team, words, snapshot.milestone)
    twice = sorted({name for name in names.values() if list(names.values()).count(name) > 1})
    if twice:
        raise UsageError(f"two boards of team {team.key!r} would be called {twice[0]!r}", "give each a name of its own")
    _check_labels(snapshot, team)
    return [_want(key, names[key], rules, snapshot, words, team) for key, rules in team.boards.items()]


def _check_labels(snapshot: Snapshot, team: Team) -> None:
    missing = [name for name in labels_of_boards(team) if name not in snapshot.labels]
    if missing:
        raise ServerError(
            f"boards: {', '.join(map(repr, missing))} does not exist in group {team.gitlab.group!r} or above it",
            "create it there (planning-bot creates no labels), or change the configuration",
        )


def _want(key: str, name: str, rules: BoardRules, snapshot: Snapshot, words: Words, team: Team) -> _Wanted:
    named = [board for board in snapshot.boards if board.name == name]
    scope = _milestone(key, rules, snapshot, words, team)
    # Of several with the name the one with the right milestone is meant, then the oldest.
    named.sort(key=lambda board: (board.milestone_id != (scope and scope.id), board.id))
    columns = [BoardColumn(label=_label(snapshot, label)) for label in rules.lists]
    found = named[0] if named else None
    lists = _arranged(columns, list(board_state(found).lists)) if found else columns
    state = BoardState(name=name, milestone=scope, labels=tuple(sorted(rules.labels)), lists=tuple(lists))
    return _Wanted(key, state, found, len(named))


def _milestone(key: str, rules: BoardRules, snapshot: Snapshot, words: Words, team: Team) -> Named | None:
    if rules.milestone is None:
        return None
    facts = basic_facts(team, snapshot.milestone)
    title = words.line(rules.milestone, facts)
    if title == words.line(
        "{{ milestone.title }}", facts
    ):  # a line is without what cannot be seen, a title need not be
        return Named(id=snapshot.milestone.id, name=snapshot.milestone.title)
    found = snapshot.calendar.named(rules.milestone) or snapshot.calendar.named(title)
    if found is None:
        raise ServerError(
            f"boards.{key}.milestone: there is no milestone {title!r} in group {team.gitlab.group!r} or above it",
            f"create it, or take the board out of the configuration: boards: {{{key}: null}}",
        )
    return Named(id=found.id, name=found.title)


def _label(snapshot: Snapshot, name: str) -> Named:
    label = snapshot.labels[name]
    return Named(id=label.id, name=label.name)


def _arranged(wanted: list[BoardColumn], present: list[BoardColumn]) -> list[BoardColumn]:
    """Add what is missing at the end, then move each configured list before those that come after it.

    A person's lists are never moved themselves. Whoever is stopped in between and starts anew ends in the same order.
    """
    lists = present + [column for column in wanted if column not in present]
    for number, column in enumerate(wanted):
        here = lists.index(column)
        first_after = min((lists.index(later) for later in wanted[number + 1 :]), default=here)
        if first_after < here:
            lists.insert(first_after, lists.pop(here))
    return lists


def _plan_board(board: _Wanted, team: Team) -> Plan:
    if board.found is None:
        change = CreateBoard(
            target=f"{team.gitlab.group}: {board.state.name}",
            because=f"boards.{board.key}: there is no board of that name",
            gives=board.handle,
            group=team.gitlab.group,
            after=board.state,
        )
        return Plan(changes=(change,))
    shared = f"{board.namesakes} boards are called {board.state.name!r}: {board.found.web_url} is taken for it"
    notices = (shared,) if board.namesakes > 1 else ()
    before = board_state(board.found)
    after = board.state.model_copy(update={"milestone": board.state.milestone or before.milestone})
    if before == after:
        return Plan(notices=notices)
    repair = RepairBoard(
        target=f"{team.gitlab.group}: {board.state.name}",
        because=f"boards.{board.key}: {_differences(before, after)}",
        group=team.gitlab.group,
        board_id=board.found.id,
        before=before,
        after=after,
    )
    return Plan(changes=(repair,), notices=notices)


def _differences(before: BoardState, after: BoardState) -> str:
    """Say what of a board is not as it should be."""
    missing = [column.label.name for column in after.lists if column.label and column not in before.lists]
    found = [
        "its milestone" if before.milestone != after.milestone else "",
        "the labels of its scope" if before.labels != after.labels else "",
        f"it lacks {', '.join(missing)}" if missing else "",
        "the order of its lists" if not missing and before.lists != after.lists else "",
    ]
    return "; ".join(difference for difference in found if difference)


def _link(wanted: list[_Wanted], snapshot: Snapshot, team: Team, words: Words) -> Plan:
    """Have the planning issue, if there is one, link the boards."""
    issue = snapshot.planning.planning_issue(snapshot.milestone)
    if issue is None:
        return Plan()
    new = [board for board in wanted if board.found is None]
    coming = tuple(Address(board.state.name, known_after_apply(board.handle)) for board in new)
    text = links_section(snapshot, team, words, snapshot.milestone, coming=coming)
    needs = tuple(board.handle for board in new)
    return edit_sections(issue, {"links": text}, team.limits.skip_label, "its boards are to be a click away", needs)


def _result(board: _Wanted) -> BoardResult:
    found = board.found
    return BoardResult(
        key=board.key,
        name=board.state.name,
        id=found.id if found else None,
        web_url=found.web_url if found else None,
        created=False,
    )
