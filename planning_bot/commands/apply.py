"""`planning-bot apply PLAN`: carries out a saved plan, and nothing else; what was reviewed is what is applied."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.options import config_path, journal_option, make_console, reading_options
from planning_bot.commands.reporting import Reporter
from planning_bot.config import load
from planning_bot.delivery import check_fresh, check_limits
from planning_bot.domain.plan import SavedPlan
from planning_bot.domain.results import ApplyResult
from planning_bot.domain.run import Mode, Options, TeamReport, exit_code
from planning_bot.errors import PlanningBotError, RefusedError, UsageError
from planning_bot.gateways.files import read_text
from planning_bot.gateways.this_machine import one_at_a_time
from planning_bot.session import Voice
from planning_bot.wiring import open_sessions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning_bot.config import Config
    from planning_bot.session import Session

_LARGEST = 64 * 1024 * 1024


@click.command("apply")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--expect", metavar="SHA", help="Refuse any plan but the one with this SHA-256: the one that was reviewed."
)
@click.option(
    "--dry-run", is_flag=True, help="Print the plan, and whether it is still fresh; send no request but reads."
)
@click.option("--force", is_flag=True, help='Lift a limit; never "stale" or "altered".')
@journal_option
@reading_options
def command(plan: Path, expect: str | None, **parameters: Any) -> int:
    """Carry out the plan that was saved in the file PLAN; it never asks.

    Before the first write everything that the plan touches is compared with what it was when the plan was made.
    """
    console = make_console(*(parameters[key] for key in ("form", "verbose", "color")), quiet=parameters["quiet"])
    config = load(config_path(parameters["config"]))
    saved = _read(plan, expect)
    mode = Mode.PRINT if parameters["dry_run"] else Mode.APPLY
    given = {key: parameters[key] for key in ("today", "force", "journal")}
    options = Options(config.path, saved.team_names, mode=mode, command="apply", **given)
    reporter = Reporter("apply", console, mode)
    try:
        _check_meant_for(saved, config, parameters["teams"])
        with ExitStack() as stack:
            voice = Voice(console.progress, reporter.agrees, console.say)
            open_session = stack.enter_context(open_sessions(config, options, voice))
            teams = config.select(saved.team_names)
            for team in teams if mode is Mode.APPLY else ():
                stack.enter_context(one_at_a_time(config, team))
            for report in _applied(saved, {team.key: open_session(team) for team in teams}):
                reporter.tell(report)
    except PlanningBotError as error:
        reporter.reports = [TeamReport(team.team, team.milestone, plan=team.plan, error=error) for team in saved.teams]
        reporter.tell_all(error)
        raise
    reporter.tell_all()
    return exit_code(reporter.reports)


def _applied(saved: SavedPlan, sessions: Mapping[str, Session]) -> Iterator[TeamReport]:
    """Apply what was reviewed, or nothing of it: limits and the present are looked at before the first write.

    Raises RefusedError where a limit is exceeded or the plan is stale; a dry run is told so too, after the plan.
    """
    result = ApplyResult(saved.command, saved.sha256)
    pairs = [(planned, sessions[planned.team]) for planned in saved.teams]  # `run` saves several for a team
    printed = [session.apply(planned, result) for planned, session in pairs if session.options.mode is Mode.PRINT]
    yield from printed
    for planned, session in pairs:
        if not session.options.force:
            check_limits(planned.plan, session.team.limits)
        check_fresh(planned.plan, session.door(), session.doors.connection.together)
    if not printed:
        for planned, session in pairs:
            yield session.apply(planned, result)


def _read(file: Path, expect: str | None) -> SavedPlan:
    text = read_text(file, _LARGEST, "plan", "save a plan with --out FILE")
    saved = SavedPlan.from_json(text, str(file))
    if expect is not None and expect.strip().lower() != saved.sha256:
        raise RefusedError(
            f"{file} is not the plan that was reviewed: its SHA-256 is {saved.sha256}",
            "review this plan, and pass its SHA-256 with --expect",
        )
    return saved


def _check_meant_for(saved: SavedPlan, config: Config, teams: tuple[str, ...]) -> None:
    if saved.server != config.gitlab.url:
        raise UsageError(
            f"the plan was made for {saved.server}, and the configuration names {config.gitlab.url}",
            "use the configuration that it was made with",
        )
    strangers = [name for name in teams if name not in saved.team_names]
    if strangers:
        raise UsageError(
            f"the plan has nothing of team {strangers[0]!r}", "a plan is applied as a whole: leave --team out"
        )
