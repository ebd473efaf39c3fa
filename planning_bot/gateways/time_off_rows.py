"""Rows of a table → absences: one reading for CSV files and for tabs of a Sheet, every mistake with its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from planning_bot.config.complaints import did_you_mean, quoted
from planning_bot.domain.absence import WHOLE, Absence, Unreadable, read_day, read_share
from planning_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction

    from planning_bot.config import Config, Team
    from planning_bot.domain.absence import Table, TableRow

REQUIRED = ("username", "from", "to")
COLUMNS = (*REQUIRED, "share")
FIRST_YEAR, LAST_YEAR = 2000, 2199
_MOST_PROBLEMS = 100
_SERIAL_ZERO = date(1899, 12, 30)
_LARGEST_SERIAL = 200_000


@dataclass(frozen=True)
class People:
    """Whose time off counts: the team's members. Of those whom a team of the configuration knows, nothing is said."""

    members: Mapping[str, str]
    known: frozenset[str]

    @classmethod
    def of(cls, team: Team, config: Config) -> People:
        """Name the people of a team, and those of all teams."""
        members = {username.casefold(): username for username in team.usernames}
        return cls(members, frozenset(name.casefold() for each in config.teams.values() for name in _named(each)))

    def member(self, username: str) -> str | None:
        """Give the member's name as the configuration writes it, with or without @ and in any case."""
        return self.members.get(username.casefold())


@dataclass(frozen=True)
class Findings:
    """What one source says."""

    absences: tuple[Absence, ...] = ()
    notices: tuple[str, ...] = ()


def read_rows(table: Table, people: People) -> Findings:
    """Read the columns `username,from,to[,share]`. Raises ConfigurationError with every row that cannot be read."""
    _check_columns(table)
    rows = [row for row in table.rows if any(_text(row.cells.get(column)) for column in COLUMNS)]
    if problems := [*table.problems, *(problem for row in rows for problem in _problems(table.name, row))]:
        raise ConfigurationError([*_at_most(problems, table.name)])
    members = [row for row in rows if people.member(_username(row))]
    return Findings(tuple(_absence(row, people) for row in members), tuple(_strangers(rows, people)))


def _named(team: Team) -> Iterator[str]:
    yield from team.usernames
    yield from filter(None, (team.product_manager, team.engineering_manager, *team.counterparts.values()))


def _check_columns(table: Table) -> None:
    columns = table.columns or tuple(dict.fromkeys(column for row in table.rows for column in row.cells))
    missing = [column for column in REQUIRED if column not in columns]
    twice = [column for column in COLUMNS if columns.count(column) > 1]
    problems = [
        Unreadable.at(table.name, table.name, "", f"has no column {quoted(column)}{_instead(column, columns)}")
        for column in missing
    ]
    problems += [Unreadable.at(table.name, table.name, "", f"has two columns {quoted(column)}") for column in twice]
    if problems:
        raise ConfigurationError([*problems])


def _instead(column: str, columns: Iterable[str]) -> str:
    others = [other for other in columns if other and other not in COLUMNS]
    return did_you_mean(column, others) or "; the header is username,from,to and, if you like, share"


def _problems(source: str, row: TableRow) -> Iterator[Unreadable]:
    """Find everything in a row that cannot be read."""
    if not _username(row):
        yield Unreadable.at(source, row.place, "username", "is empty; write whose time off it is")
    days: list[date] = []
    for column in ("from", "to"):
        try:
            days.append(_day(row.cells.get(column)))
        except ValueError as error:
            yield Unreadable.at(source, row.place, column, str(error))
    if len(days) == 2 and days[1] < days[0]:  # noqa: PLR2004 - both could be read
        yield Unreadable.at(source, row.place, "to", f"{days[1]} is before 'from' ({days[0]})")
    try:
        _share(row.cells.get("share"))
    except ValueError as error:
        yield Unreadable.at(source, row.place, "share", str(error))


def _absence(row: TableRow, people: People) -> Absence:
    name = _username(row)
    cells = row.cells
    return Absence(
        people.member(name) or name,
        _day(cells.get("from")),
        _day(cells.get("to")),
        _share(cells.get("share")),
        row.place,
    )


def _strangers(rows: Iterable[TableRow], people: People) -> Iterator[str]:
    """Name whoever is in no team, once, at the first row."""
    unknown = [row for row in rows if _username(row).casefold() not in people.known]
    counts = Counter(_username(row).casefold() for row in unknown)
    for row in {_username(row).casefold(): row for row in reversed(unknown)}.values():
        name = _username(row)
        yield f"{row.place}: {quoted(name)} is in no team{_times(counts[name.casefold()])}"


def _username(row: TableRow) -> str:
    return _text(row.cells.get("username")).removeprefix("@").strip()


def _day(value: object) -> date:
    """Read an ISO day, or a Sheet's serial number: days since 30 December 1899."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value != value or not 0 < value < _LARGEST_SERIAL or value != int(value):  # noqa: PLR0124 - NaN
            raise ValueError(f"write a day without a time, as YYYY-MM-DD; found the number {value:g}")
        day = _SERIAL_ZERO + timedelta(days=int(value))
    elif not (text := _text(value)):
        raise ValueError("is empty; write a day as YYYY-MM-DD")
    else:
        day = read_day(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _share(value: object) -> Fraction:
    text = f"{value:.9f}" if isinstance(value, float) else _text(value)  # 0.1 as a Sheet's number is a tenth
    return read_share(text) if text else WHOLE


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _times(count: int) -> str:
    return "" if count == 1 else f" ({count} rows)"


def _at_most(problems: list[Unreadable], source: str) -> list[Unreadable]:
    """Shorten what nobody would read to its end."""
    shown = sorted(problems)[:_MOST_PROBLEMS]
    more = len(problems) - len(shown)
    rest = Unreadable(source, shown[-1].line + 1, 1, "", f"{more} more mistakes", source)
    return [*shown, rest] if more else shown
