from __future__ import annotations

import functools
import http.server
import threading
from typing import TYPE_CHECKING

import pytest

from planning_bot import cli
from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import GROUP, PLANNING, tell_story

from .eyes import look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>console.error('ran')</script>",
    '"><img src=http://evil.invalid/x.png onerror=console.error(1)>',
    "<svg/onload=console.error(2)>",
    "javascript:console.error(3)",
    "\u202etxt.exe \x1b[31m </a></td></table><iframe src=//evil.invalid></iframe>",
    "<link rel=stylesheet href=//evil.invalid/a.css><style>*{display:none}</style>",
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Give a sandbox whose team has opened its milestone with the program."""
    folder = tmp_path_factory.mktemp("team")
    with Sandbox() as box, pytest.MonkeyPatch.context() as environment:
        story = tell_story(box)
        environment.setenv("GITLAB_TOKEN", story.token)
        environment.setenv("PLANNING_BOT_CONFIG", str(story.write_files(folder)))
        environment.setenv("PLANNING_BOT_STATE", str(folder))
        for command in ("create-issue", "boards"):
            assert cli.run([command, "--apply", "--today", str(story.today), "-q"]) == 0
        for title in HOSTILE:
            box.gitlab.add_issue(PLANNING, title, author="zed_1987", description=title, labels=["group::search"])
        yield box


def pages(box: Sandbox) -> dict[str, str]:
    """Give the addresses of the pages that are looked at, by what they show."""
    board = {board["name"]: f"/groups/{GROUP}/-/boards/{board['id']}" for board in box.gitlab.boards(GROUP)}
    return {
        "the planning issue": f"/{PLANNING}/-/issues/1",
        "a board": board["Search: Planning 18.10"],
        "an empty board": board["Search: Build 18.10"],
        "the list of issues": "/",
        "a hostile issue": f"/{PLANNING}/-/issues/{len(HOSTILE)}",
    }


@pytest.mark.parametrize(
    "page", ["the planning issue", "a board", "an empty board", "the list of issues", "a hostile issue"]
)
def test_a_page_is_drawn_without_a_complaint_and_asks_nobody_else(page: str, opened: Sandbox, tmp_path: Path) -> None:
    seen = look(opened.url + pages(opened)[page], tmp_path)
    assert seen.console == []
    assert seen.asked == set()
    assert seen.inked > 0.004


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and writes no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@pytest.mark.parametrize(
    ("body", "says", "asked", "blank"),
    [
        ("", False, set(), True),
        ("<script>console.error('heard')</script>", True, set(), True),
        ("<img src=http://evil.invalid/x.png>words " * 90, False, {"evil.invalid"}, False),
    ],
)
def test_the_eyes_see_what_they_are_to_find(
    body: str, asked: set[str], tmp_path: Path, *, says: bool, blank: bool
) -> None:
    (tmp_path / "index.html").write_text(f'<!doctype html><link rel="icon" href="data:,">{body}', encoding="utf-8")
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        seen = look(f"http://127.0.0.1:{server.server_port}/index.html", tmp_path)
        server.shutdown()
    assert (bool(seen.console), seen.asked, seen.inked < 0.004) == (says, asked, blank)
