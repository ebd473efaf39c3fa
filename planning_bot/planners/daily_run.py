"""Decides what a day's run remembers, and what it tells of failures; puts its result together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.domain.change import CreateBoard
from planning_bot.domain.daily_run import PlanningPage, RunResult, ScheduledTask
from planning_bot.domain.message import compose
from planning_bot.domain.plan import Outcome, Plan, joined
from planning_bot.domain.record import plan_record
from planning_bot.planners.messages import plan_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.domain.daily_run import TaskResult
    from planning_bot.domain.diary import Page
    from planning_bot.domain.message import Spot
    from planning_bot.domain.run import TeamReport
    from planning_bot.domain.words import Words
    from planning_bot.metrics.agenda import Agenda, Task


@dataclass(frozen=True)
class Attempt:
    """A task of the agenda and what it came to; `is_new` is whether there was anything to do.

    Where no planning issue remembers what was done, a command whose result is there already has nothing to plan, and
    was done before.
    """

    task: Task
    result: TaskResult
    is_new: bool


def plan_runs(team: Team, page: Page, attempts: Iterable[Attempt], today: date) -> Plan:
    """Plan to remember on a planning issue which commands were carried out for its milestone."""
    carried_out = {
        attempt.task.command: today
        for attempt in attempts
        if attempt.task.milestone.id == page.milestone.id and attempt.result.is_carried_out
    }
    if not carried_out:
        return Plan()
    record = page.record.with_(runs={**(page.record.runs or {}), **carried_out})
    because = f"what the run of {today} did is remembered"
    return plan_record(page.issue, team.key, page.milestone.id, page.note, record, because)


def summarize(agenda: Agenda, attempts: tuple[Attempt, ...], pages: Mapping[int, Page], today: date) -> RunResult:
    """Put together what a run answers."""
    found_done = tuple(attempt.task for attempt in attempts if not attempt.is_new)
    carried_out = tuple(attempt.task for attempt in attempts if attempt.is_new and attempt.result.is_carried_out)
    return RunResult(
        today=today.isoformat(),
        due=tuple(_named(task) for task in agenda.due if task not in found_done),
        done=tuple(
            _named(task)
            for task in sorted((*agenda.done, *found_done, *carried_out), key=lambda task: task.milestone.start_on)
        ),
        not_due=tuple(_named(task) for task in agenda.not_due),
        results=tuple(attempt.result for attempt in attempts),
        planning_issues=tuple(
            PlanningPage(page.milestone.title, page.issue.reference, page.issue.web_url) for page in pages.values()
        ),
    )


def all_plans(agenda: Agenda, attempts: Iterable[Attempt], *records: Plan) -> Plan:
    """Give everything that a run planned as one plan; what was found done needs no words.

    Two milestones may both lack a board that is not of a milestone: it is created once.
    """
    plans = (attempt.result.plan for attempt in attempts if attempt.is_new and attempt.result.plan)
    whole = joined(Plan(notices=agenda.notices), *plans, *records)
    boards = {change.target: change for change in reversed(whole.changes) if isinstance(change, CreateBoard)}
    changes = (c for c in whole.changes if not isinstance(c, CreateBoard) or boards[c.target] is c)
    return whole.model_copy(update={"changes": tuple(changes)})


def all_outcomes(outcomes: Iterable[Outcome | None]) -> Outcome:
    """Give what became of everything that a run planned."""
    known = [outcome for outcome in outcomes if outcome]
    return Outcome(
        applied=sum(outcome.applied for outcome in known),
        failed=tuple(remark for outcome in known for remark in outcome.failed),
        unknown=tuple(remark for outcome in known for remark in outcome.unknown),
        skipped=tuple(remark for outcome in known for remark in outcome.skipped),
    )


def failures_of(report: TeamReport) -> list[tuple[str, str]]:
    """Name what failed in a team's run: each a heading, and why."""
    tasks = report.result.failures if report.result else ()
    found = [(f"{task.command} of {task.milestone}", why) for task in tasks for why in task.failures]
    known = {why for _, why in found}
    outcome = report.outcome or Outcome()
    rest = [f"{remark.target}: {remark.because}" for remark in (*outcome.failed, *outcome.unknown)]
    rest += [report.error.sentence] if report.error else []
    return found + [("run", why) for why in rest if why not in known]


def plan_alarm(team: Team, words: Words, spot: Spot | None, failures: Iterable[tuple[str, str]], today: date) -> Plan:
    """Plan to tell the team's channel what failed today: each failure is a heading and a sentence."""
    facts = {"team": team, "failures": tuple(failures), "today": today}
    message = compose(words.message("message_run_failed.mrkdwn.j2", facts))
    return plan_message(spot, message, f"the run of {today} did not do all that was due")


def _named(task: Task) -> ScheduledTask:
    return ScheduledTask(task.command, task.milestone.title, task.from_on.isoformat())
