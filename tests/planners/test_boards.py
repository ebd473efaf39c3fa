from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.change import BoardColumn, BoardState, CreateBoard, Named, RepairBoard
from planning_bot.domain.issue import Board, BoardList, Label
from planning_bot.domain.results import BoardResult, BoardsResult
from planning_bot.errors import ServerError, UsageError
from planning_bot.planners.boards import labels_of_boards, plan_boards
from tests.builders import GROUP, calendar, issue, label, milestone, number_of, snapshot, team, words

TEAM = team(
    boards={
        "planning": {"lists": ["bug", "maintenance", "feature"]},
        "build": None,
        "next_1_3": None,
        "next_4_6": None,
    }
)
NAME = "Search: Planning 18.10"
LISTS = ("bug", "maintenance", "feature")
LABELS = {name: label(name) for name in (*labels_of_boards(TEAM), "Planning Issue")}


def named(name: str) -> Named:
    return Named(id=number_of(name), name=name)


def column(name: str, number: int = 0) -> BoardList:
    return BoardList(id=number or number_of(name) + 1, label=Label(number_of(name), name), position=0)


def board(*lists: BoardList, number: int = 31, name: str = NAME, **scope: object) -> Board:
    placed = tuple(replace(one, position=place) for place, one in enumerate(lists))
    whole = Board(
        id=number,
        name=name,
        web_url=f"https://gitlab.test/groups/{GROUP}/-/boards/{number}",
        milestone_id=number_of("18.10"),
        milestone="18.10",
        labels=frozenset({"group::search"}),
        lists=placed,
    )
    return replace(whole, **scope)


def as_configured() -> Board:
    return board(*map(column, LISTS))


def seen(*boards: Board, **parts: object) -> object:
    return snapshot(boards=boards, labels=LABELS, **parts)


def repaired(found: Board) -> BoardState:
    _, plan = plan_boards(seen(found), TEAM, words())
    (change,) = plan.changes
    assert isinstance(change, RepairBoard)
    return change.after


def test_a_board_that_is_not_there_is_created_with_its_scope_and_its_lists_in_order() -> None:
    result, plan = plan_boards(seen(), TEAM, words())

    assert result == BoardsResult((BoardResult("planning", NAME, None, None, created=False),))
    assert plan.changes == (
        CreateBoard(
            target=f"{GROUP}: {NAME}",
            because="boards.planning: there is no board of that name",
            gives="board:planning",
            group=GROUP,
            after=BoardState(
                name=NAME,
                milestone=named("18.10"),
                labels=("group::search",),
                lists=tuple(BoardColumn(label=named(name)) for name in LISTS),
            ),
        ),
    )


def test_a_board_as_configured_is_left_as_it_is() -> None:
    result, plan = plan_boards(seen(as_configured()), TEAM, words())

    url = f"https://gitlab.test/groups/{GROUP}/-/boards/31"
    assert result == BoardsResult((BoardResult("planning", NAME, 31, url, created=False),))
    assert (plan.changes, plan.skipped, plan.notices) == ((), (), ())


def test_a_missing_list_comes_where_it_belongs_among_the_configured_ones() -> None:
    after = repaired(board(column("bug"), column("feature")))

    assert [one.label.name for one in after.lists if one.label] == list(LISTS)


def test_a_configured_list_moves_before_those_that_come_after_it_and_no_other_list_moves() -> None:
    after = repaired(board(column("feature"), column("mine"), column("bug"), column("maintenance")))

    assert [one.label.name for one in after.lists if one.label] == ["bug", "maintenance", "feature", "mine"]


def test_a_list_of_another_kind_that_a_person_made_stays() -> None:
    by_assignee = BoardList(id=77, label=None, position=1)

    after = repaired(board(column("maintenance"), by_assignee, column("bug")))

    assert [one.label.name if one.label else one.list_id for one in after.lists] == [
        "bug",
        "maintenance",
        77,
        "feature",
    ]


def test_the_scope_is_repaired_and_the_reason_says_what_was_wrong() -> None:
    found = board(*map(column, LISTS), labels=frozenset({"other"}), milestone_id=1, milestone="18.9")

    _, plan = plan_boards(seen(found), TEAM, words())

    (change,) = plan.changes
    assert isinstance(change, RepairBoard)
    assert change.because == "boards.planning: its milestone; the labels of its scope"
    assert (change.after.milestone, change.after.labels) == (named("18.10"), ("group::search",))


def test_of_boards_with_the_same_name_the_one_with_the_right_milestone_is_meant_and_that_is_said() -> None:
    older = board(*map(column, LISTS), number=5, milestone_id=None, milestone=None)

    result, plan = plan_boards(seen(older, as_configured()), TEAM, words())

    assert result.boards[0].id == 31
    assert plan.changes == ()
    assert plan.notices == (
        f"2 boards are called '{NAME}': https://gitlab.test/groups/{GROUP}/-/boards/31 is taken for it",
    )


def test_two_boards_that_would_have_one_name_are_a_mistake() -> None:
    twins = team(boards={"planning": {"name": "Twin"}, "build": {"name": "Twin"}, "next_1_3": None, "next_4_6": None})
    every = {name: label(name) for name in labels_of_boards(twins)}

    with pytest.raises(UsageError, match="two boards of team 'search' would be called 'Twin'"):
        plan_boards(snapshot(labels=every), twins, words())


def test_a_label_that_does_not_exist_is_named_before_anything_is_planned() -> None:
    without = {name: found for name, found in LABELS.items() if name != "maintenance"}

    with pytest.raises(ServerError, match="boards: 'maintenance' does not exist in group 'acme/search' or above it"):
        plan_boards(snapshot(labels=without), TEAM, words())


def test_a_milestone_that_does_not_exist_is_named_with_its_key() -> None:
    next_ones = team(boards={"planning": None, "build": None, "next_4_6": None})
    every = {name: label(name) for name in labels_of_boards(next_ones)}

    with pytest.raises(ServerError, match=r"boards\.next_1_3\.milestone: there is no milestone 'Next 1-3 releases'"):
        plan_boards(snapshot(labels=every, calendar=calendar(milestone())), next_ones, words())


def test_the_order_in_which_boards_are_listed_changes_nothing() -> None:
    twin = board(number=40)

    one, other = (
        plan_boards(seen(*both), TEAM, words()) for both in ((as_configured(), twin), (twin, as_configured()))
    )

    assert one == other


@given(st.permutations([*LISTS, "mine", "theirs"]), st.integers(0, 5))
def test_from_any_order_and_any_gaps_one_repair_is_enough_and_takes_no_list_away(order: list[str], kept: int) -> None:
    found = board(*map(column, order[:kept]))
    _, plan = plan_boards(seen(found), TEAM, words())
    if not plan.changes:
        return
    after = repaired(found)
    again = board(*(column(one.label.name) for one in after.lists if one.label))

    assert plan_boards(seen(again), TEAM, words())[1].changes == ()
    assert set(order[:kept]) | set(LISTS) == {one.label.name for one in after.lists if one.label}
    persons = [name for name in order[:kept] if name not in LISTS]
    assert [one.label.name for one in after.lists if one.label and one.label.name not in LISTS] == persons


def test_without_a_planning_issue_nothing_is_linked() -> None:
    assert issue().reference not in {change.target for change in plan_boards(seen(), TEAM, words())[1].changes}
