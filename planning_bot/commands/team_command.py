"""What commands about a team's milestone have in common: their options, and going through the teams."""

from __future__ import annotations

import functools
import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.console import Console
from planning_bot.config import Config, load
from planning_bot.domain.plan import PlannedMilestone, SavedPlan, TeamPlan
from planning_bot.domain.run import Mode, Options, TeamReport, exit_code
from planning_bot.errors import PlanningBotError, UsageError
from planning_bot.rendering import views
from planning_bot.session import Session, Voice, one_at_a_time, open_sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    Decide = Callable[..., TeamReport]

_DEFAULT_CONFIG = "config/planning-bot.yml"


class Day(click.ParamType[date]):
    """A date of the command line, as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date, and nothing that only resembles one."""
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar date has no zone
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-02-14", param, ctx)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that reads a configuration."""
    options = [
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            help="Default: $PLANNING_BOT_CONFIG, else config/planning-bot.yml.",
        ),
        click.option("--team", "teams", multiple=True, metavar="NAME", help="May be repeated. Default: every team."),
        click.option(
            "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True
        ),
        click.option("--today", type=Day(), help="Default: today in the team's time zone."),
        click.option("-v", "--verbose", count=True, help="Say more: -v requests, -vv everything."),
        click.option("-q", "--quiet", is_flag=True, help="No progress."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
    ]
    return functools.reduce(lambda decorated, option: option(decorated), reversed(options), function)


def writing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that writes."""
    options = [
        click.option("--dry-run", is_flag=True, help="Print the plan; send no request but reads."),
        click.option("--apply", "--yes", "apply", is_flag=True, help="Carry the plan out without asking."),
        click.option(
            "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Save the plan, for `apply`."
        ),
        click.option("--force", is_flag=True, help='Lift a limit, or "too early"; never "stale" or "altered".'),
    ]
    return functools.reduce(lambda decorated, option: option(decorated), reversed(options), function)


def milestone_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --milestone with a command's own default."""
    return click.option(
        "--milestone", default=default, show_default=True, metavar="TITLE", help="A title, or current, next, previous."
    )


def make_console(form: str, verbose: int, color: str, *, quiet: bool) -> Console:
    """Set up the streams as the options say (and NO_COLOR, see no-color.org)."""
    wanted = {"always": True, "never": False, "auto": False if os.environ.get("NO_COLOR") else None}[color]
    console = Console(format=form, verbosity=-1 if quiet else verbose, color=wanted)  # type: ignore[arg-type]
    console.listen()
    return console


def config_path(config: Path | None) -> Path:
    """Say which configuration file is meant."""
    return config or Path(os.environ.get("PLANNING_BOT_CONFIG") or _DEFAULT_CONFIG)


def team_command(name: str, *, milestone: str) -> Callable[[Decide], click.Command]:
    """Make a command out of a function that gathers, decides and concludes for one team."""

    def decorate(decide: Decide) -> click.Command:
        @functools.wraps(decide)  # which hands on the options that the command adds for itself
        def run(**parameters: Any) -> int:
            return _Run.of(name, decide, parameters).through_the_teams()

        with_options = reading_options(writing_options(milestone_option(milestone)(run)))
        return click.command(name, help=decide.__doc__)(with_options)

    return decorate


@dataclass
class _Run:
    """One command over the teams that were asked for."""

    name: str
    decide: Decide
    options: Options
    console: Console
    out: Path | None
    own: dict[str, Any]
    reports: list[TeamReport] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, decide: Decide, parameters: dict[str, Any]) -> _Run:
        """Sort the parameters of the command line."""
        console = make_console(
            *(parameters.pop(key) for key in ("form", "verbose", "color")), quiet=parameters.pop("quiet")
        )
        out = parameters.pop("out")
        mode = _mode(console, out, dry_run=parameters.pop("dry_run"), apply=parameters.pop("apply"))
        options = Options(
            config=config_path(parameters.pop("config")),
            mode=mode,
            **{key: parameters.pop(key) for key in ("teams", "today", "milestone", "force")},
        )
        return cls(name, decide, options, console, out, parameters)

    def through_the_teams(self) -> int:
        """Carry the command out for each team, tell of each, and give the exit code."""
        config = load(self.options.config)
        try:
            with open_sessions(config, self.options, Voice(self.console.progress, self._agrees)) as session:
                for team in config.select(self.options.teams):
                    self.reports.append(self._one_team(session(team), config))
                    self._tell(self.reports[-1])
        except PlanningBotError as error:
            if self.console.format == "json":
                self.console.result(views.as_json(self.name, self.reports, error))
            raise
        self._tell_all()
        self._save(config)
        return exit_code(self.reports)

    def _one_team(self, session: Session, config: Config) -> TeamReport:
        """Give what the command came to; one team that fails keeps no other from being carried out."""
        try:
            with ExitStack() as stack:
                if self.options.mode is not Mode.PRINT:
                    stack.enter_context(one_at_a_time(config, session.team))
                return self.decide(session, **self.own)
        except PlanningBotError as error:
            return TeamReport(session.team.key, error=error)

    def _agrees(self, planned: TeamReport) -> bool:
        assert planned.plan
        self.console.result(views.result_text(planned, self.console.paint))
        self.console.say(views.plan_text(planned.plan, self.console.paint, in_full=self.console.verbosity > 0))
        return click.confirm("Carry this out?", err=True)

    def _tell(self, report: TeamReport) -> None:
        """Tell of a team as soon as it is done, where the format is text."""
        if report.error:
            self.console.error(report.error)
        if self.console.format != "text" or report.plan is None:
            return
        asked = self.options.mode is Mode.ASK and bool(report.plan.changes)
        if not asked or report.outcome:
            self.console.result(views.result_text(report, self.console.paint))
        plan = views.plan_text(report.plan, self.console.paint, in_full=self.console.verbosity > 0)
        if self.options.mode is Mode.PRINT:
            self.console.result(plan)
        elif not asked:
            self.console.say(plan)
        if report.outcome and report.plan.changes:
            self.console.say(views.outcome_text(report.outcome, self.console.paint))

    def _tell_all(self) -> None:
        if self.console.format == "json":
            self.console.result(views.as_json(self.name, self.reports))
        if self.console.format == "markdown":
            self.console.result(views.as_markdown(self.reports))

    def _save(self, config: Config) -> None:
        if self.out is None:
            return
        teams = tuple(
            TeamPlan(team=report.team, milestone=planned_milestone(report), plan=report.plan)
            for report in self.reports
            if report.plan
        )
        saved = SavedPlan(command=self.name, server=config.gitlab.url, teams=teams)
        self.out.write_text(saved.to_json(), encoding="utf-8")
        self.console.say(f"saved {self.out} (SHA-256 {saved.sha256}); carry it out with: planning-bot apply {self.out}")


def _mode(console: Console, out: Path | None, *, dry_run: bool, apply: bool) -> Mode:
    if dry_run and apply:
        raise UsageError("--dry-run and --apply exclude each other", "leave one of them out")
    if out and not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent} to save the plan in", "create it, or name another file")
    if apply:
        return Mode.APPLY
    if dry_run or out:
        return Mode.PRINT
    if sys.stdin.isatty() and sys.stderr.isatty() and console.format == "text":
        return Mode.ASK
    console.say("not a terminal, so nothing is written: --apply carries the plan out")
    return Mode.PRINT


def planned_milestone(report: TeamReport) -> PlannedMilestone | None:
    """Give a report's milestone in the form in which plans name it."""
    found = report.milestone
    return PlannedMilestone(title=found.title, start_date=found.start_on, due_date=found.due_on) if found else None
