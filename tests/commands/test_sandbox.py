from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = [sys.executable, "-c", "from planning_bot.cli import main; main()"]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the sandbox as somebody would in another terminal."""
    line = [*PROGRAM, "sandbox", "--folder", str(tmp_path / "team")]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True) as running:  # noqa: S603 - ours
        yield running
        running.kill()


def environment(running: subprocess.Popen[str], home: Path) -> dict[str, str]:
    """Do what the printed lines say, in a home of one's own."""
    assert running.stdout
    exports = [running.stdout.readline().strip() for _ in range(4)]
    assert all(line.startswith("export ") for line in exports)
    pairs = dict(line.removeprefix("export ").split("=", 1) for line in exports)
    return {**os.environ, "HOME": str(home), "PLANNING_BOT_STATE": str(home / "state"), **pairs}


def test_what_it_prints_is_all_that_is_needed(sandbox: subprocess.Popen[str], tmp_path: Path) -> None:
    environ = environment(sandbox, tmp_path)
    assert environ["PLANNING_BOT_CONFIG"] == str(tmp_path / "team" / "planning-bot.yml")
    assert sandbox.stderr
    hint, look = sandbox.stderr.readline(), sandbox.stderr.readline()
    day = hint.split()[-1]
    done = subprocess.run(  # noqa: S603 - ours
        [*PROGRAM, "create-issue", "--today", day, "--apply"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environ, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    address = done.stdout.split()[-1]
    assert address.startswith(look.split()[4])
    assert "Search 18.10 Planning" in requests.get(address, timeout=5).text


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(sandbox: subprocess.Popen[str], tmp_path: Path, how: signal.Signals) -> None:
    environment(sandbox, tmp_path)
    assert sandbox.stderr
    sandbox.stderr.readline()
    address = sandbox.stderr.readline().split()[4]
    assert requests.get(address, timeout=5).ok
    sandbox.send_signal(how)
    assert sandbox.wait(timeout=10) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)


def test_a_port_that_is_taken_is_told(sandbox: subprocess.Popen[str], tmp_path: Path) -> None:
    environment(sandbox, tmp_path)
    assert sandbox.stderr
    sandbox.stderr.readline()
    port = sandbox.stderr.readline().split()[4].rstrip("/").rpartition(":")[2]
    line = [*PROGRAM, "sandbox", "--port", port]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - ours
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: port {port} cannot be listened on: ")
