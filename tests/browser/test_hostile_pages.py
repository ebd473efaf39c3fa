"""What the program wrote of hostile texts, in Chromium: no page asks for anything, none runs what is written in it."""

from __future__ import annotations

import functools
import http.server
import threading
from typing import TYPE_CHECKING
from unittest import mock
from urllib.parse import quote

import pytest

from tests.promises.hostile_world import ENDS, PLANS, World, open_world
from tests.support import GROUP, PROJECT, FakeClock

from .chromium import Chromium
from .test_sandbox_pages import Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=range(3))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world in which every command was carried out, with its report."""
    folder = tmp_path_factory.mktemp("world")
    clock = FakeClock()
    with (
        mock.patch("planning_bot.gateways.polite_session.Clock", return_value=clock),
        open_world(folder, clock, request.param, 130) as made,
    ):
        for line in PLANS:
            assert made.desk.run(*line.split(), "--apply").code == 0
        made.after_the_milestone()
        for line in ENDS:
            assert made.desk.run(line, "--apply").code == 0
        assert made.desk.run("report", str(folder / "site")).code == 0
        yield made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as chromium:
        yield chromium


def test_no_page_of_gitlab_and_slack_asks_for_anything(world: World, browser: Chromium) -> None:
    issues = [f"/{PROJECT}/-/issues/{number}" for number in (1, 2)]
    boards = [f"/groups/{GROUP}/-/boards/{board['id']}" for board in world.box.gitlab.boards(GROUP)]
    assert boards
    for path in (*issues, *boards, "/", "/slack/"):
        tab = browser.open(f"{world.box.url}{path}")
        assert tab.asked == [f"{world.box.url}{path}"], path
        assert tab.said == [], path


def test_no_page_of_the_report_asks_for_anything(world: World, browser: Chromium) -> None:
    folder = world.desk.folder / "site"
    handler = functools.partial(Quiet, directory=str(folder))
    pages = sorted(page.relative_to(folder).as_posix() for page in folder.rglob("*.html"))
    assert len(pages) > 2
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in pages:
            url = f"http://127.0.0.1:{server.server_port}/{quote(page)}"
            tab = browser.open(url)
            assert tab.asked == [url], page
            assert tab.said == [], page
        server.shutdown()
