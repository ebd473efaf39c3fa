"""The promises where a run writes into two systems: faulty or disturbed, it heals, and no cell is lost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from google.auth import _exponential_backoff

from planning_bot.sandbox import Fault
from tests.commands.team_files import SHEET, TAB, key_file, settings, time_off, work
from tests.support import Desk, end_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import Ran

NOTES = {"A7": "Who asked for this?", "N2": "ask her", "B8": "=SUM(H2:H3)"}


def sheet_and_page(desk: Desk) -> Any:
    return end_state(desk.box), desk.box.sheets.dump()


def run(desk: Desk) -> Ran:
    return desk.run("capacity", "--apply")


@pytest.fixture
def again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give a way back to the start: a tab as it was written before, people's cells around it, and late time off."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file(desk)))
    # google-auth waits a few seconds of its own before it asks for a token again.
    monkeypatch.setattr(_exponential_backoff, "time", SimpleNamespace(sleep=desk.clock.sleep))
    capacity = {"sheet": {"key": SHEET, "tab": TAB}, "pto": [time_off(desk)]}
    settings(desk, capacity=capacity)
    desk.box.sheets.add(SHEET, {"PTO": []})
    work(desk, weight=2, assignees=["ana"])
    assert desk.run("create-issue", "--apply").code == 0
    assert run(desk).code == 0
    for cell, value in NOTES.items():
        desk.box.sheets.enter(SHEET, TAB, cell, value)
    rows = [[*row] for row in desk.box.sheets.rows(SHEET, TAB)]
    time_off(desk, "ana,2026-02-16,2026-02-17")
    start = desk.box._store._connection.serialize()  # noqa: SLF001 - a second's work

    def reset() -> None:
        desk.box._store._connection.deserialize(start)  # noqa: SLF001
        desk.box.sheets.add(SHEET, {"PTO": [], TAB: rows})
        desk.box.sheets.enter(SHEET, TAB, "B8", NOTES["B8"])
        desk.box.heal()

    return reset


def the_goal(desk: Desk, again: Callable[[], None]) -> Any:
    again()
    assert run(desk).code == 0
    return sheet_and_page(desk)


@pytest.mark.parametrize("path", ["/token$", "/values/", "values:batchUpdate$"])
@pytest.mark.parametrize("kind", ["429", "500", "503", "reset-before", "reset-after", "truncated", "html-200", "403"])
@pytest.mark.parametrize("times", [1, None], ids=["once", "for-ever"])
def test_a_fault_of_the_sheet_is_told_and_healed(
    desk: Desk, again: Callable[[], None], kind: str, path: str, times: int | None
) -> None:
    goal = the_goal(desk, again)
    again()
    fault = desk.box.fail(Fault(kind, path=path, times=times))
    ran = run(desk)
    assert fault.seen, "the fault was met"
    assert "Traceback" not in ran.err
    assert "mistake of the program" not in ran.err
    assert ran.code in ({0, 4} if sheet_and_page(desk) == goal else {4}), ran.err
    assert sheet_and_page(desk)[0] == goal[0], "GitLab's part is done"
    desk.box.heal()
    assert (run(desk).code, sheet_and_page(desk)) == (0, goal)


def test_a_persons_cells_survive_whenever_they_are_entered(desk: Desk, again: Callable[[], None]) -> None:
    again()
    requests = len(run(desk).requests)
    for at in range(1, requests + 1):
        again()

        def by_a_person() -> None:
            desk.box.sheets.enter(SHEET, TAB, "N3", "on call")
            desk.box.sheets.enter(SHEET, TAB, "A4", "Our notes")

        desk.box.fail(Fault(nth=at, before=by_a_person))
        assert run(desk).code == 0
        desk.box.heal()
        assert run(desk).code == 0
        rows = desk.box.sheets.rows(SHEET, TAB, "FORMULA")
        kept = (rows[1][13], rows[2][13], rows[3][0], rows[6][0], rows[7][1], rows[1][7])
        assert kept == (NOTES["N2"], "on call", "Our notes", NOTES["A7"], NOTES["B8"], 9), at
