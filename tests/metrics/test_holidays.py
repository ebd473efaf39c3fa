"""Public holidays by country and region, and what is wrong with a place that has none."""

from __future__ import annotations

from datetime import date

import pytest

from planning_bot.domain.capacity import Window
from planning_bot.errors import ConfigurationError
from planning_bot.metrics.holidays import PublicHolidays, public_holidays
from tests.builders import team

CHRISTMAS = Window(date(2025, 12, 13), date(2026, 1, 9))


def found(*places: dict[str, str], window: Window = CHRISTMAS, **capacity: object) -> PublicHolidays:
    people = team(members=[{"username": f"m{n}", **place} for n, place in enumerate(places)], capacity=capacity)
    return public_holidays(people, window, "team.yml")


def problems(*places: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        found(*places)
    return [str(problem) for problem in caught.value.problems]


def test_only_days_of_the_window_are_given_and_only_for_those_with_a_country() -> None:
    assert found({"country": "NL"}, {}).days == {
        "m0": frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)})
    }


def test_a_region_may_be_called_by_its_name() -> None:
    assert found({"country": "DE", "subdivision": "Bayern"}) == found({"country": "DE", "subdivision": "BY"})


def test_a_team_may_count_none() -> None:
    assert found({"country": "XX"}, holidays=False).days == {}


def test_unknown_places_are_all_named_with_the_member_and_what_was_meant() -> None:
    assert "\n".join(
        problems({"country": "XX"}, {"country": "DE", "subdivision": "Bayrn"}, {"subdivision": "BY"})
    ).replace("team.yml: teams.search.", "") == (
        "members[0].country: no public holidays are known of 'XX'; write the country's ISO code, such as NL (m0)\n"
        "members[1].subdivision: DE has no region 'Bayrn'; did you mean 'Bayern'? (m1)\n"
        "members[2].country: needs a country, such as 'country: DE', for its subdivision (m2)"
    )


def test_a_calendar_without_a_day_in_the_year_is_a_warning_said_once() -> None:
    far = Window(date(2190, 1, 1), date(2190, 1, 31))

    assert found({"country": "SA"}, {"country": "SA"}, window=far).warnings == (
        "no public holidays are known of SA in 2190: add them to capacity.days_off",
    )
