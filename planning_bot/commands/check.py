"""`planning-bot check`: the configuration, offline: every error at once, with file, line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.options import config_path, make_console, reading_options
from planning_bot.commands.reporting import Reporter
from planning_bot.config import load
from planning_bot.domain.results import CheckResult
from planning_bot.domain.run import Mode, TeamReport
from planning_bot.errors import ConfigurationError
from planning_bot.rendering.templates import Templates

if TYPE_CHECKING:
    from planning_bot.config import Team


@click.command("check")
@reading_options
def command(**parameters: Any) -> int:
    """Check the configuration and the templates, offline: every error at once."""
    console = make_console(*(parameters[key] for key in ("form", "verbose", "color")), quiet=parameters["quiet"])
    config = load(config_path(parameters["config"]))
    templates = Templates(config.path.parent)
    reporter = Reporter("check", console, Mode.PRINT)
    teams = config.select(parameters["teams"])
    problems = [problem for team in teams for problem in templates.problems_of(team.planning_issue.template)]
    if problems:
        raise ConfigurationError(list(dict.fromkeys(problems)))
    for team in teams:
        reporter.tell(TeamReport(team.key, result=_result(team)))
    reporter.tell_all()
    return 0


def _result(team: Team) -> CheckResult:
    return CheckResult(members=len(team.members), boards=len(team.boards), scheduled=tuple(team.schedule))
