"""Pages for people (a start)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox.routing import Answer

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Store


def show(_: Store, path: str) -> Answer:
    """Return the page of a path."""
    return Answer(None, 404, text=f"No page {path}")
