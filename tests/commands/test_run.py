"""`run` over HTTP: what the schedule says is due, once, for every team; what it remembers, and whom it tells."""

from __future__ import annotations

import json
import re
import signal
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox import Fault
from tests.commands.team_files import settings
from tests.milestone import ENGINE, Milestone
from tests.support import CONFIG, PM, PROJECT, Desk, end_state

if TYPE_CHECKING:
    import subprocess

    from tests.support import Ran

GROUP_ID, PROJECT_ID = "acme%2Fsearch", "acme%2Fsearch%2Fplanning"
SLACK = "xoxb-0815-canary"
SECOND_TEAM = CONFIG.partition("teams:\n")[2].replace("  search:", "  other:").replace("name: Search", "name: Other")
PROMISED = ("2025-12-20 +group::search @18.9 w2", "01-08 +Deliverable")


@pytest.fixture
def work(desk: Desk) -> Milestone:
    """Give 18.9 with two promises, one of them kept, on a Saturday before its last two weeks."""
    work = Milestone(desk)
    work.issue(*PROMISED, "01-20 close")
    work.issue(*PROMISED)
    on(desk, "2026-01-31")
    return work


@pytest.fixture
def channel(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the Slack channel that the team has."""
    desk.box.slack.add_token(SLACK)
    desk.box.slack.add_channel("C0815", "search")
    monkeypatch.setenv("SLACK_BOT_TOKEN", SLACK)
    return "C0815"


def with_slack(desk: Desk, **changed: Any) -> None:
    """Write the configuration with some settings, and with the Slack of the sandbox."""
    settings(desk, **changed)
    file = json.loads(desk.config.read_text(encoding="utf-8"))
    desk.config.write_text(json.dumps({**file, "slack": {"api_url": desk.box.slack.api_url}}), encoding="utf-8")


def on(desk: Desk, day: str) -> None:
    """Go on to a day."""
    desk.day, desk.box.now = day, datetime.fromisoformat(f"{day}T09:00+00:00")


def run(desk: Desk, *arguments: str) -> Any:
    ran = desk.run("run", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    return ran.team


def named(tasks: list[dict[str, str]]) -> list[str]:
    return [f"{task['command']} {task['milestone']}" for task in tasks]


def remembered(desk: Desk, milestone: str) -> dict[str, str]:
    """Give what a milestone's planning issue remembers of runs."""
    runs: dict[str, str] = record(desk, milestone)["runs"]
    return runs


def record(desk: Desk, milestone: str) -> dict[str, Any]:
    """Give what a milestone's planning issue remembers."""
    (issue,) = [issue for issue in end_state(desk.box)["issues"] if issue["title"] == f"Search {milestone} Planning"]
    (note,) = [body for _, body, _ in issue["notes"] if "planning-bot: record" in body]
    data: dict[str, Any] = json.loads(note.split("planning-bot:data ")[1].removesuffix(" -->"))
    return data


FIRST_DAY = ["create-issue 18.9", "boards 18.9", "status 18.9", "create-issue 18.10", "boards 18.10"]


# ---------------------------------------------------------------------------------------------- what it does


def test_without_apply_nothing_is_written_and_the_agenda_is_told(work: Milestone) -> None:
    before = end_state(work.desk.box)
    found = run(work.desk)

    assert named(found["result"]["due"]) == FIRST_DAY
    assert found["outcome"] is None
    assert {task["outcome"] for task in found["result"]["results"]} == {None}
    boards = [change["target"] for change in found["plan"]["changes"] if change["kind"] == "create_board"]
    assert len(boards) == len(set(boards)) == 6
    assert end_state(work.desk.box) == before


def test_what_is_due_is_done_in_order_and_remembered(work: Milestone) -> None:
    found = run(work.desk, "--apply")

    assert named(found["result"]["due"]) == FIRST_DAY
    assert named(found["result"]["done"]) == ["say-do 18.8", "close 18.8", *FIRST_DAY]
    assert found["outcome"] == {"applied": 15, "failed": [], "unknown": [], "skipped": []}
    assert remembered(work.desk, "18.9") == dict.fromkeys(("create-issue", "boards", "status"), "2026-01-31")
    assert remembered(work.desk, "18.10") == dict.fromkeys(("create-issue", "boards"), "2026-01-31")
    assert [page["milestone"] for page in found["result"]["planning_issues"]] == ["18.9", "18.10"]


def test_the_second_run_of_a_day_and_a_quiet_day_write_nothing(work: Milestone) -> None:
    run(work.desk, "--apply")
    state = end_state(work.desk.box)
    for day in ("2026-01-31", "2026-02-01"):
        on(work.desk, day)
        ran = work.desk.run("run", "--apply")
        assert (ran.code, ran.writes) == (0, [])
        assert ran.out.splitlines()[:2] == ["search", f"nothing is due on {day}"]
    assert end_state(work.desk.box) == state


def test_a_milestone_from_its_opening_to_its_end(work: Milestone) -> None:
    done = []
    for day in range(31, 31 + 45):
        month, of_month = (1, day) if day <= 31 else (2, day - 31) if day <= 59 else (3, day - 59)
        on(work.desk, f"2026-{month:02}-{of_month:02}")
        done += [(work.desk.day[5:], task) for task in named(run(work.desk, "--apply")["result"]["due"])]

    assert done == [
        *(("01-31", task) for task in FIRST_DAY),
        ("02-02", "status 18.9"),
        ("02-04", "readiness 18.10"),
        ("02-07", "capacity 18.10"),
        ("02-09", "status 18.9"),
        ("02-11", "deliverables 18.10"),
        ("02-14", "say-do 18.9"),
        ("02-14", "close 18.9"),
        ("02-16", "status 18.10"),
        ("02-23", "status 18.10"),
        ("02-28", "create-issue 18.11"),
        ("02-28", "boards 18.11"),
        ("03-02", "status 18.10"),
        ("03-04", "readiness 18.11"),
        ("03-07", "capacity 18.11"),
        ("03-09", "status 18.10"),
        ("03-11", "deliverables 18.11"),
        ("03-14", "say-do 18.10"),
        ("03-14", "close 18.10"),
        ("03-16", "status 18.11"),
    ]
    assert work.desk.box.gitlab.executed_quick_actions == []


def test_days_without_a_run_are_made_up_for(work: Milestone) -> None:
    run(work.desk, "--apply")
    on(work.desk, "2026-02-16")
    found = run(work.desk, "--apply")

    assert named(found["result"]["due"]) == [
        "say-do 18.9", "close 18.9", "readiness 18.10", "capacity 18.10", "deliverables 18.10", "status 18.10",
    ]  # fmt: skip
    on(work.desk, "2026-02-17")
    assert named(run(work.desk, "--apply")["result"]["due"]) == []


def test_what_was_committed_is_written_down_on_the_day_after_the_freeze(work: Milestone) -> None:
    on(work.desk, "2026-02-16")
    run(work.desk, "--apply")
    assert "commitment" not in record(work.desk, "18.10")
    on(work.desk, "2026-02-17")
    planned = run(work.desk)
    found = run(work.desk, "--apply")

    assert (found["result"]["due"], found["outcome"]["applied"]) == ([], 1)
    assert [change["kind"] for change in planned["plan"]["changes"]] == ["write_note"]
    assert record(work.desk, "18.10")["commitment"] == [f"{ENGINE}#2"]  # it moved on, and kept its label
    assert work.desk.run("run", "--apply").writes == []


def test_what_the_freeze_overtook_is_noticed(work: Milestone) -> None:
    on(work.desk, "2026-02-20")
    notices = run(work.desk)["plan"]["notices"]

    assert (
        "missed for 18.10, whose plan is frozen since 2026-02-16: readiness, capacity, deliverables; "
        "by hand they can still be run"
    ) in notices


def test_what_one_command_made_is_handed_on_to_the_next_and_not_listed_again(work: Milestone) -> None:
    ran = work.desk.run("run", "--apply")
    asked = Counter((request.path.removeprefix("/api/v4"), json.dumps(request.query)) for request in ran.reads)
    again = {path for (path, query), times in asked.items() if times > 1 and "page" in query}

    # Each board and each note is looked for once more right before it is made, and nothing else.
    assert again == {f"/groups/{GROUP_ID}/boards", f"/projects/{PROJECT_ID}/issues/1/notes"}
    names = [board["name"] for board in work.desk.box.gitlab.boards("acme/search")]
    assert len(names) == len(set(names)) == 6


def test_a_command_by_hand_records_nothing_and_run_records_what_it_finds_done(work: Milestone) -> None:
    for milestone in ("18.9", "18.10"):
        assert work.desk.run("create-issue", "--milestone", milestone, "--apply").code == 0
    found = run(work.desk, "--apply")

    by_hand = [task for task in found["result"]["results"] if task["command"] == "create-issue"]
    assert [len(task["plan"]["changes"]) for task in by_hand] == [0, 1]  # the boards of the second are new
    assert "create-issue" in remembered(work.desk, "18.9")


def test_a_page_with_the_skip_label_is_left_alone(work: Milestone) -> None:
    run(work.desk, "--apply")
    gitlab = work.desk.box.gitlab
    (number,) = [issue["iid"] for issue in gitlab.issues(PROJECT) if issue["title"] == "Search 18.10 Planning"]
    gitlab.edit_issue(PROJECT, number, by=PM, add_labels=["planning-bot::skip"])
    before = gitlab.issue(PROJECT, number)
    on(work.desk, "2026-02-07")
    run(work.desk, "--apply")

    assert gitlab.issue(PROJECT, number)["description"] == before["description"]
    assert gitlab.issue(PROJECT, number)["updated_at"] == before["updated_at"]


# ---------------------------------------------------------------------------------------------- when it fails


def failing(desk: Desk, *arguments: str, code: int) -> Ran:
    ran = desk.run("run", "--format", "json", "--apply", *arguments)
    assert ran.code == code, ran.err
    return ran


def test_a_command_that_fails_keeps_no_other_from_being_done_and_the_channel_hears_of_it(
    work: Milestone, channel: str
) -> None:
    with_slack(work.desk, capacity={"pto": [{"csv": "nowhere.csv"}]}, say_do={"channel": channel})
    on(work.desk, "2026-02-14")
    team = failing(work.desk, code=4).team

    assert team["result"] is None
    assert team["error"]["code"] == "configuration"
    failed = [task for task in team["partial"]["results"] if task["error"]]
    assert [task["command"] for task in failed] == ["capacity", "deliverables"]
    assert "say-do 18.9" in named(team["partial"]["done"])
    (alarm,) = [m["text"] for m in work.desk.box.slack.messages(channel) if "not all that was due" in m["text"]]
    assert alarm == "*Search*: not all that was due on Sat 14 Feb 2026 could be done."
    assert "capacity" not in remembered(work.desk, "18.10")

    again = failing(work.desk, code=2).team
    assert [task["command"] for task in again["partial"]["due"]] == ["capacity", "deliverables"]
    assert len([m for m in work.desk.box.slack.messages(channel) if "not all that was due" in m["text"]]) == 1


def test_the_channel_hears_of_a_gitlab_that_refuses_everything(work: Milestone, channel: str) -> None:
    with_slack(work.desk, status={"channel": channel})
    work.desk.box.fail(Fault("401", path="/api/v4/", times=None))
    team = failing(work.desk, code=1).team

    assert (team["result"], team["error"]["code"]) == (None, "server")
    (alarm,) = work.desk.box.slack.messages(channel)
    assert "GITLAB_TOKEN is not accepted" in json.dumps(alarm["blocks"])


def test_what_was_carried_out_is_told_where_it_can_no_longer_be_remembered(work: Milestone) -> None:
    box = work.desk.box
    gone = Fault("401", method="GET", path="acme%2Fsearch%2Fplanning/issues$", times=None)
    box.fail(Fault(method="PUT", path="/boards/", after=lambda: box.fail(gone), times=1))
    on(work.desk, "2026-02-14")
    team = failing(work.desk, code=4).team

    assert team["error"]["code"] == "server"
    assert {"say-do", "close", "create-issue"} <= {one["command"] for one in team["partial"]["results"]}
    assert any(one["outcome"]["applied"] for one in team["partial"]["results"])
    box.heal()
    assert run(work.desk, "--apply")["outcome"]["failed"] == []
    assert {"create-issue", "boards"} <= set(remembered(work.desk, "18.10"))


def test_a_milestone_whose_say_do_failed_is_not_closed(work: Milestone) -> None:
    on(work.desk, "2026-02-14")
    work.desk.box.fail(Fault("500", path="resource_label_events", times=None))
    team = failing(work.desk, code=4).team

    assert "close" not in [task["command"] for task in team["partial"]["results"] if task["milestone"] == "18.9"]
    assert "close 18.9" in named(team["partial"]["due"])
    assert "close 18.9" not in named(team["partial"]["done"])
    work.desk.box.heal()
    assert {"say-do 18.9", "close 18.9"} <= set(named(run(work.desk, "--apply")["result"]["done"]))


def test_one_team_that_fails_keeps_no_other_from_its_run(work: Milestone) -> None:
    other = SECOND_TEAM.replace("acme/search/planning", "acme/search/nowhere")
    work.desk.configure(CONFIG + other)
    ran = failing(work.desk, code=4)
    search, broken = ran.json["teams"]

    assert (search["team"], search["outcome"]["applied"]) == ("search", 15)
    assert (broken["team"], broken["result"], broken["error"]["code"]) == ("other", None, "server")


def test_teams_that_do_well_are_told_in_the_order_of_the_configuration(work: Milestone) -> None:
    work.desk.configure(CONFIG + SECOND_TEAM)
    ran = work.desk.run("run", "--apply")

    assert ran.code == 0, ran.err
    assert [line for line in ran.out.splitlines() if line in ("search", "other")] == ["search", "other"]
    assert work.desk.run("run", "--apply").writes == []


def test_a_plan_that_was_saved_is_carried_out_by_apply(work: Milestone) -> None:
    plan = work.desk.folder / "plan.json"
    assert work.desk.run("run", "--out", str(plan)).code == 0
    assert work.desk.run("apply", str(plan)).code == 0
    found = run(work.desk, "--apply")

    assert named(found["result"]["due"]) == FIRST_DAY
    titles = sorted(issue["title"] for issue in work.desk.box.gitlab.issues(PROJECT))
    assert titles == ["Search 18.10 Planning", "Search 18.9 Planning"]


def test_at_a_terminal_it_does_not_ask_and_says_that_nothing_is_written(work: Milestone) -> None:
    assert "nothing is written: --apply carries the plan out" in work.desk.run("run").err


def test_a_run_that_failed_says_so_in_words_and_in_markdown(work: Milestone) -> None:
    settings(work.desk, capacity={"pto": [{"csv": "nowhere.csv"}]})
    on(work.desk, "2026-02-07")
    text = work.desk.run("run", "--apply").out.splitlines()

    assert text[1] == "7 due on 2026-02-07: 5 carried out, 2 failed"
    assert any(line.startswith("  capacity 18.10: ") and "nowhere.csv" in line for line in text)
    markdown = work.desk.run("run", "--format", "markdown").out
    assert markdown.startswith("### search\n\n**")
    assert re.search(r"(?m)^  capacity +18\.10  failed$", markdown)


def test_who_interrupts_a_run_is_told_once_and_nothing_new_begins(work: Milestone) -> None:
    work.desk.configure(CONFIG + SECOND_TEAM)
    box = work.desk.box
    process: list[subprocess.Popen[str]] = []
    box.fail(Fault(method="POST", path="/boards$", before=lambda: process[0].send_signal(signal.SIGINT)))
    box.latency = 0.1
    process.append(work.desk.start("run", "--apply"))
    _, told = process[0].communicate(timeout=60)
    box.latency = 0

    assert process[0].returncode == 130
    assert told.rstrip().splitlines()[-1] == "interrupted: what was sent stands; run it again to finish"
    assert not any(request.path.endswith("/notes") and request.method == "POST" for request in box.requests)
    assert work.desk.run("run", "--apply").code == 0
    assert work.desk.run("run", "--apply").writes == []
