"""How a planner turns facts into text without knowing of templates: it is handed something with these methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Words(Protocol):
    """What the program says."""

    def render(self, name: str, facts: Mapping[str, object], sections: Mapping[str, str] | None = None) -> str:
        """Fill the template of that name, as Markdown; `sections` are Markdown already."""

    def message(self, name: str, facts: Mapping[str, object]) -> str:
        """Fill the template of that name, as mrkdwn, which Slack reads: paragraphs for `domain.message.compose`."""

    def line(self, source: str, facts: Mapping[str, object]) -> str:
        """Fill a one-line text of the configuration, such as a title."""
