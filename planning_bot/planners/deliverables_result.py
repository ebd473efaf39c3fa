"""Puts a choice into the form of the command's result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.capacity import NOTHING, plain
from planning_bot.domain.deliverables import (
    DeliverablesResult,
    LeftOutIssue,
    MemberLoad,
    OftenSlipped,
    SelectedIssue,
    TypeShare,
)
from planning_bot.metrics.candidates import holders
from planning_bot.metrics.gate import is_weighted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.config import Team
    from planning_bot.domain.capacity import MemberCapacity
    from planning_bot.metrics.deliverables import Deliverables, Picked

_OFTEN = 2


def deliverables_result(
    chosen: Deliverables, team: Team, moves: Mapping[str, str], assignees: Mapping[str, str]
) -> DeliverablesResult:
    """Give the result; `moves` are the titles to which issues move, `assignees` who is new on what, by reference."""
    everything = [p.issue for p in (*chosen.selected, *chosen.stretch)] + [left.issue for left in chosen.left_out]
    issues = [picked.issue for picked in chosen.selected]
    return DeliverablesResult(
        selected=tuple(_selected(picked, _who(picked, team, assignees)) for picked in chosen.selected),
        stretch=tuple(_selected(picked, _who(picked, team, {})) for picked in chosen.stretch),
        left_out=tuple(
            LeftOutIssue(left.issue.reference, left.issue.weight, left.because, moves.get(left.issue.reference))
            for left in chosen.left_out
        ),
        members=tuple(_member(member, chosen, assignees) for member in chosen.members),
        slipped=tuple(
            OftenSlipped(issue.reference, chosen.slips[issue.reference])
            for issue in everything
            if len(chosen.slips.get(issue.reference, ())) >= _OFTEN
        ),
        types=_types(chosen, team),
        weight=sum(issue.weight or 0 for issue in issues),
        weighted=sum(is_weighted(issue, team) for issue in issues),
        candidates=len(everything),
    )


def _who(picked: Picked, team: Team, assignees: Mapping[str, str]) -> str | None:
    """Name who has an issue, members if there are any, or who is about to get it."""
    has = holders(picked.issue, team) or tuple(person.username for person in picked.issue.assignees)
    return ", ".join(has) or assignees.get(picked.issue.reference)


def _selected(picked: Picked, assignee: str | None) -> SelectedIssue:
    return SelectedIssue(picked.issue.reference, picked.issue.weight or 0, assignee, picked.rank, picked.because)


def _member(member: MemberCapacity, chosen: Deliverables, assignees: Mapping[str, str]) -> MemberLoad:
    return MemberLoad(
        username=member.username,
        capacity_weight=plain(member.capacity_weight),
        assigned_weight=plain(chosen.assigned(member.username, assignees)),
        name=member.name,
        other_weight=plain(chosen.other.get(member.username, NOTHING)),
        working=member.working,
    )


def _types(chosen: Deliverables, team: Team) -> tuple[TypeShare, ...]:
    """Say how the selected weight divides among the types that the team aims at, or those of its planning board."""
    aims = team.deliverables.type_mix
    labels = tuple(aims) or (team.boards["planning"].lists if "planning" in team.boards else ())
    issues = [picked.issue for picked in chosen.selected]
    total = sum(issue.weight or 0 for issue in issues)
    weights = {name: sum(issue.weight or 0 for issue in issues if name in issue.labels) for name in labels}
    return tuple(
        TypeShare(name, weight, round(100 * weight / total, 1) if total else None, aims.get(name))
        for name, weight in weights.items()
    )
