"""Promise 5: what is exactly at a limit is carried out, one over it is refused before the first write."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from planning_bot.commands import apply
from planning_bot.config import Limits
from planning_bot.config.loader import LARGEST, read
from planning_bot.delivery import check_limits
from planning_bot.domain.change import PostMessage, WriteTable
from planning_bot.domain.message import MOST_BLOCKS, MOST_IN_ALL, MOST_IN_BLOCK, Message
from planning_bot.domain.plan import Plan
from planning_bot.errors import ConfigurationError, RefusedError
from planning_bot.gateways.calendar_events import MOST_EVENTS
from tests.promises.cases import CASES
from tests.support import CONFIG, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.promises.conftest import Tally
    from tests.promises.stage import Stage

CREATES = {"create_issue", "create_board", "create_label", "write_note", "post_message", "write_table"}


def sizes(stage: Stage) -> tuple[int, int]:
    """Count the changes of the case's plan, and what of it makes something that was not there."""
    *before, _ = stage.lines()
    for line in before:
        assert stage.desk.run(*line).code == 0
    line = stage.lines(stage.case.harmless)[-1]
    (team,) = stage.desk.run(*line, "--format", "json").json["teams"]
    changes = team["plan"]["changes"]
    return len(changes), sum(one["kind"] in CREATES and one["before"] is None for one in changes)


def limited(stage: Stage, limits: str) -> None:
    text = stage.desk.config.read_text(encoding="utf-8")
    kept = re.sub(r"\n    limits: .*", "", text).rstrip("\n")
    stage.desk.config.write_text(f"{kept}\n    limits: {{{limits}}}\n", encoding="utf-8")


# `run` is several plans, each within the limits by itself.
@pytest.mark.parametrize("stage", [case for case in CASES if case.name != "run"], indirect=True, ids=str)
def test_at_its_limits_a_plan_is_carried_out_one_over_it_is_refused_and_force_lifts_it(
    stage: Stage, tally: Tally
) -> None:
    changes, creates = sizes(stage)
    assert changes
    stage.reset()
    limited(stage, f"max_changes: {changes}, max_creates: {creates}")
    ran = stage.run()
    assert (ran.code, stage.state()) == (0, stage.goal), ran.err
    for key, count, what in (("max_changes", changes, "changes"), ("max_creates", creates, "new objects")):
        if count:
            stage.reset()
            limited(stage, f"{key}: {count - 1}")
            refused = stage.run()
            assert (refused.code, stage.state()) == (3, stage.before), (key, refused.err)
            assert [sent for sent in refused.sent if sent[1] != "/token"] == []
            assert f"the plan has {count} {what}, and limits.{key} is {count - 1}; nothing was written" in refused.err
            assert "--force lifts the limit" in refused.err
            forced = stage.run("--force")
            assert (forced.code, stage.state()) == (0, stage.goal), forced.err
            tally("limits at and one over")


# What comes in


def test_a_configuration_of_256_kilobytes_is_read_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    text = CONFIG.format(url="https://gitlab.test").encode()
    full = text + b"#" * (LARGEST - len(text))
    assert read(full, tmp_path / "planning-bot.yml").teams
    with pytest.raises(ConfigurationError, match="larger than 256 KB"):
        read(full + b"#", tmp_path / "planning-bot.yml")


@pytest.mark.parametrize(("over", "code"), [(0, 0), (1, 2)])
def test_a_saved_plan_has_a_largest_size(desk: Desk, monkeypatch: pytest.MonkeyPatch, over: int, code: int) -> None:
    plan = desk.folder / "plan.json"
    assert desk.run("create-issue", "--out", str(plan)).code == 0
    monkeypatch.setattr(apply, "_LARGEST", plan.stat().st_size - over)
    ran = desk.run("apply", str(plan))
    assert (ran.code, bool(ran.sent)) == (code, not code)
    assert ("is larger than any plan" in ran.err) == bool(code)


@pytest.mark.parametrize(("over", "code"), [(0, 0), (1, 2)])
def test_a_template_puts_out_a_million_characters_and_no_more(desk: Desk, over: int, code: int) -> None:
    folder = desk.folder / "templates"
    folder.mkdir()
    loop = f"{{% for _ in range(100) %}}{'x' * 9_999}\n{{% endfor %}}{'x' * over}"
    (folder / "planning_issue.md.j2").write_text(loop, encoding="utf-8")
    ran = desk.run("create-issue", "--dry-run")
    assert ran.code == code, ran.err
    assert ("it puts out more than 1,000,000 characters" in ran.err) == bool(code)


@pytest.mark.parametrize(
    ("loop", "told"),
    [
        ("{% for x in range(100001) %}{% endfor %}", "Range too big"),
        (
            "{% for x in range(100000) %}{% for y in range(100000) %}xxxxxxxxxx{% endfor %}{% endfor %}",
            "it puts out more than",
        ),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion"),
    ],
)
def test_a_template_that_would_not_end_is_refused(desk: Desk, loop: str, told: str) -> None:
    """A loop without output has its range bounded, and no more: a team's templates are its own."""
    folder = desk.folder / "templates"
    folder.mkdir()
    (folder / "planning_issue.md.j2").write_text(loop, encoding="utf-8")
    ran = desk.run("create-issue", "--apply")
    assert (ran.code, ran.sent) == (2, [])
    assert told in ran.err


def _events(number: int) -> str:
    lines = "BEGIN:VEVENT|UID:{n}|DTSTAMP:20260101T000000Z|DTSTART;VALUE=DATE:20260216|SUMMARY:ana|END:VEVENT|"
    event = lines.replace("|", "\r\n")
    events = "".join(event.format(n=n) for n in range(number))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{events}END:VCALENDAR\r\n"


@pytest.mark.parametrize(("over", "code"), [(0, 0), (1, 2)])
def test_a_calendar_has_a_largest_number_of_events(desk: Desk, over: int, code: int) -> None:
    desk.configure(CONFIG + "    capacity: {{pto: [ics: team.ics]}}\n")
    (desk.folder / "team.ics").write_text(_events(MOST_EVENTS + over), encoding="utf-8", newline="")
    ran = desk.run("capacity", "--dry-run")
    assert ran.code == code, ran.err
    assert (f"at most {MOST_EVENTS}" in ran.err) == bool(code)


def test_a_message_is_as_long_as_slack_takes_it_and_no_longer() -> None:
    fits = [("x",) * MOST_BLOCKS, ("x" * MOST_IN_BLOCK,), ("x" * (MOST_IN_ALL // 5),) * 5]
    for blocks in fits:
        assert Message(text="x", blocks=blocks).blocks == blocks
    for blocks in [("x",) * (MOST_BLOCKS + 1), ("x" * (MOST_IN_BLOCK + 1),), ("x" * (MOST_IN_ALL // 5 + 1),) * 5]:
        with pytest.raises(ValueError, match="characters"):
            Message(text="x", blocks=blocks)


def test_a_plan_that_is_over_a_limit_says_so_to_programs_too(desk: Desk) -> None:
    desk.configure(CONFIG + "    limits: {{max_creates: 3}}\n")
    ran = desk.run("boards", "--apply", "--format", "json")
    (team,) = json.loads(ran.out)["teams"]
    assert (ran.code, team["error"]["code"], team["outcome"]) == (3, "refused", None)
    assert team["error"]["message"] == "the plan has 4 new objects, and limits.max_creates is 3; nothing was written"


@pytest.mark.parametrize("what", ["message", "table"])
def test_a_first_message_and_a_first_table_are_new_objects(what: str) -> None:
    message = PostMessage(
        target="slack C1", because="x", channel="C1", key="k", before=None, after=Message(text="x", blocks=("x",))
    )
    table = WriteTable(target="sheet", because="x", sheet="key", tab="T", before=None, after=(("a",), (1,)))
    plan = Plan(changes=(message if what == "message" else table,))
    check_limits(plan, Limits(max_creates=1))
    with pytest.raises(RefusedError, match="the plan has 1 new objects"):
        check_limits(plan, Limits(max_creates=0))
