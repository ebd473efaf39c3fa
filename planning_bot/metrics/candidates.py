"""Candidates of a milestone: which pass the gate, in which order they are taken, and who can have them (numbers.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planning_bot.metrics.gate import blocking_labels, is_oversized, is_ready, is_skipped, is_spike, is_weighted
from planning_bot.metrics.readiness import natural
from planning_bot.metrics.roles import eligible
from planning_bot.metrics.selection import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue

TAKEN_OFF = "somebody took the label {} off"


@dataclass(frozen=True)
class Seen:
    """The candidates of a milestone, and what is known of each by its reference.

    `blockers` are open issues that block it, `taken_off` labels that somebody took off, `slips` the milestones in
    which it slipped, `positions` its place on the board where that is asked for.
    """

    issues: tuple[Issue, ...] = ()
    blockers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    taken_off: Mapping[str, frozenset[str]] = field(default_factory=dict)
    slips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Gated:
    """A candidate of a milestone: what keeps it out, if anything does, and whether it is a deliverable already."""

    issue: Issue
    reasons: tuple[str, ...]
    chosen: bool

    @property
    def passes(self) -> bool:
        """Whether it takes part: through the gate, or chosen before."""
        return self.chosen or not self.reasons


def gate(seen: Seen, team: Team) -> list[Gated]:
    """Hold every candidate against the gate, in the order in which they are taken.

    One that has the label already passes whatever it lacks, unless it is to be left alone by everything.
    """
    gated = []
    for issue in seen.issues:
        chosen = team.deliverables.label in issue.labels and not is_skipped(issue, team)
        gated.append(Gated(issue, tuple(kept_out(issue, team, seen)), chosen))
    return sorted(gated, key=lambda one: (not one.chosen, *rank_key(one.issue, team, seen)))


def kept_out(issue: Issue, team: Team, seen: Seen) -> Iterator[str]:
    """Say in sentences what keeps an issue from being selected."""
    if is_skipped(issue, team):
        yield f"it has the label {team.limits.skip_label}"
    if not is_weighted(issue, team):
        yield "it is a spike without a weight: state its scope" if is_spike(issue, team) else "it has no weight"
    if is_oversized(issue, team):
        yield f"weight {issue.weight} is above {team.weights.largest}: break it down"
    if not is_ready(issue, team):
        yield f"it lacks {team.deliverables.ready_label}"
    if reasons := (*blocking_labels(issue, team), *seen.blockers.get(issue.reference, ())):
        yield f"blocked: {', '.join(reasons)}"
    if team.deliverables.label in seen.taken_off.get(issue.reference, ()):
        yield TAKEN_OFF.format(team.deliverables.label)


def rank_key(issue: Issue, team: Team, seen: Seen) -> tuple[object, ...]:
    """Give what candidates are sorted by: the configured order, then project path and number."""
    rules = team.deliverables
    keys = {
        "slippage": -len(seen.slips.get(issue.reference, ())),
        "preference": _strongest(issue, rules.preference),
        "priority": _strongest(issue, rules.priorities),
        "weight": issue.weight or 0,
        "board": seen.positions.get(issue.reference, len(seen.positions)),
    }
    return (*(keys[name] for name in rules.order), *natural(issue))


def rank_words(issue: Issue, team: Team, seen: Seen) -> str:
    """Say what gives an issue its place, in the configured order."""
    rules = team.deliverables
    slips = seen.slips.get(issue.reference, ())
    words = {
        "slippage": f"slipped in {', '.join(slips)}" if slips else "",
        "preference": _label(issue, rules.preference),
        "priority": _label(issue, rules.priorities),
        "weight": f"weight {issue.weight or 0}",
        "board": f"place {seen.positions[issue.reference] + 1} on the board"
        if issue.reference in seen.positions
        else "",
    }
    return ", ".join(words[name] for name in rules.order if words[name])


def holders(issue: Issue, team: Team) -> tuple[str, ...]:
    """Name the members to whom an issue is assigned, as the configuration spells them."""
    assigned = {person.username.casefold() for person in issue.assignees}
    return tuple(name for name in team.usernames if name.casefold() in assigned)


def is_outsiders(issue: Issue, team: Team) -> bool:
    """Whether it is assigned, and to nobody of the team."""
    return bool(issue.assignees) and not holders(issue, team)


def as_candidates(gated: Sequence[Gated], team: Team) -> list[Candidate]:
    """Give what takes part in the selection; what people outside of the team have takes nobody's capacity."""
    return [
        Candidate(
            key=one.issue.reference,
            weight=one.issue.weight or 0,
            eligible=eligible(team, one.issue),
            holders=holders(one.issue, team),
            chosen=one.chosen,
        )
        for one in gated
        if one.passes and not is_outsiders(one.issue, team)
    ]


def _strongest(issue: Issue, labels: Sequence[str]) -> int:
    return next((place for place, name in enumerate(labels) if name in issue.labels), len(labels))


def _label(issue: Issue, labels: Sequence[str]) -> str:
    return next((name for name in labels if name in issue.labels), "")
