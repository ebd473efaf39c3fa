from __future__ import annotations

import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planning_bot import __version__
from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import Story, tell_story
from tests.ci.forge import ROOT, SECRETS, Project, commit, copy_source

if TYPE_CHECKING:
    from collections.abc import Iterator

# What another project includes, once the component's project has a release.
INCLUDE = """\
include:
  - component: $CI_SERVER_FQDN/acme/planning-bot/planning-bot@1.0.0
    inputs:
      package: {wheel}
      options: --today {today}
      {more}
"""


@dataclass(frozen=True)
class Team:
    """A team that plans with a pipeline, and the servers that it plans on."""

    project: Project
    box: Sandbox
    story: Story
    wheel: Path

    def include(self, more: str = "stage: test", **changed: object) -> Project:
        """Give the team's project its pipeline, with more inputs, and commit it."""
        text = INCLUDE.format(wheel=self.wheel, today=self.story.today, more=more)
        return self.commit(text, **changed)

    def commit(self, pipeline: str, **changed: object) -> Project:
        """Commit a pipeline to the team's project, and give the project, perhaps with changes."""
        folder = self.project.folder
        (folder / ".gitlab-ci.yml").write_text(pipeline, encoding="utf-8")
        commit(folder, "acme/search/planning")
        return Project(**{**vars(self.project), **changed})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build planning-bot as it is released."""
    folder = tmp_path_factory.mktemp("dist")
    line = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(line, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with all that is installed here but planning-bot."""
    folder = tmp_path_factory.mktemp("libraries")
    for path in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "planning_bot" not in path.name and path.suffix != ".pth":
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="session")
def component(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the repository of the component's project, with the release 1.0.0 and this one."""
    folder = tmp_path_factory.mktemp("planning-bot")
    copy_source(folder)
    commit(folder, "acme/planning-bot", tags=("1.0.0", __version__))
    return folder


@pytest.fixture
def team(tmp_path: Path, wheel: Path, libraries: Path, component: Path) -> Iterator[Team]:
    """Give a team on the morning on which 18.10 is to be planned, with a project for its pipeline."""
    with Sandbox() as box:
        story = tell_story(box)
        folder = tmp_path / "planning"
        story.write_files(folder / "config")
        key = (folder / "config" / "google-key.json").rename(tmp_path / "google-key.json")
        environment = {**story.environment(tmp_path), "GOOGLE_APPLICATION_CREDENTIALS": str(key)}
        secrets = {name: environment[name] for name in SECRETS}
        project = Project(folder, secrets, libraries, {"acme/planning-bot": component})
        box.requests.clear()
        yield Team(project, box, story, wheel)
