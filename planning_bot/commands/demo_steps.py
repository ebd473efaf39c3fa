"""The demo's steps, from the opening of a milestone to its end: what is typed, and what people do meanwhile.

A further command is a further line in STEPS; a further deed of a person's is a function below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning_bot.commands import demo_milestone as milestone
from planning_bot.sandbox.story import GROUP, PLANNING, SHEET

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.sandbox import Sandbox

TITLE = "Search 18.10 Planning"
THEMES = "1. Search by commit author\n1. Filters that fit a small screen\n1. No query waits longer than a second"
BOARD = "Search: Next 1-3 releases"
TRIED = "ana.ferreira=2026-03-02..2026-03-06"


@dataclass(frozen=True)
class Typed:
    """A command that somebody types, and the exit code that it has to end with."""

    sentence: str
    line: str
    exits: int = 0
    known: bool = False  # the reader has seen this plan: it is folded

    @property
    def arguments(self) -> list[str]:
        """What stands after `planning-bot`, word by word."""
        return self.line.split()


@dataclass(frozen=True)
class Done:
    """Something that a person does in GitLab, or looks at there: what `act` gives is shown."""

    sentence: str
    act: Callable[[Sandbox], str | None]


def planning_issue(box: Sandbox) -> dict[str, Any]:
    """Give the planning issue of the milestone that is being planned."""
    return next(issue for issue in box.gitlab.issues(PLANNING) if issue["title"] == TITLE)


def _write_themes(box: Sandbox) -> None:
    issue = planning_issue(box)
    description, count = re.subn(r"(?m)^1\.\n1\.\n1\.$", THEMES, issue["description"])
    assert count == 1, "the template offers three empty themes"
    box.gitlab.edit_issue(PLANNING, issue["iid"], by="mira.lindqvist", description=description)


def _read_themes(box: Sandbox) -> str:
    found = re.search(r"## Themes\n+(.*?)\s*<!--", planning_issue(box)["description"], re.DOTALL)
    assert found, "the themes have a heading of their own"
    return found[1]


def _make_board(box: Sandbox) -> None:
    box.gitlab.add_board(GROUP, BOARD, lists=["workflow::design"])


def _add_list(box: Sandbox) -> None:
    board = next(board for board in box.gitlab.boards(GROUP) if board["name"] == BOARD)
    box.gitlab.add_list(GROUP, board["id"], "customer")


def _take_time_off(box: Sandbox) -> str:
    assert box.now
    box.now += timedelta(days=4)
    line = "emily.carter,2026-02-18,2026-02-20"
    with Path("config/pto/search.csv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return line


def _read_changes(box: Sandbox) -> str:
    found = re.search(r"(?m)^\*\*Changed.*$", planning_issue(box)["description"])
    assert found, "the capacity was posted before"
    return found[0]


def _read_tab(box: Sandbox) -> str:
    header, *rows = box.sheets.rows(SHEET, "Capacity 18.10")
    columns = [header.index(name) for name in ("username", "available_days", "capacity_weight", "remaining_weight")]
    return "\n".join(" | ".join(str(row[column]) for column in columns) for row in (header, *rows))


STEPS: tuple[Typed | Done, ...] = (
    Typed("Is the configuration right? This asks no server.", "check"),
    Typed("What would it write? A dry run sends nothing but reads.", "create-issue --dry-run"),
    Typed("Open the milestone: the planning issue is created.", "create-issue --apply", known=True),
    Typed("Run again, it finds its issue, and changes nothing.", "create-issue --apply"),
    Done("Mira, the product manager, writes the themes into the issue.", _write_themes),
    Typed("Another run leaves what people wrote as it is.", "create-issue --apply"),
    Done("The themes, as they stand in the issue now:", _read_themes),
    Done(f"Tomas has made one of the boards by hand: {BOARD}.", _make_board),
    Typed("Plan the boards, and save the plan for review.", "boards --out plan.json"),
    Done("While the plan is being reviewed, Dana adds a list to that board: customer.", _add_list),
    Typed("The plan is stale now. It is refused as a whole.", "apply plan.json", exits=3),
    Typed("Plan anew. Dana's list stays.", "boards --out plan.json", known=True),
    Typed("This one was reviewed, and is carried out as it stands.", "apply plan.json"),
    Typed("The planning issue links its boards. Nothing is left to do.", "create-issue --apply"),
    Typed("Which candidates cannot be planned yet? It goes into the planning issue.", "readiness --apply", known=True),
    Typed("Run again, it finds everything told.", "readiness --apply", known=True),
    Typed(
        "What can the team carry? Into the planning issue, and into the team's Sheet.", "capacity --apply", known=True
    ),
    Typed("What if Ana took another week off? This is only tried.", f"capacity --dry-run --what-if {TRIED}"),
    Done("Four days later Emily takes three days off: a line more in pto/search.csv.", _take_time_off),
    Typed("It is counted again.", "capacity --apply", known=True),
    Done("The planning issue says what changed, and against what; never why:", _read_changes),
    Typed("And once more. Nothing is left to do.", "capacity --apply", known=True),
    Done("The tab in the team's Sheet, in part:", _read_tab),
    Typed("What does the team commit to? Each candidate has its reason.", "deliverables --apply", known=True),
    Done("18.9 ends; 18.10 begins. Tomas promises two again that slipped.", milestone.end_the_one_before),
    Done("Two weeks of work. And:", milestone.work_two_weeks),
    Typed("How far has it come? To the planning issue, and to Slack.", "status --apply", known=True),
    Done("Two more weeks; the due date passes.", milestone.work_on_until_it_is_over),
    Typed("What was said, and what was done? It is counted from events.", "say-do --apply", known=True),
    Done("At night another bot, milestone-keeper, cleans up, and is not done:", milestone.clean_up_as_another_bot),
    Typed("The labels have changed, what happened has not: the same answer.", "say-do --apply"),
    Typed("What is left is labelled and moved on; how it ended is remembered.", "close --apply", known=True),
    Typed("Run again, it changes nothing.", "close --apply"),
    Typed("Nor does the answer change.", "say-do --apply"),
    Typed("A daily pipeline needs one command: it does what is due, and remembers it.", "run --apply", known=True),
    Typed("Nothing else is due today.", "run --apply"),
    Typed("And for whoever looks at no tracker, all of it as a site.", "report"),
    Done("What Mira wrote in January still stands:", _read_themes),
    Done("And this is what the team read in Slack, in #team-search:", milestone.read_slack),
)
