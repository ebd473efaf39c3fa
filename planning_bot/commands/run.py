"""`planning-bot run`: whatever the schedule says is due today and has not been done, for every team."""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.commands.team_command import attempt, team_command
from planning_bot.domain.change import WriteNote
from planning_bot.domain.daily_run import TaskResult, Trouble
from planning_bot.domain.plan import Plan
from planning_bot.domain.run import Mode, TeamReport
from planning_bot.errors import PlanningBotError
from planning_bot.gathering import Looks
from planning_bot.metrics.agenda import agenda_of
from planning_bot.planners.daily_run import Attempt, all_outcomes, all_plans, plan_runs, summarize
from planning_bot.planners.memory import remember

if TYPE_CHECKING:
    from planning_bot.commands.team_command import TeamCommand
    from planning_bot.domain.diary import Diary
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
    diary, failed = _look_again(session, diary)
    frozen = [] if failed else _commitments(session, reports, diary)
    if frozen:
        diary, failed = _look_again(session, diary)
    return _concluded(session, agenda, reports, [*frozen, *failed], diary, remembers=not failed)


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


def _look_again(session: Session, known: Diary) -> tuple[Diary, list[TeamReport]]:
    """Give the diary as it is now; where it cannot be read, that failed, and what was carried out is told as it is."""
    try:
        return session.look_at_diary(), []  # what was written meanwhile is known, and not read again
    except PlanningBotError as error:
        return known, [TeamReport(session.team.key, error=error)]


def _commitments(session: Session, reports: list[tuple[Task, TeamReport]], diary: Diary) -> list[TeamReport]:
    """Write down what was committed, on the first day on which that is settled, unless a command does it anyway."""
    plans = (report.plan for _, report in reports if report.plan)
    noted = {change.target for plan in plans for change in plan.changes if isinstance(change, WriteNote)}
    return [
        attempt(session, partial(_commitment, session.about(page.milestone.title)))
        for page in diary.pages.values()
        if session.lacks_commitment(page) and page.issue.reference not in noted
    ]


def _commitment(session: Session) -> TeamReport:
    looks = Looks(labels=(session.team.deliverables.label,), planning_issues=True, record=True)
    snapshot = session.gather(looks)
    look = session.look_back(snapshot, history=False)
    plan = remember(snapshot, session.team, look, look.promises(session.team))
    return TeamReport(session.team.key, plan=plan, outcome=session.remember(plan))


def _concluded(
    session: Session,
    agenda: Agenda,
    reports: list[tuple[Task, TeamReport]],
    others: list[TeamReport],
    diary: Diary,
    *,
    remembers: bool,
) -> TeamReport:
    """Remember what was carried out, and put everything together."""
    writes = session.options.mode is Mode.APPLY
    pages = diary.pages
    coming = set() if writes else {task.milestone.id for task in agenda.due if task.command == "create-issue"}
    attempts = tuple(
        Attempt(task, _result(task, report), _is_new(report, has_page=task.milestone.id in {*pages, *coming}))
        for task, report in reports
    )
    remembered = pages.values() if writes and remembers else ()
    records = [plan_runs(session.team, page, attempts, session.today) for page in remembered]
    written = [session.remember(plan) for plan in records]
    carried_out = [*(report for _, report in reports), *others]
    commitments = [report.plan for report in others if report.plan]
    return TeamReport(
        session.team.key,
        result=summarize(agenda, attempts, pages, session.today),
        plan=all_plans(agenda, attempts, *commitments, *records, Plan(notices=diary.doubles)),
        outcome=all_outcomes((*(report.outcome for report in carried_out), *written)) if writes else None,
        error=next((report.error for report in carried_out if report.error), None),
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
