from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.errors import UsageError
from tests.builders import FIELD_GUIDE, TODAY, calendar, dated, milestone

if TYPE_CHECKING:
    from planning_bot.domain.milestone import Calendar


def day(text: str) -> date:
    return date.fromisoformat(text)


def refusal(calendar: Calendar, wanted: str, today: date = TODAY) -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        calendar.resolve(wanted, today)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(("title", "weekdays"), [(title, row[2]) for title, row in FIELD_GUIDE.items()])
def test_a_milestone_has_the_weekdays_of_the_field_guide(title: str, weekdays: int) -> None:
    assert dated(title).weekdays == weekdays


@pytest.mark.parametrize("title", FIELD_GUIDE)
def test_a_milestone_lasts_four_or_five_weeks_both_ends_included(title: str) -> None:
    assert dated(title).days in (28, 35)


@pytest.mark.parametrize(
    ("today", "previous", "current", "following"),
    [
        ("2026-01-10", "18.8", "18.9", "18.10"),
        ("2026-02-13", "18.8", "18.9", "18.10"),
        ("2026-02-14", "18.9", "18.10", "18.11"),
        ("2026-03-13", "18.9", "18.10", "18.11"),
    ],
)
def test_the_words_follow_the_dates_from_the_first_day_to_the_last(
    today: str, previous: str, current: str, following: str
) -> None:
    found = [calendar().resolve(word, day(today)) for word in ("previous", "current", "next")]

    assert found == [dated(previous), dated(current), dated(following)]


def test_18_10_comes_after_18_9_and_is_not_18_1() -> None:
    everything = calendar()

    assert [m.title for m in everything.delivery] == ["18.1", "18.8", "18.9", "18.10", "18.11"]
    assert everything.after(dated("18.9")) == dated("18.10")
    assert everything.before(dated("18.10")) == dated("18.9")
    assert everything.resolve("18.10", TODAY) != everything.resolve("18.1", TODAY)


def test_the_first_has_none_before_it_and_the_last_none_after() -> None:
    assert (calendar().before(dated("18.1")), calendar().after(dated("18.11"))) == (None, None)


@given(st.permutations(["18.1", "18.8", "18.9", "18.10", "18.11", "Backlog"]), st.integers(0, 300))
def test_the_order_in_which_gitlab_lists_them_changes_nothing(titles: list[str], days: int) -> None:
    today = date(2025, 6, 14) + timedelta(days=days)
    listed, sorted_ = calendar(*map(milestone, titles)), calendar(*map(milestone, sorted(titles)))

    def answer(which: Calendar, word: str) -> object:
        try:
            return which.resolve(word, today)
        except UsageError as error:
            return error.message, error.hint

    for word in ("previous", "current", "next", "18.10", "18.2"):
        assert answer(listed, word) == answer(sorted_, word)


def test_milestones_without_dates_or_with_another_title_are_never_found_by_a_word() -> None:
    others = calendar(
        milestone("Backlog"),
        milestone("18.10", start="2026-02-14", due=None, number=1),
        milestone("Hackathon", start="2026-02-01", due="2026-02-03"),
        milestone("18.11-rc", start="2026-02-05", due="2026-02-09"),
        milestone("18.12", start="2026-05-01", due="2026-05-28"),
    )

    assert others.resolve("next", TODAY).title == "18.12"


def test_a_title_that_is_given_need_not_match_the_pattern() -> None:
    hackathon = milestone("Hackathon", start="2026-02-01", due="2026-02-03")

    assert calendar(hackathon).resolve("Hackathon", TODAY).id == hackathon.id


def test_the_pattern_is_of_the_whole_title() -> None:
    assert not milestone("18.10-rc", start="2026-02-14", due="2026-03-13").is_delivery(r"\d+\.\d+")


def test_a_title_without_dates_is_refused_with_where_to_set_them() -> None:
    assert refusal(calendar(), "Backlog") == (
        "milestone 'Backlog' has no start date or no due date",
        f"give it both dates: {milestone('Backlog').web_url}",
    )


def test_a_title_that_exists_twice_is_refused_and_both_are_listed() -> None:
    twice = calendar(milestone("18.10", number=4), milestone("18.9"), milestone("18.10", number=3))

    for wanted in ("18.10", "next"):
        assert refusal(twice, wanted) == (
            (
                "the title '18.10' is ambiguous: https://gitlab.test/groups/acme/-/milestones/3"
                " and https://gitlab.test/groups/acme/-/milestones/4"
            ),
            "rename or delete one of them: a title must stand for one milestone in the group's tree",
        )


def test_milestones_that_overlap_leave_a_word_without_a_meaning() -> None:
    overlapping = calendar(
        milestone("18.10", start="2026-01-20", due="2026-02-20"),
        milestone("18.9", start="2026-01-10", due="2026-02-13"),
    )

    assert refusal(overlapping, "current") == (
        (
            "more than one milestone is current on 2026-01-31: 18.9 (2026-01-10 to 2026-02-13)"
            " and 18.10 (2026-01-20 to 2026-02-20)"
        ),
        "name one: --milestone TITLE",
    )


def test_a_missing_title_is_told_with_those_around_today() -> None:
    assert refusal(calendar(), "18.2") == (
        "there is no milestone '18.2'",
        (
            "milestones around 2026-01-31: 18.1 (2025-06-14 to 2025-07-11), 18.8 (2025-12-13 to 2026-01-09), "
            "18.9 (2026-01-10 to 2026-02-13), 18.10 (2026-02-14 to 2026-03-13), 18.11 (2026-03-14 to 2026-04-10)"
        ),
    )


@pytest.mark.parametrize(
    ("word", "today"), [("current", "2025-08-01"), ("next", "2026-03-14"), ("previous", "2025-06-14")]
)
def test_a_word_without_a_milestone_is_told_with_its_day(word: str, today: str) -> None:
    message, hint = refusal(calendar(), word, day(today))

    assert message == f"there is no {word} milestone on {today}"
    assert hint.startswith(f"milestones around {today}: ")


def test_only_the_six_nearest_are_told() -> None:
    _, hint = refusal(calendar(*map(milestone, ["18.1", *FIELD_GUIDE])), "17.0")

    assert [word for word in hint.split() if "." in word] == ["18.8", "18.9", "18.10", "18.11", "19.0", "19.2"]


def test_a_pattern_that_nothing_matches_is_named() -> None:
    assert refusal(calendar(milestone("Backlog")), "next") == (
        "there is no next milestone on 2026-01-31",
        "no milestone with two dates has a title that matches '\\\\d+\\\\.\\\\d+': see milestones.pattern",
    )
