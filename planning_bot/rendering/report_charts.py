"""The report's drawings: from numbers to coordinates, which the templates put into SVG.

Drawn here and not by matplotlib: lines take their colours from the page's style, in the dark and on paper too, and the
words in them stay words. Every picture has its numbers in a table beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import exact, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from planning_bot.metrics.report_pages import HistoryRow, Page

WIDTH, HEIGHT = 420, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 8, 14, 24
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)
_MOST_LINES = 5
_WEEK = 7
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Tick:
    """A word at an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class BurnUpChart:
    """What was in the plan and what of it was done, day by day; `unit` is what is counted."""

    unit: str
    planned: str
    done: str
    area: str
    committed_y: float | None
    freeze_x: float | None
    today_x: float | None
    days: tuple[Tick, ...]
    counts: tuple[Tick, ...]
    words: str


@dataclass(frozen=True)
class Column:
    """A milestone in the history: where its column stands, how high it is, and where the rolling rate is."""

    x: float
    y: float
    middle: float
    width: float
    height: float
    row: HistoryRow
    rolling_y: float | None


@dataclass(frozen=True)
class HistoryChart:
    """Say/Do of the last milestones."""

    columns: tuple[Column, ...]
    rolling: str
    target_y: float
    counts: tuple[Tick, ...]
    words: str


def burn_up_chart(page: Page, today: date) -> BurnUpChart | None:
    """Draw the burn-up of a milestone by weight, or by issues where nothing has one; None where there was nothing."""
    days, milestone = page.burn_up, page.milestone
    by_weight = any(day.planned_weight for day in days)
    planned = [day.planned_weight if by_weight else day.planned for day in days]
    done = [day.done_weight if by_weight else day.done for day in days]
    committed = page.status.weight.committed if by_weight else sum(issue.committed for issue in page.issues)
    top = max([*planned, committed], default=0)
    if not days or not top:
        return None
    x = _scale(0, milestone.days, _LEFT, WIDTH - _RIGHT)
    step = next((step for step in _STEPS if top <= step * _MOST_LINES), top)
    y = _scale(0, max(-(-top // step) * step, 1), HEIGHT - _BOTTOM, _TOP)
    is_running = milestone.start_on <= today <= milestone.due_on
    freeze = (page.shown.freeze_on - milestone.start_on).days + 1
    floor, weeks = HEIGHT - _BOTTOM, _WEEK * -(-milestone.days // (6 * _WEEK))
    line = _steps(done, x, y)
    return BurnUpChart(
        unit="weight" if by_weight else "issues",
        planned=_steps(planned, x, y),
        done=line,
        area=f"{line}V{floor}H{x(0)}Z",
        committed_y=y(committed) if page.shown.span.is_frozen else None,
        freeze_x=x(freeze) if page.shown.span.is_frozen else None,
        today_x=x(len(days)) if is_running else None,
        days=tuple(Tick(x(n), _short(milestone.start_on, n)) for n in range(0, milestone.days - 2, weeks)),
        counts=tuple(Tick(y(count), str(count)) for count in range(0, top + step, step) if y(count) >= _TOP),
        words=_burn_up_words(page, done[-1], planned[-1], committed),
    )


def history_chart(history: Sequence[HistoryRow], target: float) -> HistoryChart | None:
    """Draw a column for each ended milestone, the target, and the rolling rate; None where there is none."""
    if not history:
        return None
    y = _scale(0, 1, HEIGHT - _BOTTOM - 14, _TOP)
    slot = (WIDTH - _LEFT - _RIGHT) / len(history)
    columns = tuple(_column(row, _LEFT + n * slot, slot, y) for n, row in enumerate(history))
    points = [f"{column.middle},{column.rolling_y}" for column in columns if column.rolling_y is not None]
    return HistoryChart(
        columns=columns,
        rolling=" ".join(points),
        target_y=y(target),
        counts=tuple(Tick(y(share), f"{100 * share:.0f}") for share in (0, 0.5, 1)),
        words="; ".join(_history_words(row) for row in history),
    )


def percent(ratio: float | None) -> str:
    """Write a ratio for people; a dash where there is none."""
    return "–" if ratio is None else f"{100 * ratio:.0f} %"  # noqa: RUF001 - the dash is meant


def short_day(day: date) -> str:
    """Write a day without its year: 14 Feb."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def number(value: float) -> str:
    """Write days or a weight with one decimal, so that the points of a column stand below each other."""
    text = shown(exact(value), 1).replace("-", "−")
    return text if "." in text else f"{text}.0"


def _short(start: date, days: int) -> str:
    return short_day(type(start).fromordinal(start.toordinal() + days))


def _scale(first: float, last: float, low: float, high: float) -> Callable[[float], float]:
    return lambda value: round(low + (value - first) / (last - first) * (high - low), 1)


def _steps(values: Sequence[int], x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """Draw a line that stays on a day's value for the whole day."""
    return f"M{x(0)} {y(values[0])}" + "".join(f"V{y(value)}H{x(n + 1)}" for n, value in enumerate(values))


def _column(row: HistoryRow, left: float, slot: float, y: Callable[[float], float]) -> Column:
    width = min(slot * 0.62, 40)
    ratio = row.headline.ratio or 0
    return Column(
        x=round(left + (slot - width) / 2, 1),
        y=y(ratio),
        middle=round(left + slot / 2, 1),
        width=round(width, 1),
        height=round(y(0) - y(ratio), 1),
        row=row,
        rolling_y=None if row.rolling.ratio is None else y(row.rolling.ratio),
    )


def _burn_up_words(page: Page, done: int, planned: int, committed: int) -> str:
    frozen = f"; {committed} were committed at the freeze" if page.shown.span.is_frozen else ""
    return f"By {short_day(page.burn_up[-1].on)} {done} of {planned} in the plan were done{frozen}."


def _history_words(row: HistoryRow) -> str:
    counts = f"{row.headline.completed} of {row.headline.assigned}"
    return f"{row.span.title}: {counts}, {percent(row.headline.ratio)}; last three {percent(row.rolling.ratio)}"
