"""One run at a time for each team; where two meet, what they made twice is found and reported."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from planning_bot.gateways import this_machine
from planning_bot.sandbox import Fault
from tests.promises.cases import CASES
from tests.support import CONFIG, PROJECT, Desk, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.promises.conftest import Tally
    from tests.promises.stage import Stage
    from tests.support import Ran

every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)
# What says that something stands there twice: an issue, an adopted one's note, a board, a message.
TOLD = ("carry the marker of the same", "two notes on", "2 boards are called", "messages stand there for one occasion")


@every_case
def test_with_the_lock_a_second_run_in_the_midst_of_the_first_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    _refused(stage, monkeypatch, tally, {stage.unlocked + 1, stage.gathered + 1, len(stage.sent)})


@pytest.mark.nightly
@every_case
def test_with_the_lock_a_second_run_is_refused_at_any_request_of_the_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    _refused(stage, monkeypatch, tally, range(1, len(stage.sent) + 1))


@every_case
def test_without_the_lock_what_two_runs_made_twice_is_found_and_reported_by_the_next(
    stage: Stage, tmp_path: Path, tally: Tally
) -> None:
    _reported(stage, tmp_path, tally, _a_sample(stage))


@pytest.mark.nightly
@every_case
def test_without_the_lock_what_two_runs_made_twice_is_reported_wherever_they_met(
    stage: Stage, tmp_path: Path, tally: Tally
) -> None:
    _reported(stage, tmp_path, tally, range(1, len(stage.sent) + 1))


def _a_sample(stage: Stage) -> list[int]:
    """Give some moments right before a write, the first and the last among them."""
    moments = [at for at, sent in enumerate(stage.sent, 1) if sent in stage.writes]
    return sorted({*moments[:: max(1, len(moments) // 3)], moments[-1]})


def _refused(stage: Stage, monkeypatch: pytest.MonkeyPatch, tally: Tally, moments: Iterable[int]) -> None:
    monkeypatch.setattr(this_machine, "_LOCK_SECONDS", 0)
    for at in (moment for moment in moments if moment > stage.unlocked):
        first, second = _interleaved(stage, at)
        if second is None:
            continue
        tally("interleavings")
        # doctor looks at everything first, and takes the lock when there is something to mend.
        codes = {(0, 3), (0, 0)} if "doctor" in stage.case.line and at <= stage.gathered else {(0, 3)}
        assert (first.code, second.code) in codes, (at, first.err, second.err)
        assert stage.state() == stage.goal, at


def _reported(stage: Stage, elsewhere: Path, tally: Tally, moments: Iterable[int]) -> None:
    for at in moments:
        first, second = _interleaved(stage, at, PLANNING_BOT_STATE=str(elsewhere / "state"))
        if second is None:
            continue
        tally("interleavings")
        # What the other made in the meantime can be refused to this one: a label that exists, a list of the board.
        assert {first.code, second.code} <= {0, 3, 4}, (at, first.err, second.err)
        third = stage.run()
        if stage.state() == stage.goal:
            assert third.code == 0, (at, third.err)
            continue
        if "it wrote over what" in first.err:
            tally("edits of the other run that were lost, and told")
            continue
        tally("doubles")
        # `run` tells the team's channel of what it refused.
        alarm = [("POST", "/slack/api/chat.postMessage")] if stage.case.line.startswith("run") else []
        assert third.sent in ([], alarm), (at, third.err)
        said = third.err + _said_by_the_next_look(stage)
        assert any(words in said for words in TOLD) or _is_only_a_second_chart(stage), (at, said)


def _said_by_the_next_look(stage: Stage) -> str:
    """Give what is said when the channel is looked at again: `run` does nothing twice on one day."""
    return stage.desk.run("say-do", "--dry-run").out if stage.case.line.startswith("run") else ""


def _is_only_a_second_chart(stage: Stage) -> bool:
    """Whether a chart stands in its thread twice: Slack's history does not show what stands in threads."""
    gitlab, slack, sheets = stage.state()
    once = {
        name: [one for number, one in enumerate(said) if not (one["files"] and one in said[:number])]
        for name, said in slack.items()
    }
    return (gitlab, once, sheets) == stage.goal


def _interleaved(stage: Stage, at: int, **elsewhere: str) -> tuple[Ran, Ran | None]:
    """Run, and run a second time as a whole right before a request of the first.

    There is no second one where the first sent a request fewer than usual: what goes out side by side comes in any
    order, and with it the doubt that GraphQL settles.
    """
    ran: list[Ran] = []

    def in_the_midst() -> None:
        with environment(**elsewhere):
            ran.append(stage.run())

    stage.reset()
    stage.desk.box.fail(Fault(nth=at, before=in_the_midst))
    first = stage.run()
    stage.desk.box.heal()
    assert ran or at >= len(stage.sent) - 1, at
    return first, ran[0] if ran else None


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_run_for_a_team_waits_for_the_first(desk: Desk) -> None:
    go_on = threading.Event()
    desk.box.fail(Fault(method="POST", before=lambda: go_on.wait(10)))
    first = desk.start("create-issue", "--apply")
    _until(lambda: any(request.method == "POST" for request in desk.box.requests))
    second = desk.start("create-issue", "--apply")
    time.sleep(0.5)
    seen = len(desk.box.requests)
    go_on.set()
    assert (first.communicate(timeout=20), first.returncode)[1] == 0
    out, err = second.communicate(timeout=20)
    assert (second.returncode, "planning issue found" in out) == (0, True), err
    assert [request.method for request in desk.box.requests[seen:]].count("POST") == 0
    assert len(desk.box.gitlab.issues(PROJECT)) == 1


def test_a_run_that_waited_in_vain_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(this_machine, "_LOCK_SECONDS", 0.05)
    go_on = threading.Event()
    desk.box.fail(Fault(method="POST", before=lambda: go_on.wait(10)))
    first = desk.start("create-issue", "--apply")
    _until(lambda: any(request.method == "POST" for request in desk.box.requests))
    refused = desk.run("create-issue", "--apply")
    dry = desk.run("create-issue", "--dry-run")
    go_on.set()
    first.communicate(timeout=20)
    assert (first.returncode, refused.code, refused.requests, dry.code) == (0, 3, [], 0)
    assert "another run for team 'search' is under way on this machine" in refused.err


def test_a_run_that_was_killed_blocks_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(this_machine, "_LOCK_SECONDS", 0.05)
    desk.box.fail(Fault(method="POST", before=lambda: (os.kill(first.pid, signal.SIGKILL), first.wait())))
    first = desk.start("create-issue", "--apply")
    first.communicate(timeout=20)
    assert first.returncode == -signal.SIGKILL
    assert desk.run("create-issue", "--apply").code == 0


def test_another_team_waits_for_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(this_machine, "_LOCK_SECONDS", 0.05)
    team = CONFIG.partition("teams:\n")[2].replace("  search:", "  other:").replace("name: Search", "name: Other")
    desk.configure(CONFIG + team)
    go_on = threading.Event()
    desk.box.fail(Fault(method="POST", before=lambda: go_on.wait(10)))
    first = desk.start("create-issue", "--team", "search", "--apply")
    _until(lambda: any(request.method == "POST" for request in desk.box.requests))
    ran = desk.run("create-issue", "--team", "other", "--apply")
    go_on.set()
    first.communicate(timeout=20)
    assert (first.returncode, ran.code) == (0, 0)
