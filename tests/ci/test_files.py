"""What the pipeline's files say that a run on one machine cannot show: who may, when again, one at a time."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from planning_bot import cli
from planning_bot.rendering.templates import Templates, shipped_templates
from tests.ci.forge import ROOT, tool
from tests.test_readme import README

if TYPE_CHECKING:
    from pathlib import Path

COMPONENT = (ROOT / "templates" / "planning-bot.yml").read_text(encoding="utf-8")
OWN = (ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8")
EXAMPLES = [text for text in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if "include:" in text]
WRITE = ("planning-bot", "planning-bot:apply")


class _Loader(yaml.SafeLoader):
    """Reads YAML with GitLab's `!reference`."""


_Loader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))


def documents(text: str) -> list[Any]:
    """Read a file of a pipeline: its header, if it has one, and its jobs."""
    return list(yaml.load_all(text, Loader=_Loader))


def job(name: str) -> dict[str, Any]:
    """Give a job of the component with all that it extends."""
    found = documents(COMPONENT)[1][name]
    return merged(job(found["extends"]), found) if "extends" in found else found


def merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Merge as `extends` does: maps key by key, all else is replaced (docs: ci/yaml/yaml_optimization)."""
    both = {key: merged(base[key], own[key]) for key in base.keys() & own.keys() if isinstance(own[key], dict)}
    return {**base, **own, **both}


JOBS = [name for name in documents(COMPONENT)[1] if not name.startswith(".")]


@pytest.mark.ci
@pytest.mark.parametrize("text", [pytest.param(COMPONENT, id="component"), pytest.param(OWN, id="own"), *EXAMPLES])
def test_gitlabs_schema_accepts_it(tmp_path: Path, text: str) -> None:
    parts = re.split(r"(?m)^---\n", text)  # the schema's tool reads one document at a time
    files = [tmp_path / f"{number}.yml" for number in range(len(parts))]
    for file, part in zip(files, parts, strict=True):
        file.write_text(part, encoding="utf-8")
    ran = subprocess.run(  # noqa: S603 - ours
        [tool("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", WRITE)
def test_what_writes_is_never_interrupted_and_one_at_a_time_for_each_team(name: str) -> None:
    found = job(name)
    assert (found["interruptible"], found["resource_group"]) == (False, "planning-bot/$PLANNING_BOT_TEAM")
    assert found["parallel"] == {"matrix": [{"PLANNING_BOT_TEAM": "$[[ inputs.teams ]]"}]}


@pytest.mark.parametrize("name", JOBS)
def test_every_job_is_tried_again_only_where_the_runner_failed_and_has_a_limit(name: str) -> None:
    found = job(name)
    assert found["retry"] == {"max": 2, "when": ["runner_system_failure", "scheduler_failure"]}
    assert found["timeout"] == "1 hour"


@pytest.mark.parametrize("name", JOBS)
def test_every_job_that_needs_a_secret_asks_for_a_protected_ref(name: str) -> None:
    conditions = [rule["if"] for rule in job(name)["rules"]]
    if name == "planning-bot:check":
        assert conditions == ['$CI_PIPELINE_SOURCE == "merge_request_event"']
    else:
        assert all('$CI_COMMIT_REF_PROTECTED == "true" && $CI_PIPELINE_SOURCE ' in one for one in conditions)


@pytest.mark.parametrize("name", JOBS)
def test_what_jobs_keep_is_for_members_and_for_a_while(name: str) -> None:
    kept = job(name).get("artifacts")
    if name != "planning-bot:check":
        assert kept
        assert kept["access"] == "developer"
        assert re.fullmatch(r"\d+ days?", kept["expire_in"])


def test_no_job_needs_those_of_the_teams_of_which_there_may_be_more_than_the_50_that_gitlab_allows() -> None:
    assert [name for name in JOBS if job(name).get("needs")] == []
    assert [name for name in JOBS if job(name)["stage"] == ".post"] == ["planning-bot:apply", "planning-bot:pages"]
    assert job("planning-bot:apply")["dependencies"] == ["planning-bot:plan"]


def test_nothing_that_other_pipelines_left_comes_near_the_token() -> None:
    assert "cache" not in {key for name in JOBS for key in job(name)}


def takes(command: click.Command, *options: str) -> bool:
    """Say whether a command has these options."""
    return set(options) <= {name for parameter in command.params for name in parameter.opts}


def test_the_commands_to_choose_from_are_those_that_write() -> None:
    options = documents(COMPONENT)[0]["spec"]["inputs"]["command"]["options"]
    commands = {name: cli.group.get_command(click.Context(cli.group), name) for name in cli.COMMANDS}
    writing = {name for name, command in commands.items() if command and takes(command, "--apply", "--milestone")}
    assert set(options) == {"run", *writing}
    assert documents(OWN)[0]["spec"]["inputs"]["command"]["options"] == [*options, "nightly"]


def test_options_can_be_words_and_nothing_that_a_shell_would_carry_out() -> None:
    allowed = re.compile(documents(COMPONENT)[0]["spec"]["inputs"]["options"]["regex"])
    hostile = ("; id", "$(id)", "`id`", "a|b", "a > b", "a & b", "*", "'", '"', "a\nb")
    assert allowed.match("--milestone 18.10 --force --today 2026-01-31")
    assert [text for text in hostile if allowed.match(text)] == []


def test_the_component_is_no_template_of_the_programs_texts(tmp_path: Path) -> None:
    assert shipped_templates() == ROOT / "templates"
    assert Templates(tmp_path).problems_of("planning_issue.md.j2") == []
