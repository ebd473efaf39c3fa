"""Where a command's words go: results to stdout, everything else to stderr, no secret to either."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import traceback
from dataclasses import dataclass
from typing import Literal

import click

from planning_bot.errors import ConfigurationError, PlanningBotError, ProgramError
from planning_bot.redaction import redact
from planning_bot.rendering.escaping import terminal

_WIDTH = 78


@dataclass
class Console:
    """The streams of one run, with its colours and its loudness."""

    format: Literal["text", "markdown", "json"] = "text"
    verbosity: int = 0
    color: bool | None = None
    _pending: bool = False

    @property
    def columns(self) -> int | None:
        """How many columns the terminal has that stdout is; None where it is none."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def result(self, text: str) -> None:
        """Put out what was asked for."""
        self._clear()
        click.echo(redact(text), color=self.color)

    def say(self, text: str) -> None:
        """Tell the person at the terminal, or the job's log."""
        self._clear()
        click.echo(redact(text), err=True, color=self.color)

    def progress(self, text: str) -> None:
        """Tell what is under way: one line that changes at a terminal, a line for each phase elsewhere."""
        if self.verbosity < 0:
            return
        line = terminal(redact(text))
        if sys.stderr.isatty():
            self._clear()
            click.echo(f"… {line}"[:_WIDTH], err=True, nl=False)
            self._pending = True
        else:
            click.echo(line, err=True)

    def error(self, error: PlanningBotError) -> None:
        """Tell what went wrong, and what to do; of mistakes in files a line each, as compilers do."""
        self._clear()
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
        """Show the program's log: each request with -v, all of it, and the warnings of libraries, with -vv."""
        handler = logging.StreamHandler()
        handler.setFormatter(_RedactingFormatter("%(name)s: %(message)s"))
        logging.captureWarnings(capture=True)
        logging.getLogger("py.warnings").handlers = [handler] if self.verbosity > 1 else [logging.NullHandler()]
        if self.verbosity > 0:
            log = logging.getLogger("planning_bot")
            log.handlers = [handler]
            log.setLevel(logging.INFO if self.verbosity == 1 else logging.DEBUG)

    def _clear(self) -> None:
        if self._pending:
            click.echo("\r\x1b[2K", err=True, nl=False, color=True)
            self._pending = False


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
