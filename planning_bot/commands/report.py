"""`planning-bot report`: a site of all teams, for people who look at it and not at GitLab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.options import config_path, make_console, reading_options
from planning_bot.commands.reporting import Reporter
from planning_bot.config import load
from planning_bot.domain.report import INDEX, ReportResult, folder_of, page_of
from planning_bot.domain.run import Mode, Options, TeamReport, exit_code
from planning_bot.errors import PlanningBotError, ProgramError
from planning_bot.gateways.report_folder import ReportFolder
from planning_bot.gathering.report import look_at_report
from planning_bot.metrics.report import measure_report
from planning_bot.metrics.report_pages import TeamFacts
from planning_bot.rendering.report import Report
from planning_bot.session import Voice
from planning_bot.wiring import open_sessions

if TYPE_CHECKING:
    from planning_bot.commands.console import Console
    from planning_bot.config import Config
    from planning_bot.session import Session


@click.command("report")
@click.argument("folder", metavar="[DIR]", default="public", type=click.Path(path_type=Path))
@reading_options
def command(folder: Path, **parameters: Any) -> int:
    """Write a site of all teams into a folder (default: public): capacity, build progress, Say/Do history.

    Its pages stand alone: they ask no server for anything, and hold nothing confidential.
    """
    console = make_console(*(parameters[key] for key in ("form", "verbose", "color")), quiet=parameters["quiet"])
    options = Options(config_path(parameters["config"]), parameters["teams"], parameters["today"])
    config = load(options.config)
    reporter = Reporter("report", console, Mode.PRINT)
    try:
        for report in _write(ReportFolder(folder), config, options, console):
            reporter.tell(report)
    except PlanningBotError as error:
        reporter.tell_all(error)
        raise
    reporter.tell_all()
    console.say(f"the report begins at {folder / INDEX}")
    return exit_code(reporter.reports)


def _write(folder: ReportFolder, config: Config, options: Options, console: Console) -> list[TeamReport]:
    """Look at each team, write all pages at once, and say what was written of each."""
    folder.open()
    asked = config.select(options.teams)
    with open_sessions(config, options, Voice(console.progress, lambda _: False, console.say)) as session:
        facts = [_look(session(team)) for team in asked]
    pages = Report(config.path.parent).render(facts)
    told = {team.team.key for team in facts if team.error is None}
    folder.put(pages, kept={folder_of(key) for key in config.teams if key not in told})
    return [_told(team) for team in facts]


def _look(session: Session) -> TeamFacts:
    """Give what the pages of a team tell; one team that fails keeps no other from its pages."""
    team, today = session.team, session.today
    session.voice.progress(f"{team.key}: reading what its pages tell")
    try:
        seen = look_at_report(team, session.config, session.doors, session.words, today, session.now)
        return measure_report(team, seen) if seen else TeamFacts(team, today)
    except PlanningBotError as error:
        return TeamFacts(team, today, error=error)
    except Exception as error:  # noqa: BLE001 - a mistake of the program with one team is no other team's
        return TeamFacts(team, today, error=ProgramError(error))


def _told(facts: TeamFacts) -> TeamReport:
    key = facts.team.key
    if facts.error:
        return TeamReport(key, error=facts.error)
    return TeamReport(key, result=ReportResult(tuple(page_of(key, page.milestone.title) for page in facts.pages)))
