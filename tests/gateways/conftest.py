from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from planning_bot.gateways.gitlab_connection import GitLabConnection
from planning_bot.gateways.gitlab_reader import GitLabReader
from tests.support import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support import Desk, FakeClock

    Connect = Callable[..., GitLabConnection]


@pytest.fixture
def connect(clock: FakeClock) -> Iterator[Connect]:
    """Give a function that connects to a server, on the clock of the test."""
    stack: list[closing[GitLabConnection]] = []

    def connected(url: str, token: str = TOKEN, **options: object) -> GitLabConnection:
        connection = GitLabConnection(url, SecretStr(token), **{"clock": clock, **options})  # type: ignore[arg-type]
        stack.append(closing(connection))
        return connection

    yield connected
    for opened in stack:
        opened.__exit__(None, None, None)


@pytest.fixture
def reader(desk: Desk, connect: Connect) -> GitLabReader:
    """Give the reading door to the sandbox of the desk."""
    return GitLabReader(connect(desk.box.url))
