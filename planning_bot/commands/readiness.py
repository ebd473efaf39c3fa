"""`planning-bot readiness`: what keeps the candidates of a milestone from being planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.planners.readiness import plan_readiness

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("readiness", milestone="next")
def command(session: Session) -> TeamReport:
    """Tell which candidates are unweighted, too big, not ready, blocked or badly labelled, and post it."""
    snapshot = session.gather(Looks(planning_issues=True, open_issues=True))
    seen, waiting = session.look_at_candidates(snapshot), session.waiting(snapshot)
    result, plan = plan_readiness(snapshot, session.team, session.words, seen, waiting)
    return session.conclude(snapshot, result, plan)
