from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from planning_bot.gateways import polite_session
from planning_bot.sandbox import Sandbox
from tests.support import TOKEN, Desk, FakeClock, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A commit waits for few examples of each property, a night for many: pytest --hypothesis-profile nightly.
settings.register_profile("commit", max_examples=40, deadline=None)
settings.register_profile("nightly", max_examples=2000, deadline=None)
settings.load_profile("commit")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Give the clock of every session that is opened without one of its own."""
    fake = FakeClock()
    monkeypatch.setattr(polite_session, "Clock", lambda: fake)
    return fake


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Iterator[Desk]:
    """Give a desk with the world of `tests.support` in its sandbox, and a home of its own."""
    for name in ("NO_COLOR", "FORCE_COLOR", "PLANNING_BOT_CONFIG", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    with Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)) as box:
        world(box)
        desk = Desk(box, tmp_path, clock)
        desk.configure()
        yield desk
