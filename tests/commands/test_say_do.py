"""`say-do` over HTTP: what it asks, what it answers, what it writes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from planning_bot.sandbox import Fault
from tests.histories import instant
from tests.milestone import ENGINE, Milestone
from tests.support import EM, PM, PROJECT

if TYPE_CHECKING:
    from tests.support import Desk, Ran

MADE = "2025-12-20 +group::search @18.9 w2"
PROMISED = (MADE, "01-08 +Deliverable")
CLEANED = "02-14T03:00 @18.10 -Deliverable +missed:18.9 +missed-deliverable"


@pytest.fixture
def work(desk: Desk) -> Milestone:
    return Milestone(desk)


def streams(ran: Ran) -> Counter[str]:
    """Count the reads of each kind of list, by the last part of the path."""
    names = Counter(request.path.rpartition("/")[2] for request in ran.reads)
    return Counter({name: count for name, count in names.items() if name.startswith("resource_") or name == "issues"})


def test_the_result_is_that_of_the_contract(work: Milestone) -> None:
    done, late = work.issue(*PROMISED, "02-05 close"), work.issue(MADE, "01-20 +Deliverable")
    answer = work.desk.run("say-do", "--format", "json").team
    assert answer["milestone"] == {"title": "18.9", "start_date": "2026-01-10", "due_date": "2026-02-13"}
    result = answer["result"]
    assert (result["headline"], result["ratio"], result["target"]) == ("handbook", 0.5, 0.8)
    assert result["variants"] == {
        "handbook": {"assigned": 2, "completed": 1, "ratio": 0.5},
        "committed": {"assigned": 1, "completed": 1, "ratio": 1.0},
        "reprioritized": {"assigned": 2, "completed": 1, "ratio": 0.5},
        "by_weight": {"assigned": 4, "completed": 2, "ratio": 0.5},
    }
    assert result["issues"] == [
        {
            "reference": f"{ENGINE}#{done}",
            "weight": 2,
            "committed": True,
            "added_at": "2026-01-08T10:00:00+00:00",
            "removed_at": None,
            "completed": True,
            "completed_at": "2026-02-05T10:00:00+00:00",
            "outcome": "completed",
            "because": "in the plan since 2026-01-08 and at the freeze on 2026-01-12; closed on 2026-02-05",
        },
        {
            "reference": f"{ENGINE}#{late}",
            "weight": 2,
            "committed": False,
            "added_at": "2026-01-20T10:00:00+00:00",
            "removed_at": None,
            "completed": False,
            "completed_at": None,
            "outcome": "slipped",
            "because": "added on 2026-01-20, after the freeze on 2026-01-12; still open on 2026-02-13, the cut-off",
        },
    ]
    assert (result["late_additions"], result["slipped"]) == ([f"{ENGINE}#{late}"], [f"{ENGINE}#{late}"])
    assert result["history"] == [
        {"milestone": "18.1", "assigned": 0, "completed": 0, "ratio": None},
        {"milestone": "18.8", "assigned": 0, "completed": 0, "ratio": None},
        {"milestone": "18.9", "assigned": 2, "completed": 1, "ratio": 0.5},
    ]


def test_one_stream_for_each_candidate_and_three_more_for_those_that_were_deliverables(work: Milestone) -> None:
    work.issue(*PROMISED, "02-05 close")
    work.issue(MADE)
    work.issue(MADE)
    ran = work.desk.run("say-do")
    # The team's issues, and for each of 18.1, 18.8 and 18.9 its own and those with its missed label; the planning
    # project's open issues and its closed planning issues, and those closed in the milestone.
    assert streams(ran) == Counter(
        {
            "issues": 7 + 3,
            "resource_label_events": 3,
            "resource_milestone_events": 1,
            "resource_state_events": 1,
            "resource_weight_events": 1,
        }
    )
    assert len(ran.reads) == 7 + 3 + 6 + 3  # and the token's user, the milestones, the first page of labels


def test_a_label_that_nobody_knows_any_more_may_have_been_it(work: Milestone) -> None:
    work.issue(MADE, "01-08 +customer")
    work.desk.box.gitlab.delete_label("acme", "customer")
    assert streams(work.desk.run("say-do"))["resource_state_events"] == 1


def test_candidates_are_found_wherever_they_are_now(work: Milestone) -> None:
    numbers = [
        work.issue(*PROMISED, "02-20 @18.10"),
        work.issue(*PROMISED, "02-20 @18.11 -group::search +missed:18.9"),
        work.issue(*PROMISED, "02-20 @- -Deliverable"),
        work.issue(*PROMISED, "02-20 -group::search"),
    ]
    result = work.desk.run("say-do", "--format", "json").team["result"]
    assert result["slipped"] == [f"{ENGINE}#{number}" for number in numbers]


def test_the_answer_is_the_same_before_and_after_other_automation_cleaned_up(work: Milestone) -> None:
    numbers = [work.issue(*PROMISED, "02-05 close"), work.issue(*PROMISED), work.issue(MADE, "01-20 +Deliverable")]
    before = work.desk.run("say-do", "--format", "json").team["result"]
    for number in numbers[1:]:
        work.edit(number, CLEANED, by=PM)
    work.edit(numbers[0], "02-20 reopen")
    assert work.desk.run("say-do", "--format", "json").team["result"] == before


def test_the_second_run_writes_nothing(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED, "02-05 close")
    work.issue(*PROMISED)
    first, second = work.desk.run("say-do", "--apply"), work.desk.run("say-do", "--apply")
    assert (first.code, [verb for verb, _ in first.sent]) == (0, ["PUT", "POST"])
    assert (second.code, second.sent) == (0, [])
    page = work.desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert f"| {ENGINE}#2+ | 2 | in the plan since 2026-01-08" in page
    assert "**50 \\%: 1 of 2.** The target is 80 \\%" in page


def test_what_was_committed_is_remembered_and_found_again_after_it_lost_everything(work: Milestone) -> None:
    work.planned()
    number = work.issue(*PROMISED)
    work.desk.day = "2026-01-20"
    ran = work.desk.run("say-do", "--milestone", "18.9", "--apply")
    assert f'"commitment":["{ENGINE}#{number}"]' in work.desk.box.gitlab.notes(PROJECT, 1)[0]["body"]
    assert "this is as of now" in ran.err
    work.edit(number, "01-25 -group::search -Deliverable @-")
    work.desk.day = "2026-02-14"
    result = work.desk.run("say-do", "--format", "json").team["result"]
    assert [issue["outcome"] for issue in result["issues"]] == ["descoped"]


def test_before_the_freeze_nothing_is_remembered(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED)
    work.desk.day = "2026-01-12"
    assert work.desk.run("say-do", "--milestone", "18.9", "--apply").code == 0
    assert work.desk.box.gitlab.notes(PROJECT, 1) == []


def test_a_milestone_that_has_ended_is_read_from_its_record(work: Milestone) -> None:
    work.planned()
    number = work.issue(*PROMISED, "02-05 close")
    assert work.desk.run("say-do", "--apply").code == 0
    assert work.desk.run("create-issue", "--milestone", "18.10", "--apply").code == 0
    work.desk.box.gitlab.edit_issue(ENGINE, number, by=EM, title="Another title")
    work.desk.day = "2026-03-14"
    ran = work.desk.run("say-do", "--format", "json")
    assert ran.team["result"]["history"][-2:] == [
        {"milestone": "18.9", "assigned": 1, "completed": 1, "ratio": 1.0},
        {"milestone": "18.10", "assigned": 0, "completed": 0, "ratio": None},
    ]
    lists = [request for request in ran.reads if "groups" in request.path and "milestone" in request.query]
    assert sorted(request.query["milestone"] for request in lists) == [["18.1"], ["18.10"], ["18.8"]]


def test_an_issue_that_moved_out_of_the_group_is_followed_by_its_note(work: Milestone) -> None:
    gitlab = work.desk.box.gitlab
    gitlab.add_project("elsewhere/stuff")
    gitlab.add_member("elsewhere", "planning-bot", access_level=20)
    number = work.issue(*PROMISED)
    work.desk.box.now = instant("02-05")
    gitlab.move_issue(ENGINE, number, "elsewhere/stuff", by=EM)
    gitlab.edit_issue("elsewhere/stuff", 1, by=PM, state_event="close")
    result = work.desk.run("say-do", "--format", "json").team["result"]
    assert [(one["reference"], one["outcome"]) for one in result["issues"]] == [("elsewhere/stuff#1", "completed")]


def test_an_issue_that_moved_where_the_token_cannot_see_it_is_cancelled(work: Milestone) -> None:
    gitlab = work.desk.box.gitlab
    gitlab.add_project("elsewhere/stuff", visibility="private")
    number = work.issue(*PROMISED)
    work.desk.box.now = instant("02-05")
    gitlab.move_issue(ENGINE, number, "elsewhere/stuff", by=EM)
    result = work.desk.run("say-do", "--format", "json").team["result"]
    assert [(one["reference"], one["outcome"]) for one in result["issues"]] == [(f"{ENGINE}#{number}", "cancelled")]


def test_without_a_planning_issue_the_result_is_told_and_nothing_posted(work: Milestone) -> None:
    work.issue(*PROMISED)
    ran = work.desk.run("say-do", "--apply")
    assert (ran.code, ran.sent) == (0, [])
    assert "has no planning issue yet" in ran.err


def test_a_milestone_without_deliverables_has_no_ratio(work: Milestone) -> None:
    work.planned()
    ran = work.desk.run("say-do", "--format", "json")
    assert ran.team["result"]["ratio"] is None
    assert "nothing was promised in 18.9, so there is no ratio" in ran.team["plan"]["notices"]


def test_a_milestone_of_the_future_is_as_of_now(work: Milestone) -> None:
    ran = work.desk.run("say-do", "--milestone", "18.11", "--format", "json")
    assert ran.code == 0
    assert "18.11 begins on 2026-03-14" in ran.team["plan"]["notices"][0]


def test_a_milestone_without_dates_cannot_be_counted(work: Milestone) -> None:
    ran = work.desk.run("say-do", "--milestone", "Backlog")
    assert ran.code == 2
    assert "milestone 'Backlog' has no start date or no due date" in ran.err


def test_planning_issues_tasks_and_test_cases_are_no_promises(work: Milestone) -> None:
    work.planned()
    work.desk.box.gitlab.edit_issue(PROJECT, 1, by=EM, add_labels=["group::search", "Deliverable"])
    work.issue(MADE, "01-08 +Deliverable", issue_type="task")
    work.issue(MADE, "01-08 +Deliverable", issue_type="test_case")
    assert work.desk.run("say-do", "--format", "json").team["result"]["issues"] == []


def test_the_title_of_an_issue_is_told_nowhere(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED, title="Something secret", confidential=True)
    ran = work.desk.run("say-do", "--apply", "-v")
    page = work.desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert "secret" not in ran.out + ran.err + page
    assert f"{ENGINE}#1" in page


def test_a_section_that_a_person_edited_stays_and_the_record_is_kept(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED)
    assert work.desk.run("say-do", "--apply").code == 0
    page = work.desk.box.gitlab.issue(PROJECT, 1)["description"]
    work.desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=page.replace("0 of 1", "none of one"))
    work.edit(1, "02-05 close")
    ran = work.desk.run("say-do", "--apply")
    assert "none of one" in work.desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert "section say-do: a person edited it" in ran.err
    assert [verb for verb, _ in ran.sent] == ["PUT"]  # the record


def test_a_planning_issue_with_the_skip_label_is_left_alone(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED)
    work.desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, add_labels=["planning-bot::skip"])
    assert work.desk.run("say-do", "--apply").sent == []


def test_events_that_cannot_be_read_are_not_no_events(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED)
    work.desk.box.fail(Fault("403", method="GET", path="resource_state_events"))
    ran = work.desk.run("say-do", "--apply")
    assert (ran.code, ran.sent) == (1, [])


def test_an_edition_without_weights_has_none(work: Milestone) -> None:
    work.desk.box.tier = "free"
    work.issue("2025-12-20 +group::search @18.9", "01-08 +Deliverable", "02-05 close")
    work.desk.box.fail(Fault("404", method="GET", path="resource_weight_events"))
    result = work.desk.run("say-do", "--format", "json").team["result"]
    assert result["variants"]["by_weight"] == {"assigned": 0, "completed": 0, "ratio": None}


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_can_read_it(work: Milestone, form: str) -> None:
    work.issue(*PROMISED, "02-05 close")
    ran = work.desk.run("say-do", "--format", form)
    assert "Say/Do 100 %: 1 of 1, the target is 80 %" in ran.out
    assert "closed on 2026-02-05" in ran.out
