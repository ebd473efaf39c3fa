"""`planning-bot boards`: the team's boards, as the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.commands.team_command import team_command
from planning_bot.gathering import Looks
from planning_bot.planners.boards import labels_of_boards, plan_boards

if TYPE_CHECKING:
    from planning_bot.domain.run import TeamReport
    from planning_bot.session import Session


@team_command("boards", milestone="next")
def command(session: Session) -> TeamReport:
    """Create the team's boards, or repair them: scope, missing lists, the order of the configured ones."""
    looks = Looks(labels=labels_of_boards(session.team), planning_issues=True, boards=True)
    result, plan = plan_boards(snapshot := session.gather(looks), session.team, session.words)
    return session.conclude(snapshot, result, plan)
