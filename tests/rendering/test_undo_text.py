from __future__ import annotations

from planning_bot.domain.undo import NotTakenBack, TakenBack, UndoResult
from planning_bot.rendering.undo_text import undo_lines


def test_what_is_taken_back_comes_first_then_what_stays_by_its_reason() -> None:
    result = UndoResult(
        "close",
        (TakenBack("a/b#1", "off: missed:18.9; back to 18.9"), TakenBack("a/b#12", "back to 18.9")),
        (NotTakenBack("a/b#3", "it stays"), NotTakenBack("acme: x", "by hand"), NotTakenBack("a/b#4", "it stays")),
    )

    assert undo_lines(result) == [
        "taken back of `close`:",
        "  a/b#1   off: missed:18.9; back to 18.9",
        "  a/b#12  back to 18.9",
        "left as it is of `close`:",
        "  it stays",
        "    a/b#3, a/b#4",
        "  by hand",
        "    acme: x",
    ]


def test_a_run_that_did_nothing_is_told_as_that() -> None:
    assert undo_lines(UndoResult("boards", (), ())) == ["`boards` did nothing that could be taken back"]
