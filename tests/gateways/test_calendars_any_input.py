"""Calendars that somebody's program wrote badly: an error that names the place or a result, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.errors import ConfigurationError
from planning_bot.gateways.calendar_events import read_calendar
from tests.gateways.time_off_texts import AMSTERDAM, PEOPLE, WINDOW, calendar, complaints, event

ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Office\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\n"
    "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
WHOLE = calendar(
    event("UID:1", "SUMMARY:ana", "DTSTART;VALUE=DATE:20251222", "DTEND;VALUE=DATE:20251225", "SEQUENCE:1"),
    event(
        "UID:2",
        "SUMMARY:PTO @igor.drozdov",
        "DTSTART;TZID=Office:20251201T090000",
        "DURATION:PT4H",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20260301T000000Z",
        "EXDATE;TZID=Office:20251222T090000,20251226T090000",
        "RDATE;TZID=Office:20251224T090000",
    ),
    event(
        "UID:2", "ATTENDEE:mailto:ana@example.com", "RECURRENCE-ID;TZID=Office;RANGE=THISANDFUTURE:20251229T090000",
        "DTSTART;TZID=Office:20251230T100000", "DTEND;TZID=Office:20251230T120000", "STATUS:CONFIRMED",
    ),
    event("UID:3", "SUMMARY:ana", "DTSTART:20251231T220000Z", "DTEND:20260101T030000Z", "RRULE:FREQ=MONTHLY;COUNT=2"),
    head=ZONE,
)  # fmt: skip
LINES = WHOLE.split("\r\n")
PIECES = st.one_of(
    st.text(max_size=4),
    st.sampled_from(LINES),
    st.sampled_from(
        ["\r\n", "\r\n ", ";", ":", ",", "=", "-", "0", "99999999", "Z", "T", "BEGIN:VEVENT", "END:VEVENT"]
    ),
    st.sampled_from(["00010101", "99991231T235959Z", "P1W", "-P1D", "FREQ=DAILY", "INTERVAL=", "+2500", "TZID=", '"']),
)
EDITS = st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 12), PIECES), min_size=1, max_size=4)


def edited(edits: list[tuple[int, int, str]]) -> str:
    text = WHOLE
    for at, length, piece in edits:
        text = text[:at] + piece + text[at + length :]
    return text


@given(EDITS)
def test_an_edited_calendar_is_an_error_of_the_file_or_a_result(edits: list[tuple[int, int, str]]) -> None:
    text = edited(edits)
    begun = time.process_time()
    try:
        found = read_calendar(text, "team.ics", PEOPLE, WINDOW, AMSTERDAM)
    except ConfigurationError as error:
        places = [str(problem) for problem in error.problems]
    else:
        places = [absence.source for absence in found.absences if 0 <= absence.share <= 1]
        assert len(places) == len(found.absences)
    assert all(place.startswith("team.ics") for place in places)
    assert time.process_time() - begun < 1


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_no_calendar(text: str) -> None:
    told = complaints(lambda: read_calendar(text, "team.ics", PEOPLE, WINDOW, AMSTERDAM))

    assert told[0].startswith("team.ics:")


@pytest.mark.parametrize("end", range(0, len(WHOLE) - 2, 7))
def test_a_calendar_that_is_cut_off_is_an_error(end: int) -> None:
    told = complaints(lambda: read_calendar(WHOLE[:end], "team.ics", PEOPLE, WINDOW, AMSTERDAM))

    assert told[0].startswith("team.ics:")
