from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests

from planning_bot.sandbox import Fault, Sandbox

from .conftest import PROJECT, Api

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUES = "/projects/acme%2Fsearch%2Fplanning/issues"


def attempt(api: Api) -> requests.Response:
    return api.call("POST", ISSUES, json={"title": "One"})


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("429", 429, "application/json"),
        ("429-plain", 429, "text/plain"),
        ("429-bare", 429, "application/json"),
        ("500", 500, "application/json"),
        ("502-html", 502, "text/html"),
        ("503", 503, "application/json"),
        ("504", 504, "text/html"),
        ("401", 401, "application/json"),
        ("403", 403, "application/json"),
        ("404", 404, "application/json"),
        ("409", 409, "application/json"),
        ("html-200", 200, "text/html"),
        ("redirect", 302, "text/html"),
    ],
)
def test_an_answer_instead_of_the_deed(api: Api, box: Sandbox, kind: str, status: int, content_type: str) -> None:
    box.fail(Fault(kind, location="http://elsewhere.invalid/"))
    response = attempt(api)
    assert (response.status_code, response.headers["Content-Type"]) == (status, content_type)
    assert response.headers.get("Location") == ("http://elsewhere.invalid/" if kind == "redirect" else None)
    assert ("Retry-After" in response.headers) == (kind in {"429", "429-plain", "503"})
    assert box.gitlab.issues(PROJECT) == []
    assert attempt(api).status_code == 201


@pytest.mark.parametrize(
    ("kind", "carried_out"), [("reset-before", 0), ("reset-after", 1), ("truncated", 1), ("timeout", 1)]
)
def test_a_connection_that_is_lost(api: Api, box: Sandbox, kind: str, carried_out: int) -> None:
    box.hang = 0.01
    box.fail(Fault(kind))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        attempt(api)
    assert len(box.gitlab.issues(PROJECT)) == carried_out
    assert attempt(api).status_code == 201


@pytest.mark.parametrize(
    ("kind", "status", "text"), [("empty", 200, ""), ("null", 200, "null"), ("500-after", 500, None)]
)
def test_a_deed_without_a_usable_answer(api: Api, box: Sandbox, kind: str, status: int, text: str | None) -> None:
    box.fail(Fault(kind))
    response = attempt(api)
    assert response.status_code == status
    assert text in {None, response.text}
    assert len(box.gitlab.issues(PROJECT)) == 1


def test_a_timeout_holds_the_answer_and_ends_with_the_sandbox() -> None:
    with Sandbox() as box:
        box.fail(Fault("timeout"))
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{box.url}/api/v4/user", timeout=0.05)
        start = time.monotonic()
    assert time.monotonic() - start < 1


def test_faults_strike_the_nth_match_so_many_times(api: Api, box: Sandbox) -> None:
    box.fail(Fault("500", method="POST", path="/issues$", nth=2, times=2))
    api.get("/user")
    assert [attempt(api).status_code for _ in range(4)] == [201, 500, 500, 201]
    box.fail(Fault("503", path="/user$", times=None))
    assert {api.call("GET", "/user").status_code for _ in range(3)} == {503}
    box.heal()
    assert api.call("GET", "/user").status_code == 200


def test_somebody_edits_meanwhile(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice")

    def edit(title: str) -> Callable[[], None]:
        return lambda: box.gitlab.edit_issue(PROJECT, 1, by="rita", title=title)

    box.fail(Fault(method="GET", before=edit("Before"), after=edit("After")))
    assert api.get(f"{ISSUES}/1")["title"] == "Before"
    assert api.get(f"{ISSUES}/1")["title"] == "After"


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="no-such"):
        Fault("no-such")


def test_latency_and_headers_on_demand(api: Api, box: Sandbox) -> None:
    box.latency, box.headers = 0.05, {"RateLimit-Remaining": "1"}
    start = time.monotonic()
    assert api.call("GET", "/user").headers["RateLimit-Remaining"] == "1"
    assert time.monotonic() - start >= 0.05


def test_connections_stay_open_and_are_closed_at_the_end() -> None:
    with Sandbox() as box, requests.Session() as session:
        box.gitlab.add_user("alice")
        box.gitlab.add_token("t", "alice")
        session.headers["PRIVATE-TOKEN"] = "t"
        for _ in range(3):
            assert session.get(f"{box.url}/api/v4/version", timeout=5).status_code == 200
