"""Shares of days, and absences that are only tried."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from planning_bot.domain.absence import Absence, read_day, read_share, read_what_if, shares_off
from planning_bot.errors import UsageError

MONDAY = date(2024, 12, 2)


def test_both_ends_of_an_absence_are_off_as_far_as_they_are_asked_for() -> None:
    absence = Absence("ana", MONDAY, date(2024, 12, 6), Fraction(1, 2))

    assert [*shares_off([absence], MONDAY, date(2024, 12, 31))] == [date(2024, 12, day) for day in range(2, 7)]
    assert shares_off([absence], date(2024, 12, 6), date(2024, 12, 7)) == {date(2024, 12, 6): Fraction(1, 2)}
    assert shares_off([absence], date(2024, 12, 7), date(2024, 12, 31)) == {}


def test_the_largest_share_of_a_day_counts() -> None:
    entries = [Absence("ana", MONDAY, MONDAY, Fraction(part, 10)) for part in (1, 7, 3)]

    assert shares_off(entries, MONDAY, MONDAY) == {MONDAY: Fraction(7, 10)}


@pytest.mark.parametrize("text", ["0", "0.5", ".5", "1", "1.0", "1.", "00.25"])
def test_a_share_is_read_as_it_is_written(text: str) -> None:
    assert read_share(text) == Fraction(text)


@pytest.mark.parametrize("text", ["", ".", "1.01", "-0.5", "0,5", "50%", "1e-1", "½", "\u0660", "nan", "1/2", " 1"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        read_share(text)


@pytest.mark.parametrize(
    "text", ["2024-2-1", "02.12.2024", "2024-12-02T00:00", "20241202", "\u0662024-12-02", "2024-W49-1"]
)
def test_only_iso_days_are_read(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        read_day(text)


def test_a_day_that_is_not_in_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no day 2023-02-29"):
        read_day("2023-02-29")


def test_an_absence_that_is_tried() -> None:
    assert read_what_if("@Ana=2024-12-02..2024-12-06,0.5", ["kenji", "ana"]) == Absence(
        "ana", MONDAY, date(2024, 12, 6), Fraction(1, 2), "--what-if"
    )
    assert read_what_if("ana=2024-12-02..2024-12-02", ["ana"]).share == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no absence"),
        ("ana", "names no absence"),
        ("ana=2024-12-02", "names no absence"),
        ("zed=2024-12-02..2024-12-06", "'zed' is no member"),
        ("ana=2024-12-06..2024-12-02", "2024-12-02 is before 2024-12-06"),
        ("ana=2024-12-06..tomorrow", "write a day as YYYY-MM-DD"),
        ("ana=..", "write a day as YYYY-MM-DD"),
        ("ana=2024-12-02..2024-12-06,2", "from 0 to 1"),
        ("ana=2024-12-02..2024-12-06,", "from 0 to 1"),
    ],
)
def test_a_mistake_in_what_is_tried_is_the_command_lines(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_what_if(text, ["ana"])
