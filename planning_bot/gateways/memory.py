"""What a run has read: each thing is fetched once, and what the run itself writes is handed on, not listed again.

A list may lag behind a write for seconds (a replica answers it), so that a command which follows another in one run
would miss what was just made, and make it twice. What GitLab answered to the write is the newer word.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from gitlab.utils import EncodedId

from planning_bot.domain.change import (
    CreateBoard,
    CreateIssue,
    CreateLabel,
    EditIssue,
    RepairBoard,
    TakeBack,
    WriteNote,
)
from planning_bot.domain.issue import Issue, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.domain.change import GitLabChange
    from planning_bot.domain.delivered import Delivered

_T = TypeVar("_T")
_Key = tuple[Any, ...]


class Memory:
    """The answers of one run, by path and query; several threads may use it."""

    def __init__(self) -> None:
        self._answers: dict[_Key, Future[Any]] = {}
        self._boards: dict[str, set[int]] = {}
        self._lock = threading.Lock()

    def once(self, key: _Key, fetch: Callable[[], _T]) -> _T:
        """Fetch a thing once a run, also where two threads want it at the same time."""
        with self._lock:
            known = self._answers.get(key)
            answer: Future[_T] = known or Future()
            self._answers[key] = answer
        if known is None:
            try:
                answer.set_result(fetch())
            except BaseException as error:
                answer.set_exception(error)
                raise
        return answer.result()

    def hear(self, change: GitLabChange, delivered: Delivered | None) -> None:
        """Take in what a write came to; None is a write of which nobody knows: what it was about is read again."""
        with self._lock:
            match change:
                case CreateIssue() | EditIssue() | TakeBack():
                    self._hear_issue(change, delivered)
                case WriteNote():
                    self._hear_note(change, delivered)
                case CreateBoard() | RepairBoard():
                    made = {delivered.created.id} if delivered and delivered.created else set()
                    self._boards.setdefault(change.group, set()).update(made)
                    if delivered is None:
                        self._forget(f"/groups/{EncodedId(change.group)}/boards")
                case CreateLabel():
                    self._forget(f"/groups/{EncodedId(change.group)}/labels")

    def boards_written(self, group: str) -> list[int]:
        """Name, once, the boards that the run wrote to since: of these the list knows an earlier state, or nothing."""
        with self._lock:
            return sorted(self._boards.pop(group, ()))

    def learn(self, key: _Key, answer: Any) -> None:
        """Remember what is known better than by asking."""
        with self._lock:
            self._learn(key, answer)

    def _hear_issue(self, change: CreateIssue | EditIssue | TakeBack, delivered: Delivered | None) -> None:
        if delivered is None or not isinstance(delivered.seen, Issue):
            self._forget("/issues")
            return
        issue = delivered.seen
        path = f"/projects/{EncodedId(issue.project)}/issues"
        self._forget_below(f"{path}/{issue.iid}/resource_")
        for key, rows in self._lists("/issues"):
            if any(row.id == issue.id for row in rows):
                self._learn(key, tuple(issue if row.id == issue.id else row for row in rows))
            elif isinstance(change, CreateIssue) and key[0] == path and ("state", "closed") not in key:
                self._learn(key, (*rows, issue))
        if isinstance(change, EditIssue) and "milestone" in change.after.model_fields_set:
            # It may have left such a list, or come to it.
            for key, _ in self._lists("/issues"):
                if any(isinstance(part, tuple) and part[0] == "milestone" for part in key):
                    del self._answers[key]

    def _hear_note(self, change: WriteNote, delivered: Delivered | None) -> None:
        project, _, iid = change.target.rpartition("#")
        path = f"/projects/{EncodedId(project)}/issues/{iid}/notes"
        if delivered is None or not isinstance(delivered.seen, Note):
            self._forget(path)
            return
        note = delivered.seen
        for key, rows in self._lists(path):
            self._learn(key, (*(row for row in rows if row.id != note.id), note))
        for key, rows in self._lists("/issues"):  # an issue without notes is not asked for any
            found = (replace(i, notes_count=1) if i.reference == change.target else i for i in rows)
            self._learn(key, tuple(found))

    def _lists(self, end: str) -> list[tuple[_Key, tuple[Any, ...]]]:
        """Give the lists that were read in full, of the paths that end so."""
        ready = ((key, answer) for key, answer in self._answers.items() if key[0].endswith(end) and answer.done())
        return [(key, answer.result()) for key, answer in ready if answer.exception() is None]

    def _learn(self, key: _Key, rows: Any) -> None:
        answer: Future[Any] = Future()
        answer.set_result(rows)
        self._answers[key] = answer

    def _forget(self, end: str) -> None:
        for key in [key for key in self._answers if key[0].endswith(end)]:
            del self._answers[key]

    def _forget_below(self, start: str) -> None:
        for key in [key for key in self._answers if key[0].startswith(start)]:
            del self._answers[key]
