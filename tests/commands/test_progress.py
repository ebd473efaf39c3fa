from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from planning_bot.sandbox import Fault
from tests.terminal import at_a_terminal

if TYPE_CHECKING:
    from tests.support import Desk

LIVE = re.compile(r"[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] search: reading acme/search( · \d+ requests?)? · \d s")


def line(desk: Desk, *arguments: str) -> list[str]:
    return ["create-issue", "--dry-run", "--config", str(desk.config), "--today", desk.day, *arguments]


def slow(desk: Desk, seconds: float = 0.9) -> None:
    desk.box.latency = seconds


def test_what_takes_longer_than_a_second_is_told_on_one_line_that_is_gone_at_the_end(desk: Desk) -> None:
    slow(desk)

    seen = at_a_terminal(line(desk))

    assert seen.code == 0, seen.sent
    pictures = [match[0] for match in LIVE.finditer(seen.sent)]
    assert len(pictures) > 3
    assert any("request" in picture for picture in pictures)
    assert seen.screen == []


def test_what_is_done_within_a_second_is_not_told(desk: Desk) -> None:
    seen = at_a_terminal(["check", "--config", str(desk.config)])

    assert (seen.code, seen.sent) == (0, "")


def test_the_line_is_as_wide_as_the_terminal_at_most(desk: Desk) -> None:
    slow(desk)

    seen = at_a_terminal(line(desk), columns=30)

    pictures = [part for part in re.split(r"[\r\n]", seen.sent) if "search" in part]
    assert pictures
    assert max(len(part.removesuffix("\x1b[K")) for part in pictures) <= 29
    assert all(part.removesuffix("\x1b[K").endswith("…") for part in pictures)


def test_an_error_stands_where_the_line_was(desk: Desk) -> None:
    slow(desk, 1.3)
    desk.box.fail(Fault("403", path="/milestones"))

    seen = at_a_terminal(line(desk))

    assert seen.code == 1
    assert LIVE.search(seen.sent)
    assert seen.screen[0].startswith("error: ")


def test_a_question_stands_where_the_line_was(desk: Desk) -> None:
    slow(desk)

    seen = at_a_terminal(
        ["create-issue", "--config", str(desk.config), "--today", desk.day], [("Carry this out? [y/N]", "n\n")]
    )

    assert seen.code == 0
    assert LIVE.search(seen.sent)
    assert LIVE.search("\n".join(seen.screen)) is None
    assert seen.screen[-1].startswith("Carry this out? [y/N]")


def test_ctrl_c_leaves_a_clean_line(desk: Desk) -> None:
    slow(desk, 5)

    seen = at_a_terminal(line(desk), [("reading acme/search", "\x03")])

    assert seen.code == 130
    assert [row for row in seen.screen if row] == ["interrupted: what was sent stands; run it again to finish"]


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_cannot_draw_gets_a_line_for_each_phase(desk: Desk, variables: dict[str, str]) -> None:
    slow(desk)

    seen = at_a_terminal(line(desk), **variables)

    assert seen.sent == "search: reading acme/search\n"


def test_where_there_is_no_terminal_each_phase_is_a_line(desk: Desk) -> None:
    ran = desk.run("create-issue", "--dry-run")

    assert ran.err == "search: reading acme/search\n"


def test_quiet_is_quiet(desk: Desk) -> None:
    slow(desk)

    assert at_a_terminal(line(desk, "-q")).sent == ""
    assert desk.run("create-issue", "--dry-run", "-q").err == ""


def test_with_v_the_requests_are_told_and_no_line_is_drawn_between_them(desk: Desk) -> None:
    slow(desk)

    seen = at_a_terminal(line(desk, "-v"))

    assert seen.screen[0] == "search: reading acme/search"
    assert all(row.startswith("planning_bot.http: GET ") for row in seen.screen[1:])
    assert len(seen.screen) > 5
