"""Every request that the program sends is one that GitLab documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planning_bot.sandbox import Request
from tests.milestone import Milestone
from tests.openapi import DOCUMENT, complaints
from tests.support import CONFIG, PM, PROJECT, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(not DOCUMENT.is_file(), reason="GitLab's own description is not here")


def _fresh(_: Desk) -> list[list[str]]:
    return [["create-issue"], ["boards"]]


def _adopted(desk: Desk) -> list[list[str]]:
    desk.box.gitlab.add_issue(PROJECT, "Ours", author=PM)
    return [["create-issue", "--adopt", f"{PROJECT}#1"], ["create-issue"], ["create-issue", "--milestone", "18.9"]]


def _with_an_epic(desk: Desk) -> list[list[str]]:
    number = desk.box.gitlab.add_epic("acme", "Plans", author=PM)
    desk.configure_planning_issue(epic=f'"acme&{number}"', confidential="true")
    return [["create-issue"]]


def _repaired(desk: Desk) -> list[list[str]]:
    desk.box.gitlab.add_board("acme/search", "Search: Build 18.10", lists=[])
    desk.run("create-issue", "--apply")
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, remove_labels=["Planning Issue"], milestone=None)
    desk.configure(CONFIG.replace("    members:", "    counterparts: {{Designer: ana}}\n    members:"))
    return [["boards"], ["create-issue"]]


def _ended(desk: Desk) -> list[list[str]]:
    work = Milestone(desk)
    work.planned()
    work.issue("2025-12-20 +group::search @18.9 w2", "01-08 +Deliverable", assignees=["ana"])
    desk.box.gitlab.delete_label("acme", "missed:18.9")
    return [["status", "--milestone", "18.9"], ["say-do"], ["close"]]


@pytest.mark.parametrize("prepare", [_fresh, _adopted, _with_an_epic, _repaired, _ended])
def test_every_request_is_documented(desk: Desk, prepare: Callable[[Desk], list[list[str]]]) -> None:
    for line in prepare(desk):
        ran = desk.run(*line, "--apply")
        assert ran.code == 0, ran.err
        assert ran.writes or line == ["create-issue"]
    assert complaints(desk.box.requests) == []


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        (Request("GET", "/api/v4/nothing", {}, None, None, {}), "there is no such path and method"),
        (Request("PUT", "/api/v4/groups/1/milestones", {}, None, None, {}), "there is no such path and method"),
        (Request("GET", "/api/v4/groups/1/labels", {"serach": ["x"]}, None, None, {}), "there is no parameter serach"),
        (
            Request("GET", "/api/v4/groups/1/issues", {"state": ["active"]}, None, None, {}),
            "parameter state: 'active' is not one of ['opened', 'closed', 'all']",
        ),
        (
            Request("GET", "/api/v4/groups/1/labels", {"page": ["one"]}, None, None, {}),
            "parameter page: 'one' is not of type 'integer', 'null'",
        ),
        (
            Request("GET", "/api/v4/groups/1/labels", {"with_counts": ["True"]}, None, None, {}),
            "parameter with_counts: 'True' is not of type 'boolean', 'null'",
        ),
        (Request("POST", "/api/v4/groups/1/boards", {}, {}, None, {}), "the body lacks name"),
        (
            Request("POST", "/api/v4/groups/1/boards", {}, {"name": "a", "milestone_id": 1}, None, {}),
            "there is no milestone_id in its body",
        ),
        (
            Request("POST", "/api/v4/projects/1/issues", {}, {"title": "a", "confidential": "yes"}, None, {}),
            "confidential in the body: 'yes' is not of type 'boolean', 'null'",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_documented_is_noticed(request_: Request, complaint: str) -> None:
    assert complaints([request_]) == [f"{request_.method} {request_.path}: {complaint}"]
