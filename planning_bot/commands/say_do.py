"""`planning-bot say-do`: what was said and what was done in a milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.planners.say_do import plan_say_do

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("say-do", milestone="previous")
def command(session: Session) -> TeamReport:
    """Tell the Say/Do ratio of a milestone, with the evidence for every issue, and post it."""
    looks = Looks(labels=(session.team.deliverables.label,), planning_issues=True, record=True)
    snapshot = session.gather(looks)
    result, plan = plan_say_do(snapshot, session.team, session.words, session.look_back(snapshot))
    return session.conclude(snapshot, result, plan)
