"""Capacity: days → weight, by the team's formula, and the line that shows how.

- `days`: available days × focus × (1 − buffer) ÷ days for a weight of 1
- `budget`: budget × (available days ÷ weekdays of the whole milestone) × focus × (1 − buffer)
- `velocity`: available days × weight for each available day of the past × (1 − buffer)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import DECIMALS, NOTHING, Load, MemberCapacity, MemberDays, exact, shown
from planning_bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.config import Team
    from planning_bot.domain.capacity import Past, Window


@dataclass(frozen=True)
class Factor:
    """One step from days to weight, and how it reads: `÷ 2`, `× 0.8 focus`."""

    value: Fraction
    words: str


def measure_capacity(
    team: Team,
    milestone: Window,
    days: Mapping[str, MemberDays],
    loads: Mapping[str, Load],
    past: Past | None = None,
) -> tuple[MemberCapacity, ...]:
    """Give what each member can take on, in the order of the configuration.

    `milestone` is the whole one, also where `days` were counted in what is left of it. `past` is what `velocity`
    divides. Raises UsageError where the formula has nothing to divide by.
    """
    factors = _factors(team, milestone, past)
    return tuple(
        _member(name, member.name, days.get(name, MemberDays()), factors, loads.get(name, Load()))
        for name, member in zip(team.usernames, team.members, strict=True)
    )


def working(days: MemberDays, factors: tuple[Factor, ...], weight: Fraction) -> str:
    """Write the calculation in one line: `20 weekdays − 1 holiday − 3 PTO = 16 days ÷ 2 = 8`."""
    taken = [
        (Fraction(days.holidays), "holiday" if days.holidays == 1 else "holidays"),
        (days.pto_days, "PTO"),
        (days.rotation_days, "rotation"),
    ]
    less = "".join(f" − {shown(number)} {what}" for number, what in taken if number)
    present = f" = {_counted(days.present_days, 'day')}" if less else ""
    steps = "".join(f" {factor.words}" for factor in (*_allocation(days), *factors))
    return f"{_counted(Fraction(days.weekdays), 'weekday')}{less}{present}{steps} = {shown(weight)}"


def _factors(team: Team, milestone: Window, past: Past | None) -> tuple[Factor, ...]:
    match team.capacity.formula:
        case "days":
            return (*_focus(team), *_buffer(team), _per_weight(team))
        case "budget":
            return (*_budget(team, milestone), *_focus(team), *_buffer(team))
        case "velocity":
            return (_velocity(past), *_buffer(team))


def _member(username: str, name: str, days: MemberDays, factors: tuple[Factor, ...], load: Load) -> MemberCapacity:
    weight = days.available_days
    for factor in factors:
        weight *= factor.value
    return MemberCapacity(username, name, days, weight, load, working(days, factors, weight))


def _per_weight(team: Team) -> Factor:
    days = exact(team.weights.days_per_weight)
    return Factor(1 / days, f"÷ {shown(days)}")


def _budget(team: Team, milestone: Window) -> tuple[Factor, Factor]:
    weekdays, budget = sum(1 for _ in milestone.weekdays), exact(team.capacity.budget)
    share = Fraction(1, weekdays) if weekdays else NOTHING
    return Factor(share, f"÷ {_counted(Fraction(weekdays), 'weekday')}"), Factor(budget, f"× budget {shown(budget)}")


def _velocity(past: Past | None) -> Factor:
    if past is None or past.available_days <= 0:
        raise UsageError(
            "capacity.formula is velocity, and the past milestones have no available days to divide by",
            "use capacity.formula: days or budget until a milestone has ended with these members",
        )
    rate = past.completed_weight / past.available_days
    done = f"({shown(past.completed_weight)} weight ÷ {_counted(past.available_days, 'day')} before)"
    return Factor(rate, f"× {shown(rate, DECIMALS)} {done}")


def _allocation(days: MemberDays) -> tuple[Factor, ...]:
    return (
        () if days.allocation == 1 else (Factor(days.allocation, f"× {shown(days.allocation, DECIMALS)} allocation"),)
    )


def _focus(team: Team) -> tuple[Factor, ...]:
    focus = exact(team.capacity.focus_factor)
    return () if focus == 1 else (Factor(focus, f"× {shown(focus, DECIMALS)} focus"),)


def _buffer(team: Team) -> tuple[Factor, ...]:
    buffer = exact(team.capacity.buffer)
    return () if not buffer else (Factor(1 - buffer, f"× {shown(1 - buffer, DECIMALS)} after buffer"),)


def _counted(number: Fraction, noun: str) -> str:
    return f"{shown(number)} {noun}" if number == 1 else f"{shown(number)} {noun}s"
