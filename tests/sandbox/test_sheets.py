"""The pretend Google Sheets: what it takes, what it makes of it, and how it refuses."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import requests

from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.sheets import ACCOUNT

from .sheets import Google, ask_for_token, assertion, connect

if TYPE_CHECKING:
    from pathlib import Path

READONLY = "https://www.googleapis.com/auth/spreadsheets.readonly"
HOUR = 3600


@pytest.fixture
def google(box: Sandbox, tmp_path: Path) -> Google:
    box.sheets.add("KEY", {"PTO": [["username", "from"], ["ana", date(2026, 2, 16)], [], ["kenji", 1.5, None, True]]})
    return connect(box, tmp_path)


def put(google: Google, cell: str, *row: Any, option: str = "RAW", **more: Any) -> Any:
    return google.write("PUT", f"KEY/values/{cell}", {"values": [list(row)]}, valueInputOption=option, **more)


def row(google: Google, number: int, render: str = "UNFORMATTED_VALUE") -> list[Any]:
    answer = google.get(f"KEY/values/PTO!{number}:{number}", valueRenderOption=render)
    return list(answer.get("values", [[]])[0])


# Tokens


def test_a_signed_assertion_is_exchanged_for_a_token(box: Sandbox, tmp_path: Path) -> None:
    answer = ask_for_token(box, assertion(box.sheets.service_account_file(tmp_path)))
    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "expires_in", "token_type"}
    assert (answer.json()["expires_in"], answer.json()["token_type"]) == (3599, "Bearer")


def test_a_key_file_is_for_its_owner_alone(box: Sandbox, tmp_path: Path) -> None:
    path = box.sheets.service_account_file(tmp_path)
    assert path.stat().st_mode & 0o077 == 0
    key = json.loads(path.read_text())
    assert (key["type"], key["client_email"], key["token_uri"]) == ("service_account", ACCOUNT, f"{box.url}/token")


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "somebody@else"}, "invalid_grant", "Invalid grant: account not found"),
        ({"aud": "https://evil.example/token"}, "invalid_grant", "Invalid JWT: Failed audience check."),
        ({"scope": ""}, "invalid_scope", "Invalid OAuth scope or ID token audience provided."),
        (
            {"scope": "https://www.googleapis.com/auth/drive"},
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.",
        ),
        (
            {"exp": int(time.time()) - 10},
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes)",
        ),
        (
            {"exp": int(time.time()) + 3 * HOUR},
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes)",
        ),
    ],
)
def test_an_assertion_that_is_not_right_gives_no_token(
    box: Sandbox, tmp_path: Path, claims: dict[str, Any], error: str, description: str
) -> None:
    answer = ask_for_token(box, assertion(box.sheets.service_account_file(tmp_path), **claims))
    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}


def test_a_changed_assertion_is_not_signed(box: Sandbox, tmp_path: Path) -> None:
    head, claims, signature = assertion(box.sheets.service_account_file(tmp_path)).split(".")
    for signed in (f"{head}.{claims}.{signature[::-1]}", f"{head}.{claims}.", "a.b", "", f"{head}.e30.{signature}"):
        assert ask_for_token(box, signed).json()["error"] == "invalid_grant"
    assert ask_for_token(box, "a", grant_type="password").json()["error"] == "unsupported_grant_type"


def test_without_a_token_nobody_is_let_in(google: Google, box: Sandbox) -> None:
    assert requests.get(f"{box.url}/v4/spreadsheets/KEY", timeout=5).json()["error"]["code"] == 403
    assert Google(box, "wrong").refused("GET", "KEY")[:2] == (401, "UNAUTHENTICATED")
    box.sheets.revoke_tokens()
    assert google.refused("GET", "KEY")[:2] == (401, "UNAUTHENTICATED")


# Permissions


def test_a_spreadsheet_is_there_for_those_with_whom_it_is_shared(google: Google, box: Sandbox) -> None:
    denied = (403, "PERMISSION_DENIED", "The caller does not have permission")
    assert google.refused("GET", "no-such") == (404, "NOT_FOUND", "Requested entity was not found.")
    box.sheets.add("PRIVATE", shared_with={"boss@example.com": "writer"})
    assert google.refused("GET", "PRIVATE") == denied
    box.sheets.share("PRIVATE", ACCOUNT, "reader")
    assert google.get("PRIVATE")["spreadsheetId"] == "PRIVATE"
    assert google.refused("POST", "PRIVATE/values/Sheet1:clear") == denied
    box.sheets.share("PRIVATE", ACCOUNT, "writer")
    assert google.write("POST", "PRIVATE/values/Sheet1:clear", None)["clearedRange"] == "Sheet1!A1:Z1000"


def test_a_token_for_reading_does_not_write(google: Google, box: Sandbox, tmp_path: Path) -> None:
    assert google.get("KEY")
    reader = connect(box, tmp_path, READONLY)
    assert reader.get("KEY")["properties"]["title"] == "Planning"
    assert reader.refused("POST", "KEY/values/PTO:clear")[:2] == (403, "PERMISSION_DENIED")


# Cells


TYPED = [  # what is typed, and how it shows: unformatted, formatted, as a formula
    ("18.10", 18.1, "18.1", 18.1),
    ("=1+1", 2, "2", "=1+1"),
    ("=SECRET()", "#NAME?", "#NAME?", "=SECRET()"),
    ("+1", 1, "1", 1),
    ("-0.5", -0.5, "-0.5", -0.5),
    ("1,234.5", 1234.5, "1234.5", 1234.5),
    ("50%", 0.5, "50%", 0.5),
    ("1e3", 1000, "1000", 1000),
    ("2026-02-14", 46067, "2026-02-14", 46067),
    ("2/14/2026", 46067, "2/14/2026", 46067),
    ("2026-02-31", "2026-02-31", "2026-02-31", "2026-02-31"),
    ("true", True, "TRUE", True),
    ("@x", "@x", "@x", "@x"),
    ("'=1+1", "=1+1", "=1+1", "=1+1"),
    ("text", "text", "text", "text"),
    (".", ".", ".", "."),
    (7.0, 7, "7", 7),
]


@pytest.mark.parametrize(("typed", "plain", "formatted", "formula"), TYPED)
def test_user_entered_guesses_what_was_meant(
    google: Google, typed: Any, plain: Any, formatted: str, formula: Any
) -> None:
    put(google, "PTO!A9", typed, option="USER_ENTERED")
    shown = [row(google, 9, render)[0] for render in ("UNFORMATTED_VALUE", "FORMATTED_VALUE", "FORMULA")]
    assert shown == [plain, formatted, formula]
    assert [type(value) for value in shown] == [type(plain), str, type(formula)]


@pytest.mark.parametrize("value", [typed for typed, *_ in TYPED if isinstance(typed, str)])
def test_raw_guesses_nothing(google: Google, value: str) -> None:
    put(google, "PTO!A9", value)
    assert {row(google, 9, render)[0] for render in ("UNFORMATTED_VALUE", "FORMATTED_VALUE", "FORMULA")} == {value}


def test_dates_are_serial_numbers_or_text(google: Google) -> None:
    assert row(google, 2) == ["ana", 46069]
    assert row(google, 2, "FORMATTED_VALUE") == ["ana", "2026-02-16"]
    params = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert google.get("KEY/values/PTO!B2", **params)["values"] == [["2026-02-16"]]


def test_rows_are_ragged_and_what_is_empty_at_the_end_is_left_out(google: Google, box: Sandbox) -> None:
    assert box.sheets.rows("KEY", "PTO") == [["username", "from"], ["ana", 46069], [], ["kenji", 1.5, "", True]]
    assert google.get("KEY/values/PTO!A3:B4", valueRenderOption="UNFORMATTED_VALUE")["values"] == [[], ["kenji", 1.5]]
    assert "values" not in google.get("KEY/values/PTO!E1:F9")


def test_a_null_leaves_a_cell_and_an_empty_text_empties_it(google: Google) -> None:
    answer = put(google, "PTO!A4:D4", None, "", "x", None)
    assert answer["updatedCells"] == 2
    assert row(google, 4) == ["kenji", "", "x", True]


def test_a_list_is_no_value(google: Google) -> None:
    refused = google.refused(
        "PUT", "KEY/values/PTO!A1", params={"valueInputOption": "RAW"}, json={"values": [["a", [1]]]}
    )
    assert refused[:2] == (400, "INVALID_ARGUMENT")
    assert refused[2].startswith("Invalid values[0][1]: list_value")


# Ranges


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("PTO", "PTO!A1:Z1000"),
        ("pto", "PTO!A1:Z1000"),
        ("'PTO'!B2", "PTO!B2"),
        ("B2", "PTO!B2"),
        ("PTO!D4:A1", "PTO!A1:D4"),
        ("PTO!A:B", "PTO!A1:B1000"),
        ("PTO!2:3", "PTO!A2:Z3"),
        ("PTO!A2:B", "PTO!A2:B1000"),
        ("PTO!B999:AZ2000", "PTO!B999:Z1000"),
        ("'It''s 18.10!'!A1:A2", "'It''s 18.10!'!A1:A2"),
    ],
)
def test_ranges_are_spelled_as_google_does(google: Google, box: Sandbox, asked: str, told: str) -> None:
    box.sheets.add_tab("KEY", "It's 18.10!")
    assert google.get(f"KEY/values/{asked}")["range"] == told


@pytest.mark.parametrize("asked", ["Pto 2!A1", "'Pto 2'", "PTO!A0", "PTO!1A", "PTO!A1:", "PTO!A1:B2:C3", "nowhere"])
def test_what_is_no_range_is_refused(google: Google, asked: str) -> None:
    assert google.refused("GET", f"KEY/values/{asked}") == (
        400, "INVALID_ARGUMENT", f"Unable to parse range: {asked}",
    )  # fmt: skip


def test_a_range_beyond_the_grid_is_refused(google: Google) -> None:
    beyond = (400, "INVALID_ARGUMENT", "Range (PTO!AA1) exceeds grid limits. Max rows: 1000, max columns: 26")
    assert google.refused("GET", "KEY/values/PTO!AA1") == beyond
    write = {"params": {"valueInputOption": "RAW"}, "json": {"values": [["a", "b"]]}}
    assert google.refused("PUT", "KEY/values/PTO!Z1", **write) == beyond


def test_more_than_the_range_that_was_named_is_refused(google: Google) -> None:
    write = {"params": {"valueInputOption": "RAW"}, "json": {"values": [["a", "b"], ["c"]]}}
    assert google.refused("PUT", "KEY/values/PTO!A1:A2", **write)[2] == (
        "Requested writing within range [PTO!A1:A2], but tried writing to column [B]"
    )
    assert google.refused("PUT", "KEY/values/PTO!A1:B1", **write)[2] == (
        "Requested writing within range [PTO!A1:B1], but tried writing to row [2]"
    )


def test_the_grid_grows_where_rows_are_appended(google: Google, box: Sandbox) -> None:
    box.sheets.add_tab("KEY", "Small", rows=1, columns=2)
    for number in (1, 2):
        google.write("POST", "KEY/values/Small:append", {"values": [[number]]}, valueInputOption="RAW")
    assert google.get("KEY/values/Small", valueRenderOption="UNFORMATTED_VALUE") == {
        "range": "Small!A1:B2", "majorDimension": "ROWS", "values": [[1], [2]],
    }  # fmt: skip


# Several at once


def test_a_batch_is_written_wholly_or_not_at_all(google: Google, box: Sandbox) -> None:
    before = box.sheets.dump()
    data = [{"range": "PTO!A1", "values": [["x"]]}, {"range": "PTO!AA1", "values": [["y"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    assert google.refused("POST", "KEY/values:batchUpdate", json=body)[0] == 400
    assert box.sheets.dump() == before
    two = {"requests": [{"addSheet": {"properties": {"title": title}}} for title in ("New", "pto")]}
    assert google.refused("POST", "KEY:batchUpdate", json=two)[2] == (
        'Invalid requests[1].addSheet: A sheet with the name "pto" already exists. Please enter another name.'
    )
    assert box.sheets.tabs("KEY") == ["PTO"]


def test_an_answer_holds_what_was_written_if_that_is_asked_for(google: Google) -> None:
    more = {"includeValuesInResponse": "true", "responseValueRenderOption": "UNFORMATTED_VALUE"}
    answer = put(google, "PTO!A9", "18.10", 1, option="USER_ENTERED", **more)
    assert answer["updatedData"] == {"range": "PTO!A9:B9", "majorDimension": "ROWS", "values": [[18.1, 1]]}


def test_tabs_can_be_asked_for_alone(google: Google) -> None:
    assert google.get("KEY", fields="sheets.properties.title") == {"sheets": [{"properties": {"title": "PTO"}}]}
    assert google.get("KEY", fields="spreadsheetId,properties.title") == {
        "spreadsheetId": "KEY", "properties": {"title": "Planning"},
    }  # fmt: skip


# What is not known, and what goes wrong


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "KEY/values/PTO?alt=json", {}),
        ("GET", "KEY/values/PTO?majorDimension=COLUMNS", {}),
        ("GET", "KEY?includeGridData=true", {}),
        ("GET", "KEY?fields=sheets.data", {}),
        ("GET", "KEY/developerMetadata/1", {}),
        ("DELETE", "KEY", {}),
        ("POST", "", {}),
        ("POST", "KEY:batchUpdate", {"json": {"requests": [{"deleteSheet": {"sheetId": 0}}]}}),
        ("POST", "KEY:batchUpdate", {"json": {"requests": [{"addSheet": {"properties": {"hidden": True}}}]}}),
        ("POST", "KEY:batchUpdate", {"json": {"includeSpreadsheetInResponse": True}}),
        ("POST", "KEY/values:batchUpdate", {"json": {"data": [{"range": "PTO", "cells": []}]}}),
        ("POST", "KEY/values/PTO:append?insertDataOption=INSERT_ROWS&valueInputOption=RAW", {"json": {}}),
    ],
)
def test_what_the_sandbox_does_not_know_is_501(google: Google, method: str, path: str, options: dict[str, Any]) -> None:
    code, status, message = google.refused(method, path, **options)
    assert (code, status) == (501, "UNIMPLEMENTED")
    assert message.startswith("The sandbox does not know")


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("KEY/values/PTO!A1", {"json": {"values": [["x"]]}}),
        ("KEY/values/PTO!A1?valueInputOption=FORMULA", {"json": {"values": [["x"]]}}),
        ("KEY/values/PTO!A1?valueInputOption=RAW", {"data": "{"}),
        ("KEY/values/PTO!A1?valueInputOption=RAW", {"json": {"range": "PTO!B1", "values": [["x"]]}}),
    ],
)
def test_what_makes_no_sense_is_400(google: Google, box: Sandbox, path: str, options: dict[str, Any]) -> None:
    before = box.sheets.dump()
    assert google.refused("PUT", path, **options)[:2] == (400, "INVALID_ARGUMENT")
    assert box.sheets.dump() == before


def test_the_quota_is_refused_as_google_does(google: Google, box: Sandbox) -> None:
    box.fail(Fault("429", path="/values/"))
    answer = google.call("GET", "KEY/values/PTO")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, None)
    error = answer.json()["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"].startswith("Quota exceeded for quota metric 'Read requests'")
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"


def test_faults_strike_here_as_well(google: Google, box: Sandbox) -> None:
    box.fail(Fault("502-html", path="/values/"))
    assert google.call("GET", "KEY/values/PTO").headers["Content-Type"] == "text/html"
    box.fail(Fault("reset-after", "PUT"))
    with pytest.raises(requests.ConnectionError):
        put(google, "PTO!A9", "x")
    assert row(google, 9) == ["x"]
    assert [(request.method, request.status) for request in box.requests[-3:]] == [
        ("GET", 502),
        ("PUT", 0),
        ("GET", 200),
    ]
