"""Decides what the planning issue says of the candidates: what keeps which from being planned, by engineer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.domain.plan import Plan, joined
from planning_bot.domain.results import ReadinessFinding, ReadinessResult, Refinement
from planning_bot.metrics.gate import is_weighted, tier_notices
from planning_bot.metrics.readiness import measure_readiness, natural
from planning_bot.metrics.refinement import propose_refiners
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.planning_sections import edit_sections, not_posted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.words import Words
    from planning_bot.metrics.readiness import Readiness, Seen


@dataclass(frozen=True)
class Waiting:
    """Issues that the PM asks engineers to refine, since when each, and who is away and cannot."""

    since: Mapping[str, datetime]
    issues: tuple[Issue, ...] = ()
    away: frozenset[str] = frozenset()

    @property
    def in_order(self) -> tuple[Issue, ...]:
        """The longest waiting first."""
        return tuple(sorted(self.issues, key=lambda issue: (self.since[issue.reference], natural(issue))))


def waiting_for_review(snapshot: Snapshot, team: Team) -> tuple[Issue, ...]:
    """Give the team's open issues that carry the label with which the PM asks for a review."""
    label = team.deliverables.planning_breakdown_label
    return tuple(issue for issue in snapshot.open_issues if label in issue.labels)


def plan_readiness(
    snapshot: Snapshot, team: Team, words: Words, seen: Seen, waiting: Waiting
) -> tuple[ReadinessResult, Plan]:
    """Tell what was found, and plan the section of the planning issue that says so."""
    measured = measure_readiness(seen, team)
    proposed = propose_refiners(team, waiting.in_order, waiting.away)
    result = _result(measured, seen, team, waiting, proposed)
    issue = snapshot.planning.planning_issue(snapshot.milestone)
    told = Plan(notices=tier_notices(seen.candidates))
    if issue is None:
        return result, joined(told, not_posted(snapshot))
    facts = {**basic_facts(team, snapshot.milestone), "result": result, "groups": _groups(measured, team)}
    text = words.render("section_readiness.md.j2", facts)
    section = edit_sections(issue, {"readiness": text}, team.limits.skip_label, "what was found has changed")
    return result, joined(told, section)


def _result(
    measured: Readiness, seen: Seen, team: Team, waiting: Waiting, proposed: Mapping[str, str | None]
) -> ReadinessResult:
    return ReadinessResult(
        ready=tuple(issue.reference for issue in measured.ready),
        findings=tuple(
            ReadinessFinding(found.issue.reference, found.issue.weight, found.kind.value, found.because)
            for found in measured.findings
        ),
        refine=tuple(
            Refinement(i.reference, waiting.since[i.reference].date().isoformat(), proposed[i.reference])
            for i in waiting.in_order
        ),
        weighted=sum(is_weighted(issue, team) for issue in seen.candidates),
        candidates=len(seen.candidates),
        weight=sum(issue.weight or 0 for issue in seen.candidates),
    )


def _groups(measured: Readiness, team: Team) -> list[tuple[str | None, list[tuple[str, list[str]]]]]:
    """Group the findings by the member to whom an issue is assigned, in the configuration's order; nobody last."""
    of_issue: dict[str, tuple[Issue, list[str]]] = {}
    for found in measured.findings:
        of_issue.setdefault(found.issue.reference, (found.issue, []))[1].append(found.because)
    groups: dict[str | None, list[tuple[str, list[str]]]] = {name: [] for name in (*team.usernames, None)}
    for reference, (issue, reasons) in sorted(of_issue.items(), key=lambda entry: natural(entry[1][0])):
        assigned = {person.username.casefold() for person in issue.assignees}
        # Each issue stands once, with the first member who is assigned: GitLab gives assignees in any order.
        groups[next((name for name in team.usernames if name.casefold() in assigned), None)].append(
            (reference, reasons)
        )
    return [(name, rows) for name, rows in groups.items() if rows]
