"""Who might refine what: engineers in turn, by role, nobody who is away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from planning_bot.metrics.roles import eligible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue


def propose_refiners(team: Team, waiting: Iterable[Issue], away: frozenset[str]) -> dict[str, str | None]:
    """Propose an engineer for each issue, in the order given, by reference; None where nobody can.

    A member to whom it is assigned keeps it. Else it goes to whoever has been proposed least among the members who
    have one of its roles and are there, then by username.
    """
    turns: Counter[str] = Counter()
    proposed: dict[str, str | None] = {}
    for issue in waiting:
        there = [member.username for member in team.members if member.allocation and member.username not in away]
        assigned = {person.username.casefold() for person in issue.assignees}
        able = [name for name in there if name.casefold() in assigned] or [
            name for name in eligible(team, issue) if name in there
        ]
        choice = min(able, key=lambda name: (turns[name], name), default=None)
        proposed[issue.reference] = choice
        turns.update([choice] if choice else [])
    return proposed
