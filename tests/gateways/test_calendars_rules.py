"""Rules of recurrence, held against dateutil's reading of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.gateways.recurrence import Allowance
from planning_bot.gateways.recurrence_parts import DAYS, parse_rule, split_rule

FIRST = date(2025, 1, 1)


def days(rule: str, start: date, first: date, last: date, allowance: int = 10**6) -> list[date]:
    return parse_rule(split_rule(rule)).days(start, first, last, Allowance(allowance))


def days_of_dateutil(rule: str, start: date, first: date, last: date) -> list[date]:
    end = "" if "COUNT" in rule else ";UNTIL=20300101"
    begin, stop = (datetime.combine(day, time()) for day in (first, last))
    found = rrulestr(rule + end, dtstart=datetime.combine(start, time())).between(begin, stop, inc=True)
    return [moment.date() for moment in found]


WEEKDAYS = st.sets(st.sampled_from(DAYS), min_size=1, max_size=4).map(lambda found: ",".join(sorted(found)))
NTH = st.tuples(st.sampled_from(["1", "2", "4", "-1", "-2"]), st.sampled_from(DAYS)).map("".join)
MONTH_DAYS = st.sets(st.sampled_from([-1, -2, 1, 13, 15, 28]), min_size=1, max_size=3).map(
    lambda found: ",".join(map(str, found))
)
MONTHS = st.sets(st.integers(1, 12), min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))
BODIES = st.one_of(
    st.just("FREQ=DAILY"),
    WEEKDAYS.map("FREQ=WEEKLY;BYDAY={}".format),
    st.just("FREQ=WEEKLY"),
    st.just("FREQ=MONTHLY"),
    MONTH_DAYS.map("FREQ=MONTHLY;BYMONTHDAY={}".format),
    NTH.map("FREQ=MONTHLY;BYDAY={}".format),
    st.builds("FREQ=MONTHLY;BYDAY={};BYSETPOS={}".format, WEEKDAYS, st.sampled_from(["1", "-1", "2,-2"])),
    st.just("FREQ=YEARLY"),
    MONTHS.map("FREQ=YEARLY;BYMONTH={}".format),
    st.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, MONTHS, MONTH_DAYS),
    st.builds("FREQ=YEARLY;BYMONTH={};BYDAY={}".format, MONTHS, NTH),
    NTH.map("FREQ=YEARLY;BYDAY={}".format),
    st.sampled_from(["FREQ=YEARLY;BYYEARDAY=1,100,-1", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYWEEKNO=7;BYDAY=MO"]),
)
ENDS = st.one_of(st.just(""), st.integers(1, 40).map(";COUNT={}".format))
INTERVALS = st.one_of(st.just(""), st.integers(1, 4).map(";INTERVAL={}".format))
STARTS = st.sampled_from(["", ";WKST=SU", ";WKST=MO"])


RULES = st.builds("{}{}{}{}".format, BODIES, ENDS, INTERVALS, STARTS)


@given(RULES, st.integers(0, 365), st.integers(0, 700), st.integers(0, 60))
def test_a_rule_gives_the_days_that_dateutil_gives(rule: str, begins: int, after: int, length: int) -> None:
    start = FIRST + timedelta(days=begins)
    first = start + timedelta(days=after)
    last = first + timedelta(days=length)

    assert days(rule, start, first, last) == days_of_dateutil(rule, start, first, last)


def test_a_week_belongs_to_the_year_with_four_of_its_days() -> None:
    assert days("FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR,SU", FIRST, date(2026, 12, 1), date(2027, 1, 31)) == [
        date(2027, 1, 1),
        date(2027, 1, 3),
    ]


@pytest.mark.parametrize("start", [date(1, 1, 1), date(2025, 1, 1)])
def test_without_a_count_only_the_window_is_looked_at(start: date) -> None:
    window = (date(2025, 12, 13), date(2026, 1, 9))

    assert len(days("FREQ=DAILY", start, *window, allowance=28)) == 28
    assert days("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", start, *window, allowance=730) == [date(2025, 12, 25)]


def test_a_count_from_long_ago_uses_the_allowance_up() -> None:
    with pytest.raises(ValueError, match="too long to follow"):
        days("FREQ=DAILY;COUNT=999999", date(1900, 1, 1), FIRST, FIRST, allowance=10_000)
