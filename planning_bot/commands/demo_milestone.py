"""What happens in the demo once the milestone is planned: people work, another bot cleans up, Slack is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning_bot.sandbox.story import CHANNEL, GROUP, KEEPER, MANAGER, PRODUCT, PROJECTS

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

CHART = "say-do.png"
_DELIVERABLE, _MISSED = "Deliverable", "missed-deliverable"
_IN_DEV, _IN_REVIEW, _BLOCKED = "workflow::in dev", "workflow::in review", "workflow::blocked"
_LATE, _PROMISED_AGAIN = "Fuzzy matching for identifiers", "Filter results by language"
_TAKEN_OFF, _TOO_LARGE = "Remove the feature flag of streamed results", "Filters as a drawer on small screens"

# When, who, what becomes of it, title; in the order in which it happens.
_END_OF_18_9 = """
02-10 | ana.ferreira | closed | Search within one directory
02-11 | emily.carter | closed | Announce result counts to screen readers
02-12 | priya.nair   | closed | Index comments on design documents
02-13 | jonas.weber  | closed | Back-pressure when the indexer falls behind
"""
_TWO_WEEKS = f"""
02-17 | priya.nair   | {_IN_DEV}    | Search by commit author
02-17 | jonas.weber  | {_IN_DEV}    | Exclude archived projects from the index
02-18 | emily.carter | {_IN_DEV}    | Show recent searches in the search box
02-19 | {PRODUCT} | added | {_LATE}
02-20 | kenji.sato   | closed       | Relevance regression tests on a fixed corpus
02-23 | ana.ferreira | closed       | Wrong result count behind page ten
02-24 | emily.carter | closed       | Highlight colours fail the contrast check
02-24 | {MANAGER} | taken off | {_TAKEN_OFF}
02-25 | jonas.weber  | closed       | Index deletion leaves orphaned segments
02-25 | lucas.martin | weight 5     | {_TOO_LARGE}
02-25 | priya.nair   | {_IN_DEV}    | Leaked project names in suggestions
02-26 | emily.carter | {_IN_REVIEW} | Show recent searches in the search box
02-26 | priya.nair   | {_IN_REVIEW} | Search by commit author
02-26 | jonas.weber  | {_IN_DEV}    | {_LATE}
02-27 | lucas.martin | {_BLOCKED}   | {_PROMISED_AGAIN}
"""
_THE_REST = f"""
03-02 | emily.carter | closed    | Show recent searches in the search box
03-03 | priya.nair   | closed    | Search by commit author
03-05 | lucas.martin | {_IN_DEV} | {_TOO_LARGE}
03-06 | jonas.weber  | closed    | Exclude archived projects from the index
03-10 | priya.nair   | closed    | Leaked project names in suggestions
03-11 | lucas.martin | closed    | Copy a link to a single result
03-12 | emily.carter | closed    | /close @all <img src=x onerror=alert(1)> [x](//e)
03-13 | jonas.weber  | closed    | {_LATE}
"""
_EFFECTS: dict[str, dict[str, Any]] = {  # anything else is a label to add
    "closed": {"state_event": "close"},
    "added": {"add_labels": [_DELIVERABLE]},
    "taken off": {"remove_labels": [_DELIVERABLE], "milestone": "18.11"},
    "weight 5": {"weight": 5},
}


def end_the_one_before(box: Sandbox) -> None:
    """Finish part of 18.9; another bot moves the rest, and one issue of it is promised again. The freeze passes."""
    _work(box, _END_OF_18_9)
    again = ("Relevance regression tests on a fixed corpus", _PROMISED_AGAIN)
    for title in (*again, "Search answers 500 for an emoji alone"):
        _clean_up(box, title, "02-14", missed="18.9", following="18.10")
    for title in again:
        _edit(box, title, "02-16", MANAGER, add_labels=[_DELIVERABLE])
    box.now = _at("02-17", "08:00")


def work_two_weeks(box: Sandbox) -> str:
    """Work as teams do; the plan changes twice meanwhile, and one issue turns out larger."""
    _work(box, _TWO_WEEKS)
    box.now = _at("02-27", "16:00")
    return (
        f"19 Feb  Mira adds late: {_LATE}\n"
        f"24 Feb  Tomas takes off: {_TAKEN_OFF}\n"
        f"25 Feb  Lucas weighs it 5 now, not 3: {_TOO_LARGE}\n"
        f"27 Feb  Lucas is blocked: {_PROMISED_AGAIN}"
    )


def work_on_until_it_is_over(box: Sandbox) -> None:
    """Work on; the due date passes."""
    _work(box, _THE_REST)
    box.now = _at("03-14", "09:00")


def clean_up_as_another_bot(box: Sandbox) -> str:
    """Label, strip and move two of the missed deliverables, as other automation does."""
    box.now = _at("03-15", "09:00")
    box.gitlab.add_label(GROUP, "missed:18.10", color="#C21E56")
    titles = (_TOO_LARGE, "Tune the garbage collector of the index nodes")
    for title in titles:
        _clean_up(box, title, "03-15", missed="18.10", following="18.11")
    return f"{', '.join(titles)}:\n+missed:18.10 +{_MISSED} -{_DELIVERABLE}, and on to 18.11"


def read_slack(box: Sandbox) -> str:
    """Give the channel's last message as people see it, and put the chart that hangs on it into the folder."""
    message = [one for one in box.slack.messages(CHANNEL) if one["blocks"]][-1]
    texts = (text for block in message["blocks"] for text in (block.get("text"), *block.get("elements", ())))
    shown = [text["text"] for text in texts if text]
    (picture,) = [file for file in box.slack.files if file["is_complete"]]
    Path(CHART).write_bytes(picture["content"])
    text = re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", "\n".join(shown))
    quoted = "\n".join(f"| {line}".rstrip() for line in unescape(text).splitlines())
    history = str(picture["alt_txt"]).replace("; ", "\n|   ")
    return f"{quoted}\n| In its thread, a chart: {picture['title']}\n|   {history}"


def _work(box: Sandbox, table: str) -> None:
    for line in table.strip().splitlines():
        day, who, what, title = (cell.strip() for cell in line.split("|", 3))
        _edit(box, title, day, who, **_EFFECTS.get(what, {"add_labels": [what]}))


def _clean_up(box: Sandbox, title: str, day: str, *, missed: str, following: str) -> None:
    changes: dict[str, Any] = {"add_labels": [f"missed:{missed}", _MISSED], "remove_labels": [_DELIVERABLE]}
    _edit(box, title, day, KEEPER, "03:00", milestone=following, **changes)


def _edit(box: Sandbox, title: str, day: str, who: str, clock: str = "11:00", **changes: Any) -> None:
    places = ((project, issue) for project in PROJECTS.values() for issue in box.gitlab.issues(project))
    project, number = next((project, issue["iid"]) for project, issue in places if issue["title"] == title)
    at = _at(day, clock)
    box.now = at
    box.gitlab.edit_issue(project, number, by=who, at=at, **changes)


def _at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=UTC)
