"""The journal's file: one for each run that writes, made before the first write, each line there before the next step.

By default it lies in the folder `journals` of the program's state, for its owner alone, and what is old goes: the
newest 200 are kept for 90 days.
"""

from __future__ import annotations

import errno
import os
import re
import shlex
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from planning_bot import __version__
from planning_bot.domain.change import TakeBack
from planning_bot.domain.journal import Began, Ended, Planned, intent_of, read_journal, told_of, written
from planning_bot.domain.plan import SavedPlan
from planning_bot.domain.run import Mode
from planning_bot.errors import UsageError
from planning_bot.gateways.files import read_text
from planning_bot.gateways.this_machine import state_folder
from planning_bot.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planning_bot.config import Config
    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Fate, Present
    from planning_bot.domain.journal import Journal, Line
    from planning_bot.domain.plan import TeamPlan
    from planning_bot.domain.run import Options

KEPT, KEPT_FOR = 200, timedelta(days=90)
_LARGEST = 256 * 1024 * 1024
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\d{8}T\d{6}Z-[a-z-]+-\d+(-\d+)?\.jsonl")


def open_journal(config: Config, options: Options, now: Callable[[], datetime]) -> JournalFile:
    """Have a journal ready for what this run may write. Raises UsageError where the file named for it cannot be one."""
    teams = tuple(team.key for team in config.select(options.teams))
    at = now().replace(microsecond=0)
    run = Began(program=__version__, command=options.command, server=config.gitlab.url, teams=teams, at=at)
    journal = JournalFile(run, state_folder() / "journals", options.journal, now, redact)
    if options.mode is not Mode.PRINT:
        journal.check()
    return journal


@dataclass
class JournalFile:
    """The journal of this run; several threads may write to it. Nothing is made before the first plan is recorded.

    `chosen` is where somebody wants it, `folder` where it goes otherwise. `trouble` says why it stopped, where it did:
    a run that has begun to write goes on without it, as what is half done is worse than what cannot be taken back.
    """

    run: Began
    folder: Path
    chosen: Path | None
    now: Callable[[], datetime]
    redact: Callable[[str], str]
    path: Path | None = None
    trouble: str = ""
    _sent: set[type[Change]] = field(default_factory=set)
    _descriptor: int = -1
    _sum: str = ""
    _plans: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raise UsageError where the file that was chosen cannot be made; looked at before anything is read."""
        if self.chosen and self.chosen.exists():
            raise UsageError(f"{self.chosen} exists, and a journal is never written over", "name another file")
        if self.chosen and not self.chosen.parent.is_dir():
            raise UsageError(f"there is no folder {self.chosen.parent} to keep the journal in", "create it")

    def record(self, planned: TeamPlan, group: str, user: str, command: str) -> PlanRecorder:
        """Write down that a plan is about to be carried out.

        Raises UsageError where the run has no journal yet and none can be written.
        """
        saved = SavedPlan(command=command, server=self.run.server, teams=(planned,))
        with self._lock:
            self._plans += 1
            number = self._plans
            line = Planned(
                plan=number,
                team=planned.team,
                group=group,
                user=user,
                milestone=planned.milestone,
                sha256=saved.sha256,
                changes=len(planned.plan.changes),
                at=self.now(),
            )
            if self.path is None:
                self._begin(line)
            else:
                self._try(line)
        return PlanRecorder(self, number)

    @property
    def told(self) -> str:
        """Say where the journal of what was sent is, and what it is good for; nothing where nothing was sent."""
        if not self._sent:
            return ""
        if self._sent == {TakeBack}:
            return f"what was taken back stands in a journal: {self.path}"
        undo = f"planning-bot undo {shlex.quote(str(self.path))}"
        return f"what was written stands in a journal; to take it back: {undo}"

    def heard(self, change: Change) -> None:
        """Take in that a change is about to be sent."""
        self._sent.add(type(change))

    def note(self, line: Line) -> None:
        """Write a line; where that fails, the journal ends there, and `trouble` says why."""
        with self._lock:
            self._try(line)

    def close(self) -> None:
        """Write the last line."""
        with self._lock:
            if self.path is None:
                return
            self._try(Ended(at=self.now()))
            os.close(self._descriptor)

    def _begin(self, first: Planned) -> None:
        try:
            self.path, self._descriptor = self._open()
            self._write(self.run)
            self._write(first)
        except OSError as error:
            where = error.filename or self.chosen or self.folder
            raise UsageError(
                f"no journal can be kept in {where}: {error.strerror}; nothing was written",
                "name a file with --journal FILE, or a folder with PLANNING_BOT_STATE",
            ) from error

    def _open(self) -> tuple[Path, int]:
        if self.chosen:
            return self.chosen, _made(self.chosen)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        prune(self.folder, self.run.at)
        name = f"{self.run.at:{_STAMP}}-{self.run.command}-{os.getpid()}"
        for more in ("", *(f"-{number}" for number in range(2, KEPT))):
            path = self.folder / f"{name}{more}.jsonl"
            with suppress(FileExistsError):
                return path, _made(path)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))

    def _try(self, line: Line) -> None:
        if self.trouble:
            return
        try:
            self._write(line)
        except OSError as error:
            self.trouble = f"the journal {self.path} could not be written any further: {error.strerror}"

    def _write(self, line: Line) -> None:
        text, self._sum = written(line, self._sum, self.redact)
        content = text.encode("utf-8", "replace")
        if os.write(self._descriptor, content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))


@dataclass(frozen=True)
class PlanRecorder:
    """Writes down what becomes of one plan."""

    journal: JournalFile
    plan: int
    _withheld: set[int] = field(default_factory=set)

    def intends(self, number: int, change: Change, present: Present) -> None:
        """Write down that a change is about to be sent."""
        self.journal.heard(change)
        if present.is_confidential:
            self._withheld.add(number)
        self.journal.note(intent_of(self.plan, number, change, present, self.journal.now()))

    def tells(self, number: int, change: Change, fate: Fate) -> None:
        """Write down what became of it."""
        withheld = number in self._withheld
        self.journal.note(told_of(self.plan, number, change, fate, self.journal.now(), withheld=withheld))


def prune(folder: Path, now: datetime) -> None:
    """Delete journals that are too old or too many, so that with the next one as many are there as are kept.

    Only files that are named as journals are; one that cannot be deleted stays.
    """
    found = sorted((file for file in folder.iterdir() if _NAME.fullmatch(file.name)), reverse=True)
    oldest = f"{now - KEPT_FOR:{_STAMP}}"  # names begin with their time, so that they sort by it
    for place, file in enumerate(found):
        if place >= KEPT - 1 or file.name < oldest:
            with suppress(OSError):
                file.unlink()


def load_journal(file: Path) -> Journal:
    """Read a journal. Raises UsageError where it is none, and RefusedError where it was altered."""
    text = read_text(file, _LARGEST, "journal", "name the journal that a run told of")
    return read_journal(text, str(file))


def _made(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
