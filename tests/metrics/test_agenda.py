"""Which command is due when: the contract's rules of `run`, a day at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.metrics.agenda import Agenda, agenda_of
from tests import builders

if TYPE_CHECKING:
    from planning_bot.config import Team

# 18.9 runs from Sat 2026-01-10 to Fri 2026-02-13, 18.10 to 03-13, 18.11 to 04-10; frozen at the end of the third day.
DATES = {
    "18.8": ("2025-12-13", "2026-01-09"),
    "18.9": ("2026-01-10", "2026-02-13"),
    "18.10": ("2026-02-14", "2026-03-13"),
    "18.11": ("2026-03-14", "2026-04-10"),
}
CALENDAR = builders.calendar(
    *(builders.milestone(title, *days) for title, days in DATES.items()), builders.milestone("Backlog")
)
NUMBERS = {milestone.title: milestone.id for milestone in CALENDAR.delivery}
ALL = ("create-issue", "boards", "readiness", "capacity", "deliverables", "status", "say-do", "close")


def agenda(day: str, team: Team | None = None, **runs: dict[str, str]) -> Agenda:
    """Give the agenda of a day; `runs` are the days on which commands were carried out, as m18_9={...}."""
    recorded = {
        NUMBERS[title.removeprefix("m").replace("_", ".")]: {
            name: date.fromisoformat(on) for name, on in commands.items()
        }
        for title, commands in runs.items()
    }
    return agenda_of(CALENDAR, team or builders.team(), date.fromisoformat(day), recorded)


def due(day: str, team: Team | None = None, **runs: Any) -> list[str]:
    return [f"{task.command} {task.milestone.title}" for task in agenda(day, team, **runs).due]


def everything(day: str) -> dict[str, str]:
    return dict.fromkeys(ALL, day)


@pytest.mark.parametrize(
    ("command", "title", "first", "last"),
    [
        ("create-issue", "18.10", "2026-01-31", "2026-03-13"),
        ("boards", "18.10", "2026-01-31", "2026-03-13"),
        ("readiness", "18.10", "2026-02-04", "2026-02-16"),
        ("capacity", "18.10", "2026-02-07", "2026-02-16"),
        ("deliverables", "18.10", "2026-02-11", "2026-02-16"),
        ("status", "18.10", "2026-02-16", "2026-03-13"),
        ("say-do", "18.9", "2026-02-14", "2026-03-13"),
        ("close", "18.9", "2026-02-14", "2026-03-13"),
    ],
)
def test_a_command_is_due_from_its_day_and_made_up_for_until_its_last(
    command: str, title: str, first: str, last: str
) -> None:
    named = f"{command} {title}"
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [begin + timedelta(days=n) for n in range(-1, (end - begin).days + 2)]

    assert [day for day in days if named in due(day.isoformat())] == days[1:-1]


def test_what_was_done_is_not_due_again() -> None:
    found = agenda(
        "2026-02-14", m18_8=everything("2026-01-10"), m18_9=everything("2026-02-14"), m18_10={"boards": "2026-02-01"}
    )

    assert [(task.command, task.milestone.title) for task in found.due] == [
        ("create-issue", "18.10"), ("readiness", "18.10"), ("capacity", "18.10"), ("deliverables", "18.10"),
    ]  # fmt: skip
    assert [(t.command, t.milestone.title) for t in found.done] == [
        *((name, "18.9") for name in ALL),
        ("boards", "18.10"),
    ]


def test_the_weekly_status_is_due_each_week_until_the_next_one_is() -> None:
    before = {"m18_9": everything("2026-02-14")}

    assert "status 18.10" not in due("2026-02-22", m18_10={"status": "2026-02-16"}, **before)
    assert "status 18.10" in due("2026-02-23", m18_10={"status": "2026-02-22"}, **before)
    assert "status 18.10" not in due("2026-02-24", m18_10={"status": "2026-02-23"}, **before)


def test_a_status_on_the_day_of_the_week_on_which_a_milestone_begins() -> None:
    team = builders.team(schedule={"status": "weekly saturday"})

    assert "status 18.10" in due("2026-02-14", team)
    assert "status 18.9" in due("2026-02-13", team, m18_9={"status": "2026-01-31"})
    assert "status 18.9" not in due("2026-02-13", team, m18_9={"status": "2026-02-07"})


def test_what_the_freeze_overtook_is_told_as_missed_while_the_milestone_runs() -> None:
    notice = "missed for 18.10, whose plan is frozen since 2026-02-16: {}; by hand they can still be run"

    assert agenda("2026-02-16").notices == ()
    assert agenda("2026-02-17").notices == (notice.format("readiness, capacity, deliverables"),)
    assert agenda("2026-02-17", m18_10={"capacity": "2026-02-10"}).notices == (
        notice.format("readiness, deliverables"),
    )
    assert agenda("2026-03-14").notices == ()


def test_a_milestone_is_closed_after_its_say_do_and_not_before_that_is_due() -> None:
    team = builders.team(schedule={"say-do": "due + 3"})

    assert due("2026-02-15", team, m18_10=everything("2026-02-14")) == []
    assert due("2026-02-16", team, m18_10=everything("2026-02-16")) == ["say-do 18.9", "close 18.9"]
    assert due("2026-02-16", team, m18_9={"say-do": "2026-02-16"}, m18_10=everything("2026-02-16")) == ["close 18.9"]


def test_without_a_say_do_in_the_schedule_a_milestone_is_closed_all_the_same() -> None:
    team = builders.team(schedule={"say-do": None})

    assert due("2026-02-14", team, m18_10=everything("2026-02-14")) == ["close 18.9"]


def test_a_command_without_a_day_is_never_due_nor_named() -> None:
    found = agenda("2026-02-14", builders.team(schedule=dict.fromkeys(ALL)))

    assert found == Agenda()


def test_the_last_milestone_can_be_closed_as_long_as_none_follows() -> None:
    assert {"say-do 18.11", "close 18.11"} <= set(due("2027-01-01"))


def test_a_milestone_that_was_put_off_is_planned_anew() -> None:
    assert "capacity 18.10" in due("2026-02-07", m18_10={"capacity": "2026-01-31"})


def test_milestones_that_overlap_are_both_looked_after() -> None:
    calendar = builders.calendar(
        builders.milestone("18.9", "2026-01-10", "2026-02-20"), builders.milestone("18.10", "2026-02-14", "2026-03-13")
    )
    found = agenda_of(calendar, builders.team(), date(2026, 2, 16), {})

    assert {f"{task.command} {task.milestone.title}" for task in found.due} >= {"status 18.9", "status 18.10"}


def test_without_milestones_nothing_is_due() -> None:
    assert (
        agenda_of(builders.calendar(builders.milestone("Backlog")), builders.team(), date(2026, 2, 1), {}) == Agenda()
    )


@given(st.dates(date(2025, 11, 1), date(2026, 5, 30)))
def test_each_task_is_in_one_part_of_the_agenda_and_what_is_done_leaves_what_is_due(day: date) -> None:
    first = agenda_of(CALENDAR, builders.team(), day, {})
    runs: dict[int, dict[str, date]] = {}
    for task in first.due:
        runs.setdefault(task.milestone.id, {})[task.command] = day
    second = agenda_of(CALENDAR, builders.team(), day, runs)

    together = [*first.due, *first.done, *first.not_due]
    assert len({(task.command, task.milestone.id) for task in together}) == len(together)
    assert second.due == ()
    assert set(second.done) >= set(first.due)
