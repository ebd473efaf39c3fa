"""The labels that the configuration names, and which of them are missing (contract: cli.md, Labels).

What is written, or scopes a board, must exist in the team's group or above it. What is read may be anywhere in the
group's tree: without it a rule of the configuration never applies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.config import Close, Deliverables, Limits, Weights
from planning_bot.domain.doctor import LABEL_MISSING, Checked, Finding
from planning_bot.errors import PlanningBotError
from planning_bot.planners.doctor_words import listed, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from planning_bot.config import Team
    from planning_bot.domain.checkup import Inside, Seen
    from planning_bot.domain.doctor import Verdict

    Uses = Iterator[tuple[str, Iterable[str | None]]]


@dataclass(frozen=True)
class NamedLabel:
    """A label and the keys of the configuration that name it; one of a default nobody may have asked for."""

    name: str
    keys: tuple[str, ...]
    is_needed: bool
    is_default: bool = False


def named_labels(team: Team) -> tuple[NamedLabel, ...]:
    """Name the labels of a team's configuration, those that must exist first; the missed label is made by `close`."""
    needed, read = _keys(_needed(team)), _keys(_read(team))
    defaults = _defaults()
    return (
        *(NamedLabel(name, tuple(keys), is_needed=True) for name, keys in needed.items()),
        *(
            NamedLabel(name, tuple(keys), is_needed=False, is_default=name in defaults)
            for name, keys in read.items()
            if name not in needed
        ),
    )


def find_labels(team: Team, inside: Inside) -> Iterator[Verdict]:
    """Say which labels are missing."""
    labels = named_labels(team)
    there = 0
    for label in labels:
        found = inside.labels[label.name]
        if isinstance(found, PlanningBotError):
            yield unreadable("gitlab", "labels", found)
        elif found is not None or (not label.is_needed and inside.below.get(label.name) is True):
            there += 1
        else:
            yield _missing(team, label, inside.below)
    if there:
        which = "all" if there == len(labels) else "the other"
        yield Checked("gitlab", "labels", f"{which} {there} that the configuration names exist")


def _missing(team: Team, label: NamedLabel, below: Mapping[str, Seen[bool]]) -> Finding:
    group, where = team.gitlab.group, listed(label.keys, most=2)
    target = f"label {label.name}"
    if not label.is_needed:
        because = f"nothing in {group} has it: what it is for never applies; named by {where}"
        hint = f"write it as GitLab spells it, create it in {group}, or take it out of the configuration"
        return Finding("gitlab", "label_unknown", target, because, hint, "note" if label.is_default else "finding")
    elsewhere = " (one of that name below it cannot be used everywhere)" if below.get(label.name) is True else ""
    return Finding(
        "gitlab",
        LABEL_MISSING,
        target,
        f"it is neither in {group} nor above it{elsewhere}; named by {where}",
        f"create it in {group} (planning-bot doctor --fix does), or write it as GitLab spells it",
    )


def _keys(uses: Uses) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, names in uses:
        for name in names:
            if name:
                found.setdefault(name, []).append(key)
    return {name: list(dict.fromkeys(keys)) for name, keys in found.items()}


def _needed(team: Team) -> Uses:
    yield "gitlab.label", [team.gitlab.label]
    yield "planning_issue.labels", team.planning_issue.labels
    yield "deliverables.label", [team.deliverables.label]
    yield "deliverables.stretch_label", [team.deliverables.stretch_label]
    yield "close.missed_deliverable_label", [team.close.missed_deliverable_label]
    for key, board in team.boards.items():
        yield f"boards.{key}.labels", board.labels
        yield f"boards.{key}.lists", board.lists


def _read(team: Team) -> Uses:
    yield "gitlab.labels", team.gitlab.labels
    for member in team.members:
        yield f"the roles of {member.username}", member.roles
    yield "capacity.carryover_shares", team.capacity.carryover_shares
    yield "deliverables.type_mix", team.deliverables.type_mix
    yield "say_do.cancelled_labels", team.say_do.cancelled_labels
    yield from _with_defaults(team.weights, team.deliverables, team.close, team.limits)


def _with_defaults(weights: Weights, deliverables: Deliverables, close: Close, limits: Limits) -> Uses:
    yield "weights.spike_label", [weights.spike_label]
    yield "weights.unweighted_labels", weights.unweighted_labels
    yield "deliverables.planning_breakdown_label", [deliverables.planning_breakdown_label]
    yield "deliverables.ready_label", [deliverables.ready_label]
    yield "deliverables.in_progress_labels", deliverables.in_progress_labels
    yield "deliverables.blocked_labels", deliverables.blocked_labels
    yield "deliverables.preference", deliverables.preference
    yield "deliverables.priorities", deliverables.priorities
    yield "close.exempt_labels", close.exempt_labels
    yield "limits.skip_label", [limits.skip_label]


def _defaults() -> frozenset[str]:
    uses = _with_defaults(Weights(), Deliverables(), Close(), Limits())
    return frozenset(name for _, names in uses for name in names if name)
