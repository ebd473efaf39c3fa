"""Time off of a team, from all its sources side by side. What cannot be read is never counted as none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from planning_bot.config import CsvSource, IcsSource, SheetSource
from planning_bot.domain.absence import TimeOff, Unreadable
from planning_bot.errors import ConfigurationError, PlanningBotError, ServerError
from planning_bot.gateways.calendar_events import read_calendar
from planning_bot.gateways.tables import read_csv
from planning_bot.gateways.time_off_rows import Findings, People, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning_bot.config import Config, PtoSource, SheetTab, Team
    from planning_bot.domain.absence import Table
    from planning_bot.domain.capacity import Window
    from planning_bot.errors import Problem
    from planning_bot.gateways.calendars import Calendars

    ReadSheet = Callable[[SheetTab], Table]

_SIDE_BY_SIDE = 8


def read_time_off(
    team: Team, config: Config, window: Window, *, read_sheet: ReadSheet, calendars: Calendars
) -> TimeOff:
    """Read the time off of a team's members in a window.

    `read_sheet` gives a tab of a Sheet as a table, `calendars` opens what the configuration names. Raises
    ConfigurationError with every place that cannot be read, in whichever sources; ServerError where all that is wrong
    is that servers failed.
    """
    people = People.of(team, config)

    def read(source: PtoSource) -> Findings | PlanningBotError:
        try:
            match source:
                case CsvSource():
                    return read_rows(read_csv(config.path.parent / source.csv, source.csv), people)
                case SheetSource():
                    return read_rows(read_sheet(source.sheet), people)
                case IcsSource():
                    name, text = calendars.read(source)
                    return read_calendar(text, name, people, window, team.zone)
        except PlanningBotError as error:
            return error

    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="time-off") as pool:
        outcomes = list(pool.map(read, team.capacity.pto))
    if failures := [outcome for outcome in outcomes if isinstance(outcome, PlanningBotError)]:
        raise _together(failures)
    return _in_window([outcome for outcome in outcomes if isinstance(outcome, Findings)], window)


def _in_window(findings: Sequence[Findings], window: Window) -> TimeOff:
    absences = (absence for found in findings for absence in found.absences)
    return TimeOff(
        tuple(each for each in absences if each.from_on <= window.due_on and window.start_on <= each.to_on),
        tuple(notice for found in findings for notice in found.notices),
    )


def _together(failures: Sequence[PlanningBotError]) -> PlanningBotError:
    """Make one error of all; what the team can mend itself decides what kind it is."""
    hint = " ".join(dict.fromkeys(failure.hint for failure in failures if failure.hint))
    if any(isinstance(failure, ConfigurationError) for failure in failures):
        return ConfigurationError([problem for failure in failures for problem in _problems(failure)], hint)
    if len(failures) == 1:
        return failures[0]
    return ServerError("\n".join(failure.message for failure in failures), hint)


def _problems(failure: PlanningBotError) -> Sequence[Problem]:
    if isinstance(failure, ConfigurationError):
        return [_alike(problem) for problem in failure.problems]
    return [Unreadable(failure.message, 0, 1, "", "", failure.message)]


def _alike(problem: Problem) -> Unreadable:
    """Give a problem in the form that sorts with those of rows and events."""
    if isinstance(problem, Unreadable):
        return problem
    where = f"{problem.file}:{problem.line}:{problem.column}"
    return Unreadable(problem.file, problem.line, problem.column, problem.key, problem.message, where)
