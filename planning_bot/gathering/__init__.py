"""GATHER: everything that a command decides about, read side by side before the first write, in two rounds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.markers import Marker
from planning_bot.domain.milestone import Calendar
from planning_bot.domain.record import doubles, own_note, read_records
from planning_bot.domain.snapshot import PlanningProject, Snapshot
from planning_bot.gathering.planning_project import planning_project, planning_reads, removals, trusted_authors

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue, Note
    from planning_bot.gateways.gitlab_reader import GitLabReader

IGNORED_KINDS = frozenset({"task", "test_case"})


@dataclass(frozen=True)
class Looks:
    """What a command wants to see besides the token's user and the milestones."""

    labels: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    epic: str | None = None
    planning_issues: bool = False
    boards: bool = False
    record: bool = False
    open_issues: bool = False


def gather(team: Team, reader: GitLabReader, wanted: str, today: date, looks: Looks) -> Snapshot:
    """Read all of it. Raises UsageError for the milestone, ServerError for what cannot be read completely."""
    group = team.gitlab.group
    reads: list[Callable[[], object]] = [reader.me, partial(reader.milestones, group)]
    reads += [partial(reader.label, group, name) for name in looks.labels]
    reads += [partial(reader.person, name) for name in looks.people]
    reads += [partial(reader.boards, group)] if looks.boards else []
    reads += [partial(reader.epic, looks.epic)] if looks.epic else []
    reads += planning_reads(team, reader) if looks.planning_issues else []
    reads += [partial(_open_issues, team, reader)] if looks.open_issues else []
    reader.together(*reads)  # from here on, what these read comes from memory

    calendar = Calendar(reader.milestones(group), team.milestones.pattern)
    milestone = calendar.resolve(wanted, today)
    labels = {name: label for name in looks.labels if (label := reader.label(group, name))}
    people = {name: person for name in looks.people if (person := reader.person(name))}
    planning = planning_project(team, reader, calendar, milestone) if looks.planning_issues else PlanningProject()
    planning.check_marker(milestone)
    issue = planning.planning_issue(milestone)
    notes = reader.notes(team.planning_issue.project, issue.iid) if looks.record and issue else ()
    return Snapshot(
        today=today,
        milestone=milestone,
        calendar=calendar,
        me=reader.me(),
        labels=labels,
        people=people,
        planning=planning,
        removals=removals(team, reader, issue),
        boards=reader.boards(group) if looks.boards else (),
        epic=reader.epic(looks.epic) if looks.epic else None,
        record=read_records(notes, team.key, milestone.id, trusted_authors(team, reader.me().username)),
        record_note=own_note(notes, team.key, milestone.id, reader.me().username),
        open_issues=work_of(team, planning, _open_issues(team, reader)) if looks.open_issues else (),
        doubles=_doubles(team, reader, issue, notes),
    )


def _doubles(team: Team, reader: GitLabReader, issue: Issue | None, notes: tuple[Note, ...]) -> tuple[str, ...]:
    """Tell of notes that stand on the planning issue twice; those of an adopted one were read to find its marker."""
    if issue and not Marker.of(issue.description):
        notes = reader.notes(team.planning_issue.project, issue.iid)
    return doubles(issue.reference, notes, reader.me().username) if issue else ()


def _open_issues(team: Team, reader: GitLabReader) -> tuple[Issue, ...]:
    return reader.group_issues(team.gitlab.group, labels=team.gitlab.label, state="opened")


def work_of(team: Team, planning: PlanningProject, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Leave out what is no work to be planned: planning issues, tasks and test cases."""
    owned = {issue.reference for found in planning.owned.values() for issue in found}
    return tuple(
        issue
        for issue in issues
        if issue.reference not in owned and issue.kind not in IGNORED_KINDS and not is_planning_issue(team, issue)
    )


def is_planning_issue(team: Team, issue: Issue) -> bool:
    """Whether an issue looks like a planning issue, the program's or a person's: by project and labels."""
    labels = frozenset(team.planning_issue.labels)
    return issue.project == team.planning_issue.project and bool(labels) and labels <= issue.labels
