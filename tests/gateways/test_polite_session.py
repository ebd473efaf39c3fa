"""Waits pass on a clock of the test; the requests are real ones."""

from __future__ import annotations

import threading
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
import requests

from planning_bot.gateways import polite_session
from planning_bot.gateways.polite_session import Clock, PoliteSession, retry_after
from tests.gateways.scripted import Scripted, answer, dropped, raw
from tests.support import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning_bot.sandbox.connection import Response

WRITES = ("POST", "PUT", "DELETE", "PATCH")


@pytest.fixture
def session(clock: FakeClock) -> Iterator[PoliteSession]:
    assert isinstance(clock, FakeClock)
    with PoliteSession(connections=4) as polite:
        yield polite


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polite_session, "READ_SECONDS", 0.2)


def statuses(*codes: int, **headers: str) -> list[Response]:
    return [answer({"status": code}, code, **headers) for code in codes]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_that_failed_for_the_moment_is_sent_again(session: PoliteSession, status: int) -> None:
    with Scripted(statuses(status, status, 200)) as server:
        assert session.get(server.url).json() == {"status": 200}
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 501])
def test_a_read_that_was_refused_is_not_sent_again(session: PoliteSession, status: int) -> None:
    with Scripted(statuses(status, 200)) as server:
        assert session.get(server.url).status_code == status
    assert len(server.asked) == 1


@pytest.mark.parametrize("broken", [dropped(), raw(b'{"a', missing=9)], ids=["reset", "cut off"])
def test_a_read_whose_answer_was_lost_is_sent_again(session: PoliteSession, broken: Response) -> None:
    with Scripted([broken, broken, answer("here")]) as server:
        assert session.get(server.url).json() == "here"
    assert len(server.asked) == 3


@pytest.mark.usefixtures("impatient")
def test_a_read_whose_answer_takes_too_long_is_sent_again(session: PoliteSession) -> None:
    late, there = threading.Event(), threading.Event()

    def respond(_: str) -> Response:
        if not there.is_set():
            there.set()
            late.wait(5)
        return answer("here")

    with Scripted(respond=respond) as server:
        assert session.get(server.url).json() == "here"
        late.set()
    assert len(server.asked) == 2


def test_a_read_is_given_up_after_five_attempts_and_the_last_answer_is_told(
    session: PoliteSession, clock: FakeClock
) -> None:
    with Scripted(statuses(500, 502, 503, 504, 500)) as server:
        assert session.get(server.url).status_code == 500
    assert (len(server.asked), len(clock.waits)) == (5, 4)
    assert clock.waited <= 4 * 10


def test_a_read_is_given_up_after_five_connections_that_were_reset(session: PoliteSession) -> None:
    with Scripted([dropped()]) as server, pytest.raises(requests.ConnectionError):
        session.get(server.url)
    assert len(server.asked) == 5


def test_the_waits_between_attempts_are_jittered_and_short(clock: FakeClock) -> None:
    with Scripted(statuses(500)) as server:
        for _ in range(3):
            with PoliteSession(connections=1) as session:
                session.get(server.url)
    assert len(set(clock.waits)) == len(clock.waits) == 12
    assert all(0 <= wait <= 10 for wait in clock.waits)


RETRY_AFTER = [
    ("7", 7, "seconds"),
    ("0", 0, "no seconds"),
    ("999999999", 60, "absurd seconds"),
    ("9" * 400, 1, "a number that is none"),
    ("-5", 1, "negative seconds"),
    ("1e3", 1, "an exponent"),
    ("NaN", 1, "not a number"),
    ("soon", 1, "a word"),
    ("", 1, "nothing"),
    ("Wed, 21 Oct 2015 07:28:00 GMT", 0, "a date of the past"),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 60, "a date of a far future"),
    ("Fri, 32 Foo 2026 99:99:99 GMT", 1, "a date that is none"),
]


@pytest.mark.parametrize(("header", "seconds"), [row[:2] for row in RETRY_AFTER], ids=[row[2] for row in RETRY_AFTER])
def test_retry_after_is_read_or_clamped(header: str, seconds: float) -> None:
    assert retry_after({"Retry-After": header}, now=1_800_000_000) == seconds


@pytest.mark.parametrize(("header", "seconds"), [row[:2] for row in RETRY_AFTER], ids=[row[2] for row in RETRY_AFTER])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_after_429_the_next_attempt_waits_as_long_as_the_server_says(
    session: PoliteSession, clock: FakeClock, method: str, header: str, seconds: float
) -> None:
    with Scripted([answer(None, 429, Retry_After=header), answer("here")]) as server:
        assert session.request(method, server.url).json() == "here"
    assert clock.waited == pytest.approx(seconds, abs=0.01)


def test_retry_after_may_be_a_date(session: PoliteSession, clock: FakeClock) -> None:
    date = formatdate(clock.started + 30, usegmt=True)
    with Scripted([answer(None, 429, Retry_After=date), answer("here")]) as server:
        session.get(server.url)
    assert 29 <= clock.waited <= 30


def test_after_503_the_next_attempt_waits_at_least_as_long_as_the_server_says(
    session: PoliteSession, clock: FakeClock
) -> None:
    with Scripted([answer(None, 503, Retry_After="20"), answer("here")]) as server:
        session.get(server.url)
    assert clock.waits == [20]


@pytest.mark.parametrize(("reset", "seconds"), [(12, 12), (86400, 60), (-5, 0)])
def test_once_nothing_remains_the_next_request_waits_for_the_reset(
    session: PoliteSession, clock: FakeClock, reset: int, seconds: int
) -> None:
    at = str(int(clock.started) + reset)
    spent = answer("last", RateLimit_Remaining="0", RateLimit_Reset=at)
    with Scripted([spent, answer("here")]) as server:
        session.get(server.url)
        assert clock.waited == 0
        session.get(server.url)
    assert clock.waited == pytest.approx(seconds, abs=1)


@pytest.mark.parametrize("reset", ["", "tomorrow", "-1", "9" * 30])
def test_a_reset_that_is_garbage_holds_nobody_back(session: PoliteSession, clock: FakeClock, reset: str) -> None:
    with Scripted([answer("here", RateLimit_Remaining="0", RateLimit_Reset=reset)]) as server:
        session.get(server.url)
        session.get(server.url)
    assert clock.waited == 0


def test_the_limiter_holds_back_every_thread(session: PoliteSession, clock: FakeClock) -> None:
    with Scripted([answer(None, RateLimit_Remaining="0", RateLimit_Reset=str(int(clock.started) + 30)), answer()]) as s:
        session.get(s.url)
        threads = [threading.Thread(target=session.get, args=(s.url,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 1 <= len(clock.waits) <= 3
    assert max(clock.waits) == pytest.approx(30, abs=1)


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("status", [400, 409, 500, 502, 503, 504, 520])
def test_a_write_that_failed_is_not_sent_again(session: PoliteSession, method: str, status: int) -> None:
    with Scripted(statuses(status, 200)) as server:
        assert session.request(method, server.url, json={}).status_code == status
    assert len(server.asked) == 1


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("broken", [dropped(), raw(b'{"a', missing=9)], ids=["reset", "cut off"])
def test_a_write_whose_answer_was_lost_is_not_sent_again(session: PoliteSession, method: str, broken: Response) -> None:
    with Scripted([broken, answer("here")]) as server, pytest.raises(requests.RequestException):
        session.request(method, server.url, json={})
    assert len(server.asked) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_write_whose_answer_takes_too_long_is_not_sent_again(session: PoliteSession, method: str) -> None:
    late = threading.Event()

    def respond(_: str) -> Response:
        late.wait(5)
        return answer("here")

    with Scripted(respond=respond) as server:
        with pytest.raises(requests.ReadTimeout):
            session.request(method, server.url, json={})
        late.set()
    assert len(server.asked) == 1


def test_a_write_over_a_kept_connection_that_was_closed_meanwhile_is_not_sent_twice(session: PoliteSession) -> None:
    with Scripted([answer("first"), dropped(), answer("here")]) as server:
        session.get(server.url)
        with pytest.raises(requests.ConnectionError):
            session.post(server.url, json={})
    assert [asked.method for asked in server.asked] == ["GET", "POST"]


@pytest.mark.parametrize("method", WRITES)
def test_a_write_that_met_429_is_sent_again(session: PoliteSession, clock: FakeClock, method: str) -> None:
    with Scripted([*statuses(429, Retry_After="3"), *statuses(429), *statuses(201)]) as server:
        assert session.request(method, server.url, json={"a": 1}).status_code == 201
    assert [asked.body for asked in server.asked] == [b'{"a": 1}'] * 3
    assert 3.99 <= clock.waited <= 13.01


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_429_for_ever_is_given_up(session: PoliteSession, clock: FakeClock, method: str) -> None:
    with Scripted(statuses(429, Retry_After="99999")) as server:
        assert session.request(method, server.url).status_code == 429
    assert len(server.asked) == 5
    assert clock.waited <= 5 * 60


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_nobody_listens_it_is_tried_again_until_somebody_does(clock: FakeClock, method: str) -> None:
    server = Scripted([answer("here")])
    with server:
        pass  # to find a port that is free

    def sleep(seconds: float) -> None:
        clock.waits.append(seconds)
        if len(clock.waits) == 2:
            server.__enter__()

    with PoliteSession(connections=1, clock=Clock(clock.now, sleep)) as session:
        assert session.request(method, server.url).json() == "here"
    server.__exit__()
    assert len(server.asked) == 1


def test_where_nobody_ever_listens_it_is_given_up(session: PoliteSession, clock: FakeClock) -> None:
    with Scripted() as server:
        pass
    with pytest.raises(requests.ConnectionError):
        session.post(server.url, json={})
    assert len(clock.waits) == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_redirect_is_not_followed_and_the_token_is_sent_nowhere(
    session: PoliteSession, method: str, status: int
) -> None:
    with Scripted([answer("yours")]) as elsewhere:
        with Scripted([answer(None, status, Location=f"{elsewhere.url}/steal")]) as server:
            headers = {"Authorization": "Bearer secret"}
            assert session.request(method, server.url, headers=headers).status_code == status
        assert elsewhere.asked == []
    assert len(server.asked) == 1


def test_the_environment_names_no_proxy_no_password_and_no_certificates(
    session: PoliteSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    netrc.chmod(0o600)
    with Scripted([answer("mine")]) as proxy, Scripted([answer("here")]) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.setenv(name, str(tmp_path / "none.pem"))
        monkeypatch.setenv("NETRC", str(netrc))
        assert session.get(server.url).json() == "here"
        assert proxy.asked == []
    assert "Authorization" not in server.asked[0].headers
    settings: dict[str, Any] = session.merge_environment_settings("https://gitlab.example", {}, None, None, None)
    assert settings == {"proxies": {}, "stream": False, "verify": True, "cert": None}


def test_no_more_requests_are_under_way_than_there_are_places(session: PoliteSession) -> None:
    under_way: list[int] = []
    now = threading.Semaphore(0)
    lock = threading.Lock()

    def respond(_: str) -> Response:
        with lock:
            under_way.append(1)
            most.append(len(under_way))
        now.acquire(timeout=0.03)
        with lock:
            under_way.pop()
        return answer()

    most: list[int] = []
    with Scripted(respond=respond) as server:
        threads = [threading.Thread(target=session.get, args=(server.url,)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert max(most) == 4
