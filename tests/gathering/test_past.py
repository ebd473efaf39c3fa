"""What past milestones came to, from few answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import pytest

from planning_bot.domain.absence import Absence
from planning_bot.domain.capacity import Past, PastRow, Window
from planning_bot.domain.issue import Note
from planning_bot.domain.ledger import StateEvent
from planning_bot.domain.snapshot import PlanningProject
from planning_bot.gathering.past import ended_before, look_at_velocity, recorded_weights, velocity_window
from tests.builders import BOT, STRANGER, calendar, dated, issue, milestone, number_of, snapshot, team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planning_bot.domain.issue import Issue
    from planning_bot.gateways.gitlab_reader import GitLabReader

VELOCITY = {"formula": "velocity", "velocity_milestones": 2}
OURS = frozenset({"group::search"})


class Answers:
    """A door behind which these issues, events and notes are."""

    def __init__(
        self, closed: Iterable[Issue] = (), events: dict[int, tuple[StateEvent, ...]] | None = None,
        notes: dict[int, tuple[Note, ...]] | None = None,
    ) -> None:  # fmt: skip
        self.closed, self.events, self.known_notes = list(closed), events or {}, notes or {}
        self.asked: list[int] = []

    def together(self, *reads: Callable[[], Any]) -> list[Any]:
        """Do one after the other."""
        return [read() for read in reads]

    def group_issues(self, _: str, **query: Any) -> tuple[Issue, ...]:
        """Give the closed issues of a milestone's title."""
        assert query == {"milestone": query["milestone"], "labels": "group::search", "state": "closed"}
        return tuple(i for i in self.closed if i.milestone == query["milestone"])

    def state_events(self, _: str, iid: int) -> tuple[StateEvent, ...]:
        """Give an issue's events, and note that they were asked for."""
        self.asked.append(iid)
        return self.events.get(iid, ())

    def notes(self, _: str, iid: int) -> tuple[Note, ...]:
        """Give an issue's notes."""
        return self.known_notes.get(iid, ())


def at(day: str, hour: int = 12) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def done(iid: int, weight: int | None, on: str | None, title: str = "18.8", **parts: Any) -> Issue:
    whole = {
        "weight": weight, "milestone": title, "milestone_id": number_of(title), "labels": OURS, "state": "closed",
        "closed_at": at(on) if on else None, "created_at": at("2025-11-01"),
    }  # fmt: skip
    return issue(iid, **{**whole, **parts})


def event(number: int, day: str, *, is_closed: bool) -> StateEvent:
    return StateEvent(number, at(day), is_closed)


def velocity(
    door: Answers, *, open_issues: tuple[Issue, ...] = (), absences: tuple[Absence, ...] = (), **more: Any
) -> Past:
    people = team(capacity={**VELOCITY, **more.pop("capacity", {})}, **more)
    seen = snapshot(open_issues=open_issues)
    return look_at_velocity(people, cast("GitLabReader", door), seen, absences, {})


def test_the_last_that_ended_before_are_meant_the_oldest_first() -> None:
    def titles(count: int, **parts: Any) -> list[str]:
        return [m.title for m in ended_before(snapshot(**parts), count)]

    assert titles(3) == ["18.1", "18.8"]
    assert titles(1) == ["18.8"]
    assert titles(3, today=date(2026, 2, 13)) == ["18.1", "18.8"]  # its last day is not over
    assert titles(3, today=date(2026, 2, 14)) == ["18.1", "18.8", "18.9"]
    assert titles(3, today=date(2026, 5, 1), milestone=dated("18.9")) == ["18.1", "18.8"]


def test_days_are_counted_from_the_first_of_them_on() -> None:
    people = team(capacity=VELOCITY)
    assert velocity_window(people, snapshot()) == Window(date(2025, 6, 14), date(2026, 3, 13))
    alone = snapshot(calendar=calendar(milestone()))
    assert velocity_window(people, alone) == Window(date(2026, 2, 14), date(2026, 3, 13))


def test_the_weight_closed_by_the_cut_offs_is_divided_by_the_days_that_the_members_had() -> None:
    door = Answers(
        [done(1, 3, "2025-07-11", "18.1"), done(2, 5, "2026-01-09"), done(3, None, "2026-01-09"), done(4, 0, None)]
    )
    away = Absence("ana", date(2025, 12, 15), date(2025, 12, 19))
    # 18.1 and 18.8 have 20 weekdays each: 80 of two members, less five
    assert velocity(door, absences=(away,)) == Past(Fraction(8), Fraction(75))
    assert door.asked == []


@pytest.mark.parametrize(
    ("zone", "closed_at", "counts"),
    [
        ("UTC", datetime(2026, 1, 9, 23, 59, 59, tzinfo=UTC), True),
        ("UTC", datetime(2026, 1, 10, tzinfo=UTC), False),
        ("Asia/Tokyo", datetime(2026, 1, 9, 14, 59, tzinfo=UTC), True),
        ("Asia/Tokyo", datetime(2026, 1, 9, 15, tzinfo=UTC), False),
        ("America/Los_Angeles", datetime(2026, 1, 10, 7, 59, tzinfo=UTC), True),
    ],
)
def test_the_cut_off_is_the_end_of_the_due_date_where_the_team_is(
    zone: str, closed_at: datetime, *, counts: bool
) -> None:
    door = Answers([done(1, 2, None, closed_at=closed_at)])
    assert velocity(door, timezone=zone).completed_weight == (2 if counts else 0)


def test_only_of_what_was_opened_again_or_closed_late_the_events_are_read() -> None:
    closed, reopened = event(1, "2026-01-08", is_closed=True), event(2, "2026-01-12", is_closed=False)
    again = event(3, "2026-01-20", is_closed=True)
    door = Answers(
        [done(1, 1, "2026-01-02"), done(2, 2, "2026-01-20"), done(3, 4, "2026-01-20"), done(5, 16, "2026-01-20")],
        {
            2: (closed, reopened, again),
            3: (again,),
            4: (closed, reopened),
            5: (closed, event(2, "2026-01-09", is_closed=False), again),
        },
    )
    still_open = done(4, 8, None, state="opened")
    elsewhere = done(6, 32, None, "18.10", state="opened")
    born_later = done(7, 64, None, state="opened", created_at=at("2026-01-10"))
    assert velocity(door, open_issues=(still_open, elsewhere, born_later)).completed_weight == 1 + 2 + 8
    assert sorted(door.asked) == [2, 3, 4, 5]


def test_what_was_not_done_or_is_no_work_of_the_teams_counts_not() -> None:
    door = Answers(
        [
            done(1, 1, "2026-01-02", is_duplicate=True),
            done(2, 2, "2026-01-02", is_promoted=True),
            done(3, 4, "2026-01-02", moved_to_id=99),
            done(4, 8, "2026-01-02", labels=OURS | {"wontfix"}),
            done(5, 16, "2026-01-02", kind="task"),
            done(6, 32, "2026-01-02", labels=OURS | {"Planning Issue"}),
            done(7, 64, "2026-01-02", milestone_id=12345),  # another milestone of that title
            done(8, 128, "2026-01-02"),
        ]
    )
    assert velocity(door, say_do={"cancelled_labels": ["wontfix"]}).completed_weight == 128


def test_the_recorded_weight_of_the_last_three_is_recalled_where_there_is_one() -> None:
    number = number_of("18.8")
    marker = f"<!-- planning-bot: record team=search milestone={number} -->"
    ended = '{"ended":{"counts":{"handbook":[12,9]},"weight":[24,17]}}'
    note = f"{marker}\n<!-- planning-bot:data {ended} -->"
    planning = PlanningProject(owned={number: (issue(8),), number_of("18.1"): (issue(1),)})
    seen = snapshot(planning=planning)

    def recalled(author: str) -> tuple[PastRow, ...]:
        return recorded_weights(team(), cast("GitLabReader", Answers(notes={8: (Note(1, note, author),)})), seen)

    assert recalled(BOT) == (PastRow("18.8", 17),)
    assert recalled(STRANGER) == ()
