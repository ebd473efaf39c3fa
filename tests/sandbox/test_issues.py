from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import PROJECT, Api

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

ISSUES = "/projects/acme%2Fsearch%2Fplanning/issues"


def test_an_issue_is_created_with_what_a_developer_asks_for(api: Api, box: Sandbox) -> None:
    milestone = box.gitlab.milestone_id("acme", "18.10")
    issue = api.post(
        ISSUES, title=" Index faster ", description="Text", labels="Deliverable", milestone_id=milestone,
        assignee_ids=[api.get("/users", username="RITA")[0]["id"]], weight=2,
    )  # fmt: skip
    assert (issue["iid"], issue["title"], issue["labels"], issue["weight"]) == (
        1, "Index faster", ["Deliverable"], 2,
    )  # fmt: skip
    assert issue["milestone"]["title"] == "18.10"
    assert [user["username"] for user in issue["assignees"]] == ["rita"]
    assert api.get(f"{ISSUES}/1") == issue


@pytest.mark.parametrize("username", ["gus", "otto"])
def test_guests_and_strangers_lose_what_they_may_not_set_and_are_told_201(
    api: Api, box: Sandbox, username: str
) -> None:
    milestone = box.gitlab.milestone_id("acme", "18.10")
    issue = api.by(username).post(
        ISSUES, title="Mine", labels="Deliverable", milestone_id=milestone, assignee_ids=[1], weight=2
    )
    kept = {key: issue[key] for key in ("labels", "milestone", "assignees", "weight")}
    assert kept == {"labels": [], "milestone": None, "assignees": [], "weight": None}


def test_unknown_labels_are_created_in_the_project(api: Api, box: Sandbox) -> None:
    api.post(ISSUES, title="One", labels=["Delivrable"])
    api.put(f"{ISSUES}/1", add_labels="typo")
    assert [label["name"] for label in box.gitlab.labels(PROJECT)] == ["Delivrable", "typo"]


def test_labels_replaces_and_add_and_remove_change(api: Api) -> None:
    api.post(ISSUES, title="One", labels="a,b")
    assert api.put(f"{ISSUES}/1", add_labels="c", remove_labels="a")["labels"] == ["b", "c"]
    assert api.put(f"{ISSUES}/1", labels="d")["labels"] == ["d"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "opened"}, ["Old", "New"]),
        ({"labels": "Deliverable"}, ["Done", "New"]),
        ({"labels": "Deliverable,workflow::in dev"}, ["New"]),
        ({"labels": "None"}, ["Old"]),
        ({"not[labels]": "workflow::in dev"}, ["Old", "Done"]),
        ({"milestone": "18.10"}, ["New"]),
        ({"milestone": "None"}, ["Old"]),
        ({"not[milestone]": "18.10"}, ["Old", "Done"]),
        ({"assignee_username[]": "rita"}, ["New"]),
        ({"assignee_id": "None"}, ["Old", "Done"]),
        ({"author_username": "gus"}, ["Done"]),
        ({"iids[]": ["1", "3"]}, ["Old", "New"]),
        ({"search": "ne", "in": "title"}, ["Done", "New"]),
        ({"weight": "3"}, ["New"]),
        ({"confidential": "true"}, []),
        ({"scope": "created_by_me"}, ["Old", "New"]),
        ({"updated_after": "2026-02-01T00:00:00Z"}, []),
        ({"order_by": "title"}, ["Done", "New", "Old"]),
    ],
)
def test_lists_are_filtered(api: Api, box: Sandbox, query: dict[str, Any], found: list[str]) -> None:
    add, labels = box.gitlab.add_issue, ["Deliverable", "workflow::in dev"]
    add(PROJECT, "Old", author="alice")
    add(PROJECT, "Done", author="gus", labels=labels[:1], milestone="18.9", state="closed")
    add(PROJECT, "New", author="alice", labels=labels, milestone="18.10", assignees=["rita"], weight=3)
    issues = api.get("/groups/acme/issues", **{"order_by": "created_at", **query}, sort="asc")
    assert [issue["title"] for issue in issues] == found
