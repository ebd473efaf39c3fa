"""`status` over HTTP: stages, risks, changes since the freeze, and what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.histories import instant
from tests.milestone import ENGINE, Milestone
from tests.support import CONFIG, EM, PM, PROJECT

if TYPE_CHECKING:
    from tests.support import Desk

MADE = "2025-12-20 +group::search @18.9 w2"
PROMISED = (MADE, "01-08 +Deliverable")


@pytest.fixture
def work(desk: Desk) -> Milestone:
    """Give the milestone on its eleventh day, a Tuesday."""
    work = Milestone(desk)
    desk.day = "2026-01-20"
    return work


def status(work: Milestone, *arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = work.desk.run("status", "--format", "json", *arguments).team["result"]
    return result


def risks(work: Milestone) -> dict[str, str]:
    return {one["reference"]: one["because"] for one in status(work)["at_risk"]}


def test_each_deliverable_is_in_one_stage(work: Milestone) -> None:
    work.issue(*PROMISED, "01-19 close")
    work.issue(*PROMISED, "01-19 +workflow::blocked")
    work.issue(*PROMISED, "01-19 +customer")
    in_review = work.issue(*PROMISED)
    work.desk.box.gitlab.edit_issue(ENGINE, in_review, by=PM, add_labels=["workflow::in review"], at=instant("01-19"))
    work.issue(MADE)
    found = status(work)
    assert {key: found[key] for key in ("day", "days", "deliverables", "weight")} == {
        "day": 11,
        "days": 35,
        "deliverables": 4,
        "weight": {"committed": 8, "completed": 2},
    }
    assert [found[key] for key in ("completed", "blocked", "in_progress", "not_started")] == [1, 1, 1, 1]


def test_what_an_open_issue_blocks_is_blocked(work: Milestone) -> None:
    blocked, blocking = work.issue(*PROMISED), work.issue(MADE)
    work.desk.box.gitlab.link_issues((ENGINE, blocking), (ENGINE, blocked), "blocks")
    assert status(work)["blocked"] == 1
    work.edit(blocking, "01-19 close")
    assert status(work)["blocked"] == 0


def test_the_first_and_the_last_day(work: Milestone) -> None:
    for day, expected in (("2026-01-10", 1), ("2026-02-13", 35)):
        work.desk.day = day
        assert status(work)["day"] == expected


def test_work_that_is_not_started_and_larger_than_what_is_left_is_at_risk(work: Milestone) -> None:
    work.desk.day = "2026-02-10"
    large = work.issue("2025-12-20 +group::search @18.9 w3", "02-09 +Deliverable")
    work.issue("2025-12-20 +group::search @18.9 w2", "02-09 +Deliverable")
    assert risks(work) == {f"{ENGINE}#{large}": "not started: 6 days of work, 4 weekdays left"}


def test_work_on_which_nothing_has_happened_for_a_week_is_at_risk(work: Milestone) -> None:
    silent, loud = work.issue(*PROMISED, "01-12 +customer"), work.issue(*PROMISED, "01-14 +customer")
    found = risks(work)
    assert found == {f"{ENGINE}#{silent}": "nothing has happened since 2026-01-12"}
    assert f"{ENGINE}#{loud}" not in found


def test_work_that_is_blocked_is_at_risk(work: Milestone) -> None:
    number = work.issue(*PROMISED, "01-19 +workflow::blocked")
    assert risks(work) == {f"{ENGINE}#{number}": "blocked by workflow::blocked"}


def test_work_whose_assignee_is_away_for_the_rest_is_at_risk(work: Milestone) -> None:
    (work.desk.folder / "pto.csv").write_text(
        "username,from,to\nana,2026-01-20,2026-02-20\nkenji,2026-01-20,2026-02-12\n"
    )
    work.desk.configure(CONFIG + "    capacity: {{pto: [csv: pto.csv]}}\n")
    numbers = [work.issue(*PROMISED, "01-19 +customer", assignees=[name]) for name in ("ana", "kenji")]
    assert risks(work) == {f"{ENGINE}#{numbers[0]}": "ana away for the rest"}


def test_work_that_is_done_is_not_at_risk(work: Milestone) -> None:
    work.issue(*PROMISED, "01-11 close")
    assert risks(work) == {}


def test_what_was_added_and_removed_since_the_freeze_and_by_whom(work: Milestone) -> None:
    removed, added, both = work.issue(*PROMISED), work.issue(MADE), work.issue(MADE)
    work.edit(removed, "01-14 @18.10", by=PM)
    work.edit(added, "01-15 +Deliverable", by=EM)
    work.edit(both, "01-15T12:00 +Deliverable", by=EM)
    work.edit(both, "01-16 -Deliverable", by=PM)
    found = status(work)
    assert (found["added"], found["removed"]) == ([f"{ENGINE}#{added}"], [f"{ENGINE}#{removed}"])
    assert [(one["reference"], one["change"], one["on"], one["by"]) for one in found["changes"]] == [
        (f"{ENGINE}#{removed}", "removed", "2026-01-14", [PM]),
        (f"{ENGINE}#{added}", "added", "2026-01-15", [EM]),
        (f"{ENGINE}#{both}", "added", "2026-01-15", [EM]),
        (f"{ENGINE}#{both}", "removed", "2026-01-16", [PM]),
    ]


def test_the_burn_up_has_a_point_for_each_week_and_for_today(work: Milestone) -> None:
    work.issue(*PROMISED, "01-15 close")
    work.issue(*PROMISED, "01-19 close")
    assert status(work)["burn_up"] == [
        {"on": "2026-01-16", "deliverables": 2, "completed": 1},
        {"on": "2026-01-20", "deliverables": 2, "completed": 2},
    ]


def test_it_tells_of_the_day_that_is_asked_for(work: Milestone) -> None:
    work.issue(*PROMISED, "01-15 close")
    work.desk.day = "2026-01-14"
    assert status(work)["completed"] == 0


def test_the_section_is_written_anew_each_day_and_once_a_day(work: Milestone) -> None:
    work.planned()
    work.desk.day = "2026-01-20"
    work.issue(*PROMISED)
    first, second = work.desk.run("status", "--apply"), work.desk.run("status", "--apply")
    assert ([verb for verb, _ in first.sent], second.sent) == (["PUT", "POST"], [])
    work.desk.day = "2026-01-21"
    assert [verb for verb, _ in work.desk.run("status", "--apply").sent] == ["PUT"]
    assert "**Day 12 of 35** (Wed 21 Jan 2026)" in work.desk.box.gitlab.issue(PROJECT, 1)["description"]


def test_without_a_planning_issue_nothing_is_posted(work: Milestone) -> None:
    work.issue(*PROMISED)
    ran = work.desk.run("status", "--apply")
    assert (ran.code, ran.sent) == (0, [])
    assert "has no planning issue yet" in ran.err


def test_time_off_that_cannot_be_read_is_not_no_time_off(work: Milestone) -> None:
    work.desk.configure(CONFIG + "    capacity: {{pto: [csv: pto.csv]}}\n")
    work.issue(*PROMISED)
    assert work.desk.run("status", "--apply").code == 2


def test_where_no_milestone_runs_it_says_so(work: Milestone) -> None:
    work.desk.day = "2025-10-01"
    ran = work.desk.run("status")
    assert (ran.code, "there is no current milestone on 2025-10-01" in ran.err) == (2, True)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_can_read_it(work: Milestone, form: str) -> None:
    work.issue(*PROMISED, "01-19 close")
    work.issue(MADE, "01-15 +Deliverable")
    out = work.desk.run("status", "--format", form).out
    assert "day 11 of 35: 1 of 2 deliverables are done" in out
    assert f"{ENGINE}#2" in out
    assert f"2026-01-15  {EM}" in out
