"""What is planned of a choice, and that a plan that was carried out leaves nothing to plan."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning_bot.domain.capacity import Load, MemberCapacity, MemberDays
from planning_bot.domain.change import EditIssue, IssueState, Named
from planning_bot.domain.sections import wrap_section
from planning_bot.errors import ServerError
from planning_bot.metrics.candidates import Seen
from planning_bot.metrics.deliverables import Deliverables, choose
from planning_bot.planners.deliverables import (
    Prospects,
    labels_of_deliverables,
    new_assignee,
    overflow,
    plan_deliverables,
)
from tests.builders import World, issue, label, number_of, team, user, words

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.deliverables import DeliverablesResult
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.plan import Plan

READY, IN_DEV, TEAM = "workflow::ready for development", "workflow::in dev", "group::search"
MARKER = f"<!-- planning-bot: planning-issue team=search milestone={number_of('18.10')} -->"
PAGE = issue(99, description=f"{MARKER}\n\n{wrap_section('deliverables', 'later')}\n")
RULES: dict[str, Any] = {"stretch_label": "Stretch"}
MEMBERS = [
    {"username": "ana", "roles": ["backend"]},
    {"username": "bo", "roles": ["backend", "frontend"]},
    {"username": "cem"},
]
PATH = "acme/search/planning#"


def one(iid: int, weight: int | None = 2, *labels: str, people: tuple[str, ...] = (), **parts: Any) -> Issue:
    everything = frozenset({TEAM, *(labels or (READY,))})
    assignees = tuple(map(user, people))
    return issue(iid, **{"weight": weight, "labels": everything, "assignees": assignees, "title": "Work", **parts})


def capacities(*weights: float) -> tuple[MemberCapacity, ...]:
    names = [str(member["username"]) for member in MEMBERS[: len(weights)]]
    return tuple(
        MemberCapacity(name, name.title(), MemberDays(20), Fraction(weight), Load(), "20 days")
        for name, weight in zip(names, weights, strict=True)
    )


def the_team(count: int, **rules: Any) -> Team:
    return team(members=MEMBERS[:count], deliverables={**RULES, **rules})


def planned(
    issues: tuple[Issue, ...], *weights: float, page: Issue = PAGE, seen: Seen | None = None, **rules: Any
) -> tuple[DeliverablesResult, Plan, Deliverables]:
    ours = the_team(len(weights), **{k: v for k, v in rules.items() if k not in {"frozen", "moved_back"}})
    seen = replace(seen or Seen(), issues=issues)
    chosen = choose(seen, ours, capacities(*weights))
    names = {name for picked in chosen.selected if (name := new_assignee(picked, ours))}
    prospects = Prospects(
        frozen=rules.get("frozen", False),
        accounts={name: user(name) for name in names},
        moved_back=rules.get("moved_back", frozenset()),
    )
    labels = {name: label(name) for name in labels_of_deliverables(ours)}
    snapshot = World((page,)).seen(labels=labels)
    result, plan = plan_deliverables(snapshot, ours, words(), seen, chosen, prospects)
    return result, plan, chosen


def after(issues: tuple[Issue, ...], plan: Plan) -> tuple[tuple[Issue, ...], Issue]:
    """Carry a plan out: the issues that are in the milestone then, and the planning issue."""
    edits = {change.target: change for change in plan.changes if isinstance(change, EditIssue)}
    world = World((PAGE,)).after(plan)
    now = [_edited(one, edits[one.reference]) if one.reference in edits else one for one in issues]
    return tuple(one for one in now if one.milestone_id == number_of("18.10")), world.issues[0]


def _edited(old: Issue, edit: EditIssue) -> Issue:
    assert edit.after.milestone
    labels = old.labels | (set(edit.after.labels) - set(edit.before.labels))
    people = old.assignees or tuple(user(person.name) for person in edit.after.assignees)
    return replace(old, labels=labels, assignees=people, milestone_id=edit.after.milestone.id)


@st.composite
def milestones(draw: st.DrawFn) -> tuple[Issue, ...]:
    """Draw candidates of every kind."""
    stages = st.sampled_from([(READY,), (READY,), (IN_DEV,), ("workflow::design",), (READY, "workflow::blocked")])
    more = st.sets(
        st.sampled_from(["Deliverable", "Stretch", "backend", "frontend", "priority::1", "planning priority"]),
        max_size=2,
    )
    people = st.sampled_from([(), (), (), ("ana",), ("bo", "ana"), ("zed",), ("cem", "zed")])
    return tuple(
        one(iid, draw(st.sampled_from([None, 0, 1, 2, 3, 5])), *draw(stages), *draw(more), people=draw(people))
        for iid in range(1, draw(st.integers(1, 9)))
    )


@settings(max_examples=500, deadline=None)
@given(milestones(), st.tuples(*[st.integers(0, 12)] * 3), st.booleans())
def test_a_plan_that_was_carried_out_leaves_nothing_to_plan(
    issues: tuple[Issue, ...],
    halves: tuple[int, int, int],
    assign: bool,  # noqa: FBT001 - both are drawn
) -> None:
    weights = [half / 2 for half in halves]
    _, plan, _ = planned(issues, *weights, assign=assign)
    then, page = after(issues, plan)
    assert planned(then, *weights, page=page, assign=assign)[1].changes == ()


@settings(max_examples=300, deadline=None)
@given(milestones(), st.tuples(*[st.integers(0, 12)] * 3), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(
    issues: tuple[Issue, ...], halves: tuple[int, int, int], luck: Any
) -> None:
    weights = [half / 2 for half in halves]
    shuffled = list(issues)
    luck.shuffle(shuffled)
    assert planned(issues, *weights)[:2] == planned(tuple(shuffled), *weights)[:2]


@settings(max_examples=300, deadline=None)
@given(milestones(), st.tuples(*[st.integers(0, 12)] * 3))
def test_no_assignee_is_lost_nobody_gets_too_much_and_every_candidate_has_a_reason(
    issues: tuple[Issue, ...], halves: tuple[int, int, int]
) -> None:
    weights = [half / 2 for half in halves]
    result, plan, chosen = planned(issues, *weights)
    for change in plan.changes:
        assert isinstance(change, EditIssue)
        assert set(change.before.assignees) <= set(change.after.assignees)
        assert set(change.before.labels) <= set(change.after.labels)
    told = [*result.selected, *result.stretch, *result.left_out]
    assert sorted(row.reference for row in told) == sorted(one.reference for one in issues)
    assert all(row.because for row in told)
    for member in chosen.members:
        new = [p for p in chosen.selected if not p.chosen and p.parts.get(member.username)]
        held = [p.parts.get(member.username, Fraction(0)) for p in chosen.selected]
        assert not new or sum(held) + chosen.other[member.username] <= member.capacity_weight


def test_a_change_rests_on_all_that_the_choice_rests_on() -> None:
    _, plan, _ = planned((one(1, 2, READY, "priority::1"),), 10)
    edit = plan.changes[0]
    assert isinstance(edit, EditIssue)
    here = Named(id=number_of("18.10"), name="18.10")
    common: dict[str, Any] = {"state": "opened", "weight": 2, "milestone": here}
    absent = ("planning-bot::skip", "workflow::blocked")
    rests = (TEAM, "priority::1", READY)
    assert edit.before == IssueState(labels=rests, assignees=(), absent=absent, **common)
    given_to = (Named(id=number_of("ana"), name="ana"),)
    assert edit.after == IssueState(
        labels=tuple(sorted((*rests, "Deliverable"))), assignees=given_to, absent=absent, **common
    )


def test_what_is_assigned_without_passing_the_gate_takes_its_part_of_the_capacity() -> None:
    waits = one(1, 3, "workflow::design", people=("ana", "zed"))
    result, _, chosen = planned((waits, one(2, 3)), 4, stretch_label=None)
    assert chosen.other == {"ana": Fraction(3, 2)}
    assert [row.reference for row in result.left_out] == [f"{PATH}2", f"{PATH}1"]


def test_an_issue_with_several_assignees_goes_to_the_members_among_them_in_equal_parts() -> None:
    result, _, _ = planned((one(1, 3, people=("ana", "bo", "zed")),), 2, 2)
    assert [(row.username, row.assigned_weight) for row in result.members] == [("ana", 1.5), ("bo", 1.5)]
    assert result.selected[0].assignee == "ana, bo"


def test_nothing_is_moved_after_the_freeze_nor_what_somebody_moved_back() -> None:
    left = one(1, 3)
    frozen = planned((left,), 0, stretch_label=None, frozen=True)
    assert frozen[1].notices == ("the commitment is frozen, so what did not fit stays where it is",)
    back = planned((left,), 0, stretch_label=None, moved_back=frozenset({f"{PATH}1"}))
    assert back[1].notices == (f"{PATH}1 did not fit and stays: somebody took it out of where it would go",)
    assert [change.target for change in (*frozen[1].changes, *back[1].changes)] == [f"{PATH}99"] * 2


def test_what_nobody_proved_not_to_fit_is_not_moved() -> None:
    _, _, chosen = planned((one(1, 3),), 0, stretch_label=None)
    unsure = replace(chosen, left_out=tuple(replace(left, sure=False) for left in chosen.left_out))
    assert overflow(unsure, the_team(1)) == ()


def test_a_milestone_for_the_overflow_that_does_not_exist_is_an_error() -> None:
    ours = the_team(1, stretch_label=None, overflow="next_1_3")
    ours = ours.model_copy(update={"milestones": ours.milestones.model_copy(update={"next_1_3": "Some day"})})
    seen = Seen((one(1, 3),))
    chosen = choose(seen, ours, capacities(0))
    with pytest.raises(ServerError, match="no such milestone"):
        plan_deliverables(World((PAGE,)).seen(), ours, words(), seen, chosen, Prospects())


def test_titles_are_not_told_and_hostile_labels_are_escaped() -> None:
    hostile = one(1, 2, READY, "@all `x` </details>", title="/close @all")
    result, plan, _ = planned((hostile,), 10, preference=["@all `x` </details>"])
    edit = plan.changes[-1]
    assert isinstance(edit, EditIssue)
    text = edit.after.sections["deliverables"] or ""
    assert "/close" not in text
    assert "@all" not in text.replace("\\@all", "")
    assert result.selected[0].because == "@all `x` </details>, weight 2"


def test_stretch_takes_at_least_one_and_stops_at_a_fifth() -> None:
    issues = tuple(one(iid, 3) for iid in range(1, 9))
    assert [row.rank for row in planned(issues, 12)[0].stretch] == [5]
    assert len(planned(issues, 20)[0].stretch) == 2
    assert len(planned(issues, 0)[0].stretch) == 1
