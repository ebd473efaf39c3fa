"""What holds of every team's numbers, whatever was read: more time off is never more capacity, no order matters."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.capacity import CapacityResult, Past
from planning_bot.domain.say_do import PastMilestone, Variant
from planning_bot.metrics.history import rolling_rate, together
from planning_bot.metrics.load import measure_load, oversized, unweighted
from planning_bot.metrics.team_capacity import Attendance, TeamCapacity, measure_team
from planning_bot.planners.capacity import plan_capacity
from tests.builders import World, calendar, dated, issue, number_of, team, user, words
from tests.metrics.test_days import ABSENCES, MANY
from tests.planners.test_capacity import PAGE, record_of

if TYPE_CHECKING:
    from random import Random

    from planning_bot.config import Team
    from planning_bot.domain.absence import Absence
    from planning_bot.domain.issue import Issue

FORMULAS = ("days", "budget", "velocity")
SETTINGS = st.fixed_dictionaries(
    {
        "formula": st.sampled_from(FORMULAS),
        "focus_factor": st.sampled_from([1.0, 0.8, 0.33]),
        "buffer": st.sampled_from([0.0, 0.15, 1.0]),
        "budget": st.integers(1, 20),
        "carryover_shares": st.sampled_from([{}, {"workflow::in review": 0.25}]),
    }
)
PEOPLE = ("ana", "kenji", "zed")
LABELS = ("workflow::in review", "spike", "type::bug")
ISSUES = st.lists(
    st.builds(
        lambda weight, names, labels, title: (weight, names, labels, title),
        st.none() | st.integers(0, 9),
        st.sets(st.sampled_from(PEOPLE), max_size=3),
        st.sets(st.sampled_from(LABELS)),
        st.sampled_from(["18.8", "18.9", "18.10"]),
    ),
    max_size=8,
).map(lambda rows: tuple(_issue(number, *row) for number, row in enumerate(rows, 20)))


def _issue(number: int, weight: int | None, names: set[str], labels: set[str], title: str) -> Issue:
    return issue(
        number,
        weight=weight,
        assignees=tuple(user(name) for name in sorted(names)),
        labels=frozenset({"group::search", *labels}),
        milestone=title,
        milestone_id=number_of(title),
    )


def people(settings: dict[str, object]) -> Team:
    members = [{"username": "ana", "allocation": 0.7}, {"username": "kenji"}]
    return team(members=members, capacity=settings)


def measured(of: Team, absences: list[Absence], issues: tuple[Issue, ...] = ()) -> TeamCapacity:
    attendance = Attendance(absences=tuple(absences), past=Past(Fraction(21), Fraction(60)))
    return measure_team(of, dated(), calendar(), issues, attendance)


@given(SETTINGS, MANY, ABSENCES)
def test_more_time_off_never_raises_a_capacity_by_any_formula(
    settings: dict[str, object], some: list[Absence], one_more: Absence
) -> None:
    of = people(settings)
    before, after = measured(of, some), measured(of, [*some, one_more])
    for was, now in zip(before.members, after.members, strict=True):
        assert 0 <= now.capacity_weight <= was.capacity_weight
    assert after.pto_days >= before.pto_days


@given(SETTINGS, MANY, ISSUES, st.randoms())
def test_no_order_of_issues_and_absences_changes_a_capacity_and_what_overlaps_counts_once(
    settings: dict[str, object], some: list[Absence], issues: tuple[Issue, ...], random: Random
) -> None:
    of = people(settings)
    turned = measured(of, random.sample(some, len(some)) + some, tuple(random.sample(issues, len(issues))))
    expected = measured(of, some, issues)
    assert turned.members == expected.members
    stages = [{one.name: (one.weight, set(one.issues)) for one in of.carried_over} for of in (turned, expected)]
    assert stages[0] == stages[1]


@given(ISSUES)
def test_of_no_issue_more_is_counted_than_it_weighs(issues: tuple[Issue, ...]) -> None:
    of = people({})
    load = measure_load(
        of, [one for one in issues if one.milestone != "18.10"], [one for one in issues if one.milestone == "18.10"]
    )
    counted = sum(part.carryover_weight + part.planned_weight for part in load.values())
    assert 0 <= counted <= sum(one.weight or 0 for one in issues)
    assert {row.reference for row in oversized(of, issues)}.isdisjoint(unweighted(of, issues))


@given(SETTINGS, MANY, ISSUES)
def test_a_capacity_that_was_posted_leaves_nothing_to_post(
    settings: dict[str, object], some: list[Absence], issues: tuple[Issue, ...]
) -> None:
    of = people(settings)
    of_now = measured(of, some, issues)
    world = World((PAGE,))
    result, plan = plan_capacity(world.seen(open_issues=issues), of, words(), of_now)
    assert isinstance(result, CapacityResult)
    again = world.after(plan).seen(record=record_of(plan), open_issues=issues, today=date(2026, 2, 3))
    assert plan_capacity(again, of, words(), of_now)[1].changes == ()


ROWS = st.builds(lambda done, more: (done, done + more), st.integers(0, 50), st.integers(0, 50))


@given(st.lists(ROWS, max_size=15))
def test_a_rolling_rate_is_between_nothing_and_all_or_there_is_none(rows: list[tuple[int, int]]) -> None:
    history = [PastMilestone(str(n), said, done, Variant.of(said, done).ratio) for n, (done, said) in enumerate(rows)]
    rate = rolling_rate(history)
    last = rows[-3:]
    assert (rate is None) == (sum(said for _, said in last) == 0)
    assert rate is None or 0 <= rate <= 1
    assert together(history).completed == sum(done for done, _ in last)


@pytest.mark.parametrize("formula", FORMULAS)
def test_each_formula_was_tried_with_days_to_divide(formula: str) -> None:
    assert all(member.capacity_weight > 0 for member in measured(people({"formula": formula}), []).members)
