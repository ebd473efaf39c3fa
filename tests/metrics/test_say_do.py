"""The four ways of counting, and what must never change them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.ledger import IssueHistory, Ledger
from planning_bot.domain.say_do import Promise, Span, Variant
from planning_bot.metrics.plan_membership import PlanRules
from planning_bot.metrics.say_do import measure_promises, measure_variants
from tests.builders import dated, team
from tests.histories import instant, tale

if TYPE_CHECKING:
    from collections.abc import Sequence

PROMISED = ("01-20 +group::search @18.10 w2", "02-10 +Deliverable")
LATE = ("01-20 +group::search @18.10 w1", "02-25 +Deliverable")


def measured(*histories: IssueHistory) -> tuple[Promise, ...]:
    rules, ledger = team(), Ledger(histories)
    span = Span.of(dated(), 2, rules.zone, instant("08-01"), "missed:18.10")
    return measure_promises(ledger, span, PlanRules.of(rules, ledger))


def variants(*edits: Sequence[str]) -> dict[str, Variant]:
    return measure_variants(measured(*(tale(*lines, iid=iid) for iid, lines in enumerate(edits, start=1))))


def test_the_worked_example_of_the_field_guide() -> None:
    moved, done, left = (*PROMISED, "02-25 @18.11"), (*PROMISED, "03-05 close"), PROMISED
    found = variants(*[moved] * 5, *[done] * 4, left)
    assert found == {
        "handbook": Variant(10, 4, 0.4),
        "committed": Variant(10, 4, 0.4),
        "reprioritized": Variant(5, 4, 0.8),
        "by_weight": Variant(20, 8, 0.4),
    }


def test_late_additions_count_in_the_handbook_and_not_in_the_commitment() -> None:
    found = variants((*PROMISED, "03-05 close"), PROMISED, (*LATE, "03-05 close"), (*LATE, "03-01 -Deliverable"))
    assert found["handbook"] == Variant(4, 2, 0.5)
    assert found["committed"] == Variant(2, 1, 0.5)
    assert found["reprioritized"] == Variant(3, 2, 2 / 3)
    assert found["by_weight"] == Variant(6, 3, 0.5)


def test_where_nothing_was_promised_there_is_no_ratio() -> None:
    assert {variant.ratio for variant in variants(("01-20 +group::search @18.10",)).values()} == {None}


def test_where_nothing_has_a_weight_there_is_no_ratio_by_weight() -> None:
    found = variants(("01-20 +group::search @18.10 +Deliverable", "03-05 close"))
    assert (found["handbook"].ratio, found["by_weight"].ratio) == (1.0, None)


ACTIONS = (
    "close", "reopen", "+Deliverable", "-Deliverable", "+group::search", "-group::search", "@18.10", "@18.11", "@-",
    "w1", "w5", "w-", "+missed:18.10", "-missed:18.10", "+bug", "-bug",
)  # fmt: skip
moments = st.integers(0, 48).map(lambda day: f"{1 + (20 + day) // 28:02}-{1 + (20 + day) % 28:02}")
edits = st.lists(st.tuples(moments, st.sampled_from(ACTIONS)), max_size=10).map(sorted)
later = st.lists(st.sampled_from(ACTIONS), max_size=6).map(" ".join)
lives = st.lists(edits, min_size=1, max_size=4)


def lived(before: Sequence[tuple[str, str]], iid: int, *after: str) -> IssueHistory:
    """Let an issue live up to the cut-off, and be changed after it."""
    until_then = [f"{when} {action}" for when, action in before]
    return tale("01-20T09:00 +group::search @18.10 +Deliverable", *until_then, *after, iid=iid)


@given(lives, st.data())
def test_what_happens_after_the_cut_off_changes_nothing(told: list[list[tuple[str, str]]], data: st.DataObject) -> None:
    right_before = [lived(life, iid) for iid, life in enumerate(told)]
    cleaned = [lived(life, iid, f"03-14T03:00 {data.draw(later)}") for iid, life in enumerate(told)]
    assert measured(*cleaned) == measured(*right_before)


@given(lives, st.randoms())
def test_the_order_of_issues_and_events_changes_nothing(told: list[list[tuple[str, str]]], chance: object) -> None:
    histories = [lived(life, iid) for iid, life in enumerate(told)]
    shuffled = [replace(history, labels=tuple(reversed(history.labels))) for history in histories]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert measured(*shuffled) == measured(*histories)


@given(lives)
def test_a_ratio_is_between_nothing_and_all_or_there_is_none(told: list[list[tuple[str, str]]]) -> None:
    found = measure_variants(measured(*(lived(life, iid) for iid, life in enumerate(told))))
    for variant in found.values():
        assert variant.completed <= variant.assigned
        assert variant.ratio is None or 0 <= variant.ratio <= 1


@given(lives)
def test_every_promise_is_counted_in_the_handbook_and_once(told: list[list[tuple[str, str]]]) -> None:
    promises = measured(*(lived(life, iid) for iid, life in enumerate(told)))
    found = measure_variants(promises)
    assert found["handbook"].assigned == len({promise.reference for promise in promises})
    assert found["committed"].assigned <= found["handbook"].assigned
    assert found["reprioritized"].completed == found["handbook"].completed
