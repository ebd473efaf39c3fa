"""DECIDE: what is wrong with what the configuration names, and the plan of `--fix`, which creates missing labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.change import CreateLabel, label_handle
from planning_bot.domain.doctor import DoctorResult, Unchecked
from planning_bot.domain.plan import Plan
from planning_bot.errors import PlanningBotError
from planning_bot.planners.doctor_access import find_places, find_token
from planning_bot.planners.doctor_labels import find_labels
from planning_bot.planners.doctor_milestones import find_boards, find_milestones
from planning_bot.planners.doctor_people import find_people
from planning_bot.planners.doctor_servers import find_sheet, find_slack, find_time_off
from planning_bot.planners.doctor_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.domain.checkup import Checkup, GitLabFacts, Seen
    from planning_bot.domain.doctor import Verdict
    from planning_bot.domain.words import Words

# Labels of one scope look alike, so that a board of them is easy to read.
_COLOURS = ("#428BCA", "#5843AD", "#0B7261", "#CD5B45", "#6699CC", "#8E44AD", "#36677C", "#AD4363")
_PLAIN = "#6699CC"  # GitLab's default (app/models/label.rb, DEFAULT_COLOR)


def diagnose(team: Team, checkup: Checkup, today: date, words: Words) -> DoctorResult:
    """Say what is to be mended, what is good, and what could not be looked at."""
    return DoctorResult.of(
        (
            *_gitlab(team, checkup.gitlab, today, words),
            *find_slack(team, checkup.slack),
            *find_sheet(team, checkup.sheet),
            *find_time_off(checkup.time_off),
        )
    )


def plan_fix(team: Team, result: DoctorResult) -> Plan:
    """Plan to create the labels that have to be there, in the team's group."""
    because = {f.target: f.because for f in result.findings}
    return Plan(
        changes=tuple(
            CreateLabel(
                target=f"{team.gitlab.group}: {name}",
                because=because[f"label {name}"],
                gives=label_handle(name),
                group=team.gitlab.group,
                after=name,
                color=color_of(name),
            )
            for name in result.missing_labels
        )
    )


def color_of(name: str) -> str:
    """Choose the colour of a label: one for each scope, the same in every run."""
    scope, is_scoped, _ = name.rpartition("::")
    return _COLOURS[sum(scope.encode()) % len(_COLOURS)] if is_scoped else _PLAIN


def _gitlab(team: Team, facts: Seen[GitLabFacts], today: date, words: Words) -> Iterator[Verdict]:
    if isinstance(facts, PlanningBotError):
        yield unreadable("gitlab", "GitLab", facts)
        yield Unchecked("gitlab", "all that is there", "GitLab could not be asked")
        return
    yield from find_token(facts.key, today)
    yield from find_places(team, facts, today)
    yield from find_people(team, facts, today)
    if facts.inside is None:
        yield Unchecked("gitlab", "labels, milestones and boards", f"{team.gitlab.group} could not be read")
        return
    yield from find_labels(team, facts.inside)
    yield from find_milestones(team, facts.inside, today, words)
    yield from find_boards(team, facts.inside, today, words)
