from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox.quick_actions import extract

from .conftest import PROJECT, Api

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

ISSUES = "/projects/acme%2Fsearch%2Fplanning/issues"


@pytest.mark.parametrize(
    ("text", "left", "commands"),
    [
        ("Text\n/close\nmore", "Text\nmore", [("close", "")]),
        ("/label ~a ~b", "", [("label", "~a ~b")]),
        ("/CLOSE\r\nText\r\n\r\n", "Text", [("close", "")]),
        ("<!-- marker -->\n/close", "<!-- marker -->", [("close", "")]),
        ("Text /close\n/closed\n/unknown", "Text /close\n/closed\n/unknown", []),
        ("```\n/close\n```", "```\n/close\n```", []),
        ("~~~\n/close\n~~~", "~~~\n/close\n~~~", []),
        ("    /close", "    /close", []),
        ("`some\n/close\ncode`", "`some\n/close\ncode`", []),
        ("> /close", "> /close", []),
        ("- /close", "- /close", []),
        ("| a |\n|---|\n| /close |", "| a |\n|---|\n| /close |", []),
        ("<details>\n/close\n</details>", "<details>\n/close\n</details>", []),
        ("<!-- over\n/close\n-->", "<!-- over\n/close\n-->", []),
        ("\\/close", "\\/close", []),
    ],
)
def test_commands_at_the_start_of_a_line_of_a_paragraph_are_taken_out(
    text: str, left: str, commands: list[tuple[str, str]]
) -> None:
    assert extract(text) == (left, commands)


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        ("/label ~Deliverable", {"labels": ["Deliverable", "first"]}),
        ('/label ~"workflow::in dev" ~unknown', {"labels": ["first", "workflow::in dev"]}),
        ("/unlabel", {"labels": []}),
        ("/relabel ~Deliverable", {"labels": ["Deliverable"]}),
        ("/close", {"state": "closed"}),
        ("/assign @rita me", {"assignees": ["alice", "rita"]}),
        ('/milestone %"18.10"', {"milestone": "18.10"}),
        ("/weight 5", {"weight": 5}),
        ("/due 2026-03-01", {"due_date": "2026-03-01"}),
        ("/title New", {"title": "New"}),
        ("/confidential", {"confidential": True}),
        ("/done", {}),
    ],
)
@pytest.mark.parametrize("way", ["description", "note"])
def test_commands_are_carried_out_from_descriptions_and_notes(
    api: Api, box: Sandbox, command: str, changed: dict[str, Any], way: str
) -> None:
    api.post(ISSUES, title="Old", labels="first")
    before = summary(api)
    if way == "note":
        assert api.post(f"{ISSUES}/1/notes", body=f"Hi\n{command}")["body"] == "Hi"
    else:
        assert api.put(f"{ISSUES}/1", description=f"Hi\n{command}")["description"] == "Hi"
    assert summary(api) == before | changed
    assert len(box.gitlab.executed_quick_actions) == 1


def summary(api: Api) -> dict[str, Any]:
    issue = api.get(f"{ISSUES}/1")
    plain = {key: issue[key] for key in ("labels", "state", "weight", "due_date", "title", "confidential")}
    milestone = issue["milestone"] and issue["milestone"]["title"]
    assignees = sorted(user["username"] for user in issue["assignees"])
    return {**plain, "milestone": milestone, "assignees": assignees}


def test_other_commands_undo_these(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice", milestone="18.9", assignees=["rita"], weight=1, state="closed")
    api.post(f"{ISSUES}/1/notes", body="x\n/reopen\n/unassign @rita\n/remove_milestone\n/clear_weight")
    found = summary(api)
    assert [found[key] for key in ("state", "assignees", "milestone", "weight")] == ["opened", [], None, None]


def test_a_note_of_commands_alone_is_no_note(api: Api, box: Sandbox) -> None:
    api.post(ISSUES, title="One")
    response = api.call("POST", f"{ISSUES}/1/notes", json={"body": "/close"})
    assert response.status_code == 202
    assert box.gitlab.notes(PROJECT, 1) == []
    assert api.get(f"{ISSUES}/1")["state"] == "closed"


def test_commands_of_those_who_may_not_are_taken_out_all_the_same(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice")
    assert api.by("otto").post(f"{ISSUES}/1/notes", body="Hi\n/close")["body"] == "Hi"
    assert api.get(f"{ISSUES}/1")["state"] == "opened"
