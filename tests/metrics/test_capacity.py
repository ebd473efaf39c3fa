"""From days to weight, by each formula, and the line that shows how."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from planning_bot.domain.capacity import CapacityResult, Load, MemberCapacity, MemberDays, OversizedIssue, Past, Window
from planning_bot.errors import UsageError
from planning_bot.metrics.capacity import measure_capacity
from tests.builders import team

FOUR_WEEKS = Window(date(2026, 2, 14), date(2026, 3, 13))
FIVE_WEEKS = Window(date(2026, 1, 10), date(2026, 2, 13))
SIXTEEN = MemberDays(weekdays=20, holidays=1, pto_days=Fraction(3))


def of_ana(
    days: MemberDays, window: Window = FOUR_WEEKS, past: Past | None = None, load: Load | None = None, **settings: Any
) -> MemberCapacity:
    weights = {"days_per_weight": settings.pop("days_per_weight", 2)}
    people = team(members=[{"username": "ana", "name": "Ana"}], capacity=settings, weights=weights)
    (member,) = measure_capacity(people, window, {"ana": days}, {"ana": load or Load()}, past)
    return member


def test_the_formula_days_divides_by_the_days_of_a_weight() -> None:
    member = of_ana(SIXTEEN)

    assert member.capacity_weight == 8
    assert member.working == "20 weekdays − 1 holiday − 3 PTO = 16 days ÷ 2 = 8"


def test_focus_and_buffer_come_before_the_division() -> None:
    member = of_ana(SIXTEEN, focus_factor=0.8, buffer=0.15, days_per_weight=1.5)

    assert member.capacity_weight == Fraction(16) * Fraction("0.8") * Fraction("0.85") / Fraction("1.5")
    assert member.working == ("20 weekdays − 1 holiday − 3 PTO = 16 days × 0.8 focus × 0.85 after buffer ÷ 1.5 = 7.25")


def test_a_full_milestone_has_nothing_to_subtract() -> None:
    assert of_ana(MemberDays(weekdays=25), FIVE_WEEKS).working == "25 weekdays ÷ 2 = 12.5"


def test_one_of_a_kind_is_singular_and_halves_are_said() -> None:
    days = MemberDays(4, 2, Fraction(1, 2), Fraction(1, 2), Fraction(1, 2))

    assert of_ana(days).working == (
        "4 weekdays − 2 holidays − 0.5 PTO − 0.5 rotation = 1 day × 0.5 allocation ÷ 2 = 0.25"
    )


def test_the_formula_budget_divides_by_the_weekdays_of_the_whole_milestone() -> None:
    rest = MemberDays(weekdays=10)

    assert of_ana(SIXTEEN, formula="budget", budget=7).capacity_weight == Fraction(7 * 16, 20)
    assert of_ana(rest, FIVE_WEEKS, formula="budget").capacity_weight == 4
    assert of_ana(rest, FIVE_WEEKS, formula="budget", focus_factor=0.5).working == (
        "10 weekdays ÷ 25 weekdays × budget 10 × 0.5 focus = 2"
    )


def test_the_formula_velocity_knows_a_buffer_and_no_focus() -> None:
    past = Past(completed_weight=Fraction(21), available_days=Fraction(50))

    member = of_ana(SIXTEEN, past=past, formula="velocity", buffer=0.1, focus_factor=0.5)

    assert member.capacity_weight == 16 * Fraction(42, 100) * Fraction(9, 10)
    assert member.working == (
        "20 weekdays − 1 holiday − 3 PTO = 16 days × 0.42 (21 weight ÷ 50 days before) × 0.9 after buffer = 6.05"
    )


@pytest.mark.parametrize("past", [None, Past(Fraction(3), Fraction(0))])
def test_without_past_days_velocity_names_the_other_formulas(past: Past | None) -> None:
    with pytest.raises(UsageError) as caught:
        of_ana(SIXTEEN, past=past, formula="velocity")

    assert "days or budget" in caught.value.hint


def test_a_milestone_of_one_weekend_has_no_capacity() -> None:
    weekend = Window(date(2026, 2, 14), date(2026, 2, 15))

    assert of_ana(MemberDays(), weekend, formula="budget").capacity_weight == 0


def test_what_remains_is_less_than_nothing_for_somebody_who_has_too_much() -> None:
    member = of_ana(SIXTEEN, load=Load(Fraction(5), Fraction(7, 2)))

    assert member.remaining_weight == Fraction(-1, 2)


def test_the_result_has_the_contracts_names_and_numbers_without_noise() -> None:
    days = MemberDays(20, 0, Fraction("0.1") + Fraction("0.2"), Fraction(0), Fraction("0.3"))
    people = team(members=[{"username": "ana", "name": "Ana"}, {"username": "ben"}])
    members = measure_capacity(people, FOUR_WEEKS, {"ana": days, "ben": SIXTEEN}, {"ana": Load(Fraction(1, 3))})

    result = json.loads(
        json.dumps(asdict(CapacityResult.of(members, oversized=(OversizedIssue("a/b#1", 5),), unweighted=("a/b#2",))))
    )

    assert result == {
        "members": [
            {
                "username": "ana",
                "name": "Ana",
                "weekdays": 20,
                "holidays": 0,
                "pto_days": 0.3,
                "rotation_days": 0,
                "available_days": 5.91,
                "capacity_weight": 2.955,
                "carryover_weight": 0.3333,
                "planned_weight": 0,
                "remaining_weight": 2.6217,
                "working": "20 weekdays − 0.3 PTO = 19.7 days × 0.3 allocation ÷ 2 = 2.96",
            },
            {
                "username": "ben",
                "name": "ben",
                "weekdays": 20,
                "holidays": 1,
                "pto_days": 3,
                "rotation_days": 0,
                "available_days": 16,
                "capacity_weight": 8,
                "carryover_weight": 0,
                "planned_weight": 0,
                "remaining_weight": 8,
                "working": "20 weekdays − 1 holiday − 3 PTO = 16 days ÷ 2 = 8",
            },
        ],
        "total": {
            "available_days": 21.91,
            "capacity_weight": 10.955,
            "carryover_weight": 0.3333,
            "planned_weight": 0,
            "remaining_weight": 10.6217,
        },
        "oversized": [{"reference": "a/b#1", "weight": 5}],
        "unweighted": ["a/b#2"],
        "carried_over": [],
        "past": [],
        "weighted": 0,
        "candidates": 0,
    }
