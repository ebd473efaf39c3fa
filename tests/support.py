"""A pretend GitLab with one team in it, a desk to run commands from, and a clock on which nobody waits.

`world(box)` fills a sandbox with what every command needs; `Desk.run` runs the program in this process, with
`Desk.start` it runs in one of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

from planning_bot import cli

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from planning_bot.sandbox import Request, Sandbox

GROUP, PROJECT = "acme/search", "acme/search/planning"
ISSUES = "/api/v4/projects/acme%2Fsearch%2Fplanning/issues"
BOT, PM, EM, STRANGER, GUEST = "planning-bot", "mira", "tomas", "zed", "guest-bot"
TOKEN, GUEST_TOKEN = "glpat-Canary+/4711=end", "glpat-guest-0815"
TODAY = "2026-01-31"
PROGRAM = [sys.executable, "-c", "from planning_bot.cli import main; main()"]

MILESTONES = {
    "18.8": ("2025-12-13", "2026-01-09"),
    "18.9": ("2026-01-10", "2026-02-13"),
    "18.10": ("2026-02-14", "2026-03-13"),
    "18.11": ("2026-03-14", "2026-04-10"),
    "18.1": ("2025-06-14", "2025-07-11"),
    "Next 1-3 releases": (None, None),
    "Next 4-6 releases": (None, None),
    "Backlog": (None, None),
}
LABELS = (
    "Planning Issue", "Deliverable", "group::search", "type::bug", "type::maintenance", "type::feature",
    "workflow::problem validation", "workflow::design", "workflow::solution validation",
    "workflow::planning breakdown", "workflow::ready for development", "workflow::in dev", "workflow::in review",
    "workflow::awaiting security release", "workflow::blocked", "planning-bot::skip", "Sync Meeting",
)  # fmt: skip
CONFIG = """\
gitlab:
  url: {url}
teams:
  search:
    name: Search
    gitlab: {{group: acme/search, label: "group::search"}}
    product_manager: mira
    engineering_manager: tomas
    members:
      - {{username: ana, name: Ana Ferreira}}
      - {{username: kenji, name: Kenji Sato, allocation: 0.5}}
    planning_issue: {{project: acme/search/planning}}
"""


def world(box: Sandbox, milestones: Mapping[str, tuple[str | None, str | None]] = MILESTONES) -> None:
    """Give a sandbox a group above the team's, its people, milestones and labels, and a project without issues."""
    gitlab = box.gitlab
    gitlab.add_group(GROUP)
    gitlab.add_project(PROJECT)
    for username, name, level in (
        (BOT, "Planning Bot", 40), (PM, "Mira Lindqvist", 30), (EM, "Tomas Okafor", 40), ("ana", "Ana Ferreira", 30),
        ("kenji", "Kenji Sato", 30), (STRANGER, "zed", 0), (GUEST, "Guest Bot", 10),
    ):  # fmt: skip
        gitlab.add_user(username, name, bot=username in (BOT, GUEST))
        if level:
            gitlab.add_member("acme", username, access_level=level)
    gitlab.add_token(TOKEN, BOT)
    gitlab.add_token(GUEST_TOKEN, GUEST)
    for title, (start, due) in milestones.items():
        gitlab.add_milestone("acme", title, start=start, due=due)
    for name in LABELS:
        gitlab.add_label("acme", name)


class FakeClock:
    """Time that passes when somebody sleeps, and only then."""

    def __init__(self) -> None:
        self.started = float(int(time.time()))
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        """Give the time, in seconds since the epoch."""
        return self.started + self.waited

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.waits.append(seconds)

    @property
    def waited(self) -> float:
        """How long everybody has slept."""
        return sum(self.waits)


@dataclass(frozen=True)
class Ran:
    """What a run came to: its exit code, its two streams, and the requests that it sent."""

    code: int
    out: str
    err: str
    requests: list[Request] = field(default_factory=list)

    @property
    def reads(self) -> list[Request]:
        """The requests that change nothing."""
        return [request for request in self.requests if request.method == "GET"]

    @property
    def writes(self) -> list[Request]:
        """The requests that may change something: asking Google for a token does not."""
        return [request for request in self.requests if request.method != "GET" and request.path != "/token"]

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Method and path of what may have changed something, in its order."""
        return [(request.method, request.path.removeprefix("/api/v4")) for request in self.writes]

    @property
    def json(self) -> Any:
        """The object on stdout."""
        return json.loads(self.out)

    @property
    def team(self) -> Any:
        """The one team in the object on stdout."""
        (team,) = self.json["teams"]
        return team


@dataclass
class Desk:
    """Where somebody sits who uses the program: a pretend GitLab, a folder with the configuration, a clock."""

    box: Sandbox
    folder: Path
    clock: FakeClock
    day: str = TODAY

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "planning-bot.yml"

    def configure(self, text: str = CONFIG, **replaced: str) -> None:
        """Write the configuration, with some of its lines replaced."""
        for old, new in replaced.items():
            text = re.sub(rf"(?m)^( *){old}:.*$", rf"\1{new}", text)
        self.config.write_text(text.format(url=self.box.url), encoding="utf-8")

    def configure_planning_issue(self, **settings: str) -> None:
        """Write the configuration with further settings of the planning issue."""
        flow = ", ".join(["project: acme/search/planning", *(f"{key}: {value}" for key, value in settings.items())])
        self.configure(planning_issue=f"planning_issue: {{{{{flow}}}}}")

    def run(self, command: str, *arguments: str) -> Ran:
        """Run a command in this process, and wait until nothing of it is under way any more."""
        before = len(self.box.requests)
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.object(sys, "argv", self._line(command, *arguments)),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = _exit_code()
        return Ran(code, out.getvalue(), err.getvalue(), self.box.requests[before:])

    def start(self, command: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        line = [*PROGRAM, *self._line(command, *arguments)[1:]]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(line, text=True, env=dict(os.environ), **{**streams, **options})  # noqa: S603 - ours

    def _line(self, command: str, *arguments: str) -> list[str]:
        own = ["--config", str(self.config), "--today", self.day]
        own = [] if "--config" in arguments or "--help" in arguments else own
        return ["planning-bot", command, *own, *arguments]


def _exit_code() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        # A run in the midst of another, on a thread of the server's, cannot wait for that one's threads.
        if threading.current_thread() is threading.main_thread():
            for thread in threading.enumerate():
                if thread.name.startswith("gitlab"):
                    thread.join()
        logging.getLogger("planning_bot").handlers.clear()
    raise AssertionError("main() ends with sys.exit")


def end_state(box: Sandbox) -> Any:
    """Give all that a run can change, comparable between two sandboxes: without the port, and without hashes of it."""
    text = json.dumps(box.gitlab.dump(), indent=1, ensure_ascii=False).replace(box.url, "https://gitlab.example")
    for group in (GROUP, GROUP.partition("/")[0]):
        for board in box.gitlab.boards(group):  # they are made side by side, so that their ids are in any order
            text = re.sub(rf"/-/boards/{board['id']}\b", f"/-/boards/{board['name']}", text)
    return json.loads(re.sub(r"(planning-bot:begin [a-z-]+ )[0-9a-f]{12}", r"\1…", text))


def count(requests: list[Request]) -> tuple[int, int]:
    """Give the number of reads and of writes."""
    reads = sum(request.method == "GET" for request in requests)
    return reads, len(requests) - reads


@contextlib.contextmanager
def environment(**variables: str | None) -> Iterator[None]:
    """Set and unset environment variables for a while."""
    set_ones = {name: value for name, value in variables.items() if value is not None}
    with mock.patch.dict(os.environ, set_ones):
        for name in variables.keys() - set_ones.keys():
            os.environ.pop(name, None)
        yield
