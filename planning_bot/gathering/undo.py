"""Looks at what became of the issues that a run edited: as they are now, and who changed them since.

Few requests: of each issue itself, and of its events only the kinds that the run caused.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from planning_bot.domain.undo import edits_of
from planning_bot.errors import ServerError
from planning_bot.planners.undo import Edited

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.domain.issue import Issue
    from planning_bot.domain.journal import TeamJournal
    from planning_bot.gateways.gitlab_reader import GitLabReader


def look_at_edited(reader: GitLabReader, journal: TeamJournal) -> dict[str, Edited]:
    """Read what `undo` decides about, by reference. Raises ServerError for what cannot be read completely."""
    edits = edits_of(journal)
    issues = dict(zip(edits, reader.together(*(partial(_issue, reader, name) for name in edits)), strict=True))
    reads: list[Callable[[], object]] = []
    for reference, issue in issues.items():
        if issue:
            edit = edits[reference]
            reads += [partial(reader.label_events, issue.project, issue.iid)] if edit.labels else []
            reads += [partial(reader.milestone_events, issue.project, issue.iid)] if edit.milestone else []
            reads += [partial(reader.assignments, issue.project, issue.iid)] if edit.assignees else []
    reader.together(*reads)  # from here on, what these read comes from memory
    return {
        reference: Edited(
            issue,
            labels=reader.label_events(issue.project, issue.iid) if edits[reference].labels else (),
            milestones=reader.milestone_events(issue.project, issue.iid) if edits[reference].milestone else (),
            assignments=reader.assignments(issue.project, issue.iid) if edits[reference].assignees else (),
        )
        for reference, issue in issues.items()
        if issue
    }


def _issue(reader: GitLabReader, reference: str) -> Issue | None:
    project, _, iid = reference.rpartition("#")
    try:
        return reader.issue(project, int(iid))
    except ServerError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise
