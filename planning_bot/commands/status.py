"""`planning-bot status`: how far the running milestone has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.planners.status import Seen, plan_status, week_of

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("status", milestone="current")
def command(session: Session) -> TeamReport:
    """Tell how far the running milestone has come, what is at risk and what changed, and post it."""
    team = session.team
    snapshot = session.gather(Looks(labels=(team.deliverables.label,), planning_issues=True, record=True))
    look = session.look_back(snapshot, history=False)
    outlet = session.outlet(snapshot, look, "status", team.status.channel, week_of(session.today))
    seen = Seen(session.look_around(snapshot, look), outlet, session.now)
    result, plan = plan_status(snapshot, team, session.words, look, seen)
    return session.conclude(snapshot, result, plan)
