"""All the doors of a run: one for each outside system, each opened when it is first needed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

from planning_bot.domain.change import GitLabChange, PostMessage, WriteTable
from planning_bot.errors import UnknownOutcomeError
from planning_bot.gateways import sheets
from planning_bot.gateways.gitlab_reader import GitLabReader
from planning_bot.gateways.gitlab_writer import GitLabWriter
from planning_bot.gateways.replaced_edits import ReplacedEdits
from planning_bot.gateways.slack import SlackReader, SlackWriter
from planning_bot.gateways.slack import connect as connect_to_slack

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Delivered, Door, Present
    from planning_bot.gateways.gitlab_connection import GitLabConnection
    from planning_bot.gateways.memory import Memory
    from planning_bot.gateways.slack_connection import SlackConnection


class Doors:
    """The reading doors, and the way to a writing one."""

    def __init__(self, gitlab: GitLabConnection, sheets_url: str, slack_url: str) -> None:
        self.connection = gitlab
        self.gitlab = GitLabReader(gitlab)
        self._replaced: dict[str, ReplacedEdits] = {}
        self._sheets_url = sheets_url
        self._slack_url = slack_url

    @functools.cached_property
    def sheets(self) -> sheets.SheetReader:
        """Google Sheets, for reading. Raises UsageError where there is no key file."""
        return sheets.SheetReader(sheets.connect(self._sheets_url))

    @functools.cached_property
    def slack(self) -> SlackReader:
        """Slack, for reading. Raises UsageError where there is no token."""
        return SlackReader(self._slack)

    @functools.cached_property
    def _slack(self) -> SlackConnection:
        return connect_to_slack(self._slack_url)

    def _slack_writer(self) -> SlackWriter:
        return SlackWriter(self._slack, self.slack)

    def writer(self, me: str, trusted: frozenset[str]) -> Writer:
        """The writing door; `me` is the token's user, `trusted` the authors whose markers count."""
        # One for all commands of a run: what one of them wrote is no surprise to the next.
        replaced = self._replaced.setdefault(me, ReplacedEdits(self.connection, me))
        gitlab = GitLabWriter(self.connection, me, trusted, replaced)
        return Writer(gitlab, self.gitlab.memory, self._sheets_url, self._slack_writer)


class Writer:
    """The one way to write: hands each change to the system that it is about."""

    def __init__(
        self, gitlab: GitLabWriter, memory: Memory, sheets_url: str, open_slack: Callable[[], SlackWriter]
    ) -> None:
        self._gitlab = gitlab
        self._memory = memory
        self._sheets_url = sheets_url
        self._open_slack = open_slack

    def look(self, change: Change) -> Present:
        """Read what is there now. Raises ServerError."""
        return self._door(change).look(change)

    def send(self, change: Change, present: Present) -> Delivered:
        """Carry the change out. Raises ServerError where it was refused, UnknownOutcomeError where nobody knows."""
        try:
            delivered = self._door(change).send(change, present)
        except UnknownOutcomeError:
            self._hear(change, None)
            raise
        self._hear(change, delivered)
        return delivered

    def _hear(self, change: Change, delivered: Delivered | None) -> None:
        """Hand on to the commands that follow in this run what became of the change."""
        if isinstance(change, GitLabChange):
            self._memory.hear(change, delivered)

    def _door(self, change: Change) -> Door:
        """Give the door that knows changes of this kind."""
        match change:
            case WriteTable():
                return cast("Door", self._sheets)
            case PostMessage():
                return cast("Door", self._slack)
            case _:
                return cast("Door", self._gitlab)

    @functools.cached_property
    def _sheets(self) -> sheets.SheetWriter:
        return sheets.SheetWriter(sheets.connect(self._sheets_url, writes=True))

    @functools.cached_property
    def _slack(self) -> SlackWriter:
        return self._open_slack()
