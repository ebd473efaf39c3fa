"""What `run` answers: the day's agenda, and what each command came to, in the form of the command's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from planning_bot.domain.plan import Outcome, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.delivered import Created


@dataclass(frozen=True)
class ScheduledTask:
    """A command for a milestone, by its title, and the day from which it is due."""

    command: str
    milestone: str
    from_date: str


@dataclass(frozen=True)
class Trouble:
    """What kept a command from being carried out, and what to do."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True)
class TaskResult:
    """What a command came to: what it answers when it is called by itself, or else what kept it from that."""

    command: str
    milestone: str
    result: Any = None
    plan: Plan | None = None
    outcome: Outcome | None = None
    error: Trouble | None = None

    @property
    def is_carried_out(self) -> bool:
        """Whether nothing of it failed, and nothing is unknown; what a person was faster with is no failure."""
        return self.outcome is not None and not self.failures

    @property
    def failures(self) -> tuple[str, ...]:
        """What did not go as planned, a sentence each."""
        if self.error:
            return (f"{self.error.message}: {self.error.hint}" if self.error.hint else self.error.message,)
        outcome = self.outcome or Outcome()
        return tuple(f"{remark.target}: {remark.because}" for remark in (*outcome.failed, *outcome.unknown))


@dataclass(frozen=True)
class PlanningPage:
    """The planning issue of one of the day's milestones."""

    milestone: str
    reference: str
    web_url: str


@dataclass(frozen=True)
class RunResult:
    """What is due or overdue and was not done before; what this run did, or found done; the rest; each result."""

    today: str
    due: tuple[ScheduledTask, ...]
    done: tuple[ScheduledTask, ...]
    not_due: tuple[ScheduledTask, ...]
    results: tuple[TaskResult, ...]
    planning_issues: tuple[PlanningPage, ...]

    @property
    def failures(self) -> tuple[TaskResult, ...]:
        """The commands that failed, in whole or in part."""
        return tuple(task for task in self.results if task.failures)

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it is put together after the writes
        """Give the result as it is once the plan was carried out."""
        return self
