"""Rows of CSV files and of Sheets: one reading for both."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.absence import Table, TableRow
from planning_bot.errors import ConfigurationError
from planning_bot.gateways.tables import LARGEST
from planning_bot.gateways.time_off_rows import read_rows
from tests.gateways.time_off_texts import PEOPLE, Off, complaints, rows, shown

if TYPE_CHECKING:
    from pathlib import Path

    from planning_bot.gateways.time_off_rows import Findings

HEADER = "username,from,to,share\n"
ANA = Off("ana", "2024-12-02..2024-12-06")


def sheet(*cells: dict[str, object], columns: tuple[str, ...] = ("username", "from", "to", "share")) -> Findings:
    found = tuple(TableRow(f"tab PTO, row {number}", row) for number, row in enumerate(cells, 2))
    return read_rows(Table("tab PTO", found, columns), PEOPLE)


@pytest.mark.parametrize(
    "content",
    [
        "username,from,to\nana,2024-12-02,2024-12-06\n",
        "username,from,to\nana,2024-12-02,2024-12-06",
        "\ufeffusername,from,to,share\r\nana,2024-12-02,2024-12-06,\r\n",
        "to, FROM ,Username,note\n2024-12-06,2024-12-02,@ANA,surgery\n",
        '"username","from","to","note"\n"ana","2024-12-02","2024-12-06","a ""note"", with a comma\nand a line"\n',
        "username,from,to,share\n,,,\n\n  ,\nana,2024-12-02,2024-12-06\n,,,\n",
        "username,from,to,share\r ana , 2024-12-02 , 2024-12-06 , 1.0\r",
        "username,from,to,,\nana,2024-12-02,2024-12-06,,\n",
        "username,from,to,release\nana,2024-12-02,2024-12-06,18.10\n,,,18.10\n",
    ],
)
def test_a_csv_file_is_read_however_it_was_written(tmp_path: Path, content: str) -> None:
    assert shown(rows(tmp_path, content).absences) == [ANA]


def test_somebody_in_no_team_is_a_notice_and_a_member_of_another_team_none(tmp_path: Path) -> None:
    found = rows(
        tmp_path, f"{HEADER}zoe,2024-12-02,2024-12-06\nkenji,2024-12-02,2024-12-06\nZOE,2025-12-02,2025-12-06\n"
    )

    assert found.absences == ()
    assert found.notices == ("team.csv:2: 'zoe' is in no team (2 rows)",)


def test_every_row_that_cannot_be_read_is_named_at_once(tmp_path: Path) -> None:
    content = (
        "username,from,to,share\n"
        "ana,02.12.2024,2024-12-06\n"
        ",2024-12-02,2024-12-06\n"
        'ana,2024-12-06,2024-12-02,"0,5"\n'
        "zoe,2024-12-02\n"
        'ana,2024-12-02,2024-12-02,1,"over\nthe edge"\n'
    )

    assert complaints(partial(rows, tmp_path, content)) == [
        "team.csv:2: from: write a day as YYYY-MM-DD; found '02.12.2024'",
        "team.csv:3: username: is empty; write whose time off it is",
        "team.csv:4: share: write the part of each day that is off, from 0 to 1, such as 0.5; found '0,5'",
        "team.csv:4: to: 2024-12-02 is before 'from' (2024-12-06)",
        "team.csv:5: to: is empty; write a day as YYYY-MM-DD",
        "team.csv:6: has 5 cells, and the header 4",
    ]


def test_of_a_thousand_mistakes_a_hundred_are_told(tmp_path: Path) -> None:
    told = complaints(partial(rows, tmp_path, HEADER + "ana,soon,2024-12-06\n" * 1000))

    assert len(told) == 101
    assert told[-1] == "team.csv: 900 more mistakes"


def test_a_sheet_gives_days_as_text_or_as_serial_numbers() -> None:
    found = sheet(
        {"username": "ana", "from": 45628, "to": 45632.0, "share": 0.1},
        {"username": "@Igor.Drozdov", "from": "2024-12-02", "to": 45628, "share": 1},
        {"username": "", "from": "", "to": None, "share": "", "note": "a line below"},
        {"username": "ana", "from": "2024-12-09", "to": "2024-12-09"},
    )

    assert shown(found.absences) == [
        Off("ana", "2024-12-02..2024-12-06", "1/10"),
        Off("igor.drozdov", "2024-12-02"),
        Off("ana", "2024-12-09"),
    ]
    assert found.absences[0].from_on == date(2024, 12, 2)


def test_a_row_of_a_sheet_is_named_by_its_tab_and_number() -> None:
    row = {"username": "ana", "from": 45628.5, "to": True, "share": "half"}

    assert complaints(lambda: sheet(row, {"username": "ana", "from": 7})) == [
        "tab PTO, row 2: from: write a day without a time, as YYYY-MM-DD; found the number 45628.5",
        "tab PTO, row 2: share: write the part of each day that is off, from 0 to 1, such as 0.5; found 'half'",
        "tab PTO, row 2: to: write a day as YYYY-MM-DD; found 'True'",
        "tab PTO, row 3: from: 1900-01-06 is not in the years 2000 to 2199",
        "tab PTO, row 3: to: is empty; write a day as YYYY-MM-DD",
    ]


@pytest.mark.parametrize("columns", [(), ("user", "from", "to"), ("username", "from", "to", "from")])
def test_a_sheet_without_the_columns_is_an_error_that_names_the_tab(columns: tuple[str, ...]) -> None:
    assert all(told.startswith("tab PTO: has ") for told in complaints(lambda: sheet(columns=columns)))


def test_a_sheet_with_a_header_alone_has_no_time_off() -> None:
    assert sheet().absences == ()


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "team.csv: the file is empty"),
    "white": (b" \r\n\t\n", "team.csv: the file is empty"),
    "utf16": ("username,from,to\n".encode("utf-16"), "team.csv:1: not UTF-8: the byte 0xFF"),
    "latin1": (b"username,from,to\n\nJ\xf6rg,2024-12-02,2024-12-06\n", "team.csv:3: not UTF-8"),
    "large": (b"username,from,to\n" + b" " * LARGEST, "team.csv: larger than 1024 KB"),
    "semicolons": (b"username;from;to\nana;2024-12-02;2024-12-06\n", "team.csv:1: the columns are not separated"),
    "tabs": (b"username\tfrom\tto\nana\t2024-12-02\t2024-12-06\n", "team.csv:1: the columns are not separated"),
    "no header": (b"ana,2024-12-02,2024-12-06\n", "team.csv: has no column"),
    "misspelt": (b"username,form,to\n", "team.csv: has no column 'from'; did you mean 'form'?"),
    "twice": (b"username,from,to,to\nana,2024-12-02,2024-12-06,2024-12-09\n", "team.csv: has two columns 'to'"),
    "open quote": (b'username,from,to\nana,2024-12-02,"2024-12-06\n', "team.csv:2: not CSV"),
    "stray quote": (b'username,from,to\nana,"2024"-12-02,2024-12-06\n', "team.csv:2: not CSV"),
    "huge cell": (b"username,from,to\n" + b"a" * 200_000 + b",2024-12-02,2024-12-06\n", "team.csv:"),
    "unquoted comma": (b"username,from,to\nana,2024-12-02,2024-12-06,0,5\n", "team.csv:2: has 5 cells"),
    "html": (b"<!doctype html>\n<html><body>Sign in</body></html>\n", "team.csv: has no column"),
    "json": (b'[{"username": "ana"}]\n', "team.csv"),
    "nul": (b"username,from,to\nana,2024-12-\x0002,2024-12-06\n", "team.csv:2"),
    **{
        f"day {day}": (f"username,from,to\nana,{day},2024-12-06\n".encode(), "team.csv:2: from: ")
        for day in (
            "2024-13-01", "2024-02-30", "2024-00-10", "0000-01-01", "1999-12-31", "9999-01-01", "24-12-02", "12/2/2024",
            "2/12/2024", "2024/12/02", "2024.12.02", "20241202", "2024-12-2", "2024-12", "2024", "45628", "Dec 2 2024",
            "2024-12-02T00:00:00", "2024-12-02 09:00", "2024-W49-1", "2024-337", "today", "-", "n/a", "NaN", "=TODAY()",
            "2024-12-02Z", "+2024-12-02", "2024-12-02x", "0x7E8-12-02", "\u0662\u0660\u0662\u0664-12-02",
            "2024\u201112\u201102", "1e9", "null", "18.10",
        )
    },
    **{
        f"share {share}": (f"{HEADER}ana,2024-12-02,2024-12-06,{share}\n".encode(), "team.csv:2: share: ")
        for share in (
            "2", "1.01", "-1", "50%", "half", "1/2", "1e-1", "nan", "inf", "\u00bd", "0x1", "True", "1_0", "..5"
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_an_error_that_names_the_place(tmp_path: Path, name: str) -> None:
    content, place = BROKEN[name]

    assert complaints(partial(rows, tmp_path, content))[0].startswith(place)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    from planning_bot.gateways.tables import read_csv  # noqa: PLC0415

    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "a\x00b"):
        assert complaints(partial(read_csv, path, "none.csv"))[0].startswith("none.csv: the")


@given(
    st.binary(max_size=400) | st.text(alphabet='username,from,to\n"ana2024-1;\r\ufeff', max_size=200).map(str.encode)
)
def test_any_bytes_are_an_error_of_the_file_or_a_result(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        found = rows(folder, content)
    except ConfigurationError as error:
        places = [str(problem) for problem in error.problems]
    else:
        places = [absence.source for absence in found.absences if absence.from_on <= absence.to_on]
        assert len(places) == len(found.absences)
    assert all(place.startswith("team.csv") for place in places)
