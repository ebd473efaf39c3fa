"""The managed sections of the planning issue: which there are, and how a plan brings one up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING

from planning_bot.domain.change import EditIssue, IssueState
from planning_bot.domain.plan import Plan, Remark
from planning_bot.domain.sections import SectionState, find_section
from planning_bot.planners.facts import basic_facts, due_on

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.words import Words

# Which command fills which section; until then the section says when that will be.
FILLED_LATER = ("capacity", "readiness", "deliverables", "status", "say-do")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Address:
    """What a link says and where it leads; a placeholder where the thing is yet to be created."""

    text: str
    url: str


def opening_sections(snapshot: Snapshot, team: Team, words: Words) -> dict[str, str]:
    """Give the text of every section of a planning issue that is being opened."""
    facts = basic_facts(team, snapshot.milestone)
    pending = {name: {**facts, "command": name, "when": _when(team, name, snapshot)} for name in FILLED_LATER}
    return {
        **kept_sections(snapshot, team, words),
        **{name: words.render("section_pending.md.j2", pending[name]) for name in FILLED_LATER},
    }


def kept_sections(snapshot: Snapshot, team: Team, words: Words) -> dict[str, str]:
    """Give the sections that `create-issue` keeps up to date: the milestone, the links and the timeline."""
    facts = basic_facts(team, snapshot.milestone)
    timeline = [(name, _when(team, name, snapshot)) for name in team.schedule]
    return {
        "overview": words.render("section_overview.md.j2", facts),
        "links": links_section(snapshot, team, words, snapshot.milestone),
        "timeline": words.render(
            "section_timeline.md.j2",
            {
                **facts,
                "dated": sorted(((day, name) for name, day in timeline if isinstance(day, date)), key=itemgetter(0)),
                "weekly": [(weekday, name) for name, weekday in timeline if isinstance(weekday, str)],
            },
        ),
    }


def links_section(
    snapshot: Snapshot,
    team: Team,
    words: Words,
    milestone: DatedMilestone,
    here: Address | None = None,
    coming: tuple[Address, ...] = (),
) -> str:
    """Give the links of a milestone's planning issue: its boards, and the planning issues before and after.

    `here` is the planning issue of the snapshot's own milestone, where it is about to be created or adopted, and
    `coming` are boards that are about to be.
    """
    calendar = snapshot.calendar

    def neighbour(other: DatedMilestone | None) -> Address | None:
        if other and other.id == snapshot.milestone.id and here:
            return here
        issue = snapshot.planning.planning_issue(other)
        return Address(issue.title, issue.web_url) if issue else None

    facts = {
        **basic_facts(team, milestone),
        "boards": _boards(snapshot, team, words, milestone, coming),
        "previous": neighbour(calendar.before(milestone)),
        "next": neighbour(calendar.after(milestone)),
    }
    return words.render("section_links.md.j2", facts)


def edit_sections(
    issue: Issue, texts: dict[str, str], skip_label: str | None, because: str, needs: tuple[str, ...] = ()
) -> Plan:
    """Plan to bring sections to their texts: one change at most; what a person edited or removed is left alone."""
    found = {name: find_section(issue.description, name) for name in texts}
    stale = {name: section for name, section in found.items() if section.text != texts[name].strip()}
    if not stale:
        return Plan()
    if skip_label in issue.labels:
        return Plan(skipped=(Remark(target=issue.reference, because=f"it has the label {skip_label}"),))
    writable = [name for name, section in stale.items() if section.is_writable]
    change = EditIssue(
        target=issue.reference,
        because=because,
        needs=needs,
        before=IssueState(sections={name: found[name].text for name in writable}),
        after=IssueState(sections={name: texts[name].strip() for name in writable}),
    )
    return Plan(
        changes=(change,) if writable else (),
        skipped=tuple(
            Remark(target=issue.reference, because=f"section {name}: {section.state.value}")
            for name, section in stale.items()
            if section.state in (SectionState.EDITED, SectionState.AMBIGUOUS)
        ),
    )


def not_posted(snapshot: Snapshot) -> Plan:
    """Give the plan of a command that has nowhere to post: nothing is written, and that is said."""
    title = snapshot.milestone.title
    return Plan(notices=(f"milestone {title} has no planning issue yet, so nothing is posted: create-issue makes it",))


def board_names(team: Team, words: Words, milestone: DatedMilestone) -> dict[str, str]:
    """Give the names of a milestone's boards by their keys."""
    facts = basic_facts(team, milestone)
    return {key: words.line(board.name, facts) for key, board in team.boards.items()}


def _boards(
    snapshot: Snapshot, team: Team, words: Words, milestone: DatedMilestone, coming: tuple[Address, ...]
) -> list[Address]:
    """Give the milestone's boards that exist or are about to, in the order of the configuration."""
    # Of boards that share a name the oldest is meant: it comes first in GitLab's list.
    urls = {board.name: board.web_url for board in reversed(snapshot.boards)}
    urls |= {address.text: address.url for address in coming}
    return [Address(name, urls[name]) for name in board_names(team, words, milestone).values() if name in urls]


def _when(team: Team, command: str, snapshot: Snapshot) -> date | str | None:
    """Give the day on which a command falls due, or the weekday of a weekly one."""
    when = team.schedule.get(command)
    if when is None:
        return None
    return _WEEKDAYS[when.weekday] if when.weekday is not None else due_on(when, snapshot.milestone)
