"""Where `init` puts its files: the configuration, its schema and time off beside it, the pipeline at the top."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from planning_bot import __version__
from planning_bot.commands.options import config_path
from planning_bot.config import json_schema
from planning_bot.errors import UsageError
from planning_bot.planners.init_draft import CREATE_LABEL
from planning_bot.rendering.init_files import PTO_HEADER, init_file

if TYPE_CHECKING:
    from pathlib import Path

    from planning_bot.config import Gitlab
    from planning_bot.domain.survey import Draft, Gap

_SCHEMA, _PIPELINE = "planning-bot.schema.json", ".gitlab-ci.yml"
_COMMIT = "commit these files to a project on GitLab, and add to it"
_SUFFIXES = {".yml", ".yaml"}


@dataclass(frozen=True)
class Place:
    """The files of one new configuration.

    `root` is the project's folder, in which its pipeline runs; `source` the project of planning-bot itself, of which
    that is made. None: no pipeline.
    """

    config: Path
    root: Path
    source: str | None
    overwrite: bool

    @classmethod
    def of(cls, output: Path | None, source: str | None, *, overwrite: bool) -> Self:
        """Name the place that `--output` means: a file, or a project's folder."""
        if output and (output.is_dir() or output.suffix not in _SUFFIXES):
            output /= "config/planning-bot.yml"
        config = output or config_path(None)
        root = config.parent.parent if config.parent.name == "config" else config.parent
        return cls(config, root, source, overwrite)

    @property
    def folder(self) -> Path:
        """The folder of the configuration: what it names is relative to it."""
        return self.config.parent

    def paths(self, key: str | None) -> tuple[Path, ...]:
        """Name all files, as far as they are known before the team's key is."""
        pto = (self.folder / "pto" / f"{key}.csv",) if key else ()
        pipeline = (self.root / _PIPELINE,) if self.source else ()
        return (self.config, self.folder / _SCHEMA, *pto, *pipeline)

    def check(self, key: str | None = None) -> None:
        """Raise UsageError that names what is there already, unless it may be written over."""
        there = [str(path) for path in self.paths(key) if os.path.lexists(path)]
        if there and not self.overwrite:
            verb, them = ("is", "it") if len(there) == 1 else ("are", "them")
            leave = f"--no-ci leaves {_PIPELINE} alone, " if there[-1].endswith(_PIPELINE) else ""
            raise UsageError(
                f"{', '.join(there)} {verb} there already; nothing was written",
                f"--output names another place, {leave}--overwrite writes over {them}",
            )

    def files(self, made: Draft, gitlab: Gitlab) -> dict[Path, str]:
        """Write out what each file will hold; time off that is there stays as it is."""
        config, schema, pto, *pipeline = self.paths(made.key)
        facts = {**made.facts, "gitlab": gitlab, "schema": _SCHEMA, "pto": pto.relative_to(self.folder).as_posix()}
        files = {
            config: init_file("init/planning-bot.yml.j2", facts),
            schema: json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
            **({} if pto.is_file() else {pto: PTO_HEADER}),
        }
        return files | {path: init_file("init/gitlab-ci.yml.j2", self._pipeline()) for path in pipeline}

    def _pipeline(self) -> dict[str, object]:
        at = f"$CI_SERVER_FQDN/{self.source}"
        return {
            "source": self.source,
            "component": f"{at}/planning-bot@{__version__}",
            "package": f"git+https://{at}.git@{__version__}",
            "config": self.config.relative_to(self.root).as_posix(),
        }

    def next_steps(self, missing: tuple[Gap, ...]) -> tuple[str, ...]:
        """Say what comes next, with the commands as they are typed."""
        fix = any(gap.remedy == CREATE_LABEL for gap in missing)
        given = f" --config {shlex.quote(str(self.config))}" if self.config != config_path(None) else ""
        return (
            f"planning-bot check{given}",
            f"planning-bot doctor{' --fix' if fix else ''}{given}",
            f"planning-bot create-issue --dry-run{given}",
            f"{_COMMIT}: a variable GITLAB_TOKEN, masked and protected, and a pipeline schedule, once a day",
        )
