from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning_bot.domain.plan import SavedPlan
from tests.support import CONFIG, GROUP, ISSUES, PROJECT, Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support import Ran

OTHER = CONFIG.partition("teams:\n")[2].replace("  search:", "  other:").replace("name: Search", "name: Other")


@pytest.fixture
def plan(desk: Desk) -> Path:
    """Give a saved plan of `boards`, which also touches a planning issue that is there."""
    desk.run("create-issue", "--apply")
    file = desk.folder / "plan.json"
    assert desk.run("boards", "--out", str(file)).code == 0
    return file


def digest(file: Path) -> str:
    found: str = json.loads(file.read_text())["sha256"]
    return found


def test_what_was_reviewed_is_what_is_applied(desk: Desk, plan: Path) -> None:
    ran = desk.run("apply", str(plan), "--expect", digest(plan), "--format", "json")

    assert ran.code == 0
    assert len(desk.box.gitlab.boards(GROUP)) == 4
    assert ran.team["result"] == {"command": "boards", "sha256": digest(plan)}
    assert ran.team["outcome"] == {"applied": 5, "failed": [], "unknown": [], "skipped": []}
    assert desk.run("boards", "--apply").writes == []


def test_saving_a_plan_asks_nothing_and_sends_no_request_but_reads(desk: Desk) -> None:
    ran = desk.run("boards", "--out", str(desk.folder / "plan.json"))

    assert (ran.code, ran.writes) == (0, [])
    assert "saved" in ran.err


def test_with_apply_a_plan_is_saved_and_carried_out(desk: Desk) -> None:
    file = desk.folder / "plan.json"

    assert desk.run("boards", "--out", str(file), "--apply").code == 0
    assert len(desk.box.gitlab.boards(GROUP)) == 4
    assert SavedPlan.from_json(file.read_text(), "plan").command == "boards"


def test_a_saved_plan_is_the_same_bytes_for_the_same_state(desk: Desk, plan: Path) -> None:
    before = plan.read_bytes()
    desk.day = "2026-02-01"
    desk.run("boards", "--out", str(plan))

    assert plan.read_bytes() == before


def test_a_plan_that_was_applied_is_stale_the_second_time(desk: Desk, plan: Path) -> None:
    desk.run("apply", str(plan))

    again = desk.run("apply", str(plan))

    assert (again.code, again.writes) == (3, [])
    assert "the plan is stale" in again.err


def test_another_plan_than_the_one_that_was_reviewed_is_refused(desk: Desk, plan: Path) -> None:
    ran = desk.run("apply", str(plan), "--expect", "0" * 64)

    assert (ran.code, ran.requests) == (3, [])
    assert "is not the plan that was reviewed" in ran.err


def test_a_dry_run_prints_the_plan_and_writes_nothing(desk: Desk, plan: Path) -> None:
    ran = desk.run("apply", str(plan), "--dry-run")

    assert (ran.code, ran.writes) == (0, [])
    assert "+ create board  acme/search: Search: Planning 18.10" in ran.out


def test_a_dry_run_of_a_stale_plan_prints_it_and_says_so(desk: Desk, plan: Path) -> None:
    desk.run("boards", "--apply")

    ran = desk.run("apply", str(plan), "--dry-run")

    assert (ran.code, ran.writes) == (3, [])
    assert "create board" in ran.out
    assert "the plan is stale" in ran.err


def test_force_lifts_no_staleness(desk: Desk, plan: Path) -> None:
    desk.run("boards", "--apply")

    ran = desk.run("apply", str(plan), "--force")

    assert (ran.code, ran.writes) == (3, [])


def test_a_limit_that_was_lowered_meanwhile_refuses_the_plan_and_force_lifts_it(desk: Desk, plan: Path) -> None:
    desk.configure(planning_issue="planning_issue: {{project: acme/search/planning}}\n    limits: {{max_changes: 4}}")
    refused = desk.run("apply", str(plan))
    assert (refused.code, refused.writes) == (3, [])

    assert desk.run("apply", str(plan), "--force").code == 0


EDITS: dict[str, Callable[[Desk], Any]] = {
    "a board of that name appears": lambda desk: desk.box.gitlab.add_board(GROUP, "Search: Build 18.10"),
    "somebody edits the section": lambda desk: _describe(desk, lambda text: text.replace("none yet", "not yet")),
    "somebody deletes the section's text": lambda desk: _describe(
        desk, lambda text: text.replace("**Boards:** none yet, `planning-bot boards` makes them", "")
    ),
    "somebody deletes the markers": lambda desk: _describe(
        desk, lambda text: text.replace("planning-bot:end links", "")
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_any_edit_of_what_the_plan_touches_refuses_all_of_it(
    desk: Desk, plan: Path, edit: Callable[[Desk], Any]
) -> None:
    edit(desk)
    before = json.dumps(desk.box.gitlab.dump())

    ran = desk.run("apply", str(plan))

    assert (ran.code, ran.writes) == (3, [])
    assert json.dumps(desk.box.gitlab.dump()) == before


def test_an_edit_of_what_the_plan_does_not_touch_survives_it(desk: Desk, plan: Path) -> None:
    _describe(desk, lambda text: text.replace("## Themes", "## Themes\n\nFaster search."))

    assert desk.run("apply", str(plan)).code == 0
    assert "Faster search." in desk.box.gitlab.issue(PROJECT, 1)["description"]


def test_what_changes_after_the_first_write_is_skipped_and_reported(desk: Desk, plan: Path) -> None:
    from planning_bot.sandbox import Fault  # noqa: PLC0415

    desk.box.fail(
        Fault("callback", method="POST", path="/boards$", before=lambda: EDITS["somebody edits the section"](desk))
    )

    ran = desk.run("apply", str(plan), "--format", "json")

    assert ran.team["outcome"]["applied"] == 4
    assert [remark["target"] for remark in ran.team["outcome"]["skipped"]] == [f"{PROJECT}#1"]
    assert "not yet" in desk.box.gitlab.issue(PROJECT, 1)["description"]


def test_the_plan_of_another_server_is_refused(desk: Desk, plan: Path) -> None:
    content = json.loads(plan.read_text())
    content.pop("sha256")
    elsewhere = SavedPlan.model_validate({**content, "server": "https://gitlab.elsewhere.test"})
    plan.write_text(elsewhere.to_json())

    ran = desk.run("apply", str(plan))

    assert (ran.code, ran.writes) == (2, [])
    assert "the plan was made for https://gitlab.elsewhere.test" in ran.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is not a saved plan"),
        ("{}", "is not a saved plan"),
        ("[" * 100_000, "is not a saved plan"),
        ('{"version": 2, "sha256": "x"}', "is not a saved plan of version 1"),
        ("\x00\xff", "is not a saved plan"),
    ],
)
def test_what_is_no_plan_is_said_to_be_none(desk: Desk, content: str, told: str) -> None:
    file = desk.folder / "plan.json"
    file.write_text(content, encoding="latin-1")

    ran = desk.run("apply", str(file))

    assert (ran.code, ran.requests) == (2, [])
    assert told in ran.err or "it is no text" in ran.err


def test_a_plan_that_is_not_there_is_a_mistake_of_the_command_line(desk: Desk) -> None:
    ran = desk.run("apply", str(desk.folder / "no-such-plan.json"))

    assert (ran.code, ran.requests) == (2, [])
    assert "No such file or directory" in ran.err


def test_a_folder_that_is_not_there_is_noticed_before_anything_is_read(desk: Desk) -> None:
    ran = desk.run("boards", "--out", str(desk.folder / "no-such-folder" / "plan.json"))

    assert (ran.code, ran.requests) == (2, [])


def test_the_plans_of_several_teams_are_applied_or_refused_together(desk: Desk) -> None:
    desk.configure(CONFIG + OTHER)
    file = desk.folder / "plan.json"
    desk.run("boards", "--out", str(file))
    desk.box.gitlab.add_board(GROUP, "Other: Build 18.10")

    ran = desk.run("apply", str(file))

    assert (ran.code, ran.writes) == (3, [])


def _describe(desk: Desk, change: Callable[[str], str]) -> None:
    text = desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert change(text) != text
    desk.box.gitlab.edit_issue(PROJECT, 1, by="mira", description=change(text))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_altered_plan_gets_through(desk: Desk, plan: Path, data: st.DataObject) -> None:
    whole = plan.read_text()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda char: char != whole[place]))
    altered = desk.folder / "altered.json"
    altered.write_text(whole[:place] + other + whole[place + 1 :], encoding="utf-8")

    ran: Ran = desk.run("apply", str(altered), "--dry-run")

    same = _means_the_same(altered, plan)
    assert same or (ran.code in (2, 3) and not ran.requests)
    assert not same or ran.code == 0


def _means_the_same(altered: Path, plan: Path) -> bool:
    """Whether an alteration was of blanks alone, or of a letter's case that JSON does not tell apart."""
    try:
        return bool(json.loads(altered.read_text()) == json.loads(plan.read_text()))
    except ValueError:
        return False


def test_nothing_but_boards_and_the_planning_issue_is_written(desk: Desk, plan: Path) -> None:
    ran = desk.run("apply", str(plan))

    assert {request.path for request in ran.writes if "/boards" not in request.path} == {f"{ISSUES}/1"}
