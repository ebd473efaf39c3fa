"""What of a tab is the program's, what a person's, and that the one is written without touching the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.table import Grid, Rewrite, cell_name, rewrite, sheet_target, standing, tidy

if TYPE_CHECKING:
    from planning_bot.domain.table import Cell, Rows

HEADER = ("username", "name", "capacity_weight")
ANA, KENJI, RITA = ("ana", "Ana", 10), ("kenji", "Kenji", 4.5), ("rita", "Rita", 8)
TABLE: Rows = (HEADER, ANA, KENJI)
GAP = ("", "", "")


def written(grid: Grid | None, plan: Rewrite) -> Grid:
    """Put a table into a tab as the door does: the rectangle of the old and the new rows, and nothing else."""
    old = grid.rows if grid else ()
    width, height = len(plan.after[0]), max(len(plan.after), len(plan.before or ()))
    new = (*plan.after, *(("",) * width for _ in range(height - len(plan.after))))
    beside = [old[row][width:] if row < len(old) else () for row in range(height)]
    rows = (*((*row, *rest) for row, rest in zip(new, beside, strict=True)), *old[height:])
    return Grid(rows, grid.formulas if grid else frozenset())


def test_a_tab_that_does_not_exist_has_no_table() -> None:
    assert rewrite(None, TABLE) == Rewrite(None, TABLE)


def test_an_empty_tab_has_an_empty_table() -> None:
    assert rewrite(Grid(), TABLE) == Rewrite((), TABLE)


def test_a_table_that_stands_as_it_is_wanted_is_left() -> None:
    assert rewrite(Grid(TABLE), TABLE) == Rewrite(TABLE, TABLE)


def test_rows_keep_their_place_and_new_ones_come_below() -> None:
    plan = rewrite(Grid(TABLE), (HEADER, RITA, KENJI, ANA))
    assert plan.after == (HEADER, ANA, KENJI, RITA)


def test_a_row_that_is_gone_leaves_a_gap_and_at_the_end_none() -> None:
    assert rewrite(Grid(TABLE), (HEADER, KENJI)).after == (HEADER, GAP, KENJI)
    assert rewrite(Grid(TABLE), (HEADER, ANA)) == Rewrite(TABLE, (HEADER, ANA))


def test_a_table_with_a_gap_is_known_again() -> None:
    rows = (HEADER, GAP, KENJI, RITA)
    assert rewrite(Grid(rows), (HEADER, KENJI, RITA)) == Rewrite(rows, rows)


def test_whoever_is_gone_is_known_by_a_row_of_the_same_form() -> None:
    gone = ("old.hand", "Old", 3)
    assert rewrite(Grid((*TABLE, gone)), TABLE) == Rewrite((*TABLE, gone), TABLE)


@pytest.mark.parametrize(
    "row",
    [
        ("Total", "", 14.5),
        ("In all:", "everybody", 14.5),
        ("old", "Old", "on leave"),
        ("old", "Old", True),
        ("old", 7, 7),
        (7, "Old", 7),
        ("ana", "Ana again", 7),
        ("", "a note", ""),
    ],
)
def test_a_row_of_another_form_is_a_persons(row: tuple[Cell, ...]) -> None:
    grid = Grid((*TABLE, row))
    assert rewrite(grid, TABLE) == Rewrite(TABLE, TABLE)
    assert rewrite(grid, (*TABLE, RITA)).foreign[0] in {"A4", "B4"}


def test_a_formula_is_a_persons() -> None:
    gone = ("old.hand", "Old", 3)
    grid = Grid((*TABLE, gone), frozenset({(4, 3)}))
    assert rewrite(grid, TABLE) == Rewrite(TABLE, TABLE)
    assert rewrite(grid, (*TABLE, RITA)).foreign == ("A4", "B4", "C4")


def test_a_cell_that_a_person_emptied_in_a_wanted_row_is_filled_again() -> None:
    holed = (HEADER, ("ana", "", ""), KENJI)
    assert rewrite(Grid(holed), TABLE) == Rewrite(holed, TABLE)


def test_another_header_makes_it_a_persons_tab() -> None:
    grid = Grid((("username", "from", "to"), ("ana", "x", "y")))
    assert rewrite(grid, TABLE) == Rewrite((), TABLE, ("A1", "B1", "C1", "A2", "B2", "C2"))


def test_cells_beside_the_table_are_in_nobodys_way() -> None:
    beside = (*((*row, "note", 1) for row in TABLE), ("", "", "", "more"))
    assert rewrite(Grid(beside), (*TABLE, RITA)) == Rewrite(TABLE, (*TABLE, RITA))


def test_rows_are_brought_to_one_width_and_numbers_to_what_a_sheet_keeps() -> None:
    assert tidy((("a", "b"), ("x",), ("y\r\nz", 0.1 + 0.2))) == (("a", "b"), ("x", ""), ("y\nz", 0.3))


@pytest.mark.parametrize("rows", [(("a",), ("b", "c")), (("a",), (float("nan"),)), (("a",), (float("inf"),))])
def test_what_no_sheet_can_hold_is_an_error(rows: Rows) -> None:
    with pytest.raises(ValueError, match=r"longer|finite"):
        tidy(rows)


def test_names() -> None:
    assert [cell_name(*place) for place in ((1, 1), (5, 4), (2, 26), (3, 27), (4, 703))] == [
        "A1", "D5", "Z2", "AA3", "AAA4",
    ]  # fmt: skip
    assert sheet_target("18Lh", "Capacity 18.10") == "sheet 18Lh, tab Capacity 18.10"


USERNAMES = st.lists(st.sampled_from(["ana", "kenji", "rita", "bo", "old.hand"]), min_size=1, unique=True)
WEIGHTS = st.floats(0, 100, allow_nan=False) | st.integers(0, 20)
ANYTHING = st.sampled_from(["", "", "", "ana", "Total", "username", 7, 0.5, True, "=1+1"])


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    return (HEADER, *((name, name.title(), draw(WEIGHTS)) for name in draw(USERNAMES)))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Give a tab in which the program wrote, perhaps, and people wrote, perhaps."""
    rows = [list(row) for row in draw(st.just(()) | tables())]
    rows += [[] for _ in range(draw(st.integers(0, 3)))]
    for row in rows:
        row.extend(draw(st.lists(ANYTHING, max_size=5)))
    return Grid(tuple(tuple(row) for row in rows))


@given(grids(), tables())
def test_what_was_written_is_what_stands_and_needs_no_second_time(grid: Grid, wanted: Rows) -> None:
    plan = rewrite(grid, wanted)
    if plan.foreign:
        return
    after = written(grid, plan)
    assert rewrite(after, wanted) == Rewrite(plan.after, plan.after)
    assert standing(after, plan.after).rows == plan.after


@given(grids(), tables())
def test_nothing_outside_the_rows_that_were_known_and_those_that_were_empty_changes(grid: Grid, wanted: Rows) -> None:
    plan = rewrite(grid, wanted)
    if plan.foreign:
        return
    width, known = len(HEADER), len(plan.before or ())
    after = written(grid, plan)
    for number, row in enumerate(grid.rows):
        assert after.rows[number][width:] == row[width:]
        if number >= known:
            assert all(cell in ("", there) for cell, there in zip(row, after.rows[number], strict=False))


@given(grids(), tables())
def test_every_wanted_row_stands_once(grid: Grid, wanted: Rows) -> None:
    rows = [row for row in rewrite(grid, wanted).after if row != GAP]
    assert sorted(rows, key=str) == sorted(tidy(wanted), key=str)
