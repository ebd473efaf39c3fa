"""One run at a time for each team; where two meet, what they made twice is found and reported."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from planning_bot.sandbox import Fault
from tests.support import CONFIG, PROJECT, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


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
    monkeypatch.setattr("planning_bot.session._LOCK_SECONDS", 0.05)
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
    monkeypatch.setattr("planning_bot.session._LOCK_SECONDS", 0.05)
    desk.box.fail(Fault(method="POST", before=lambda: (os.kill(first.pid, signal.SIGKILL), first.wait())))
    first = desk.start("create-issue", "--apply")
    first.communicate(timeout=20)
    assert first.returncode == -signal.SIGKILL
    assert desk.run("create-issue", "--apply").code == 0


def test_another_team_waits_for_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning_bot.session._LOCK_SECONDS", 0.05)
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
