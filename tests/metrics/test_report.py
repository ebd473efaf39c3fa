"""What the report's pages tell: the facts of each milestone, from crafted histories.

18.9 runs from 2026-01-10 to 02-13 and is frozen at the end of 01-12; 18.8 has ended on 01-09, 18.10 begins on 02-14.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from planning_bot.domain.absence import Absence
from planning_bot.domain.deliverables import OftenSlipped
from planning_bot.domain.ledger import Ledger
from planning_bot.domain.record import MemberNumbers, PostedCapacity, Record
from planning_bot.domain.say_do import VARIANTS, Span, Variant
from planning_bot.metrics.history import LookBack, ended
from planning_bot.metrics.report import measure_past, measure_report
from planning_bot.metrics.report_pages import Day, ListRow, Page, Phase, Seen, Shown, TeamFacts
from planning_bot.metrics.team_capacity import Attendance
from tests.builders import dated, snapshot, team, user
from tests.histories import instant, tale

if TYPE_CHECKING:
    from typing import Any

    from planning_bot.domain.issue import Issue
    from planning_bot.domain.ledger import IssueHistory

TODAY = "01-20"
PROMISED = "01-08 +group::search +Deliverable @18.9 w2"
BOARD = {"boards": {"build": {"lists": ["doing", "review"]}}}
RECORDED = Record(ended=ended({name: Variant.of(8, 6) for name in VARIANTS}))


def span(title: str, now: datetime) -> Span:
    return Span.of(dated(title), 2, team().zone, now, f"missed:{title}")


def seen(*tales: IssueHistory, day: str = TODAY, records: dict[str, Record] | None = None, **parts: Any) -> Seen:
    """Look at 18.8, 18.9 and 18.10 at the end of a day."""
    now = instant(f"{day}T23:59")
    known, titles = records or {}, ("18.8", "18.9", "18.10")
    shown = tuple(Shown(dated(title), span(title, now), known.get(title, Record())) for title in titles)
    phases = {Phase.of(one.milestone, now.date()): one for one in shown}
    front = phases.get(Phase.RUNNING) or phases.get(Phase.NEXT) or shown[-1]
    earlier = tuple(one for one in shown if one.span.is_ended and one is not front)
    look = LookBack(
        front.span,
        front.record,
        tuple((one.span, one.record) for one in earlier),
        Ledger(tales),
        tuple(one.span for one in earlier),
    )
    work: tuple[Issue, ...] = parts.pop("open_issues", tuple(one.issue for one in tales if one.issue.is_open))
    around = snapshot(today=now.date(), milestone=front.milestone, open_issues=work)
    return Seen(around, look, shown, now, parts.pop("attendance", Attendance()), **parts)


def page(title: str, *tales: IssueHistory, **parts: Any) -> Page:
    settings = parts.pop("settings", {})
    facts = measure_report(team(**settings), seen(*tales, **parts))
    (found,) = (one for one in facts.pages if one.milestone.title == title)
    return found


def test_each_milestone_stands_somewhere_today() -> None:
    facts = measure_report(team(), seen())
    assert [(one.milestone.title, one.phase.value) for one in facts.pages] == [
        ("18.8", "ended"), ("18.9", "running"), ("18.10", "next"),
    ]  # fmt: skip
    assert facts.front is facts.pages[1]


def test_its_first_and_its_last_day_belong_to_a_milestone() -> None:
    for day, phase in (
        ("01-09", Phase.NEXT),
        ("01-10", Phase.RUNNING),
        ("02-13", Phase.RUNNING),
        ("02-14", Phase.ENDED),
    ):
        assert page("18.9", day=day).phase is phase


def test_in_front_is_what_runs_else_what_comes_else_what_ended_last() -> None:
    pages = measure_report(team(), seen()).pages
    for kept, expected in ((pages, 1), ((pages[0], pages[2]), 2), (pages[:1], 0)):
        assert TeamFacts(team(), date(2026, 1, 20), kept).front is pages[expected]
    assert TeamFacts(team(), date(2026, 1, 20)).front is None


def test_the_burn_up_counts_each_day_up_to_today_with_the_weight_at_the_freeze() -> None:
    done, late, left = (
        tale(PROMISED, "01-11 w3", "01-13T00:00 w5", "01-14T23:59:59 close", iid=1),
        tale("01-02 +group::search @18.9 w1", "01-13 +Deliverable", iid=2),
        tale(PROMISED, "01-15 -Deliverable", iid=3),
    )
    found = page("18.9", done, late, left, day="01-16")
    assert found.burn_up == (
        Day(date(2026, 1, 10), 2, 0, 5, 0),
        Day(date(2026, 1, 11), 2, 0, 5, 0),
        Day(date(2026, 1, 12), 2, 0, 5, 0),
        Day(date(2026, 1, 13), 3, 0, 6, 0),
        Day(date(2026, 1, 14), 3, 1, 6, 3),
        Day(date(2026, 1, 15), 2, 1, 4, 3),
        Day(date(2026, 1, 16), 2, 1, 4, 3),
    )
    assert found.status.weight.committed == 5


def test_the_burn_up_of_an_ended_milestone_ends_with_it_and_that_of_the_next_has_not_begun() -> None:
    history = tale(PROMISED, "02-20 close")
    assert page("18.9", history, day="03-01").burn_up[-1] == Day(date(2026, 2, 13), 1, 0, 2, 0)
    assert page("18.10", history).burn_up == ()


def test_the_build_board_holds_each_deliverable_once_with_how_many_have_a_weight() -> None:
    tales = (
        tale(f"{PROMISED} +doing", iid=1),
        tale(f"{PROMISED} +review +doing", iid=2),
        tale("01-08 +group::search +Deliverable @18.9", iid=3),
        tale(f"{PROMISED} +review", "01-19 close", iid=4),
        tale("01-08 +group::search @18.9 w3 +doing", iid=5),
    )
    found = page("18.9", *tales, settings=BOARD)
    assert found.lists == (
        ListRow("Open, in no list", 1, 0, 0),
        ListRow("doing", 2, 4, 2),
        ListRow("review", 0, 0, 0),
        ListRow("Closed", 1, 2, 1, is_done=True),
    )
    assert (found.weight, found.weighted, found.status.deliverables) == (6, 3, 4)


def test_without_a_build_board_there_is_open_and_closed() -> None:
    found = page("18.9", tale(PROMISED), settings={"boards": {"build": None}})
    assert found.lists == (ListRow("Open, in no list", 1, 2, 1), ListRow("Closed", 0, 0, 0, is_done=True))


def test_the_board_of_an_ended_milestone_is_as_it_was_then() -> None:
    cleaned = tale(f"{PROMISED} +doing", "02-14 -Deliverable @18.10 +missed:18.9", "02-20 -doing")
    rows = {row.name: row.issues for row in page("18.9", cleaned, day="03-01", settings=BOARD).lists}
    assert rows["doing"] == 1


def test_late_is_what_came_after_the_freeze() -> None:
    tales = (tale(PROMISED, iid=1), tale("01-02 +group::search @18.9 w1", "01-13 +Deliverable", iid=2))
    assert [one.reference for one in page("18.9", *tales).late] == [tales[1].issue.reference]


def test_what_slipped_stands_with_the_milestones_that_had_ended_by_then() -> None:
    twice = tale(
        "2025-12-10 +group::search +Deliverable @18.8 w2",
        "01-10 @18.9 +missed:18.8",
        "02-14 @18.10 +missed:18.9",
        iid=1,
    )
    once = tale(PROMISED, "02-14 @18.10", "02-20 close", iid=2)
    never = tale("01-08 +group::search +Deliverable @18.10 w1", iid=3)
    facts = measure_report(team(), seen(twice, once, never, day="03-01"))
    assert [one.slipped for one in facts.pages] == [
        (OftenSlipped(twice.issue.reference, ("18.8",)),),
        (OftenSlipped(twice.issue.reference, ("18.8", "18.9")), OftenSlipped(once.issue.reference, ("18.9",))),
        (OftenSlipped(twice.issue.reference, ("18.8", "18.9")), OftenSlipped(once.issue.reference, ("18.9",))),
    ]
    assert facts.often == (OftenSlipped(twice.issue.reference, ("18.8", "18.9")),)


def test_of_what_comes_next_candidates_that_slipped_stand_there_too() -> None:
    candidate = tale("2025-12-10 +group::search @18.10 +missed:18.8")
    assert page("18.10", candidate).slipped == (OftenSlipped(candidate.issue.reference, ("18.8",)),)
    assert page("18.9", candidate).slipped == ()


def test_a_recorded_milestone_is_not_counted_again() -> None:
    done = tale("2025-12-10 +group::search +Deliverable @18.8 w2", "01-05 close")
    counted, recorded = page("18.8", done), page("18.8", done, records={"18.8": RECORDED})
    assert (counted.headline, recorded.headline) == (Variant.of(1, 1), Variant.of(8, 6))
    assert recorded.variants == dict.fromkeys(VARIANTS, Variant.of(8, 6))
    assert recorded.history[-1].headline == Variant.of(8, 6)


def test_the_history_of_a_page_ends_with_its_milestone_and_has_the_last_three_together() -> None:
    facts = measure_report(team(), seen(day="03-01", records={"18.8": RECORDED, "18.9": RECORDED}))
    titles = [[row.span.title for row in one.history] for one in facts.pages]
    assert titles == [["18.8"], ["18.8", "18.9"], ["18.8", "18.9"]]
    assert facts.pages[-1].history[-1].rolling == Variant.of(16, 12)


def test_the_rolling_rate_is_that_of_three_milestones() -> None:
    now = instant("06-01")
    told = [(replace(span("18.8", now), title=f"17.{n}"), _recorded(n)) for n in (1, 2, 3, 4)]
    rows = measure_past(LookBack(span("18.11", instant("03-20")), Record(), tuple(told), Ledger()), team())
    assert [row.rolling for row in rows] == [Variant.of(1, 1), Variant.of(3, 3), Variant.of(6, 6), Variant.of(9, 9)]


def _recorded(count: int) -> Record:
    return Record(ended=ended({name: Variant.of(count, count) for name in VARIANTS}))


def test_the_history_begins_with_the_first_milestone_in_which_anything_was_said() -> None:
    done = tale(PROMISED, "02-01 close")
    assert [row.span.title for row in page("18.10", done, day="03-01").history] == ["18.9"]
    assert page("18.9").history == ()


def test_the_headline_is_counted_as_the_team_does() -> None:
    tales = (tale(PROMISED, "01-15 close", iid=1), tale(PROMISED.replace("w2", "w3"), iid=2))
    found = page("18.9", *tales, settings={"say_do": {"headline": "by_weight"}})
    assert (found.headline, found.is_by_weight) == (Variant.of(5, 2), True)


def test_capacity_of_what_runs_is_that_of_what_is_left_against_open_work() -> None:
    own = {"assignees": (user("ana"),)}
    tales = (
        tale(PROMISED, iid=1, **own),
        tale(PROMISED, "01-15 close", iid=2, **own),
        tale("2025-12-10 +group::search @18.8 w1", iid=3, **own),
    )
    away = Attendance((Absence("ana", date(2026, 1, 1), date(2026, 1, 22)),))
    found = page("18.9", *tales, attendance=away).capacity
    assert found
    (ana, _) = found.members
    assert (ana.available_days, ana.capacity_weight) == (16, 8)
    assert (ana.carryover_weight, ana.planned_weight, ana.remaining_weight) == (1, 2, 5)


def test_capacity_of_what_comes_is_that_of_all_of_it_with_its_open_issues() -> None:
    tales = (tale("01-08 +group::search @18.10 w3", iid=1), tale("01-08 +group::search @18.10", iid=2))
    found = page("18.10", *tales).capacity
    assert found
    assert (found.total.available_days, found.candidates, found.weighted) == (40, 2, 1)


def test_of_an_ended_milestone_the_capacity_is_what_was_posted() -> None:
    posted = PostedCapacity(
        on=date(2025, 12, 6), members={"ana": MemberNumbers(available_days=18, capacity_weight=9)}, pto_days=2
    )
    found = page("18.8", records={"18.8": Record(capacity=posted)})
    assert (found.capacity, found.posted) == (None, posted)
    assert page("18.9", records={"18.9": Record(capacity=posted)}).posted is None


def test_a_capacity_that_cannot_be_counted_yet_says_why() -> None:
    found = page("18.9", settings={"capacity": {"formula": "velocity"}})
    assert found.capacity is None
    assert "velocity" in found.capacity_trouble


def test_what_is_blocked_or_whose_people_are_away_is_at_risk_only_while_it_runs() -> None:
    own = tale(PROMISED, "01-19 w3", assignees=(user("ana"),))
    away = Attendance((Absence("ana", date(2026, 1, 20), date(2026, 3, 30)),))
    reference = own.issue.reference
    found = measure_report(team(), seen(own, attendance=away, blockers={reference: ("acme/x#1",)}))
    assert [[risk.because for risk in one.status.at_risk] for one in found.pages] == [
        [], ["blocked by acme/x#1; ana away for the rest"], [],
    ]  # fmt: skip
    assert found.pages[1].status.blocked == 1


def test_nothing_of_it_is_counted_per_person_but_capacity_and_load() -> None:
    own = tale(PROMISED, "01-15 close", assignees=(user("ana"),))
    found = page("18.9", own)
    told = repr(replace(found, capacity=None, shown=Shown(dated("18.9"), found.shown.span)))
    assert "ana" not in told.replace("planning", "")


def test_work_without_weights_is_counted_as_issues() -> None:
    found = page("18.9", tale("01-08 +group::search +Deliverable @18.9", "01-15 close"))
    assert found.burn_up[-1] == Day(date(2026, 1, 20), 1, 1, 0, 0)
    assert (found.weight, found.weighted) == (0, 0)
