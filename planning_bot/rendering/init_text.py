"""What `init` did, in lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.rendering.escaping import terminal_line as _line
from planning_bot.rendering.table import beside_or_below

if TYPE_CHECKING:
    from planning_bot.domain.results import InitResult


def init_lines(result: InitResult, columns: int | None = None) -> list[str]:
    """Give the files, the guesses with their reasons, what is missing, and what to do next."""
    guessed = [("guessed: is it right?", "", "")]
    guessed += [(f"  {each.setting}", _line(", ".join(each.values)), _line(each.because)) for each in result.guessed]
    missing = [("missing", ""), *((f"  {_line(gap.what)}", _line(gap.remedy)) for gap in result.missing)]
    return [
        "written",
        *(f"  {_line(path)}" for path in result.files),
        *(beside_or_below(guessed, frozenset(), columns) if result.guessed else []),
        *(beside_or_below(missing, frozenset(), columns) if result.missing else []),
        "next",
        *(f"  {n}. {_line(step)}" for n, step in enumerate(result.next_steps, 1)),
    ]
