"""`planning-bot doctor`: the configuration against the servers, and with --fix the labels that are missing."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.options import config_path, make_console, reading_options, writing_options
from planning_bot.commands.reporting import Reporter
from planning_bot.commands.team_command import mode_of, save_plans
from planning_bot.config import load
from planning_bot.domain.run import Mode, Options, TeamReport, exit_code
from planning_bot.errors import PlanningBotError, UsageError
from planning_bot.gateways.this_machine import one_at_a_time
from planning_bot.gathering.doctor import examine
from planning_bot.planners.doctor import diagnose, plan_fix
from planning_bot.rendering.templates import Templates
from planning_bot.session import Voice
from planning_bot.wiring import connect, open_sessions, today_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planning_bot.commands.console import Console
    from planning_bot.config import Config, Team
    from planning_bot.domain.doctor import DoctorResult
    from planning_bot.session import Session

    OpenSession = Callable[[Team], Session]


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Create the labels that have to exist, in the team's group; nothing else.")
@reading_options
@writing_options
def command(fix: bool, **parameters: Any) -> int:  # noqa: FBT001 - click passes it by its name
    """Check what the configuration names against the servers: what is wrong, and how to mend it.

    With findings the exit code is 1; notes, marked with !, change nothing. The options about a plan go with --fix.
    """
    console = make_console(*(parameters[key] for key in ("form", "verbose", "color")), quiet=parameters["quiet"])
    mode = _mode(console, parameters, fix=fix)
    given = {key: parameters[key] for key in ("teams", "today", "force", "journal")}
    options = Options(config_path(parameters["config"]), mode=mode, command="doctor", **given)
    config = load(options.config)
    reporter = Reporter("doctor", console, mode, parameters["artifacts"])
    try:
        with ExitStack() as stack:
            sessions = _open(stack, config, options, Voice(console.progress, reporter.agrees, console.say))
            for team, result in _results(config, options, sessions, console).items():
                if fix and not isinstance(sessions, PlanningBotError):
                    reporter.tell(_fixed(sessions(config.team(team)), result))
                else:
                    reporter.tell(TeamReport(team, result=result))
    except PlanningBotError as error:
        reporter.tell_all(error)
        raise
    reporter.tell_all()
    if parameters["out"]:
        save_plans("doctor", config, reporter.reports, parameters["out"], console)
    return exit_code(reporter.reports)


def _mode(console: Console, parameters: dict[str, Any], *, fix: bool) -> Mode:
    out: Path | None = parameters["out"]
    if fix:
        return mode_of(console, out, dry_run=parameters["dry_run"], apply=parameters["apply"])
    for name in ("apply", "out", "force"):
        if parameters[name]:
            raise UsageError(f"--{name} says what becomes of a plan, and without --fix there is none", "add --fix")
    return Mode.PRINT


def _open(stack: ExitStack, config: Config, options: Options, voice: Voice) -> OpenSession | PlanningBotError:
    """Open the way to GitLab; that there is no token is a finding like any other."""
    try:
        connect(config).close()
    except UsageError as error:
        return error
    return stack.enter_context(open_sessions(config, options, voice))


def _results(
    config: Config, options: Options, sessions: OpenSession | PlanningBotError, console: Console
) -> dict[str, DoctorResult]:
    """Look at everything that the teams name, and say of each what was found; what they share is told once."""
    days = {team.key: today_of(team, options) for team in config.select(options.teams)}
    console.progress(f"looking at what {config.path.name} names")
    doors = sessions if isinstance(sessions, PlanningBotError) else sessions(config.team(next(iter(days)))).doors
    words = Templates(config.path.parent)
    results: dict[str, DoctorResult] = {}
    for key, checkup in examine(config, days, doors).items():
        results[key] = diagnose(config.team(key), checkup, days[key], words).beside(results)
    return results


def _fixed(session: Session, result: DoctorResult) -> TeamReport:
    try:
        with ExitStack() as stack:
            if session.options.mode is not Mode.PRINT:
                stack.enter_context(one_at_a_time(session.config, session.team))
            return session.conclude(None, result, plan_fix(session.team, result))
    except PlanningBotError as error:
        return TeamReport(session.team.key, error=error)
