from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.errors import PlanningBotError, ServerError, UnknownOutcomeError
from planning_bot.gateways import polite_session
from planning_bot.gateways.polite_session import Clock
from planning_bot.sandbox import Fault
from tests.gateways.scripted import Scripted, answer, dropped, raw
from tests.support import GROUP, ISSUES, PROJECT, TOKEN, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.gateways.gitlab_connection import GitLabConnection
    from planning_bot.sandbox.connection import Response

    Connect = Callable[..., GitLabConnection]

LABELS = "/groups/acme/labels"
NOTES = f"{ISSUES.removeprefix('/api/v4')}/1/notes"


def rows(*numbers: int) -> list[dict[str, int]]:
    return [{"id": number} for number in numbers]


def numbers(found: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in found]


def link(url: str, rel: str = "next") -> str:
    return f'<{url}>; rel="{rel}"'


def test_the_token_travels_as_a_bearer_and_in_no_other_way(connect: Connect) -> None:
    with Scripted([answer({"id": 1})]) as server:
        connect(server.url, token="glpat-secret").get("/user", a="b")
    (asked,) = server.asked
    assert asked.headers["Authorization"] == "Bearer glpat-secret"
    assert "PRIVATE-TOKEN" not in {name.upper() for name in asked.headers}
    assert asked.target == "/api/v4/user?a=b"


def test_the_environment_names_no_other_gitlab(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted([answer({"id": 2})]) as other, Scripted([answer({"id": 1})]) as server:
        for name in ("GITLAB_URL", "CI_SERVER_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, other.url)
        monkeypatch.setenv("CI_JOB_TOKEN", "job-token")
        monkeypatch.setenv("GITLAB_PRIVATE_TOKEN", "other-token")
        assert connect(server.url).get("/user") == {"id": 1}
        assert other.asked == []
    assert "job-token" not in str(server.asked)
    assert "other-token" not in str(server.asked)


def test_a_configured_proxy_is_used(connect: Connect) -> None:
    with Scripted([answer({"id": 1})]) as proxy:
        assert connect("http://gitlab.invalid", proxy=proxy.url).get("/user") == {"id": 1}
    assert proxy.targets == ["http://gitlab.invalid/api/v4/user"]


def test_truth_is_spelled_as_gitlab_does(connect: Connect) -> None:
    with Scripted([answer({"id": 1})]) as server:
        connect(server.url).get("/user", yes=True, no=False, number=1)
    assert server.targets == ["/api/v4/user?yes=true&no=false&number=1"]


def test_a_list_asks_for_a_hundred_rows_and_for_no_further_page_where_there_is_none(
    connect: Connect, desk: Desk
) -> None:
    assert len(connect(desk.box.url).get_all(LABELS)) == 17
    (request,) = desk.box.requests
    assert request.query == {"per_page": ["100"], "page": ["1"]}


def test_an_empty_list_is_one(connect: Connect) -> None:
    with Scripted([answer([], X_Total="0", X_Total_Pages="1")]) as server:
        assert connect(server.url).get_all(LABELS) == []


def test_pages_that_are_counted_are_read_side_by_side(connect: Connect) -> None:
    both = threading.Barrier(2, timeout=5)

    def respond(target: str) -> Response:
        page = int(target.rpartition("page=")[2])
        if page > 1:
            both.wait()  # which neither passes alone
        more = {"Link": link(f"{server.url}/api/v4{LABELS}?page={page + 1}&per_page=100")} if page < 3 else {}
        return answer(rows(page), X_Total_Pages="3", **more)

    with Scripted(respond=respond) as server:
        assert numbers(connect(server.url).get_all(LABELS, search="x")) == [1, 2, 3]
    assert sorted(server.targets) == [f"/api/v4{LABELS}?search=x&per_page=100&page={n}" for n in (1, 2, 3)]


def test_pages_that_are_not_counted_are_followed_by_their_links(connect: Connect) -> None:
    def respond(target: str) -> Response:
        return {
            f"/api/v4{LABELS}?per_page=100&page=1": answer(rows(1), Link=link(f"{server.url}/api/v4/a?cursor=x%2By")),
            "/api/v4/a?cursor=x%2By": answer(rows(2), Link=link(f"{server.url}/api/v4/b")),
            "/api/v4/b": answer(rows(3), Link=link(f"{server.url}/api/v4/a", "prev")),
        }[target]

    with Scripted(respond=respond) as server:
        assert numbers(connect(server.url).get_all(LABELS)) == [1, 2, 3]


def test_a_page_that_was_added_while_the_list_was_read_is_read_as_well(connect: Connect) -> None:
    def respond(target: str) -> Response:
        page = int(target.rpartition("page=")[2])
        more = {"Link": link(f"{server.url}/api/v4{LABELS}?page={page + 1}")} if page < 3 else {}
        return answer(rows(page), X_Total_Pages="2", **more)

    with Scripted(respond=respond) as server:
        assert numbers(connect(server.url).get_all(LABELS)) == [1, 2, 3]


def test_rows_that_moved_to_another_page_meanwhile_are_there_once(connect: Connect) -> None:
    with Scripted([answer(rows(1, 2), Link=link("{}")), answer(rows(2, 3))]) as server:
        server.answers[0].headers["Link"] = link(f"{server.url}/api/v4/second")
        assert numbers(connect(server.url).get_all(LABELS)) == [1, 2, 3]


@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:{other}/api", "https://127.0.0.1:{port}/a", "http://x.test/"])
def test_a_next_page_on_another_origin_is_refused(connect: Connect, elsewhere: str) -> None:
    with Scripted([answer(rows(1))]) as server:
        server.answers[0].headers["Link"] = link(elsewhere.format(port=server.port, other=server.port - 1))
        with pytest.raises(ServerError, match="the next page of a list is not on"):
            connect(server.url).get_all(LABELS)
    assert len(server.asked) == 1


def test_pages_that_go_round_in_a_circle_are_an_error(connect: Connect) -> None:
    with Scripted([answer(rows(1))]) as server:
        server.answers[0].headers["Link"] = link(f"{server.url}/api/v4{LABELS}")
        with pytest.raises(ServerError, match="in a circle"):
            connect(server.url).get_all(LABELS)


@pytest.mark.parametrize("total", ["", "many", "-3", "²"])
def test_a_count_of_pages_that_is_garbage_counts_for_nothing(connect: Connect, total: str) -> None:
    headers = {"X-Total-Pages": total.encode().decode("latin-1")}
    with Scripted([answer(rows(1)), answer(rows(2))]) as server:
        server.answers[0].headers |= {**headers, "Link": link(f"{server.url}/api/v4/second")}
        assert numbers(connect(server.url).get_all(LABELS)) == [1, 2]
    assert server.targets[1:] == ["/api/v4/second"]


@pytest.mark.nightly
def test_of_more_than_ten_thousand_rows_none_is_missing(connect: Connect, desk: Desk) -> None:
    with desk.box._store.transaction():  # noqa: SLF001 - ten thousand rows at once
        for number in range(10_001 - 17):
            desk.box.gitlab.add_label("acme", f"label {number}")
    assert len(connect(desk.box.url).get_all(LABELS)) == 10_001
    assert len(desk.box.requests) == 101


LOST = [
    pytest.param(raw(b'[{"id": 1}, {"id"', missing=20), id="truncated"),
    pytest.param(raw(b'[{"id": 1}, {"id"'), id="cut off without a word"),
    pytest.param(raw(b""), id="empty"),
    pytest.param(raw(b"null"), id="null"),
    pytest.param(raw(b"<html>Sign in</html>", kind="text/html"), id="HTML"),
    pytest.param(raw(b'{"message": "later"}'), id="an object"),
    pytest.param(raw(b"[1, 2]"), id="a list of numbers"),
    pytest.param(raw(b"[[]]"), id="a list of lists"),
    pytest.param(raw(b'[{"name": "a"}]'), id="rows without an id"),
    pytest.param(raw(b"\xff\xfe[]"), id="bytes that are no text"),
    pytest.param(raw(b"", status=204), id="no content"),
    pytest.param(answer(None, 302, Location="http://x.test/"), id="a redirect"),
    pytest.param(dropped(), id="reset"),
    *[pytest.param(answer({"message": "no"}, code), id=str(code)) for code in (400, 401, 403, 404, 429, 500, 502, 503)],
]


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("counted", [True, False], ids=["counted", "by link"])
def test_a_list_that_failed_is_never_a_shorter_one(connect: Connect, lost: Response, page: int, counted: bool) -> None:  # noqa: FBT001 - a parameter
    good = answer(rows(1), **({"X_Total_Pages": "2"} if counted else {}))
    with Scripted([*[good] * (page - 1), lost]) as server:
        good.headers["Link"] = link(f"{server.url}/api/v4{LABELS}?page=2")
        with pytest.raises(ServerError):
            connect(server.url).get_all(LABELS)


@pytest.mark.parametrize("lost", [one for one in LOST if one.id != "an object"])
def test_an_object_that_failed_is_an_error(connect: Connect, lost: Response) -> None:
    with Scripted([lost]) as server, pytest.raises(ServerError):
        connect(server.url).get("/user")


def test_what_is_wrong_with_an_answer_is_said_without_a_word_of_it(connect: Connect) -> None:
    said = {}
    for name, wrong in {
        "html": raw(b"<html>secret</html>", kind="text/html"),
        "shape": raw(b'["secret"]'),
        "refused": answer({"message": "secret"}, 403),
        "redirect": answer(None, 302, Location="http://secret.test/"),
        "unheard": answer({"message": "secret"}, 499),
    }.items():
        with Scripted([wrong]) as server, pytest.raises(ServerError) as raised:
            connect(server.url).get("/user")
        said[name] = (raised.value.message, raised.value.hint, raised.value.status)
    assert said == {
        "html": ("GET /api/v4/user: the answer is not JSON", "is gitlab.url the address of GitLab itself?", None),
        "shape": ("GET /api/v4/user: the answer has not the shape that GitLab documents", "", None),
        "refused": (
            "GitLab answered 403 Forbidden to GET /user",
            "the token lacks the role or the scope: it needs the scope api and at least the Planner role",
            403,
        ),
        "redirect": (
            "GitLab answered 302 Found to GET /user",
            "redirects are not followed: is gitlab.url the address of GitLab itself?",
            302,
        ),
        "unheard": ("GitLab answered 499 to GET /user", "", 499),
    }


def test_a_server_that_is_not_there_is_named(connect: Connect) -> None:
    with Scripted() as server:
        pass
    connection = connect(server.url)
    with pytest.raises(ServerError, match=f"{server.url} does not answer") as reading:
        connection.get("/user")
    with pytest.raises(ServerError, match=f"{server.url} cannot be reached") as writing:
        connection.post("/user", {})
    assert (reading.value.status, writing.value.status) == (None, 0)


# What each fault makes of a write: nothing, if it is asked again and then succeeds; else the error of the outcome.
ONCE: dict[str, type[PlanningBotError] | None] = {
    "429": None, "429-plain": None, "429-bare": None,
    "401": ServerError, "403": ServerError, "404": ServerError, "409": ServerError, "redirect": ServerError,
    "500": UnknownOutcomeError, "502-html": UnknownOutcomeError, "503": UnknownOutcomeError,
    "504": UnknownOutcomeError, "html-200": UnknownOutcomeError, "reset-before": UnknownOutcomeError,
    "reset-after": UnknownOutcomeError, "timeout": UnknownOutcomeError, "truncated": UnknownOutcomeError,
    "empty": UnknownOutcomeError, "null": UnknownOutcomeError, "500-after": UnknownOutcomeError,
}  # fmt: skip
FOR_EVER = {**ONCE, "429": ServerError, "429-plain": ServerError, "429-bare": ServerError}


def _write(connection: GitLabConnection, method: str) -> dict[str, Any]:
    if method == "POST":
        return connection.post(NOTES, {"body": "Here"})
    return connection.put(NOTES.removesuffix("/notes"), {"title": "Here"})


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("times", [1, None], ids=["once", "for ever"])
@pytest.mark.parametrize("kind", ONCE)
def test_an_unknown_outcome_is_told_from_a_refusal(
    connect: Connect, desk: Desk, monkeypatch: pytest.MonkeyPatch, method: str, times: int | None, kind: str
) -> None:
    monkeypatch.setattr(polite_session, "READ_SECONDS", 0.2)
    box = desk.box
    box.hang = 0.4
    box.gitlab.add_issue(PROJECT, "One", author="mira")
    box.fail(Fault(kind, method=method, times=times))
    expected = (ONCE if times else FOR_EVER)[kind]
    if expected is None:
        _write(connect(box.url), method)
    else:
        with pytest.raises(PlanningBotError) as raised:
            _write(connect(box.url), method)
        assert type(raised.value) is expected
    again = {"429", "429-plain", "429-bare"}
    assert len(box.requests) == ((2 if times else 5) if kind in again else 1)


def test_every_kind_of_fault_of_the_sandbox_is_among_them() -> None:
    from planning_bot.sandbox.faults import KINDS  # noqa: PLC0415 - of this test alone

    assert ONCE.keys() == set(KINDS) - {"callback"}


def test_reads_together_run_side_by_side_and_answer_in_the_order_asked(connect: Connect) -> None:
    all_three = threading.Barrier(3, timeout=5)

    def respond(target: str) -> Response:
        all_three.wait()
        return answer({"id": target[-1]})

    with Scripted(respond=respond) as server:
        connection = connect(server.url)
        found = connection.together(*(lambda n=n: connection.get(f"/{n}")["id"] for n in "cab"))
    assert found == ["c", "a", "b"]


def test_the_first_error_of_reads_together_is_raised(connect: Connect) -> None:
    def respond(target: str) -> Response:
        return answer({"id": 1}, 403 if target.endswith("b") else 404)

    with Scripted(respond=respond) as server:
        connection = connect(server.url)
        with pytest.raises(ServerError, match="403"):
            connection.together(lambda: connection.get("/b"), lambda: connection.get("/c"))


def test_many_lists_of_many_pages_do_not_wait_for_one_another(connect: Connect, desk: Desk) -> None:
    for number in range(250):
        desk.box.gitlab.add_label("acme", f"label {number}")
    connection = connect(desk.box.url, side_by_side=2)
    lists = connection.together(*(lambda n=n: connection.get_all(LABELS, search=f"l{n}"[:1]) for n in range(6)))
    assert {len(found) for found in lists} == {len(lists[0])}


def test_a_connection_that_is_closed_waits_for_no_further_attempt(connect: Connect) -> None:
    with Scripted([answer(None, 500)]) as server:
        connection = connect(server.url, clock=Clock(time.time, lambda _: connection.close()))
        with pytest.raises(ServerError):
            connection.get("/user")
    assert len(server.asked) == 1


def test_paths_of_groups_in_messages_are_readable(connect: Connect, desk: Desk) -> None:
    with pytest.raises(ServerError) as raised:
        connect(desk.box.url, token=TOKEN).get(f"/groups/{GROUP.replace('/', '%2F')}x/boards")
    assert raised.value.message == (
        "group 'acme/searchx' does not exist, or the token's user may not see it "
        "(GitLab answered 404 Not Found to GET /groups/acme%2Fsearchx/boards)"
    )
