"""What `doctor` found, at a terminal."""

from __future__ import annotations

import pytest

from planning_bot.domain.doctor import Checked, DoctorResult, Finding, Unchecked
from planning_bot.domain.run import TeamReport
from planning_bot.rendering.doctor_text import doctor_lines
from planning_bot.rendering.views import result_text

HINT = "write the username as the user's profile has it"
MISSING = Finding("gitlab", "person_missing", "user nobody", "members names them, and GitLab has no such user", HINT)
NOTE = Finding("gitlab", "old_boards", "boards", "2 boards of milestones that ended long ago", "delete them", "note")
RESULT = DoctorResult(
    (NOTE, MISSING),
    (Checked("gitlab", "token", "of planning-bot"), Checked("slack", "channel team-search", "public")),
    (Unchecked("gitlab", "plan of acme", "nothing shows it"),),
)


def test_what_is_to_be_mended_comes_first_then_what_is_worth_knowing_then_what_is_good() -> None:
    assert doctor_lines(RESULT) == [
        "GitLab",
        "  ✗ user nobody: members names them, and GitLab has no such user",
        "    → write the username as the user's profile has it",
        "  ! boards: 2 boards of milestones that ended long ago",
        "    → delete them",
        "  ✓ token                of planning-bot",
        "  ? plan of acme         not checked: nothing shows it",
        "Slack",
        "  ✓ channel team-search  public",
        "1 thing to mend, 1 note, 2 checked and good, 1 not checked",
    ]


def test_a_narrow_terminal_has_the_rest_below() -> None:
    assert doctor_lines(RESULT, 40)[:6] == [
        "GitLab",
        "  ✗ user nobody: members names them, and",
        "    GitLab has no such user",
        "    → write the username as the user's",
        "      profile has it",
        "  ! boards: 2 boards of milestones that",
    ]


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    assert max(map(len, doctor_lines(RESULT, columns))) <= columns


def test_nothing_to_mend_is_said() -> None:
    assert doctor_lines(DoctorResult()) == ["nothing to mend, 0 checked and good"]


def test_names_from_elsewhere_are_one_line_without_control_characters() -> None:
    hostile = Finding("gitlab", "person_missing", "user \x1b[2J", "one\ntwo", "three\n  ✓ four")

    assert doctor_lines(DoctorResult((hostile,)))[:3] == [
        "GitLab",
        "  ✗ user \\x1b[2J: one two",
        "    → three   ✓ four",
    ]


def test_each_mark_has_its_colour() -> None:
    text = result_text(TeamReport("search", result=RESULT), lambda part, style: f"<{style}>{part}</>")

    assert [line.split()[0] for line in text.splitlines() if "</>" in line] == [
        "<bold>search</>", "<red>✗</>", "<yellow>!</>", "<green>✓</>", "<cyan>?</>", "<green>✓</>",
    ]  # fmt: skip
