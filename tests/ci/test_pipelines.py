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
CHECK = "planning-bot:check"
NEED_EACH_SECRET = ("create-issue", "capacity", "say-do")  # for GitLab, the Sheet, and Slack
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


def test_the_schedule_carries_its_command_out_and_keeps_the_answer_and_the_journal(team: Team) -> None:
    project = team.include("command: create-issue", libraries=None)  # pip installs all that the wheel names
    ended = project.run("schedule", protected=True)
    assert ended.verdicts == {BOT: "PASS"}, ended.said
    assert planning_issues(team) == ["Search 18.10 Planning"]
    answer = ended.json(".planning-bot/files/1/answer.json")
    (found,) = answer["teams"]
    assert (answer["command"], found["team"], found["outcome"]["applied"]) == ("create-issue", "search", 1)
    assert [file.suffix for file in ended.files(".planning-bot/journals/*")] == [".jsonl"]


def test_a_plan_is_made_by_hand_and_nothing_is_written_until_somebody_presses_apply(team: Team) -> None:
    project = team.include("command: create-issue")
    planned = project.run("web", protected=True)
    assert planned.verdicts == {PLAN: "PASS"}, planned.said
    assert "+ create issue" in planned.log(PLAN)
    assert count(team.box.requests)[1] == 0
    sha256 = planned.json(".planning-bot/files/1/plan.json")["sha256"]
    applied = project.run("web", APPLY, protected=True, anew=False)
    assert applied.verdicts == {APPLY: "PASS"}, applied.said
    assert f"SHA-256 {sha256}" in applied.log(APPLY)
    assert planning_issues(team) == ["Search 18.10 Planning"]


def test_another_plan_than_the_reviewed_one_is_refused(team: Team) -> None:
    project = team.include("command: create-issue")
    (file,) = project.run("web", protected=True).files(".planning-bot/files/1/plan.json")
    another = SavedPlan.from_json(file.read_text(encoding="utf-8"), "plan.json").model_copy(
        update={"command": "boards"}
    )
    file.write_text(another.to_json(), encoding="utf-8")
    applied = project.run("web", APPLY, protected=True, anew=False)
    assert applied.verdicts == {APPLY: "WARN"}, applied.said
    assert "is not the plan that was reviewed" in applied.log(APPLY)
    assert count(team.box.requests)[1] == 0


def test_a_command_is_carried_out_at_once_when_somebody_presses_it_and_no_secret_is_told(team: Team) -> None:
    project = team.include()
    for command in NEED_EACH_SECRET:
        ended = project.run("web", BOT, protected=True, variables={"PLANNING_BOT_COMMAND": command})
        assert ended.verdicts == {BOT: "PASS"}, ended.said
        answer = ended.json(".planning-bot/files/1/answer.json")
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


def test_one_job_serves_every_team(team: Team) -> None:
    add_a_team(team)
    ended = team.include("command: create-issue").run("schedule", protected=True)
    assert ended.verdicts == {BOT: "PASS"}, ended.said
    assert planning_issues(team) == ["Discovery 18.10 Planning", "Search 18.10 Planning"]


def test_a_matrix_has_a_job_for_each_team_and_each_has_a_plan_of_its_own(team: Team) -> None:
    add_a_team(team)
    project = team.include("teams: [search, discovery]\n      command: create-issue")
    ended = project.run("schedule", protected=True)
    assert ended.verdicts == {"planning-bot: [search]": "PASS", "planning-bot: [discovery]": "PASS"}, ended.said
    assert [
        [found["team"] for found in ended.json(f".planning-bot/files/{number}/answer.json")["teams"]]
        for number in (1, 2)
    ] == [["search"], ["discovery"]]
    applied = project.run(
        "web", protected=True, variables={"PLANNING_BOT_COMMAND": "boards"}, pressed=["planning-bot:apply: [discovery]"]
    )
    pressed = {job: verdict for job, verdict in applied.verdicts.items() if ":apply" in job}
    assert pressed == {"planning-bot:apply: [discovery]": "PASS"}, applied.said
    assert {board["name"].partition(":")[0] for board in team.box.gitlab.dump()["boards"]} == {"Discovery"}
