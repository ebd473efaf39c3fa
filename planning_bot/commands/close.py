"""`planning-bot close`: what a milestone left unfinished is labelled and moved on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.planners.close import labels_of_close, plan_close

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("close", milestone="previous")
def command(session: Session) -> TeamReport:
    """Label what a milestone left unfinished, and move it on; how the milestone ended is remembered first."""
    snapshot = session.gather(Looks(labels=labels_of_close(session.team), planning_issues=True, record=True))
    look = session.look_back(snapshot, history=False)
    left = session.look_at_unfinished(snapshot, look)
    result, plan = plan_close(snapshot, session.team, look, left, force=session.options.force)
    return session.conclude(snapshot, result, plan)
