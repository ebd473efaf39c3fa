"""A project with a pipeline: a repository whose jobs gitlab-ci-local runs, in shells of this machine.

gitlab-ci-local reads inputs, includes and components, rules, needs, matrices, dotenv reports and artifacts as GitLab
does. It knows neither protected variables nor resource groups nor who may see an artifact; `Project.run` hands secrets
to protected refs alone, as GitLab does, and what else it cannot show is held in `test_component.py`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
HOST = "https://gitlab.example.com"
SECRETS = ("GITLAB_TOKEN", "SLACK_BOT_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS")
_SECONDS = 900  # a busy machine takes its time
_VERDICT = re.compile(r"^ (PASS|WARN|FAIL) +(planning-bot.*?)(?:  .*)?$", re.MULTILINE)
_OWN = re.compile(r"(GITLAB|SLACK|GOOGLE|PLANNING_BOT|CI|GCL|GIT|PYTEST)(_|$)|PYTHON")
_TOOLS = ("gitlab-ci-local", "check-jsonschema", "node", "rsync", "git")


def tool(name: str) -> str:
    """Find a program that these tests need; without it they fail, as nothing would be tested."""
    found = shutil.which(name)
    assert found, f"{name} is missing: .ci/run installs {', '.join(_TOOLS)} and runs these tests"
    return found


def copy_source(folder: Path) -> None:
    """Copy what a clone of this project has, as far as it is installed or included."""
    for name in ("planning_bot", "templates", "config"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for name in ("pyproject.toml", "README.md", ".gitlab-ci.yml", ".gitignore"):
        shutil.copyfile(ROOT / name, folder / name)


def commit(folder: Path, path: str, tags: Sequence[str] = ()) -> None:
    """Make a repository of a folder: one commit on main, which is the default branch of that project on the host."""
    git = [tool("git"), "-C", str(folder), "-c", "user.name=Mira", "-c", "user.email=mira@example.com"]
    steps = ["init -q -b main", "add -A", "commit -qm Plan", f"remote add origin {HOST}/{path}.git"]
    steps += ["update-ref refs/remotes/origin/main HEAD"]
    steps += ["symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main"]
    steps += [f"tag {tag}" for tag in tags]
    for step in steps:
        subprocess.run([*git, *step.split()], check=True, capture_output=True)  # noqa: S603 - ours


@dataclass(frozen=True)
class Pipeline:
    """What became of a pipeline: what its jobs said, and the files that they kept."""

    said: str
    artifacts: Path

    @property
    def verdicts(self) -> dict[str, str]:
        """What became of each job that ran: PASS, FAIL, or WARN where it failed and may."""
        return {job.strip(): verdict for verdict, job in _VERDICT.findall(self.said)}

    def log(self, job: str) -> str:
        """Give what one job said, without its name at the beginning of each line."""
        lines = [line.removeprefix(job) for line in self.said.splitlines() if line.startswith(f"{job} ")]
        return "\n".join(line.strip().removeprefix("> ") for line in lines)

    def files(self, pattern: str) -> list[Path]:
        """Find what the jobs kept as artifacts, the shells' own copies of the reports aside."""
        return sorted(path for path in self.artifacts.glob(f"*/{pattern}") if ".gitlab-ci-reports" not in path.parts)

    def json(self, pattern: str) -> Any:
        """Read the one file that the jobs kept under that name."""
        (file,) = self.files(pattern)
        return json.loads(file.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Project:
    """A project of a team's: a repository, and the secrets among its variables."""

    folder: Path
    secrets: Mapping[str, str]
    # Where the jobs find what planning-bot needs, so that pip has only planning-bot itself to install.
    libraries: Path | None = None
    # Other projects on the same host: their path, and the folder of their repository.
    others: Mapping[str, Path] = field(default_factory=dict)
    # Whether unprotected refs get the secrets as well, which GitLab does where the variables are not protected.
    leaks: bool = False

    def jobs(self, source: str, *, protected: bool, inputs: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Give the jobs of a pipeline without running them, each by its name."""
        options = ["--list-json", *self._options(source, protected=protected, inputs=inputs or {})]
        ran = self._local(options)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        found = json.loads(ran.stdout[ran.stdout.index("[\n") :])
        return {job["name"]: job for job in found if job["when"] != "never"}

    def run(
        self,
        source: str,
        *arguments: str,
        protected: bool,
        inputs: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        pressed: Sequence[str] = (),
        anew: bool = True,
    ) -> Pipeline:
        """Run a pipeline, or the named jobs of it, with these manual jobs pressed; or go on with the one before."""
        if anew:
            shutil.rmtree(self.folder / ".gitlab-ci-local", ignore_errors=True)
        options = self._options(source, protected=protected, inputs=inputs or {}, variables=variables or {})
        options += [part for job in pressed for part in ("--manual", job)]
        ran = self._local([*options, *arguments])
        said = ran.stdout + ran.stderr
        return Pipeline(said, self.folder / ".gitlab-ci-local" / "artifacts")

    def _options(
        self,
        source: str,
        *,
        protected: bool,
        inputs: Mapping[str, str],
        variables: Mapping[str, str] | None = None,
    ) -> list[str]:
        file = self.folder.parent / "variables.yml"
        file.write_text(yaml.safe_dump(dict(self.secrets) if protected or self.leaks else {}), encoding="utf-8")
        told = {"CI_PIPELINE_SOURCE": source, "CI_COMMIT_REF_PROTECTED": str(protected).lower(), **(variables or {})}
        return [
            "--variables-file", os.path.relpath(file, self.folder),
            *(part for name, value in told.items() for part in ("--variable", f"{name}={value}")),
            *(part for name, value in inputs.items() for part in ("--input", f"{name}={value}")),
        ]  # fmt: skip

    def _local(self, options: Sequence[str]) -> subprocess.CompletedProcess[str]:
        always = ["--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source", "--no-color"]
        home = ["--home", str(self.folder.parent)]
        return subprocess.run(  # noqa: S603 - ours
            [tool("gitlab-ci-local"), *always, *home, *options],
            cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not _OWN.match(name)}
        python = str(Path(sys.base_prefix) / "bin")
        instead = {f"url.{folder}.insteadOf": f"{HOST}/{path}.git" for path, folder in self.others.items()}
        return {
            **inherited,
            "PATH": os.pathsep.join([python, os.environ["PATH"]]),
            "GCL_IGNORE_PREDEFINED_VARS": "CI_PIPELINE_SOURCE,CI_COMMIT_REF_PROTECTED",
            "GIT_CONFIG_COUNT": str(len(instead)),
            **{f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(instead)},
            **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(instead.values())},
            **({"PYTHONPATH": str(self.libraries)} if self.libraries else {}),
        }
