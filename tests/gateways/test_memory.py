"""What a run remembers of what it wrote: later commands see it, though a list may lag behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planning_bot.domain.change import CreateBoard, CreateIssue, CreateLabel, EditIssue, IssueState, Named, WriteNote
from planning_bot.domain.delivered import Created, Delivered
from planning_bot.domain.issue import Issue, Note
from planning_bot.gateways.memory import Memory
from tests import builders
from tests.support import BOT, GROUP, PROJECT

ISSUES, GROUP_ISSUES = "/projects/acme%2Fsearch%2Fplanning/issues", "/groups/acme%2Fsearch/issues"
NOTES, EVENTS = f"{ISSUES}/12/notes", f"{ISSUES}/12/resource_label_events"
OPEN, CLOSED = (ISSUES, ("state", "opened")), (ISSUES, ("state", "closed"))
ALL, OF_ONE = (GROUP_ISSUES, ("labels", "group::search")), (GROUP_ISSUES, ("milestone", "18.10"))
OLD = builders.issue(12)
NEW = replace(OLD, title="Renamed", labels=frozenset({"Deliverable"}))
BEFORE = {OPEN: (OLD,), CLOSED: (), ALL: (OLD,), OF_ONE: (OLD,), (NOTES,): (), (EVENTS,): ("events",)}
FETCHED = object()


@pytest.fixture
def memory() -> Memory:
    memory = Memory()
    for key, answer in BEFORE.items():
        memory.learn(key, answer)
    return memory


def known(memory: Memory) -> dict[Any, Any]:
    """Give what is remembered, and what would be fetched."""
    return {key: memory.once(key, lambda: FETCHED) for key in BEFORE}


def edit(**parts: Any) -> EditIssue:
    return EditIssue(target=OLD.reference, because="", before=IssueState(), after=IssueState(**parts))


def create() -> CreateIssue:
    return CreateIssue.model_construct(target=PROJECT, because="", marker="")


def written(seen: Issue | Note | None = None) -> Delivered:
    return Delivered(created=Created(1, "", ""), seen=seen)


def test_an_edited_issue_is_known_as_it_is_now_and_its_events_are_read_again(memory: Memory) -> None:
    memory.hear(edit(labels=("Deliverable",)), written(NEW))

    assert known(memory) == {**BEFORE, OPEN: (NEW,), ALL: (NEW,), OF_ONE: (NEW,), (EVENTS,): FETCHED}


def test_lists_of_a_milestone_are_read_again_when_an_issue_was_moved(memory: Memory) -> None:
    memory.hear(edit(milestone=Named(id=4, name="18.11")), written(NEW))

    assert known(memory)[OF_ONE] is FETCHED
    assert known(memory)[ALL] == (NEW,)


def test_a_new_issue_stands_in_the_open_ones_of_its_project(memory: Memory) -> None:
    made = builders.issue(13)
    memory.hear(create(), written(made))

    assert known(memory) == {**BEFORE, OPEN: (OLD, made)}


def test_a_note_is_known_as_it_was_written_and_its_issue_has_one(memory: Memory) -> None:
    change = WriteNote(target=OLD.reference, because="", after="<!-- x -->")
    first, second = Note(5, "first", BOT), Note(5, "second", BOT)
    memory.hear(change, written(first))
    memory.hear(change, written(second))

    assert known(memory)[NOTES,] == (second,)
    assert known(memory)[OPEN][0].notes_count == 1


def test_what_became_of_a_write_is_looked_at_where_nobody_knows(memory: Memory) -> None:
    memory.hear(edit(), None)
    memory.hear(WriteNote(target=OLD.reference, because="", after=""), None)

    assert known(memory) == {**dict.fromkeys(BEFORE, FETCHED), (EVENTS,): ("events",)}


def test_a_board_that_was_written_is_read_by_itself_once(memory: Memory) -> None:
    change = CreateBoard.model_construct(target="", because="", group=GROUP)
    memory.hear(change, Delivered(created=Created(31, "", "")))

    assert (memory.boards_written(GROUP), memory.boards_written(GROUP), memory.boards_written("acme")) == ([31], [], [])


def test_labels_are_read_again_after_one_was_made(memory: Memory) -> None:
    key = ("/groups/acme%2Fsearch/labels", "first page")
    memory.learn(key, "old")
    memory.hear(CreateLabel(target="", because="", group=GROUP, after="missed:18.9"), written())

    assert memory.once(key, lambda: "new") == "new"


def test_what_is_being_read_while_something_is_written_is_left_alone() -> None:
    memory = Memory()

    def read_while_written() -> tuple[Issue, ...]:
        memory.hear(edit(), written(NEW))
        return (OLD,)

    assert memory.once(OPEN, read_while_written) == (OLD,)
