from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from planning_bot.rendering.annotations import annotations_report

ISSUE = {"reference": "acme/planning#7", "web_url": "https://gitlab.example/acme/planning/-/issues/7", "created": False}
BOARD = {"key": "build", "name": "Search: Build 18.10", "id": 1, "web_url": "https://gitlab.example/-/boards/1"}


def answer(**results: Any) -> dict[str, Any]:
    """Give what a command answers, with the result of each team."""
    teams = [{"team": name.replace("_", "-"), "result": result} for name, result in results.items()]
    return {"version": 1, "command": "run", "teams": teams}


def links(text: str) -> list[tuple[str, str]]:
    """Read a report as GitLab does."""
    (found,) = json.loads(text).values()
    return [(link["external_link"]["label"], link["external_link"]["url"]) for link in found]


def test_the_report_the_planning_issue_and_the_boards_are_linked_in_this_order() -> None:
    results = {"results": [{"command": "create-issue", "result": ISSUE}, {"result": {"boards": [BOARD]}}]}
    assert links(annotations_report(answer(search=results), "https://pages.example")) == [
        ("Report", "https://pages.example"),
        ("search: acme/planning#7", ISSUE["web_url"]),
        ("search: Search: Build 18.10", BOARD["web_url"]),
    ]


def test_what_two_commands_name_is_linked_once() -> None:
    assert len(links(annotations_report(answer(search=[ISSUE, ISSUE])))) == 1


def test_without_an_address_there_is_no_link() -> None:
    empty = {"reference": None, "web_url": None, "created": False}
    assert links(annotations_report(answer(search=empty, broken=None))) == []


def test_only_web_addresses_are_linked_and_labels_stay_on_their_line() -> None:
    hostile = [
        {"name": "a", "web_url": "javascript:alert(1)"},
        {"name": "b\n\x1b[2K\u202ec", "web_url": "https://x.example"},
    ]
    ((label, url),) = links(annotations_report(answer(search=hostile)))
    assert url == "https://x.example"
    assert label.isprintable()


@given(st.integers(0, 1500), st.integers(0, 300))
def test_gitlab_can_read_it_however_many_links_there_are(count: int, length: int) -> None:
    boards = [{"name": "n" * length, "web_url": f"https://gitlab.example/-/boards/{number}"} for number in range(count)]
    text = annotations_report(answer(search=boards))
    assert len(text.encode()) <= 81_920
    found = links(text)
    assert len(found) <= 1000
    assert found == links(annotations_report(answer(search=boards[: len(found)])))
