"""A milestone that was worked on, in the pretend GitLab: issues of a project, told edit by edit as in histories.

work = Milestone(desk)
number = work.issue("01-20 +group::search @18.9 w2", "01-08 +Deliverable", "02-05 close")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.histories import instant
from tests.support import EM, PM

if TYPE_CHECKING:
    from tests.support import Desk

ENGINE = "acme/search/engine"
LABELS = ("missed:18.9", "missed-deliverable", "security", "wontfix", "customer", "group::other")


@dataclass
class Milestone:
    """18.9, from 2026-01-10 to 2026-02-13, frozen at the end of 2026-01-12; looked at from the day after."""

    desk: Desk

    def __post_init__(self) -> None:
        gitlab = self.desk.box.gitlab
        gitlab.add_project(ENGINE)
        for name in LABELS:
            gitlab.add_label("acme", name)
        self.desk.day = "2026-02-14"
        self.desk.box.now = instant("02-14T09:00")

    def planned(self) -> None:
        """Have its planning issue made."""
        ran = self.desk.run("create-issue", "--milestone", "18.9", "--apply")
        assert ran.code == 0, ran.err

    def issue(self, made: str, *edits: str, project: str = ENGINE, **parts: Any) -> int:
        """Have an issue made and edited; give its number."""
        when, *actions = made.split()
        title = parts.pop("title", "Work")
        number = self.desk.box.gitlab.add_issue(
            project, title, author=PM, created_at=instant(when), **_at_first(actions), **parts
        )
        for line in edits:
            self.edit(number, line, project=project)
        return number

    def edit(self, number: int, line: str, *, by: str = EM, project: str = ENGINE) -> None:
        """Have somebody edit an issue."""
        when, *actions = line.split()
        for changes in _changes(actions):
            self.desk.box.gitlab.edit_issue(project, number, by=by, at=instant(when), **changes)

    def shown(self, number: int) -> dict[str, Any]:
        """Give what an issue is now."""
        return self.desk.box.gitlab.issue(ENGINE, number)


def _at_first(actions: list[str]) -> dict[str, Any]:
    first: dict[str, Any] = {"labels": [action[1:] for action in actions if action[0] == "+"]}
    for action in actions:
        if action[0] == "@":
            first["milestone"] = action[1:]
        if action[0] == "w":
            first["weight"] = int(action[1:])
    return first


def _changes(actions: list[str]) -> list[dict[str, Any]]:
    """Give the edits of a line, each on its own: they get numbers in their order."""
    found: list[dict[str, Any]] = []
    for action in actions:
        match action[0], action[1:]:
            case "+", name:
                found.append({"add_labels": [name]})
            case "-", name:
                found.append({"remove_labels": [name]})
            case "@", title:
                found.append({"milestone": None if title == "-" else title})
            case "w", weight:
                found.append({"weight": None if weight == "-" else int(weight)})
            case _:
                found.append({"state_event": action})
    return found
