"""Which labels of a group mean what: its own words for ready, in development, blocked and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Words that teams use, after the last `::` of a label; what the program calls it by default comes first.
WORDS = {
    "Deliverable": r"deliverables?|commit(ted|ment)",
    "Planning Issue": r"planning issues?",
    "workflow::problem validation": r"problem validation|triage",
    "workflow::design": r"(in )?design",
    "workflow::solution validation": r"solution validation",
    "workflow::planning breakdown": r"planning breakdown|(needs )?refinement|to refine",
    "workflow::ready for development": r"ready|ready (for|to) .+|to[ -]?do|selected( for development)?",
    "workflow::in dev": r"in dev(elopment)?|in progress|doing|wip|implementing",
    "workflow::in review": r"(in |under |code )?review",
    "workflow::awaiting security release": r"awaiting .+ release|verif(y|ication)|staging|testing|qa",
    "workflow::blocked": r"blocked|on hold|stalled|impeded",
    "planning priority": r"(planning|pm) priority",
    "spike": r"spike|research|investigation",
    "security": r"security",
    "missed-deliverable": r"missed[- :]deliverable",
    "type::bug": r"bugs?|defect",
    "type::maintenance": r"maintenance|tech(nical)?[- ]debt|chore",
    "type::feature": r"features?|enhancement",
}
STAGES_OF_BUILD = (
    "workflow::ready for development",
    "workflow::in dev",
    "workflow::in review",
    "workflow::awaiting security release",
    "workflow::blocked",
)
STAGES_OF_NEXT = (
    "workflow::problem validation",
    "workflow::design",
    "workflow::solution validation",
    "workflow::planning breakdown",
    "workflow::ready for development",
)
TYPES = ("type::bug", "type::maintenance", "type::feature")
_TEAM = re.compile(r"(group|team|squad)(::|/|:)[^:/]+", re.IGNORECASE)
_ORGANISATION = re.compile(r"(devops|section|stage|department|division)::.+", re.IGNORECASE)
_PRIORITY = re.compile(r"(priority|prio|p)(::|:| )?[0-9]+", re.IGNORECASE)
_MANY = 0.9
_FEW = 5


def find(labels: Sequence[str], meaning: str) -> str | None:
    """Find the label that means this: by its usual name, else in other case, else by the words that others use."""
    if meaning in labels:
        return meaning
    same = [name for name in labels if name.casefold() == meaning.casefold()]
    others = [name for name in labels if re.fullmatch(WORDS[meaning], last_part(name), re.IGNORECASE)]
    return next(iter([*same, *sorted(others, key=len)]), None)


def find_all(labels: Sequence[str], meanings: Sequence[str]) -> tuple[str, ...]:
    """Find the labels of several meanings, each once, in this order."""
    return tuple(dict.fromkeys(name for meaning in meanings if (name := find(labels, meaning))))


def of_teams(labels: Sequence[str]) -> tuple[str, ...]:
    """Name the labels that look like a team's: those of the scope group, else of team or squad."""
    found = [name for name in labels if _TEAM.fullmatch(name)]
    return tuple([name for name in found if name.startswith("group::")] or found)


def priorities(labels: Sequence[str]) -> tuple[str, ...]:
    """Name the labels of priority, 1 before 2 and 10."""
    found = [name for name in labels if _PRIORITY.fullmatch(name)]
    return tuple(sorted(found, key=lambda name: int(re.sub(r"\D", "", name))))


def organisational(labels: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """Name the labels of the organisation that nearly all issues have, of enough issues to tell."""
    if len(labels) < _FEW:
        return ()
    named = sorted({name for each in labels for name in each if _ORGANISATION.fullmatch(name)})
    return tuple(name for name in named if sum(name in each for each in labels) >= _MANY * len(labels))


def last_part(label: str) -> str:
    """Give a label without its scope: `ready` of `workflow::ready`."""
    return re.split(r"::|[:/]", label)[-1].strip()
