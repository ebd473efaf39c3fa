from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import jsonschema
import pytest

from tests.commands.team_files import TEAM_LABEL, section, settings, time_off, work
from tests.openapi import DOCUMENT, complaints
from tests.support import EM, PM, PROJECT, STRANGER, Desk, count, end_state

LOOKED_AT = 8  # the user, milestones, the team's open issues, three lists of the planning project, a list per member
READY, IN_DEV, BREAKDOWN = "workflow::ready for development", "workflow::in dev", "workflow::planning breakdown"
FINE = [TEAM_LABEL, READY, "type::bug"]
KINDS = [
    "unweighted", "oversized", "not_ready", "blocked", "no_type", "missing_labels", "no_milestone", "orphan",
]  # fmt: skip
RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["ready", "findings"],
    "properties": {
        "ready": {"type": "array", "items": {"type": "string"}},
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["reference", "weight", "kind", "because"],
                "properties": {
                    "reference": {"type": "string"},
                    "weight": {"type": ["number", "null"]},
                    "kind": {"enum": KINDS},
                    "because": {"type": "string"},
                },
            },
        },
    },
}


@pytest.fixture
def opened(desk: Desk) -> Desk:
    """Give a team whose planning issue is open, with a label and a spike that the world lacks."""
    for name in ("devops::find", "spike", "backend", "frontend"):
        desk.box.gitlab.add_label("acme", name)
    settings(desk, gitlab={"group": "acme/search", "label": TEAM_LABEL, "labels": []})
    assert desk.run("create-issue", "--apply").code == 0
    return desk


def answer(desk: Desk, *arguments: str) -> Any:
    """Give the result in JSON, which has the contract's form."""
    ran = desk.run("readiness", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    jsonschema.validate(ran.team["result"], RESULT)
    return ran.team["result"]


def found(desk: Desk) -> dict[str, list[str]]:
    """Give the references by the kind of what was found."""
    kinds: dict[str, list[str]] = {}
    for finding in answer(desk)["findings"]:
        kinds.setdefault(finding["kind"], []).append(finding["reference"])
    return kinds


# ---------------------------------------------------------------------------------------------- what is found


def test_every_kind_is_found_once_for_each_issue_with_its_reason(opened: Desk) -> None:
    organised = {"group": "acme/search", "label": TEAM_LABEL, "labels": ["devops::find", "backend"]}
    settings(opened, gitlab=organised)
    both = [*FINE, "devops::find", "backend"]
    fine = work(opened, weight=3, labels=both)
    bare = work(opened, labels=[TEAM_LABEL])
    large = work(opened, weight=5, labels=both)
    blocker = work(opened, weight=0, labels=[*both, "workflow::blocked"])
    blocked = work(opened, weight=1, labels=[TEAM_LABEL, IN_DEV, "type::feature", "devops::find", "backend"])
    homeless = work(opened, weight=2, labels=both, milestone=None)
    orphan = work(opened, weight=2, labels=["type::bug"], assignees=["ana"])
    ends = [(PROJECT, int(reference.rpartition("#")[2])) for reference in (blocker, blocked)]
    opened.box.gitlab.link_issues(*ends)

    result = answer(opened)

    assert result["ready"] == [fine]
    assert [tuple(finding.values()) for finding in result["findings"]] == [
        (bare, None, "unweighted", "it has no weight"),
        (large, 5, "oversized", "weight 5 is above 3: break it down"),
        (bare, None, "not_ready", f"it lacks {READY}"),
        (blocker, 0, "not_ready", f"it lacks {READY}"),
        (blocker, 0, "blocked", "blocked: workflow::blocked"),
        (blocked, 1, "blocked", f"blocked: {blocker}"),
        (bare, None, "no_type", "it has none of type::bug, type::maintenance, type::feature"),
        (bare, None, "missing_labels", "it lacks devops::find, backend"),
        (homeless, 2, "no_milestone", "it has no milestone: plan it, or put it into the backlog"),
        (orphan, 2, "orphan", f"ana works on it, and it lacks {TEAM_LABEL}"),
    ]
    assert (result["weighted"], result["candidates"], result["weight"]) == (4, 5, 9)


def test_a_weight_of_0_is_a_weight_an_issue_in_progress_is_ready_and_a_spike_needs_a_weight_only(opened: Desk) -> None:
    nought = work(opened, weight=0, labels=FINE)
    running = work(opened, weight=1, labels=[TEAM_LABEL, IN_DEV, "type::bug"])
    spike = work(opened, weight=1, labels=[TEAM_LABEL, "spike", "type::bug"])
    open_ended = work(opened, labels=[TEAM_LABEL, "spike", "type::bug"])
    result = answer(opened)
    assert result["ready"] == [nought, running, spike]
    assert [tuple(finding.values()) for finding in result["findings"]] == [
        (open_ended, None, "unweighted", "a spike needs a weight too: state its scope")
    ]


def test_an_unweighted_label_makes_a_weight_unnecessary(opened: Desk) -> None:
    settings(opened, weights={"unweighted_labels": ["backend"], "largest": 5})
    work(opened, labels=[*FINE, "backend"])
    work(opened, weight=5, labels=FINE)
    assert found(opened) == {}
    assert answer(opened)["weighted"] == 2


def test_a_blocking_issue_that_is_closed_blocks_nothing(opened: Desk) -> None:
    blocker, blocked = work(opened, weight=1, labels=FINE), work(opened, weight=1, labels=FINE)
    ends = [(PROJECT, int(reference.rpartition("#")[2])) for reference in (blocker, blocked)]
    opened.box.gitlab.link_issues(*ends)
    assert found(opened) == {"blocked": [blocked]}
    opened.box.gitlab.edit_issue(*ends[0], by=PM, state_event="close")
    assert found(opened) == {}


def test_without_a_planning_board_nobody_misses_a_type(opened: Desk) -> None:
    work(opened, weight=1, labels=[TEAM_LABEL, READY])
    assert list(found(opened)) == ["no_type"]
    settings(opened, boards={"planning": None})
    assert found(opened) == {}


def test_tasks_test_cases_and_planning_issues_are_neither_candidates_nor_found(opened: Desk) -> None:
    for kind in ("task", "test_case"):
        work(opened, issue_type=kind, labels=[TEAM_LABEL])
        work(opened, issue_type=kind, labels=[], assignees=["ana"])
        work(opened, issue_type=kind, labels=[TEAM_LABEL], milestone=None)
    gitlab = opened.box.gitlab
    gitlab.edit_issue(PROJECT, 1, by=PM, add_labels=[TEAM_LABEL], assignees=["ana"])
    work(opened, "Ours", labels=["Planning Issue", TEAM_LABEL], assignees=["kenji"])
    assert (found(opened), answer(opened)["candidates"]) == ({}, 0)
    gitlab.edit_issue(PROJECT, 1, by=PM, remove_labels=["Planning Issue", TEAM_LABEL])  # it stays the program's
    assert found(opened) == {}


def test_an_orphan_is_one_of_this_milestone_and_of_a_member(opened: Desk) -> None:
    work(opened, labels=["type::bug"], assignees=[PM])
    work(opened, labels=["type::bug"], assignees=["ana"], milestone="18.11")
    work(opened, labels=["type::bug"], assignees=["ana"], state="closed")
    orphan = work(opened, labels=["type::bug"], assignees=["kenji"])
    assert found(opened) == {"orphan": [orphan]}


def test_an_issue_with_the_skip_label_is_counted_and_not_ready(opened: Desk) -> None:
    work(opened, weight=2, labels=[*FINE, "planning-bot::skip"])
    result = answer(opened)
    assert (result["ready"], result["findings"], result["candidates"], result["weight"]) == ([], [], 1, 2)


def test_gitlab_without_weights_is_named(opened: Desk) -> None:
    reference = work(opened, labels=FINE)
    opened.box.tier = "free"
    ran = opened.run("readiness", "--format", "json")
    assert [finding["reference"] for finding in ran.team["result"]["findings"]] == [reference]
    assert ran.team["plan"]["notices"] == [
        "this GitLab keeps no weights (its Free tier has none), so every issue counts as unweighted"
    ]


# ---------------------------------------------------------------------------------------------- who refines


def _waiting(desk: Desk, day: str, *labels: str, **parts: Any) -> str:
    parts = {"milestone": "Backlog", **parts}
    reference = work(desk, labels=[TEAM_LABEL, "type::bug", *labels], **parts)
    at = datetime.fromisoformat(f"{day}T12:00+00:00")
    number = int(reference.rpartition("#")[2])
    desk.box.gitlab.edit_issue(PROJECT, number, by=PM, at=at, add_labels=[BREAKDOWN])
    return reference


ROLES = [
    {"username": "ana", "roles": ["backend"]},
    {"username": "kenji", "roles": ["backend", "frontend"]},
    {"username": EM, "roles": ["frontend"]},
]


def test_what_waits_for_a_review_is_listed_the_longest_waiting_first_in_turn_and_by_role(opened: Desk) -> None:
    settings(opened, members=ROLES)
    last = _waiting(opened, "2026-01-30")
    first = _waiting(opened, "2026-01-10", "backend")
    second = _waiting(opened, "2026-01-12", "backend")
    third = _waiting(opened, "2026-01-14", "backend", assignees=["kenji"])
    fourth = _waiting(opened, "2026-01-16", "frontend")
    assert answer(opened)["refine"] == [
        {"reference": first, "since": "2026-01-10", "proposed": "ana"},
        {"reference": second, "since": "2026-01-12", "proposed": "kenji"},
        {"reference": third, "since": "2026-01-14", "proposed": "kenji"},
        {"reference": fourth, "since": "2026-01-16", "proposed": EM},
        {"reference": last, "since": "2026-01-30", "proposed": "ana"},
    ]


def test_nobody_who_is_away_is_asked_to_refine(opened: Desk) -> None:
    away = time_off(opened, "ana,2026-01-26,2026-02-06", "kenji,2026-02-04,2026-02-06")
    settings(opened, members=ROLES[:2], capacity={"pto": [away]})
    reference = _waiting(opened, "2026-01-10")
    assert answer(opened)["refine"][0]["proposed"] is None  # Kenji is there on two days of the week that begins
    assert answer(opened, "--today", "2026-02-07")["refine"] == [
        {"reference": reference, "since": "2026-01-10", "proposed": "ana"}
    ]


def test_a_label_that_came_back_waits_since_then(opened: Desk) -> None:
    reference = _waiting(opened, "2026-01-10")
    number = int(reference.rpartition("#")[2])
    opened.box.gitlab.edit_issue(PROJECT, number, by=PM, remove_labels=[BREAKDOWN])
    opened.box.gitlab.edit_issue(PROJECT, number, by=PM, add_labels=[BREAKDOWN])
    assert answer(opened)["refine"][0]["since"] == "2026-01-31"


def test_time_off_that_cannot_be_read_stops_it_where_somebody_is_to_be_proposed(opened: Desk) -> None:
    settings(opened, capacity={"pto": [time_off(opened, "ana,soon,2026-02-06")]})
    assert opened.run("readiness", "--apply").code == 0
    _waiting(opened, "2026-01-10")
    ran = opened.run("readiness", "--apply")
    assert (ran.code, ran.sent) == (2, [])
    assert "pto.csv:2: from: " in ran.err


def test_without_the_label_nobody_waits(opened: Desk) -> None:
    _waiting(opened, "2026-01-10")
    settings(opened, deliverables={"planning_breakdown_label": None})
    assert answer(opened)["refine"] == []


# ---------------------------------------------------------------------------------------------- what is posted


def test_findings_are_grouped_by_engineer_each_mentioned_once(opened: Desk) -> None:
    work(opened, "A secret", labels=FINE, assignees=["kenji"], confidential=True)
    work(opened, weight=8, labels=[TEAM_LABEL, "type::bug"], assignees=["kenji", "ana"])
    work(opened, labels=FINE, assignees=[STRANGER])
    work(opened, weight=1, labels=FINE)
    ran = opened.run("readiness", "--apply", "--format", "json")
    assert ran.code == 0, ran.err
    assert section(opened, "readiness").splitlines() == [
        "## Readiness",
        "",
        "**1 of 4 candidates can be planned.** Weight of the candidates: 9 (2 of 4 are weighted).",
        "",
        "<details open>",
        "<summary>What is missing</summary>",
        "",
        "**@ana**",
        "",
        f"- {PROJECT}#3+: weight 8 is above 3: break it down; it lacks workflow::ready for development",
        "",
        "**@kenji**",
        "",
        f"- {PROJECT}#2+: it has no weight",
        "",
        "**Nobody is assigned**",
        "",
        f"- {PROJECT}#4+: it has no weight",
        "",
        "</details>",
    ]
    mentions = re.findall(r"@[a-z]+", section(opened, "readiness"))
    assert mentions == sorted(set(mentions))
    assert "secret" not in ran.out + ran.err + section(opened, "readiness")


def test_those_who_might_refine_are_named_and_not_mentioned(opened: Desk) -> None:
    reference = _waiting(opened, "2026-01-10")
    assert opened.run("readiness", "--apply").code == 0
    assert section(opened, "readiness").splitlines()[-7:] == [
        "### To be refined",
        "",
        "The product manager asks for a review of these, the longest waiting first.",
        "",
        "| Issue | Since | Who might |",
        "|---|---|---|",
        f"| {reference}+ | 2026-01-10 | ana |",
    ]
    assert "@" not in section(opened, "readiness")


def test_a_second_run_writes_nothing_though_days_have_passed(opened: Desk) -> None:
    work(opened, labels=FINE, assignees=["kenji"])
    _waiting(opened, "2026-01-10")
    assert opened.run("readiness", "--apply").code == 0
    before = end_state(opened.box)
    for today in ("2026-01-31", "2026-02-05"):
        ran = opened.run("readiness", "--apply", "--today", today)
        assert (ran.code, ran.sent) == (0, [])
    assert end_state(opened.box) == before


def test_without_a_planning_issue_the_result_is_told_and_nothing_posted(desk: Desk) -> None:
    settings(desk)
    reference = work(desk, labels=FINE)
    ran = desk.run("readiness", "--apply", "--format", "json")
    assert (ran.code, ran.sent) == (0, [])
    assert [finding["reference"] for finding in ran.team["result"]["findings"]] == [reference]
    assert ran.team["plan"]["notices"] == [
        "milestone 18.10 has no planning issue yet, so nothing is posted: create-issue makes it"
    ]


def test_a_section_that_a_person_edited_or_an_issue_with_the_skip_label_is_left_alone(opened: Desk) -> None:
    opened.run("readiness", "--apply")
    gitlab = opened.box.gitlab
    written = gitlab.issue(PROJECT, 1)["description"]
    gitlab.edit_issue(PROJECT, 1, by=PM, description=written.replace("can be planned", "are fine"))
    work(opened, labels=FINE)
    assert opened.run("readiness", "--apply").sent == []
    gitlab.edit_issue(PROJECT, 1, by=PM, description=written, add_labels=["planning-bot::skip"])
    ran = opened.run("readiness", "--apply", "--format", "json")
    assert (ran.code, ran.sent) == (0, [])
    assert ran.team["plan"]["skipped"][0]["because"] == "it has the label planning-bot::skip"


# ---------------------------------------------------------------------------------------------- how it speaks


def test_it_is_told_in_lines(desk: Desk) -> None:
    settings(desk)
    work(desk, labels=FINE)
    work(desk, weight=2, labels=FINE)
    _waiting(desk, "2026-01-10")
    assert desk.run("readiness", "--dry-run").out.splitlines() == [
        "search · 18.10 (2026-02-14 to 2026-03-13)",
        "1 of 2 candidates can be planned",
        "weight of the candidates: 2 (1 of 2 are weighted)",
        f"  {PROJECT}#1  unweighted  it has no weight",
        "to be refined, the longest waiting first:",
        f"  {PROJECT}#3  since 2026-01-10  ana",
        "  notice  milestone 18.10 has no planning issue yet, so nothing is posted: create-issue makes it",
        "Plan: nothing to do",
    ]


def test_in_markdown_the_columns_stay_aligned(desk: Desk) -> None:
    settings(desk)
    reference = work(desk, labels=FINE)
    lines = desk.run("readiness", "--dry-run", "--format", "markdown").out.splitlines()
    assert lines[:7] == [
        "### search · 18.10 (2026-02-14 to 2026-03-13)",
        "",
        "```",
        "0 of 1 candidates can be planned",
        "weight of the candidates: 0 (0 of 1 are weighted)",
        f"  {reference}  unweighted  it has no weight",
        "```",
    ]


def test_the_number_of_requests_is_known(opened: Desk) -> None:
    assert count(opened.run("readiness", "--dry-run").requests) == (LOOKED_AT, 0)
    for _ in range(3):
        work(opened, labels=FINE)
    work(opened, labels=FINE, milestone="Backlog")
    _waiting(opened, "2026-01-10")
    # A look at the links of each candidate, at the events of what waits; before the write at the page,
    # and at its history after.
    assert count(opened.run("readiness", "--apply").requests) == (LOOKED_AT + 3 + 1 + 2, 1)
    assert count(opened.run("readiness", "--apply").requests) == (LOOKED_AT + 3 + 1, 0)


def test_every_request_is_documented(opened: Desk) -> None:
    if not DOCUMENT.is_file():
        pytest.skip("GitLab's own description is not here")
    work(opened, labels=FINE, assignees=["ana"])
    _waiting(opened, "2026-01-10")
    for _ in range(2):
        assert opened.run("readiness", "--apply").code == 0
    assert complaints(opened.box.requests) == []
