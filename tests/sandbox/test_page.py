from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from .conftest import PROJECT

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

HOSTILE = '<script>alert(1)</script><img src="http://evil.invalid/x.png">'
TEXT = f"""<!-- a marker -->
# Plan

| who | days |
|-----|------|
| @alice | 3 |

- [ ] #1+s and ~Deliverable

<details>
<summary>Working</summary>

Hidden *text* {HOSTILE}

</details>

![picture](http://evil.invalid/y.png) [link](javascript:alert(1))
"""


def page(box: Sandbox, path: str) -> str:
    response = requests.get(box.url + path, timeout=5)
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for forbidden in ("<script", "<img", "<link", 'href="javascript:', "<iframe"):
        assert forbidden not in response.text
    return response.text


def test_an_issue_is_shown_as_people_would_see_it(box: Sandbox) -> None:
    box.gitlab.add_issue(
        PROJECT, HOSTILE, author="alice", labels=["Deliverable", "workflow::in dev"], milestone="18.10",
        assignees=["rita"], weight=2, description=TEXT,
    )  # fmt: skip
    box.gitlab.add_note(PROJECT, 1, "gus", "Fine by me")
    box.gitlab.edit_issue(PROJECT, 1, by="rita", state_event="close", weight=3, milestone=None)
    text = page(box, f"/{PROJECT}/-/issues/1")
    for expected in (
        '<td><span class="mention">@alice</span></td>', "<summary>Working</summary>", "☐", "Fine by me",
        "<em>text</em>", "&lt;script&gt;", "in dev", "Closed", "set weight to 3", "removed milestone 18.10",
        f'/{PROJECT}/-/issues/1">',
    ):  # fmt: skip
        assert expected in text
    assert "a marker" not in text


def test_the_first_page_lists_projects_issues_and_boards(box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, HOSTILE, author="alice", confidential=True)
    number = box.gitlab.add_board("acme", HOSTILE)
    text = page(box, "/")
    assert PROJECT in text
    assert "Confidential" in text
    assert f"/groups/acme/-/boards/{number}" in text


def test_a_board_has_its_lists_as_columns(box: Sandbox) -> None:
    number = box.gitlab.add_board("acme", "Build", lists=["workflow::in dev"])
    box.gitlab.add_issue(PROJECT, "Waiting", author="alice", weight=2)
    box.gitlab.add_issue(PROJECT, "Going on", author="alice", labels=["workflow::in dev"])
    box.gitlab.add_issue(PROJECT, "Over", author="alice", state="closed")
    text = page(box, f"/groups/acme/-/boards/{number}")
    places = [text.index(words) for words in ("Open", "Waiting", "Going on", "Closed", "Over")]
    assert places == sorted(places)


def test_what_answers_link_to_exists(box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice", milestone="18.10")
    issue = box.gitlab.issue(PROJECT, 1)
    assert "One" in page(box, issue["web_url"].removeprefix(box.url))
    assert "One" in page(box, issue["milestone"]["web_url"].removeprefix(box.url))


def test_a_confidential_issue_is_a_bare_reference_in_texts(box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "Leak", author="alice", confidential=True)
    box.gitlab.add_issue(PROJECT, "Plan", author="alice", description="#1+s")
    assert "Leak" not in page(box, f"/{PROJECT}/-/issues/2")


def test_no_page_is_404(box: Sandbox) -> None:
    assert requests.get(f"{box.url}/nothing", timeout=5).status_code == 404
