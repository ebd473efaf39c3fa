"""The stage on which a case is played again and again, from the same start."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

from google.auth import _exponential_backoff

from planning_bot.gateways import polite_session
from tests.promises.cases import KEY_FILE, SLACK_TOKEN
from tests.support import TOKEN, Ran, end_state, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.promises.cases import Case
    from tests.support import Desk

Shape = tuple[str, str]  # a method and the pattern of a path


@dataclass
class Stage:
    """A case, ready to be tried; `goal` is what a run without any fault leaves behind."""

    case: Case
    desk: Desk
    start: bytes = b""
    before: Any = None
    goal: Any = None
    sent: list[tuple[str, str]] = field(default_factory=list)
    gathered: int = 0
    unlocked: int = 0  # how many requests of a run come before the command that writes
    _files: dict[str, bytes] = field(default_factory=dict)

    def set_up(self) -> None:
        """Prepare the case, and play it once without any fault."""
        self.desk.configure()
        self.case.prepare(self.desk)
        self.start = self.desk.box.save()
        self._files = {path.name: path.read_bytes() for path in self.desk.folder.iterdir() if path.is_file()}
        self.gathered = len(self.look().requests)
        self.reset()
        self.before = self.state()
        ran = self.run()
        assert ran.code == 0, ran.err
        self.sent = [(request.method, request.path) for request in ran.requests]
        self.goal = self.state()

    @contextlib.contextmanager
    def surroundings(self, home: Path) -> Iterator[None]:
        """Set the environment and the clock in which the case is played."""
        own = {name: str(home / name) for name in ("HOME", "XDG_STATE_HOME", "PLANNING_BOT_STATE")}
        key = str(self.desk.folder / KEY_FILE)
        tokens = {"GITLAB_TOKEN": TOKEN, "SLACK_BOT_TOKEN": SLACK_TOKEN, "GOOGLE_APPLICATION_CREDENTIALS": key}
        # google-auth waits a few seconds of its own before it asks for a token again.
        googles = mock.patch.object(_exponential_backoff, "time", SimpleNamespace(sleep=self.desk.clock.sleep))
        clock = mock.patch.object(polite_session, "Clock", return_value=self.desk.clock)
        with environment(**own, **tokens), clock, googles:
            yield

    def reset(self) -> None:
        """Go back to the start."""
        self.desk.box.restore(self.start)
        self.desk.clock.waits.clear()
        for name, content in self._files.items():
            (self.desk.folder / name).write_bytes(content)

    def run(self, *more: str) -> Ran:
        """Carry the command out."""
        return self._run(self.case.line, *more)

    def look(self) -> Ran:
        """Have the command print what it would do."""
        return self._run(self.case.harmless)

    def _run(self, lines: str, *more: str) -> Ran:
        requests, said = [], ""
        for line in self.lines(lines, *more):
            self.unlocked = len(requests)
            ran = self.desk.run(*line)
            requests, said = [*requests, *ran.requests], said + ran.err
            if ran.code:
                break
        return Ran(ran.code, ran.out, said, requests)

    def lines(self, lines: str = "", *more: str) -> list[list[str]]:
        """Give the command lines, the last of them with more arguments."""
        plan = str(self.desk.folder / "plan.json")
        parts = [shlex.split(line.replace("{plan}", plan)) for line in (lines or self.case.line).split("&&")]
        return [*parts[:-1], [*parts[-1], *more]]

    def state(self) -> Any:
        """Give all that a run can change, in all three systems; that one failed is told in Slack besides."""
        box = self.desk.box
        said = {name: [one for one in found if not _is_alarm(one)] for name, found in box.slack.dump().items()}
        return end_state(box), said, box.sheets.dump()

    def shapes(self) -> dict[Shape, int]:
        """Give the distinct requests of the command, the numbers in their paths aside, with how many there are."""
        return dict(Counter(shape(*sent) for sent in self.sent))

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The requests that change something, in their order."""
        return [sent for sent in self.sent if sent[0] != "GET" and sent[1] != "/token"]

    @property
    def looked_at(self) -> set[Shape]:
        """The shapes of what is sent from the last look before the first write on."""
        first = self.sent.index(self.writes[0])
        return {shape(*sent) for sent in self.sent[first - 1 :]}


def _is_alarm(message: dict[str, Any]) -> bool:
    payload = (message["metadata"] or {}).get("event_payload", {})
    return str(payload.get("key", "")).startswith("run ")


def shape(method: str, path: str) -> Shape:
    """Give a request without the numbers in its path, which are any others in another run."""
    return method, re.sub(r"/(?:\d+|F\d+)(?=/|$)", r"/F?\\d+", path) + "$"
