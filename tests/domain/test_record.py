"""What is remembered of a milestone: who may have written it, what counts, what is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.change import WriteNote
from planning_bot.domain.issue import Note
from planning_bot.domain.plan import Plan
from planning_bot.domain.record import (
    EndedMilestone,
    MemberNumbers,
    PostedCapacity,
    Record,
    own_note,
    plan_record,
    read_records,
)
from tests.builders import BOT, PM, STRANGER, issue

MARKER = "<!-- planning-bot: record team=search milestone=5 -->"
POSTED = PostedCapacity(
    on=date(2026, 1, 31), members={"ana": MemberNumbers(available_days=18.5, capacity_weight=9.25)}, pto_days=1.5
)
RECORD = Record(capacity=POSTED, commitment=("a/b#1",))
TRUSTED = frozenset({BOT, PM})


def body(record: Record = RECORD) -> str:
    (change,) = plan_record(issue(), "search", 5, None, record, "why").changes
    assert isinstance(change, WriteNote)
    return change.after


def note(text: str, author: str = BOT, number: int = 1) -> Note:
    return Note(number, text, author)


def read(*notes: Note) -> Record:
    return read_records(notes, "search", 5, TRUSTED)


def test_a_record_is_a_note_whose_first_line_is_the_marker_and_whose_data_is_hidden() -> None:
    plan = plan_record(issue(), "search", 5, None, RECORD, "why")
    (change,) = plan.changes
    assert (change.target, change.because, change.before) == ("acme/search/planning#12", "why", None)
    lines = body().split("\n")
    assert lines[0] == MARKER
    assert lines[4].startswith('<!-- planning-bot:data {"capacity":{"on":"2026-01-31",')
    assert lines[4].endswith("} -->")
    assert len(lines) == 5


def test_what_is_written_is_read_again() -> None:
    assert read(note(body())) == RECORD
    assert read(note(body().replace("\n", "\r\n"))) == RECORD


def test_the_same_record_is_not_written_again_and_another_replaces_the_note() -> None:
    before = note(body())
    assert plan_record(issue(), "search", 5, before, RECORD, "why") == Plan()
    changed = RECORD.with_(commitment=("a/b#1", "a/b#2"))
    (change,) = plan_record(issue(), "search", 5, before, changed, "why").changes
    assert (change.before, change.after) == (before.body, body(changed))


def test_of_several_authors_what_was_written_last_counts_part_by_part() -> None:
    ended = EndedMilestone(counts={"handbook": (12, 9)}, weight=(24, 17))
    newer = Record(commitment=("a/b#9",), ended=ended)
    old, new = note(body(), PM, 3), note(body(newer), BOT.upper(), 8)
    assert read(new, old) == read(old, new) == Record(capacity=POSTED, commitment=("a/b#9",), ended=ended)


@pytest.mark.parametrize(
    "found",
    [
        note(body(), STRANGER),
        note(body().replace("team=search", "team=other")),
        note(body().replace("milestone=5", "milestone=6")),
        note("Hello\n" + body()),
        note(body().replace('"on"', '"at"')),
        note(body().replace("data {", "data {{")),
        note(MARKER),
        note(MARKER + "\n<!-- planning-bot:data " + "[" * 5000 + " -->"),
        note(MARKER + '\n<!-- planning-bot:data {"runs":' + '{"a":' * 3000 + " -->"),
    ],
    ids=lambda found: found.body[:20],
)
def test_a_strangers_note_another_teams_and_a_broken_one_count_as_none(found: Note) -> None:
    assert read(found) == Record()


def test_the_note_that_may_be_written_is_ones_own() -> None:
    mine, theirs = note(body(), BOT.upper(), 2), note(body(), PM, 1)
    assert own_note([theirs, mine], "search", 5, BOT) == mine
    assert own_note([theirs, note("words", BOT)], "search", 5, BOT) is None


references = st.text(max_size=30)
numbers = st.floats(0, 1e6, allow_nan=False).map(lambda number: round(number, 4))


@given(st.dictionaries(references, numbers, max_size=5), st.lists(references, max_size=5), numbers)
def test_no_text_ends_the_comment_and_any_record_survives(
    members: dict[str, float], commitment: list[str], days: float
) -> None:
    posted: dict[str, Any] = {
        name: MemberNumbers(available_days=number, capacity_weight=number) for name, number in members.items()
    }
    record = Record(
        capacity=PostedCapacity(on=date(2026, 1, 31), members=posted, pto_days=days), commitment=tuple(commitment)
    )
    text = body(record)
    assert text.count("-->") == 2
    assert read(note(text)) == record
