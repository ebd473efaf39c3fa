"""Pipelines that really run: each job in a shell, planning-bot installed by pip, the servers those of the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planning_bot.domain.plan import SavedPlan
from tests.support import count

if TYPE_CHECKING:
    from tests.ci.conftest import Team

pytestmark = pytest.mark.ci

BOT, PLAN, APPLY = (f"planning-bot{part}: [every team]" for part in ("", ":plan", ":apply"))
CHECK, PAGES = "planning-bot:check", "planning-bot:pages"
NEED_EACH_SECRET = ("capacity", "say-do")  # GitLab's and the Sheet's, GitLab's and Slack's
DISCOVERY = """
  discovery:
    name: Discovery
    gitlab: {group: acme, label: "group::search"}
    members: [{username: kenji.sato}]
    planning_issue: {project: acme/search/planning}
"""


def planning_issues(team: Team) -> list[str]:
    """Give the titles of the planning issues that stand in GitLab."""
    titles = [issue["title"] for issue in team.box.gitlab.dump()["issues"]]
    return sorted(title for title in titles if title.endswith(" 18.10 Planning"))


def add_a_team(team: Team) -> None:
    """Add a second team to the configuration."""
    file = team.project.folder / "config" / "planning-bot.yml"
    file.write_text(file.read_text(encoding="utf-8") + DISCOVERY, encoding="utf-8")


def test_the_schedule_runs_what_is_due_for_every_team_and_publishes_the_report(team: Team) -> None:
    add_a_team(team)
    ended = team.include("pages: true").run("schedule", protected=True)
    assert ended.verdicts == {BOT: "PASS", PAGES: "PASS"}, ended.said
    assert planning_issues(team) == ["Discovery 18.10 Planning", "Search 18.10 Planning"]
    answer = ended.json(".planning-bot/files/answer.json")
    assert answer["command"] == "run"
    due = {found["team"]: {task["command"] for task in found["result"]["due"]} for found in answer["teams"]}
    assert {"create-issue", "boards", "status"} <= due["search"]
    assert "create-issue" in due["discovery"]
    (links,) = ended.json(".planning-bot/files/annotations.json").values()
    assert "search: Search: Build 18.10" in [link["external_link"]["label"] for link in links]
    assert {file.suffix for file in ended.files(".planning-bot/journals/*")} == {".jsonl"}
    assert "<html" in ended.files("public/index.html")[0].read_text(encoding="utf-8")


def test_by_hand_a_plan_is_made_and_only_that_plan_is_applied_once_somebody_presses_it(team: Team) -> None:
    project = team.include("command: create-issue")
    planned = project.run("web", protected=True)
    assert planned.verdicts == {PLAN: "PASS"}, planned.said
    assert "+ create issue" in planned.log(PLAN)

    (file,) = planned.files(".planning-bot/files/plan-1.json")
    reviewed = SavedPlan.from_json(file.read_text(encoding="utf-8"), "plan.json")
    file.write_text(reviewed.model_copy(update={"command": "boards"}).to_json(), encoding="utf-8")
    refused = project.run("web", APPLY, protected=True, anew=False)
    assert refused.verdicts == {APPLY: "WARN"}, refused.said
    assert "is not the plan that was reviewed" in refused.log(APPLY)
    assert count(team.box.requests)[1] == 0

    file.write_text(reviewed.to_json(), encoding="utf-8")
    applied = project.run("web", APPLY, protected=True, anew=False)
    assert applied.verdicts == {APPLY: "PASS"}, applied.said
    assert f"SHA-256 {reviewed.sha256}" in applied.log(APPLY)
    assert planning_issues(team) == ["Search 18.10 Planning"]


def test_a_command_is_carried_out_at_once_when_somebody_presses_it_and_no_secret_is_told(team: Team) -> None:
    project = team.include()
    for command in NEED_EACH_SECRET:
        ended = project.run("web", BOT, protected=True, variables={"PLANNING_BOT_COMMAND": command})
        assert ended.verdicts == {BOT: "PASS"}, ended.said
        answer = ended.json(".planning-bot/files/answer.json")
        outcome = answer["teams"][0]["outcome"]
        assert (answer["command"], outcome["applied"] > 0, outcome["failed"]) == (command, True, [])
        told = [ended.said, *(path.read_text(encoding="utf-8") for path in ended.files("**/*.json*"))]
        tokens = [project.secrets[name] for name in ("GITLAB_TOKEN", "SLACK_BOT_TOKEN")]
        assert [token for token in tokens for text in told if token in text] == []


def test_a_merge_request_gets_the_check_and_no_job_that_writes_or_asks(team: Team) -> None:
    project = team.include(leaks=True)  # and that even where the variables are not protected
    assert list(project.jobs("merge_request_event", protected=False)) == [CHECK]
    ended = project.run("merge_request_event", protected=False)
    assert ended.verdicts == {CHECK: "PASS"}, ended.said
    assert "no mistake found" in ended.log(CHECK)
    assert team.box.requests == []


def test_a_merge_request_with_a_mistake_in_the_configuration_fails(team: Team) -> None:
    file = team.project.folder / "config" / "planning-bot.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("timezone:", "time_zone:"), encoding="utf-8")
    ended = team.include().run("merge_request_event", protected=False)
    assert ended.verdicts == {CHECK: "FAIL"}, ended.said
    assert "config/planning-bot.yml:14:5: teams.search.time_zone: " in ended.log(CHECK)


@pytest.mark.parametrize("source", ["schedule", "web", "api", "trigger", "push", "merge_request_event"])
def test_without_protection_nothing_runs_that_needs_a_secret(team: Team, source: str) -> None:
    jobs = team.include("pages: true").jobs(source, protected=False)
    assert set(jobs) <= {CHECK}


def test_a_matrix_has_a_plan_for_each_team_and_each_is_applied_alone(team: Team) -> None:
    add_a_team(team)
    project = team.include("command: boards\n      teams: [search, discovery]")
    ended = project.run("web", protected=True, pressed=["planning-bot:apply: [discovery]"])
    assert ended.verdicts == {
        "planning-bot:plan: [search]": "PASS",
        "planning-bot:plan: [discovery]": "PASS",
        "planning-bot:apply: [discovery]": "PASS",
    }, ended.said
    assert {board["name"].partition(":")[0] for board in team.box.gitlab.dump()["boards"]} == {"Discovery"}
