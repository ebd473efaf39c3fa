"""Where a command's words go: results to stdout, everything else to stderr, no secret to either."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import traceback
from dataclasses import dataclass, field
from typing import Literal

import click

from planning_bot.commands.live_line import LiveLine, can_redraw
from planning_bot.errors import ConfigurationError, PlanningBotError, ProgramError
from planning_bot.redaction import redact
from planning_bot.rendering.escaping import terminal, terminal_line


@dataclass
class Console:
    """The streams of one run, with its colours and its loudness."""

    format: Literal["text", "markdown", "json"] = "text"
    verbosity: int = 0
    color: bool | None = None
    _live: LiveLine = field(default_factory=LiveLine)

    @property
    def columns(self) -> int | None:
        """How many columns the terminal has that stdout is; None where it is none."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def result(self, text: str) -> None:
        """Put out what was asked for."""
        self.hush()
        click.echo(redact(text), color=self.color)

    def say(self, text: str) -> None:
        """Tell the person at the terminal, or the job's log."""
        self.hush()
        click.echo(redact(text), err=True, color=self.color)

    def progress(self, text: str) -> None:
        """Tell what is under way: one line that changes at a terminal, a line for each phase elsewhere."""
        if self.verbosity < 0:
            return
        line = terminal_line(redact(text))
        if self.verbosity == 0 and self.color is not False and can_redraw(sys.stderr):
            self._live.tell(line)
        else:
            click.echo(line, err=True)

    def hush(self) -> None:
        """Take the progress away from the terminal, before something else is written there."""
        self._live.wipe()

    def error(self, error: PlanningBotError) -> None:
        """Tell what went wrong, and what to do; of mistakes in files a line each, as compilers do."""
        self.hush()
        if isinstance(error, ConfigurationError):
            click.echo(redact(terminal(error.message)), err=True)
            count = len(error.problems)
            error = PlanningBotError(f"{_counted(count)}, and nothing was done", error.hint)
        click.echo(redact(f"{self.paint('error:', 'red')} {terminal(error.message)}"), err=True, color=self.color)
        if error.hint:
            click.echo(redact(terminal(f"  → {error.hint}")), err=True, color=self.color)
        if isinstance(error, ProgramError) and self.verbosity > 1:
            self.say(terminal("".join(traceback.format_exception(error.origin))))

    def paint(self, text: str, style: str) -> str:
        """Colour a text; whoever does not want colours has them taken out at the end."""
        if not style:
            return text
        return click.style(text, bold=True) if style == "bold" else click.style(text, fg=style)

    def listen(self) -> None:
        """Show the program's log: each request with -v, all of it, and the warnings of libraries, with -vv.

        However loud it is, requests are counted.
        """
        http, log = logging.getLogger("planning_bot.http"), logging.getLogger("planning_bot")
        http.handlers = [self._live.requests]
        http.setLevel(logging.INFO)
        handler = logging.StreamHandler()
        handler.setFormatter(_RedactingFormatter("%(name)s: %(message)s"))
        logging.captureWarnings(capture=True)
        logging.getLogger("py.warnings").handlers = [handler] if self.verbosity > 1 else [logging.NullHandler()]
        log.handlers = [handler] if self.verbosity > 0 else []
        log.setLevel({1: logging.INFO}.get(self.verbosity, logging.DEBUG if self.verbosity > 1 else logging.WARNING))


def _counted(mistakes: int) -> str:
    return "1 mistake" if mistakes == 1 else f"{mistakes} mistakes"


class _RedactingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return terminal(redact(super().format(record)))


def tell_error(error: Exception) -> int:
    """Tell of an error at the boundary, and give the exit code."""
    told = error if isinstance(error, PlanningBotError) else ProgramError(error)
    loud = sum(word.count("v") for word in sys.argv if re.fullmatch("-[qv]+", word))
    Console(verbosity=loud, color=False if os.environ.get("NO_COLOR") else None).error(told)
    return told.exit_code
