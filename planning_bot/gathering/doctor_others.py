"""What `doctor` looks at besides GitLab: Slack, the Sheets, and every source of time off by itself."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from planning_bot.config import CsvSource, SheetSource
from planning_bot.domain.capacity import Window
from planning_bot.domain.checkup import SlackFacts
from planning_bot.errors import PlanningBotError
from planning_bot.gateways import sheets, slack
from planning_bot.gateways.calendars import Calendars, name_of
from planning_bot.gateways.slack_access import SlackAccess
from planning_bot.gateways.time_off import read_time_off

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from planning_bot.config import Config, PtoSource, SheetTab, Team
    from planning_bot.domain.absence import Table, TimeOff
    from planning_bot.domain.access import Sheet
    from planning_bot.domain.checkup import Seen
    from planning_bot.gateways.sheets import SheetReader

    OfSheets = tuple[Seen[Sheet] | None, tuple[tuple[str, Seen[TimeOff]], ...]]

_T = TypeVar("_T")
_SIDE_BY_SIDE = 8
_AHEAD = timedelta(days=120)  # the milestone that runs and the one that is planned


def caught(read: Callable[[], _T]) -> Seen[_T]:
    """Read something, or give the error in its place."""
    try:
        return read()
    except PlanningBotError as error:
        return error


def look_at_slack(config: Config, teams: list[Team]) -> dict[str, Seen[SlackFacts] | None]:
    """Look at the bot and at the channels of each team; None for a team that has none."""
    named = {team.key: [name for name in (team.say_do.channel, team.status.channel) if name] for team in teams}
    if not any(named.values()):
        return dict.fromkeys(named)
    connection = caught(lambda: slack.connect(config.slack.api_url))
    if isinstance(connection, PlanningBotError):
        return {key: connection if names else None for key, names in named.items()}
    with closing(connection):
        access = SlackAccess(connection)
        bot = caught(access.bot)
        if isinstance(bot, PlanningBotError):
            return {key: bot if names else None for key, names in named.items()}
        every = dict.fromkeys(name for names in named.values() for name in names)
        channels = {name: caught(partial(access.channel, name)) for name in every}
    return {
        key: SlackFacts(bot, {name: channels[name] for name in names}) if names else None
        for key, names in named.items()
    }


def look_at_sheets(config: Config, teams: list[Team], days: Mapping[str, date]) -> dict[str, OfSheets]:
    """Look at each team's Sheet, and read each of its sources of time off, side by side."""
    uses = any(team.capacity.sheet or any(isinstance(p, SheetSource) for p in team.capacity.pto) for team in teams)
    reader = caught(lambda: sheets.SheetReader(sheets.connect(config.sheets.api_url))) if uses else None
    calendars = Calendars(config.path.parent, os.environ)
    keys = dict.fromkeys(team.capacity.sheet.key for team in teams if team.capacity.sheet)
    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="doctor-sheets") as pool:
        seen = {key: pool.submit(_sheet, key, reader) for key in keys}
        time_off = {
            team.key: [
                (_name(source), pool.submit(_read, config, team, source, days[team.key], reader, calendars))
                for source in team.capacity.pto
            ]
            for team in teams
        }
    return {
        team.key: (
            seen[team.capacity.sheet.key].result() if team.capacity.sheet else None,
            tuple((name, read.result()) for name, read in time_off[team.key]),
        )
        for team in teams
    }


def _sheet(key: str, reader: Seen[SheetReader] | None) -> Seen[Sheet]:
    assert reader is not None
    return reader if isinstance(reader, PlanningBotError) else caught(lambda: reader.sheet(key))


def _read(
    config: Config,
    team: Team,
    source: PtoSource,
    today: date,
    reader: Seen[SheetReader] | None,
    calendars: Calendars,
) -> Seen[TimeOff]:
    def read_sheet(tab: SheetTab) -> Table:
        assert reader is not None
        if isinstance(reader, PlanningBotError):
            raise reader
        return reader.table(tab.key, tab.tab)

    alone = team.model_copy(update={"capacity": team.capacity.model_copy(update={"pto": (source,)})})
    window = Window(today, today + _AHEAD)
    return caught(lambda: read_time_off(alone, config, window, read_sheet=read_sheet, calendars=calendars))


def _name(source: PtoSource) -> str:
    if isinstance(source, CsvSource):
        return source.csv
    if isinstance(source, SheetSource):
        return f"tab {source.sheet.tab} of Sheet {source.sheet.key}"
    return name_of(source)
