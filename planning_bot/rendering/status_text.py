"""The status of a milestone for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.rendering.table import aligned, beside_or_below

if TYPE_CHECKING:
    from planning_bot.domain.status import StatusResult


def status_lines(result: StatusResult, columns: int | None = None) -> list[str]:
    """Give it as lines for people, at a terminal of so many columns."""
    lines = [
        (
            f"day {result.day} of {result.days}: {result.completed} of {result.deliverables} deliverables are done, "
            f"{result.in_progress} in progress, {result.not_started} not started, {result.blocked} blocked"
        ),
        f"weight: {result.weight.completed} done, {result.weight.committed} committed",
    ]
    if result.at_risk:
        risks = [("at risk", "why"), *((one.reference, one.because) for one in result.at_risk)]
        lines += ["", *beside_or_below(risks, frozenset(), columns)]
    if result.changes:
        rows = [(one.reference, one.change, one.on, ", ".join(one.by)) for one in result.changes]
        lines += ["", *aligned([("since the freeze", "", "on", "by"), *rows])]
    if result.burn_up:
        counts = [(row.on, str(row.deliverables), str(row.completed)) for row in result.burn_up]
        lines += ["", *aligned([("by the end of", "in the plan", "done"), *counts], frozenset({1, 2}))]
    return lines
