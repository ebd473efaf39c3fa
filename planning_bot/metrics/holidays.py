"""Public holidays by country and subdivision, as the `holidays` package knows them, days in lieu included."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from planning_bot.config.complaints import did_you_mean, quoted
from planning_bot.domain.absence import Unreadable
from planning_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from planning_bot.config import Member, Team
    from planning_bot.domain.capacity import Window


@dataclass(frozen=True)
class PublicHolidays:
    """Each member's public holidays in a window, by username; and warnings of calendars that have none."""

    days: Mapping[str, frozenset[date]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def public_holidays(team: Team, window: Window, file: str) -> PublicHolidays:
    """Find the public holidays of every member of a team, if the team counts any.

    Raises ConfigurationError for the places that are unknown; `file` is the configuration's, for the message.
    """
    if not team.capacity.holidays:
        return PublicHolidays()
    if problems := place_problems(team, file):
        raise ConfigurationError([*problems])
    days = {member.username: frozenset(_in(window, member)) for member in team.members if member.country}
    return PublicHolidays(days, tuple(dict.fromkeys(_empty_calendars(team, window))))


def place_problems(team: Team, file: str) -> list[Unreadable]:
    """Find members whose country or subdivision has no calendar; `check` can ask without a network."""
    found = ((index, _unknown_place(member)) for index, member in enumerate(team.members))
    return [
        Unreadable.at(
            file, file, f"teams.{team.key}.members[{index}].{key}", f"{message} ({team.members[index].username})"
        )
        for index, (key, message) in found
        if message
    ]


def _unknown_place(member: Member) -> tuple[str, str]:
    """Give the key that is wrong, and why; of a place that is known, no reason."""
    if member.country is None:
        lacks = "needs a country, such as 'country: DE', for its subdivision" if member.subdivision else ""
        return "country", lacks
    if member.country not in (countries := _countries()):
        choice = did_you_mean(member.country, countries) or "; write the country's ISO code, such as NL"
        return "country", f"no public holidays are known of {quoted(member.country)}{choice}"
    if member.subdivision is None or member.subdivision in (regions := _regions(member.country)):
        return "subdivision", ""
    choice = did_you_mean(member.subdivision, regions) or f"; there are {', '.join(regions) or 'none'}"
    return "subdivision", f"{member.country} has no region {quoted(member.subdivision)}{choice}"


def _in(window: Window, member: Member) -> Iterator[date]:
    for year in range(window.start_on.year, window.due_on.year + 1):
        for day in _of_year(str(member.country), member.subdivision, year):
            if window.start_on <= day <= window.due_on:
                yield day


def _empty_calendars(team: Team, window: Window) -> Iterator[str]:
    for member in team.members:
        for year in range(window.start_on.year, window.due_on.year + 1):
            if member.country and not _of_year(member.country, member.subdivision, year):
                yield f"no public holidays are known of {member.country} in {year}: add them to capacity.days_off"


@cache
def _countries() -> dict[str, list[str]]:
    import holidays  # noqa: PLC0415 - only those who count days wait for it

    return holidays.list_supported_countries(include_aliases=False)


@cache
def _regions(country: str) -> tuple[str, ...]:
    """Name the regions that have holidays of their own, by code and by name."""
    import holidays  # noqa: PLC0415

    names: dict[str, str] = getattr(holidays, country).subdivisions_aliases
    return (*_countries()[country], *names)


@cache
def _of_year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
