"""The state of an issue at an instant, whatever its events leave out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from planning_bot.domain.issue import Label
from planning_bot.domain.ledger import IssueHistory, Ledger, MilestoneEvent, Streams, end_of_day, was_taken_out
from tests.builders import issue, number_of
from tests.histories import instant, tale, with_deleted, with_renamed, without_early_events


def labels(history: IssueHistory, when: str) -> set[str]:
    return set(history.state_at(instant(when)).labels)


def milestone(history: IssueHistory, when: str) -> int | None:
    return history.state_at(instant(when)).milestone_id


def test_a_label_is_there_from_the_instant_in_which_it_was_put_on() -> None:
    told = tale("01-20", "02-10T10:00 +bug", "02-12T10:00 -bug")
    assert [labels(told, day) for day in ("02-10T09:59", "02-10T10:00", "02-12T09:59", "02-12T10:00")] == [
        set(), {"bug"}, {"bug"}, set(),
    ]  # fmt: skip


def test_a_label_without_any_event_was_always_there() -> None:
    assert labels(IssueHistory(issue(labels=frozenset({"bug"}))), "02-10") == {"bug"}


def test_a_label_whose_addition_is_missing_was_there_until_it_was_taken_off() -> None:
    told = without_early_events(tale("01-20 +bug", "02-12 -bug"), "02-01")
    assert (labels(told, "02-10"), labels(told, "02-13")) == ({"bug"}, set())


def test_a_label_that_came_twice_without_a_removal_between_is_walked_back_once() -> None:
    told = tale("01-20", "02-10 +bug", "02-12 -bug +bug")
    told = replace(told, labels=tuple(event for event in told.labels if event.is_added))
    assert labels(told, "02-11") == set()
    assert labels(told, "02-12") == {"bug"}


def test_a_renamed_label_has_its_new_name_in_the_past() -> None:
    told = with_renamed(tale("01-20 +Commit", "02-12 -Commit"), "Commit", "Deliverable")
    assert labels(told, "02-10") == {"Deliverable"}


def test_labels_of_one_name_are_told_apart_by_their_ids() -> None:
    told = tale("01-20 +bug", "02-12 -bug +bug")
    first, third, second = told.labels
    second, third = replace(second, id=third.id), replace(third, id=second.id)
    ours = replace(
        told,
        issue=replace(told.issue, labels=frozenset({"bug"})),
        labels=(replace(first, label_id=5), replace(second, label_id=9), replace(third, label_id=5)),
    )
    assert [labels(ours, day) for day in ("01-19", "02-11", "02-13")] == [set(), {"bug"}, {"bug"}]


def test_events_of_one_second_go_by_their_ids_in_whatever_order_they_arrive() -> None:
    told = tale("01-20", "02-10 +bug -bug +bug", "02-11 -bug")
    shuffled = replace(told, labels=tuple(reversed(told.labels)))
    assert labels(told, "02-10") == labels(shuffled, "02-10") == {"bug"}


def test_a_deleted_label_is_counted_and_not_named() -> None:
    told = with_deleted(tale("01-20 +one", "02-10 +two", "02-12 -one"), "one", "two")
    states = [told.state_at(instant(day)) for day in ("01-20", "02-10", "02-12", "03-01")]
    assert [state.deleted_labels for state in states] == [1, 2, 1, 1]
    assert {name for state in states for name in state.labels} == set()


def test_a_deleted_label_whose_addition_is_missing_was_there_before() -> None:
    told = without_early_events(with_deleted(tale("01-20 +one", "02-12 -one"), "one"), "02-01")
    assert [told.state_at(instant(day)).deleted_labels for day in ("02-10", "02-12")] == [1, 0]


def test_a_milestone_that_another_replaced_in_one_event() -> None:
    told = tale("01-20 @18.9", "02-10 @18.10")
    assert [milestone(told, day) for day in ("02-09", "02-10")] == [number_of("18.9"), number_of("18.10")]


def test_a_milestone_that_another_replaced_in_two_events() -> None:
    told = tale("01-20 @18.9", "02-10 @- @18.10")
    assert [milestone(told, day) for day in ("02-09", "02-10")] == [number_of("18.9"), number_of("18.10")]


def test_two_events_of_a_change_in_the_other_order() -> None:
    told = tale("01-20 @18.9", "02-10 @18.10")
    added = told.streams.milestones[-1] if told.streams else None
    assert added
    removed = replace(added, id=added.id + 1, milestone_id=number_of("18.9"), is_added=False)
    both = replace(told, streams=Streams(milestones=(*(told.streams.milestones if told.streams else ()), removed)))
    assert [milestone(both, day) for day in ("02-09", "02-10")] == [number_of("18.9"), number_of("18.10")]


def test_a_milestone_that_was_taken_off_and_set_again() -> None:
    told = tale("01-20 @18.10", "02-10 @-", "02-12 @18.10")
    assert [milestone(told, day) for day in ("02-09", "02-11", "02-12")] == [
        number_of("18.10"), None, number_of("18.10"),
    ]  # fmt: skip


def test_a_milestone_whose_setting_is_missing_was_there_until_it_was_taken_off() -> None:
    told = without_early_events(tale("01-20 @18.10", "02-20 @-"), "02-01")
    assert [milestone(told, day) for day in ("02-10", "02-21")] == [number_of("18.10"), None]


def test_a_milestone_without_any_event_was_always_there() -> None:
    told = without_early_events(tale("01-20 @18.10"), "02-01")
    assert milestone(told, "01-25") == number_of("18.10")


def test_a_milestone_that_was_deleted_is_gone_today() -> None:
    told = tale("01-20 @18.10", milestone_id=None, milestone=None)
    assert milestone(told, "02-10") is None


@pytest.mark.parametrize(
    ("day", "closed"), [("01-21", False), ("02-10", True), ("02-11", True), ("02-12", False), ("02-14", True)]
)
def test_an_issue_that_was_closed_reopened_and_closed_again(day: str, closed: bool) -> None:  # noqa: FBT001
    told = tale("01-20", "02-10 close", "02-12 reopen", "02-14 close")
    assert told.state_at(instant(day)).is_closed is closed


def test_closing_and_reopening_in_one_second_goes_by_ids() -> None:
    assert not tale("01-20", "02-10 close reopen", "03-01 close").state_at(instant("02-20")).is_closed


def test_a_closing_without_an_event_is_known_by_closed_at() -> None:
    told = without_early_events(tale("01-20", "02-10 close"), "03-01")
    assert [told.state_at(instant(day)).is_closed for day in ("02-09", "02-11")] == [False, True]


def test_a_reopening_without_its_closing_tells_of_the_closing() -> None:
    told = without_early_events(tale("01-20", "02-10 close", "02-20 reopen"), "02-15")
    assert [told.state_at(instant(day)).is_closed for day in ("02-19", "02-21")] == [True, False]


def test_a_second_closing_without_an_event_is_known_by_closed_at() -> None:
    told = tale("01-20", "02-10 close", "02-12 reopen", "03-01 close")
    lost = replace(told, streams=replace(told.streams or Streams(), states=(told.streams or Streams()).states[:2]))
    assert [lost.state_at(instant(day)).is_closed for day in ("02-13", "03-02")] == [False, True]


def test_a_weight_is_that_of_the_last_event() -> None:
    told = tale("01-20 w1", "02-10 w3", "02-20 w-")
    assert [told.state_at(instant(day)).weight for day in ("01-25", "02-10", "02-21")] == [1, 3, None]


def test_a_weight_without_any_event_was_always_there() -> None:
    told = without_early_events(tale("01-20 w2"), "02-01")
    assert told.state_at(instant("02-01")).weight == 2


def test_before_its_first_event_a_weight_is_not_known() -> None:
    assert tale("01-20", "02-10 w3").state_at(instant("02-01")).weight is None


def test_before_it_was_made_an_issue_does_not_exist() -> None:
    told = tale("02-10T10:00 +bug")
    assert [told.state_at(instant(at)).exists for at in ("02-10T09:59", "02-10T10:00")] == [False, True]


def test_a_moved_issue_and_its_copy_are_one_piece_of_work() -> None:
    old = tale("01-20 +bug", "02-20 close", iid=1, moved_to_id=9002)
    copy = tale("02-20 +bug +later", iid=2)
    (trail,) = Ledger((copy, old)).trails
    assert [part.issue.iid for part in trail.parts] == [1, 2]
    assert [trail.at(instant(day)).issue.iid for day in ("02-19", "02-20")] == [1, 2]
    assert set(trail.state_at(instant("02-21")).labels) == {"bug", "later"}
    assert trail.lost_at is None


def test_a_copy_that_kept_the_old_date_takes_over_when_the_old_issue_was_closed() -> None:
    old = tale("01-20 +bug", "02-20 close", iid=1, moved_to_id=9002)
    copy = tale("01-20 +bug", iid=2)
    (trail,) = Ledger((old, copy)).trails
    assert [trail.at(instant(day)).issue.iid for day in ("02-19", "02-20")] == [1, 2]


def test_an_issue_that_moved_twice_is_followed_twice() -> None:
    parts = (
        tale("01-20", "02-20 close", iid=1, moved_to_id=9002),
        tale("02-20", "02-25 close", iid=2, moved_to_id=9003),
        tale("02-25", iid=3),
    )
    (trail,) = Ledger(parts).trails
    assert [trail.at(instant(day)).issue.iid for day in ("02-01", "02-21", "02-26")] == [1, 2, 3]


def test_an_issue_that_moved_out_of_sight_is_lost_when_it_was_closed() -> None:
    (trail,) = Ledger((tale("01-20", "02-20 close", moved_to_id=4711),)).trails
    assert trail.lost_at == instant("02-20")


def test_a_note_of_the_move_knows_better_when_it_was() -> None:
    told = replace(tale("01-20", "02-20 close", moved_to_id=4711), moved_at=instant("03-20"))
    (trail,) = Ledger((told,)).trails
    assert trail.lost_at == instant("03-20")


def test_issues_that_moved_in_a_circle_are_not_followed_for_ever() -> None:
    there = tale("01-20", "02-20 close", iid=1, moved_to_id=9002)
    back = tale("02-20", "02-21 close", iid=2, moved_to_id=9001)
    elsewhere = tale("01-20", "02-01 close", iid=3, moved_to_id=9001)
    assert [len(trail.parts) for trail in Ledger((there, back, elsewhere)).trails] == [3]


def test_a_label_surely_existed_when_one_with_a_higher_id_was_used() -> None:
    told = tale("01-20 +other", "02-10 +Deliverable")
    low, high = replace(told.labels[0], label_id=99), replace(told.labels[1], label_id=50)
    assert Ledger((replace(told, labels=(low, high)),)).existed("Deliverable") == instant("01-20")
    assert Ledger((replace(told, labels=(replace(low, label_id=7), high)),)).existed("Deliverable") == instant("02-10")


def test_a_label_that_nobody_used_is_known_by_its_id() -> None:
    told = tale("01-20 +other")
    known = Ledger((told,), {"Deliverable": Label(1, "Deliverable")})
    assert known.existed("Deliverable") == instant("01-20")
    assert Ledger((told,)).existed("Deliverable") is None


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", datetime(2026, 3, 13, 23, 59, 59, 999999, UTC)),
        ("Asia/Tokyo", datetime(2026, 3, 13, 14, 59, 59, 999999, UTC)),
        ("America/Los_Angeles", datetime(2026, 3, 14, 6, 59, 59, 999999, UTC)),
    ],
)
def test_a_day_ends_where_the_team_is(zone: str, expected: datetime) -> None:
    assert end_of_day(date(2026, 3, 13), ZoneInfo(zone)) == expected


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: date) -> None:
    zone = ZoneInfo("Europe/Lisbon")
    length = end_of_day(day, zone) - end_of_day(date.fromordinal(day.toordinal() - 1), zone)
    assert length.total_seconds() / 3600 == {date(2026, 3, 29): 23, date(2026, 10, 25): 25}.get(day, 24)


def test_a_day_whose_midnight_the_clocks_skip_ends_nevertheless() -> None:
    # In Santiago the clocks go from midnight to one: the day before ends when the next begins.
    end = end_of_day(date(2026, 9, 5), ZoneInfo("America/Santiago"))
    assert end == datetime(2026, 9, 6, 3, 59, 59, 999999, UTC)


# Who took it out of a milestone


def moves(*told: str) -> list[MilestoneEvent]:
    """Give moves told as `18.10 tomas`, each a minute later; a minus takes the milestone off."""
    found = []
    for minute, (title, by) in enumerate(line.split() for line in told):
        at = instant(f"02-01T10:{minute:02}")
        found.append(MilestoneEvent(minute, at, number_of(title.lstrip("-")), is_added=title[0] != "-", by=by))
    return found


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], False),
        (["18.11 bot"], True),  # how it left is not known
        (["18.11 bot", "18.10 tomas"], True),
        (["18.11 bot", "18.10 bot"], False),
        (["18.11 bot", "-18.11 bot", "18.10 bot"], False),
        (["18.11 bot", "-18.11 tomas"], True),
        (["18.11 tomas", "18.9 tomas", "18.10 bot"], True),
        (["18.11 tomas", "18.10 tomas", "18.11 bot", "18.10 bot"], False),
    ],
)
def test_whoever_moved_it_on_took_it_out_unless_that_was_the_program_itself(told: list[str], *, expected: bool) -> None:
    assert was_taken_out(moves(*told), number_of("18.11"), "bot") is expected


def test_without_a_bot_whoever_moved_it_is_somebody() -> None:
    assert was_taken_out(moves("18.11 mira", "18.10 mira"), number_of("18.11"), None)
