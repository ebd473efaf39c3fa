from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import PROJECT, Api

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

ISSUES = "/groups/acme/issues"


@pytest.fixture
def many(box: Sandbox, api: Api) -> Api:
    for number in range(1, 46):
        box.gitlab.add_issue(PROJECT, f"Issue {number}", author="alice")
    return api


def test_lists_have_twenty_rows_unless_told_otherwise_and_never_more_than_a_hundred(many: Api) -> None:
    assert len(many.get(ISSUES)) == 20
    assert len(many.get(ISSUES, per_page=45)) == 45
    assert many.call("GET", ISSUES, params={"per_page": 500}).headers["X-Per-Page"] == "100"


def test_link_leads_through_all_pages(many: Api) -> None:
    response = many.call("GET", ISSUES, params={"order_by": "created_at", "sort": "asc"})
    titles = [issue["title"] for issue in response.json()]
    while "next" in response.links:
        response = many.call("GET", response.links["next"]["url"].partition("/api/v4")[2])
        titles += [issue["title"] for issue in response.json()]
    assert titles == [f"Issue {number}" for number in range(1, 46)]
    assert set(response.links) == {"first", "prev", "last"}


def test_headers_count_rows_and_pages(many: Api) -> None:
    headers = many.call("GET", ISSUES, params={"page": 2}).headers
    names = ("X-Total", "X-Total-Pages", "X-Page", "X-Per-Page", "X-Next-Page", "X-Prev-Page")
    assert [headers[name] for name in names] == ["45", "3", "2", "20", "3", "1"]


def test_totals_are_left_out_of_long_lists(many: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning_bot.sandbox.routing.MOST_COUNTED", 44)
    response = many.call("GET", ISSUES)
    assert not response.headers.keys() & {"X-Total", "X-Total-Pages"}
    assert set(response.links) == {"first", "next"}


def test_a_page_beyond_the_last_is_empty(many: Api) -> None:
    assert many.get(ISSUES, page=9) == []


@pytest.mark.parametrize("page", ["0", "-1", "x"])
def test_a_page_that_is_no_number_is_refused(many: Api, page: str) -> None:
    assert many.call("GET", ISSUES, params={"page": page}).status_code == 400


def test_milestones_of_ancestors_come_when_asked_for(api: Api) -> None:
    path = "/groups/acme%2Fsearch/milestones"
    assert api.get(path) == []
    assert [found["title"] for found in api.get(path, include_ancestors="true")] == ["18.10", "18.9"]
    assert [found["title"] for found in api.get(path, include_ancestors="true", title="18.9")] == ["18.9"]


def test_milestones_are_searched_by_state_and_words(api: Api, box: Sandbox) -> None:
    box.gitlab.add_milestone("acme", "18.1", state="closed")
    path = "/groups/acme/milestones"
    assert [found["title"] for found in api.get(path, state="closed")] == ["18.1"]
    assert [found["title"] for found in api.get(path, search="18.1")] == ["18.1", "18.10"]


def test_labels_of_ancestors_are_there_and_search_finds_parts(api: Api) -> None:
    path = "/groups/acme%2Fsearch/labels"
    assert [found["name"] for found in api.get(path, search="workflow::IN ")] == [
        "workflow::in dev",
        "workflow::in review",
    ]
    assert api.get(path, include_ancestor_groups="false") == []


def test_users_are_found_by_username_in_any_case(api: Api) -> None:
    assert [found["username"] for found in api.get("/users", username="ALICE")] == ["alice"]
    assert api.get("/users", username="nobody") == []


def test_members_are_those_of_the_groups_above_too_each_once(api: Api, box: Sandbox) -> None:
    box.gitlab.add_member(PROJECT, "gus", access_level=40)
    members = api.get("/projects/acme%2Fsearch%2Fplanning/members/all")
    levels = {found["username"]: found["access_level"] for found in members}
    assert levels == {"alice": 30, "rita": 20, "gus": 40}


def test_projects_of_subgroups_come_when_asked_for(api: Api) -> None:
    assert api.get("/groups/acme/projects") == []
    found = api.get("/groups/acme/projects", include_subgroups="true")
    assert [project["path_with_namespace"] for project in found] == [PROJECT]
