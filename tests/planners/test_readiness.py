"""What is planned of what was found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from planning_bot.domain.change import EditIssue
from planning_bot.domain.results import ReadinessFinding, ReadinessResult, Refinement
from planning_bot.domain.sections import wrap_section
from planning_bot.metrics.readiness import Seen
from planning_bot.planners.readiness import Waiting, plan_readiness, waiting_for_review
from tests.builders import World, issue, number_of, team, user, words

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.plan import Plan

MARKER = f"<!-- planning-bot: planning-issue team=search milestone={number_of('18.10')} -->"
PAGE = issue(description=f"{MARKER}\n\n{wrap_section('readiness', 'later')}\n")
GOOD = frozenset({"group::search", "workflow::ready for development", "type::bug"})
PATH = "acme/search/planning#"


def one(iid: int, weight: int | None = 2, *people: str, **parts: Any) -> Issue:
    return issue(iid, **{"weight": weight, "labels": GOOD, "assignees": tuple(map(user, people)), **parts})


def planned(seen: Seen, waiting: Waiting | None = None, page: Any = PAGE) -> tuple[ReadinessResult, Plan]:
    snapshot = World((page,) if page else ()).seen()
    return plan_readiness(snapshot, team(), words(), seen, waiting or Waiting({}))


def section_of(plan: Plan) -> str:
    (edit,) = plan.changes
    assert isinstance(edit, EditIssue)
    return edit.after.sections["readiness"] or ""


def test_the_result_has_what_was_found_what_waits_and_how_much_is_weighted() -> None:
    waits = one(3)
    since = {waits.reference: datetime(2026, 1, 10, 12, tzinfo=UTC)}
    result, _ = planned(Seen((one(1), one(2, None))), Waiting(since, (waits,)))
    assert result == ReadinessResult(
        ready=(f"{PATH}1",),
        findings=(ReadinessFinding(f"{PATH}2", None, "unweighted", "it has no weight"),),
        refine=(Refinement(f"{PATH}3", "2026-01-10", "ana"),),
        weighted=1,
        candidates=2,
        weight=2,
    )


def test_issues_stand_once_with_the_first_member_in_the_order_of_the_team_and_nobodys_last() -> None:
    text = section_of(
        planned(Seen((one(1, None), one(2, None, "KENJI", "ana"), one(3, 9, "kenji"), one(4, None, "zed"))))[1]
    )
    heads = [line for line in text.splitlines() if line.startswith(("**@", "**N", "- "))]
    assert heads == [
        "**@ana**",
        f"- {PATH}2+: it has no weight",
        "**@kenji**",
        f"- {PATH}3+: weight 9 is above 3: break it down",
        "**Nobody is assigned**",
        f"- {PATH}1+: it has no weight",
        f"- {PATH}4+: it has no weight",
    ]


def test_the_longest_waiting_comes_first_and_of_one_moment_the_lower_number() -> None:
    at = datetime(2026, 1, 10, tzinfo=UTC)
    issues = (one(12), one(3), one(7))
    since = {i.reference: at for i in issues} | {f"{PATH}7": at.replace(day=9)}
    assert [i.iid for i in Waiting(since, issues).in_order] == [7, 3, 12]


def test_what_waits_carries_the_label_in_whatever_milestone() -> None:
    label = frozenset({"workflow::planning breakdown"})
    open_issues = (one(1, labels=label), one(2), one(3, labels=label, milestone_id=None))
    snapshot = World().seen(open_issues=open_issues)
    assert [i.iid for i in waiting_for_review(snapshot, team())] == [1, 3]


def test_a_plan_that_was_carried_out_leaves_nothing_to_plan() -> None:
    seen = Seen((one(1, None, "ana"),))
    after = World((PAGE,)).after(planned(seen)[1]).issues[0]
    assert planned(seen, page=after)[1].changes == ()


def test_no_text_of_the_tracker_is_in_it() -> None:
    bad = one(1, None, title="@all /close secret", description="secret", confidential=True)
    result, plan = planned(Seen((bad,), (bad,), (bad,), {bad.reference: ("x/y#1",)}))
    assert "secret" not in f"{result}{plan.model_dump_json()}"
