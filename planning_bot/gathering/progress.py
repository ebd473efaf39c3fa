"""Looks at what stands around a milestone's deliverables: what blocks them, and who is away until the end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planning_bot.gathering.attendance import away_throughout
from planning_bot.metrics.status import Around, deliverables_of

if TYPE_CHECKING:
    from datetime import date

    from planning_bot.config import Config, Team
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.gateways.doors import Doors
    from planning_bot.metrics.history import LookBack


def look_around(
    team: Team, config: Config, doors: Doors, look: LookBack, milestone: DatedMilestone, today: date
) -> Around:
    """Read what blocks the open deliverables, and who is away from today to the milestone's end."""
    waiting = [one.issue for one in deliverables_of(look, team) if one.is_in_plan and not one.is_closed]
    if not waiting or today > milestone.due_on:
        return Around()
    found = doors.gitlab.together(*(partial(doors.gitlab.blockers, issue.project, issue.iid) for issue in waiting))
    blockers = {issue.reference: blocking for issue, blocking in zip(waiting, found, strict=True)}
    return Around(blockers, away_throughout(team, config, doors, max(today, milestone.start_on), milestone.due_on))
