from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import PROJECT, Api

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

ISSUES = "/projects/acme%2Fsearch%2Fplanning/issues"


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("GET", "/todos", None, "/api/v4/todos"),
        ("PATCH", "/user", None, "PATCH"),
        ("GET", "/user?sudo=root", None, "sudo"),
        ("POST", ISSUES, {"title": "x", "iid": 7}, "iid"),
        ("GET", f"{ISSUES}?order_by=popularity", None, "popularity"),
        ("GET", f"{ISSUES}?milestone=Upcoming", None, "Upcoming"),
    ],
)
def test_what_the_sandbox_does_not_know_it_refuses_by_name(
    api: Api, method: str, path: str, body: Any, named: str
) -> None:
    response = api.call(method, path, json=body)
    assert response.status_code == 501
    assert named in response.json()["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"title": "  "}, "can't be blank"),
        ({"description": "x"}, "title is missing"),
        ({"title": "x" * 256}, "too long"),
        ({"title": "x", "description": "x" * 1_048_577}, "too long"),
        ({"title": "x", "weight": -1}, "greater than or equal to 0"),
    ],
)
def test_invalid_issues_are_refused_and_not_made(api: Api, box: Sandbox, body: dict[str, Any], words: str) -> None:
    response = api.call("POST", ISSUES, json=body)
    assert response.status_code == 400
    assert words in response.text
    assert box.gitlab.issues(PROJECT) == []


def test_an_update_and_a_note_without_content_are_refused(api: Api) -> None:
    api.post(ISSUES, title="One")
    assert api.call("PUT", f"{ISSUES}/1", json={}).status_code == 400
    assert api.call("POST", f"{ISSUES}/1/notes", json={"body": " "}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{ISSUES}?sort=up", None),
        ("GET", f"{ISSUES}?scope=mine", None),
        ("GET", f"{ISSUES}?updated_after=yesterday", None),
        ("GET", f"{ISSUES}/1/notes?order_by=body", None),
        ("POST", ISSUES, {"title": "x", "issue_type": "wish"}),
        ("PUT", f"{ISSUES}/1", {"state_event": "delete"}),
        ("PUT", f"{ISSUES}/1", {"title": None}),
        ("POST", f"{ISSUES}/1/notes", {}),
        ("POST", f"{ISSUES}/1/notes", {"body": "x" * 1_000_001}),
        ("POST", "/groups/acme/boards", {}),
        ("POST", "/groups/acme/labels", {"name": "x"}),
    ],
)
def test_values_that_gitlab_does_not_take_are_400(api: Api, method: str, path: str, body: Any) -> None:
    api.post(ISSUES, title="One")
    before = api.box.gitlab.dump()
    assert api.call(method, path, json=body).status_code == 400
    assert api.box.gitlab.dump() == before


def test_the_free_tier_has_no_weight_one_assignee_and_no_further_boards(api: Api, box: Sandbox) -> None:
    box.tier = "free"
    issue = api.post(ISSUES, title="One", weight=3, assignee_ids=[1, 2], labels="workflow::a,workflow::b")
    assert not issue.keys() & {"weight", "epic", "epic_iid", "iteration", "health_status"}
    assert [user["username"] for user in issue["assignees"]] == ["alice"]
    assert issue["labels"] == ["workflow::a", "workflow::b"]
    assert api.call("POST", "/groups/acme/boards", json={"name": "Build"}).status_code == 403
    assert api.call("GET", "/groups/acme/epics/1").status_code == 403


def test_the_board_of_the_free_tier_has_no_scope(api: Api, box: Sandbox) -> None:
    number = box.gitlab.add_board("acme", "Board", lists=["Deliverable"])
    box.tier = "free"
    found = api.put(f"/groups/acme/boards/{number}", labels="Deliverable", name="Ours")
    assert found["name"] == "Ours"
    assert not found.keys() & {"labels", "milestone", "assignee", "weight"}


def test_requests_are_remembered_in_order(api: Api, box: Sandbox) -> None:
    api.get("/groups/acme/issues", labels="a", page=2)
    api.post(ISSUES, title="One")
    Api(box, "wrong").call("GET", "/user")
    first, second, third = box.requests
    assert (first.method, first.path, first.status) == ("GET", "/api/v4/groups/acme/issues", 200)
    assert first.query == {"labels": ["a"], "page": ["2"]}
    assert (second.body, second.username, second.status) == ({"title": "One"}, "alice", 201)
    assert (third.username, third.status) == (None, 401)
