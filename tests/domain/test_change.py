from __future__ import annotations

from planning_bot.domain.change import (
    BoardColumn,
    BoardState,
    EditIssue,
    IssueState,
    Named,
    WriteNote,
    board_handle,
    board_state,
    known_after_apply,
    resolved,
)
from planning_bot.domain.issue import Board, BoardList, Label
from tests.builders import PROJECT

URL = 'https://gitlab.test/a/-/issues/1?"q"=\\&ü'


def edit(**after: object) -> EditIssue:
    return EditIssue(target=f"{PROJECT}#12", because="a test", before=IssueState(), after=IssueState(**after))


def test_named_things_are_the_same_when_their_ids_are() -> None:
    assert Named(id=1, name="old name") == Named(id=1, name="new name")
    assert Named(id=1, name="one") != Named(id=2, name="one")
    assert len({Named(id=1, name="old name"), Named(id=1, name="new name")}) == 1


def test_only_the_fields_of_an_issue_that_are_set_are_in_its_json() -> None:
    assert IssueState().model_dump(mode="json") == {}
    assert IssueState(milestone=None).model_dump(mode="json") == {"milestone": None}
    assert IssueState(labels=("a",), sections={"links": None}).model_dump(mode="json") == {
        "labels": ["a"],
        "sections": {"links": None},
    }


def test_which_fields_are_set_survives_the_way_through_json() -> None:
    for state in (IssueState(), IssueState(milestone=None), IssueState(assignees=()), IssueState(sections={})):
        read = IssueState.model_validate_json(state.model_dump_json())

        assert (read, read.model_fields_set) == (state, state.model_fields_set)


def test_a_placeholder_becomes_the_address_of_what_was_created() -> None:
    text = f"[next]({known_after_apply('planning-issue')}), [board]({known_after_apply(board_handle('build'))})"

    change = resolved(
        edit(sections={"links": text}), {"planning-issue": URL, board_handle("build"): "https://gitlab.test/b"}
    )

    assert change == edit(sections={"links": f"[next]({URL}), [board](https://gitlab.test/b)"})


def test_a_placeholder_of_something_else_stays() -> None:
    change = edit(sections={"links": f"{known_after_apply('board:build-2')} {known_after_apply('x')}"})

    assert resolved(change, {board_handle("build"): URL, "board": URL}) == change


def test_resolving_leaves_alone_which_fields_are_set() -> None:
    change = resolved(edit(milestone=None), {"planning-issue": URL})

    assert change.after.model_fields_set == {"milestone"}


def test_the_first_line_of_a_note_is_its_marker() -> None:
    assert WriteNote(target="a#1", because="", after="<!-- marker -->\n\ntext").marker == "<!-- marker -->"


def test_a_label_has_one_list_on_a_board_and_other_lists_are_told_apart_by_their_ids() -> None:
    bug = Named(id=1, name="type::bug")

    assert BoardColumn(label=bug, list_id=7) == BoardColumn(label=bug)
    assert hash(BoardColumn(label=bug, list_id=7)) == hash(BoardColumn(label=bug))
    assert BoardColumn(list_id=7) != BoardColumn(list_id=8)
    assert BoardColumn(label=bug) != BoardColumn(list_id=1)


def test_a_board_is_known_by_its_name_its_scope_and_its_lists() -> None:
    lists = (BoardList(5, Label(1, "type::bug"), 0), BoardList(6, None, 1))
    board = Board(31, "Build", "https://gitlab.test/b", 18, "18.10", frozenset({"b", "a"}), lists)

    assert board_state(board) == BoardState(
        name="Build",
        milestone=Named(id=18, name="18.10"),
        labels=("a", "b"),
        lists=(BoardColumn(label=Named(id=1, name="type::bug"), list_id=5), BoardColumn(list_id=6)),
    )


def test_a_board_without_a_milestone_is_of_any() -> None:
    assert board_state(Board(1, "All", "", None, None, frozenset(), ())).milestone is None
