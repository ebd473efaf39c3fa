"""What the promises are tried with: every command that writes, each in a line of `CASES`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.commands.team_files import SHEET, TAB
from tests.histories import instant
from tests.milestone import ENGINE, Milestone
from tests.support import CONFIG, GROUP, PM, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import Desk

CHANNEL, SLACK_TOKEN = "C0SEARCH01", "xoxb-Canary+/4711=end"
KEY_FILE = "google-key.json"
WITH_SHEETS = CONFIG.replace("teams:", "sheets: {{api_url: {url}/}}\nteams:")
WITH_SLACK = CONFIG.replace("teams:", "slack: {{api_url: {url}/slack/api/}}\nteams:")
CALENDAR, EMPTY = "/team.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//EN\r\nEND:VCALENDAR\r\n"
TWO_BOARDS = """\
    boards:
      build: {{lists: ["workflow::in dev", "workflow::in review"]}}
      next_1_3: null
      next_4_6: null
"""


@dataclass(frozen=True)
class Case:
    """Command lines that write, what was there before them, and the issue of it that is edited, if one is.

    `{plan}` stands for a file beside the configuration; what follows `&&` is run where the first ended with 0.
    """

    name: str
    line: str
    prepare: Callable[[Desk], None]
    edited: int | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def harmless(self) -> str:
        """The same without permission to write."""
        line = self.line.replace(" --apply", " --dry-run")
        return re.sub(r"apply (\S+)$", r"apply \1 --dry-run", line)


def _with_neighbours(desk: Desk) -> None:
    """The milestones before and after have their planning issues, #1 and #2."""
    for title in ("18.9", "18.11"):
        assert desk.run("create-issue", "--milestone", title, "--apply").code == 0


def _with_an_issue_of_a_person(desk: Desk) -> None:
    _with_neighbours(desk)
    desk.box.gitlab.add_issue(PROJECT, "What we want in 18.10", author=PM, description="Our own words.\n")


def _with_an_issue_that_is_out_of_date(desk: Desk) -> None:
    _with_neighbours(desk)
    assert desk.run("create-issue", "--apply").code == 0
    desk.configure(CONFIG.replace("    members:", "    counterparts: {{Designer: ana}}\n    members:"))


def _with_a_planning_issue(desk: Desk) -> None:
    desk.configure(CONFIG + TWO_BOARDS)
    assert desk.run("create-issue", "--apply").code == 0


def _with_boards_in_disorder(desk: Desk) -> None:
    _with_a_planning_issue(desk)
    desk.box.gitlab.add_board(GROUP, "Search: Planning 18.10")
    for board in desk.box.gitlab.boards(GROUP):
        for name in ("type::feature", "Sync Meeting", "type::bug"):
            desk.box.gitlab.add_list("acme", board["id"], name)


def _with_candidates(desk: Desk) -> None:
    _with_a_planning_issue(desk)
    for title, weight, labels in (
        ("Unweighted", None, ["workflow::ready for development", "type::bug"]),
        ("Large", 8, ["workflow::ready for development", "type::feature"]),
        ("Ready", 2, ["workflow::ready for development", "type::feature"]),
    ):
        desk.box.gitlab.add_issue(
            PROJECT, title, author=PM, weight=weight, labels=["group::search", *labels], milestone="18.10"
        )


def _with_a_sheet(desk: Desk) -> None:
    """The tab stands as it was written before, with people's cells around it; time off came since."""
    _with_candidates(desk)
    desk.box.sheets.service_account_file(desk.folder).rename(desk.folder / KEY_FILE)
    (desk.folder / "pto.csv").write_text("username,from,to\n", encoding="utf-8")
    sheet = f'{{{{key: {SHEET}, tab: "Capacity {{{{{{{{ milestone.title }}}}}}}}"}}}}'
    desk.box.calendars[CALENDAR] = EMPTY
    pto = f"[csv: pto.csv, ics: {{url}}{CALENDAR}]"
    desk.configure(f"{WITH_SHEETS}    capacity: {{{{sheet: {sheet}, pto: {pto}}}}}\n")
    desk.box.sheets.add(SHEET, {"PTO": []})
    ran = desk.run("capacity", "--apply")
    assert ran.code == 0, ran.err
    for cell, value in (("A7", "Who asked for this?"), ("N2", "ask her"), ("B8", "=SUM(H2:H3)")):
        desk.box.sheets.enter(SHEET, TAB, cell, value)
    (desk.folder / "pto.csv").write_text("username,from,to\nana,2026-02-16,2026-02-17\n", encoding="utf-8")


def _with_a_milestone_that_has_ended(desk: Desk) -> None:
    work = Milestone(desk)
    work.planned()
    made, promised = "2025-12-20 +group::search @18.9 w2", "01-08 +Deliverable"
    work.issue(made, promised, "02-05 close")
    work.issue(made, promised, "02-01 +customer")
    work.issue(made, promised, project=PROJECT)
    desk.box.gitlab.delete_label("acme", "missed:18.9")


def _with_a_channel(desk: Desk) -> None:
    _with_a_milestone_that_has_ended(desk)
    desk.box.slack.add_token(SLACK_TOKEN)
    desk.box.slack.add_channel(CHANNEL, "team-search")
    desk.configure(f"{WITH_SLACK}    say_do: {{{{channel: team-search}}}}\n")


def _with_a_message_that_is_out_of_date(desk: Desk) -> None:
    _with_a_channel(desk)
    assert desk.run("status", "--milestone", "18.9", "--apply").code == 0
    desk.box.gitlab.edit_issue(ENGINE, 2, by=PM, state_event="close", at=instant("02-13"))


def _with_deliverables_to_take_back(desk: Desk) -> None:
    _with_candidates(desk)
    assert desk.run("deliverables", "--apply", "--journal", str(desk.folder / "plan.json")).code == 0


def _with_an_adoption_to_take_back(desk: Desk) -> None:
    _with_an_issue_of_a_person(desk)
    adopt = ("create-issue", "--adopt", f"{PROJECT}#3", "--apply")
    assert desk.run(*adopt, "--journal", str(desk.folder / "plan.json")).code == 0


def _with_a_day_on_which_much_is_due(desk: Desk) -> None:
    _with_a_channel(desk)
    late = "boards: due, readiness: start + 2, capacity: start + 2, deliverables: start + 2"
    with desk.config.open("a", encoding="utf-8") as file:
        file.write(f"    schedule: {{{late}}}\n")


def _with_labels_missing(desk: Desk) -> None:
    desk.box.gitlab.add_milestone("acme", "Awaiting Customer Feedback")
    for name in ("Deliverable", "workflow::in dev"):
        desk.box.gitlab.delete_label("acme", name)


CASES = [
    Case("create", "create-issue --apply", _with_neighbours, edited=1),
    Case("adopt", f"create-issue --adopt {PROJECT}#3 --apply", _with_an_issue_of_a_person, edited=3),
    Case("update", "create-issue --apply", _with_an_issue_that_is_out_of_date, edited=3),
    Case("boards", "boards --apply", _with_a_planning_issue, edited=1),
    Case("boards-in-disorder", "boards --apply", _with_boards_in_disorder, edited=1),
    Case("readiness", "readiness --apply", _with_candidates, edited=1),
    Case("capacity", "capacity --apply", _with_candidates, edited=1),
    Case("capacity-sheet", "capacity --apply", _with_a_sheet, edited=1),
    Case("deliverables", "deliverables --apply", _with_candidates, edited=1),
    Case("status", "status --milestone 18.9 --apply", _with_a_milestone_that_has_ended, edited=1),
    Case("status-message", "status --milestone 18.9 --apply", _with_a_message_that_is_out_of_date, edited=1),
    Case("say-do", "say-do --apply", _with_a_milestone_that_has_ended, edited=1),
    Case("say-do-chart", "say-do --apply", _with_a_channel, edited=1),
    Case("close", "close --apply", _with_a_milestone_that_has_ended, edited=2),
    Case("undo", "undo {plan} --apply", _with_deliverables_to_take_back, edited=1),
    Case("undo-adopt", "undo {plan} --apply", _with_an_adoption_to_take_back, edited=3),
    Case("run", "run --apply", _with_a_day_on_which_much_is_due, edited=1),
    Case("doctor", "doctor --fix --apply", _with_labels_missing),
    Case("saved-plan", "deliverables --out {plan} && apply {plan}", _with_candidates, edited=1),
]
