"""Where a command's words go: results to stdout, everything else to stderr, no secret to either."""

from __future__ import annotations

import base64
import logging
import os
import shutil
import sys
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import click

from planning_bot.errors import ConfigurationError, PlanningBotError, ProgramError
from planning_bot.rendering.escaping import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

SECRETS = ("GITLAB_TOKEN", "SLACK_BOT_TOKEN")
_SHORTEST_SECRET = 8
_WIDTH = 78


@dataclass
class Console:
    """The streams of one run, with its colours and its loudness."""

    format: Literal["text", "markdown", "json"] = "text"
    verbosity: int = 0
    color: bool | None = None
    redact: Callable[[str], str] = field(default_factory=lambda: redactor(os.environ))
    _pending: bool = False

    @property
    def columns(self) -> int | None:
        """How many columns the terminal has that stdout is; None where it is none."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def result(self, text: str) -> None:
        """Put out what was asked for."""
        self._clear()
        click.echo(self.redact(text), color=self.color)

    def say(self, text: str) -> None:
        """Tell the person at the terminal, or the job's log."""
        self._clear()
        click.echo(self.redact(text), err=True, color=self.color)

    def progress(self, text: str) -> None:
        """Tell what is under way: one line that changes at a terminal, a line for each phase elsewhere."""
        if self.verbosity < 0:
            return
        line = terminal(self.redact(text))
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
            click.echo(self.redact(terminal(error.message)), err=True)
            count = len(error.problems)
            error = PlanningBotError(f"{_counted(count)}, and nothing was done", error.hint)
        click.echo(self.redact(f"{self.paint('error:', 'red')} {terminal(error.message)}"), err=True, color=self.color)
        if error.hint:
            click.echo(self.redact(terminal(f"  → {error.hint}")), err=True, color=self.color)
        if isinstance(error, ProgramError) and self.verbosity > 1:
            self.say(terminal("".join(traceback.format_exception(error.origin))))

    def paint(self, text: str, style: str) -> str:
        """Colour a text; whoever does not want colours has them taken out at the end."""
        if not style:
            return text
        return click.style(text, bold=True) if style == "bold" else click.style(text, fg=style)

    def listen(self) -> None:
        """Show the program's log: each request with -v, all of it with -vv."""
        if self.verbosity > 0:
            handler = logging.StreamHandler()
            handler.setFormatter(_RedactingFormatter("%(name)s: %(message)s", self.redact))
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
    def __init__(self, form: str, redact: Callable[[str], str]) -> None:
        super().__init__(form)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return terminal(self._redact(super().format(record)))


def redactor(environment: dict[str, str] | os._Environ[str]) -> Callable[[str], str]:
    """Give a function that takes the secrets of the environment out of a text, in any form in which they travel."""
    secrets = [environment.get(name, "").strip() for name in SECRETS]
    forms = {
        form
        for secret in secrets
        if len(secret) >= _SHORTEST_SECRET
        for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode())
    }

    def redact(text: str) -> str:
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, "[secret]")
        return text

    return redact


def tell_error(error: Exception) -> int:
    """Tell of an error at the boundary, and give the exit code."""
    told = error if isinstance(error, PlanningBotError) else ProgramError(error)
    loud = 2 if "-vv" in sys.argv else 0
    Console(verbosity=loud, color=False if os.environ.get("NO_COLOR") else None).error(told)
    return told.exit_code
