"""Finds the program's planning issues in the planning project: open or closed, renamed, unlabelled or moved."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.sections import has_sections
from planning_bot.domain.snapshot import PlanningProject, Removals, find_owned
from planning_bot.errors import ServerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.milestone import Calendar, DatedMilestone
    from planning_bot.gateways.gitlab_reader import GitLabReader


def trusted_authors(team: Team, me: str) -> frozenset[str]:
    """Name those whose markers count: the token's user, the PM, the EM, and whom the configuration trusts."""
    named = (me, team.product_manager, team.engineering_manager, *team.planning_issue.trusted_authors)
    return frozenset(name.casefold() for name in named if name)


def planning_reads(team: Team, reader: GitLabReader) -> list[Callable[[], object]]:
    """Give the lists of the planning project that can be read before the milestone is known."""
    reads: list[Callable[[], object]] = [partial(reader.project_issues, team.planning_issue.project, state="opened")]
    if team.planning_issue.labels:
        reads.append(partial(_closed_planning_issues, reader, team))
    return reads


def find_issue(team: Team, reader: GitLabReader, reference: str) -> Issue:
    """Find the issue of the planning project that a person named as `group/project#12` or `#12`.

    Raises UsageError where it is not in that project or does not exist.
    """
    project = team.planning_issue.project
    found = re.fullmatch(r"(?P<project>[^#\s]*)#(?P<iid>[0-9]{1,9})", reference)
    if not found or found["project"] not in ("", project):
        raise UsageError(f"{reference!r} is no issue of {project}", f"write it as {project}#12")
    try:
        return reader.issue(project, int(found["iid"]))
    except ServerError as error:
        if error.status == 404:  # noqa: PLR2004 - Not Found
            raise UsageError(
                f"there is no issue {project}#{found['iid']}, or the token's user may not see it"
            ) from error
        raise


def planning_project(
    team: Team, reader: GitLabReader, calendar: Calendar, milestone: DatedMilestone
) -> PlanningProject:
    """Read what the planning project holds, and which issues in it are the program's own."""
    project = team.planning_issue.project
    seen = [
        *reader.project_issues(project, state="opened"),
        *(_closed_planning_issues(reader, team) if team.planning_issue.labels else ()),
        *reader.project_issues(project, state="closed", milestone=milestone.title),
    ]
    issues = tuple({issue.reference: issue for issue in seen}.values())
    trusted = trusted_authors(team, reader.me().username)
    unmarked = _perhaps_adopted(team, issues, _near(milestone, calendar), trusted)
    reader.together(*(partial(reader.notes, project, issue.iid) for issue in unmarked))
    notes = {i.reference: tuple((n.author, n.body) for n in reader.notes(project, i.iid)) for i in unmarked}
    return PlanningProject(issues, find_owned(issues, notes, team.key, trusted))


def removals(team: Team, reader: GitLabReader, issue: Issue | None) -> Removals:
    """See what somebody took off the planning issue; asked only where something is missing."""
    if issue is None:
        return Removals()
    project = team.planning_issue.project
    lacks_label = not frozenset(team.planning_issue.labels) <= issue.labels
    return Removals(
        labels=reader.labels_taken_off(project, issue.iid) if lacks_label else frozenset(),
        milestone=issue.milestone_id is None and reader.milestone_taken_off(project, issue.iid),
    )


def _closed_planning_issues(reader: GitLabReader, team: Team) -> tuple[Issue, ...]:
    labels = ",".join(team.planning_issue.labels)
    return reader.project_issues(team.planning_issue.project, state="closed", labels=labels)


def _near(milestone: DatedMilestone, calendar: Calendar) -> set[int]:
    """Name the milestones whose planning issues are looked at: two on each side, for the neighbours' links."""
    before, after = calendar.before(milestone), calendar.after(milestone)
    beyond = (before and calendar.before(before), after and calendar.after(after))
    return {near.id for near in (before, milestone, after, *beyond) if near}


def _perhaps_adopted(
    team: Team, issues: tuple[Issue, ...], near: set[int], trusted: frozenset[str]
) -> tuple[Issue, ...]:
    """Name the issues whose notes may hold a marker.

    These are the planning issues of the milestones near by that have none of their own, and every issue that has a
    managed section: one that was adopted stays adopted when somebody moves it or takes its label off.
    """
    labels = frozenset(team.planning_issue.labels)
    owned = {issue.reference for found in find_owned(issues, {}, team.key, trusted).values() for issue in found}
    return tuple(
        issue
        for issue in issues
        if issue.reference not in owned
        and issue.notes_count != 0
        and ((issue.milestone_id in near and labels <= issue.labels) or has_sections(issue.description))
    )
