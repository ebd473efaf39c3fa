from __future__ import annotations

import errno
import os
import pty
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from planning_bot.sandbox import Fault
from tests.support import (
    BOT,
    CONFIG,
    EM,
    GROUP,
    GUEST_TOKEN,
    ISSUES,
    PM,
    PROJECT,
    STRANGER,
    TOKEN,
    Desk,
    count,
    end_state,
    environment,
)  # fmt: skip

if TYPE_CHECKING:
    from tests.support import Ran

LOOKED_AT = 9  # the user, milestones, labels, boards, PM, EM, and the issues that are open, closed, or of the milestone
MARKER = "<!-- planning-bot: planning-issue team=search milestone=3 -->"
SECOND_TEAM = CONFIG.partition("teams:\n")[2].replace("  search:", "  other:").replace("name: Search", "name: Other")
REMARKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["target", "because"],
        "properties": {"target": {"type": "string"}, "because": {"type": "string"}},
    },
}
CONTRACT: dict[str, Any] = {
    "type": "object",
    "required": ["version", "command", "teams"],
    "properties": {
        "version": {"const": 1},
        "command": {"const": "create-issue"},
        "teams": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["team", "milestone", "result", "plan", "outcome"],
                "properties": {
                    "milestone": {
                        "type": ["object", "null"],
                        "required": ["title", "start_date", "due_date"],
                        "additionalProperties": False,
                        "properties": {
                            "title": {"type": "string"},
                            "start_date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
                            "due_date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
                        },
                    },
                    "result": {
                        "type": ["object", "null"],
                        "required": ["reference", "web_url", "created"],
                        "additionalProperties": False,
                        "properties": {
                            "reference": {"type": ["string", "null"]},
                            "web_url": {"type": ["string", "null"]},
                            "created": {"type": "boolean"},
                        },
                    },
                    "plan": {
                        "type": ["object", "null"],
                        "required": ["changes", "skipped", "notices"],
                        "properties": {
                            "changes": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["kind", "target", "before", "after", "because"],
                                },
                            },
                            "skipped": REMARKS,
                            "notices": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                    "outcome": {
                        "type": ["object", "null"],
                        "required": ["applied", "failed", "unknown"],
                        "properties": {"applied": {"type": "integer"}, "failed": REMARKS, "unknown": REMARKS},
                    },
                    "error": {"type": "object", "required": ["code", "message", "hint"]},
                },
            },
        },
    },
}


def in_json(desk: Desk, *arguments: str) -> Ran:
    ran = desk.run("create-issue", "--format", "json", *arguments)
    jsonschema.validate(ran.json, CONTRACT)
    return ran


# ---------------------------------------------------------------------------------------------- what it makes


def test_the_planning_issue_is_created_as_the_configuration_says(desk: Desk) -> None:
    ran = desk.run("create-issue", "--apply")
    (issue,) = end_state(desk.box)["issues"]
    description = issue.pop("description")
    assert ran.code == 0
    assert issue == {
        "project": PROJECT, "title": "Search 18.10 Planning", "state": "opened", "issue_type": "issue", "weight": None,
        "due_date": None, "confidential": False, "author": BOT, "milestone": "18.10", "labels": ["Planning Issue"],
        "assignees": [PM, EM], "notes": [], "moved": False,
    }  # fmt: skip
    assert description.startswith(f"{MARKER}\n\n<!-- planning-bot:begin overview …")
    assert re.findall(r"planning-bot:begin ([a-z-]+)", description) == [
        "overview", "links", "timeline", "capacity", "readiness", "deliverables", "status", "say-do",
    ]  # fmt: skip
    for line in (
        "| **Milestone** | Sat 14 Feb 2026 – Fri 13 Mar 2026 |",  # noqa: RUF001 - a dash between dates
        "| **Working days** | 20 weekdays in 4 weeks, before holidays and time off |",
        "| **Product manager** | @mira |",
        "| **Engineers** | Ana Ferreira, Kenji Sato |",
        "**Planning issues:** no earlier one ← **18.10** → no later one yet",
        "| Wed 11 Feb 2026 | Deliverables are selected and assigned |",
    ):
        assert line in description.splitlines()
    assert desk.box.gitlab.executed_quick_actions == []


def test_what_was_done_is_told(desk: Desk) -> None:
    ran = desk.run("create-issue", "--apply")
    url = f"{desk.box.url}/{PROJECT}/-/issues/1"
    assert ran.out == f"search · 18.10 (2026-02-14 to 2026-03-13)\nplanning issue created: {PROJECT}#1  {url}\n"
    assert ran.err.splitlines()[-3:-1] == ["Plan: 1 change", "Applied: 1 change"]
    again = desk.run("create-issue", "--apply")
    assert again.out == f"search · 18.10 (2026-02-14 to 2026-03-13)\nplanning issue found: {PROJECT}#1  {url}\n"
    assert again.err.splitlines()[-1] == "Plan: nothing to do"


def test_the_number_of_requests_is_known(desk: Desk) -> None:
    assert count(desk.run("create-issue", "--dry-run").requests) == (LOOKED_AT, 0)
    assert count(desk.run("create-issue", "--apply").requests) == (LOOKED_AT + 1, 1)
    assert count(desk.run("create-issue", "--apply").requests) == (LOOKED_AT, 0)
    assert count(desk.run("create-issue", "--milestone", "18.11", "--apply").requests) == (LOOKED_AT + 3, 2)


def test_the_planning_issues_before_and_after_are_linked_both_ways(desk: Desk) -> None:
    for title in ("18.9", "18.11", "18.10"):
        assert desk.run("create-issue", "--milestone", title, "--apply").code == 0
    url = f"{desk.box.url}/{PROJECT}/-/issues"
    links = {
        issue["title"]: re.findall(r"^\*\*Planning issues:\*\* (.*)$", issue["description"], re.MULTILINE)
        for issue in desk.box.gitlab.issues(PROJECT)
    }
    before, here, after = (
        f"[Search {title} Planning]({url}/{number})" for title, number in (("18.9", 1), ("18.10", 3), ("18.11", 2))
    )
    assert links == {
        "Search 18.9 Planning": [f"no earlier one ← **18.9** → {here}"],
        "Search 18.10 Planning": [f"{before} ← **18.10** → {after}"],
        "Search 18.11 Planning": [f"{here} ← **18.11** → no later one yet"],
    }


def test_confidential_epic_labels_and_title_come_from_the_configuration(desk: Desk) -> None:
    number = desk.box.gitlab.add_epic("acme", "Plans", author=PM)
    desk.configure_planning_issue(
        epic=f'"acme&{number}"', confidential="true", labels='["Planning Issue", Deliverable]',
        title='"Plan of {{{{ milestone.title }}}}"',
    )  # fmt: skip
    ran = desk.run("create-issue", "--apply")
    assert ran.code == 0, ran.err
    issue = desk.box.gitlab.issue(PROJECT, 1)
    found = {key: issue[key] for key in ("title", "confidential", "labels")}
    assert found == {"title": "Plan of 18.10", "confidential": True, "labels": ["Deliverable", "Planning Issue"]}
    assert issue["epic"]["iid"] == number


# ---------------------------------------------------------------------------------------------- whether it writes


def test_a_dry_run_only_reads_and_shows_the_plan_on_stdout(desk: Desk) -> None:
    ran = desk.run("create-issue", "--dry-run", "-v")
    assert (ran.code, ran.sent, desk.box.gitlab.issues(PROJECT)) == (0, [], [])
    assert ran.out.splitlines()[:4] == [
        "search · 18.10 (2026-02-14 to 2026-03-13)",
        "the planning issue does not exist yet",
        f"  + create issue  {PROJECT}: Search 18.10 Planning",
        "      because milestone 18.10 starts on 2026-02-14 and has no planning issue",
    ]
    assert ran.out.splitlines()[-1] == "Plan: 1 change"


def test_without_a_terminal_it_is_a_dry_run_and_says_so(desk: Desk) -> None:
    ran = desk.run("create-issue")
    assert (ran.code, ran.sent) == (0, [])
    assert "not a terminal, so nothing is written: --apply carries the plan out\n" in ran.err


def test_both_flags_are_a_usage_error(desk: Desk) -> None:
    ran = desk.run("create-issue", "--dry-run", "--apply")
    assert (ran.code, ran.requests, ran.out) == (2, [], "")
    assert ran.err == "error: --dry-run and --apply exclude each other\n  → leave one of them out\n"


def test_yes_is_apply(desk: Desk) -> None:
    assert [method for method, _ in desk.run("create-issue", "--yes").sent] == ["POST"]


def at_a_terminal(desk: Desk, answer: bytes, *arguments: str) -> tuple[int, str, str]:
    """Run at a terminal that answers the question; give the exit code, stdout, and what the terminal showed."""
    ours, theirs = pty.openpty()
    process = desk.start("create-issue", *arguments, stdin=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = b""
    try:
        while True:
            shown += os.read(ours, 4096)
            if b"[y/N]" in shown and answer:
                os.write(ours, answer)
                answer = b""
    except OSError as error:
        if error.errno != errno.EIO:  # which says that the other side was closed
            raise
    out, _ = process.communicate(timeout=20)
    os.close(ours)
    return process.returncode, out, shown.decode().replace("\r\n", "\n")


def test_at_a_terminal_yes_carries_the_plan_out(desk: Desk) -> None:
    code, out, shown = at_a_terminal(desk, b"y\n")
    assert code == 0
    assert "planning issue created: acme/search/planning#1" in out
    assert "Plan: 1 change" in re.sub(r"\x1b\[[0-9;]*[mK]", "", shown)
    assert shown.index("Plan: 1 change") < shown.index("Carry this out? [y/N]")
    assert len(desk.box.gitlab.issues(PROJECT)) == 1


@pytest.mark.parametrize("answer", [b"n\n", b"\n"])
def test_at_a_terminal_no_writes_nothing_and_is_fine(desk: Desk, answer: bytes) -> None:
    code, out, _ = at_a_terminal(desk, answer)
    assert (code, desk.box.gitlab.issues(PROJECT)) == (0, [])
    assert out.splitlines()[1] == "the planning issue does not exist yet"
    assert {request.method for request in desk.box.requests} == {"GET"}


def test_at_a_terminal_an_interrupt_at_the_question_is_130(desk: Desk) -> None:
    code, _, shown = at_a_terminal(desk, b"\x04")
    assert (code, desk.box.gitlab.issues(PROJECT)) == (130, [])
    assert "interrupted" in shown


def test_at_a_terminal_nothing_is_asked_where_nothing_is_to_do(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    code, _, shown = at_a_terminal(desk, b"")
    assert (code, "[y/N]" in shown) == (0, False)


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_at_a_terminal_nothing_is_asked_in_another_format(desk: Desk, form: str) -> None:
    code, _, shown = at_a_terminal(desk, b"", "--format", form)
    assert (code, "[y/N]" in shown, desk.box.gitlab.issues(PROJECT)) == (0, False, [])


def test_an_interrupted_run_is_130_and_says_what_to_do(desk: Desk) -> None:
    def interrupt() -> None:
        process.send_signal(signal.SIGINT)

    desk.box.hang = 0.5
    desk.box.fail(Fault("timeout", method="POST", before=interrupt))
    process = desk.start("create-issue", "--apply")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted: what was sent stands; run it again to finish"
    assert desk.run("create-issue", "--apply").sent == []


# ---------------------------------------------------------------------------------------------- what is there


def test_a_renamed_issue_is_found(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, title="What we do in spring", remove_labels=["Planning Issue"])
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent, ran.team["result"]["reference"]) == (0, [], f"{PROJECT}#1")


def test_a_closed_issue_is_found(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, state_event="close")
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent, ran.team["result"]["reference"]) == (0, [], f"{PROJECT}#1")


def test_an_issue_of_that_title_that_is_not_the_programs_is_refused(desk: Desk) -> None:
    desk.box.gitlab.add_issue(PROJECT, "Search 18.10 Planning", author=PM)
    ran = desk.run("create-issue", "--apply")
    assert (ran.code, ran.sent) == (3, [])
    assert f"{PROJECT}#1" in ran.err
    assert f"--adopt {PROJECT}#1" in ran.err


def test_a_closed_namesake_is_in_nobodys_way(desk: Desk) -> None:
    desk.box.gitlab.add_issue(PROJECT, "Search 18.10 Planning", author=PM, state="closed")
    assert desk.run("create-issue", "--apply").code == 0


def test_a_persons_issue_is_adopted_and_keeps_its_words(desk: Desk) -> None:
    words = "Our *own* words.\n\n- one\n- two"
    desk.box.gitlab.add_issue(PROJECT, "Ours", author=PM, description=words, assignees=["ana"], labels=["Deliverable"])
    ran = in_json(desk, "--adopt", f"{PROJECT}#1", "--apply")
    issue = desk.box.gitlab.issue(PROJECT, 1)
    (note,) = desk.box.gitlab.notes(PROJECT, 1)
    assert ran.code == 0, ran.err
    assert ran.team["result"] == {"reference": f"{PROJECT}#1", "web_url": issue["web_url"], "created": False}
    assert issue["title"] == "Ours"
    assert issue["description"].startswith(f"{words}\n\n<!-- planning-bot:begin overview ")
    assert issue["labels"] == ["Deliverable", "Planning Issue"]
    assert issue["milestone"]["title"] == "18.10"
    assert [person["username"] for person in issue["assignees"]] == ["ana"]
    assert note["body"].startswith(f"{MARKER}\n")
    assert desk.run("create-issue", "--apply").sent == []


@pytest.mark.parametrize("reference", ["#7", "other/project#1", "seven", f"{PROJECT}#7", "#1 or 1=1"])
def test_what_cannot_be_adopted_is_a_usage_error(desk: Desk, reference: str) -> None:
    ran = desk.run("create-issue", "--adopt", reference, "--apply")
    assert (ran.code, ran.sent) == (2, [])


def test_an_issue_with_the_skip_label_is_not_adopted(desk: Desk) -> None:
    desk.box.gitlab.add_issue(PROJECT, "Ours", author=PM, labels=["planning-bot::skip"])
    ran = desk.run("create-issue", "--adopt", "#1", "--apply")
    assert (ran.code, ran.sent) == (3, []), ran.err


def test_two_issues_with_one_marker_are_refused_and_both_named(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    description = desk.box.gitlab.issue(PROJECT, 1)["description"]
    desk.box.gitlab.add_issue(PROJECT, "A copy", author=PM, description=description, milestone="18.10")
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent) == (3, [])
    assert ran.team["error"]["message"] == (
        f"{PROJECT}#1 and {PROJECT}#2 carry the marker of the same planning issue; nothing was written"
    )


# ---------------------------------------------------------------------------------------------- which milestone


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("next", "18.10"), ("current", "18.9"), ("previous", "18.8"), ("18.11", "18.11"), ("18.1", "18.1")],
)
def test_a_milestone_goes_by_its_title_or_by_a_word(desk: Desk, wanted: str, found: str) -> None:
    ran = in_json(desk, "--milestone", wanted, "--dry-run")
    start, due = {"18.10": ("2026-02-14", "2026-03-13"), "18.9": ("2026-01-10", "2026-02-13"),
                  "18.8": ("2025-12-13", "2026-01-09"), "18.11": ("2026-03-14", "2026-04-10"),
                  "18.1": ("2025-06-14", "2025-07-11")}[found]  # fmt: skip
    assert ran.team["milestone"] == {"title": found, "start_date": start, "due_date": due}


def test_next_goes_by_dates_whatever_the_milestones_state(desk: Desk) -> None:
    desk.box.gitlab.close_milestone("acme", "18.10")
    assert in_json(desk, "--dry-run").team["milestone"]["title"] == "18.10"


@pytest.mark.parametrize("wanted", ["18.10", "next"])
def test_an_ambiguous_milestone_is_a_usage_error_that_lists_both(desk: Desk, wanted: str) -> None:
    desk.box.gitlab.add_milestone(GROUP, "18.10", start="2026-02-14", due="2026-03-13")
    ran = in_json(desk, "--milestone", wanted, "--apply")
    assert (ran.code, ran.sent) == (2, [])
    assert ran.team["error"]["message"] == (
        f"the title '18.10' is ambiguous: {desk.box.url}/groups/acme/-/milestones/3"
        f" and {desk.box.url}/groups/acme/search/-/milestones/1"
    )


def test_two_milestones_that_start_on_one_day_are_a_usage_error_that_lists_both(desk: Desk) -> None:
    desk.box.gitlab.add_milestone(GROUP, "19.0", start="2026-02-14", due="2026-03-20")
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent) == (2, [])
    assert ran.team["error"]["message"] == (
        "more than one milestone is next on 2026-01-31: "
        "18.10 (2026-02-14 to 2026-03-13) and 19.0 (2026-02-14 to 2026-03-20)"
    )


def test_a_missing_milestone_is_a_usage_error_that_lists_its_neighbours(desk: Desk) -> None:
    ran = in_json(desk, "--milestone", "18.12", "--apply")
    assert (ran.code, ran.sent) == (2, [])
    assert ran.team["error"]["message"] == "there is no milestone '18.12'"
    assert "18.10 (2026-02-14 to 2026-03-13), 18.11 (2026-03-14 to 2026-04-10)" in ran.team["error"]["hint"]


# ---------------------------------------------------------------------------------------------- what may be wrong


def test_without_a_token_nothing_is_asked(desk: Desk) -> None:
    with environment(GITLAB_TOKEN=None):
        ran = desk.run("create-issue", "--apply", "--format", "json")
    assert (ran.code, ran.requests) == (2, [])
    assert ran.json["error"]["message"] == "GITLAB_TOKEN is not set"


def test_a_wrong_token_is_told_as_such(desk: Desk) -> None:
    with environment(GITLAB_TOKEN="glpat-wrong-one"):
        ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent) == (1, [])
    assert "GITLAB_TOKEN is not accepted: it is wrong, expired or revoked" in ran.err
    assert "glpat-wrong-one" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("configured", "message"),
    [
        ({"gitlab": 'gitlab: {{group: acme/serach, label: "group::search"}}'}, "group 'acme/serach' does not exist"),
        ({"planning_issue": "planning_issue: {{project: acme/search/plan}}"}, "project 'acme/search/plan' does not"),
        ({"product_manager": "product_manager: mirra"}, "there is no user 'mirra' on this GitLab"),
        (
            {"planning_issue": "planning_issue: {{project: acme/search/planning, labels: [Plan, Deliverable]}}"},
            "planning_issue.labels: 'Plan' does not exist in group 'acme/search' or above it",
        ),
        ({"planning_issue": 'planning_issue: {{project: acme/search/planning, epic: "acme&9"}}'}, "404"),
    ],
    ids=["group", "project", "PM", "label", "epic"],
)
def test_what_the_configuration_names_and_the_server_lacks_is_1_before_the_first_write(
    desk: Desk, configured: dict[str, str], message: str
) -> None:
    nested = {key: value for key, value in configured.items() if key != "gitlab"}
    desk.configure(CONFIG, **nested)
    if "gitlab" in configured:
        text = desk.config.read_text(encoding="utf-8")
        desk.config.write_text(text.replace("group: acme/search,", "group: acme/serach,"), encoding="utf-8")
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent) == (1, [])
    assert message in ran.team["error"]["message"]
    assert ran.team["result"] is ran.team["plan"] is ran.team["outcome"] is None


def test_on_the_free_tier_there_are_no_epics_and_one_assignee(desk: Desk) -> None:
    desk.box.tier = "free"
    ran = in_json(desk, "--apply")
    assert ran.code == 0, ran.err
    assert ran.team["outcome"]["failed"] == []
    assert "Free tier keeps one assignee" in str(ran.team["outcome"]["skipped"])
    assert in_json(desk, "--apply").sent == []


def test_a_template_with_a_mistake_is_told_with_its_file_and_line(desk: Desk) -> None:
    (desk.folder / "templates").mkdir()
    template = desk.folder / "templates" / "planning_issue.md.j2"
    template.write_text("Fine.\n\n{{ team.nmae }}\n", encoding="utf-8")
    ran = desk.run("create-issue", "--apply")
    assert (ran.code, ran.sent) == (2, [])
    assert f"{template}:3:" in ran.err
    assert "nmae" in ran.err


def test_an_unknown_team_is_a_usage_error_that_names_the_others(desk: Desk) -> None:
    ran = desk.run("create-issue", "--team", "serach", "--apply", "--format", "json")
    assert (ran.code, ran.requests) == (2, [])
    assert "search" in ran.json["error"]["hint"]


def test_a_configuration_with_mistakes_is_told_with_all_of_them(desk: Desk) -> None:
    desk.configure(CONFIG + "    colour: red\n    timezone: Mars\n")
    ran = desk.run("create-issue", "--apply")
    assert (ran.code, ran.requests, ran.out) == (2, [], "")
    assert len(re.findall(rf"{re.escape(str(desk.config))}:\d+:\d+: ", ran.err)) == 2


def test_what_a_guest_may_not_set_is_4_and_each_loss_is_named(desk: Desk) -> None:
    with environment(GITLAB_TOKEN=GUEST_TOKEN):
        ran = in_json(desk, "--apply")
    assert ran.code == 4
    assert [failed["because"] for failed in ran.team["outcome"]["failed"]] == [
        "it was written, but label Planning Issue was not set",
        "it was written, but milestone 18.10 was not taken over",
        "it was written, but assignee mira was not set",
        "it was written, but assignee tomas was not set",
    ]
    assert len(desk.box.gitlab.issues(PROJECT)) == 1
    with environment(GITLAB_TOKEN=GUEST_TOKEN):
        again = in_json(desk, "--apply")
    assert [method for method, _ in again.sent if method == "POST"] == []


def test_a_refused_create_is_1(desk: Desk) -> None:
    desk.box.fail(Fault("403", method="POST"))
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.team["outcome"]["applied"], len(ran.team["outcome"]["failed"])) == (1, 0, 1)
    assert ran.team["result"] == {"reference": None, "web_url": None, "created": False}


def test_a_plan_above_the_limit_is_refused_with_the_numbers_and_forced(desk: Desk) -> None:
    desk.configure(CONFIG + "    limits: {{max_creates: 0}}\n")
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent) == (3, [])
    assert ran.team["error"]["message"] == (
        "the plan has 1 new objects, and limits.max_creates is 0; nothing was written"
    )
    assert in_json(desk, "--apply", "--force").code == 0


# ---------------------------------------------------------------------------------------------- several teams


def test_each_team_gets_its_own_issue(desk: Desk) -> None:
    desk.configure(CONFIG + SECOND_TEAM)
    ran = in_json(desk, "--apply")
    titles = {f"{PROJECT}#{issue['iid']}": issue["title"] for issue in desk.box.gitlab.issues(PROJECT)}
    found = [(team["team"], titles.pop(team["result"]["reference"])) for team in ran.json["teams"]]
    assert (ran.code, found) == (0, [("search", "Search 18.10 Planning"), ("other", "Other 18.10 Planning")])
    assert titles == {}  # the teams go side by side: which of the two is #1 is chance
    assert in_json(desk, "--apply").sent == []


@pytest.mark.parametrize("first", [True, False], ids=["the first fails", "the second fails"])
def test_one_team_that_fails_keeps_no_other_from_being_carried_out(desk: Desk, first: bool) -> None:  # noqa: FBT001 - a parameter
    failing = SECOND_TEAM.replace("project: acme/search/planning", "project: acme/search/none")
    head, _, team = CONFIG.partition("teams:\n")
    desk.configure(f"{head}teams:\n{failing}{team}" if first else f"{head}teams:\n{team}{failing}")
    ran = in_json(desk, "--apply")
    codes = {team["team"]: team.get("error", {}).get("code") for team in ran.json["teams"]}
    assert (ran.code, codes) == (4, {"search": None, "other": "server"})
    again = in_json(desk, "--apply")
    assert (again.code, again.sent) == (1, [])


def test_of_several_teams_that_fail_the_highest_code_is_given(desk: Desk) -> None:
    desk.box.gitlab.add_issue(PROJECT, "Search 18.10 Planning", author=PM)
    desk.configure(CONFIG + SECOND_TEAM.replace("project: acme/search/planning", "project: acme/search/none"))
    assert in_json(desk, "--apply").code == 3


def test_only_the_team_that_is_named_is_looked_at(desk: Desk) -> None:
    desk.configure(CONFIG + SECOND_TEAM.replace("project: acme/search/planning", "project: acme/search/none"))
    ran = in_json(desk, "--team", "search", "--apply")
    assert (ran.code, [team["team"] for team in ran.json["teams"]]) == (0, ["search"])


# ---------------------------------------------------------------------------------------------- how it speaks


def test_the_json_of_a_dry_run_has_the_plan_and_no_outcome(desk: Desk) -> None:
    team = in_json(desk, "--dry-run").team
    (change,) = team["plan"]["changes"]
    after = change["after"]
    assert {**team, "plan": None} == {
        "team": "search",
        "milestone": {"title": "18.10", "start_date": "2026-02-14", "due_date": "2026-03-13"},
        "result": {"reference": None, "web_url": None, "created": False},
        "plan": None,
        "outcome": None,
    }
    assert (change["kind"], change["target"], change["before"], change["because"]) == (
        "create_issue", f"{PROJECT}: Search 18.10 Planning", None,
        "milestone 18.10 starts on 2026-02-14 and has no planning issue",
    )  # fmt: skip
    assert (after["title"], after["labels"], after["milestone"]["name"]) == (
        "Search 18.10 Planning", ["Planning Issue"], "18.10",
    )  # fmt: skip


def test_the_json_of_a_run_has_its_outcome(desk: Desk) -> None:
    team = in_json(desk, "--apply").team
    url = f"{desk.box.url}/{PROJECT}/-/issues/1"
    assert team["result"] == {"reference": f"{PROJECT}#1", "web_url": url, "created": True}
    assert {key: team["outcome"][key] for key in ("applied", "failed", "unknown")} == {
        "applied": 1, "failed": [], "unknown": [],
    }  # fmt: skip


def test_markdown_is_for_a_merge_request(desk: Desk) -> None:
    ran = desk.run("create-issue", "--format", "markdown", "--dry-run")
    lines = ran.out.splitlines()
    assert lines[:5] == [
        "### search · 18.10 (2026-02-14 to 2026-03-13)", "", "the planning issue does not exist yet", "",
        "**Plan:** 1 change",
    ]  # fmt: skip
    assert lines[6].startswith(f"- `+` create issue `{PROJECT}: Search 18.10 Planning`: milestone 18.10 starts on")
    assert "<details><summary>description</summary>" in lines


def test_a_plan_is_saved_and_nothing_is_written(desk: Desk) -> None:
    file = desk.folder / "plan.json"
    ran = desk.run("create-issue", "--out", str(file))
    assert (ran.code, ran.sent) == (0, [])
    first = file.read_bytes()
    assert desk.run("create-issue", "--out", str(file)).code == 0
    assert file.read_bytes() == first
    assert desk.run("apply", str(file), "--config", str(desk.config)).code == 0
    assert len(desk.box.gitlab.issues(PROJECT)) == 1


def test_quiet_shows_no_progress_and_loud_shows_each_request(desk: Desk) -> None:
    quiet = desk.run("create-issue", "--dry-run", "-q")
    plain = desk.run("create-issue", "--dry-run")
    loud = desk.run("create-issue", "--dry-run", "-v")
    assert (quiet.err, plain.err) == ("", "search: reading acme/search\n")
    shown = re.findall(r"GET (/api/v4\S*): 200 in \d+ ms", loud.err)
    assert len(shown) == len(loud.requests) == LOOKED_AT
    assert TOKEN not in loud.err
    assert "Bearer" not in loud.err
    assert quiet.out == plain.out


@pytest.mark.parametrize(
    ("arguments", "variables", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {}, False),
        (["--color", "auto"], {"NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_asked_for(desk: Desk, arguments: list[str], variables: dict[str, str], coloured: bool) -> None:  # noqa: FBT001 - a parameter
    with environment(**variables):
        ran = desk.run("create-issue", "--dry-run", *arguments)
    assert ("\x1b[" in ran.out) is coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", ran.out) == desk.run("create-issue", "--dry-run").out


def test_at_a_terminal_no_color_is_respected(desk: Desk) -> None:
    with environment(NO_COLOR="1"):
        _, _, shown = at_a_terminal(desk, b"n\n", "-q")
    assert "\x1b[3" not in shown


def test_the_program_starts_as_a_command_and_as_a_module(desk: Desk) -> None:
    process = desk.start("create-issue", "--dry-run", stderr=subprocess.STDOUT)
    out, _ = process.communicate(timeout=20)
    assert (process.returncode, "Plan: 1 change" in out) == (0, True)


def test_a_milestones_page_that_is_long_is_read_to_its_end(desk: Desk) -> None:
    for number in range(120):
        desk.box.gitlab.add_milestone("acme", f"9.{number}", start="2020-01-01", due="2020-02-01")
    assert in_json(desk, "--milestone", "9.119", "--dry-run").team["milestone"]["title"] == "9.119"


def test_the_planning_issue_is_found_among_hundreds_and_strangers_count_for_nothing(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    for number in range(130):
        desk.box.gitlab.add_issue(PROJECT, f"Issue {number}", author=STRANGER)
    ran = in_json(desk, "--apply")
    assert (ran.code, ran.sent, ran.team["result"]["reference"]) == (0, [], f"{PROJECT}#1")
    assert sum(request.path == ISSUES for request in ran.requests) == 4


def test_no_file_of_the_team_is_touched(desk: Desk) -> None:
    before = {path: path.read_bytes() for path in desk.folder.glob("*") if path.is_file()}
    desk.run("create-issue", "--apply")
    assert {path: path.read_bytes() for path in Path(desk.folder).glob("*") if path.is_file()} == before
