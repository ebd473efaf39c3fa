"""The planning issue as people get it: the templates that are shipped, filled with whatever stands in the tracker."""

# ruff: noqa: RUF001 - the page has en dashes between its dates

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from planning_bot.domain.sections import SectionState, find_section
from planning_bot.planners.create_issue import plan_create_issue
from planning_bot.planners.planning_sections import FILLED_LATER
from planning_bot.rendering.escaping import plain
from tests.builders import World, board, dated, snapshot, team, words
from tests.rendering.hostile import any_text, kinds, tokens

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.snapshot import Snapshot

SECTIONS = ("overview", "links", "timeline", *FILLED_LATER)


def page(seen: Snapshot, team: Team) -> str:
    (change, *_) = plan_create_issue(seen, team, words())[1].changes
    description: str = change.after.description
    return description


@cache
def opened() -> World:
    """Give a project in which the planning issue of 18.9 was opened."""
    return World().after(plan_create_issue(World().seen("18.9"), team(), words())[1])


@cache
def harmless() -> str:
    return page(World().seen(), team())


def hostile_team(text: str) -> Team:
    """Give a team with the text in every name that people may choose, where the configuration lets them."""
    try:
        return team(
            name=text,
            counterparts={text: "ana"},
            members=[{"username": "ana", "name": text}],
            gitlab={"group": "acme/search", "label": text},
            deliverables={"label": text},
            boards={"planning": {"name": "{{ team.name }}"}},
        )
    except (ValidationError, ValueError):
        return team()


def test_the_page_of_a_milestone() -> None:
    text = page(World().seen(), team(counterparts={"Designer": "ana"}))
    overview, links, timeline = (find_section(text, name).text for name in SECTIONS[:3])

    assert (
        overview
        == """\
| Search | 18.10 |
|---|---|
| **Milestone** | Sat 14 Feb 2026 – Fri 13 Mar 2026 |
| **Working days** | 20 weekdays in 4 weeks, before holidays and time off |
| **Product manager** | @mira |
| **Engineering manager** | @tomas |
| **Designer** | @ana |
| **Engineers** | Ana Ferreira, Kenji Sato |"""
    )
    assert (
        links
        == """\
**Boards:** none yet, `planning-bot boards` makes them

**Planning issues:** no earlier one ← **18.10** → no later one yet"""
    )
    assert timeline
    assert "| Sat 31 Jan 2026 | The planning issue opens: themes and goals |" in timeline
    assert "| every Monday | Status of the build |" in timeline


def test_a_page_links_its_boards_and_its_neighbours() -> None:
    world = World()
    for title in ("18.9", "18.11"):
        world = world.after(plan_create_issue(world.seen(title), team(), words())[1])
    boards = (board(), board("Search: Build 18.10", 32))

    links = find_section(page(world.seen(boards=boards), team()), "links").text

    first, second = world.issues
    assert (
        links
        == f"""\
**Boards:** [Search: Planning 18.10]({boards[0].web_url}) · [Search: Build 18.10]({boards[1].web_url})

**Planning issues:** [Search 18.9 Planning]({first.web_url}) ← **18.10** → [Search 18.11 Planning]({second.web_url})"""
    )


@any_text
def test_no_text_of_the_tracker_or_the_configuration_is_more_than_text_on_the_page(text: str) -> None:
    world = opened().with_issue(1, title=text)
    seen = replace(world.seen(boards=(replace(board(), name=text),)), milestone=replace(dated(), title=text))

    source = page(seen, hostile_team(text))

    assert not [line for line in source.split("\n") if re.match(r"\s*/\w", line)]
    assert {find_section(source, name).state for name in SECTIONS} == {SectionState.OURS}
    assert kinds(source).count("html_block") == kinds(harmless()).count("html_block")
    assert not {"image", "html_inline", "code_block"} & set(kinds(source))
    links = [str(token.attrs["href"]) for token in tokens(source) if token.type == "link_open"]
    assert [link for link in links if not link.startswith("https://gitlab.test/")] == []
    prose = re.sub(r"(?s)```.*?```|\\\\|\\@", "", source)
    assert set(re.findall(r"@[\w.-]*", prose)) <= {"@mira", "@tomas", "@ana"}


@any_text
def test_the_title_of_an_issue_is_one_line_of_plain_text(text: str) -> None:
    (change,) = plan_create_issue(snapshot(milestone=replace(dated(), title=text)), team(), words())[1].changes

    assert change.after.title == plain(f"Search {text} Planning")
