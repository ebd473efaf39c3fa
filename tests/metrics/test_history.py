"""The history of milestones that have ended: read where it was recorded, counted where it was not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planning_bot.domain.ledger import Ledger
from planning_bot.domain.record import EndedMilestone, Record
from planning_bot.domain.say_do import PastMilestone, Span, Variant
from planning_bot.metrics.history import LookBack, ended, measure_history, rolling_rate
from tests.builders import dated, team
from tests.histories import instant, tale

OWN = {name: Variant.of(4, 3) for name in ("handbook", "committed", "reprioritized", "by_weight")}


def span(title: str = "18.10", now: str = "06-01") -> Span:
    return Span.of(dated(title), 2, team().zone, instant(now), f"missed:{title}")


def recorded(assigned: int, completed: int) -> Record:
    return Record(ended=ended({name: Variant.of(assigned, completed) for name in OWN}))


def row(milestone: str, assigned: int, completed: int) -> PastMilestone:
    return PastMilestone(milestone, assigned, completed, completed / assigned if assigned else None)


def test_what_is_recorded_is_read_and_what_is_not_is_counted() -> None:
    told = tale("2025-12-01 +group::search @18.9 +Deliverable", "02-10 close")
    look = LookBack(span(), Record(), ((span("18.8"), recorded(9, 7)), (span("18.9"), Record())), Ledger((told,)))
    assert measure_history(look, team(), OWN, "handbook") == (row("18.8", 9, 7), row("18.9", 1, 1), row("18.10", 4, 3))


def test_a_milestone_that_runs_is_no_history() -> None:
    look = LookBack(span(now="03-01"), Record(), ((span("18.9"), recorded(2, 1)),), Ledger())
    assert measure_history(look, team(), OWN, "handbook") == (row("18.9", 2, 1),)


def test_it_goes_back_twelve_milestones() -> None:
    past = tuple((replace(span(), title=f"17.{number}"), recorded(number, 1)) for number in range(14))
    found = measure_history(LookBack(span(), Record(), past, Ledger()), team(), OWN, "handbook")
    assert [one.milestone for one in found] == [*(f"17.{number}" for number in range(3, 14)), "18.10"]


def test_a_record_that_lacks_the_headline_variant_is_counted_anew() -> None:
    old = Record(ended=EndedMilestone(counts={"handbook": (9, 9)}, weight=(9, 9)))
    look = LookBack(span(), Record(), ((span("18.9"), old),), Ledger())
    assert measure_history(look, team(), OWN, "committed")[0] == row("18.9", 0, 0)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), None),
        ((row("1", 0, 0), row("2", 0, 0)), None),
        ((row("1", 1, 1), row("2", 10, 4), row("3", 0, 0), row("4", 10, 8)), 0.6),
    ],
)
def test_the_rolling_rate_is_that_of_the_last_three_together(
    rows: tuple[PastMilestone, ...], expected: float | None
) -> None:
    assert rolling_rate(rows) == expected
