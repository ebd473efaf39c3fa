"""From a path to a configuration, and from a configuration to its teams."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from planning_bot.config import Config, load
from planning_bot.errors import ConfigurationError, UsageError

from .files import EXAMPLE, REQUIRED, parsed, with_team

if TYPE_CHECKING:
    from pathlib import Path

HINT = "Name the file with --config FILE or the environment variable PLANNING_BOT_CONFIG."
TWO = REQUIRED + REQUIRED.split("teams:\n")[1].replace("custom-models:", "editor:")


@pytest.fixture
def two_teams() -> Config:
    return parsed(TWO)


def test_a_file_remembers_its_path(tmp_path: Path) -> None:
    path = tmp_path / "team.yml"
    path.write_bytes(b"\xef\xbb\xbf" + REQUIRED.encode())

    assert load(path).path == path


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.yml"

    with pytest.raises(UsageError) as caught:
        load(path)

    assert (caught.value.message, caught.value.hint) == (f"There is no configuration file {path}.", HINT)


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path)

    assert caught.value.message == f"The configuration file {tmp_path} cannot be read: Is a directory."
    assert caught.value.hint == HINT


def test_problems_name_the_file_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "team.yml"
    path.write_text(REQUIRED + "    nam: x\n")

    with pytest.raises(ConfigurationError) as caught:
        load(path)

    message = f"{path}:12:5: teams.custom-models.nam: unknown key 'nam'; did you mean 'name'?"
    assert (caught.value.exit_code, caught.value.message) == (2, message)


def test_all_teams_in_the_order_of_the_file(two_teams: Config) -> None:
    assert [team.key for team in two_teams.select(())] == ["custom-models", "editor"]


def test_named_teams_each_once(two_teams: Config) -> None:
    assert two_teams.select(("editor", "editor")) == (two_teams.team("editor"),)


def test_a_team_that_does_not_exist(two_teams: Config) -> None:
    with pytest.raises(UsageError) as caught:
        two_teams.select(("custom-modls",))

    assert caught.value.message == "There is no team 'custom-modls' in team.yml; did you mean 'custom-models'?"
    assert caught.value.hint == "Its teams: custom-models, editor."


@pytest.mark.parametrize(
    "scalar", ["18.10", "NO", "on", "2024-12-23", "1_000", "0x1F", "1:30", "1e3", "'null'", "true"]
)
def test_text_stays_as_it_is_written(scalar: str) -> None:
    team = with_team(
        f"name: {scalar}\n"
        f"    milestones: {{next_1_3: {scalar}, backlog: {scalar}}}\n"
        f"    deliverables: {{label: {scalar}, type_mix: {{{scalar}: 10}}, preference: [{scalar}]}}\n"
        f"    capacity: {{sheet: {{key: {scalar}, tab: {scalar}}}}}"
    ).team("custom-models")

    written = scalar.strip("'")
    assert (team.name, team.milestones.next_1_3, team.milestones.backlog) == (written, written, written)
    assert (team.deliverables.label, team.deliverables.preference) == (written, (written,))
    assert dict(team.deliverables.type_mix) == {written: 10}
    assert team.capacity.sheet is not None
    assert (team.capacity.sheet.key, team.capacity.sheet.tab) == (written, written)


def test_norway_is_a_country() -> None:
    text = REQUIRED.replace("eduardobonet\n", "eduardobonet\n        country: NO\n")

    assert parsed(text).team("custom-models").members[0].country == "NO"


def test_an_alias_stands_for_what_it_names() -> None:
    team = with_team("boards: {planning: {lists: &lists [a, b]}, build: {lists: *lists}}").team("custom-models")

    assert team.boards["planning"].lists == team.boards["build"].lists == ("a", "b")


@pytest.mark.parametrize("word", ["true", "True", "TRUE"])
def test_true_in_any_case(word: str) -> None:
    assert with_team(f"capacity: {{holidays: {word}}}").team("custom-models").capacity.holidays is True


def test_a_configuration_is_frozen() -> None:
    config = load(EXAMPLE)

    with pytest.raises(ValueError, match="frozen"):
        config.gitlab.url = "https://elsewhere.example.com"  # type: ignore[misc]


def test_importing_the_models_imports_nothing_that_they_do_not_need() -> None:
    heavy = "{'jinja2', 'requests', 'gitlab', 'pandas', 'rich'}"
    command = f"import sys, planning_bot.config; print({heavy} & sys.modules.keys() or 'nothing')"

    result = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)  # noqa: S603 - own words

    assert result.stdout == "nothing\n"


def test_a_name_that_only_begins_like_a_token_is_a_name() -> None:
    config = parsed(REQUIRED.replace("eduardobonet", "glenn-johnson"))
    assert config.teams["custom-models"].usernames == ("glenn-johnson",)
