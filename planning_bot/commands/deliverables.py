"""`planning-bot deliverables`: what the team commits to, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.metrics.deliverables import choose
from planning_bot.metrics.team_capacity import measure_team
from planning_bot.planners.deliverables import labels_of_deliverables, plan_deliverables

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("deliverables", milestone="next")
def command(session: Session) -> TeamReport:
    """Select, label and assign what the team commits to, and say why for every candidate."""
    team = session.team
    snapshot = session.gather(Looks(labels=labels_of_deliverables(team), planning_issues=True, open_issues=True))
    attendance = session.attendance(snapshot)
    measured = measure_team(team, snapshot.milestone, snapshot.calendar, snapshot.open_issues, attendance)
    chosen = choose(seen := session.look_at_choice(snapshot), team, measured.members)
    prospects = session.prospects(snapshot, chosen)
    result, plan = plan_deliverables(snapshot, team, session.words, seen, chosen, prospects)
    return session.conclude(snapshot, result, plan)
