"""The report in Chromium: it asks for nothing, complains of nothing, fits every screen, and everybody can read it."""

from __future__ import annotations

import functools
import http.server
import json
import os
import threading
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot import cli
from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import GROUP, PROJECTS, tell_story

from .chromium import Chromium
from .test_sandbox_pages import HOSTILE, Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .chromium import Tab

pytestmark = pytest.mark.browser

AXE = os.environ.get("PLANNING_BOT_AXE", "")
PAGES = ("index.html", "search/18.8.html", "search/18.9.html", "search/18.10.html")
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a report of the story's team, of one that has no milestone, and of one that fails."""
    home = tmp_path_factory.mktemp("report")
    with Sandbox() as box, pytest.MonkeyPatch.context() as environment:
        story = tell_story(box)
        for number, title in enumerate(HOSTILE):
            labels = ["group::search", "Deliverable"]
            box.gitlab.add_issue(
                PROJECTS["engine"], title, author="zed_1987", labels=labels, milestone=("18.9", "18.10")[number % 2]
            )
        config = story.write_files(home)
        text = config.read_text(encoding="utf-8")
        config.write_text(text + _more_teams(text), encoding="utf-8")
        for name, value in story.environment(home).items():
            environment.setenv(name, value)
        environment.setenv("PLANNING_BOT_STATE", str(home))
        assert cli.run(["create-issue", "--team", "search", "--apply", "--today", str(story.today), "-q"]) == 0
        assert cli.run(["report", str(home / "public"), "--today", str(story.today), "-q"]) == 1
    return home / "public"


def _more_teams(text: str) -> str:
    """Add a team whose milestones are called otherwise, and one whose group is not there; both have hostile names."""
    search = text[text.index("  search:\n") :]
    other = search.replace("  search:\n", "  early:\n").replace("name: Search", f"name: {json.dumps(HOSTILE[0])}")
    early = other.replace("    members:", "    milestones: {pattern: 'Q\\d'}\n    members:")
    gone = search.replace("  search:\n", "  gone:\n").replace("name: Search", f"name: {json.dumps(HOSTILE[1])}")
    return early + gone.replace(f"group: {GROUP}", "group: nowhere")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """Serve the report, so that a page could ask for more than itself."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as chromium:
        yield chromium


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_nothing_but_itself_and_complains_of_nothing(page: str, site: str, browser: Chromium) -> None:
    tab = browser.open(f"{site}/{page}")
    assert tab.asked == [f"{site}/{page}"]
    assert tab.said == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_a_phone_and_a_desk(page: str, site: str, browser: Chromium) -> None:
    tab = browser.open(f"{site}/{page}")
    everything = "[...document.querySelectorAll('body *:not(.skip)')]"
    for width in (320, 390, 768, 1200):
        tab.resize(width)
        assert tab.tell("document.documentElement.scrollWidth") == width
        assert tab.tell(f"{everything}.filter(e => e.getBoundingClientRect().right > innerWidth).length") == 0


def ground(tab: Tab) -> list[str]:
    """Give the colours of the ground, the words, and the lines of a drawing."""
    styles = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    lines = "[...document.querySelectorAll('path.plan, path.done')].map(e => getComputedStyle(e).stroke)"
    colours: list[str] = tab.tell(f"[...{styles}, ...{lines}]")
    return colours


def test_in_the_dark_every_colour_is_another_one_drawings_included(site: str, browser: Chromium) -> None:
    light, dark = (ground(browser.open(f"{site}/search/18.9.html", dark=dark)) for dark in (False, True))
    assert len(light) == len(dark) > 4
    assert [pair for pair in zip(light, dark, strict=True) if pair[0] == pair[1]] == []


def test_on_paper_it_is_black_on_white_without_ways_to_other_pages(site: str, browser: Chromium) -> None:
    tab = browser.open(f"{site}/search/18.9.html", dark=True, media="print")
    assert ground(tab)[:2] == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert tab.tell("[...document.querySelectorAll('nav')].filter(e => e.checkVisibility()).length") == 0
    assert tab.pdf().startswith(b"%PDF-")


def test_hostile_texts_are_text(site: str, browser: Chromium, folder: Path) -> None:
    words = {page: browser.open(f"{site}/{page}").tell("document.body.innerText") for page in PAGES}
    shown = " ".join(words.values())
    assert "<script>console.error('ran')</script>" in words["search/18.9.html"]
    assert '"><img src=http://evil.invalid/x.png onerror=console.error(1)>' in words["search/18.10.html"]
    assert "<svg/onload=console.error(2)>" in shown
    for page in PAGES:
        tab = browser.open((folder / page).as_uri())
        assert tab.tell("document.querySelectorAll('script, img, iframe, object, embed, form, [onload]').length") == 0
        assert (tab.asked, tab.said) == ([(folder / page).as_uri()], [])


def test_nothing_could_run_even_if_it_got_there(folder: Path, browser: Chromium, tmp_path: Path) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    bad = "<script>document.title = 'ran'</script><img src=http://127.0.0.1:9/x.png><p style='color: red' id=bad>x</p>"
    (tmp_path / "bad.html").write_text(text.replace("</main>", f"{bad}</main>"), encoding="utf-8")
    tab = browser.open((tmp_path / "bad.html").as_uri())
    assert tab.tell("document.title") == "Milestones"
    assert tab.tell("getComputedStyle(document.getElementById('bad')).color") != "rgb(255, 0, 0)"
    assert [said["entry"]["source"] for said in tab.said if "entry" in said] == ["security"] * 3


def test_every_way_leads_to_a_page(folder: Path, site: str, browser: Chromium) -> None:
    for page in PAGES:
        ways = browser.open(f"{site}/{page}").tell("[...document.links].map(a => a.href)")
        own = [way.removeprefix(f"{site}/").partition("#")[0] for way in ways if way.startswith(site)]
        assert own
        assert [way for way in own if not (folder / way).is_file()] == []


def test_ids_are_unique_and_whoever_refers_to_one_finds_it(site: str, browser: Chromium) -> None:
    for page in PAGES:
        tab = browser.open(f"{site}/{page}")
        ids = tab.tell("[...document.querySelectorAll('[id]')].map(e => e.id)")
        named = tab.tell(
            "[...document.querySelectorAll('[aria-labelledby]')].flatMap(e => e.ariaLabelledByElements.length)"
        )
        assert len(ids) == len(set(ids))
        assert 0 not in named


@pytest.mark.parametrize(("page", "width", "dark"), [*product(PAGES, (390,), (False, True)), (PAGES[2], 1200, False)])
@pytest.mark.skipif(not AXE, reason="axe-core is not here: PLANNING_BOT_AXE names its axe.min.js")
def test_axe_finds_nothing_serious(page: str, width: int, site: str, browser: Chromium, *, dark: bool) -> None:
    tab = browser.open(f"{site}/{page}", width=width, dark=dark)
    assert violations(tab) == []


@pytest.mark.skipif(not AXE, reason="axe-core is not here: PLANNING_BOT_AXE names its axe.min.js")
def test_axe_sees_what_it_is_to_find(browser: Chromium, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<!doctype html><title>x</title><img src='data:,'><p style='color:#ddd'>pale</p>"
    )
    assert {"html-has-lang", "image-alt", "color-contrast"} <= set(
        violations(browser.open((tmp_path / "bad.html").as_uri()))
    )


def violations(tab: Tab) -> list[str]:
    """Name the rules that axe-core finds broken, of those that keep somebody out."""
    tab.tell(Path(AXE).read_text(encoding="utf-8") + ";0")
    found: list[dict[str, Any]] = tab.tell("axe.run().then(found => found.violations)")
    return [one["id"] for one in found if one["impact"] in SERIOUS]
