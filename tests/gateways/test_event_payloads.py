"""Where an issue was moved, and who changed its assignees, by GitLab's own notes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from planning_bot.gateways.event_payloads import assignments, label_event, last_move, milestone_event


def note(body: str, day: int = 1, *, system: bool = True) -> dict[str, Any]:
    return {"body": body, "system": system, "created_at": f"2026-02-{day:02}T10:00:00.000Z"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("moved to other/place#7", "other/place#7"),
        ("moved to frontend#7", "acme/search/frontend#7"),
        ("moved to #7", "acme/search/engine#7"),
    ],
)
def test_a_place_is_named_as_far_as_it_differs(body: str, expected: str) -> None:
    assert last_move([note(body)], "acme/search/engine") == (expected, datetime(2026, 2, 1, 10, tzinfo=UTC))


def test_of_several_moves_the_last_counts() -> None:
    found = last_move([note("moved to a/b#2", 5), note("moved to a/b#1", 3)], "acme/search/engine")
    assert found
    assert found[0] == "a/b#2"


def test_a_person_who_writes_that_it_moved_moves_nothing() -> None:
    assert last_move([note("moved to a/b#2", system=False), note("changed the description")], "x/y") is None


def test_events_of_what_was_deleted_and_of_whom_was_deleted_are_read() -> None:
    row = {"id": 1, "user": None, "created_at": "2026-02-01T10:00:00.000Z", "action": "add"}
    assert (label_event({**row, "label": None}).name, label_event({**row, "label": None}).by) == (None, "")
    assert milestone_event({**row, "milestone": None}).milestone_id is None


def test_who_changed_the_assignees_is_read_from_gitlabs_notes_alone() -> None:
    rows = [
        {**note("unassigned @ana", 3), "author": {"username": "tomas"}},
        {**note("assigned to @ana and unassigned @kenji", 2), "author": None},
        {**note("assigned to @ana", 4, system=False), "author": {"username": "mira"}},
        {**note("changed the description", 5), "author": {"username": "mira"}},
        note("", 6),
    ]

    assert assignments(rows) == (
        (datetime(2026, 2, 2, 10, tzinfo=UTC), ""),
        (datetime(2026, 2, 3, 10, tzinfo=UTC), "tomas"),
    )
