"""All the doors of a run: one for each outside system, each opened when it is first needed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from planning_bot.domain.change import WriteTable
from planning_bot.gateways import sheets
from planning_bot.gateways.gitlab_reader import GitLabReader
from planning_bot.gateways.gitlab_writer import GitLabWriter

if TYPE_CHECKING:
    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Delivered, Present
    from planning_bot.gateways.gitlab_connection import GitLabConnection


class Doors:
    """The reading doors, and the way to a writing one."""

    def __init__(self, gitlab: GitLabConnection, sheets_url: str) -> None:
        self.connection = gitlab
        self.gitlab = GitLabReader(gitlab)
        self._sheets_url = sheets_url

    @functools.cached_property
    def sheets(self) -> sheets.SheetReader:
        """Google Sheets, for reading. Raises UsageError where there is no key file."""
        return sheets.SheetReader(sheets.connect(self._sheets_url))

    def writer(self, me: str, trusted: frozenset[str]) -> Writer:
        """The writing door; `me` is the token's user, `trusted` the authors whose markers count."""
        return Writer(GitLabWriter(self.connection, me, trusted), self._sheets_url)


class Writer:
    """The one way to write: hands each change to the system that it is about."""

    def __init__(self, gitlab: GitLabWriter, sheets_url: str) -> None:
        self._gitlab = gitlab
        self._sheets_url = sheets_url

    def look(self, change: Change) -> Present:
        """Read what is there now. Raises ServerError."""
        return self._sheets.look(change) if isinstance(change, WriteTable) else self._gitlab.look(change)

    def send(self, change: Change, present: Present) -> Delivered:
        """Carry the change out. Raises ServerError where it was refused, UnknownOutcomeError where nobody knows."""
        if isinstance(change, WriteTable):
            return self._sheets.send(change, present)
        return self._gitlab.send(change, present)

    @functools.cached_property
    def _sheets(self) -> sheets.SheetWriter:
        return sheets.SheetWriter(sheets.connect(self._sheets_url, writes=True))
