"""`doctor --fix`: the labels that have to be there, as a plan like any other, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planning_bot.config import load
from planning_bot.gateways import this_machine
from planning_bot.sandbox import Fault
from tests.commands import ailments
from tests.commands.doctor_room import HEALTHY, written
from tests.terminal import at_a_terminal

if TYPE_CHECKING:
    from tests.commands.doctor_room import Room


def fresh_labels(room: Room) -> list[str]:
    names = ["Deliverable", "group::search", "workflow::in dev"]
    for name in names:
        room.box.gitlab.delete_label("acme", name)
    return names


def labels(room: Room) -> set[str]:
    return {label["name"] for label in room.box.gitlab.labels("acme")}


def test_fix_creates_the_labels_that_have_to_be_there_and_nothing_else(room: Room) -> None:
    names = fresh_labels(room)
    ailments.default_gone(room)  # is only read, and nobody asked for it
    before = labels(room)

    ran = room.run("doctor", "--fix", "--apply", "--format", "json")

    assert (ran.code, labels(room) - before) == (0, set(names))
    assert sorted(written(ran)) == [("POST", "/groups/acme/labels")] * 3
    result = ran.team["result"]
    assert [found["target"] for found in result["findings"]] == ["label planning-bot::skip"]
    assert [one for one in result["checked"] if one["found"] == "it is there now"] == [
        {"server": "gitlab", "target": f"label {name}", "found": "it is there now"}
        for name in ("group::search", "Deliverable", "workflow::in dev")
    ]
    assert ran.team["outcome"]["applied"] == 3


def test_run_again_it_finds_them_and_writes_nothing(room: Room) -> None:
    fresh_labels(room)
    room.run("doctor", "--fix", "--apply")

    again = room.run("doctor", "--fix", "--apply")

    assert (again.code, written(again)) == (0, [])
    assert again.out == HEALTHY


def test_with_something_left_to_mend_the_exit_code_is_1(room: Room) -> None:
    fresh_labels(room)
    ailments.no_issues(room)

    assert room.run("doctor", "--fix", "--apply").code == 1


@pytest.mark.parametrize("arguments", [["--fix"], ["--fix", "--dry-run"]])
def test_a_dry_run_of_fix_prints_the_plan(room: Room, arguments: list[str]) -> None:
    names = fresh_labels(room)

    ran = room.run("doctor", *arguments)

    assert (ran.code, written(ran)) == (1, [])
    assert all(f"+ create label  acme: {name}\n" in ran.out for name in names)
    assert ran.out.endswith("Plan: 3 changes\n")


def test_a_saved_fix_is_applied_as_it_was_reviewed(room: Room) -> None:
    fresh_labels(room)
    plan = str(room.folder / "plan.json")

    assert written(room.run("doctor", "--fix", "--out", plan)) == []
    assert room.run("apply", plan).code == 0
    assert room.run("doctor").out == HEALTHY
    assert room.run("apply", plan).code == 3  # stale


def test_labels_of_one_scope_have_one_colour(room: Room) -> None:
    for name in ("workflow::in dev", "workflow::in review", "group::search", "Deliverable"):
        room.box.gitlab.delete_label("acme", name)
    room.run("doctor", "--fix", "--apply")

    colour = {label["name"]: label["color"] for label in room.box.gitlab.labels("acme")}

    assert colour["workflow::in dev"] == colour["workflow::in review"]
    assert len({colour["workflow::in dev"], colour["group::search"], colour["Deliverable"]}) == 3


def test_a_fix_over_the_limit_is_refused_and_force_lifts_it(room: Room) -> None:
    names = fresh_labels(room)
    room.add("limits: {max_creates: 2}")

    refused = room.run("doctor", "--fix", "--apply", "--format", "json")

    assert (refused.code, written(refused), refused.team["result"]) == (3, [], None)
    assert "the plan has 3 new objects, and limits.max_creates is 2" in refused.team["error"]["message"]
    assert room.run("doctor", "--fix", "--apply", "--force").code == 0
    assert labels(room) >= set(names)


def test_two_teams_need_a_label_once(room: Room) -> None:
    room.add_a_second_team()
    ailments.label_gone(room)

    ran = room.run("doctor", "--fix", "--apply")

    assert (ran.code, written(ran)) == (0, [("POST", "/groups/acme/labels")])


def test_without_the_role_the_fix_is_refused_by_gitlab_and_told(room: Room) -> None:
    ailments.label_gone(room)
    ailments.guest(room)

    ran = room.run("doctor", "--fix", "--apply")

    assert (ran.code, "Deliverable" in labels(room)) == (1, False)
    assert "403" in ran.err


def test_a_lost_answer_is_unknown_and_the_next_run_finds_the_label(room: Room) -> None:
    ailments.label_gone(room)
    room.box.fail(Fault("reset-after", method="POST", path="/labels$"))

    assert room.run("doctor", "--fix", "--apply").code == 4
    assert room.run("doctor", "--fix", "--apply").out == HEALTHY


def test_while_another_run_of_the_team_is_under_way_nothing_is_fixed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    ailments.label_gone(room)
    monkeypatch.setattr(this_machine, "_LOCK_SECONDS", 0)
    (room.folder / "state").mkdir()
    config = load(room.config)

    with this_machine.one_at_a_time(config, config.team("search")):
        ran = room.run("doctor", "--fix", "--apply")
        looked = room.run("doctor")

    assert (ran.code, written(ran), looked.code) == (3, [], 1)


def test_a_journal_that_cannot_be_kept_is_no_finding(room: Room) -> None:
    ran = room.run("doctor", "--fix", "--apply", "--journal", str(room.folder / "nowhere" / "journal.jsonl"))

    assert (ran.code, ran.out, ran.requests) == (2, "", [])
    assert "there is no folder" in ran.err


def test_nothing_is_fixed_where_gitlab_cannot_be_asked(room: Room) -> None:
    room.set(GITLAB_TOKEN="")

    assert room.run("doctor", "--fix", "--apply").code == 1


@pytest.mark.parametrize(
    "arguments", [["--apply"], ["--force"], ["--out", "plan.json"], ["--fix", "--apply", "--dry-run"]]
)
def test_what_makes_no_sense_is_said(room: Room, arguments: list[str]) -> None:
    ran = room.run("doctor", *arguments)

    assert (ran.code, ran.requests) == (2, [])


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_at_a_terminal_it_asks(room: Room, answer: str, code: int) -> None:
    ailments.label_gone(room)

    seen = at_a_terminal(
        ["doctor", "--fix", "--today", room.day, "--config", str(room.config)], [("Carry this out?", f"{answer}\n")]
    )

    assert (seen.code, "Deliverable" in labels(room)) == (code, answer == "y")
    assert "  + create label  acme: Deliverable" in seen.screen


def test_without_fix_nothing_is_asked_at_a_terminal(room: Room) -> None:
    ailments.label_gone(room)

    seen = at_a_terminal(["doctor", "--today", room.day, "--config", str(room.config)])

    assert (seen.code, "Carry this out?" in seen.sent) == (1, False)
