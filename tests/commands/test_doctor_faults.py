"""`doctor` where servers do not answer: one finding for each, the others are checked, no token in any output."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from planning_bot.sandbox import Fault
from tests.commands.doctor_room import SLACK_TOKEN, TOKEN

if TYPE_CHECKING:
    from tests.commands.doctor_room import Room

DOWN = [
    "reset-before", "timeout", "401", "403", "404", "429", "429-plain", "500", "502-html", "503", "504", "html-200",
    "redirect", "truncated", "empty", "null",
]  # fmt: skip


@pytest.mark.parametrize("kind", DOWN)
def test_a_gitlab_that_does_not_answer_is_one_finding_and_the_others_are_checked(room: Room, kind: str) -> None:
    room.box.hang = 0.1
    room.box.fail(Fault(kind, path="/api/v4/", times=None, location="https://elsewhere.test/"))

    ran = room.run("doctor", "--format", "json")

    result = ran.team["result"]
    assert (ran.code, [found["target"] for found in result["findings"]]) == (1, ["GitLab"])
    assert {one["server"] for one in result["checked"]} == {"slack", "sheet", "time_off"}
    assert result["unchecked"] == [
        {"server": "gitlab", "target": "all that is there", "because": "GitLab could not be asked"}
    ]
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(("path", "target"), [("/slack/", "token"), ("/v4/|/token", "Sheet search-planning")])
@pytest.mark.parametrize("kind", DOWN)
def test_so_is_another_server_that_does_not_answer(room: Room, path: str, target: str, kind: str) -> None:
    room.box.hang = 0.1
    room.box.fail(Fault(kind, path=f"^(?!/api/).*({path})", times=None, location="https://elsewhere.test/"))

    ran = room.run("doctor", "--format", "json")

    assert (ran.code, [found["target"] for found in ran.team["result"]["findings"]]) == (1, [target])
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("kind", ["reset-before", "500", "html-200", "403", "404", "null"])
@pytest.mark.parametrize("path", ["/user$", "/self$", "/groups/acme$", "/projects/[^/]*$", "/users$", "/members/all$",
                                  "/labels$", "/milestones$", "/boards$"])  # fmt: skip
def test_a_part_that_fails_keeps_no_other_part_from_being_checked(room: Room, path: str, kind: str) -> None:
    room.box.fail(Fault(kind, path=f"^/api/v4.*{path}", times=None))

    ran = room.run("doctor", "--format", "json")

    result = ran.team["result"]
    assert ran.code in {0, 1}
    assert 1 <= len(result["findings"]) <= 2  # the roles are asked of the group and of the project
    assert {one["server"] for one in result["checked"]} >= {"slack", "sheet", "time_off"}
    assert "Traceback" not in ran.err


def test_an_epic_that_gitlab_fails_to_give_is_not_one_that_is_missing(room: Room) -> None:
    room.edit("project: acme/search/planning", "project: acme/search/planning\n      epic: acme&1")
    room.box.fail(Fault("500", path="/epics/", times=None))

    assert room.findings() == (1, [("finding", "unreadable", "epic acme&1")])


def test_without_a_token_the_other_servers_are_checked(room: Room) -> None:
    room.set(GITLAB_TOKEN="")

    ran = room.run("doctor")

    assert ran.code == 1
    assert (
        f"  ✗ GitLab: GITLAB_TOKEN is not set\n    → export a token for {room.box.url} with the scope api\n" in ran.out
    )
    assert "  ✓ channel team-search  " in ran.out
    assert all(not request.path.startswith("/api/") for request in ran.requests)


def test_a_token_that_is_refused_is_one_finding(room: Room) -> None:
    room.box.gitlab.revoke_token(TOKEN)

    assert room.findings() == (1, [("finding", "refused", "GitLab")])


@pytest.mark.parametrize("kind", DOWN)
def test_no_token_is_in_any_output(room: Room, kind: str) -> None:
    room.box.hang = 0.1
    room.box.fail(Fault(kind, times=None, location=f"https://evil.test/?{TOKEN}"))

    ran = room.run("doctor", "-vv", "--format", "json")

    for token in (TOKEN, SLACK_TOKEN):
        for spelt in (token, quote(token, safe=""), base64.b64encode(token.encode()).decode()):
            assert spelt not in ran.out + ran.err
