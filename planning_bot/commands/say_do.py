"""`planning-bot say-do`: what was said and what was done in a milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.planners.say_do import plan_say_do
from planning_bot.rendering.charts import chart_of

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("say-do", milestone="previous")
def command(session: Session) -> TeamReport:
    """Tell the Say/Do ratio of a milestone, with the evidence for every issue, and post it."""
    looks = Looks(labels=(session.team.deliverables.label,), planning_issues=True, record=True)
    snapshot = session.gather(looks)
    look = session.look_back(snapshot)
    outlet = session.outlet(snapshot, look, "say-do", session.team.say_do.channel)
    result, plan = plan_say_do(snapshot, session.team, session.words, look, outlet, chart_of)
    return session.conclude(snapshot, result, plan)
