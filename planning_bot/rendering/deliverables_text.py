"""What a team commits to, for a terminal: the selected in rank order, what is left out and why, each one's load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.capacity import exact, shown
from planning_bot.rendering.table import aligned, beside_or_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning_bot.domain.deliverables import DeliverablesResult, MemberLoad, SelectedIssue, TypeShare

_BAR = 20
_NUMBERS = frozenset({0, 2})


def deliverables_lines(result: DeliverablesResult, columns: int | None = None) -> list[str]:
    """Give it as lines for people, at a terminal of so many columns."""
    count = len(result.selected)
    head = (
        f"{count} of {result.candidates} candidates selected, weight {_number(result.weight)} "
        f"({result.weighted} of {count} weighted)"
    )
    lines = [head, *_issues(result.selected, "assignee", columns)]
    if result.stretch:
        lines += ["", "stretch, if time is left:", *_issues(result.stretch, "", columns)]
    if result.left_out:
        rows = [("left out", "weight", "why")]
        rows += [
            (one.reference, "-" if one.weight is None else _number(one.weight), _why(one.because, one.moves_to))
            for one in result.left_out
        ]
        lines += ["", *beside_or_below(rows, frozenset({1}), columns)]
    if result.slipped:
        lines += ["", "slipped more than once, split or drop:"]
        lines += aligned([(f"  {one.reference}", ", ".join(one.milestones)) for one in result.slipped])
    if result.types:
        lines += ["", f"types: {', '.join(map(_type, result.types))}"]
    return [*lines, "", *_loads(result.members, columns)]


def _issues(issues: Sequence[SelectedIssue], who: str, columns: int | None) -> list[str]:
    if not issues:
        return []
    rows = [("rank", "issue", "weight", who, "because")]
    rows += [(str(one.rank), one.reference, _number(one.weight), one.assignee or "", one.because) for one in issues]
    return beside_or_below(rows, _NUMBERS, columns)


def _why(because: str, moves_to: str | None) -> str:
    return f"{because}; moves to {moves_to}" if moves_to else because


def _loads(members: Sequence[MemberLoad], columns: int | None) -> list[str]:
    rows = [("engineer", "load", "budget", "", "how it is counted"), *map(_load, members)]
    return beside_or_below(rows, frozenset({1, 2}), columns)


def _load(member: MemberLoad) -> tuple[str, ...]:
    load = exact(member.assigned_weight) + exact(member.other_weight)
    besides = f"; {_number(member.other_weight)} of the load is not of the selected" if member.other_weight else ""
    return (
        member.username,
        shown(load),
        _number(member.capacity_weight),
        _bar(float(load), member.capacity_weight),
        f"{member.working}{besides}",
    )


def _bar(load: float, budget: float) -> str:
    """Draw a load: full at the budget, with a sign where it is more."""
    filled = min(_BAR, int(_BAR * load / budget)) if budget > 0 else _BAR * (load > 0)
    return f"{'█' * filled}{'░' * (_BAR - filled)}{'!' if load > budget else ' '}"


def _type(row: TypeShare) -> str:
    percent = "" if row.percent is None else f" ({_number(row.percent)} %"
    aim = "" if row.aim is None or not percent else f", aim {_number(row.aim)} %"
    return f"{row.label} {_number(row.weight)}{percent}{aim}{')' if percent else ''}"


def _number(value: float) -> str:
    return shown(exact(value))
