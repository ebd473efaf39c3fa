"""What the program wrote of hostile texts, in Chromium: no page asks for anything, none runs what is written in it."""

from __future__ import annotations

import functools
import http.server
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from planning_bot.sandbox import Sandbox
from tests.promises.hostile_texts import EVERY
from tests.promises.hostile_world import KEY_FILE, SLACK_TOKEN, World
from tests.support import GROUP, PROJECT, TOKEN, Desk, FakeClock

from .chromium import Chromium
from .test_sandbox_pages import Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser

LINES = (
    "create-issue --milestone current",
    "create-issue",
    "boards",
    "readiness",
    "capacity",
    "deliverables",
    "status",
)


@pytest.fixture(scope="module", params=range(3))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world in which every command was carried out, with its report."""
    folder = tmp_path_factory.mktemp("world")
    with Sandbox() as box, pytest.MonkeyPatch.context() as patch:
        titles = tuple(EVERY[(130 * request.param + n) % len(EVERY)] for n in range(130))
        clock = FakeClock()
        patch.setattr("planning_bot.gateways.polite_session.Clock", lambda: clock)
        made = World(box, Desk(box, folder, clock), 130 * request.param, titles)
        for name, value in {"GITLAB_TOKEN": TOKEN, "SLACK_BOT_TOKEN": SLACK_TOKEN, "HOME": str(folder)}.items():
            patch.setenv(name, value)
        patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(folder / KEY_FILE))
        patch.setenv("PLANNING_BOT_STATE", str(folder / "state"))
        made.build()
        box.sheets.service_account_file(folder).rename(folder / KEY_FILE)
        for line in LINES:
            assert made.desk.run(*line.split(), "--apply").code == 0
        made.after_the_milestone()
        for line in ("say-do", "close"):
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
