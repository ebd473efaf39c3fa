"""What became of a promise, history by history: each name says what happened.

The milestone is 18.10, from Saturday 2026-02-14 to Friday 2026-03-13; the commitment freezes at the end of 02-16.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from planning_bot.domain.issue import Label
from planning_bot.domain.ledger import IssueHistory, Ledger
from planning_bot.domain.say_do import Promise, Span
from planning_bot.metrics.plan_membership import PlanRules
from planning_bot.metrics.say_do import measure_promises
from tests.builders import dated, number_of, team
from tests.histories import instant, tale, with_deleted, with_renamed, without_early_events

if TYPE_CHECKING:
    from collections.abc import Collection

MADE = "01-20 +group::search @18.10 w2"
PROMISED = (MADE, "02-10 +Deliverable")
CLEANED = "03-14T03:00 @18.11 -Deliverable +missed:18.10 +missed-deliverable"


def promises(
    *histories: IssueHistory, zone: str = "UTC", now: str = "06-01", commitment: Collection[str] | None = None
) -> tuple[Promise, ...]:
    rules = team(timezone=zone, say_do={"cancelled_labels": ["wontfix"]})
    # Labels are numbered by their names here; that of the team's stands for any that is older than all of this.
    ledger = Ledger(histories, {"Deliverable": Label(number_of("Deliverable"), "Deliverable")})
    span = Span.of(dated(), rules.say_do.commit_day, rules.zone, instant(now), "missed:18.10")
    known = None if commitment is None else frozenset(commitment)
    return measure_promises(ledger, span, PlanRules.of(rules, ledger), known)


def became(*histories: IssueHistory, **given: str) -> str:
    """Say in two words what was promised, and what became of it."""
    found = promises(*histories, **given)
    return ", ".join(f"{'committed' if p.is_committed else 'late'} {p.outcome}" for p in found) or "not promised"


# The plain ones.


def test_promised_and_done() -> None:
    assert became(tale(*PROMISED, "03-05 close")) == "committed completed"


def test_promised_and_left_open() -> None:
    assert became(tale(*PROMISED)) == "committed slipped"


def test_promised_and_moved_on_by_a_person() -> None:
    assert became(tale(*PROMISED, "02-25 @18.11")) == "committed descoped"


def test_promised_and_its_label_taken_off() -> None:
    assert became(tale(*PROMISED, "02-25 -Deliverable")) == "committed descoped"


def test_promised_and_given_to_another_team() -> None:
    assert became(tale(*PROMISED, "02-25 -group::search +group::other")) == "committed descoped"


def test_promised_and_its_milestone_taken_off() -> None:
    assert became(tale(*PROMISED, "02-25 @-")) == "committed descoped"


def test_added_after_the_freeze_and_done() -> None:
    assert became(tale(MADE, "02-25 +Deliverable", "03-05 close")) == "late completed"


def test_added_after_the_freeze_and_left_open() -> None:
    assert became(tale(MADE, "02-25 +Deliverable")) == "late slipped"


def test_added_after_the_freeze_and_taken_out_again() -> None:
    assert became(tale(MADE, "02-25 +Deliverable", "02-27 -Deliverable")) == "late descoped"


def test_never_a_deliverable() -> None:
    assert became(tale(MADE, "03-05 close")) == "not promised"


def test_a_deliverable_of_another_milestone() -> None:
    assert became(tale("01-20 +group::search @18.9 +Deliverable", "03-05 close")) == "not promised"


def test_a_deliverable_of_another_team() -> None:
    assert became(tale("01-20 +group::other @18.10 +Deliverable", "03-05 close")) == "not promised"


def test_left_the_plan_before_the_freeze() -> None:
    assert became(tale(*PROMISED, "02-15 @18.11", "03-05 close")) == "not promised"


def test_left_the_plan_before_the_freeze_and_came_back_after_it() -> None:
    assert became(tale(*PROMISED, "02-15 @18.11", "02-20 @18.10")) == "late slipped"


def test_left_the_plan_before_the_freeze_and_came_back_before_it() -> None:
    assert became(tale(*PROMISED, "02-14 @18.11", "02-16 @18.10")) == "committed slipped"


def test_made_a_deliverable_after_the_cut_off() -> None:
    assert became(tale(MADE, "03-14 +Deliverable")) == "not promised"


def test_made_after_the_freeze_with_everything() -> None:
    assert became(tale("02-20 +group::search +Deliverable @18.10")) == "late slipped"


# Closed, and what became of that.


def test_closed_before_the_milestone_began() -> None:
    assert became(tale(*PROMISED, "02-12 close")) == "committed completed"


def test_closed_and_reopened_before_the_cut_off() -> None:
    assert became(tale(*PROMISED, "03-05 close", "03-09 reopen")) == "committed slipped"


def test_closed_reopened_and_closed_again_before_the_cut_off() -> None:
    (promise,) = promises(tale(*PROMISED, "03-01 close", "03-03 reopen", "03-09 close"))
    assert (promise.outcome, promise.completed_at) == ("completed", instant("03-09"))


def test_closed_before_the_cut_off_and_reopened_after_it() -> None:
    assert became(tale(*PROMISED, "03-05 close", "03-20 reopen")) == "committed completed"


def test_closed_reopened_and_closed_again_after_the_cut_off() -> None:
    told = tale(*PROMISED, "03-05 close", "03-20 reopen", "03-25 close")
    (promise,) = promises(told)
    assert (promise.outcome, promise.completed_at) == ("completed", instant("03-05"))


def test_closed_after_the_cut_off() -> None:
    assert became(tale(*PROMISED, "03-16 close")) == "committed slipped"


def test_closed_after_it_was_taken_out_is_done_nevertheless() -> None:
    assert became(tale(*PROMISED, "02-25 @18.11", "03-05 close")) == "committed completed"


def test_taken_out_after_it_was_closed_is_done_nevertheless() -> None:
    assert became(tale(*PROMISED, "03-05 close", "03-06 -Deliverable")) == "committed completed"


def test_closed_twice_in_one_second_by_ids() -> None:
    assert became(tale(*PROMISED, "03-05 close reopen close")) == "committed completed"


# Cancelled.


def test_closed_as_a_duplicate() -> None:
    assert became(tale(*PROMISED, "03-05 close", is_duplicate=True)) == "committed cancelled"


def test_closed_as_a_duplicate_after_the_cut_off() -> None:
    assert became(tale(*PROMISED, "03-16 close", is_duplicate=True)) == "committed slipped"


def test_done_then_reopened_and_closed_as_a_duplicate_after_the_cut_off() -> None:
    told = tale(*PROMISED, "03-05 close", "03-20 reopen", "03-21 close", is_duplicate=True)
    assert became(told) == "committed completed"


def test_promoted_to_an_epic() -> None:
    assert became(tale(*PROMISED, "03-05 close", is_promoted=True)) == "committed cancelled"


def test_promoted_after_the_cut_off() -> None:
    assert became(tale(*PROMISED, "03-16 close", is_promoted=True)) == "committed slipped"


def test_closed_with_a_cancelled_label() -> None:
    assert became(tale(*PROMISED, "03-05 close +wontfix")) == "committed cancelled"


def test_open_with_a_cancelled_label() -> None:
    assert became(tale(*PROMISED, "03-05 +wontfix")) == "committed cancelled"


def test_a_cancelled_label_that_came_after_the_cut_off() -> None:
    assert became(tale(*PROMISED, "03-05 close", "03-16 +wontfix")) == "committed completed"


def test_a_cancelled_label_that_was_gone_at_the_cut_off() -> None:
    assert became(tale(*PROMISED, "03-01 +wontfix", "03-02 -wontfix", "03-05 close")) == "committed completed"


def test_taken_out_and_closed_as_a_duplicate() -> None:
    assert became(tale(*PROMISED, "02-25 @18.11", "03-05 close", is_duplicate=True)) == "committed cancelled"


def test_added_late_and_closed_as_a_duplicate() -> None:
    assert became(tale(MADE, "02-25 +Deliverable", "03-05 close", is_duplicate=True)) == "late cancelled"


# Moved to another project.


def test_moved_and_done_there() -> None:
    old = tale(*PROMISED, "02-25 close", iid=1, moved_to_id=9002)
    copy = tale("02-25 +group::search +Deliverable @18.10 w2", "03-05 close", iid=2)
    assert became(old, copy) == "committed completed"


def test_moved_and_left_open_there() -> None:
    old = tale(*PROMISED, "02-25 close", iid=1, moved_to_id=9002)
    copy = tale("02-25 +group::search +Deliverable @18.10 w2", iid=2)
    assert became(old, copy) == "committed slipped"


def test_moved_and_its_copy_counts_by_its_own_reference() -> None:
    old = tale(*PROMISED, "02-25 close", iid=1, moved_to_id=9002)
    copy = tale("02-25 +group::search +Deliverable @18.10 w2", iid=2)
    (promise,) = promises(copy, old)
    assert promise.reference == copy.issue.reference
    assert promise.added_at == instant("02-10")


def test_moved_without_the_labels_of_the_plan() -> None:
    old = tale(*PROMISED, "02-25 close", iid=1, moved_to_id=9002)
    assert became(old, tale("02-25 @18.10", iid=2)) == "committed descoped"


def test_moved_out_of_sight() -> None:
    assert became(tale(*PROMISED, "02-25 close", moved_to_id=4711)) == "committed cancelled"


def test_moved_out_of_sight_after_the_cut_off() -> None:
    assert became(tale(*PROMISED, "03-16 close", moved_to_id=4711)) == "committed slipped"


def test_done_and_then_moved_out_of_sight_after_the_cut_off() -> None:
    told = replace(tale(*PROMISED, "03-05 close", moved_to_id=4711), moved_at=instant("03-20"))
    assert became(told) == "committed completed"


def test_moved_after_the_cut_off_it_keeps_its_name() -> None:
    old = tale(*PROMISED, "03-20 close", iid=1, moved_to_id=9002)
    copy = tale("03-20 +group::search @18.11", "03-25 close", iid=2)
    (promise,) = promises(old, copy)
    assert (promise.reference, promise.outcome) == (old.issue.reference, "slipped")


def test_moved_and_reopened_where_it_was_counts_once() -> None:
    old = tale(*PROMISED, "02-25 close", "02-26 reopen", iid=1, moved_to_id=9002)
    copy = tale("02-25 +group::search +Deliverable @18.10", "03-05 close", iid=2)
    assert became(old, copy) == "committed completed"


def test_moved_twice_and_done() -> None:
    parts = (
        tale(*PROMISED, "02-20 close", iid=1, moved_to_id=9002),
        tale("02-20 +group::search +Deliverable @18.10", "02-25 close", iid=2, moved_to_id=9003),
        tale("02-25 +group::search +Deliverable @18.10", "03-05 close", iid=3),
    )
    assert became(*parts) == "committed completed"


def test_moved_before_the_freeze() -> None:
    old = tale(*PROMISED, "02-12 close", iid=1, moved_to_id=9002)
    copy = tale("02-12 +group::search +Deliverable @18.10", iid=2)
    assert became(old, copy) == "committed slipped"


def test_moved_and_closed_as_a_duplicate_there() -> None:
    old = tale(*PROMISED, "02-25 close", iid=1, moved_to_id=9002)
    copy = tale("02-25 +group::search +Deliverable @18.10", "03-05 close", iid=2, is_duplicate=True)
    assert became(old, copy) == "committed cancelled"


# What other automation does.


def test_cleaned_up_after_the_cut_off() -> None:
    assert became(tale(*PROMISED, CLEANED)) == "committed slipped"


def test_cleaned_up_and_done_in_the_next_milestone() -> None:
    assert became(tale(*PROMISED, CLEANED, "03-20 close")) == "committed slipped"


def test_cleaned_up_on_the_last_evening_before_the_cut_off() -> None:
    told = tale(*PROMISED, "03-13T22:00 @18.11 -Deliverable +missed:18.10")
    assert became(told) == "committed slipped"


def test_moved_on_by_a_person_and_then_labelled_as_missed() -> None:
    assert became(tale(*PROMISED, "02-25 @18.11", "03-01 +missed:18.10")) == "committed slipped"


def test_labelled_as_missed_only_after_the_cut_off() -> None:
    assert became(tale(*PROMISED, "02-25 @18.11", "03-16 +missed:18.10")) == "committed descoped"


def test_done_and_labelled_as_missed_by_mistake() -> None:
    assert became(tale(*PROMISED, "03-05 close", "03-14 +missed:18.10")) == "committed completed"


def test_late_and_cleaned_up() -> None:
    assert became(tale(MADE, "02-25 +Deliverable", CLEANED)) == "late slipped"


# Labels that were renamed or deleted.


def test_the_label_was_renamed_later() -> None:
    told = with_renamed(tale(MADE, "02-10 +Commit", "03-05 close"), "Commit", "Deliverable")
    assert became(told) == "committed completed"


def test_the_label_was_deleted_and_made_anew() -> None:
    # Ids rise: the label that exists today has the highest, and one that is as high was not used before March.
    told = with_deleted(tale(MADE, "02-10 +Deliverable", "03-05 close"), "Deliverable")
    witness = tale("03-10 +new", iid=2)
    witness = replace(witness, labels=(replace(witness.labels[0], label_id=10**9),))
    ledger = Ledger((told, witness), {"Deliverable": Label(10**9, "Deliverable")})
    assert [(p.is_committed, p.outcome, p.is_guess) for p in _measured(ledger)] == [(True, "completed", True)]


def test_another_label_was_deleted() -> None:
    told = with_deleted(tale(MADE, "02-10 +customer", "03-05 close"), "customer")
    witness = tale(*PROMISED, "03-05 close", iid=2)
    assert [p.reference for p in promises(told, witness)] == [witness.issue.reference]


def test_the_label_was_deleted_and_the_record_knows_the_commitment() -> None:
    ours = with_deleted(tale(MADE, "02-10 +Deliverable", iid=1), "Deliverable")
    other = with_deleted(tale(MADE, "02-10 +Deliverable", iid=2), "Deliverable")
    ledger = Ledger((ours, other))
    found = _measured(ledger, frozenset({ours.issue.reference}))
    assert [p.reference for p in found] == [ours.issue.reference]


def test_the_record_changes_nothing_that_the_events_tell() -> None:
    done, stranger = tale(*PROMISED, "03-05 close", iid=1), tale(MADE, "03-05 close", iid=2)
    assert promises(done, stranger, commitment={stranger.issue.reference}) == promises(done, stranger)


def test_the_team_label_was_deleted() -> None:
    told = with_deleted(tale(*PROMISED, "03-05 close"), "group::search")
    assert [(p.outcome, p.is_guess) for p in _measured(Ledger((told,)))] == [("completed", True)]


def test_one_deleted_label_cannot_have_been_two() -> None:
    told = with_deleted(tale("01-20 @18.10", "02-10 +Deliverable"), "Deliverable")
    assert _measured(Ledger((told,))) == ()


# What the events leave out.


def test_imported_with_its_labels_and_without_any_event() -> None:
    assert became(without_early_events(tale(*PROMISED), "06-01")) == "committed slipped"


def test_imported_and_closed_without_any_event() -> None:
    assert became(without_early_events(tale(*PROMISED, "03-05 close"), "06-01")) == "committed completed"


def test_imported_before_the_other_automation_came() -> None:
    assert became(without_early_events(tale(*PROMISED, CLEANED), "03-01")) == "committed slipped"


def test_imported_closed_and_reopened_later() -> None:
    told = without_early_events(tale(*PROMISED, "03-05 close", "03-20 reopen"), "03-18")
    assert became(told) == "committed completed"


# On the border.


@pytest.mark.parametrize(
    ("zone", "when", "expected"),
    [
        ("UTC", "02-16T23:59:59", "committed slipped"),
        ("UTC", "02-17T00:00:00", "late slipped"),
        ("Asia/Tokyo", "02-16T14:59:59", "committed slipped"),
        ("Asia/Tokyo", "02-16T15:00:00", "late slipped"),
        ("America/Los_Angeles", "02-17T07:59:59", "committed slipped"),
        ("America/Los_Angeles", "02-17T08:00:00", "late slipped"),
    ],
)
def test_the_freeze_is_the_end_of_a_day_where_the_team_is(zone: str, when: str, expected: str) -> None:
    assert became(tale(MADE, f"{when} +Deliverable"), zone=zone) == expected


@pytest.mark.parametrize(
    ("zone", "when", "expected"),
    [
        ("UTC", "03-13T23:59:59", "committed completed"),
        ("UTC", "03-14T00:00:00", "committed slipped"),
        ("Asia/Tokyo", "03-13T15:00:00", "committed slipped"),
        ("America/Los_Angeles", "03-14T06:59:59", "committed completed"),
        ("America/Los_Angeles", "03-14T07:00:00", "committed slipped"),
    ],
)
def test_the_cut_off_is_the_end_of_a_day_where_the_team_is(zone: str, when: str, expected: str) -> None:
    assert became(tale(*PROMISED, f"{when} close"), zone=zone) == expected


def test_label_and_milestone_that_come_and_go_in_one_second_were_never_in_the_plan() -> None:
    assert became(tale("01-20 +group::search", "02-25 +Deliverable @18.10 @-")) == "not promised"


def test_a_change_of_milestone_and_back_in_one_second_leaves_it_in_the_plan() -> None:
    (promise,) = promises(tale(*PROMISED, "02-25 @18.11 @18.10", "03-05 close"))
    assert (promise.outcome, promise.removed_at) == ("completed", None)


def test_it_came_the_first_time_and_left_the_last_time() -> None:
    (promise,) = promises(tale(*PROMISED, "02-18 @-", "02-20 @18.10", "02-25 @18.11"))
    assert (promise.added_at, promise.removed_at) == (instant("02-10"), instant("02-25"))


# Weights.


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ((*PROMISED, "02-20 w5"), 2),
        (("01-20 +group::search @18.10 w1", "02-10 +Deliverable w3"), 3),
        ((MADE, "02-25 +Deliverable w5", "03-01 w8"), 5),
        (("01-20 +group::search @18.10 +Deliverable", "03-01 w8"), 8),
        (("01-20 +group::search @18.10 +Deliverable", "03-16 w8"), 0),
        (("01-20 +group::search @18.10 +Deliverable w3", "02-10 w-", "03-01 w2"), 2),
        (("01-20 +group::search @18.10 +Deliverable w0", "03-01 w8"), 0),
    ],
    ids=[
        "it is that of the freeze", "changed before the freeze", "it is that of the addition",
        "none at the freeze: that of the cut-off", "weighted after the cut-off only", "taken away and given anew",
        "nought is a weight",
    ],
)  # fmt: skip
def test_a_weight_is_that_of_the_instant_from_which_on_it_counts(edits: tuple[str, ...], expected: int) -> None:
    (promise,) = promises(tale(*edits))
    assert promise.weight == expected


# While it runs.


def test_as_of_now_what_is_open_has_not_been_done() -> None:
    assert became(tale(*PROMISED, "03-05 close"), now="03-01") == "committed slipped"


def test_as_of_now_before_the_freeze_what_is_in_the_plan_is_promised() -> None:
    assert became(tale(*PROMISED), now="02-15") == "committed slipped"


# The reasons.


@pytest.mark.parametrize(
    ("told", "because"),
    [
        (
            tale(*PROMISED, "03-05 close"),
            "in the plan since 2026-02-10 and at the freeze on 2026-02-16; closed on 2026-03-05",
        ),
        (
            tale(MADE, "02-25 +Deliverable", "02-27 @18.11"),
            (
                "added on 2026-02-25, after the freeze on 2026-02-16; "
                "out of the plan since 2026-02-27, still open on 2026-03-13, the cut-off"
            ),
        ),
        (
            tale(*PROMISED, "02-18 @-", "02-20 @18.10", CLEANED),
            (
                "in the plan since 2026-02-10 and at the freeze on 2026-02-16, once out of it and back; "
                "still open on 2026-03-13, the cut-off"
            ),
        ),
        (
            tale(*PROMISED, "03-05 close", is_duplicate=True),
            "in the plan since 2026-02-10 and at the freeze on 2026-02-16; closed on 2026-03-05 as a duplicate",
        ),
        (
            tale(*PROMISED, "02-25 close", moved_to_id=4711),
            (
                "in the plan since 2026-02-10 and at the freeze on 2026-02-16; "
                "moved on 2026-02-25 to a project that cannot be seen"
            ),
        ),
    ],
    ids=["completed", "descoped", "slipped", "duplicate", "moved"],
)
def test_the_reason_tells_the_days(told: IssueHistory, because: str) -> None:
    (promise,) = promises(told)
    assert promise.because == because


def _measured(ledger: Ledger, commitment: frozenset[str] | None = None) -> tuple[Promise, ...]:
    rules = team()
    span = Span.of(dated(), 2, rules.zone, instant("06-01"), "missed:18.10")
    return measure_promises(ledger, span, PlanRules.of(rules, ledger), commitment)
