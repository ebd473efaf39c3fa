"""What is planned of a capacity that is measured: the section, the record, the table, and what is too surprising."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.domain.capacity import Load, MemberCapacity, MemberDays
from planning_bot.domain.change import EditIssue, WriteNote, WriteTable
from planning_bot.domain.issue import Note
from planning_bot.domain.plan import Remark
from planning_bot.domain.record import MemberNumbers, PostedCapacity, Record, read_records
from planning_bot.domain.sections import find_section, wrap_section
from planning_bot.domain.table import Grid
from planning_bot.metrics.team_capacity import TeamCapacity
from planning_bot.planners.capacity import Tab, plan_capacity
from tests.builders import BOT, PM, World, issue, number_of, team, user, words

if TYPE_CHECKING:
    from planning_bot.domain.capacity import CapacityResult
    from planning_bot.domain.plan import Plan
    from planning_bot.domain.snapshot import Snapshot

MARKER = f"<!-- planning-bot: planning-issue team=search milestone={number_of('18.10')} -->"
PENDING = wrap_section("capacity", "## Capacity\n\nlater")
PAGE = issue(description=f"{MARKER}\n\n{PENDING}\n\nOur own words.\n")
SHEET = ("key", "Capacity 18.10")


def person(username: str, days: int = 20, off: int = 0, weight: str = "10") -> MemberCapacity:
    return MemberCapacity(
        username, username.title(), MemberDays(days, 0, Fraction(off)), Fraction(weight), Load(), "how"
    )


def measured(*members: MemberCapacity, **parts: Any) -> TeamCapacity:
    return TeamCapacity(members or (person("ana"), person("kenji", weight="5")), **parts)


def seen(page: Any = PAGE, **parts: Any) -> Snapshot:
    return World((page,) if page else ()).seen(**parts)


def planned(snapshot: Snapshot, of: TeamCapacity | None = None, **more: Any) -> tuple[CapacityResult, Plan]:
    people = more.pop("people", team())
    return plan_capacity(snapshot, people, words(), of or measured(), more.pop("tab", None), **more)


def posted(on: str, pto_days: float = 0, **weights: float) -> PostedCapacity:
    members = {name: MemberNumbers(available_days=20, capacity_weight=weight) for name, weight in weights.items()}
    return PostedCapacity(on=date.fromisoformat(on), members=members, pto_days=pto_days)


def section_of(plan: Plan) -> str:
    (edit,) = [change for change in plan.changes if isinstance(change, EditIssue)]
    return edit.after.sections["capacity"] or ""


def record_of(plan: Plan) -> Record:
    (note,) = [change for change in plan.changes if isinstance(change, WriteNote)]
    return read_records([Note(1, note.after, BOT)], "search", number_of("18.10"), frozenset({BOT}))


def test_the_section_and_the_record_are_planned_and_all_else_stays() -> None:
    result, plan = planned(seen())
    assert result.total.capacity_weight == 15
    assert [change.kind for change in plan.changes] == ["edit_issue", "write_note"]
    assert record_of(plan).capacity == posted("2026-01-31", ana=10, kenji=5)
    after = World((PAGE,)).after(plan).issues[0].description
    assert after.startswith(MARKER)
    assert after.endswith("\n\nOur own words.\n")
    assert find_section(after, "capacity").text == section_of(plan)


def test_a_plan_that_was_carried_out_leaves_nothing_to_plan_on_any_later_day() -> None:
    first = planned(seen())[1]
    world = World((PAGE,)).after(first)
    record = record_of(first)
    for today in (date(2026, 1, 31), date(2026, 3, 1)):
        assert planned(world.seen(record=record, today=today))[1].changes == ()


def test_what_changed_is_told_by_name_against_the_numbers_before_and_who_came_and_went() -> None:
    before = posted("2026-01-20", ana=10, zed=4)
    plan = planned(seen(record=Record(capacity=before, commitment=("a/b#1",))))[1]
    assert "posted on Tue 20 Jan 2026: zed 4 → 0, Kenji 0 → 5." in section_of(plan)
    assert record_of(plan) == Record(
        capacity=posted("2026-01-31", ana=10, kenji=5), capacity_before=before, commitment=("a/b#1",)
    )


def test_without_a_planning_issue_only_the_table_is_planned() -> None:
    plan = planned(seen(None), tab=Tab(*SHEET, Grid()))[1]
    assert [change.kind for change in plan.changes] == ["write_table"]
    assert plan.notices == ("milestone 18.10 has no planning issue yet, so nothing is posted: create-issue makes it",)


def test_what_is_only_tried_is_not_planned_at_all() -> None:
    plan = planned(seen(record=Record(capacity=posted("2026-01-20", a=1, b=2, c=3, d=4))), only_tried="so")[1]
    assert (plan.changes, plan.notices, plan.surprises) == ((), ("nothing is posted: so",), ())


@pytest.mark.parametrize(
    ("page", "because"),
    [
        (issue(description=PAGE.description.replace("later", "ours")), "section capacity: a person edited it"),
        (issue(description=f"{PAGE.description}\n{PENDING}"), "section capacity: it stands there more than once"),
        (
            issue(description=PAGE.description, labels=frozenset({"planning-bot::skip"})),
            "it has the label planning-bot::skip",
        ),
    ],
)
def test_what_is_a_persons_is_left_alone_and_said(page: Any, because: str) -> None:
    plan = planned(seen(page))[1]
    assert (plan.changes, plan.skipped) == ((), (Remark(target=page.reference, because=because),))


def test_a_section_without_markers_is_left_out_without_a_word_and_not_remembered() -> None:
    plan = planned(seen(issue(description=MARKER)))[1]
    assert (plan.changes, plan.skipped) == ((), ())


@pytest.mark.parametrize(
    ("members", "now", "limit", "surprises"),
    [
        (50, 33, 0.34, 0), (50, 32, 0.34, 1), (100, 71, 0.29, 0), (100, 70, 0.29, 1), (10, 7, 0.3, 0), (1, 1, 0, 0),
        (2, 1, 0, 1), (2, 2, 0.34, 0), (2, 3, 0.34, 0), (2, 1, None, 0), (2, 1, 1, 0),
    ],
)  # fmt: skip
def test_a_roster_that_shrinks_by_more_than_the_limit_is_a_surprise(
    members: int, now: int, limit: float | None, surprises: int
) -> None:
    before = posted("2026-01-20", **{f"p{n}": 10 for n in range(members)})
    of = measured(*(person(f"p{n}") for n in range(now)))
    plan = planned(seen(record=Record(capacity=before)), of, people=team(limits={"max_shrink": limit}))[1]
    assert len(plan.surprises) == surprises


@pytest.mark.parametrize(("before", "now", "surprises"), [(10, 7, 0), (10, 6, 1), (0.3, 0, 1), (0, 0, 0), (0, 9, 0)])
def test_time_off_that_shrinks_by_more_than_the_limit_is_a_surprise(before: float, now: int, surprises: int) -> None:
    record = Record(capacity=posted("2026-01-20", before, ana=10))
    people = team(limits={"max_shrink": 0.3})
    plan = planned(seen(record=record), measured(person("ana", off=now)), people=people)[1]
    assert len(plan.surprises) == surprises


def test_a_surprise_holds_where_the_section_is_a_persons_for_the_table_goes_out_all_the_same() -> None:
    record = Record(capacity=posted("2026-01-20", **dict.fromkeys("abcdef", 1)))
    plan = planned(seen(issue(description=MARKER), record=record), tab=Tab(*SHEET, Grid()))[1]
    assert plan.surprises == ("members shrank from 6 to 2 since 2026-01-20, by more than limits.max_shrink (0.34)",)
    assert [change.kind for change in plan.changes] == ["write_table"]


def test_the_table_has_a_header_a_row_for_each_member_and_references_alone() -> None:
    candidate = issue(
        7, title="=secret", assignees=(user("ANA"), user(PM)), labels=frozenset({"group::search"}), confidential=True
    )
    (change,) = planned(seen(None, open_issues=(candidate,)), tab=Tab(*SHEET, None))[1].changes
    assert isinstance(change, WriteTable)
    header, ana, kenji = change.after
    assert (change.before, header[0], header[7], header[-1]) == (None, "username", "capacity_weight", "planned_issues")
    assert (ana[0], ana[7], ana[-1]) == ("ana", 10, "acme/search/planning#7")
    assert (kenji[0], kenji[7], kenji[-1]) == ("kenji", 5, "")
    assert "secret" not in change.model_dump_json()


def test_a_table_that_stands_already_is_not_written() -> None:
    (change,) = planned(seen(None), tab=Tab(*SHEET, None))[1].changes
    assert isinstance(change, WriteTable)
    assert planned(seen(None), tab=Tab(*SHEET, Grid(change.after)))[1].changes == ()


def test_cells_of_people_in_the_tables_place_are_named() -> None:
    plan = planned(seen(None), tab=Tab(*SHEET, Grid((("Who?",), ("ana",)))))[1]
    assert plan.changes == ()
    because = "somebody's cells are in the way: A1, A2"
    assert plan.skipped == (Remark(target="sheet key, tab Capacity 18.10", because=because),)
