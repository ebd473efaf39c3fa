"""Promise 4: it never overwrites a person, whenever they edit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox import Fault
from tests.commands.team_files import TAB
from tests.promises.cases import CASES, CHANNEL
from tests.support import GROUP, PM, PROJECT, STRANGER, Desk, end_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.promises.conftest import Tally
    from tests.promises.stage import Stage

every_case = pytest.mark.parametrize("stage", [case for case in CASES if case.edited], indirect=True, ids=str)


@dataclass(frozen=True)
class Edit:
    """What a person does while the program runs, and what of it is looked at afterwards."""

    name: str
    act: Callable[[Stage], object]
    kept: Callable[[Stage], object]

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
EXTRA = "Sync Meeting"  # a label for which no board has a list


def _issue(stage: Stage) -> dict[str, Any]:
    return stage.desk.box.gitlab.issue(PROJECT, stage.case.edited or 0)


def _edit(stage: Stage, **changes: Any) -> None:
    stage.desk.box.gitlab.edit_issue(PROJECT, stage.case.edited or 0, by=STRANGER, **changes)


def _row(stage: Stage, table: str, number: int, **values: Any) -> None:
    """Change what the sandbox's door for people has no name for."""
    stage.desk.box._store.update(table, number, **values)  # noqa: SLF001


def _edit_note(stage: Stage) -> None:
    gitlab = stage.desk.box.gitlab
    gitlab.add_note(PROJECT, stage.case.edited or 0, STRANGER, "Before")
    _row(stage, "notes", gitlab.notes(PROJECT, stage.case.edited or 0)[-1]["id"], body=WORDS)


def _boards(stage: Stage) -> list[dict[str, Any]]:
    return [board for group in ("acme", GROUP) for board in stage.desk.box.gitlab.boards(group)]


def _rename_board(stage: Stage) -> None:
    for board in _boards(stage)[:1]:
        _row(stage, "boards", board["id"], name="Ours")


def _add_list(stage: Stage) -> None:
    for board in _boards(stage)[:1]:
        if EXTRA not in [column["label"]["name"] for column in board["lists"]]:
            stage.desk.box.gitlab.add_list("acme", board["id"], EXTRA)


def _enter_cell(stage: Stage) -> None:
    sheets = stage.desk.box.sheets
    for key in sheets.dump():
        sheets.enter(key, TAB, "N3", WORDS)


def _delete_message(stage: Stage) -> None:
    slack = stage.desk.box.slack
    for message in slack.messages(CHANNEL)[:1] if CHANNEL in slack.dump() else []:
        slack.delete(CHANNEL, message["ts"])


def _with_words(stage: Stage) -> str:
    return f"{_issue(stage)['description']}\n\n{WORDS}"


EDITS = [
    Edit("title", lambda on: _edit(on, title="Ours"), lambda on: _issue(on)["title"]),
    Edit(
        "description",
        lambda on: _edit(on, description=_with_words(on)),
        lambda on: WORDS in _issue(on)["description"],
    ),
    Edit(
        "section",
        lambda on: _edit(on, description=_in_section(_issue(on)["description"], WORDS)),
        lambda on: WORDS in _issue(on)["description"],
    ),
    Edit(
        "section-emptied",
        lambda on: _edit(on, description=_in_section(_issue(on)["description"], None)),
        lambda on: _issue(on)["description"].count("planning-bot:begin links") <= 1,
    ),
    Edit(
        "markers-deleted",
        lambda on: _edit(on, description=_in_section(_issue(on)["description"], None, markers=False)),
        lambda on: on.case.name == "adopt" or "planning-bot:begin links" in _issue(on)["description"],  # as below
    ),
    Edit(
        "label-put-on",
        lambda on: _edit(on, add_labels=["Sync Meeting"]),
        lambda on: "Sync Meeting" in _issue(on)["labels"],
    ),
    Edit(
        "label-taken-off",
        lambda on: _edit(on, remove_labels=["Planning Issue"]),
        lambda on: on.case.name == "adopt" or "Planning Issue" in _issue(on)["labels"],  # which has no such label yet
    ),
    Edit(
        "skip-label",
        lambda on: _edit(on, add_labels=["planning-bot::skip"]),
        lambda on: "planning-bot::skip" in _issue(on)["labels"],
    ),
    Edit("milestone", lambda on: _edit(on, milestone="Backlog"), lambda on: _issue(on)["milestone"]),
    Edit(
        "milestone-taken-off",
        lambda on: _edit(on, milestone=None),
        lambda on: on.case.name == "adopt" or _issue(on)["milestone"],  # which has none yet
    ),
    Edit("assigned", lambda on: _edit(on, assignees=["ana"]), lambda on: _issue(on)["assignees"]),
    Edit("unassigned", lambda on: _edit(on, assignees=[]), lambda on: _issue(on)["assignees"]),
    Edit("weight", lambda on: _edit(on, weight=7), lambda on: _issue(on)["weight"]),
    Edit("closed", lambda on: _edit(on, state_event="close"), lambda on: _issue(on)["state"]),
    Edit(
        "closed-and-reopened",
        lambda on: (_edit(on, state_event="close"), _edit(on, state_event="reopen")),
        lambda on: _issue(on)["state"],
    ),
    Edit(
        "due-date",
        lambda on: _row(on, "issues", _issue(on)["id"], due_date="2026-03-01"),
        lambda on: _issue(on)["due_date"],
    ),
    Edit("confidential", lambda on: _edit(on, confidential=True), lambda on: _issue(on)["confidential"]),
    Edit(
        "locked",
        lambda on: _row(on, "issues", _issue(on)["id"], discussion_locked=1),
        lambda on: _issue(on)["discussion_locked"],
    ),
    Edit(
        "note",
        _edit_note,
        lambda on: [
            one["body"] for one in on.desk.box.gitlab.notes(PROJECT, on.case.edited or 0) if one["body"] == WORDS
        ],
    ),
    Edit("board-renamed", _rename_board, lambda on: "Ours" in [board["name"] for board in _boards(on)]),
    Edit(
        "list-added",
        _add_list,
        lambda on: [board["name"] for board in _boards(on) for c in board["lists"] if c["label"]["name"] == EXTRA],
    ),
    Edit("cell", _enter_cell, lambda on: WORDS in repr(on.desk.box.sheets.dump())),
    Edit("message-deleted", _delete_message, lambda _: None),  # it is posted anew, or not, and nothing goes wrong
]


def _survives(stage: Stage, edit: Edit, boundary: Fault, tally: Tally) -> None:
    """Run while a person edits at that boundary, then once more: the edit is still there."""
    kept: list[object] = []
    stage.reset()
    boundary.before = lambda: (edit.act(stage), kept.append(edit.kept(stage)))
    stage.desk.box.fail(boundary)
    tally("edits")
    for number in range(2):
        ran = stage.run()
        what = (edit.name, boundary.nth, boundary.path, number, ran.code, ran.err)
        assert ran.code in {0, 2, 3}, what
        assert kept == [edit.kept(stage)], what


def _boundaries(stage: Stage) -> list[Fault]:
    """Give the first request, the last that is surely before the first look at what is written, and that look."""
    first_write = stage.sent.index(stage.writes[0])
    looks = Fault(method="GET", path=f"planning/issues/{stage.case.edited}$")
    return [Fault(nth=1), Fault(nth=min(stage.gathered, first_write - 1)), looks]


@every_case
def test_what_a_person_edits_up_to_the_re_read_survives(stage: Stage, tally: Tally) -> None:
    # Each case meets every second edit, each edit every second case; the boundaries take turns.
    for number, edit in enumerate(EDITS):
        place = number + CASES.index(stage.case)
        if place % 2 == 0:
            _survives(stage, edit, _boundaries(stage)[place // 2 % 3], tally)


@pytest.mark.nightly
@pytest.mark.parametrize("edit", EDITS, ids=str)
@every_case
def test_what_a_person_edits_at_any_request_of_the_gathering_survives(stage: Stage, edit: Edit, tally: Tally) -> None:
    _, last, looks = _boundaries(stage)
    for boundary in [*(Fault(nth=at) for at in range(1, last.nth + 1)), looks]:
        _survives(stage, edit, boundary, tally)


@every_case
def test_what_a_person_edits_between_the_re_read_and_the_update_is_told_with_its_text(
    stage: Stage, tally: Tally
) -> None:
    path = f"planning/issues/{stage.case.edited}$"
    stage.desk.box.fail(Fault(method="PUT", path=path, before=lambda: _edit(stage, description=_with_words(stage))))
    ran = stage.run()
    tally("edits")
    if WORDS in _issue(stage)["description"]:
        assert ran.code == 0, ran.err  # the update was about something else
    else:
        assert ran.code == 4
        assert f"it wrote over what {STRANGER} had just saved" in ran.err
        assert WORDS in ran.err


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
