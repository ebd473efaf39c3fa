"""Configuration files for tests, as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from planning_bot.config import Config, read
from planning_bot.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config/planning-bot.yml"
CONTRACT = ROOT.parent / "shared/contract/planning-bot.yml"

REQUIRED = """\
gitlab:
  url: https://gitlab.com
teams:
  custom-models:
    gitlab:
      group: gitlab-org
      label: "group::custom models"
    members:
      - username: eduardobonet
    planning_issue:
      project: gitlab-org/custom-models
"""
"""The required keys alone, in eleven lines: what a test adds to the team begins in line 12."""


def parsed(text: str) -> Config:
    """Read a file with this text."""
    return read(text.encode(), Path("team.yml"))


def with_team(setting: str) -> Config:
    """Read the required keys and one more line of the team."""
    return parsed(f"{REQUIRED}    {setting}\n")


def problems(text: str | bytes) -> list[str]:
    """Return what is wrong with a file, line by line as people read it, without the file's name."""
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigurationError) as caught:
        read(content, Path("team.yml"))
    return [str(problem).removeprefix("team.yml:") for problem in caught.value.problems]


def problems_with(setting: str) -> list[str]:
    """Return what is wrong when the team has one more line, without the team's key."""
    lines = problems(f"{REQUIRED}    {setting}\n")
    return [line.replace("teams.custom-models.", "", 1) for line in lines]
