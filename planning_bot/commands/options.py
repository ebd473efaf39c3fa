"""The options that commands share (contract: cli.md, Options)."""

from __future__ import annotations

import functools
import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands import completion
from planning_bot.commands.artifacts import made_folder
from planning_bot.commands.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

    _Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Day(click.ParamType[date]):
    """A date of the command line, as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date, and nothing that only resembles one."""
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar date has no zone
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-02-14", param, ctx)


journal_option: _Decorator = click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to keep the journal that `undo` reads. Default: a new file in the folder of the program's state.",
)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that reads a configuration."""
    options = [
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            help="Default: $PLANNING_BOT_CONFIG, else config/planning-bot.yml.",
        ),
        click.option(
            "--team",
            "teams",
            multiple=True,
            metavar="NAME",
            help="May be repeated. Default: every team.",
            shell_complete=completion.teams,
        ),
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
    options: list[_Decorator] = [
        click.option("--dry-run", is_flag=True, help="Print the plan; send no request but reads."),
        click.option("--apply", "--yes", "apply", is_flag=True, help="Carry the plan out without asking."),
        click.option(
            "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Save the plan, for `apply`."
        ),
        click.option("--force", is_flag=True, help='Lift a limit, or "too early"; never "stale" or "altered".'),
        journal_option,
        click.option(
            "--artifacts",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            callback=made_folder,
            help="Keep answer.json and annotations.json there, for the job of a pipeline.",
        ),
    ]
    return functools.reduce(lambda decorated, option: option(decorated), reversed(options), function)


def milestone_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --milestone with a command's own default."""
    return click.option(
        "--milestone",
        default=default,
        show_default=True,
        metavar="TITLE",
        help="A title, or current, next, previous.",
        shell_complete=completion.milestones,
    )


def make_console(form: str, verbose: int, color: str, *, quiet: bool) -> Console:
    """Set up the streams as the options say (and NO_COLOR, see no-color.org)."""
    wanted = {"always": True, "never": False, "auto": False if os.environ.get("NO_COLOR") else None}[color]
    console = Console(format=form, verbosity=-1 if quiet else verbose, color=wanted)  # type: ignore[arg-type]
    console.listen()
    click.get_current_context().call_on_close(console.hush)  # however the command ends
    return console


def config_path(config: Path | None) -> Path:
    """Say which configuration file is meant."""
    return config or Path(os.environ.get("PLANNING_BOT_CONFIG") or completion.DEFAULT_CONFIG)
