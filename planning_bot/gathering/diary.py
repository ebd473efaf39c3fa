"""Looks at what a day's run has to know: the milestones around it, their planning issues, what was done already."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.diary import Diary, Page
from planning_bot.domain.milestone import Calendar
from planning_bot.domain.record import doubles, own_note, read_records
from planning_bot.gathering.planning_project import planning_project, planning_reads, trusted_authors
from planning_bot.metrics.agenda import milestones_of_the_day

if TYPE_CHECKING:
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.gateways.gitlab_reader import GitLabReader


def look_at_diary(team: Team, reader: GitLabReader, today: date) -> Diary:
    """Read all of it. Raises ServerError for what cannot be read completely."""
    group, project = team.gitlab.group, team.planning_issue.project
    reader.together(reader.me, partial(reader.milestones, group), *planning_reads(team, reader))
    calendar = Calendar(reader.milestones(group), team.milestones.pattern)
    me = reader.me().username
    found = []
    for milestone in milestones_of_the_day(calendar, team, today):
        issue = planning_project(team, reader, calendar, milestone).planning_issue(milestone)
        if issue and team.limits.skip_label not in issue.labels:
            found.append((milestone, issue))
    reader.together(*(partial(reader.notes, project, issue.iid) for _, issue in found))
    trusted = trusted_authors(team, me)
    pages: dict[int, Page] = {}
    twice: list[str] = []
    for milestone, issue in found:
        notes = reader.notes(project, issue.iid)
        record = read_records(notes, team.key, milestone.id, trusted)
        pages[milestone.id] = Page(milestone, issue, record, own_note(notes, team.key, milestone.id, me))
        twice += doubles(issue.reference, notes, me)
    return Diary(calendar, pages, tuple(twice))
