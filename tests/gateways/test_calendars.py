"""Where calendars come from: files, addresses, and addresses that are secrets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.config import IcsSource
from planning_bot.errors import ConfigurationError, PlanningBotError, ServerError
from planning_bot.gateways.calendars import LARGEST, LONGEST_SECONDS, Calendars
from planning_bot.gateways.polite_session import PoliteSession
from tests.gateways.scripted import Scripted, answer, dropped, raw
from tests.gateways.time_off_texts import calendar, complaints, event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support import FakeClock

    Open = Callable[..., tuple[str, str]]

TEXT = calendar(event("SUMMARY:ana", "DTSTART;VALUE=DATE:20251222"))
SECRET = "private-4711canary"


@pytest.fixture
def read(tmp_path: Path, clock: FakeClock) -> Open:
    """Give a function that opens a calendar."""

    def opened(ics: Any, environ: dict[str, str] | None = None, **parts: Any) -> tuple[str, str]:
        session = PoliteSession(connections=2, clock=clock)  # type: ignore[arg-type]
        return Calendars(tmp_path, environ or {}, session, **parts).read(IcsSource.model_validate({"ics": ics}))

    return opened


def failure(read: Callable[[], object]) -> PlanningBotError:
    with pytest.raises(PlanningBotError) as caught:
        read()
    chain = [caught.value, caught.value.__cause__]
    assert not any(SECRET in f"{error} {getattr(error, 'hint', '')}" for error in chain)
    return caught.value


def ics(text: str = TEXT) -> Any:
    return raw(text.encode(), kind="text/calendar")


def test_a_file_is_called_as_it_is_written(read: Open, tmp_path: Path) -> None:
    (tmp_path / "pto").mkdir()
    (tmp_path / "pto/team.ics").write_text(TEXT, newline="")

    assert read("pto/team.ics") == ("pto/team.ics", TEXT)


def test_a_file_that_is_missing_too_large_or_no_text_is_an_error(read: Open, tmp_path: Path) -> None:
    (tmp_path / "large.ics").write_bytes(b" " * (LARGEST + 1))
    (tmp_path / "latin.ics").write_bytes(b"BEGIN:VCALENDAR\nX:\xf6\n")

    assert complaints(partial(read, "none.ics"))[0].startswith("none.ics: there is no such file")
    assert complaints(partial(read, "large.ics")) == ["large.ics: larger than 2048 KB"]
    assert complaints(partial(read, "latin.ics"))[0].startswith("latin.ics:2: not UTF-8")


def test_an_address_is_called_by_its_host_and_asked_without_a_token(read: Open) -> None:
    with Scripted([ics()]) as server:
        name, text = read(f"{server.url}/team.ics")

    assert (name, text) == (f"the calendar on 127.0.0.1:{server.port}", TEXT)
    assert server.targets == ["/team.ics"]
    assert "authorization" not in {header.lower() for header in server.asked[0].headers}


def test_a_secret_address_is_taken_from_the_environment(read: Open) -> None:
    with Scripted([ics()]) as server:
        host = f"127.0.0.1:{server.port}"
        name, text = read({"host": host, "url_from": "CAL"}, {"CAL": f" {server.url}/{SECRET}/basic.ics?k=1\n"})

    assert (name, text) == (f"the calendar on {host} (CAL)", TEXT)
    assert server.targets == [f"/{SECRET}/basic.ics?k=1"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "CAL is not set"),
        (" ", "CAL is not set"),
        (f"https://evil.example/{SECRET}", "is not on calendar.example.com"),
        (f"https://calendar.example.com.evil.example/{SECRET}", "is not on calendar.example.com"),
        (f"https://calendar.example.com:8443/{SECRET}", "is not on calendar.example.com"),
        (f"https://calendar.example.com@evil.example/{SECRET}", "may hold no user"),
        (f"https://evil.example\\@calendar.example.com/{SECRET}", "may hold no user"),
        (f"https://me:{SECRET}@calendar.example.com/", "may hold no user"),
        (f"https://calendar.example.com/ {SECRET}", "may hold no user, password, space"),
        (f"http://calendar.example.com/{SECRET}", "must begin with https://"),
        (f"webcal://calendar.example.com/{SECRET}", "must begin with https://"),
        (f"file://calendar.example.com/{SECRET}", "must begin with https://"),
        (f"https://[{SECRET}/", "holds no address"),
        (f"//calendar.example.com/{SECRET}", "is not on calendar.example.com"),
        (SECRET, "must begin with https://"),
    ],
)
def test_a_secret_address_must_be_https_on_its_host(read: Open, address: str | None, told: str) -> None:
    environ = {} if address is None else {"CAL": address}

    error = failure(partial(read, {"host": "calendar.example.com", "url_from": "CAL"}, environ))

    assert isinstance(error, ConfigurationError)
    assert told in error.message
    assert error.message.startswith("the calendar on calendar.example.com (CAL): ")


def answers() -> dict[str, tuple[Any, str]]:
    return {
        "redirect": (answer(status=302, Location="http://127.0.0.1:1/elsewhere"), "answered 302"),
        "gone": (answer(status=404), "answered 404"),
        "forbidden": (answer(status=403), "answered 403"),
        "no password": (answer(status=401), "answered 401"),
        "no content": (answer(status=204), "answered 204"),
        "down": (answer(status=502), "answered 502"),
        "reset": (dropped(), "does not answer"),
        "large": (raw(b"x" * (LARGEST + 1)), "is larger than 2048 KB"),
        "cut off": (raw(TEXT[:60].encode(), missing=60), "the calendar on 127.0.0.1"),
        "compressed": (answer(Content_Encoding="gzip"), "answers compressed"),
    }


@pytest.mark.parametrize("name", answers())
def test_what_a_server_does_is_told_without_the_address(read: Open, name: str) -> None:
    given, told = answers()[name]
    with Scripted([given]) as server:
        where = {"host": f"127.0.0.1:{server.port}", "url_from": "CAL"}
        error = failure(partial(read, where, {"CAL": f"{server.url}/{SECRET}"}))

    assert isinstance(error, ServerError)
    assert error.message.startswith("the calendar on 127.0.0.1:")
    assert told in error.message


def test_nobody_there_is_told_without_the_address(read: Open) -> None:
    error = failure(partial(read, {"host": "127.0.0.1:1", "url_from": "CAL"}, {"CAL": f"http://127.0.0.1:1/{SECRET}"}))

    assert "does not answer" in error.message


def test_a_server_that_answers_for_ever_is_left(read: Open) -> None:
    moments = iter([0.0, LONGEST_SECONDS + 1])
    with Scripted([ics()]) as server:
        error = failure(partial(read, f"{server.url}/slow.ics", elapsed=lambda: next(moments)))

    assert "takes longer than 60 seconds" in error.message
