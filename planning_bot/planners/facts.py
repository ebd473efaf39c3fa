"""What every template may use: the team, and the milestone with its dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.config.schedule import When
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.words import Words


def basic_facts(team: Team, milestone: DatedMilestone) -> dict[str, object]:
    """Give `team` and `milestone`, as the texts of the configuration and the templates know them."""
    return {
        "team": team,
        "milestone": {
            "title": milestone.title,
            "start_date": milestone.start_on,
            "due_date": milestone.due_on,
            "web_url": milestone.web_url,
            "weekdays": milestone.weekdays,
            "weeks": -(-milestone.days // 7),
        },
    }


def missed_label(team: Team, words: Words, milestone: DatedMilestone) -> str | None:
    """Give the label of what a milestone left unfinished; None where the team has none."""
    label = team.close.missed_label
    return words.line(label, basic_facts(team, milestone)) if label else None


def due_on(when: When, milestone: DatedMilestone) -> date | None:
    """Give the day on which a command of the schedule falls due; a weekly one has no single day."""
    if when.anchor == "weekly":
        return None
    anchor = milestone.start_on if when.anchor == "start" else milestone.due_on
    return anchor + timedelta(days=when.offset_days)
