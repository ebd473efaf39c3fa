"""What closing a milestone comes to, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.rendering.table import aligned

if TYPE_CHECKING:
    from planning_bot.domain.close import CloseResult


def close_lines(result: CloseResult) -> list[str]:
    """Give it as lines for people: one for each issue, then what slipped more than once."""
    moved = {one.reference: f"moves to {one.to}" for one in result.moved}
    labelled = dict.fromkeys(result.missed, "labelled as missed")
    alone = {one.reference: f"left alone: {one.because}" for one in result.left_alone}
    rows = [
        (reference, "; ".join(found[reference] for found in (labelled, moved, alone) if reference in found))
        for reference in dict.fromkeys([*labelled, *moved, *alone])
    ]
    lines = [f"{len(result.missed)} labelled as missed, {len(result.moved)} moved on", *aligned(rows)]
    often = [one for one in result.slipped if len(one.milestones) > 1]
    return lines + [f"{one.reference} slipped in {', '.join(one.milestones)}: split it or drop it" for one in often]
