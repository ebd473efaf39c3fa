"""Promise 8: text is data, whoever wrote it, wherever it goes: some four hundred texts in every place, end to end.

A commit plays some of the worlds of `hostile_world`, a night so many that each text stands in each place once.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from google.auth import _exponential_backoff

from planning_bot.domain.close import CloseResult, MovedOn
from planning_bot.domain.readable_json import readable_json
from planning_bot.domain.run import TeamReport
from planning_bot.rendering.escaping import cell, code, markdown, plain, slack, terminal, terminal_line
from planning_bot.rendering.results import result_markdown
from planning_bot.rendering.views import result_text
from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.quick_actions import COMMANDS
from tests.promises.hostile_texts import EVERY, LONG, QUICK_ACTIONS, SURROGATES
from tests.promises.hostile_world import ENDS, KEY_FILE, PEOPLE, PLANS, World, open_world, stored
from tests.support import BOT, PM, PROJECT, STRANGER, TOKEN, Desk, Ran
from tests.support import world as world_of_support

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning_bot.sandbox.connection import Response
    from tests.promises.conftest import Tally
    from tests.support import FakeClock

TITLES = 40
SLOW = ("one line more than a page", "a megabyte of what is escaped")  # for the pretend GitLab to parse
DAILY, NIGHTLY = 2, 40  # by night each text is a title four times, and stands in some four other places
FORMS = ("text", "markdown", "json")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
SECTION_OF_A_LOG = re.compile(r"^\s*section_(?:start|end):|section_(?:start|end):\d+:[^\r\n]*\r", re.MULTILINE)
MARKER = re.compile(r"^<!-- planning-bot:.*", re.MULTILINE)  # elsewhere in a line it is none
OWN_MARKER = re.compile(
    r"<!-- planning-bot:(?: (?:planning-issue|record) team=search milestone=\d+"
    r"|begin [a-z-]+ [0-9a-f]{12}|end [a-z-]+|data \{.*\}) -->"
)


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock, request: pytest.FixtureRequest
) -> Iterator[World]:
    """Give one of the worlds."""
    monkeypatch.setattr(_exponential_backoff, "time", clock)
    with open_world(tmp_path, clock, request.param, TITLES) as found:
        yield found


@pytest.mark.parametrize(
    "world", [n if n < DAILY else pytest.param(n, marks=pytest.mark.nightly) for n in range(NIGHTLY)], indirect=True
)
def test_text_is_data_wherever_it_comes_from_and_wherever_it_goes(world: World, tally: Tally) -> None:
    for line in PLANS:
        play(world, line)
    world.after_the_milestone()
    for line in ENDS:
        play(world, line)
    harmless_in_gitlab(world)
    harmless_in_the_report(world)
    harmless_in_slack(world)
    harmless_in_the_sheet(world)
    for what, number in (("worlds", 1), ("texts in places of them", len(world.placed)), ("titles", len(world.titles))):
        for _ in range(number):
            tally(what)


def play(world: World, line: str) -> None:
    """Save a plan, apply it; the second run finds nothing to do. Each world says it in another format."""
    desk, plan = world.desk, str(world.desk.folder / "plan.json")
    words = line.split()
    for turn, command in enumerate(([*words, "--out", plan], ["apply", plan], [*words, "--apply"])):
        form = FORMS[(world.number + (PLANS + ENDS).index(line) + turn) % 3]
        ran = desk.run(*command, "--format", form, "-vv")
        assert ran.code == 0, (line, ran.out, ran.err)
        harmless_at_a_terminal(ran)
        if form == "json":
            assert json.loads(ran.out)["teams"]
    for file in world.desk.folder.rglob("*.json*"):
        if file.name != KEY_FILE:
            assert UNSEEN.findall(file.read_text(encoding="utf-8")) == []
    assert [sent for sent in ran.sent if sent[1] != "/token"] == [], line
    assert world.box.gitlab.executed_quick_actions == [], line


def harmless_at_a_terminal(ran: Ran) -> None:
    said = ran.out + ran.err
    assert [line for line in said.split("\n") if UNSEEN.search(line)] == []
    assert SECTION_OF_A_LOG.findall(said) == []


def harmless_in_gitlab(world: World) -> None:
    """What the program wrote there mentions nobody whom the configuration does not name, and marks nothing else."""
    written = [issue["description"] for issue in world.box.gitlab.issues(PROJECT)]
    for number in range(1, len(written) + 1):
        notes = world.box.gitlab.notes(PROJECT, number)
        written += [note["body"] for note in notes if note["author"]["username"] == BOT]
    assert len(written) >= 4
    for text in written:
        assert [one for one in MARKER.findall(text) if not OWN_MARKER.fullmatch(one)] == []
        begun, ended = (
            re.findall(rf"^<!-- planning-bot:{word} ([a-z-]+)", text, re.MULTILINE) for word in ("begin", "end")
        )
        assert sorted(set(begun)) == sorted(begun) == sorted(ended)
        assert [
            name for name in re.findall(r"^[^\w\\]*/(\w+)", text, re.MULTILINE) if name.lower() in QUICK_ACTIONS
        ] == []
        assert UNSEEN.findall(text) == []
        spoken = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        assert set(re.findall(r"(?<!\\)@(\w+)", spoken)) <= set(PEOPLE)
        assert re.findall(r"(?<!\\)!\[|(?<!\\)<(?!/?(?:details|summary)\b|!-- planning-bot:)", spoken) == []
        assert {url for url in re.findall(r"(?<!\\)\]\(([^)]*)\)", spoken) if not url.startswith(world.box.url)} <= {
            "#"
        }


class Tags(HTMLParser):
    """Notes what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.found.append((tag, dict(attrs)))


def harmless_in_the_report(world: World) -> None:
    """Its pages run nothing, load nothing, and lead to GitLab or to one another."""
    folder = world.desk.folder / "site"
    ran = world.desk.run("report", str(folder))
    assert ran.code == 0, ran.err
    harmless_at_a_terminal(ran)
    pages = [page.read_text(encoding="utf-8") for page in folder.rglob("*.html")]
    assert len(pages) > 2
    for page in pages:
        assert UNSEEN.findall(page) == []
        tags = Tags()
        tags.feed(page)
        assert {tag for tag, _ in tags.found}.isdisjoint({"script", "iframe", "img", "object", "embed", "base", "form"})
        names = {name for _, attributes in tags.found for name in attributes}
        assert [name for name in names if name.startswith("on") or name in {"src", "srcset", "action"}] == []
        links = [str(attributes["href"]) for _, attributes in tags.found if "href" in attributes]
        assert [link for link in links if ":" in link and not link.startswith((world.box.url, "data:,"))] == []


def harmless_in_slack(world: World) -> None:
    """The pretend Slack refuses what is too long or malformed; what it took alerts nobody and links to GitLab alone."""
    messages = world.box.slack.messages("C0SEARCH01")
    assert len(messages) >= 2
    for message in messages:
        assert message["alerts"] == []
        assert [link for link in message["links"] if not link.startswith(world.box.url)] == []
        assert UNSEEN.findall(json.dumps(message["blocks"], ensure_ascii=False) + message["text"]) == []


def harmless_in_the_sheet(world: World) -> None:
    bodies: list[Any] = [sent.body for sent in world.box.requests if sent.path.endswith("values:batchUpdate")]
    assert bodies
    assert {body["valueInputOption"] for body in bodies} == {"RAW"}
    formulas = [
        cell for tabs in world.box.sheets.dump().values() for rows in tabs.values() for row in rows for cell in row
    ]
    assert [cell for cell in formulas if str(cell).startswith("=") and cell not in EVERY] == []


def test_the_pretend_gitlab_knows_the_quick_actions_that_are_documented() -> None:
    assert set(QUICK_ACTIONS) >= COMMANDS
    assert len(QUICK_ACTIONS) == len(set(QUICK_ACTIONS)) > 90


def test_there_are_enough_texts() -> None:
    assert len(EVERY) >= 200


# Long texts, and halves of characters


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.nightly) if n in SLOW else n for n in LONG])
def test_a_long_text_costs_neither_the_plan_nor_the_time(desk: Desk, name: str) -> None:
    text, gitlab = LONG[name], desk.box.gitlab
    assert desk.run("create-issue", "--apply").code == 0
    page = gitlab.issue(PROJECT, 1)["description"]
    gitlab.edit_issue(PROJECT, 1, by=PM, description=f"{page}\n\n{text}"[:1_048_576])
    gitlab.add_note(PROJECT, 1, STRANGER, text)
    gitlab.add_note(PROJECT, 1, PM, f"<!-- planning-bot: record team=search milestone=3 -->\n{text}")
    labels = ["Planning Issue", "group::search"]
    gitlab.add_issue(PROJECT, stored(text), author=STRANGER, description=text, labels=labels, milestone="18.10")
    gitlab.executed_quick_actions.clear()
    begun = time.process_time()
    for command in ("create-issue", "readiness", "capacity"):
        assert desk.run(command, "--apply").code == 0
        assert desk.run(command, "--apply").sent == []
    assert time.process_time() - begun < 30
    assert gitlab.executed_quick_actions == []
    assert text.strip()[:50_000] in gitlab.issue(PROJECT, 1)["description"]


class Broken(Sandbox):
    """Servers that send halves of characters, which no text can hold: each stands for one of the private use area."""

    def _carry_out(self, *request: Any) -> Response:
        response = super()._carry_out(*request)
        body = re.sub(rb"\xee\x80([\x80-\x84])", lambda one: HALVES[one[1][0] - 0x80], response.body)
        return replace(response, body=body)


HALVES = [json.dumps(text).strip('"').encode() for text in SURROGATES]


def test_half_a_character_from_a_server_is_told_as_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("PLANNING_BOT_STATE", str(tmp_path))
    with Broken(now=datetime(2026, 1, 31, 9, tzinfo=UTC)) as box:
        world_of_support(box)
        desk = Desk(box, tmp_path, clock)
        desk.configure()
        for number in range(len(HALVES)):
            half = chr(0xE000 + number)
            box.gitlab.add_label("acme", f"label {half}")
            box.gitlab.add_user(f"user{number}", f"name {half}")
            box.gitlab.add_milestone("acme", f"milestone {half}")
            labels = ["group::search", f"label {half}"]
            box.gitlab.add_issue(
                PROJECT, half, author=f"user{number}", description=half, labels=labels, milestone="18.10"
            )
        box.gitlab.executed_quick_actions.clear()
        for line, form in itertools.product(("create-issue", "boards", "readiness", "capacity", "deliverables"), FORMS):
            for command in ([*line.split(), "--out", str(tmp_path / "plan.json")], [*line.split(), "--apply"]):
                ran = desk.run(*command, "--format", form, "-vv")
                assert ran.code == 0, (line, ran.err)
                harmless_at_a_terminal(ran)
                (ran.out + ran.err).encode()
        assert ran.sent == []
        assert box.gitlab.executed_quick_actions == []


# Each filter by itself


@pytest.mark.parametrize("texts", [EVERY, tuple(LONG.values()), SURROGATES], ids=["every", "long", "halves"])
def test_every_filter_makes_every_text_harmless(texts: tuple[str, ...], tally: Tally) -> None:
    for text in texts:
        for safe in (plain(text), markdown(text), code(text), slack(text), terminal_line(text)):
            assert UNSEEN.findall(safe) == []
            assert "\n" not in safe
        assert UNSEEN.findall(terminal(text)) == []
        assert not markdown(text).startswith("/")
        assert not re.search(r"(?<!\\)(\\\\)*[@<\[!&#~%|`]", markdown(text))
        assert not re.search(r"[<>`]|&(?!amp;|lt;|gt;)", slack(text))
        assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert json.loads(readable_json(text)) == text
        assert UNSEEN.findall(readable_json(text)) == []
        tally("texts through each filter")


def test_a_result_in_columns_is_harmless_in_every_format() -> None:
    moved = tuple(MovedOn(f"acme/search/engine#{number}", text) for number, text in enumerate(EVERY))
    result = CloseResult(missed=(), moved=moved, left_alone=())
    for told in (result_markdown(result), result_text(TeamReport("search", None, result), lambda text, _: text)):
        assert UNSEEN.findall(told) == []
        assert len(told.split("\n")) <= len(EVERY) + 4
    assert result_markdown(result).count("```") == 2
