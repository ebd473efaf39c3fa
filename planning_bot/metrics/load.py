"""Load: the weight that members have already, and the issues that ask for a decision before they count."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import NOTHING, Load, OversizedIssue, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue


def measure_load(team: Team, earlier: Iterable[Issue], planned: Iterable[Issue]) -> dict[str, Load]:
    """Count what each member carries over from earlier delivery milestones, and what is planned in this one.

    Open issues with the team's label and a weight count; one with several assignees in equal parts, of which those
    of people who are no members count for nobody. Carried-over ones count the share of their weight that is still
    to be done, by `capacity.carryover_shares`.
    """
    shares = {label: exact(share) for label, share in team.capacity.carryover_shares.items()}
    carried = _by_assignee(team, earlier, shares)
    assigned = _by_assignee(team, planned, {})
    return {name: Load(carried[name.casefold()], assigned[name.casefold()]) for name in team.usernames}


def remaining_share(issue: Issue, shares: Mapping[str, Fraction]) -> Fraction:
    """Give the part of a carried-over issue that is still to be done: of several labels, the smallest says it."""
    return min((share for label, share in shares.items() if label in issue.labels), default=Fraction(1))


def oversized(team: Team, issues: Iterable[Issue]) -> tuple[OversizedIssue, ...]:
    """Find open issues of the team that are larger than an issue may be, the largest first."""
    found = [
        OversizedIssue(issue.reference, issue.weight)
        for issue in issues
        if _is_ours(team, issue) and issue.weight is not None and issue.weight > team.weights.largest
    ]
    return tuple(sorted(found, key=lambda issue: (-issue.weight, issue.reference)))


def unweighted(team: Team, issues: Iterable[Issue]) -> tuple[str, ...]:
    """Find open issues of the team that need a weight and have none; 0 is one."""
    exempt = frozenset(team.weights.unweighted_labels)
    return tuple(
        sorted(
            issue.reference
            for issue in issues
            if _is_ours(team, issue) and issue.weight is None and not exempt & issue.labels
        )
    )


def _is_ours(team: Team, issue: Issue) -> bool:
    return issue.is_open and team.gitlab.label in issue.labels


def _by_assignee(team: Team, issues: Iterable[Issue], shares: Mapping[str, Fraction]) -> dict[str, Fraction]:
    load: dict[str, Fraction] = defaultdict(lambda: NOTHING)
    for issue in {issue.id: issue for issue in issues}.values():
        if _is_ours(team, issue) and issue.weight is not None and issue.assignees:
            part = issue.weight * remaining_share(issue, shares) / len(issue.assignees)
            for assignee in issue.assignees:
                load[assignee.username.casefold()] += part
    return load
