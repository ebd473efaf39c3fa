"""`planning-bot run`: whatever the schedule says is due today and has not been done, for every team."""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.commands.team_command import attempt, team_command
from planning_bot.domain.daily_run import TaskResult, Trouble
from planning_bot.domain.run import Mode, TeamReport
from planning_bot.metrics.agenda import agenda_of
from planning_bot.planners.daily_run import Attempt, all_outcomes, all_plans, plan_runs, summarize

if TYPE_CHECKING:
    from planning_bot.commands.team_command import TeamCommand
    from planning_bot.metrics.agenda import Agenda, Task
    from planning_bot.session import Session


@team_command("run", milestone=None, asks=False)
def command(session: Session) -> TeamReport:
    """Carry out whatever the schedule says is due today and was not done, for every team."""
    report = attempt(session, partial(_through_the_agenda, session))
    if report.failure_code and session.options.mode is Mode.APPLY:
        session.raise_alarm(report)
    return report


def _through_the_agenda(session: Session) -> TeamReport:
    diary = session.look_at_diary()
    agenda = agenda_of(diary.calendar, session.team, session.today, diary.runs)
    reports: list[tuple[Task, TeamReport]] = []
    for task in agenda.due:
        if not _waits(task, reports):
            reports.append((task, _carried_out(session, task)))
    return _concluded(session, agenda, reports)


def _waits(task: Task, reports: list[tuple[Task, TeamReport]]) -> bool:
    """Whether a milestone cannot be closed yet: its Say/Do comes first, and failed."""
    return task.command == "close" and any(
        said.command == "say-do" and said.milestone == task.milestone and report.failure_code
        for said, report in reports
    )


def _carried_out(session: Session, task: Task) -> TeamReport:
    """Call the command of a task, as it is called by hand."""
    session.voice.progress(f"{session.team.key}: {task.command} of {task.milestone.title}")
    module = importlib.import_module(f"planning_bot.commands.{task.command.replace('-', '_')}")
    called: TeamCommand = module.command
    report = attempt(session, partial(called.decide, session.about(task.milestone.title)))
    return replace(report, milestone=task.milestone)


def _concluded(session: Session, agenda: Agenda, reports: list[tuple[Task, TeamReport]]) -> TeamReport:
    """Remember what was carried out, and put everything together."""
    writes = session.options.mode is Mode.APPLY
    pages = session.look_at_diary().pages  # what was written meanwhile is known, and not read again
    coming = set() if writes else {task.milestone.id for task in agenda.due if task.command == "create-issue"}
    attempts = tuple(
        Attempt(task, _result(task, report), _is_new(report, has_page=task.milestone.id in {*pages, *coming}))
        for task, report in reports
    )
    records = [plan_runs(session.team, page, attempts, session.today) for page in pages.values()] if writes else []
    written = [session.remember(plan) for plan in records]
    first = next((report.error for _, report in reports if report.error), None)
    return TeamReport(
        session.team.key,
        result=summarize(agenda, attempts, pages, session.today),
        plan=all_plans(agenda, attempts, *records),
        outcome=all_outcomes((*(report.outcome for _, report in reports), *written)) if writes else None,
        error=first,
        parts=tuple(report for _, report in reports),
    )


def _is_new(report: TeamReport, *, has_page: bool) -> bool:
    """Whether there was anything to do; where no page remembers it, a result that is there was done before."""
    return has_page or report.error is not None or bool(report.plan and report.plan.changes)


def _result(task: Task, report: TeamReport) -> TaskResult:
    error = report.error
    return TaskResult(
        command=task.command,
        milestone=task.milestone.title,
        result=None if error else report.result,
        plan=report.plan,
        outcome=report.outcome,
        error=Trouble(error.code, error.message, error.hint) if error else None,
    )
