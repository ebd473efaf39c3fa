"""Decides how a team's commitment is written down: labels, assignees, what moves on, and the planning issue's section.

One request for each issue. Each rests on all that a person may change meanwhile; no assignee is ever removed, and no
label that somebody took off is put on again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from planning_bot.domain.change import EditIssue, IssueState, Named
from planning_bot.domain.issue import User
from planning_bot.domain.plan import Plan, joined
from planning_bot.errors import ServerError
from planning_bot.metrics.deliverables import choose
from planning_bot.metrics.gate import tier_notices
from planning_bot.planners.deliverables_result import deliverables_result
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.planning_sections import edit_sections, not_posted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning_bot.config import Team
    from planning_bot.domain.deliverables import DeliverablesResult
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.milestone import DatedMilestone, Milestone
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.words import Words
    from planning_bot.metrics.candidates import Seen
    from planning_bot.metrics.deliverables import Deliverables, Left, Picked


@dataclass(frozen=True)
class Prospects:
    """What is asked once the choice is made.

    `accounts` are those of the members who get something, by username; `moved_back` are references of issues that
    were where the overflow goes, and that somebody took out of there.
    """

    frozen: bool = False
    accounts: Mapping[str, User] = field(default_factory=dict)
    moved_back: frozenset[str] = frozenset()


def labels_of_deliverables(team: Team) -> tuple[str, ...]:
    """Name the labels that this command puts on."""
    return tuple(name for name in (team.deliverables.label, team.deliverables.stretch_label) if name)


def new_assignee(picked: Picked, team: Team) -> str | None:
    """Name the member to whom a selected issue is to be assigned; nobody where it was chosen or assigned before."""
    if picked.chosen or picked.issue.assignees or not team.deliverables.assign:
        return None
    return next(iter(picked.parts), None)


def overflow(chosen: Deliverables, team: Team) -> tuple[Left, ...]:
    """Give what did not fit and may be moved: not what is assigned, in progress, or not proved to be too much."""
    working = frozenset(team.deliverables.in_progress_labels)
    return tuple(
        left
        for left in chosen.left_out
        if left.did_not_fit and left.sure and not left.issue.assignees and working.isdisjoint(left.issue.labels)
    )


def overflow_target(snapshot: Snapshot, team: Team) -> Milestone | DatedMilestone | None:
    """Find where the overflow goes; None where it stays, or where there is no such milestone."""
    match team.deliverables.overflow:
        case "stay":
            return None
        case "next":
            return snapshot.calendar.after(snapshot.milestone)
        case "next_1_3":
            title = team.milestones.next_1_3
            return snapshot.calendar.named(title) if title else None


def plan_deliverables(
    snapshot: Snapshot, team: Team, words: Words, seen: Seen, chosen: Deliverables, prospects: Prospects
) -> tuple[DeliverablesResult, Plan]:
    """Plan labels, assignees and moves of what was chosen among what was seen, and tell of it on the planning issue.

    Raises ServerError where a label that is to be written, or the milestone that the overflow goes to, does not exist.
    """
    writing = _Writing(snapshot, team, chosen, prospects)
    edits = (*writing.commitments(), *writing.stretches(), *writing.moves())
    writing.check_labels(edits)
    moves = {edit.target: edit.after.milestone.name for edit in edits if edit.after.milestone and _moves(edit)}
    assignees = {p.issue.reference: name for p in chosen.selected if (name := new_assignee(p, team))}
    result = deliverables_result(chosen, team, moves, assignees)
    plan = Plan(changes=edits, notices=(*tier_notices(snapshot.open_issues), *chosen.notices, *writing.notices()))
    return result, joined(plan, _tell(snapshot, team, words, seen, chosen, edits))


def _tell(
    snapshot: Snapshot, team: Team, words: Words, seen: Seen, chosen: Deliverables, edits: tuple[EditIssue, ...]
) -> Plan:
    """Write the page as the next run would find it to be right: with everything carried out."""
    issue = snapshot.planning.planning_issue(snapshot.milestone)
    if issue is None:
        return not_posted(snapshot)
    changes = {edit.target: edit for edit in edits}
    issues = tuple(_after(one, changes.get(one.reference)) for one in seen.issues)
    staying = replace(seen, issues=tuple(one for one in issues if one.milestone_id == snapshot.milestone.id))
    then = choose(staying, team, chosen.members)
    placed = replace(then, selected=tuple(replace(picked, because=picked.place) for picked in then.selected))
    facts = {**basic_facts(team, snapshot.milestone), "result": deliverables_result(placed, team, {}, {})}
    text = words.render("section_deliverables.md.j2", facts)
    return edit_sections(issue, {"deliverables": text}, team.limits.skip_label, "the choice has changed")


def _after(issue: Issue, edit: EditIssue | None) -> Issue:
    """Give an issue as it is once a change is carried out."""
    if edit is None or edit.after.milestone is None:
        return issue
    labels = issue.labels | (set(edit.after.labels) - set(edit.before.labels))
    people = issue.assignees or tuple(User(person.id, person.name) for person in edit.after.assignees)
    return replace(issue, labels=labels, assignees=people, milestone_id=edit.after.milestone.id)


def _moves(edit: EditIssue) -> bool:
    return edit.after.milestone != edit.before.milestone


@dataclass(frozen=True)
class _Writing:
    """Everything that the changes are made from."""

    snapshot: Snapshot
    team: Team
    chosen: Deliverables
    prospects: Prospects

    def commitments(self) -> Iterator[EditIssue]:
        """Label what is selected, and assign it where nobody has it."""
        for picked in self.chosen.selected:
            if not picked.chosen:
                account = self.prospects.accounts.get(new_assignee(picked, self.team) or "")
                yield self._edit(picked.issue, picked.because, self.team.deliverables.label, account)

    def stretches(self) -> Iterator[EditIssue]:
        """Label what comes after the commitment; it stays, and nobody gets it."""
        label = self.team.deliverables.stretch_label
        for picked in self.chosen.stretch:
            if label and label not in picked.issue.labels:
                yield self._edit(picked.issue, f"it is next in line; {picked.because}", label)

    def moves(self) -> Iterator[EditIssue]:
        """Move on what did not fit. Raises ServerError where there is nowhere to move it."""
        going = [left for left in overflow(self.chosen, self.team) if left.issue.reference not in self._staying]
        if not going or self.prospects.frozen or self.team.deliverables.overflow == "stay":
            return
        target = overflow_target(self.snapshot, self.team)
        if target is None:
            raise ServerError(
                f"deliverables.overflow is {self.team.deliverables.overflow}, and there is no such milestone",
                "create it, or write deliverables.overflow: stay",
            )
        for left in going:
            yield self._edit(left.issue, left.because, to=Named(id=target.id, name=target.title))

    @property
    def _staying(self) -> frozenset[str]:
        return self.prospects.moved_back

    def notices(self) -> Iterator[str]:
        """Say who could not be assigned, and what somebody moved back."""
        wanted = {name for picked in self.chosen.selected if (name := new_assignee(picked, self.team))}
        for name in sorted(wanted - self.prospects.accounts.keys()):
            yield f"there is no user {name!r} on this GitLab: what is selected for them is labelled and not assigned"
        for left in overflow(self.chosen, self.team):
            if left.issue.reference in self._staying:
                yield f"{left.issue.reference} did not fit and stays: somebody took it out of where it would go"
        if self.prospects.frozen and overflow(self.chosen, self.team):
            yield "the commitment is frozen, so what did not fit stays where it is"

    def check_labels(self, edits: tuple[EditIssue, ...]) -> None:
        """Raise ServerError where a label is to be written that does not exist."""
        written = {name for edit in edits for name in set(edit.after.labels) - set(edit.before.labels)}
        missing = sorted(written - self.snapshot.labels.keys())
        if missing:
            raise ServerError(
                f"deliverables: {', '.join(map(repr, missing))} does not exist in group {self.team.gitlab.group!r} "
                "or above it",
                "create it there (planning-bot creates no labels), or change the configuration",
            )

    def _edit(
        self, issue: Issue, because: str, label: str = "", account: User | None = None, to: Named | None = None
    ) -> EditIssue:
        """Change one issue, resting on all that the decision rests on."""
        milestone = self.snapshot.milestone
        here = Named(id=milestone.id, name=milestone.title)
        present = issue.labels & self._telling
        assigned = tuple(Named(id=p.id, name=p.username) for p in sorted(issue.assignees, key=lambda p: p.id))
        common: dict[str, Any] = {"state": "opened", "weight": issue.weight, "absent": self._absent(issue)}
        given = (Named(id=account.id, name=account.username),) if account else assigned
        added = {label} if label else set()
        return EditIssue(
            target=issue.reference,
            because=because,
            before=IssueState(labels=tuple(sorted(present)), milestone=here, assignees=assigned, **common),
            after=IssueState(labels=tuple(sorted(present | added)), milestone=to or here, assignees=given, **common),
        )

    @property
    def _telling(self) -> frozenset[str]:
        """The labels that say what becomes of an issue."""
        rules, weights = self.team.deliverables, self.team.weights
        roles = (role for member in self.team.members for role in member.roles)
        named = (
            self.team.gitlab.label, rules.ready_label, weights.spike_label, *rules.in_progress_labels,
            *weights.unweighted_labels, *rules.preference, *rules.priorities, *roles,
        )  # fmt: skip
        return frozenset(name for name in named if name)

    def _absent(self, issue: Issue) -> tuple[str, ...]:
        names = (self.team.limits.skip_label, *self.team.deliverables.blocked_labels)
        return tuple(sorted({name for name in names if name and name not in issue.labels}))
