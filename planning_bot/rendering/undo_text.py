"""What taking a run back comes to, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.rendering.table import aligned

if TYPE_CHECKING:
    from planning_bot.domain.undo import UndoResult


def undo_lines(result: UndoResult) -> list[str]:
    """Give it as lines for people: what is taken back first, then what stays and why."""
    taken = [(f"  {one.target}", one.what) for one in result.taken_back]
    stays = [(f"  {one.target}", one.because) for one in result.left_alone]
    return [
        *([f"taken back of `{result.command}`:", *aligned(taken)] if taken else []),
        *([f"left as it is of `{result.command}`:", *aligned(stays)] if stays else []),
        *([] if taken or stays else [f"`{result.command}` did nothing that could be taken back"]),
    ]
