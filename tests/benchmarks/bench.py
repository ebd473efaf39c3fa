"""What a run costs: requests, and time at 50 ms for each, beside what it could cost at the least.

By hand: `.venv/bin/python -m tests.benchmarks.bench`. It prints the tables that stand in the README.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planning_bot import cli
from planning_bot.gateways.gitlab_connection import SIDE_BY_SIDE
from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import tell_story
from tests.benchmarks.large_team import SIZE, arithmetic

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCY = 0.05
ROUNDS = 5
STARTS = 15
ON_AN_ISSUE = ("readiness", "capacity", "deliverables", "status --milestone 18.9", "say-do")
READING = ("doctor", "report")
COMMANDS = ("create-issue", "boards", *ON_AN_ISSUE, "run", *READING)


@dataclass(frozen=True)
class Cost:
    """What one run came to."""

    seconds: float
    reads: int
    writes: int
    chain: int

    @property
    def floor(self) -> float:
        """The least that it could take: all of them side by side, or the longest chain one after the other."""
        return LATENCY * max((self.reads + self.writes) / SIDE_BY_SIDE, self.chain)


@dataclass
class Stopwatch(logging.Filter):
    """Notes when each request was under way, from the program's own log; a command sets up the handlers anew."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Read how long a request took, and let the record pass; it was made when the request ended."""
        if took := re.search(r" in (\d+) ms$", record.getMessage()):
            self.spans.append((record.created - int(took[1]) / 1000, record.created))
        return True

    def longest_chain(self) -> int:
        """Count the requests that came one after the other: the most of which no two were under way together."""
        chain, free_at = 0, 0.0
        for started, ended in sorted(self.spans, key=lambda span: span[1]):
            if started >= free_at - LATENCY / 10:
                chain, free_at = chain + 1, ended
        return chain


def main() -> None:
    """Measure, and print Markdown."""
    costs = {f"{name}, {state}": cost for name in COMMANDS for state, cost in _measured(name).items()}
    click.echo(f"| command | requests | wall time at {LATENCY * 1000:.0f} ms | floor | longest chain |")
    click.echo("|---|---|---|---|---|")
    for name, cost in costs.items():
        requests = f"{cost.reads + cost.writes} ({cost.reads} reads, {cost.writes} writes)"
        chain = f"{cost.chain} requests"
        click.echo(f"| {name} | {requests} | {_ms(cost.seconds)} | {_ms(cost.floor)} | {chain} |")
    click.echo(f"\n| arithmetic | time |\n|---|---|\n| {SIZE} | {_ms(arithmetic())} |")
    script = str(Path(sys.executable).with_name("planning-bot"))
    bare, ours = _start_up([sys.executable, "-c", "import click"], [script, "--help"])
    click.echo("\n| start-up | time |\n|---|---|")
    click.echo(f'| `python -c "import click"` | {_ms(bare)} |')
    click.echo(f"| `planning-bot --help` | {_ms(ours)}, {ours / bare:.2f} times that |")


def _measured(command: str) -> dict[str, Cost]:
    """Measure a command on a team that has nothing yet, and again when there is nothing to do."""
    fresh, unchanged = [], []
    for _ in range(ROUNDS):
        with _desk() as box:
            for milestone in ("18.8", "18.9", "18.10") if command in ON_AN_ISSUE else ():
                _run(box, f"create-issue --milestone {milestone}")
            box.latency = LATENCY
            fresh.append(_run(box, command))
            unchanged.append(_run(box, command))
    return {"fresh": _median(fresh), "unchanged": _median(unchanged)}


@contextlib.contextmanager
def _desk() -> Iterator[Sandbox]:
    """Give a pretend GitLab with the story, and an environment to use it; the program is imported beforehand."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder, Sandbox() as box:
        story = tell_story(box)
        config = story.write_files(Path(folder))
        os.environ.update(story.environment(config.parent), PLANNING_BOT_STATE=folder)
        with contextlib.redirect_stdout(io.StringIO()):
            for command in COMMANDS:
                cli.run([command.split()[0], "--help"])
        yield box
    os.environ.clear()
    os.environ.update(before)


def _run(box: Sandbox, command: str) -> Cost:
    log, watch, seen = logging.getLogger("planning_bot.http"), Stopwatch(), len(box.requests)
    log.addFilter(watch)
    quiet = io.StringIO()
    started = time.perf_counter()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        name, *arguments = command.split()
        arguments += [f"{os.environ['PLANNING_BOT_STATE']}/public"] if name == "report" else []
        arguments += [] if name in READING else ["--apply"]
        code = cli.run([name, *arguments, "--today", "2026-01-31", "-q"])
    seconds = time.perf_counter() - started
    log.removeFilter(watch)
    assert code == 0, quiet.getvalue()
    sent = box.requests[seen:]
    # The exchange of a key for a token changes nothing.
    reads = sum(request.method == "GET" or request.path == "/token" for request in sent)
    return Cost(seconds, reads, len(sent) - reads, watch.longest_chain())


def _median(costs: list[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.seconds)[len(costs) // 2]


def _start_up(*lines: list[str]) -> list[float]:
    """Start each program in turn, many times, and give the medians."""
    times: list[list[float]] = [[] for _ in lines]
    for _ in range(STARTS):
        for line, taken in zip(lines, times, strict=True):
            started = time.perf_counter()
            subprocess.run(line, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - ours
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    main()
