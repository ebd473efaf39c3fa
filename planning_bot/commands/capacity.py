"""`planning-bot capacity`: what the team can carry, person by person, with the working shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planning_bot.commands.options import Day
from planning_bot.commands.team_command import team_command
from planning_bot.domain.absence import read_what_if
from planning_bot.gathering import Looks
from planning_bot.metrics.team_capacity import measure_team
from planning_bot.planners.capacity import plan_capacity

if TYPE_CHECKING:
    from datetime import date

    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("capacity", milestone="next")
@click.option("--from", "since", type=Day(), help="Count what is left of the milestone from this day on.")
@click.option(
    "--what-if",
    multiple=True,
    metavar="USERNAME=FROM..TO[,SHARE]",
    help="Try an absence without writing it down; may be repeated.",
)
def command(session: Session, since: date | None = None, what_if: tuple[str, ...] = ()) -> TeamReport:
    """Tell the team's capacity, person by person, and post it: days, never reasons."""
    team = session.team
    tried = tuple(read_what_if(text, session.usernames) for text in what_if)
    snapshot = session.gather(Looks(planning_issues=True, record=True, open_issues=True))
    attendance = session.attendance(snapshot, tried)
    measured = measure_team(team, snapshot.milestone, snapshot.calendar, snapshot.open_issues, attendance, since)
    why = "an absence is only tried" if tried else f"the days before {since} are left out" if since else ""
    tab = None if why else session.tab(snapshot)
    result, plan = plan_capacity(snapshot, team, session.words, measured, tab, only_tried=why)
    return session.conclude(snapshot, result, plan)
