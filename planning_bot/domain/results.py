"""What each command answers, in the form of its JSON (`--format json`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planning_bot.domain.change import board_handle
from planning_bot.domain.snapshot import PLANNING_ISSUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.delivered import Created


@dataclass(frozen=True)
class CreateIssueResult:
    """The planning issue: null where a dry run would create it."""

    reference: str | None
    web_url: str | None
    created: bool

    def after(self, created: Mapping[str, Created]) -> CreateIssueResult:
        """Give the result as it is once the plan was carried out."""
        if PLANNING_ISSUE not in created:
            return self
        issue = created[PLANNING_ISSUE]
        return replace(self, reference=issue.reference, web_url=issue.web_url, created=True)


@dataclass(frozen=True)
class BoardResult:
    """One board; id and address are null where a dry run would create it."""

    key: str
    name: str
    id: int | None
    web_url: str | None
    created: bool


@dataclass(frozen=True)
class BoardsResult:
    """The team's boards, in the order of the configuration."""

    boards: tuple[BoardResult, ...]

    def after(self, created: Mapping[str, Created]) -> BoardsResult:
        """Give the result as it is once the plan was carried out."""
        return BoardsResult(tuple(_now_there(board, created.get(board_handle(board.key))) for board in self.boards))


def _now_there(board: BoardResult, created: Created | None) -> BoardResult:
    if created is None or board.id is not None:
        return board
    return replace(board, id=created.id, web_url=created.web_url, created=True)


Result = CreateIssueResult | BoardsResult
