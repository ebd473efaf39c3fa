"""What the program keeps on this machine: a lock for each team, and the folder for journals."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import platformdirs

from planning_bot.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning_bot.config import Config, Team

_LOCK_SECONDS = 10


def state_folder() -> Path:
    """Say where it lies: in `PLANNING_BOT_STATE`, else where this system keeps such things."""
    return Path(os.environ.get("PLANNING_BOT_STATE") or platformdirs.user_state_path("planning-bot"))


@contextmanager
def one_at_a_time(config: Config, team: Team) -> Iterator[None]:
    """Hold the lock of a team on this machine while a run may write. Raises RefusedError where another holds it.

    The lock belongs to the process and is let go when it dies, however it dies.
    """
    lock = filelock.FileLock(_lock_file(config, team), timeout=_LOCK_SECONDS)
    try:
        with lock:
            yield
    except filelock.Timeout as error:
        raise RefusedError(
            f"another run for team {team.key!r} is under way on this machine", "wait until it is done, and run again"
        ) from error


def _lock_file(config: Config, team: Team) -> Path:
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    what = f"{config.gitlab.url} {team.gitlab.group} {team.key}"
    return folder / f"{hashlib.sha256(what.encode()).hexdigest()[:16]}.lock"
