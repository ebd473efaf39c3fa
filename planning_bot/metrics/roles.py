"""Which members an issue can go to, by its role labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue


def eligible(team: Team, issue: Issue) -> tuple[str, ...]:
    """Name the members who have one of the issue's roles; an issue whose labels are nobody's role is everybody's."""
    known = {role for member in team.members for role in member.roles}
    wanted = issue.labels & known
    return tuple(member.username for member in team.members if not wanted or wanted & set(member.roles))
