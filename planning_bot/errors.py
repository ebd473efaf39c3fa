"""The program's exceptions, each with its exit code.

Every message names the thing, says what was found, and the hint says what to do next. Library code raises;
``cli.py`` is the one place that prints and exits.
"""

from __future__ import annotations

from dataclasses import dataclass

from planning_bot.redaction import redact

_NOT_OFFERED = frozenset({404, 405, 501})  # not found, no such method there, not implemented


class PlanningBotError(Exception):
    """What went wrong, in words for the person who has to act on it."""

    exit_code = 1
    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        # Here, since errors are what becomes of other programs' words: in notices, plans and messages as well.
        self.message, self.hint = redact(message), redact(hint)
        super().__init__(self.message)

    @property
    def sentence(self) -> str:
        """The message and what to do, in one."""
        return f"{self.message}: {self.hint}" if self.hint else self.message


class UsageError(PlanningBotError):
    """The command line names something that does not exist or makes no sense (exit code 2)."""

    exit_code = 2
    code = "usage"


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a file: where it is (lines and columns count from 1), which key, what to write instead."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}:{self.column}: {key}{self.message}"


class ConfigurationError(PlanningBotError):
    """A file that the team wrote cannot be used (exit code 2); every problem in it is reported at once."""

    exit_code = 2
    code = "configuration"

    def __init__(self, problems: list[Problem], hint: str = "") -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems), hint)


class ServerError(PlanningBotError):
    """A server refused or failed, or lacks what the configuration names (exit code 1)."""

    exit_code = 1
    code = "server"

    def __init__(self, message: str, hint: str = "", *, status: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status

    @property
    def is_not_offered(self) -> bool:
        """Whether the server has no such thing, so that asking again later finds nothing either."""
        return self.status in _NOT_OFFERED


class UnknownOutcomeError(PlanningBotError):
    """A write was sent and its answer was lost: it may or may not have happened (exit code 4)."""

    exit_code = 4
    code = "unknown_outcome"


class RefusedError(PlanningBotError):
    """A limit or a safety rule refused the plan, and nothing was written (exit code 3)."""

    exit_code = 3
    code = "refused"


class ProgramError(PlanningBotError):
    """A mistake of the program itself; `origin` is the exception that nobody expected (exit code 1)."""

    exit_code = 1
    code = "program"

    def __init__(self, origin: Exception) -> None:
        message = f"this is a mistake of the program: {type(origin).__name__}: {origin}"
        super().__init__(message, "please report it, with what the same command with -vv says")
        self.origin = origin
