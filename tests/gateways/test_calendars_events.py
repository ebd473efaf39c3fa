"""Calendars: whose an event is, which days it takes, and how it recurs."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

import pytest

from planning_bot.errors import ConfigurationError
from tests.gateways.time_off_texts import Off, complaints, event, off, read_ics

CHRISTMAS = ("DTSTART;VALUE=DATE:20251222", "DTEND;VALUE=DATE:20251225")
BERLIN = "TZID=Europe/Berlin"
OWN_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Our office\r\n"
    "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:+0400\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0400\r\nTZOFFSETTO:+0500\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
)


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY:ana",
        "SUMMARY:PTO: @Ana.",
        "summary;LANGUAGE=nl:vakantie (ANA)",
        "SUMMARY:out\\nana",
        "SUMMARY:away\\, ana\\; all day",
        "SUMMARY:a\r\n na's holiday",
        'ATTENDEE;CN="Ana: Ferreira; PM":mailto:ana@example.com',
        "ATTENDEE:MAILTO:ANA@EXAMPLE.COM",
        "ORGANIZER;CN=Ana:mailto:ana@example.com",
        "ORGANIZER:mailto:%61na@example.com",
    ],
)
def test_an_event_is_a_members_by_a_word_of_its_title_or_by_an_address(line: str) -> None:
    assert off(event("UID:1", line, *CHRISTMAS)) == [Off("ana", "2025-12-22..2025-12-24")]


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY:Anabel",
        "SUMMARY:banana",
        "SUMMARY:ana.smith",
        "SUMMARY:dr-ana",
        "SUMMARY:ana_b",
        "SUMMARY:anaé",
        "SUMMARY:mail bob@ana",
        "DESCRIPTION:ana",
        "ATTENDEE:mailto:ana.smith@example.com",
        "ATTENDEE;CN=ana:mailto:bob@example.com",
        "SUMMARY:igor",
    ],
)
def test_somebody_elses_event_is_nobodys(line: str) -> None:
    found = read_ics(event("UID:1", line, *CHRISTMAS))

    assert found.absences == ()
    assert found.notices == ("team.ics: no event names a member, neither in its title nor among those invited",)


def test_an_event_may_be_several_members() -> None:
    assert off(event("SUMMARY:ana and @igor.drozdov", *CHRISTMAS)) == [
        Off("ana", "2025-12-22..2025-12-24"),
        Off("igor.drozdov", "2025-12-22..2025-12-24"),
    ]


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (("DTSTART;VALUE=DATE:20251222",), "2025-12-22"),
        (("DTSTART;VALUE=DATE:20251222", "DTEND;VALUE=DATE:20251222"), "2025-12-22"),
        (("DTSTART;VALUE=DATE:20251222", "DURATION:P2D"), "2025-12-22..2025-12-23"),
        (("DTSTART;VALUE=DATE:20251222", "DURATION:P1W"), "2025-12-22..2025-12-28"),
        (("DTSTART;VALUE=DATE:20251001", "DTEND;VALUE=DATE:20260301"), "2025-10-01..2026-02-28"),
    ],
)
def test_the_end_of_a_whole_day_event_is_the_day_after(lines: tuple[str, ...], days: str) -> None:
    assert off(event("SUMMARY:ana", *lines)) == [Off("ana", days)]


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "STATUS:cancelled", "TRANSP:TRANSPARENT"])
def test_what_is_cancelled_or_transparent_counts_nothing(line: str) -> None:
    assert off(event("SUMMARY:ana", *CHRISTMAS, line)) == []


def test_a_timed_event_counts_its_hours_of_which_eight_are_a_day() -> None:
    assert off(
        event("SUMMARY:ana", "DTSTART:20251222T090000Z", "DTEND:20251222T130000Z"),
        event("SUMMARY:ana", "DTSTART:20251222T140000Z", "DURATION:PT1H"),
        event("SUMMARY:ana", "DTSTART:20251223T050000Z", "DTEND:20251223T200000Z"),
        event("SUMMARY:ana", "DTSTART:20251224T090000", "DTEND:20251224T092000"),
        event("SUMMARY:ana", "DTSTART:20251224T120000"),
    ) == [Off("ana", "2025-12-22", "5/8"), Off("ana", "2025-12-23"), Off("ana", "2025-12-24", "1/24")]


def test_a_night_is_split_at_the_teams_midnight() -> None:
    night = event("SUMMARY:ana", "DTSTART:20251222T210000Z", "DTEND:20251223T050000Z")

    assert off(night) == [Off("ana", "2025-12-22", "1/4"), Off("ana", "2025-12-23", "3/4")]
    assert off(night, zone=ZoneInfo("Asia/Tokyo")) == [Off("ana", "2025-12-23")]
    assert off(night, zone=ZoneInfo("America/New_York")) == [Off("ana", "2025-12-22")]


def test_a_timed_event_is_clipped_to_the_milestone() -> None:
    long = event("SUMMARY:ana", "DTSTART:20250101T000000Z", "DTEND:20251213T040000Z")

    assert off(long, zone=ZoneInfo("UTC")) == [Off("ana", "2025-12-13", "1/2")]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", ["2025-12-19", "2025-12-26", "2026-01-02", "2026-01-09"]),
        ("FREQ=WEEKLY;INTERVAL=2", ["2025-12-15", "2025-12-29"]),
        ("FREQ=DAILY;COUNT=14", ["2025-12-13", "2025-12-14"]),
        ("FREQ=WEEKLY;UNTIL=20251222", ["2025-12-15", "2025-12-22"]),
        ("FREQ=WEEKLY;UNTIL=20251221T230000Z", ["2025-12-15"]),
        ("FREQ=MONTHLY;BYDAY=-1WE", ["2025-12-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2025-12-31"]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", ["2025-12-24"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", []),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", []),
    ],
)
def test_a_recurrence_is_expanded_inside_the_milestone(rule: str, days: list[str]) -> None:
    found = off(event("SUMMARY:ana", "DTSTART;VALUE=DATE:20251201", f"RRULE:{rule}"))

    assert found == [Off("ana", day) for day in days]


def test_changes_exceptions_and_additions_of_a_series_count() -> None:
    series = event(
        "UID:1",
        "SUMMARY:ana no mondays",
        f"DTSTART;{BERLIN}:20251201T090000",
        f"DTEND;{BERLIN}:20251201T130000",
        "RRULE:FREQ=WEEKLY",
        f"EXDATE;{BERLIN}:20251222T090000",
        f"RDATE;{BERLIN}:20251219T090000",
    )
    moved = event(
        "UID:1", "SUMMARY:moved", "ORGANIZER:mailto:ana@example.com", f"RECURRENCE-ID;{BERLIN}:20251229T090000",
        f"DTSTART;{BERLIN}:20251230T090000", f"DTEND;{BERLIN}:20251230T110000",
    )  # fmt: skip
    cancelled = event(
        "UID:1", "SUMMARY:ana", "RECURRENCE-ID:20260105T080000Z", "STATUS:CANCELLED",
        f"DTSTART;{BERLIN}:20260105T090000", f"DTEND;{BERLIN}:20260105T130000",
    )  # fmt: skip

    assert off(series, moved, cancelled) == [
        Off("ana", "2025-12-15", "1/2"),
        Off("ana", "2025-12-19", "1/2"),
        Off("ana", "2025-12-30", "1/4"),
    ]


def test_a_change_that_names_nobody_takes_its_day_from_the_series() -> None:
    series = event("UID:1", "SUMMARY:ana", "DTSTART;VALUE=DATE:20251215", "RRULE:FREQ=DAILY;COUNT=2")
    change = event("UID:1", "SUMMARY:swapped", "RECURRENCE-ID;VALUE=DATE:20251216", "DTSTART;VALUE=DATE:20251216")

    assert off(series, change) == [Off("ana", "2025-12-15")]


def test_from_a_day_on_a_series_may_be_another() -> None:
    series = event("UID:1", "SUMMARY:ana", "DTSTART;VALUE=DATE:20251215", "RRULE:FREQ=WEEKLY;COUNT=3")
    change = event(
        "UID:1", "SUMMARY:ana", "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20251222", "DTSTART;VALUE=DATE:20251223"
    )

    assert off(series, change) == [Off("ana", day) for day in ("2025-12-15", "2025-12-23", "2025-12-30")]


def test_the_last_revision_of_an_event_counts() -> None:
    first = event("UID:1", "SEQUENCE:0", "SUMMARY:ana", "DTSTART;VALUE=DATE:20251215")
    last = event("UID:1", "SEQUENCE:1", "SUMMARY:ana", "DTSTART;VALUE=DATE:20251216")

    assert off(last, first) == [Off("ana", "2025-12-16")]


def test_events_without_an_id_are_events_of_their_own() -> None:
    first, second = (event("SUMMARY:ana", f"DTSTART;VALUE=DATE:2025121{day}") for day in (5, 6))

    assert off(first, second) == [Off("ana", "2025-12-15"), Off("ana", "2025-12-16")]


@pytest.mark.parametrize(
    "zone", ["Asia/Dubai", "Arabian Standard Time", "/example.org/2024/Asia/Dubai", '"Our office"', "Our office"]
)
def test_a_time_zone_is_known_by_the_names_that_programs_use(zone: str) -> None:
    night = event("SUMMARY:ana", f"DTSTART;TZID={zone}:20251215T230000", f"DTEND;TZID={zone}:20251216T010000")

    assert off(night, head=OWN_ZONE) == [Off("ana", "2025-12-15", "1/4")]


def test_odd_properties_and_alarms_harm_nobody() -> None:
    assert off(
        event(
            "SUMMARY:ana",
            *CHRISTMAS,
            "CREATED:00001231T000000Z",
            'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-ADDRESS="a: b;":geo:1,2',
            "BEGIN:VALARM",
            "TRIGGER:soon",
            "RRULE:FREQ=SECONDLY",
            "END:VALARM",
        ),
        head="X-WR-TIMEZONE:Mars\r\nMETHOD:PUBLISH\r\n",
    ) == [Off("ana", "2025-12-22..2025-12-24")]


BOMBS = {
    "secondly": "FREQ=SECONDLY",
    "minutely": "FREQ=MINUTELY;COUNT=100000",
    "hourly": "FREQ=HOURLY;INTERVAL=24",
    "hours of a day": "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3;BYSECOND=0,1,2,3",
    "minutes of a year": "FREQ=YEARLY;BYMINUTE=0,30",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_rule_finer_than_daily_is_refused_with_the_event_named(name: str) -> None:
    told = complaints(lambda: off(event("SUMMARY:ana", "DTSTART:20251201T090000Z", f"RRULE:{BOMBS[name]}")))

    assert len(told) == 1
    assert told[0].startswith("team.ics:6: event of ana, 20251201T090000Z: RRULE ")
    assert "finer than daily" in told[0]


def test_such_a_rule_of_somebody_else_is_none_of_the_teams_business() -> None:
    assert off(event("SUMMARY:drink water", "DTSTART:20251201T090000Z", "RRULE:FREQ=SECONDLY"), event(
        "SUMMARY:ana", *CHRISTMAS)) == [Off("ana", "2025-12-22..2025-12-24")]  # fmt: skip


NEVER = (
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=999999999",
    "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999999",
)


@pytest.mark.parametrize("rule", NEVER)
def test_a_recurrence_bomb_takes_no_second(rule: str) -> None:
    lines = ("SUMMARY:ana", "DTSTART;VALUE=DATE:19000101", f"RRULE:{rule}")
    begun = time.process_time()
    try:
        off(*(event(*lines) for _ in range(1000)))
    except ConfigurationError as error:
        assert all(str(problem).startswith("team.ics:") for problem in error.problems)  # noqa: PT017 - either will do
    assert time.process_time() - begun < 3  # a third of that, where coverage is not measured


def test_a_calendar_of_too_many_events_or_dates_is_refused() -> None:
    dates = ",".join(["20251222"] * 2000)
    many = event("SUMMARY:ana", *CHRISTMAS) * 2001
    dated = event("SUMMARY:ana", *CHRISTMAS, *[f"RDATE;VALUE=DATE:{dates}"] * 11)

    assert complaints(lambda: off(many))[0].startswith("team.ics: 2001 events of members")
    assert "22000 dates" in complaints(lambda: off(dated))[0]


def test_the_events_of_others_and_of_other_years_do_not_count_towards_the_limit() -> None:
    others = event("SUMMARY:bob", *CHRISTMAS) * 3000
    past = event("SUMMARY:ana", "DTSTART;VALUE=DATE:20241222", "DTEND;VALUE=DATE:20241225") * 3000

    assert off(others, past, event("SUMMARY:ana", *CHRISTMAS)) == [Off("ana", "2025-12-22..2025-12-24")]


BROKEN_EVENTS = {
    "no beginning": (("SUMMARY:ana",), "2: event of ana, : DTSTART is missing"),
    "garbage": (("SUMMARY:ana", "DTSTART:soon"), "4: event of ana, soon: DTSTART cannot be read"),
    "no such day": (("SUMMARY:ana", "DTSTART;VALUE=DATE:20250230"), "4: event of ana, 20250230: DTSTART cannot be"),
    "no such time": (("SUMMARY:ana", "DTSTART:20251222T250000Z"), "4: event of ana"),
    "empty": (("SUMMARY:ana", "DTSTART:"), "4: event of ana"),
    "twice": (("SUMMARY:ana", *CHRISTMAS, CHRISTMAS[0]), "4: event of ana, 20251222: DTSTART stands twice"),
    "backwards": (("SUMMARY:ana", "DTSTART;VALUE=DATE:20251222", "DTEND;VALUE=DATE:20251221"), "5: event of ana"),
    "back in time": (("SUMMARY:ana", "DTSTART:20251222T090000Z", "DTEND:20251222T080000Z"), "5: event of ana"),
    "negative": (("SUMMARY:ana", "DTSTART:20251222T090000Z", "DURATION:-PT1H"), "2: event of ana"),
    "two kinds": (("SUMMARY:ana", "DTSTART;VALUE=DATE:20251222", "DTEND:20251223T080000Z"), "5: event of ana"),
    "hours of a day": (("SUMMARY:ana", "DTSTART;VALUE=DATE:20251222", "DURATION:PT4H"), "2: event of ana"),
    "bad duration": (("SUMMARY:ana", "DTSTART:20251222T090000Z", "DURATION:long"), "5: event of ana"),
    "endless duration": (("SUMMARY:ana", "DTSTART:20251222T090000Z", "DURATION:P999999999D"), "5: event of ana"),
    "longer": (("SUMMARY:ana", "DTSTART:20251222T090000Z", "DURATION:P99999999999D"), ""),
    "both ends": (("SUMMARY:ana", *CHRISTMAS, "DURATION:P1D"), "6: event of ana"),
    "year 1": (("SUMMARY:ana", "DTSTART;VALUE=DATE:00010101"), "4: event of ana"),
    "backwards, long ago": (("SUMMARY:ana", "DTSTART:20201222T090000Z", "DTEND:20201221T090000Z"), "5: event of ana"),
    "year 9999": (("SUMMARY:ana", "DTSTART;VALUE=DATE:99991231"), "4: event of ana"),
    "unknown zone": (("SUMMARY:ana", "DTSTART;TZID=Mars/Olympus:20251222T090000"), "4: event of ana"),
    "path as zone": (("SUMMARY:ana", "DTSTART;TZID=../../etc/passwd:20251222T090000"), "4: event of ana"),
    "no rule": (("SUMMARY:ana", *CHRISTMAS, "RRULE:often"), "6: event of ana"),
    "unknown frequency": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=FORTNIGHTLY"), "6: event of ana"),
    "unknown part": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY;BYMOON=1"), "6: event of ana"),
    "interval 0": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY;INTERVAL=0"), "6: event of ana"),
    "huge interval": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY;INTERVAL=99999999999999"), "6: event of ana"),
    "count -1": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY;COUNT=-1"), "6: event of ana"),
    "month 13": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY;BYMONTH=13"), "6: event of ana"),
    "day 0": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=MONTHLY;BYMONTHDAY=0"), "6: event of ana"),
    "weekday": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=WEEKLY;BYDAY=XX"), "6: event of ana"),
    "bad until": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY;UNTIL=forever"), "6: event of ana"),
    "two rules": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "6: event of ana"),
    "exrule": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"), "7: event of ana"),
    "bad exdate": (("SUMMARY:ana", *CHRISTMAS, "RRULE:FREQ=DAILY", "EXDATE:never"), "7: event of ana"),
    "bad rdate": (("SUMMARY:ana", *CHRISTMAS, "RDATE;VALUE=DATE:20251222,x"), "6: event of ana"),
    "bad change": (("SUMMARY:ana", *CHRISTMAS, "RECURRENCE-ID:then"), "6: event of ana"),
    "no line": (("SUMMARY:ana", *CHRISTMAS, "what is this"), "6: no line of a calendar"),
    "begun twice": (("SUMMARY:ana", "BEGIN:VEVENT", *CHRISTMAS), "8: END of 'VCALENDAR'"),
}


@pytest.mark.parametrize("name", BROKEN_EVENTS)
def test_an_event_that_cannot_be_read_is_an_error_that_names_its_line(name: str) -> None:
    lines, place = BROKEN_EVENTS[name]

    told = complaints(lambda: off(event(*lines)))

    line, _, words = place.partition(":")
    assert told[0].startswith(f"team.ics:{int(line) + 1}:{words}" if line else "team.ics:")
