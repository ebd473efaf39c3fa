"""The agenda of a day: which scheduled command is due for which milestone, done already, or not due.

The rules are the contract's (cli.md, `run` catches up): a command stays due from its day until a last one, so that
a pipeline that did not run, or failed, is made up for while that still makes sense.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from planning_bot.config.schedule import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.config import Team
    from planning_bot.config.schedule import When
    from planning_bot.domain.milestone import Calendar, DatedMilestone

UNTIL_THE_FREEZE = ("readiness", "capacity", "deliverables")
AFTER_THE_END = ("say-do", "close")


@dataclass(frozen=True)
class Task:
    """A command for a milestone; due from the day `from_on`, a day in the team's time zone."""

    command: str
    milestone: DatedMilestone
    from_on: date


@dataclass(frozen=True)
class Agenda:
    """What is due on a day, in its order; what is done; what is not due, not yet or not any more."""

    due: tuple[Task, ...] = ()
    done: tuple[Task, ...] = ()
    not_due: tuple[Task, ...] = ()
    notices: tuple[str, ...] = ()


def milestones_of_the_day(calendar: Calendar, team: Team, today: date) -> tuple[DatedMilestone, ...]:
    """Name the milestones that a day is about: the running one, its neighbours, and where something is due."""
    ended = [m for m in calendar.delivery if m.due_on < today][-1:]
    coming = [m for m in calendar.delivery if m.start_on > today][:1]
    running = [m for m in calendar.delivery if m.start_on <= today <= m.due_on]
    open_ones = [
        m for m in calendar.delivery if any(_is_open(task, calendar, team, today) for task in _tasks(m, team, today))
    ]
    wanted = {m.id for m in (*ended, *running, *coming, *open_ones)}
    return tuple(m for m in calendar.delivery if m.id in wanted)


def agenda_of(calendar: Calendar, team: Team, today: date, runs: Mapping[int, Mapping[str, date]]) -> Agenda:
    """Sort a day's tasks; `runs` says on which day a command was carried out last, by milestone id."""
    due, done, not_due, missed = [], [], [], []
    for milestone in milestones_of_the_day(calendar, team, today):
        recorded = runs.get(milestone.id, {})
        waits_for_say_do = False
        for task in _tasks(milestone, team, today):
            if recorded.get(task.command, date.min) >= task.from_on:
                done.append(task)
            elif task.command == "close" and waits_for_say_do:
                not_due.append(task)
            elif _is_open(task, calendar, team, today):
                due.append(task)
            else:
                not_due.append(task)
                waits_for_say_do = waits_for_say_do or task.command == "say-do"
                if _is_missed(task, team, today):
                    missed.append(task)
    return Agenda(tuple(due), tuple(done), tuple(not_due), tuple(_missed(missed, team)))


def freeze_on(milestone: DatedMilestone, team: Team) -> date:
    """Give the day at whose end the commitment is frozen."""
    return milestone.start_on + timedelta(days=team.say_do.commit_day)


def _tasks(milestone: DatedMilestone, team: Team, today: date) -> list[Task]:
    """Give the scheduled commands of a milestone, in the order in which a milestone goes."""
    schedule = ((command, team.schedule[command]) for command in COMMANDS if command in team.schedule)
    return [Task(command, milestone, _from_on(when, milestone, today)) for command, when in schedule]


def _from_on(when: When, milestone: DatedMilestone, today: date) -> date:
    """Give the day from which a command is due: of a weekly one the latest, before it begins the first."""
    if when.weekday is None:
        anchor = milestone.due_on if when.anchor == "due" else milestone.start_on
        return anchor + timedelta(days=when.offset_days)
    first = milestone.start_on + timedelta(days=(when.weekday - milestone.start_on.weekday()) % 7)
    weeks = max(0, (min(today, milestone.due_on) - first).days // 7)
    return first + timedelta(weeks=weeks)


def _is_open(task: Task, calendar: Calendar, team: Team, today: date) -> bool:
    last = _last_on(task, calendar, team)
    return task.from_on <= today and (last is None or today <= last)


def _last_on(task: Task, calendar: Calendar, team: Team) -> date | None:
    """Give the last day on which a command is made up for; None where no milestone follows that would end it."""
    if task.command in UNTIL_THE_FREEZE:
        return freeze_on(task.milestone, team)
    if task.command in AFTER_THE_END:
        following = calendar.after(task.milestone)
        return following.due_on if following else None
    return task.milestone.due_on


def _is_missed(task: Task, team: Team, today: date) -> bool:
    frozen = freeze_on(task.milestone, team)
    return task.command in UNTIL_THE_FREEZE and task.from_on <= frozen < today <= task.milestone.due_on


def _missed(tasks: list[Task], team: Team) -> list[str]:
    return [
        f"missed for {milestone.title}, whose plan is frozen since {freeze_on(milestone, team)}: "
        f"{', '.join(task.command for task in of_one)}; by hand they can still be run"
        for milestone, of_one in groupby(tasks, key=lambda task: task.milestone)
    ]
