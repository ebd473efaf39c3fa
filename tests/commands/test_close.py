"""`close` over HTTP: what is labelled, moved and left alone, beside other automation and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox import Fault
from tests.milestone import ENGINE, Milestone
from tests.support import BOT, CONFIG, EM, PM, PROJECT, end_state

if TYPE_CHECKING:
    from tests.support import Desk, Ran

MADE = "2025-12-20 +group::search @18.9 w2"
PROMISED = (MADE, "01-08 +Deliverable")
MISSED = ["Deliverable", "group::search", "missed-deliverable", "missed:18.9"]


@pytest.fixture
def work(desk: Desk) -> Milestone:
    return Milestone(desk)


def closed(work: Milestone, *arguments: str) -> Ran:
    return work.desk.run("close", "--apply", "--format", "json", *arguments)


def seen(work: Milestone, number: int) -> tuple[list[str], str | None]:
    shown = work.shown(number)
    return shown["labels"], shown["milestone"] and shown["milestone"]["title"]


def configured(work: Milestone, flow: str) -> None:
    work.desk.configure(CONFIG + f"    close: {{{{{flow}}}}}\n")


def test_an_unfinished_deliverable_is_labelled_twice_and_moves_and_stays_a_deliverable(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    ran = closed(work)
    assert ran.code == 0, ran.err
    assert seen(work, number) == (MISSED, "18.10")
    reference = f"{ENGINE}#{number}"
    result = ran.team["result"]
    assert (result["missed"], result["left_alone"]) == ([reference], [])
    assert result["moved"] == [{"reference": reference, "to": "18.10"}]


def test_an_unfinished_issue_that_was_no_deliverable_is_labelled_as_missed_only(work: Milestone) -> None:
    number = work.issue(MADE)
    closed(work)
    assert seen(work, number) == (["group::search", "missed:18.9"], "18.10")


def test_a_deliverable_that_was_stripped_after_the_cut_off_was_one(work: Milestone) -> None:
    number = work.issue(*PROMISED, "02-14T03:00 -Deliverable")
    closed(work)
    assert seen(work, number) == (["group::search", "missed-deliverable", "missed:18.9"], "18.10")


def test_one_request_for_each_issue(work: Milestone) -> None:
    work.issue(*PROMISED)
    work.issue(MADE)
    assert [verb for verb, _ in closed(work).sent] == ["PUT", "PUT"]


def test_labels_are_added_and_none_replaced(work: Milestone) -> None:
    work.issue(*PROMISED, "01-20 +customer")
    (put,) = closed(work).writes
    assert put.body.keys() == {"add_labels", "milestone_id"}


def test_what_is_closed_or_elsewhere_or_anothers_is_not_touched(work: Milestone) -> None:
    work.issue(*PROMISED, "02-05 close")
    work.issue("2025-12-20 +group::search @18.10 +Deliverable")
    work.issue("2025-12-20 +group::other @18.9 +Deliverable")
    work.issue(MADE, issue_type="task")
    work.issue(MADE, issue_type="test_case")
    assert closed(work).sent == []


def test_planning_issues_are_never_moved(work: Milestone) -> None:
    work.planned()
    work.desk.box.gitlab.edit_issue(PROJECT, 1, by=EM, add_labels=["group::search"])
    closed(work)
    assert work.desk.box.gitlab.issue(PROJECT, 1)["milestone"]["title"] == "18.9"


def test_confidential_issues_are_closed_too_and_their_titles_told_nowhere(work: Milestone) -> None:
    work.planned()
    number = work.issue(*PROMISED, title="Something secret", confidential=True)
    ran = work.desk.run("close", "--apply", "-v")
    assert seen(work, number)[1] == "18.10"
    assert "secret" not in ran.out + ran.err


@pytest.mark.parametrize("label", ["security", "planning-bot::skip"])
def test_an_exempt_issue_is_left_alone(work: Milestone, label: str) -> None:
    number = work.issue(*PROMISED, f"01-20 +{label}")
    ran = closed(work)
    assert ran.sent == []
    assert ran.team["result"]["left_alone"] == [
        {"reference": f"{ENGINE}#{number}", "because": f"it has the label {label}"}
    ]


def test_the_missed_label_is_created_in_the_teams_group_where_it_is_missing(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    work.desk.box.gitlab.delete_label("acme", "missed:18.9")
    ran = closed(work)
    assert [(verb, path) for verb, path in ran.sent] == [
        ("POST", "/groups/acme%2Fsearch/labels"), ("PUT", f"/projects/acme%2Fsearch%2Fengine/issues/{number}"),
    ]  # fmt: skip
    assert [label["name"] for label in work.desk.box.gitlab.labels("acme/search")] == ["missed:18.9"]
    assert seen(work, number) == (MISSED, "18.10")


def test_a_label_that_somebody_created_meanwhile_is_used(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    work.desk.box.gitlab.delete_label("acme", "missed:18.9")

    def meanwhile() -> None:
        work.desk.box.gitlab.add_label("acme/search", "missed:18.9")

    path = f"engine/issues/{number}/resource_weight_events"
    work.desk.box.fail(Fault("callback", method="GET", path=path, after=meanwhile))
    ran = closed(work)
    assert (ran.code, [verb for verb, _ in ran.sent]) == (0, ["PUT"])
    assert seen(work, number) == (MISSED, "18.10")


def test_no_label_is_created_where_nothing_needs_it(work: Milestone) -> None:
    work.desk.box.gitlab.delete_label("acme", "missed:18.9")
    assert closed(work).sent == []


def test_any_other_label_must_exist(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED)
    work.desk.box.gitlab.delete_label("acme", "missed-deliverable")
    ran = closed(work)
    assert (ran.code, ran.sent) == (1, [])
    assert "'missed-deliverable' does not exist in group 'acme/search'" in ran.team["error"]["message"]


def test_a_label_that_could_not_be_created_moves_nothing(work: Milestone) -> None:
    work.issue(*PROMISED)
    work.desk.box.gitlab.delete_label("acme", "missed:18.9")
    work.desk.box.fail(Fault("403", method="POST", path="/labels"))
    ran = closed(work)
    assert (ran.code, [verb for verb, _ in ran.sent]) == (1, ["POST"])


def test_how_it_ended_is_remembered_first(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED)
    ran = closed(work)
    assert [verb for verb, _ in ran.sent] == ["POST", "PUT"]
    body = work.desk.box.gitlab.notes(PROJECT, 1)[0]["body"]
    assert '"ended":{"counts":{"handbook":[1.0,0.0]' in body


def test_where_it_cannot_be_remembered_nothing_moves(work: Milestone) -> None:
    work.planned()
    number = work.issue(*PROMISED)
    work.desk.box.fail(Fault("500", method="POST", path="/notes", times=None))
    ran = closed(work)
    assert ran.code == 4
    assert seen(work, number)[1] == "18.9"
    work.desk.box.heal()
    assert closed(work).code == 0
    assert seen(work, number)[1] == "18.10"


def test_say_do_is_the_same_before_and_after(work: Milestone) -> None:
    work.issue(*PROMISED)
    work.issue(*PROMISED, "02-05 close")
    before = work.desk.run("say-do", "--format", "json").team["result"]
    closed(work)
    assert work.desk.run("say-do", "--format", "json").team["result"] == before


def test_the_second_run_writes_nothing(work: Milestone) -> None:
    work.planned()
    for _ in range(3):
        work.issue(*PROMISED)
    assert closed(work).code == 0
    assert closed(work).sent == []


@pytest.mark.parametrize(("unfinished", "to"), [("next_1_3", "Next 1-3 releases"), ("backlog", "Backlog")])
def test_unfinished_work_goes_where_the_configuration_says(work: Milestone, unfinished: str, to: str) -> None:
    configured(work, f"unfinished: {unfinished}")
    number = work.issue(*PROMISED)
    closed(work)
    assert seen(work, number) == (MISSED, to)


def test_unfinished_work_may_stay_and_is_labelled_once(work: Milestone) -> None:
    configured(work, "unfinished: stay")
    number = work.issue(*PROMISED)
    closed(work)
    assert seen(work, number) == (MISSED, "18.9")
    again = closed(work)
    assert again.sent == []
    assert again.team["result"]["left_alone"][0]["because"] == "it is labelled already, and stays"


def test_without_a_next_milestone_nothing_is_written(work: Milestone) -> None:
    work.issue("2025-12-20 +group::search @18.11")
    work.desk.day = "2026-04-11"
    ran = closed(work)
    assert (ran.code, ran.sent) == (1, [])
    assert "there is no milestone that comes after 18.11" in ran.team["error"]["message"]


def test_a_milestone_that_is_closed_late_hands_on_to_the_one_that_runs(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    work.desk.day = "2026-03-20"
    closed(work, "--milestone", "18.9")
    assert seen(work, number)[1] == "18.11"


def test_before_the_due_date_has_passed_it_is_refused_and_forced(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    work.desk.day = "2026-02-13"
    ran = closed(work, "--milestone", "18.9")
    assert (ran.code, ran.sent) == (3, [])
    assert "runs until 2026-02-13: it is too early to close it" in ran.team["error"]["message"]
    assert closed(work, "--milestone", "18.9", "--force").code == 0
    assert seen(work, number) == (MISSED, "18.10")


# Beside other automation, and people.


def test_what_other_automation_did_already_is_left_as_it_is(work: Milestone) -> None:
    work.issue(*PROMISED, "02-14T03:00 @18.10 -Deliverable +missed:18.9 +missed-deliverable")
    assert closed(work).sent == []


def test_what_other_automation_did_in_part_is_finished(work: Milestone) -> None:
    number = work.issue(*PROMISED, "02-14T03:00 +missed:18.9")
    closed(work)
    assert seen(work, number) == (MISSED, "18.10")


def test_other_automation_may_come_after_it(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    closed(work)
    before = end_state(work.desk.box)
    work.edit(number, "02-14T23:00 @18.10 +missed:18.9 +missed-deliverable", by=PM)
    assert end_state(work.desk.box) == before


def test_a_label_that_a_person_took_off_is_not_put_on_again(work: Milestone) -> None:
    number = work.issue(*PROMISED, "02-14T03:00 +missed:18.9", "02-14T09:00 -missed:18.9")
    ran = closed(work)
    assert seen(work, number) == (["Deliverable", "group::search", "missed-deliverable"], "18.10")
    assert ran.team["result"]["missed"] == []
    assert ran.team["result"]["left_alone"][0]["because"] == "somebody took off the label missed:18.9"


def test_an_issue_that_a_person_put_back_is_not_moved_again(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    closed(work)
    work.edit(number, "02-14T23:30 @18.9", by=PM)
    ran = closed(work)
    assert (ran.sent, seen(work, number)[1]) == ([], "18.9")
    assert ran.team["result"]["left_alone"][0]["because"] == "somebody put it back into 18.9"


def test_an_issue_that_was_pulled_forward_before_is_moved(work: Milestone) -> None:
    number = work.issue("2025-12-20 +group::search @18.10", "01-05 @18.9")
    closed(work)
    assert seen(work, number)[1] == "18.10"


PERSONS_EDITS: dict[str, dict[str, Any]] = {
    "closed it": {"state_event": "close"},
    "moved it": {"milestone": "18.11"},
    "made it exempt": {"add_labels": ["security"]},
    "asked to leave it alone": {"add_labels": ["planning-bot::skip"]},
    "gave it to another team": {"remove_labels": ["group::search"]},
    "took it off the deliverables": {"remove_labels": ["Deliverable"]},
}


@pytest.mark.parametrize("edit", PERSONS_EDITS.values(), ids=PERSONS_EDITS.keys())
def test_a_persons_edit_between_look_and_write_wins(work: Milestone, edit: dict[str, Any]) -> None:
    number = work.issue(*PROMISED)

    def meanwhile() -> None:
        work.desk.box.gitlab.edit_issue(ENGINE, number, by=PM, **edit)

    path = f"engine/issues/{number}"
    work.desk.box.fail(Fault("callback", method="GET", path=f"{path}/resource_weight_events", after=meanwhile))
    ran = closed(work)
    assert (ran.code, ran.sent) == (0, [])
    assert ran.team["outcome"]["skipped"][0]["because"] == "somebody changed it meanwhile: theirs stays"


def test_the_slips_of_an_issue_are_told(work: Milestone) -> None:
    work.desk.box.gitlab.add_label("acme", "missed:18.8")
    number = work.issue("2025-12-10 +group::search @18.8 +Deliverable", "01-10T03:00 @18.9 +missed:18.8")
    ran = closed(work)
    assert ran.team["result"]["slipped"] == [{"reference": f"{ENGINE}#{number}", "milestones": ["18.8", "18.9"]}]
    assert "it slipped 2 times, promised first in 18.8" in ran.team["plan"]["changes"][-1]["because"]


def test_a_saved_plan_is_applied_as_it_stands_and_refused_once_it_is_stale(work: Milestone) -> None:
    number, plan = work.issue(*PROMISED), str(work.desk.folder / "plan.json")
    work.desk.box.gitlab.delete_label("acme", "missed:18.9")
    assert work.desk.run("close", "--out", plan).code == 0
    work.edit(number, "02-14T05:00 +security", by=PM)
    assert work.desk.run("apply", plan).code == 3
    work.edit(number, "02-14T06:00 -security", by=PM)
    assert work.desk.run("apply", plan).code == 0
    assert seen(work, number) == (MISSED, "18.10")


def test_more_changes_than_the_limit_are_refused(work: Milestone) -> None:
    work.desk.configure(CONFIG + "    limits: {{max_changes: 1}}\n")
    work.issue(*PROMISED)
    work.issue(*PROMISED)
    ran = closed(work)
    assert (ran.code, ran.sent) == (3, [])
    assert closed(work, "--force").code == 0


def test_it_is_the_bot_who_did_it(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    closed(work)
    assert work.desk.box.gitlab.events(ENGINE, number, "milestone")[-1]["user"]["username"] == BOT
