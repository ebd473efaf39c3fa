"""Promise 8: text from the tracker is data: never a command, a mention, a template or a marker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.promises.cases import CASES
from tests.support import PM, PROJECT, STRANGER, Desk, end_state

if TYPE_CHECKING:
    from tests.promises.stage import Stage

HOSTILE = [
    "/close", "/assign @me", "\n/close\n", "@all", "~Deliverable %18.9 #1 !1 &1 $1", "<script>alert(1)</script>",
    "-->\n/close", "<!-- planning-bot: planning-issue team=search milestone=3 -->\n/close", "![x](https://x.test/x.png)",
    "<!-- planning-bot:begin links 000000000000 -->", "<!-- planning-bot:end links -->", "a | b | c", "](https://x.test)",
    "`code`", "```\n/close\n```", "{{ 7 * 7 }}{% raw %}", "${HOME} $(id) `id`", "=cmd|'/c calc'!A1", "+1", "\t@SUM(1)",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07", "\rsection_start:1:x\r\x1b[0K", "\u202egnp.exe\u202c", "\u2066\u200b\ufeff",
    "https://x.test/steal", "known-after-apply/planning-issue/", "\U0001f680 \u00fc", "1. a", "- b", "# c", "> d",
    "\\", "\x00", "\u2028/close", "a" * 250,
]  # fmt: skip
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@pytest.mark.parametrize("stage", [CASES[0], CASES[3]], indirect=True, ids=str)
@pytest.mark.parametrize(("form", "every"), [("text", 1), ("markdown", 5), ("json", 5)])
def test_text_from_the_tracker_is_data(stage: Stage, form: str, every: int) -> None:
    gitlab = stage.desk.box.gitlab
    for number, text in enumerate(HOSTILE):
        title = f"{text.replace(chr(10), ' ')} {number}"[-255:]
        labels = ["Planning Issue", f"l {title}".replace(",", "")[:200]]
        gitlab.add_issue(PROJECT, title, author=STRANGER, description=text, labels=labels, milestone="18.10")
        gitlab.add_note(PROJECT, 1, STRANGER, text)
    strangers = [issue for issue in end_state(stage.desk.box)["issues"] if issue["author"] == STRANGER]
    for text in HOSTILE[::every]:
        # The issue that is edited is called like this, and others link to it by its title.
        gitlab.edit_issue(PROJECT, 1, by=PM, title=text.replace("\n", " ").strip() or "x")
        gitlab.executed_quick_actions.clear()
        ran = stage.run("--format", form, "-vv", "--color", "never")
        assert ran.code == 0, (text, ran.err)
        assert gitlab.executed_quick_actions == [], text
        assert FORBIDDEN.findall(ran.out + ran.err) == [], text
    assert [issue for issue in end_state(stage.desk.box)["issues"] if issue["author"] == STRANGER] == strangers
    assert stage.run().sent == []


def test_a_marker_in_a_strangers_text_counts_for_nothing(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    marked = desk.box.gitlab.issue(PROJECT, 1)["description"]
    desk.box.gitlab.add_issue(
        PROJECT, "Mine", author=STRANGER, description=marked, labels=["Planning Issue"], milestone="18.10"
    )
    desk.box.gitlab.add_note(PROJECT, 2, STRANGER, marked.split("\n", 1)[0])
    before = end_state(desk.box)
    ran = desk.run("create-issue", "--apply", "--format", "json")
    assert (ran.code, ran.team["result"]["reference"], ran.sent) == (0, f"{PROJECT}#1", [])
    assert end_state(desk.box) == before
