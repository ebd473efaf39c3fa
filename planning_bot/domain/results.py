"""What each command answers, in the form of its JSON (`--format json`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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


Result = CreateIssueResult
