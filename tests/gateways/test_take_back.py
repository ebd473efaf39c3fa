"""What is sent to take something back, and what the answer shows of it."""

from __future__ import annotations

from typing import Any

import pytest

from planning_bot.domain.change import IssueState, Named, TakeBack
from planning_bot.domain.sections import wrap_section
from planning_bot.gateways.take_back import what_stayed, what_to_send
from tests.builders import issue, number_of, user

HERE, THERE = (Named(id=number_of(title), name=title) for title in ("18.10", "18.11"))
ANA, KENJI = (Named(id=number_of(name), name=name) for name in ("ana", "kenji"))
SKIP = {"absent": ("planning-bot::skip",), "state": "opened"}
PARTS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    "labels": (
        {"labels": ("a", "b")}, {"labels": ()}, {"remove_labels": "a,b"},
        {"labels": frozenset({"b", "c"})}, "label b is still there",
    ),
    "milestone": (
        {"milestone": THERE}, {"milestone": HERE}, {"milestone_id": HERE.id},
        {"milestone_id": THERE.id}, "the milestone was not taken over",
    ),
    "no milestone": (
        {"milestone": THERE}, {"milestone": None}, {"milestone_id": 0},
        {"milestone_id": THERE.id}, "the milestone was not taken over",
    ),
    "assignee": (
        {"assignees": (ANA,)}, {"assignees": ()}, {"assignee_ids": [0]},
        {"assignees": (user("ana"),)}, "assignee ana is still there",
    ),
    "one of several": (
        {"assignees": (ANA, KENJI)}, {"assignees": (KENJI,)}, {"assignee_ids": [KENJI.id]},
        {"assignees": (user("ana"), user("kenji"))}, "assignee ana is still there",
    ),
    "section": (
        {"sections": {"links": "new"}}, {"sections": {"links": "old"}},
        {"description": f"Ours.\n\n{wrap_section('links', 'old')}\n\nMore."},
        {"description": f"Ours.\n\n{wrap_section('links', 'new')}\n\nMore."},
        "the text of the sections was not taken over",
    ),
    "no section": (
        {"sections": {"links": "new"}}, {"sections": {"links": None}}, {"description": "Ours.\n\nMore."},
        {"description": f"Ours.\n\n{wrap_section('links', 'new')}\n\nMore."},
        "the text of the sections was not taken over",
    ),
}  # fmt: skip


def change(before: dict[str, Any], after: dict[str, Any]) -> TakeBack:
    return TakeBack(target="a#1", because="b", before=IssueState(**before, **SKIP), after=IssueState(**after, **SKIP))


@pytest.mark.parametrize(("before", "after", "body", "stays", "told"), PARTS.values(), ids=PARTS)
def test_what_goes_is_sent_and_nothing_else_and_what_stays_is_told(
    before: dict[str, Any], after: dict[str, Any], body: dict[str, Any], stays: dict[str, Any], told: str
) -> None:
    seen = issue(description=f"Ours.\n\n{wrap_section('links', 'new')}\n\nMore.", assignees=(user("ana"),))

    assert what_to_send(change(before, after), seen) == body
    assert what_stayed(change(before, after), issue(**stays)) == (told,)


def test_what_is_gone_is_told_of_by_nothing() -> None:
    both = change(
        {"labels": ("a",), "assignees": (ANA,), "milestone": THERE, "sections": {"links": "new"}},
        {"labels": (), "assignees": (), "milestone": HERE, "sections": {"links": None}},
    )

    assert what_stayed(both, issue(labels=frozenset({"c"}), assignees=(user("kenji"),), milestone_id=HERE.id)) == ()
