"""From nothing to a scheduled pipeline: what `init` writes, what the README shows, what a clone of the project has."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from planning_bot import cli
from tests.ci.forge import copy_source
from tests.support import environment
from tests.test_readme import README

if TYPE_CHECKING:
    from tests.ci.conftest import Team

pytestmark = pytest.mark.ci

BOT = "planning-bot: [every team]"


def test_what_init_writes_runs_on_a_schedule_with_nothing_added_but_the_token(team: Team) -> None:
    folder = team.project.folder
    shutil.rmtree(folder)
    folder.mkdir()
    with environment(**team.project.secrets):
        line = ["init", "--url", team.box.url, "--group", "acme", "--output", str(folder)]
        line += ["--planning-bot", "acme/planning-bot"]
        assert cli.run(line) == 0
    pipeline = (folder / ".gitlab-ci.yml").read_text(encoding="utf-8")
    day = f"      options: --today {team.story.today}\n"  # the sandbox's
    project = team.commit(f"{pipeline.rstrip()}\n{day}", libraries=None)  # pip installs all of it, from the tag
    ended = project.run("schedule", protected=True)
    assert ended.verdicts == {BOT: "PASS"}, ended.said
    titles = {issue["title"] for issue in team.box.gitlab.dump()["issues"]}
    assert {"Search 18.9 Planning", "Search 18.10 Planning"} <= titles


def test_what_the_readme_shows_is_included(team: Team) -> None:
    (text,) = [text for text in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if "include:" in text]
    project = team.commit(text)
    assert list(project.jobs("merge_request_event", protected=False)) == ["planning-bot:check"]
    assert list(project.jobs("schedule", protected=True)) == [BOT, "planning-bot:pages"]


@pytest.fixture
def clone(team: Team) -> Team:
    """Give a clone of this project, which plans with the configuration in it."""
    copy_source(team.project.folder)
    team.story.write_files(team.project.folder / "config")
    return team


def test_a_clone_plans_with_its_own_pipeline(clone: Team) -> None:
    project = clone.commit((clone.project.folder / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    inputs = {"command": "boards", "options": f"--today {clone.story.today}"}
    ended = project.run("schedule", BOT, protected=True, inputs=inputs)
    assert ended.verdicts == {BOT: "PASS"}, ended.said
    assert len(clone.box.gitlab.dump()["boards"]) == 4


def test_a_clone_has_the_checks_where_its_code_changes_and_the_planning_elsewhere(clone: Team) -> None:
    project = clone.commit((clone.project.folder / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    teams = {"teams": '["search", "discovery"]'}
    bots = ["planning-bot: [search]", "planning-bot: [discovery]"]
    assert [
        list(project.jobs("merge_request_event", protected=False)),
        list(project.jobs("push", protected=True)),
        list(project.jobs("schedule", protected=True, inputs=teams)),
        list(project.jobs("schedule", protected=True, inputs={"command": "nightly"})),
    ] == [["planning-bot:check", "checks"], ["checks"], [*bots, "planning-bot:pages"], ["nightly"]]
