from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.config import Limits
from planning_bot.delivery import Delivery, check_fresh, check_limits, deliver
from planning_bot.domain.change import (
    BoardState,
    CreateBoard,
    EditIssue,
    IssueState,
    WriteNote,
    WriteTable,
    known_after_apply,
)
from planning_bot.domain.delivered import Created, Delivered, Present
from planning_bot.domain.plan import Outcome, Plan, Remark
from planning_bot.errors import RefusedError, ServerError, UnknownOutcomeError
from tests.builders import Unrecorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.domain.change import Change


@dataclass
class FakeDoor:
    """A tracker in memory: what is there by target, what becomes of a write, and what was sent."""

    there: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Delivered | Exception] = field(default_factory=dict)
    sent: list[Change] = field(default_factory=list)

    def look(self, change: Change) -> Present:
        """Give what is there; where the test says nothing, what the change expects."""
        found = self.there.get(change.target, change.before)
        if isinstance(found, Exception):
            raise found
        return Present(found, seen=f"seen {change.target}")

    def send(self, change: Change, present: Present) -> Delivered:
        """Note that it was sent, and answer as the test says."""
        assert present.seen == f"seen {change.target}"
        self.sent.append(change)
        answer = self.answers.get(change.target, Delivered())
        if isinstance(answer, Exception):
            raise answer
        return answer


def edit(target: str = "a#1", text: str = "new", **parts: Any) -> EditIssue:
    before, after = IssueState(sections={"links": "old"}), IssueState(sections={"links": text})
    return EditIssue(**{"target": target, "because": "a test", "before": before, "after": after, **parts})


def board(target: str = "acme: Build", **parts: Any) -> CreateBoard:
    after = BoardState(name="Build", milestone=None, labels=(), lists=())
    whole = {"target": target, "because": "a test", "gives": "board:build", "group": "acme", "after": after}
    return CreateBoard(**{**whole, **parts})


def note(target: str = "a#1", **parts: Any) -> WriteNote:
    return WriteNote(**{"target": target, "because": "a test", "after": "<!-- marker -->", **parts})


def one_by_one(*calls: Callable[[], Any]) -> list[Any]:
    return [call() for call in calls]


def delivered(door: FakeDoor, *changes: Change) -> Delivery:
    return deliver(Plan(changes=changes), door, one_by_one, lambda _: None, Unrecorded())


def outcome(door: FakeDoor, *changes: Change) -> Outcome:
    return delivered(door, *changes).outcome


def remarks(because: str, target: str = "a#1") -> tuple[Remark, ...]:
    return (Remark(target=target, because=because),)


BUILD = Created(31, "Build", "https://gitlab.test/boards/31")


# Limits


def test_a_plan_at_its_limits_is_carried_out() -> None:
    plan = Plan(changes=(edit(), note(), board()))

    check_limits(plan, Limits(max_changes=3, max_creates=2))


@pytest.mark.parametrize(
    ("limits", "numbers"),
    [
        (Limits(max_changes=2), "the plan has 3 changes, and limits.max_changes is 2"),
        (Limits(max_creates=1), "the plan has 2 new objects, and limits.max_creates is 1"),
        (Limits(max_changes=0, max_creates=0), "the plan has 3 changes, and limits.max_changes is 0"),
    ],
)
def test_a_plan_one_over_a_limit_is_refused_with_the_numbers_and_the_way_on(limits: Limits, numbers: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_limits(Plan(changes=(edit(), note(), board())), limits)

    assert caught.value.message == f"{numbers}; nothing was written"
    assert "--force" in caught.value.hint


def test_null_lifts_a_limit() -> None:
    check_limits(Plan(changes=(note(),) * 500), Limits(max_changes=None, max_creates=None))


def test_a_note_that_is_rewritten_is_no_new_object() -> None:
    check_limits(Plan(changes=(note(before="<!-- old -->"),)), Limits(max_creates=0))


def test_an_empty_plan_is_within_any_limit() -> None:
    check_limits(Plan(), Limits(max_changes=0, max_creates=0))


def test_a_surprise_is_refused_whatever_its_size() -> None:
    with pytest.raises(RefusedError) as caught:
        check_limits(Plan(surprises=("7 of 8 members are gone", "no time off")), Limits())

    assert caught.value.message == "7 of 8 members are gone; no time off; nothing was written"


# Fresh or stale


def test_a_plan_that_still_fits_what_is_there_is_fresh() -> None:
    check_fresh(Plan(changes=(edit(), note("a#2"))), FakeDoor(), one_by_one)


def test_a_stale_plan_is_refused_naming_all_that_changed_each_once() -> None:
    door = FakeDoor(there={"a#1": IssueState(sections={"links": "theirs"}), "a#2": "b#7"})

    with pytest.raises(RefusedError) as caught:
        check_fresh(Plan(changes=(edit(), edit(), edit("a#3"), note("a#2"))), door, one_by_one)

    assert (caught.value.message, caught.value.hint) == (
        "the plan is stale, a#1, a#2 changed since it was made; nothing was written",
        "plan again, and review the new plan",
    )
    assert door.sent == []


def test_what_is_done_already_makes_a_plan_stale() -> None:
    with pytest.raises(RefusedError):
        check_fresh(Plan(changes=(edit(),)), FakeDoor(there={"a#1": edit().after}), one_by_one)


def test_what_cannot_be_read_is_neither_fresh_nor_stale() -> None:
    with pytest.raises(ServerError):
        check_fresh(Plan(changes=(edit(),)), FakeDoor(there={"a#1": ServerError("404")}), one_by_one)


# What becomes of a change


def test_changes_that_rest_on_what_was_seen_are_sent() -> None:
    door = FakeDoor()

    assert outcome(door, edit("a#1"), edit("a#2")) == Outcome(applied=2)
    assert door.sent == [edit("a#1"), edit("a#2")]


def test_a_person_who_was_faster_keeps_what_they_wrote() -> None:
    door = FakeDoor(there={"a#1": IssueState(sections={"links": "theirs"})})

    assert outcome(door, edit()) == Outcome(skipped=remarks("somebody changed it meanwhile: theirs stays"))
    assert door.sent == []


def test_a_section_that_a_person_took_out_stays_out() -> None:
    door = FakeDoor(there={"a#1": IssueState(sections={"links": None})})

    assert outcome(door, edit()) == Outcome(skipped=remarks("somebody changed it meanwhile: theirs stays"))


def test_what_is_done_already_is_not_done_again() -> None:
    door = FakeDoor(there={"a#1": edit().after})

    assert outcome(door, edit()) == Outcome(skipped=remarks("it is so already"))
    assert door.sent == []


def test_what_exists_already_is_not_created_again() -> None:
    door = FakeDoor(there={"acme: Build": "https://gitlab.test/boards/7"})

    assert outcome(door, board()) == Outcome(skipped=remarks("it exists already", "acme: Build"))
    assert door.sent == []


def test_what_could_not_be_read_beforehand_is_written_only_where_nothing_stands() -> None:
    rows = (("username",), ("ana",))
    table = WriteTable(
        target="tab", because="a test", sheet="key", tab="A", before=None, after=rows, unread="Google answered 500"
    )
    failed = Remark(
        target="tab", because="Google answered 500, and it holds something else than was planned for: run it again"
    )
    assert outcome(FakeDoor({"tab": (("username",), ("kenji",))}), table) == Outcome(failed=(failed,))
    assert outcome(FakeDoor({"tab": rows}), table).failed == ()
    assert outcome(FakeDoor(), table) == Outcome(applied=1)


def test_a_refused_change_fails_and_the_others_go_out() -> None:
    door = FakeDoor(answers={"a#1": ServerError("403 Forbidden", "ask for a role"), "a#2": ServerError("400")})

    assert outcome(door, edit("a#1"), edit("a#2"), edit("a#3")) == Outcome(
        applied=1, failed=(*remarks("403 Forbidden: ask for a role"), *remarks("400", "a#2"))
    )


def test_a_change_whose_answer_was_lost_is_neither_failed_nor_applied_nor_sent_again() -> None:
    door = FakeDoor(answers={"a#1": UnknownOutcomeError("the answer was lost", "look at it")})

    assert outcome(door, edit()) == Outcome(unknown=remarks("the answer was lost: look at it"))
    assert len(door.sent) == 1


def test_what_cannot_be_looked_at_is_not_sent() -> None:
    door = FakeDoor(there={"a#1": ServerError("502")})

    assert outcome(door, edit()) == Outcome(failed=remarks("502"))
    assert door.sent == []


def test_what_the_answer_lacks_is_a_failure_of_an_applied_change() -> None:
    lacking = Delivered(
        missing=("label a was not set", "milestone 18.10 was not taken over"), remarks=("one assignee",)
    )
    door = FakeDoor(answers={"a#1": lacking})

    assert outcome(door, edit()) == Outcome(
        applied=1,
        failed=(
            *remarks("it was written, but label a was not set"),
            *remarks("it was written, but milestone 18.10 was not taken over"),
        ),
        skipped=remarks("one assignee"),
    )


def test_what_nobody_knows_of_an_applied_change_is_unknown() -> None:
    door = FakeDoor(answers={"a#1": Delivered(unknown=("list a",))})

    assert outcome(door, edit()) == Outcome(applied=1, unknown=remarks("it was written in part: list a"))


def test_an_empty_plan_comes_to_nothing() -> None:
    assert delivered(FakeDoor()) == Delivery(Outcome())


def test_each_change_is_announced_before_it_goes_out() -> None:
    heard: list[tuple[str, int]] = []
    door = FakeDoor()

    plan = Plan(changes=(edit("a#1"), note("a#1")))
    deliver(plan, door, one_by_one, lambda c: heard.append((c.kind, len(door.sent))), Unrecorded())

    assert heard == [("edit_issue", 0), ("write_note", 1)]


# Changes that need one another

LINK = edit(text=f"[Build]({known_after_apply('board:build')})", needs=("board:build",))


def test_the_address_of_what_was_created_is_put_where_it_is_needed() -> None:
    door = FakeDoor(answers={"acme: Build": Delivered(created=BUILD)})

    found = delivered(door, LINK, board())

    assert found == Delivery(Outcome(applied=2), {"board:build": BUILD})
    assert door.sent == [board(), edit(text=f"[Build]({BUILD.web_url})", needs=("board:build",))]


@pytest.mark.parametrize(
    "answer",
    [ServerError("403"), UnknownOutcomeError("lost"), Delivered()],
    ids=["refused", "unknown", "nowhere to be found"],
)
def test_what_needs_something_that_did_not_come_about_waits_for_the_next_run(answer: Delivered | Exception) -> None:
    door = FakeDoor(answers={"acme: Build": answer})

    found = outcome(door, board(), LINK)

    assert found.skipped == remarks("it needs board:build, which is not there: run it again")
    assert door.sent == [board()]


def test_what_needs_something_that_existed_already_waits_for_the_next_run() -> None:
    door = FakeDoor(there={"acme: Build": "https://gitlab.test/boards/7"})

    assert outcome(door, board(), LINK) == Outcome(
        skipped=(
            *remarks("it exists already", "acme: Build"),
            *remarks("it needs board:build, which is not there: run it again"),
        )
    )


def test_changes_that_need_each_other_come_to_an_end() -> None:
    one, other = edit("a#1", gives="one", needs=("other",)), edit("a#2", gives="other", needs=("one",))

    assert outcome(FakeDoor(), one, other).applied == 0


def test_the_changes_of_one_target_keep_their_order_also_while_the_first_waits() -> None:
    door = FakeDoor(answers={"acme: Build": Delivered(created=BUILD)})

    delivered(door, LINK, note("a#1"), board(), edit("a#2"))

    assert [(change.kind, change.target) for change in door.sent] == [
        ("create_board", "acme: Build"),
        ("edit_issue", "a#2"),
        ("edit_issue", "a#1"),
        ("write_note", "a#1"),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a#1", "a#2", "a#3"]),
            st.sampled_from(["", "x", "y"]),
            st.lists(st.sampled_from(["x", "y"]), max_size=2),
            st.sampled_from([Delivered(), Delivered(created=BUILD), ServerError("403"), UnknownOutcomeError("lost")]),
        ),
        max_size=6,
    )
)
def test_every_change_has_one_fate_and_is_sent_at_most_once(rows: list[tuple[str, str, list[str], Any]]) -> None:
    changes = [
        edit(f"{target} {number}", gives=gives, needs=tuple(needs))
        for number, (target, gives, needs, _) in enumerate(rows)
    ]
    door = FakeDoor(answers={change.target: row[3] for change, row in zip(changes, rows, strict=True)})

    found = outcome(door, *changes)

    fates = [remark.target for remark in (*found.failed, *found.unknown, *found.skipped)]
    assert found.applied + len(fates) == len(changes)
    assert len(set(fates)) == len(fates)
    assert sorted(change.target for change in door.sent) == sorted({change.target for change in door.sent})
