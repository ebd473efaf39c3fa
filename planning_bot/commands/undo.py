"""`planning-bot undo JOURNAL`: takes back what a run added, where nobody has touched it since."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.options import config_path, make_console, reading_options, writing_options
from planning_bot.commands.reporting import Reporter
from planning_bot.commands.team_command import mode_of, one_team, save_plans
from planning_bot.config import load
from planning_bot.domain.run import Options, TeamReport, exit_code
from planning_bot.errors import PlanningBotError, UsageError
from planning_bot.gateways.journal_file import load_journal
from planning_bot.planners.undo import plan_undo
from planning_bot.session import Voice
from planning_bot.wiring import open_sessions

if TYPE_CHECKING:
    from planning_bot.config import Config
    from planning_bot.domain.journal import Journal
    from planning_bot.session import Session


@click.command("undo")
@click.argument("source", metavar="JOURNAL", type=click.Path(path_type=Path))
@writing_options
@reading_options
def command(source: Path, **parameters: Any) -> int:
    """Take back what the run of that JOURNAL added, where nobody has touched it since.

    Labels come off, milestones go back, assignees off, sections as they were. Nothing is deleted or closed, and what
    the program remembers stays, so that `run` does not do again what was undone.
    """
    console = make_console(*(parameters[key] for key in ("form", "verbose", "color")), quiet=parameters["quiet"])
    out = parameters["out"]
    mode = mode_of(console, out, dry_run=parameters["dry_run"], apply=parameters["apply"])
    config = load(config_path(parameters["config"]))
    reporter = Reporter("undo", console, mode, parameters["artifacts"])
    try:
        journal = load_journal(source)
        teams = _teams(journal, config, parameters["teams"])
        given = {key: parameters[key] for key in ("today", "force", "journal")}
        options = Options(config.path, teams, mode=mode, command="undo", **given)
        with open_sessions(config, options, Voice(console.progress, reporter.agrees, console.say)) as open_session:
            for team in config.select(teams) if teams else ():
                reporter.tell(one_team(open_session(team), partial(_undo, journal)))
    except PlanningBotError as error:
        reporter.tell_all(error)
        raise
    reporter.tell_all()
    if out:
        save_plans("undo", config, reporter.reports, out, console)
    return exit_code(reporter.reports)


def _undo(journal: Journal, session: Session) -> TeamReport:
    team = session.team
    own = journal.teams[team.key]
    result, plan = plan_undo(journal, team, session.look_at_edited(own), session.reader.me())
    return session.carry_out(TeamReport(team.key, own.milestone, result, plan))


def _teams(journal: Journal, config: Config, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Name the teams for which something is taken back. Raises UsageError where the journal is of others."""
    if journal.began.server != config.gitlab.url:
        raise UsageError(
            f"the journal is of {journal.began.server}, and the configuration names {config.gitlab.url}",
            "use the configuration that the run was started with",
        )
    for name in wanted:
        if name not in journal.teams:
            raise UsageError(f"the journal has nothing of team {name!r}", f"it has: {', '.join(journal.teams)}")
    teams = tuple(name for name in journal.teams if name in wanted or not wanted)
    for team in config.select(teams) if teams else ():
        groups = {plan.group for plan in journal.teams[team.key].plans}
        if groups != {team.gitlab.group}:
            raise UsageError(
                f"the journal is of a team {team.key!r} of {', '.join(sorted(groups))}, and the configuration has one "
                f"of {team.gitlab.group}",
                "use the configuration that the run was started with",
            )
    return teams
