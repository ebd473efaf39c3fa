"""`planning-bot create-issue`: the planning issue of a milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.planners.create_issue import assigned_people, plan_create_issue

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("create-issue", milestone="next")
@click.option("--adopt", metavar="REFERENCE", help="Take over an issue of a person's as the planning issue.")
def command(session: Session, adopt: str | None = None) -> TeamReport:
    """Create the planning issue of a milestone from the team's template, or bring it up to date."""
    planning = session.team.planning_issue
    people = assigned_people(session.team)
    looks = Looks(labels=planning.labels, people=people, epic=planning.epic, planning_issues=True, boards=True)
    snapshot = session.gather(looks)
    adopted = session.find_issue(adopt) if adopt else None
    result, plan = plan_create_issue(snapshot, session.team, session.words, adopted)
    return session.conclude(snapshot, result, plan)
