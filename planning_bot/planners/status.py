"""Decides what is told and posted of a milestone that runs. Its section is the one that holds a clock: the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.plan import Plan, joined
from planning_bot.metrics.status import deliverables_of, measure_status
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.memory import remember
from planning_bot.planners.planning_sections import edit_sections, not_posted
from planning_bot.planners.say_do import bar, notices

if TYPE_CHECKING:
    from datetime import datetime

    from planning_bot.config import Team
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.status import StatusResult
    from planning_bot.domain.words import Words
    from planning_bot.metrics.history import LookBack
    from planning_bot.metrics.status import Around


def plan_status(
    snapshot: Snapshot, team: Team, words: Words, look: LookBack, around: Around, now: datetime
) -> tuple[StatusResult, Plan]:
    """Tell how far the milestone has come, and plan the section of the planning issue and the record."""
    deliverables, milestone = deliverables_of(look, team), snapshot.milestone
    promises = tuple(one.promise for one in deliverables)
    result = measure_status(deliverables, milestone, team, around, snapshot.today, now)
    told = Plan(notices=notices(snapshot, team, look, promises))
    issue = snapshot.planning.planning_issue(milestone)
    if issue is None:
        return result, joined(told, not_posted(snapshot))
    facts = {
        **basic_facts(team, milestone),
        "result": result,
        "today": min(snapshot.today, milestone.due_on),
        "burn_up": [
            (row, bar(row.completed / row.deliverables if row.deliverables else None)) for row in result.burn_up
        ],
    }
    text = words.render("section_status.md.j2", facts)
    section = edit_sections(issue, {"status": text}, team.limits.skip_label, "this is how far the milestone has come")
    return result, joined(told, section, remember(snapshot, team, look, promises))
