"""The real gspread and the real google-auth against the pretend Google, over HTTP."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import jsonschema
import pytest

from planning_bot.delivery import deliver
from planning_bot.domain.absence import Table, TableRow
from planning_bot.domain.change import WriteTable
from planning_bot.domain.delivered import Delivered, Present
from planning_bot.domain.plan import Outcome, Plan, SavedPlan, TeamPlan
from planning_bot.domain.table import Grid, Rewrite, rewrite
from planning_bot.errors import PlanningBotError, ServerError, UnknownOutcomeError, UsageError
from planning_bot.gateways.sheets import VARIABLE, SheetReader, SheetWriter, connect
from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.sheets import ACCOUNT
from tests.builders import Unrecorded
from tests.gateways.scripted import Scripted, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning_bot.domain.delivered import Door
    from planning_bot.domain.table import Rows
    from planning_bot.gateways.sheets_connection import SheetsConnection
    from tests.support import FakeClock

ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "sheets" / "sheets.v4.json"
KEY, TAB = "18LhwZpsJ6G", "Capacity 18.10"
HEADER = ("username", "name", "available_days", "capacity_weight", "working")
ANA = ("ana", "Ana", 20, 10, "20 weekdays = 20 ÷ 2 = 10")
KENJI = ("kenji", "Kenji", 17.5, 4.375, "20 weekdays − 2.5 PTO = 17.5 ÷ 2 × 0.5 = 4.375")
TABLE: Rows = (HEADER, ANA, KENJI)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.sheets.add(KEY, {"PTO": []})
        yield running


@pytest.fixture
def key_file(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = box.sheets.service_account_file(tmp_path)
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.fixture
def connection(box: Sandbox, key_file: Path, clock: FakeClock) -> Iterator[SheetsConnection]:
    assert key_file.exists()
    assert clock.waits == []
    opened = connect(f"{box.url}/", writes=True)
    yield opened
    opened.close()


@pytest.fixture
def reader(connection: SheetsConnection) -> SheetReader:
    return SheetReader(connection)


@pytest.fixture
def writer(connection: SheetsConnection) -> SheetWriter:
    return SheetWriter(connection)


def planned(connection: SheetsConnection, rows: Rows = TABLE, tab: str = TAB) -> Rewrite:
    return rewrite(SheetReader(connection).grid(KEY, tab), rows)


def change(before: Rows | None, after: Rows = TABLE, tab: str = TAB) -> WriteTable:
    target = f"sheet {KEY}, tab {tab}"
    return WriteTable(target=target, because="the capacity", sheet=KEY, tab=tab, before=before, after=after)


def write(connection: SheetsConnection, rows: Rows = TABLE, tab: str = TAB) -> Delivered:
    """Plan, look and send, as a run does."""
    plan = planned(connection, rows, tab)
    assert plan.foreign == ()
    wanted, writer = change(plan.before, plan.after, tab), SheetWriter(connection)
    present = writer.look(wanted)
    assert present.value == plan.before
    return writer.send(wanted, present)


def sheet_requests(box: Sandbox) -> list[tuple[str, str]]:
    return [(request.method, request.path) for request in box.requests]


def failure(of: Any) -> PlanningBotError:
    with pytest.raises(PlanningBotError) as caught:
        of()
    return caught.value


def is_unknown(connection: SheetsConnection) -> bool:
    """Say whether nobody knows what became of a write, or of its second part."""
    try:
        return bool(write(connection).unknown)
    except UnknownOutcomeError:
        return True


# Reading


def test_a_tab_is_read_by_its_headers_with_dates_as_serial_numbers(reader: SheetReader, box: Sandbox) -> None:
    box.sheets.add(
        KEY,
        {
            "PTO": [
                [" Username", "FROM", "to", "", "share", "Notes"],
                ["ana", date(2026, 2, 16), "2026-02-18", "private"],
                [],
                ["18.10", date(2026, 3, 2), date(2026, 3, 2), None, 0.5, "half"],
                [None, None, None, "a note in a column without a name"],
                [True, 46069, "=1+1"],
            ]
        },
    )
    assert reader.table(KEY, "PTO") == Table(
        "tab PTO",
        (
            TableRow("tab PTO, row 2", {"username": "ana", "from": 46069, "to": "2026-02-18"}),
            TableRow(
                "tab PTO, row 4",
                {"username": "18.10", "from": 46083, "to": 46083, "share": 0.5, "notes": "half"},
            ),
            TableRow("tab PTO, row 6", {"username": True, "from": 46069, "to": "=1+1"}),
        ),
        ("username", "from", "to", "", "share", "notes"),
    )


def test_what_people_type_is_read_as_google_understood_it(reader: SheetReader, box: Sandbox) -> None:
    box.sheets.add(KEY, {"PTO": [["username", "from", "to", "share"]]})
    for cell, typed in {"A2": "18.10", "B2": "2026-02-16", "C2": "=46000+70", "D2": "50%"}.items():
        box.sheets.enter(KEY, "PTO", cell, typed)
    (row,) = reader.table(KEY, "PTO").rows
    assert row.cells == {"username": 18.1, "from": 46069, "to": 46070, "share": 0.5}


def test_an_empty_tab_is_a_table_without_columns(reader: SheetReader) -> None:
    assert reader.table(KEY, "PTO") == Table("tab PTO", (), ())


def test_a_table_takes_one_request_and_a_token(reader: SheetReader, box: Sandbox) -> None:
    reader.table(KEY, "PTO")
    reader.table(KEY, "PTO")
    get = ("GET", f"/v4/spreadsheets/{KEY}/values/%27PTO%27")
    assert sheet_requests(box) == [("POST", "/token"), get, get]


@pytest.mark.parametrize("title", ["It's ours!", "A1", "PTO/2026?#%", "🌵 tab", "18.10", "'quoted'", "a:b"])
def test_a_tab_may_have_any_title(connection: SheetsConnection, box: Sandbox, title: str) -> None:
    write(connection, tab=title)
    assert box.sheets.tabs(KEY) == ["PTO", title]
    assert [row.cells["username"] for row in SheetReader(connection).table(KEY, title).rows] == ["ana", "kenji"]
    assert planned(connection, tab=title) == Rewrite(TABLE, TABLE)


def test_an_unknown_tab_is_an_error_that_lists_the_tabs(reader: SheetReader) -> None:
    error = failure(lambda: reader.table(KEY, "Pto 2"))
    assert (error.exit_code, error.message) == (1, f"the Sheet {KEY} has no tab 'Pto 2'")
    assert error.hint == "its tabs: 'PTO'"


# Errors


def test_a_sheet_that_is_not_shared_says_with_whom_to_share_it(reader: SheetReader, box: Sandbox) -> None:
    box.sheets.share(KEY, ACCOUNT, None)
    error = failure(lambda: reader.table(KEY, "PTO"))
    assert isinstance(error, ServerError)
    assert error.status == 403
    assert f"share the Sheet with {ACCOUNT}" in error.hint


def test_a_sheet_that_may_only_be_read_is_refused_when_it_is_written(
    connection: SheetsConnection, box: Sandbox
) -> None:
    box.sheets.share(KEY, ACCOUNT, "reader")
    assert SheetReader(connection).table(KEY, "PTO").rows == ()
    error = failure(lambda: write(connection))
    assert "as an editor" in error.hint
    assert box.sheets.tabs(KEY) == ["PTO"]


def test_without_permission_to_write_the_token_permits_none(box: Sandbox, key_file: Path, clock: FakeClock) -> None:
    assert key_file.exists()
    assert clock.waits == []
    connection = connect(box.url)
    assert SheetReader(connection).table(KEY, "PTO").rows == ()
    error = failure(lambda: write(connection))
    assert isinstance(error, ServerError)
    assert error.status == 403
    connection.close()


def test_a_sheet_that_does_not_exist_says_where_its_key_stands(reader: SheetReader) -> None:
    error = failure(lambda: reader.table("no/such?key", "PTO"))
    assert error.message == "Google answered 404 Not Found to GET /v4/spreadsheets/no%2Fsuch%3Fkey/values/%27PTO%27"
    assert "/d/" in error.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not JSON"),
        ("[]", "is not the key of a service account"),
        ('{"type": "authorized_user", "refresh_token": "1//s3cret"}', "is not the key of a service account"),
        ('{"type": "service_account", "private_key": "s3cret"}', "has no client_email and no token_uri"),
        ({"private_key": "s3cret"}, "has a private_key that is none"),
        ({"token_uri": "http://evil.example/token"}, "has a token_uri that is neither https nor on this machine"),
        ({"token_uri": "ftp://127.0.0.1/token"}, "has a token_uri that is neither https nor on this machine"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_named_and_not_repeated(key_file: Path, content: Any, said: str) -> None:
    if isinstance(content, dict):
        content = json.dumps(json.loads(key_file.read_text()) | content)
    key_file.unlink()
    if content is not None:
        key_file.write_text(content)
    error = failure(lambda: connect("http://127.0.0.1:9"))
    assert (type(error), error.message) == (UsageError, f"{key_file}, which {VARIABLE} names, {said}")
    assert "s3cret" not in repr(error) + error.hint


def test_without_a_key_file_nothing_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    error = failure(lambda: connect("http://127.0.0.1:9"))
    assert (error.exit_code, error.message) == (2, f"{VARIABLE} is not set")


def test_a_key_that_google_does_not_know_gives_no_token(reader: SheetReader, box: Sandbox) -> None:
    box.sheets.forget_keys()
    error = failure(lambda: reader.table(KEY, "PTO"))
    assert error.message == f"Google gives {ACCOUNT} no token (invalid_grant)"


@pytest.mark.parametrize(
    "kind", ["500", "502-html", "html-200", "null", "empty", "truncated", "reset-before", "redirect"]
)
def test_a_token_endpoint_that_fails_is_told_as_such(
    writer: SheetWriter, box: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # google-auth's own
    box.fail(Fault(kind, path="^/token", times=None, location=f"{box.url}/elsewhere"))
    for attempt in (lambda: writer.look(change(None)), lambda: writer.send(change(None), Present(None))):
        error = failure(attempt)
        assert type(error) is ServerError
        assert "token" in error.message
    assert {path for _, path in sheet_requests(box)} == {"/token"}


def test_a_token_that_was_revoked_is_told_as_such(reader: SheetReader, box: Sandbox) -> None:
    reader.table(KEY, "PTO")
    box.sheets.revoke_tokens()
    assert "not accepted" in failure(lambda: reader.table(KEY, "PTO")).hint


READ_FAULTS = ["429", "500", "502-html", "503", "504", "reset-before", "reset-after", "truncated"]


@pytest.mark.parametrize("kind", READ_FAULTS)
def test_a_read_survives_what_is_wrong_for_a_moment(reader: SheetReader, box: Sandbox, kind: str) -> None:
    box.fail(Fault(kind, "GET", times=2))
    assert reader.table(KEY, "PTO").rows == ()


@pytest.mark.parametrize("kind", [*READ_FAULTS, "401", "403", "404", "html-200", "null", "empty", "redirect"])
def test_a_read_gives_up_with_an_error(reader: SheetReader, box: Sandbox, clock: FakeClock, kind: str) -> None:
    box.fail(Fault(kind, "GET", times=None, location=f"{box.url}/elsewhere"))
    error = failure(lambda: reader.table(KEY, "PTO"))
    assert isinstance(error, ServerError)
    assert error.hint
    assert len(box.requests) <= 6
    assert clock.waited < 60


def test_requests_go_to_the_configured_address_and_nowhere_else(
    connection: SheetsConnection, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: set[Any] = set()
    connect_socket = socket.socket.connect

    def noted(self: socket.socket, where: Any) -> None:
        called.add(where)
        connect_socket(self, where)

    monkeypatch.setattr(socket.socket, "connect", noted)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    write(connection)
    time.sleep(0.05)  # google-auth would look for boundaries in the background
    assert called == {("127.0.0.1", int(box.url.rpartition(":")[2]))}


# Writing


def test_a_tab_is_made_and_the_table_written_in_one_batch(connection: SheetsConnection, box: Sandbox) -> None:
    assert write(connection) == Delivered()
    assert box.sheets.rows(KEY, TAB) == [list(row) for row in TABLE]
    writes = [path for method, path in sheet_requests(box) if method != "GET"]
    sheet = f"/v4/spreadsheets/{KEY}"
    assert writes == ["/token", f"{sheet}:batchUpdate", f"{sheet}/values:batchUpdate"]


def test_a_second_run_has_nothing_to_write(connection: SheetsConnection, writer: SheetWriter) -> None:
    write(connection)
    assert planned(connection) == Rewrite(TABLE, TABLE)
    assert writer.look(change(None)).value == TABLE


HOSTILE = [
    "=1+1", "+1", "-1", "18.10", "@x", '=IMPORTXML("http://evil.example")', "'quoted", "2026-02-14", "TRUE", "1e3",
    "50%", "1,000", " spaced ", "two\nlines", "\ttab", "é𝄞", "00123", "#REF!",
]  # fmt: skip


def test_every_value_stands_as_it_was_sent(connection: SheetsConnection, box: Sandbox) -> None:
    rows: Rows = (("username", "text"), *((f"u{number}", text) for number, text in enumerate(HOSTILE)))
    assert write(connection, rows) == Delivered()
    for render in ("UNFORMATTED_VALUE", "FORMATTED_VALUE", "FORMULA"):
        assert [row[1] for row in box.sheets.rows(KEY, TAB, render)[1:]] == HOSTILE
    assert planned(connection, rows) == Rewrite(rows, rows)


def test_numbers_and_truth_values_come_back_as_they_were(connection: SheetsConnection) -> None:
    rows: Rows = (("username", "a", "b"), ("ana", 0.1 + 0.2, True), ("kenji", 10.0, False), ("rita", 1 / 3, True))
    assert write(connection, rows) == Delivered()
    plan = planned(connection, rows)
    assert plan.before == plan.after


def test_new_numbers_replace_the_old_ones(connection: SheetsConnection, box: Sandbox) -> None:
    write(connection)
    less = (*ANA[:2], 15, 7.5, "20 weekdays − 5 PTO = 15 ÷ 2 = 7.5")
    assert write(connection, (HEADER, less, KENJI)) == Delivered()
    assert box.sheets.rows(KEY, TAB)[1] == list(less)


def test_cells_of_people_beside_and_below_are_left_alone(connection: SheetsConnection, box: Sandbox) -> None:
    write(connection)
    people = {"F2": "on support", "G1": "notes", "F3": "=1+1", "A5": "Total", "D5": "=10+4", "A7": "by hand"}
    for cell, typed in people.items():
        box.sheets.enter(KEY, TAB, cell, typed)
    write(connection, (HEADER, (*ANA[:3], 9, "less"), KENJI))
    rows = box.sheets.rows(KEY, TAB, "FORMULA")
    assert [rows[1][5], rows[0][6], rows[2][5], rows[4][0], rows[4][3], rows[6][0]] == list(people.values())


def test_a_row_that_is_gone_is_emptied_and_notes_keep_their_place(connection: SheetsConnection, box: Sandbox) -> None:
    write(connection)
    for row, note in ((2, "about ana"), (3, "about kenji")):
        box.sheets.enter(KEY, TAB, f"F{row}", note)
    rita = ("rita", "Rita", 20, 10, "20 ÷ 2 = 10")
    write(connection, (HEADER, rita, KENJI))
    assert box.sheets.rows(KEY, TAB) == [
        list(HEADER), ["", "", "", "", "", "about ana"], [*KENJI, "about kenji"], list(rita),
    ]  # fmt: skip
    plan = planned(connection, (HEADER, rita, KENJI))
    assert plan.before == plan.after


def test_the_last_row_that_is_gone_is_emptied(connection: SheetsConnection, box: Sandbox) -> None:
    write(connection)
    write(connection, (HEADER, ANA))
    assert box.sheets.rows(KEY, TAB) == [list(HEADER), list(ANA)]


@pytest.mark.parametrize(
    ("cell", "typed", "named"),
    [
        ("A4", "Total", "A4"),
        ("C4", "=17+3", "C4"),
        ("D2", "=5+5", "A2, B2, C2, D2, E2, …"),
        ("D3", "about 4", "A3, B3, C3, D3, E3"),
        ("A1", "Who", "A1, B1, C1, D1, E1, …"),
        ("B1", "Full name", "A1, B1, C1, D1, E1, …"),
    ],
)
def test_a_person_in_the_way_stops_it(
    connection: SheetsConnection, writer: SheetWriter, box: Sandbox, cell: str, typed: str, named: str
) -> None:
    write(connection)
    box.sheets.enter(KEY, TAB, cell, typed)
    rita = ("rita", "Rita", 20, 10, "20 ÷ 2 = 10")
    plan = planned(connection, (*TABLE, rita))
    assert plan.foreign
    present = writer.look(change(plan.before, plan.after))
    assert f": {named};" in present.value


def test_a_tab_of_somebody_elses_is_not_written_to(connection: SheetsConnection, box: Sandbox) -> None:
    box.sheets.add(KEY, {TAB: [["username", "from", "to"], ["ana", "2026-02-14", "2026-02-15"]]})
    assert planned(connection).foreign == ("A1", "B1", "C1", "A2", "B2", "C2")


def test_an_empty_tab_is_used(connection: SheetsConnection, box: Sandbox) -> None:
    box.sheets.add_tab(KEY, TAB)
    assert planned(connection).before == ()
    write(connection)
    assert box.sheets.rows(KEY, TAB) == [list(row) for row in TABLE]


def test_a_tab_whose_title_differs_in_capitals_is_used(connection: SheetsConnection, box: Sandbox) -> None:
    box.sheets.add_tab(KEY, TAB.upper())
    write(connection)
    assert box.sheets.tabs(KEY) == ["PTO", TAB.upper()]


def test_a_tab_that_is_too_small_is_told(connection: SheetsConnection, box: Sandbox) -> None:
    box.sheets.add_tab(KEY, TAB, rows=2, columns=30)
    error = failure(lambda: write(connection))
    assert error.message == f"sheet {KEY}, tab {TAB} has 2 rows and 30 columns, and the table needs 3 and 5"
    assert box.sheets.rows(KEY, TAB) == []


@pytest.mark.parametrize("kind", ["500", "502-html", "reset-after", "500-after", "truncated", "empty", "html-200"])
@pytest.mark.parametrize("path", [f"/{KEY}:batchUpdate", "/values:batchUpdate"])
def test_a_write_whose_outcome_is_unknown_is_not_sent_again_and_heals(
    connection: SheetsConnection, box: Sandbox, kind: str, path: str
) -> None:
    box.fail(Fault(kind, "POST", path))
    assert is_unknown(connection)
    assert sum(request.path.endswith(path) for request in box.requests) == 1
    box.heal()
    if planned(connection).before != TABLE:
        write(connection)
    assert box.sheets.rows(KEY, TAB) == [list(row) for row in TABLE]
    assert box.sheets.tabs(KEY) == ["PTO", TAB]


@pytest.mark.parametrize("path", [":batchUpdate", "values:batchUpdate"])
def test_a_write_over_the_quota_is_sent_again(connection: SheetsConnection, box: Sandbox, path: str) -> None:
    box.fail(Fault("429", "POST", path, times=2))
    assert write(connection) == Delivered()
    assert box.sheets.rows(KEY, TAB) == [list(row) for row in TABLE]


def test_a_new_tab_whose_table_was_refused_is_written_in_part(connection: SheetsConnection, box: Sandbox) -> None:
    box.fail(Fault("403", "POST", "values:batchUpdate"))
    (missing,) = write(connection).missing
    assert missing.startswith("the table in the new tab was not: Google answered 403")


def test_a_cell_beside_the_table_that_a_person_fills_meanwhile_survives(
    connection: SheetsConnection, writer: SheetWriter, box: Sandbox
) -> None:
    write(connection)
    wanted = change(TABLE, (HEADER, (*ANA[:3], 9, "less"), KENJI))
    present = writer.look(wanted)
    enter = partial(box.sheets.enter, KEY, TAB, "F2", "meanwhile")
    box.fail(Fault("callback", "POST", "values:batchUpdate", before=enter))
    assert writer.send(wanted, present) == Delivered()
    assert box.sheets.rows(KEY, TAB)[1] == [*wanted.after[1], "meanwhile"]


@pytest.mark.parametrize(
    "told",
    [
        {"responses": [{"updatedData": {"values": [["username"], ["anna"]]}}]},
        {"responses": [{"updatedData": {}}]},
        {"responses": []},
        {"responses": 3},
        {},
    ],
)
def test_an_answer_that_tells_of_other_cells_than_were_meant_is_reported(
    key_file: Path, clock: FakeClock, told: Any
) -> None:
    assert key_file.exists()
    assert clock.waits == []
    with Scripted([answer(told)]) as google:
        connection = connect(google.url, writes=True)
        wanted = change((), (("username",), ("ana",)))
        delivered = SheetWriter(connection).send(wanted, Present((), Grid()))
        connection.close()
    assert delivered == Delivered(missing=("the cells hold something else",))


@pytest.mark.parametrize("values", [3, "text", {"a": 1}, [3], [None]])
def test_an_answer_without_rows_is_an_error(key_file: Path, clock: FakeClock, values: Any) -> None:
    assert key_file.exists()
    assert clock.waits == []
    with Scripted([answer({"range": "PTO!A1:Z1000", "values": values})]) as google:
        connection = connect(google.url)
        assert isinstance(failure(lambda: SheetReader(connection).table(KEY, "PTO")), ServerError)
        connection.close()


def carried_out(connection: SheetsConnection, *changes: WriteTable) -> Outcome:
    """Carry out a plan with the one door that it needs."""
    door = cast("Door", SheetWriter(connection))
    plan = Plan(changes=changes)
    return deliver(plan, door, lambda *calls: [call() for call in calls], lambda _: None, Unrecorded()).outcome


def test_a_plan_is_delivered_once(connection: SheetsConnection, box: Sandbox) -> None:
    wanted = change(None)
    assert carried_out(connection, wanted) == Outcome(applied=1)
    assert box.sheets.rows(KEY, TAB) == [list(row) for row in TABLE]
    written = box.sheets.dump()
    (skipped,) = carried_out(connection, wanted).skipped
    assert (skipped.because, box.sheets.dump()) == ("it is so already", written)


@pytest.mark.parametrize(("cell", "typed"), [("A4", "Total"), ("D2", "=5+5"), ("D2", 11), ("A1", "Who")])
def test_a_person_who_was_faster_is_left_alone(
    connection: SheetsConnection, box: Sandbox, cell: str, typed: str
) -> None:
    write(connection)
    rita = ("rita", "Rita", 20, 10, "20 ÷ 2 = 10")
    wanted = change(TABLE, (*TABLE, rita))
    box.sheets.enter(KEY, TAB, cell, typed)
    there = box.sheets.dump()
    outcome = carried_out(connection, wanted)
    assert (outcome.applied, len(outcome.skipped)) == (0, 1)
    assert box.sheets.dump() == there


def test_a_saved_plan_holds_the_table_as_it_is(connection: SheetsConnection) -> None:
    rows: Rows = (("username", "n", "t"), ("ana", 10.5, "18.10"), ("kenji", 8, "=1+1"), ("rita", 0, "TRUE"))
    wanted = change(None, rows)
    plan = SavedPlan(command="capacity", server="x", teams=(_of_one_team(wanted),))
    (again,) = SavedPlan.from_json(plan.to_json(), "plan.json").teams[0].plan.changes
    assert again == wanted
    assert isinstance(again, WriteTable)
    assert [type(cell) for cell in again.after[1]] == [str, float, str]
    assert write(connection, again.after) == Delivered()


def _of_one_team(wanted: WriteTable) -> TeamPlan:
    return TeamPlan(team="search", milestone=None, plan=Plan(changes=(wanted,)))


@pytest.mark.skipif(not ORACLE.is_file(), reason="the API's own description is not here")
def test_the_bodies_that_are_sent_are_those_of_the_discovery_document(
    connection: SheetsConnection, box: Sandbox
) -> None:
    write(connection)
    schemas = json.loads(ORACLE.read_text().replace('"$ref": "', '"$ref": "#/$defs/'))["schemas"]
    defs = {name: _strict(schema) for name, schema in schemas.items()}
    bodies = [(request.path, request.body) for request in box.requests if isinstance(request.body, dict)]
    names = ["BatchUpdateSpreadsheetRequest", "BatchUpdateValuesRequest"]
    assert [path.rpartition("/")[2] for path, _ in bodies] == [f"{KEY}:batchUpdate", "values:batchUpdate"]
    for name, (_, body) in zip(names, bodies, strict=True):
        jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": defs}).validate(body)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator({"$ref": "#/$defs/ValueRange", "$defs": defs}).validate({"vlaues": []})


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn a schema of the document's into one that refuses unknown names; its type "any" is none."""
    kept = {key: value for key, value in schema.items() if key not in {"id", "description", "deprecated", "readOnly"}}
    if kept.get("type") == "any":
        del kept["type"]
    if "properties" in kept:
        kept |= {"properties": {name: _strict(below) for name, below in kept["properties"].items()}}
        kept.setdefault("additionalProperties", False)
    if "items" in kept:
        kept["items"] = _strict(kept["items"])
    return kept


def test_gspread_and_google_auth_wait_until_a_sheet_is_configured() -> None:
    modules = "planning_bot.gateways.sheets, planning_bot.sandbox"
    code = f"import sys, {modules}; print({{'gspread', 'google', 'cryptography'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout.strip() == "set()"
