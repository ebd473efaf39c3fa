"""The titles that may be told: not of a confidential issue, nor of a project less visible than the planning issue's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.gateways.gitlab_reader import GitLabReader

_OPEN = ("private", "internal", "public")


def titles_to_tell(team: Team, reader: GitLabReader, issues: Iterable[Issue]) -> Mapping[str, str]:
    """Give by reference the titles of those that are not withheld; of every project the visibility is asked once."""
    known = [issue for issue in issues if not issue.confidential]
    own = team.planning_issue.project
    projects = sorted({own, *(issue.project for issue in known)})
    visibility = dict(zip(projects, reader.together(*(partial(reader.visibility, p) for p in projects)), strict=True))
    enough = _rank(visibility[own])
    return {issue.reference: issue.title for issue in known if _rank(visibility[issue.project]) >= enough}


def _rank(visibility: str) -> int:
    return _OPEN.index(visibility) if visibility in _OPEN else 0
