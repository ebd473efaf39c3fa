"""Say/Do for a terminal: the ratio, the four ways of counting, every promise with its evidence, the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.rendering.table import aligned, beside_or_below

if TYPE_CHECKING:
    from planning_bot.domain.say_do import SayDoResult

_NUMBERS = frozenset({1, 2, 3})


def say_do_lines(result: SayDoResult, columns: int | None = None) -> list[str]:
    """Give it as lines for people, at a terminal of so many columns."""
    head = result.variants[result.headline]
    lines = [
        f"Say/Do {_percent(head.ratio)}: {head.completed} of {head.assigned}, the target is {_percent(result.target)}"
    ]
    counted = [(name, str(v.assigned), str(v.completed), _percent(v.ratio)) for name, v in result.variants.items()]
    lines += aligned([("counted", "said", "done", "ratio"), *counted], _NUMBERS)
    if result.issues:
        rows = [(issue.reference, str(issue.weight), issue.outcome, issue.because) for issue in result.issues]
        lines += ["", *beside_or_below([("issue", "weight", "outcome", "because"), *rows], frozenset({1}), columns)]
    if result.history:
        past = [(row.milestone, str(row.assigned), str(row.completed), _percent(row.ratio)) for row in result.history]
        lines += ["", *aligned([("milestone", "said", "done", "ratio"), *past], _NUMBERS)]
        lines.append(f"the last {min(3, len(past))} together: {_percent(result.rolling)}")
    return lines


def _percent(ratio: float | None) -> str:
    return "none" if ratio is None else f"{100 * ratio:.0f} %"
