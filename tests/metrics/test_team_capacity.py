"""The whole of a team's capacity, from one look at all of it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from planning_bot.domain.absence import Absence
from planning_bot.domain.capacity import PastRow
from planning_bot.metrics.team_capacity import Attendance, Stage, earlier_issues, measure_team
from tests.builders import calendar, dated, issue, number_of, team, user

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue

REVIEW, DEV = "workflow::in review", "workflow::in dev"


def held(iid: int, title: str, weight: int | None, *people: str, stage: str = "") -> Issue:
    return issue(
        iid, weight=weight, milestone=title, milestone_id=number_of(title), assignees=tuple(map(user, people)),
        labels=frozenset({"group::search", stage} - {""}),
    )  # fmt: skip


def measured(*issues: Issue, attendance: Attendance | None = None, since: date | None = None, **settings: Any) -> Any:
    return measure_team(team(**settings), dated(), calendar(), issues, attendance or Attendance(), since)


def test_what_is_carried_over_is_of_earlier_delivery_milestones() -> None:
    issues = [held(n, title, 1) for n, title in enumerate(["18.1", "18.9", "18.10", "18.11", "Backlog"], 1)]
    assert [i.milestone for i in earlier_issues(dated(), calendar(), tuple(issues))] == ["18.1", "18.9"]


def test_carried_over_work_is_sorted_by_stage_with_the_share_that_is_weighted() -> None:
    found = measured(
        held(1, "18.9", 2, "ana", stage=REVIEW),
        held(2, "18.9", 3, "ana", "zed", stage=DEV),
        held(10, "18.8", None, "kenji", stage=DEV),
        held(4, "18.8", 1, "kenji"),
        held(5, "18.9", 5),
        held(6, "18.9", 5, "zed"),
        capacity={"carryover_shares": {REVIEW: 0.1}},
    )
    path = "acme/search/planning#"
    assert found.carried_over == (
        Stage(REVIEW, (f"{path}1",), Fraction(1, 5), 1),
        Stage(DEV, (f"{path}2", f"{path}10"), Fraction(3, 2), 1),
        Stage("not started", (f"{path}4",), Fraction(1), 1),
    )
    # What stands by stage is what is taken off the members, to the last part of it.
    assert sum(stage.weight for stage in found.carried_over) == sum(m.load.carryover_weight for m in found.members)


def test_what_the_sources_say_is_told_apart_from_what_everybody_should_know() -> None:
    away = Absence("ana", date(2026, 2, 16), date(2026, 2, 20))
    attendance = Attendance((away,), {}, ("pto.csv:2: x",), ("no holidays",), None, (PastRow("18.8", 17),))
    found = measured(attendance=attendance)
    assert found.notices == ("pto.csv:2: x",)
    assert found.warnings == ("no holidays", "more than a third of the team is away in the week of 2026-02-16: ana")
    assert found.past == (PastRow("18.8", 17),)
    assert found.pto_days == 5


def test_what_is_left_of_a_milestone_warns_of_what_is_left() -> None:
    away = Absence("ana", date(2026, 2, 16), date(2026, 2, 20))
    found = measured(attendance=Attendance((away,)), since=date(2026, 3, 9), members=[{"username": "ana"}])
    assert (found.warnings, found.pto_days, found.members[0].capacity_weight) == ((), 0, Fraction(5, 2))
