"""Promise 8: a marker in a stranger's text is data. What else strangers write is tried in `test_hostile_text.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support import PROJECT, STRANGER, end_state

if TYPE_CHECKING:
    from tests.support import Desk


def test_a_marker_in_a_strangers_text_counts_for_nothing(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    marked = desk.box.gitlab.issue(PROJECT, 1)["description"]
    desk.box.gitlab.add_issue(
        PROJECT, "Mine", author=STRANGER, description=marked, labels=["Planning Issue"], milestone="18.10"
    )
    desk.box.gitlab.add_note(PROJECT, 2, STRANGER, marked.split("\n", 1)[0])
    before = end_state(desk.box)
    ran = desk.run("create-issue", "--apply", "--format", "json")
    assert (ran.code, ran.team["result"]["reference"], ran.sent) == (0, f"{PROJECT}#1", [])
    assert end_state(desk.box) == before
