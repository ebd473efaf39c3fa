"""What commands about a team's milestone have in common: going through the teams, and saving the plan."""

from __future__ import annotations

import functools
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.options import (
    config_path,
    make_console,
    milestone_option,
    reading_options,
    writing_options,
)
from planning_bot.commands.reporting import Reporter
from planning_bot.config import load
from planning_bot.domain.plan import SavedPlan
from planning_bot.domain.run import Mode, Options, TeamReport, exit_code
from planning_bot.errors import PlanningBotError, ProgramError, UsageError
from planning_bot.gateways.this_machine import one_at_a_time
from planning_bot.session import Voice
from planning_bot.wiring import open_sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from planning_bot.commands.console import Console
    from planning_bot.config import Config
    from planning_bot.session import Session

    Decide = Callable[..., TeamReport]


# How many requests go out at the same time is for the connection to say; a team that waits holds up no other.
_TEAMS_SIDE_BY_SIDE = 8


class TeamCommand(click.Command):
    """A command about a team; `decide` is what it does for one, for who composes commands (`run`)."""

    decide: Decide


def team_command(name: str, *, milestone: str | None, asks: bool = True) -> Callable[[Decide], TeamCommand]:
    """Make a command out of a function that gathers, decides and concludes for one team.

    One without a milestone is about whatever milestones the day is about; one that does not ask needs --apply to write.
    """

    def decorate(decide: Decide) -> TeamCommand:
        @functools.wraps(decide)  # which hands on the options that the command adds for itself
        def run(**parameters: Any) -> int:
            return _Run.of(name, decide, parameters, asks=asks).through_the_teams()

        options = writing_options(milestone_option(milestone)(run) if milestone else run)
        command = click.command(name, cls=TeamCommand, help=decide.__doc__)(reading_options(options))
        command.decide = decide
        return command

    return decorate


@dataclass
class _Run:
    """One command over the teams that were asked for."""

    name: str
    decide: Decide
    options: Options
    console: Console
    out: Path | None
    artifacts: Path | None
    own: dict[str, Any]
    is_over: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, name: str, decide: Decide, parameters: dict[str, Any], *, asks: bool) -> _Run:
        """Sort the parameters of the command line."""
        console = make_console(
            *(parameters.pop(key) for key in ("form", "verbose", "color")), quiet=parameters.pop("quiet")
        )
        out = parameters.pop("out")
        mode = mode_of(console, out, dry_run=parameters.pop("dry_run"), apply=parameters.pop("apply"), asks=asks)
        artifacts = parameters.pop("artifacts")
        parameters.setdefault("milestone", "")
        options = Options(
            config=config_path(parameters.pop("config")),
            mode=mode,
            command=name,
            **{key: parameters.pop(key) for key in ("teams", "today", "milestone", "force", "journal")},
        )
        return cls(name, decide, options, console, out, artifacts, parameters)

    def _side_by_side(self, sessions: list[Session]) -> Iterator[TeamReport]:
        """Give the teams' reports in their order; where nobody is asked they are worked on at the same time."""
        work = functools.partial(one_team, decide=functools.partial(self.decide, **self.own))
        if self.options.mode is Mode.ASK or len(sessions) == 1:
            yield from map(work, sessions)
            return
        pool = ThreadPoolExecutor(_TEAMS_SIDE_BY_SIDE, thread_name_prefix="gitlab-team")
        try:
            yield from pool.map(work, sessions)
        finally:
            # Who is interrupted does not wait for the teams: what is under way ends, and nothing else begins.
            self.is_over.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _progress(self, phase: str) -> None:
        """Tell of a phase that begins; after an interrupt none does."""
        if self.is_over.is_set():
            raise KeyboardInterrupt
        self.console.progress(phase)

    def through_the_teams(self) -> int:
        """Carry the command out for each team, tell of each, and give the exit code."""
        config = load(self.options.config)
        reporter = Reporter(self.name, self.console, self.options.mode, self.artifacts)
        try:
            voice = Voice(self._progress, reporter.agrees, self.console.say)
            with open_sessions(config, self.options, voice) as session:
                for report in self._side_by_side([session(team) for team in config.select(self.options.teams)]):
                    reporter.tell(report)
        except PlanningBotError as error:
            reporter.tell_all(error)
            raise
        reporter.tell_all()
        if self.out:
            save_plans(self.name, config, reporter.reports, self.out, self.console)
        return exit_code(reporter.reports)


def one_team(session: Session, decide: Callable[[Session], TeamReport]) -> TeamReport:
    """Give what a command came to; one team that fails keeps no other from being carried out."""

    def alone() -> TeamReport:
        with ExitStack() as stack:
            if session.options.mode is not Mode.PRINT:
                stack.enter_context(one_at_a_time(session.config, session.team))
            return decide(session)

    return attempt(session, alone)


def attempt(session: Session, work: Callable[[], TeamReport]) -> TeamReport:
    """Give what some work for a team came to, or the error that ended it."""
    try:
        return work()
    except PlanningBotError as error:
        return TeamReport(session.team.key, error=error)
    except click.exceptions.Abort:
        raise  # somebody interrupted the question
    except Exception as error:  # noqa: BLE001 - a mistake of the program in one team's run is no other team's
        return TeamReport(session.team.key, error=ProgramError(error))


def save_plans(command: str, config: Config, reports: list[TeamReport], out: Path, console: Console) -> None:
    """Save the plans of a command, for `apply`."""
    parts = (part for report in reports for part in report.parts or (report,))
    teams = tuple(planned for part in parts if (planned := part.planned))
    saved = SavedPlan(command=command, server=config.gitlab.url, teams=teams)
    out.write_text(saved.to_json(), encoding="utf-8")
    console.say(f"saved {out} (SHA-256 {saved.sha256}); carry it out with: planning-bot apply {out}")


def mode_of(console: Console, out: Path | None, *, dry_run: bool, apply: bool, asks: bool = True) -> Mode:
    """Say what becomes of a plan, as the options of the command line and the terminal have it. Raises UsageError."""
    if dry_run and apply:
        raise UsageError("--dry-run and --apply exclude each other", "leave one of them out")
    if out and not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent} to save the plan in", "create it, or name another file")
    if apply:
        return Mode.APPLY
    if dry_run or out:
        return Mode.PRINT
    if asks and sys.stdin.isatty() and sys.stderr.isatty() and console.format == "text":
        return Mode.ASK
    console.say(f"{'not a terminal, so ' if asks else ''}nothing is written: --apply carries the plan out")
    return Mode.PRINT
