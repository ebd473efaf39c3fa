"""Pictures: the history of Say/Do as bars of what was said and done, with the ratio as a line.

The same numbers give the same bytes: no clock and no random ids are in them. The colours stand out on light and on
dark ground, which stays transparent; the bars differ in width as well, for those who see few colours. The words beside
a picture tell the same. matplotlib is imported with the first picture.
"""

from __future__ import annotations

import io
import logging
import warnings
from typing import TYPE_CHECKING, Any, Literal

from planning_bot.domain.message import Chart, cut
from planning_bot.rendering.escaping import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning_bot.domain.say_do import PastMilestone

_TEXT, _SAID, _DONE, _RATIO = "#767676", "#9aa7b8", "#2f78c4", "#d9730d"
_INCHES = (8.0, 3.6)
_DOTS = 120
_LONGEST = 16  # characters of a milestone's title below its bars


def chart_of(history: Sequence[PastMilestone], target: float) -> Chart | None:
    """Draw the history for a message; none where there is nothing to compare."""
    if len(history) < 2:  # noqa: PLR2004 - a history begins with a second milestone
        return None
    title = f"Say/Do, {_called(history[0])} to {_called(history[-1])}"
    png = draw_history(history, target, "png")
    return Chart(name="say-do.png", title=title, description=describe_history(history), png=png)


def describe_history(history: Sequence[PastMilestone]) -> str:
    """Say what the picture shows, for those who do not see it."""
    told = (f"{_called(row)}: {row.completed} of {row.assigned}{_share(row.ratio)}" for row in history)
    return "; ".join(told)


def draw_history(history: Sequence[PastMilestone], target: float, form: Literal["svg", "png"]) -> bytes:
    """Draw bars of what was assigned and completed for each milestone, and the ratio as a line, with the target."""
    import matplotlib as mpl  # noqa: PLC0415 - a second's work, and only for pictures
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its cache of fonts otherwise
    settings: Any = {
        "svg.hashsalt": "planning-bot",
        "svg.fonttype": "none",
        "text.color": _TEXT,
        "axes.edgecolor": _TEXT,
    }
    with mpl.rc_context({**settings, "xtick.color": _TEXT, "ytick.color": _TEXT, "axes.labelcolor": _TEXT}):
        figure = Figure(figsize=_INCHES, layout="constrained")
        counts = figure.add_subplot()
        places = range(len(history))
        counts.bar(places, [row.assigned for row in history], width=0.7, color=_SAID, label="said")
        counts.bar(places, [row.completed for row in history], width=0.4, color=_DONE, label="done")
        counts.set_xticks(list(places), [_called(row) for row in history], parse_math=False)
        counts.set_ylabel("said and done")
        counts.yaxis.set_major_locator(MaxNLocator(integer=True))
        ratios = counts.twinx()
        shares = [float("nan") if row.ratio is None else 100 * row.ratio for row in history]
        ratios.plot(places, shares, color=_RATIO, marker="o", label="ratio")
        ratios.axhline(100 * target, color=_RATIO, linestyle=":", linewidth=1, label="target")
        ratios.set_ylim(0, 105)
        ratios.set_ylabel("%")
        for axes in (counts, ratios):
            axes.set_frame_on(False)
            axes.patch.set_alpha(0)
        figure.legend(loc="outside upper center", ncols=4, frameon=False)
        return _saved(figure, form)


def _saved(figure: object, form: Literal["svg", "png"]) -> bytes:
    out = io.BytesIO()
    metadata = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[form]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # a box is drawn for what the font has not
        figure.savefig(out, format=form, dpi=_DOTS, transparent=True, metadata=metadata)  # type: ignore[attr-defined]
    return out.getvalue()


def _called(row: PastMilestone) -> str:
    """Give a milestone's title, or its beginning, as it fits below its bars."""
    return cut(plain(row.milestone), _LONGEST)


def _share(ratio: float | None) -> str:
    return "" if ratio is None else f", {100 * ratio:.0f} %"
