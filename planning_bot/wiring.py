"""The wiring of one run: configuration, clock, doors, journal. What day it is, is read here and nowhere below."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr

from planning_bot.errors import UsageError
from planning_bot.gateways.doors import Doors
from planning_bot.gateways.gitlab_connection import GitLabConnection
from planning_bot.gateways.journal_file import open_journal
from planning_bot.rendering.templates import Templates
from planning_bot.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from planning_bot.config import Config, Gitlab, Team
    from planning_bot.domain.run import Options
    from planning_bot.session import Voice


@contextmanager
def open_sessions(config: Config, options: Options, voice: Voice) -> Iterator[Callable[[Team], Session]]:
    """Open the connection that the teams of a run share, and hand out a session for each.

    Raises UsageError where the token is missing, or where the journal cannot go where it was told to.
    """
    journal = open_journal(config, options, partial(datetime.now, UTC))
    connection = connect(config)
    doors = Doors(connection, config.sheets.api_url, config.slack.api_url)
    words = Templates(config.path.parent)

    def session(team: Team) -> Session:
        return Session(team, config, options, today_of(team, options), words, doors, voice, journal)

    try:
        yield session
        journal.close()  # that of a run which is cut short has no end: threads of it may still write
    finally:
        connection.close()
        if journal.told:
            voice.say(journal.told)


def connect(config: Config) -> GitLabConnection:
    """Connect to the configuration's GitLab with the token of the environment. Raises UsageError without one."""
    return connect_to(config.gitlab, config.path.parent)


def connect_to(gitlab: Gitlab, folder: Path) -> GitLabConnection:
    """Connect to a GitLab; its certificate authority is a file in `folder`. Raises UsageError without a token."""
    token = os.environ.get("GITLAB_TOKEN", "").strip()
    if not token:
        raise UsageError("GITLAB_TOKEN is not set", f"export a token for {gitlab.url} with the scope api")
    ca_file = str(folder / gitlab.ca_file) if gitlab.ca_file else None
    return GitLabConnection(gitlab.url, SecretStr(token), ca_file=ca_file, proxy=gitlab.proxy)


def today_of(team: Team, options: Options) -> date:
    """Give the day that the command line names, or else today in the team's time zone."""
    return options.today or datetime.now(team.zone).date()


def today_in_utc() -> date:
    """Give the day where no team's time zone is known yet."""
    return datetime.now(UTC).date()
