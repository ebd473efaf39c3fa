"""The gate that an issue passes before it may be planned: weighted, small enough, ready, not blocked (numbers.md).

`readiness` tells what keeps an issue from passing, `deliverables` selects among those that pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue


def is_weighted(issue: Issue, team: Team) -> bool:
    """Whether it has a weight, 0 included, or needs none: then it counts 0, and a weight that it has counts."""
    return issue.weight is not None or not issue.labels.isdisjoint(team.weights.unweighted_labels)


def is_oversized(issue: Issue, team: Team) -> bool:
    """Whether it is to be broken down."""
    return issue.weight is not None and issue.weight > team.weights.largest


def is_spike(issue: Issue, team: Team) -> bool:
    """Whether it finds something out: it needs a weight, but not the ready label."""
    return team.weights.spike_label in issue.labels


def is_ready(issue: Issue, team: Team) -> bool:
    """Whether it can be started, or has been: an issue in progress counts as ready."""
    rules = team.deliverables
    labels = {rules.ready_label, *rules.in_progress_labels}
    return rules.ready_label is None or not issue.labels.isdisjoint(labels) or is_spike(issue, team)


def blocking_labels(issue: Issue, team: Team) -> tuple[str, ...]:
    """Name the blocked labels that it has."""
    return tuple(name for name in team.deliverables.blocked_labels if name in issue.labels)


def is_skipped(issue: Issue, team: Team) -> bool:
    """Whether a person asked that it be left alone by everything."""
    return team.limits.skip_label in issue.labels


def may_be_planned(issue: Issue, team: Team, blockers: tuple[str, ...]) -> bool:
    """Whether it passes the gate; `blockers` are the open issues that block it."""
    return (
        is_weighted(issue, team)
        and not is_oversized(issue, team)
        and is_ready(issue, team)
        and not (blocking_labels(issue, team) or blockers)
        and not is_skipped(issue, team)
    )


def tier_notices(issues: tuple[Issue, ...]) -> tuple[str, ...]:
    """Say so where GitLab keeps no weights: its Free tier leaves the key out of every issue."""
    if not issues or any(issue.tier_has_weights for issue in issues):
        return ()
    return ("this GitLab keeps no weights (its Free tier has none), so every issue counts as unweighted",)
