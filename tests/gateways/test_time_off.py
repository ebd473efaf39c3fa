"""All sources of a team, side by side: one time off, or every error of every source."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from planning_bot.config import Config, SheetTab
from planning_bot.domain.absence import Absence, Table, TableRow, TimeOff
from planning_bot.domain.capacity import Window
from planning_bot.errors import ConfigurationError, ServerError
from planning_bot.gateways.calendars import Calendars
from planning_bot.gateways.time_off import read_time_off
from planning_bot.metrics.days import measure_days
from tests.builders import GROUP, PROJECT
from tests.gateways.time_off_texts import calendar, event

WINDOW = Window(date(2025, 12, 13), date(2026, 1, 9))
SOURCES = [{"csv": "team.csv"}, {"ics": "team.ics"}, {"sheet": {"key": "k", "tab": "PTO"}}]


def config(folder: Path, *sources: dict[str, Any]) -> Config:
    def team(*members: str, **parts: Any) -> dict[str, Any]:
        return {
            "gitlab": {"group": GROUP, "label": "group::search"},
            "members": [{"username": name} for name in members],
            "planning_issue": {"project": PROJECT},
            **parts,
        }

    teams = {"search": team("ana", "ben", capacity={"pto": sources}), "other": team("kenji", name="Other")}
    return Config.of({"gitlab": {"url": "https://gitlab.test"}, "teams": teams}, folder / "planning-bot.yml")


def sheet_of(*rows: dict[str, object]) -> Table:
    found = tuple(TableRow(f"tab PTO, row {number}", row) for number, row in enumerate(rows, 2))
    return Table("tab PTO", found, ("username", "from", "to", "share"))


def read(folder: Path, *sources: dict[str, Any], sheet: Any = None) -> TimeOff:
    whole = config(folder, *sources)

    def read_sheet(where: SheetTab) -> Table:
        assert (where.key, where.tab) == ("k", "PTO")
        if isinstance(sheet, Exception):
            raise sheet
        return sheet or sheet_of()

    return read_time_off(
        whole.team("search"), whole, WINDOW, read_sheet=read_sheet, calendars=Calendars(folder, environ={})
    )


def write(folder: Path, csv: str = "username,from,to\n", *events: str) -> None:
    (folder / "team.csv").write_text(csv)
    (folder / "team.ics").write_text(calendar(*events), newline="")


def test_a_team_without_sources_has_no_time_off(tmp_path: Path) -> None:
    assert read(tmp_path) == TimeOff()


def test_the_sources_add_up_and_what_lies_outside_the_window_is_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        "username,from,to\nana,2025-12-22,2025-12-23\nana,2024-12-22,2024-12-23\nkenji,2025-12-22,2025-12-22\n"
        "zoe,2025-12-22,2025-12-22\n",
        event("SUMMARY:ben", "DTSTART:20251222T090000Z", "DTEND:20251222T130000Z"),
    )

    found = read(tmp_path, *SOURCES, sheet=sheet_of({"username": "Ana", "from": 46013, "to": 46014, "share": 0.5}))

    assert found.absences == (
        Absence("ana", date(2025, 12, 22), date(2025, 12, 23), Fraction(1), "team.csv:2"),
        Absence("ben", date(2025, 12, 22), date(2025, 12, 22), Fraction(1, 2), "team.ics"),
        Absence("ana", date(2025, 12, 22), date(2025, 12, 23), Fraction(1, 2), "tab PTO, row 2"),
    )
    assert found.notices == ("team.csv:5: 'zoe' is in no team",)


def test_one_day_in_three_sources_is_one_day(tmp_path: Path) -> None:
    write(
        tmp_path,
        "username,from,to,share\nana,2025-12-22,2025-12-22,0.25\n",
        event("SUMMARY:ana", "DTSTART:20251222T090000Z", "DTEND:20251222T110000Z"),
        event("SUMMARY:ana", "DTSTART:20251222T120000Z", "DTEND:20251222T160000Z"),
    )
    found = read(
        tmp_path, *SOURCES, sheet=sheet_of({"username": "ana", "from": "2025-12-22", "to": "2025-12-22", "share": 0.5})
    )

    days = measure_days(config(tmp_path).team("search"), WINDOW, found.absences, {})

    assert days["ana"].pto_days == Fraction(3, 4)  # the two hours and the four of the calendar


def test_every_error_of_every_source_is_told_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        "username,from,to\nana,soon,2025-12-22\n",
        event("SUMMARY:ana", "DTSTART:then"),
        event("SUMMARY:ben", "DTSTART;VALUE=DATE:20251222", "RRULE:FREQ=HOURLY"),
    )

    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, *SOURCES, {"csv": "none.csv"}, sheet=ServerError("Google answered 503", "wait"))

    assert [str(problem).split(": ")[0] for problem in caught.value.problems] == [
        "Google answered 503",
        "none.csv",
        "team.csv:2",
        "team.ics:5",
    ]
    assert caught.value.hint == "wait"


def test_where_servers_alone_fail_it_is_their_error(tmp_path: Path) -> None:
    sheet = {"sheet": {"key": "k", "tab": "PTO"}}

    for sources, told in (([sheet], "Google answered 503"), ([sheet] * 2, "Google answered 503\nGoogle answered 503")):
        with pytest.raises(ServerError) as caught:
            read(tmp_path, *sources, sheet=ServerError("Google answered 503"))
        assert caught.value.message == told


def test_sources_are_read_side_by_side(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=5)
    whole = config(tmp_path, *[{"sheet": {"key": key, "tab": "PTO"}} for key in ("one", "two")])

    def read_sheet(_: SheetTab) -> Table:
        both.wait()
        return sheet_of()

    found = read_time_off(
        whole.team("search"), whole, WINDOW, read_sheet=read_sheet, calendars=Calendars(tmp_path, environ={})
    )

    assert found == TimeOff()


PROGRAM = """
import sys
from pathlib import Path
from tests.gateways.test_time_off import SOURCES, read, sheet_of
sheet = sheet_of({"username": "ana", "from": 46013, "to": 46014})
for absence in read(Path(sys.argv[1]), *SOURCES, sheet=sheet).absences:
    print(absence.username, absence.from_on, absence.to_on, absence.share)
"""


@pytest.mark.parametrize(
    "environ",
    [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Adak", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
        {"TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "ar", "PYTHONHASHSEED": "3"},
    ],
    ids=lambda environ: environ["TZ"],
)
def test_it_is_the_same_under_every_time_zone_locale_and_hash_seed(tmp_path: Path, environ: dict[str, str]) -> None:
    write(
        tmp_path,
        "username,from,to,share\nana,2025-12-22,2025-12-23,0.5\nBEN,2026-01-01,2026-01-02,\n",
        event("SUMMARY:ana @ben", "DTSTART:20251228T220000", "DTEND:20251229T020000"),
        event("SUMMARY:ben", "DTSTART;TZID=Europe/Berlin:20251201T233000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"),
    )

    ran = subprocess.run(  # noqa: S603 - this program
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env={**os.environ, **environ, "PYTHONPATH": "."},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.splitlines() == [
        "ana 2025-12-22 2025-12-23 1/2",
        "ben 2026-01-01 2026-01-02 1",
        "ana 2025-12-28 2025-12-28 1/4",
        "ana 2025-12-29 2025-12-29 1/4",
        "ben 2025-12-15 2025-12-15 1/8",
        "ben 2025-12-22 2025-12-22 1/8",
        "ben 2025-12-28 2025-12-28 1/4",
        "ben 2025-12-29 2025-12-29 3/8",
        "ben 2026-01-05 2026-01-05 1/8",
        "ana 2025-12-22 2025-12-23 1",
    ]
