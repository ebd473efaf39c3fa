"""The report: facts into pages of HTML that stand alone, ask nobody for anything, and run nothing.

What stands on a page besides the program's own words is text: it is escaped where it is put out. A page's policy names
its style by its hash, so that nothing else can take effect even if it got there.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from planning_bot.domain.report import INDEX, MARK, page_of
from planning_bot.errors import ServerError, UsageError
from planning_bot.redaction import redact
from planning_bot.rendering.escaping import plain
from planning_bot.rendering.report_charts import burn_up_chart, history_chart, number, percent, short_day
from planning_bot.rendering.templates import environment, filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planning_bot.domain.capacity import CapacityResult
    from planning_bot.domain.say_do import SayDoIssue
    from planning_bot.metrics.report_pages import Page, TeamFacts

_STYLE = "report.css"
_POLICY = "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Link:
    """A way to another page of the report."""

    text: str
    path: str
    is_here: bool = False
    remark: str = ""


class Report:
    """Writes the pages of the teams of one configuration, which lies in a folder; no secret gets onto them."""

    def __init__(self, folder: Path) -> None:
        self._environment = environment(folder, lambda value: escape(plain(value)))

    def render(self, teams: Sequence[TeamFacts]) -> dict[str, str]:
        """Give each page by its path. Raises ConfigurationError for a template of the team's own that is wrong."""
        style = Markup(filled(_STYLE, lambda: self._environment.get_template(_STYLE), {}))  # noqa: S704 - no values
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        shared = {
            "style": style,
            "policy": _POLICY.format(digest),
            "mark": Markup(MARK),  # noqa: S704 - the program's own
            "percent": percent,
            "short_day": short_day,
            "number": number,
            "href": href,
            "became": became,
            "added_on": added_on,
            "scale": scale,
            "charts": {"burn_up": burn_up_chart, "history": history_chart},
        }
        pages = {INDEX: self._fill("report_index.html.j2", {**shared, **_index(teams)})}
        for team in teams:
            for page in team.pages:
                facts = {**shared, **_milestone(teams, team, page)}
                pages[page_of(team.team.key, page.milestone.title)] = self._fill("report_milestone.html.j2", facts)
        return pages

    def _fill(self, name: str, facts: Mapping[str, object]) -> str:
        return redact(filled(name, lambda: self._environment.get_template(name), facts).strip()) + "\n"


def href(url: str) -> str:
    """Give an address that a page may point to."""
    return url if url.startswith(("https://", "http://")) else "#"


def added_on(issue: SayDoIssue) -> date:
    """Give the day on which something came into the plan first, in the team's time zone."""
    return date.fromisoformat(issue.added_at[:10])


def became(issue: SayDoIssue, *, is_ended: bool) -> str:
    """Say what became of a deliverable, in a word."""
    if issue.completed_at:
        return f"done {short_day(date.fromisoformat(issue.completed_at[:10]))}"
    return {"slipped": "slipped" if is_ended else "open", "descoped": "taken out"}.get(issue.outcome, issue.outcome)


def scale(capacity: CapacityResult) -> float:
    """Give what the longest bar of a team's members stands for."""
    loads = (member.carryover_weight + member.planned_weight for member in capacity.members)
    return max([*loads, *(member.capacity_weight for member in capacity.members)])


def milestone_links(team: TeamFacts, here: Page | None) -> list[Link]:
    """Give the way to each of a team's pages, in the order of time."""
    key = team.team.key
    return [
        Link(page.milestone.title, page_of(key, page.milestone.title), page is here, page.phase.value)
        for page in team.pages
    ]


def _index(teams: Sequence[TeamFacts]) -> dict[str, object]:
    cards = [(team, team.front, milestone_links(team, team.front), _trouble(team)) for team in teams]
    return {"root": "", "cards": cards, "today": max(team.today for team in teams)}


def _trouble(team: TeamFacts) -> str:
    """Say what went wrong, as far as everybody may know it: of the team's files the run's own output tells."""
    if isinstance(team.error, UsageError | ServerError):
        return team.error.message
    return "what is wrong stands in the run's own output" if team.error else ""


def _milestone(teams: Sequence[TeamFacts], team: TeamFacts, page: Page) -> dict[str, object]:
    fronts = [(other, other.front) for other in teams]
    others = [
        Link(other.team.name, page_of(other.team.key, front.milestone.title), other is team)
        for other, front in fronts
        if front
    ]
    return {
        "root": "../",
        "team": team,
        "page": page,
        "names": {member.username: member.name for member in team.team.members},
        "milestones": milestone_links(team, page),
        "teams": others,
        "today": team.today,
    }
