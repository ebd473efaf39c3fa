"""What keeps the candidates of a milestone from being planned, issue by issue, and what else is badly placed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from planning_bot.metrics.gate import (
    blocking_labels,
    is_oversized,
    is_ready,
    is_spike,
    is_weighted,
    may_be_planned,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue


class Kind(Enum):
    """The kinds of findings, in the order in which they are told."""

    UNWEIGHTED = "unweighted"
    OVERSIZED = "oversized"
    NOT_READY = "not_ready"
    BLOCKED = "blocked"
    NO_TYPE = "no_type"
    MISSING_LABELS = "missing_labels"
    NO_MILESTONE = "no_milestone"
    ORPHAN = "orphan"


@dataclass(frozen=True)
class Finding:
    """One thing about one issue that somebody should mend."""

    issue: Issue
    kind: Kind
    because: str


@dataclass(frozen=True)
class Seen:
    """What readiness looks at: open issues, all without planning issues, tasks and test cases.

    `candidates` are the team's in the milestone, `homeless` the team's without a milestone, `orphans` those of the
    milestone that a member is assigned to and that lack the team's label. `blockers` are references of open issues
    that block a candidate, by the candidate's reference.
    """

    candidates: tuple[Issue, ...] = ()
    homeless: tuple[Issue, ...] = ()
    orphans: tuple[Issue, ...] = ()
    blockers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Readiness:
    """Which candidates pass the gate, and everything that was found."""

    ready: tuple[Issue, ...]
    findings: tuple[Finding, ...]


def measure_readiness(seen: Seen, team: Team) -> Readiness:
    """Sort what was seen; one finding for each kind and issue, in the order of kinds, then of references."""
    ready = [i for i in seen.candidates if may_be_planned(i, team, seen.blockers.get(i.reference, ()))]
    found = [finding for issue in seen.candidates for finding in _of_candidate(issue, team, seen)]
    found += [
        Finding(issue, Kind.NO_MILESTONE, "it has no milestone: plan it, or put it into the backlog")
        for issue in seen.homeless
    ]
    found += [
        Finding(issue, Kind.ORPHAN, f"{_at_work(issue)} on it, and it lacks {team.gitlab.label}")
        for issue in seen.orphans
    ]
    kinds = list(Kind)
    found.sort(key=lambda finding: (kinds.index(finding.kind), natural(finding.issue)))
    return Readiness(tuple(sorted(ready, key=natural)), tuple(found))


def natural(issue: Issue) -> tuple[str, int]:
    """Sort issues as people list them: by project, then by number."""
    return issue.project, issue.iid


def _of_candidate(issue: Issue, team: Team, seen: Seen) -> Iterator[Finding]:
    if not is_weighted(issue, team):
        scope = "a spike needs a weight too: state its scope" if is_spike(issue, team) else "it has no weight"
        yield Finding(issue, Kind.UNWEIGHTED, scope)
    if is_oversized(issue, team):
        because = f"weight {issue.weight} is above {team.weights.largest}: break it down"
        yield Finding(issue, Kind.OVERSIZED, because)
    if not is_ready(issue, team):
        yield Finding(issue, Kind.NOT_READY, f"it lacks {team.deliverables.ready_label}")
    if reasons := (*blocking_labels(issue, team), *seen.blockers.get(issue.reference, ())):
        yield Finding(issue, Kind.BLOCKED, f"blocked: {', '.join(reasons)}")
    types = team.boards["planning"].lists if "planning" in team.boards else ()
    if types and issue.labels.isdisjoint(types):
        yield Finding(issue, Kind.NO_TYPE, f"it has none of {', '.join(types)}")
    if missing := [name for name in team.gitlab.labels if name not in issue.labels]:
        yield Finding(issue, Kind.MISSING_LABELS, f"it lacks {', '.join(missing)}")


def _at_work(issue: Issue) -> str:
    names = ", ".join(person.username for person in issue.assignees)
    return f"{names} {'works' if len(issue.assignees) == 1 else 'work'}"
