"""Promise 4: it never overwrites a person, whenever they edit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox import Fault
from tests.promises.cases import CASES
from tests.support import PM, PROJECT, STRANGER, Desk, end_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.promises.stage import Stage

every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)


@dataclass(frozen=True)
class Edit:
    """What a person does to an issue while the program runs, and how one sees that it is still there."""

    name: str
    change: Callable[[dict[str, Any]], dict[str, Any]]
    survives: Callable[[dict[str, Any]], bool]

    def __str__(self) -> str:
        return self.name


def _in_section(description: str, text: str | None, *, markers: bool = True) -> str:
    """Rewrite the first section of a description: add a text to it, or leave nothing, or take its markers as well."""
    found = re.search(
        r"(<!-- planning-bot:begin links .*?-->\n)(.*?)(\n<!-- planning-bot:end links -->)", description, re.DOTALL
    )
    if found is None:
        return f"{description}\n{text or ''}"
    begin, inside, end = found.groups()
    new = begin + (f"{inside}\n{text}\n" if text else "") + end if markers else ""
    return description.replace(found[0], new)


WORDS = "A person wrote this."
EDITS = [
    Edit("title", lambda _: {"title": "Ours"}, lambda issue: issue["title"] == "Ours"),
    Edit(
        "description",
        lambda issue: {"description": f"{issue['description']}\n\n{WORDS}"},
        lambda issue: WORDS in issue["description"],
    ),
    Edit(
        "section",
        lambda issue: {"description": _in_section(issue["description"], WORDS)},
        lambda issue: WORDS in issue["description"],
    ),
    Edit(
        "section-emptied",
        lambda issue: {"description": _in_section(issue["description"], None)},
        lambda issue: issue["description"].count("planning-bot:begin links") <= 1,
    ),
    Edit("label-put-on", lambda _: {"add_labels": ["Sync Meeting"]}, lambda issue: "Sync Meeting" in issue["labels"]),
    Edit(
        "label-taken-off",
        lambda _: {"remove_labels": ["Planning Issue"]},
        lambda issue: "Planning Issue" not in issue["labels"],
    ),
    Edit("milestone", lambda _: {"milestone": "Backlog"}, lambda issue: issue["milestone"]["title"] == "Backlog"),
    Edit("assignee", lambda _: {"assignees": ["ana"]}, lambda issue: issue["assignees"][0]["username"] == "ana"),
    Edit("closed", lambda _: {"state_event": "close"}, lambda issue: issue["state"] == "closed"),
]


def _survives(stage: Stage, edit: Edit, boundary: Fault) -> None:
    """Run while a person edits at that boundary, then twice more: the edit is still there."""
    number, gitlab = stage.case.edited or 0, stage.desk.box.gitlab
    stage.reset()
    boundary.before = lambda: gitlab.edit_issue(
        PROJECT, number, by=STRANGER, **edit.change(gitlab.issue(PROJECT, number))
    )
    stage.desk.box.fail(boundary)
    for _ in range(2):
        ran = stage.run()
        what = (boundary.nth, boundary.path, ran.code, ran.err)
        assert ran.code in {0, 2, 3}, what
        assert edit.survives(gitlab.issue(PROJECT, number)), what
    assert boundary.seen, what
    assert stage.run().sent == []


def _edits(stage: Stage, edit: Edit) -> bool:
    return not (edit.name == "label-taken-off" and stage.case.name == "adopt")  # which has no such label yet


@pytest.mark.parametrize("edit", EDITS, ids=str)
@every_case
def test_what_a_person_edits_up_to_the_re_read_survives(stage: Stage, edit: Edit) -> None:
    right_before = Fault(method="GET", path=f"/issues/{stage.case.edited}$")
    for boundary in [Fault(nth=1), Fault(nth=stage.gathered), right_before]:
        if _edits(stage, edit):
            _survives(stage, edit, boundary)


@pytest.mark.nightly
@pytest.mark.parametrize("edit", EDITS, ids=str)
@every_case
def test_what_a_person_edits_at_any_request_of_the_gathering_survives(stage: Stage, edit: Edit) -> None:
    for at in range(2, stage.gathered):
        if _edits(stage, edit):
            _survives(stage, edit, Fault(nth=at))


def test_a_section_that_a_person_emptied_is_written_anew_and_one_without_markers_is_left_out(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    written = desk.box.gitlab.issue(PROJECT, 1)["description"]
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=_in_section(written, None))
    assert desk.run("create-issue", "--apply").code == 0
    assert desk.box.gitlab.issue(PROJECT, 1)["description"] == written
    without = _in_section(written, None, markers=False)
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=without)
    assert desk.run("create-issue", "--apply").sent == []
    assert desk.box.gitlab.issue(PROJECT, 1)["description"] == without


def test_what_a_person_took_off_is_not_put_on_again(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, remove_labels=["Planning Issue"], milestone=None, assignees=[])
    before = end_state(desk.box)
    assert desk.run("create-issue", "--apply").code == 0
    assert end_state(desk.box) == before
