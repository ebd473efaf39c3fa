"""A team's capacity as a table for a terminal: one line for each person, with the working."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.capacity import exact, shown
from planning_bot.rendering.table import beside_or_below

if TYPE_CHECKING:
    from planning_bot.domain.capacity import CapacityResult, MemberRow

_HEADER = ("engineer", "days", "capacity", "carry-over", "planned", "free", "how it is counted")
_NUMBERS = frozenset(range(1, 6))


def capacity_lines(result: CapacityResult, columns: int | None = None) -> list[str]:
    """Give the table, what is carried over, what past milestones came to, and the issues that ask for a decision.

    Where a terminal has too few columns for it, the working stands below each person's numbers.
    """
    total = result.total
    rows = [
        _HEADER,
        *(_row(member) for member in result.members),
        ("all", *_weights(total.available_days, total), _share(result.weighted, result.candidates, "candidates ")),
    ]
    lines = beside_or_below(rows, _NUMBERS, columns)
    if result.carried_over:
        stages = "; ".join(
            f"{stage.name} {_number(stage.weight)} ({_share(stage.weighted, len(stage.issues))})"
            for stage in result.carried_over
        )
        lines.append(f"carried over, what is left of it: {stages}")
    if result.past:
        past = ", ".join(f"{row.milestone} {_number(row.completed_weight)}" for row in result.past)
        lines.append(f"weight completed before: {past}")
    if result.oversized:
        large = ", ".join(f"{issue.reference} ({issue.weight})" for issue in result.oversized)
        lines.append(f"to break down: {large}")
    if result.unweighted:
        lines.append(f"without a weight: {', '.join(result.unweighted)}")
    return lines


def _row(member: MemberRow) -> tuple[str, ...]:
    return (member.username, *_weights(member.available_days, member), member.working)


def _weights(days: float, row: object) -> tuple[str, ...]:
    names = ("capacity_weight", "carryover_weight", "planned_weight", "remaining_weight")
    return (_number(days), *(_number(getattr(row, name)) for name in names))


def _share(weighted: int, issues: int, what: str = "") -> str:
    return f"{weighted} of {issues} {what}{'is' if issues == 1 and not what else 'are'} weighted"


def _number(value: float) -> str:
    return shown(exact(value))
