"""Decides what is told and posted of a milestone that runs. Its section is the one that holds a clock: the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.domain.message import compose
from planning_bot.domain.plan import Plan, joined
from planning_bot.metrics.status import deliverables_of, measure_status
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.memory import remember
from planning_bot.planners.messages import plan_message
from planning_bot.planners.planning_sections import edit_sections, not_posted
from planning_bot.planners.say_do import bar, notices

if TYPE_CHECKING:
    from datetime import date, datetime

    from planning_bot.config import Team
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.status import StatusResult
    from planning_bot.domain.words import Words
    from planning_bot.metrics.history import LookBack
    from planning_bot.metrics.status import Around
    from planning_bot.planners.messages import Outlet


@dataclass(frozen=True)
class Seen:
    """What stands around the deliverables, where the message goes, and the present."""

    around: Around
    outlet: Outlet
    now: datetime


def plan_status(snapshot: Snapshot, team: Team, words: Words, look: LookBack, seen: Seen) -> tuple[StatusResult, Plan]:
    """Tell how far the milestone has come; plan section and record on the planning issue, and the week's message."""
    deliverables, milestone = deliverables_of(look, team), snapshot.milestone
    promises = tuple(one.promise for one in deliverables)
    result = measure_status(deliverables, milestone, team, seen.around, snapshot.today, seen.now)
    told = Plan(notices=notices(snapshot, team, look, promises))
    issue = snapshot.planning.planning_issue(milestone)
    message = _message(snapshot, team, words, result, seen.outlet)
    if issue is None:
        return result, joined(told, not_posted(snapshot), message)
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
    return result, joined(told, section, remember(snapshot, team, look, promises), message)


def _message(snapshot: Snapshot, team: Team, words: Words, result: StatusResult, outlet: Outlet) -> Plan:
    """Plan the message of the week, while the milestone runs."""
    milestone = snapshot.milestone
    if outlet.spot is None or not milestone.start_on <= snapshot.today <= milestone.due_on:
        return Plan()
    issue = snapshot.planning.planning_issue(milestone)
    facts = {
        **basic_facts(team, milestone),
        "result": result,
        "titles": outlet.titles,
        "addresses": outlet.addresses,
        "page": issue.web_url if issue else "",
    }
    message = compose(words.message("message_status.mrkdwn.j2", facts))
    return plan_message(outlet.spot, message, f"this is how far {milestone.title} has come this week")


def week_of(day: date) -> str:
    """Name the ISO week of a day: 2026-W07."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
