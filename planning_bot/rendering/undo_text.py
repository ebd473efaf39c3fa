"""What taking a run back comes to, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.rendering.table import aligned

if TYPE_CHECKING:
    from planning_bot.domain.undo import UndoResult


def undo_lines(result: UndoResult) -> list[str]:
    """Give it as lines for people: what is taken back first, then what stays, by the reasons why."""
    taken = [(f"  {one.target}", one.what) for one in result.taken_back]
    stays: dict[str, list[str]] = {}
    for one in result.left_alone:
        stays.setdefault(one.because, []).append(one.target)
    return [
        *([f"taken back of `{result.command}`:", *aligned(taken)] if taken else []),
        *([f"left as it is of `{result.command}`:"] if stays else []),
        *(line for because, targets in stays.items() for line in (f"  {because}", f"    {', '.join(targets)}")),
        *([] if taken or stays else [f"`{result.command}` did nothing that could be taken back"]),
    ]
