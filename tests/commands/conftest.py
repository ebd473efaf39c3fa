from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from google.auth import _exponential_backoff

from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import Story, tell_story
from tests.commands.doctor_room import SLACK_TOKEN, TOKEN, Room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support import FakeClock


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Sandbox, Story, bytes]]:
    """Give the story, told once, and what to go back to after each test."""
    with Sandbox() as box:
        story = tell_story(box)
        box.gitlab.add_token(TOKEN, "planning-bot", expires_at="2026-12-31")
        box.slack.add_token(SLACK_TOKEN)
        yield box, story, box.save()


@pytest.fixture
def room(told: tuple[Sandbox, Story, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Room:
    """Give a desk in the story of the sandbox, in which all is well."""
    # google-auth waits a few seconds of its own before it asks for a token again.
    monkeypatch.setattr(_exponential_backoff, "time", SimpleNamespace(sleep=clock.sleep))
    box, story, saved = told
    box.restore(saved)
    box.slack.add_token(SLACK_TOKEN)
    story.write_files(tmp_path)
    room = Room(box, tmp_path, clock, monkeypatch=monkeypatch)
    room.set(**story.environment(tmp_path), PLANNING_BOT_STATE=str(tmp_path / "state"))
    room.set(GITLAB_TOKEN=TOKEN, SLACK_BOT_TOKEN=SLACK_TOKEN)
    return room
