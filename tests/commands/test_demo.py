from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from planning_bot import cli
from planning_bot.commands import demo
from planning_bot.commands.demo_steps import STEPS, Done, Typed

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

PROGRAM = [sys.executable, "-c", "from planning_bot.cli import main; main()"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty home, and an environment that a newcomer has."""
    for name in ("GITLAB_TOKEN", "SLACK_BOT_TOKEN", "NO_COLOR", "FORCE_COLOR", "PLANNING_BOT_STATE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLANNING_BOT_CONFIG", "/nowhere/planning-bot.yml")  # the user's own is nothing to the demo
    return tmp_path


def play(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Play the demo; what differs from one time to the next is put in words."""
    code = cli.run(["demo", *arguments])
    out, err = capsys.readouterr()
    return code, in_words(out) + err


def in_words(out: str) -> str:
    out = re.sub(r"http://127\.0\.0\.1:\d+", "http://sandbox", out)
    return re.sub(r"\b[0-9a-f]{64}\b", "(sha)", out)


@functools.cache
def told() -> dict[str, list[str]]:
    """Play the demo once for all tests that only read; give the lines below each step's sentence."""
    with contextlib.redirect_stdout(io.StringIO()) as page:
        assert cli.run(["demo", "--no-keep"]) == 0
    return paragraphs(in_words(page.getvalue()))


def paragraphs(text: str) -> dict[str, list[str]]:
    """Give the lines below each step's sentence."""
    return {head.removeprefix("# "): lines for head, *lines in map(str.splitlines, text.strip().split("\n\n# "))}


def test_it_tells_every_step_with_its_command_and_what_that_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = play(capsys)
    told = [line for line in text.splitlines() if line.startswith(("$ ", "(exit code "))]
    assert code == 0
    assert told == [
        "$ planning-bot check",
        "$ planning-bot create-issue --dry-run",
        "$ planning-bot create-issue --apply",
        "$ planning-bot create-issue --apply",
        "$ planning-bot create-issue --apply",
        "$ planning-bot boards --out plan.json",
        "$ planning-bot apply plan.json",
        "(exit code 3)",
        "$ planning-bot boards --out plan.json",
        "$ planning-bot apply plan.json",
        "$ planning-bot create-issue --apply",
        "$ planning-bot readiness --apply",
        "$ planning-bot readiness --apply",
        "$ planning-bot capacity --apply",
        "$ planning-bot capacity --dry-run --what-if ana.ferreira=2026-03-02..2026-03-06",
        "$ planning-bot capacity --apply",
        "$ planning-bot capacity --apply",
        "$ planning-bot deliverables --apply",
        "$ planning-bot status --apply",
        "$ planning-bot say-do --apply",
        "$ planning-bot say-do --apply",
        "$ planning-bot close --apply",
        "$ planning-bot close --apply",
        "$ planning-bot say-do --apply",
        "$ planning-bot run --apply",
        "$ planning-bot run --apply",
        "$ planning-bot report",
    ]
    positions = [text.index(f"# {step.sentence}\n") for step in STEPS]
    assert positions == sorted(positions)


def test_the_answers_are_those_that_the_sentences_promise() -> None:
    steps = told()
    heading = "search · 18.10 (2026-02-14 to 2026-03-13)"
    found = "planning issue found: acme/search/planning#1  http://sandbox/acme/search/planning/-/issues/1"
    assert steps["Open the milestone: the planning issue is created."] == [
        "$ planning-bot create-issue --apply",
        heading,
        "planning issue created: acme/search/planning#1  http://sandbox/acme/search/planning/-/issues/1",
        "  … 19 lines of the plan",
        "Plan: 1 change",
        "Applied: 1 change",
    ]
    for sentence in (
        "Run again, it finds its issue, and changes nothing.",
        "Another run leaves what people wrote as it is.",
        "The planning issue links its boards. Nothing is left to do.",
    ):
        assert steps[sentence] == ["$ planning-bot create-issue --apply", heading, found, "Plan: nothing to do"]
    assert "1. Search by commit author" in steps["The themes, as they stand in the issue now:"]
    assert steps["The plan is stale now. It is refused as a whole."] == [
        "$ planning-bot apply plan.json",
        "error: the plan is stale, acme: Search: Next 1-3 releases changed since it was made; nothing was written",
        "  → plan again, and review the new plan",
        "(exit code 3)",
    ]
    applied = steps["This one was reviewed, and is carried out as it stands."]
    assert applied[1:3] == [heading, "plan of boards, SHA-256 (sha)"]
    assert applied[-2:] == ["Plan: 5 changes", "Applied: 5 changes"]


def test_capacity_and_readiness_are_told_posted_and_told_again_without_a_write() -> None:
    steps = told()
    ana = "ana.ferreira    15      6.75           4        2   0.75  20 weekdays − 5 PTO = 15 days"
    posted = steps["What can the team carry? Into the planning issue, and into the team's Sheet."]
    assert [line for line in posted if line.startswith(ana)]
    assert posted[-2:] == ["Plan: 3 changes", "Applied: 3 changes"]
    for sentence in ("Run again, it finds everything told.", "And once more. Nothing is left to do."):
        assert steps[sentence][-1] == "Plan: nothing to do"
    assert steps["What if Ana took another week off? This is only tried."][-2:] == [
        "  notice  nothing is posted: an absence is only tried",
        "Plan: nothing to do",
    ]
    assert steps["The planning issue says what changed, and against what; never why:"] == [
        "**Changed** against what was posted on Sat 31 Jan 2026: Emily Carter 7.43 → 6.08."
    ]
    assert steps["The tab in the team's Sheet, in part:"][:2] == [
        "username | available_days | capacity_weight | remaining_weight",
        "ana.ferreira | 15 | 6.75 | 0.75",
    ]


def test_the_selection_has_a_reason_for_each_and_moves_what_does_not_fit() -> None:
    lines = told()["What does the team commit to? Each candidate has its reason."]
    assert lines[2] == "12 of 27 candidates selected, weight 19 (12 of 12 weighted)"
    assert any(line.startswith("acme/search/frontend#16 ") and line.endswith("moves to 18.11") for line in lines)
    assert lines[-2:] == ["Plan: 18 changes", "Applied: 18 changes"]


def test_the_status_knows_what_was_added_taken_off_and_blocked() -> None:
    lines = told()["How far has it come? To the planning issue, and to Slack."]
    said = {" ".join(line.split()) for line in lines}
    assert said >= {
        "day 14 of 28: 4 of 14 deliverables are done, 5 in progress, 4 not started, 1 blocked",
        "acme/search/frontend#19 blocked by workflow::blocked",
        "acme/search/engine#27 added 2026-02-19 mira.lindqvist",
        "acme/search/engine#39 removed 2026-02-24 tomas.okafor",
        "Applied: 3 changes",
    }


def test_the_clean_up_of_another_bot_and_the_close_do_not_change_the_answer() -> None:
    steps = told()
    first = steps["What was said, and what was done? It is counted from events."]
    assert first[2:8] == [
        "Say/Do 73 %: 11 of 15, the target is 80 %",
        "counted        said  done  ratio",
        "handbook         15    11   73 %",
        "committed        14    10   71 %",
        "reprioritized    14    11   79 %",
        "by_weight        26    20   77 %",
    ]
    for sentence in (
        "The labels have changed, what happened has not: the same answer.",
        "Nor does the answer change.",
    ):
        assert steps[sentence][2:] == ["  … the same 32 lines as before", "Plan: nothing to do"]
    closed = steps["What is left is labelled and moved on; how it ended is remembered."]
    assert closed[2] == "11 labelled as missed, 11 moved on"
    assert "acme/search/frontend#19 slipped in 18.9, 18.10: split it or drop it" in closed
    assert steps["Run again, it changes nothing."][2:] == ["0 labelled as missed, 0 moved on", "Plan: nothing to do"]


def test_it_ends_with_the_message_as_people_see_it() -> None:
    (message,) = [lines for head, lines in told().items() if "#team-search" in head]
    assert message[:4] == [
        "| *Search 18.10: Say/Do 73 %*, 11 of 15",
        "| The target is 80 %. The last 3 milestones together came to 74 %. 1 was added after the freeze.",
        "| *Promised, and not done: 3*",
        "| • acme/search/engine#47 Tune the garbage collector of the index nodes",
    ]
    assert "| • acme/search/engine#46" in message  # it is confidential: its title is told nowhere
    assert "| In its thread, a chart: Say/Do, 18.1 to 18.10" in message
    assert message[-1] == "|   18.10: 11 of 15, 73 %"


def test_it_leaves_nothing_behind(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    before, folder = dict(os.environ), Path.cwd()
    play(capsys)
    assert dict(os.environ) == before
    assert Path.cwd() == folder
    assert list(home.iterdir()) == []


def test_it_talks_to_this_machine_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    addresses: set[str] = set()
    connect = socket.socket.connect

    def noting(self: socket.socket, address: Any) -> None:
        addresses.add(address[0])
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noting)
    play(capsys)
    assert addresses == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (Typed("This must fail.", "check", exits=3), "exit code 0, and the story has 3"),
        (Typed("This must not.", "create-issue --milestone 99.9"), "exit code 2, and the story has 0"),
    ],
)
def test_a_step_that_goes_otherwise_ends_it(
    step: Typed, complaint: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "STEPS", (step, Typed("Never told.", "check")))
    code, text = play(capsys)
    assert code == 1
    assert complaint in text
    assert "Never told." not in text


def test_the_commands_see_the_day_of_the_story(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def a_fortnight_passes(box: Sandbox) -> None:
        assert box.now
        box.now = box.now.replace(month=2, day=14)

    steps = (Done("Two weeks later.", a_fortnight_passes), Typed("Plan the next one.", "create-issue --dry-run"))
    monkeypatch.setattr(demo, "STEPS", steps)
    monkeypatch.setattr(demo, "planning_issue", lambda box: box.gitlab.issues("acme/search/engine")[0])
    code, text = play(capsys)
    assert code == 0
    assert "search · 18.11 (2026-03-14 to 2026-04-10)" in text


def test_it_ends_by_itself_where_nobody_watches_after_less_than_ten_seconds_of_work(home: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)  # the clock on the wall tells of what else runs, too
    done = subprocess.run(  # noqa: S603 - ours
        [*PROGRAM, "demo"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "`planning-bot sandbox` starts them anew" in done.stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 10
    assert list(home.iterdir()) == []


def test_keep_serves_until_it_is_interrupted() -> None:
    line = [*PROGRAM, "demo", "--keep"]
    with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 - ours
        assert running.stdout
        lines: list[str] = []
        for line_ in running.stdout:
            lines.append(line_.rstrip())
            if line_.startswith("planning-bot say-do"):
                break
        address = next(line.split()[-1] for line in lines if line.startswith("Search 18.10 Planning "))
        shown = requests.get(address, timeout=5).text
        folder = Path(next(line for line in lines if line.startswith("cd ")).removeprefix("cd "))
        assert "Search: Build 18.10</a>" in shown
        assert (folder / "config" / "planning-bot.yml").is_file()
        assert (folder / "say-do.png").read_bytes().startswith(b"\x89PNG")
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=10) == 0
    assert not folder.exists()
