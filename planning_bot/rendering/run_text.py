"""The day's run in words: what was due and what it came to, what was done before, what comes next."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from planning_bot.rendering.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.domain.daily_run import RunResult, ScheduledTask, TaskResult


def run_lines(result: RunResult) -> list[str]:
    """Give a run's result as lines: a row for each command that is due, and a line for each milestone of the others."""
    came_to = {(task.command, task.milestone): task for task in result.results}
    rows = [
        (f"  {task.command}", task.milestone, _state(came_to.get((task.command, task.milestone)), task))
        for task in result.due
    ]
    before = [task for task in result.done if task not in result.due]
    coming = [task for task in result.not_due if task.from_date > result.today]
    return [
        _headline(result),
        *aligned(rows),
        *(f"  {task.command} {task.milestone}: {why}" for task in result.failures for why in task.failures),
        *_by_milestone("done before", before, "{0.command}"),
        *_by_milestone("coming", coming, "{0.command} from {0.from_date}"),
    ]


def _headline(result: RunResult) -> str:
    if not result.due:
        return f"nothing is due on {result.today}"
    due = f"{len(result.due)} due on {result.today}"
    if all(task.outcome is None and task.error is None for task in result.results):
        return due
    done = sum(task in result.done for task in result.due)
    failed = f", {len(result.failures)} failed" if result.failures else ""
    return f"{due}: {done} carried out{failed}"


def _state(came_to: TaskResult | None, task: ScheduledTask) -> str:
    if came_to is None:
        return "not done: it waits for say-do"
    if came_to.failures:
        return "failed"
    planned = len(came_to.plan.changes) if came_to.plan else 0
    if came_to.outcome is None:
        return f"due since {task.from_date}: {_counted(planned)}"
    return f"done: {_counted(came_to.outcome.applied)}"


def _by_milestone(what: str, tasks: Iterable[ScheduledTask], form: str) -> list[str]:
    return [
        f"{what}, {milestone}: {', '.join(form.format(task) for task in of_one)}"
        for milestone, of_one in groupby(tasks, key=lambda task: task.milestone)
    ]


def _counted(count: int) -> str:
    return "nothing to change" if not count else "1 change" if count == 1 else f"{count} changes"
