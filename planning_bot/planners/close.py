"""Decides what becomes of what a milestone left unfinished: remembered first, then labelled and moved on.

In any order with other automation that does the same: what it did already is left as it is, and what a person took
off or moved back is not done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning_bot.domain.change import CreateLabel, EditIssue, IssueState, Named, label_handle
from planning_bot.domain.close import CloseResult, LeftAlone, MovedOn, Slipped
from planning_bot.domain.ledger import was_taken_out
from planning_bot.domain.plan import Plan, joined
from planning_bot.errors import RefusedError, ServerError
from planning_bot.metrics.plan_membership import PlanRules
from planning_bot.metrics.slippage import measure_slips
from planning_bot.planners.memory import remember

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.ledger import LabelEvent, MilestoneEvent
    from planning_bot.domain.milestone import DatedMilestone, Milestone
    from planning_bot.domain.say_do import Span
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.metrics.history import LookBack


@dataclass(frozen=True)
class Unfinished:
    """An open issue of the team in the milestone, and its events as far as they were asked for."""

    issue: Issue
    labels: tuple[LabelEvent, ...] = ()
    milestones: tuple[MilestoneEvent, ...] = ()

    def was_taken_off(self, label: str, own: str | None) -> bool:
        """Whether it had a label that somebody took off, and not the program's own `undo`."""
        gone = [event.by for event in self.labels if event.name == label and not event.is_added]
        return label not in self.issue.labels and gone != [] and gone[-1] != own


@dataclass(frozen=True)
class Left:
    """What is left of a milestone, and whether the missed label exists already."""

    issues: tuple[Unfinished, ...]
    has_missed_label: bool


def labels_of_close(team: Team) -> tuple[str, ...]:
    """Name the labels that closing is about, whatever the milestone."""
    return tuple(name for name in (team.deliverables.label, team.close.missed_deliverable_label) if name)


def plan_close(
    snapshot: Snapshot, team: Team, look: LookBack, left: Left, *, force: bool = False
) -> tuple[CloseResult, Plan]:
    """Plan to label what is unfinished, and to move it on.

    Raises RefusedError before the due date has passed, ServerError where a label or a milestone that is needed does
    not exist.
    """
    if not look.span.is_ended and not force:
        raise RefusedError(
            f"milestone {snapshot.milestone.title} runs until {snapshot.milestone.due_on}: it is too early to close it",
            "wait until it is over, or close it now with --force",
        )
    target, promised = _target(snapshot, team), _promised(look, team)
    closing = _Closing(snapshot, team, look.span, target, promised, _slips(look, team), left.has_missed_label)
    decided = [closing.decide(one) for one in left.issues]
    edits = tuple(decision.change for decision in decided if decision.change)
    closing.check_labels(edits)
    record = remember(snapshot, team, look, look.promises(team))
    result = CloseResult(
        missed=tuple(decision.reference for decision in decided if decision.is_missed),
        moved=tuple(MovedOn(decision.reference, decision.to) for decision in decided if decision.to),
        left_alone=tuple(LeftAlone(d.reference, "; ".join(d.reasons)) for d in decided if d.reasons),
        slipped=tuple(
            Slipped(d.reference, closing.slips[d.reference]) for d in decided if d.reference in closing.slips
        ),
    )
    needs = tuple(change.gives for change in record.changes)
    edits = tuple(edit.model_copy(update={"needs": (*needs, *edit.needs)}) for edit in edits)
    return result, joined(record, closing.label_to_create(edits), Plan(changes=edits))


def _target(snapshot: Snapshot, team: Team) -> Milestone | DatedMilestone | None:
    """Find where unfinished work goes; None where it stays. Raises ServerError where there is no such milestone."""
    where, milestone = team.close.unfinished, snapshot.milestone
    if where == "stay":
        return None
    if where == "next":
        # Of a milestone that is closed late, the next one may be over as well.
        later = [m for m in snapshot.calendar.delivery if m.start_on > milestone.start_on and m.id != milestone.id]
        found: Milestone | DatedMilestone | None = next((m for m in later if m.due_on >= snapshot.today), None)
        title = f"that comes after {milestone.title} and has not ended"
    else:
        wanted = team.milestones.next_1_3 if where == "next_1_3" else team.milestones.backlog
        found = snapshot.calendar.named(wanted) if wanted else None
        title = repr(wanted) if wanted else f"in milestones.{where}"
    if found is None:
        raise ServerError(
            f"close.unfinished: there is no milestone {title}", "create it, or write another word for close.unfinished"
        )
    return found


def _promised(look: LookBack, team: Team) -> frozenset[str]:
    """Name what was in the plan at the cut-off and not done."""
    return frozenset(promise.reference for promise in look.promises(team) if promise.outcome == "slipped")


def _slips(look: LookBack, team: Team) -> Mapping[str, tuple[str, ...]]:
    return measure_slips(look.ledger, (*look.earlier, look.span), PlanRules.of(team, look.ledger))


@dataclass(frozen=True)
class _Decision:
    """What becomes of one issue."""

    reference: str
    change: EditIssue | None = None
    is_missed: bool = False
    to: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Closing:
    """Everything that the decision about each issue rests on."""

    snapshot: Snapshot
    team: Team
    span: Span
    target: Milestone | DatedMilestone | None
    promised: frozenset[str]
    slips: Mapping[str, tuple[str, ...]]
    has_missed_label: bool

    @property
    def untouchable(self) -> tuple[str, ...]:
        """The labels with which an issue is left alone."""
        skip = self.team.limits.skip_label
        return (*self.team.close.exempt_labels, *((skip,) if skip else ()))

    def decide(self, one: Unfinished) -> _Decision:
        """Decide about one issue."""
        reference = one.issue.reference
        kept = next((name for name in self.untouchable if name in one.issue.labels), None)
        if kept:
            return _Decision(reference, reasons=(f"it has the label {kept}",))
        wanted = self._labels(one)
        own = self.snapshot.me.bot_name
        taken_off = [name for name in wanted if one.was_taken_off(name, own)]
        added = [name for name in wanted if name not in one.issue.labels and name not in taken_off]
        is_back = self._was_moved_back(one)
        to = None if is_back else self.target
        reasons = [f"somebody took off the label {name}" for name in taken_off]
        reasons += [f"somebody put it back into {self.snapshot.milestone.title}"] if is_back else []
        if not added and not to:
            return _Decision(reference, reasons=tuple(reasons) or ("it is labelled already, and stays",))
        change = self._edit(one, added, to)
        is_missed = self.span.missed_label in added
        return _Decision(reference, change, is_missed, to.title if to else "", tuple(reasons))

    def _labels(self, one: Unfinished) -> list[str]:
        label = self.team.deliverables.label
        is_deliverable = label in one.issue.labels or one.issue.reference in self.promised
        both = (self.span.missed_label, self.team.close.missed_deliverable_label if is_deliverable else None)
        return [name for name in both if name]

    def _was_moved_back(self, one: Unfinished) -> bool:
        """Whether it was moved on once before, at the cleaning up, and somebody moved it back."""
        if self.target is None:
            return False
        labelled = [event.at for event in one.labels if event.name == self.span.missed_label and event.is_added]
        since = min([self.span.cut_off, *labelled])
        moves = tuple(event for event in one.milestones if event.at >= since)
        return was_taken_out(moves, self.target.id, self.snapshot.me.bot_name)

    def _edit(self, one: Unfinished, added: list[str], to: Milestone | DatedMilestone | None) -> EditIssue:
        """Change labels and milestone together; the change rests on everything that the decision rests on."""
        milestone = self.snapshot.milestone
        label = self.team.deliverables.label
        resting_on = {self.team.gitlab.label, *({label} & one.issue.labels), *(set(self._labels(one)) - set(added))}
        present = resting_on & one.issue.labels
        common: dict[str, Any] = {"state": "opened", "absent": tuple(sorted(self.untouchable))}
        here = Named(id=milestone.id, name=milestone.title)
        there = Named(id=to.id, name=to.title) if to else here
        missed = self.span.missed_label
        return EditIssue(
            target=one.issue.reference,
            because=self._because(one.issue.reference),
            needs=(label_handle(missed),) if missed in added and not self.has_missed_label else (),
            before=IssueState(labels=tuple(sorted(present)), milestone=here, **common),
            after=IssueState(labels=tuple(sorted(present | set(added))), milestone=there, **common),
        )

    def _because(self, reference: str) -> str:
        titles = self.slips.get(reference, ())
        told = f"{self.snapshot.milestone.title} is over, and it is not done"
        times = len(titles)
        return f"{told}; it slipped {times} times, promised first in {titles[0]}" if times > 1 else told

    def check_labels(self, edits: tuple[EditIssue, ...]) -> None:
        """Raise ServerError where a label is to be written that does not exist, and is not the program's to create."""
        written = {name for edit in edits for name in set(edit.after.labels) - set(edit.before.labels)}
        missing = sorted(written - self.snapshot.labels.keys() - {self.span.missed_label})
        if missing:
            raise ServerError(
                f"close.missed_deliverable_label: {', '.join(map(repr, missing))} does not exist in group "
                f"{self.team.gitlab.group!r} or above it",
                "create it there, or change the configuration: planning-bot creates the missed label only",
            )

    def label_to_create(self, edits: tuple[EditIssue, ...]) -> Plan:
        """Plan to create the missed label, where it is needed and does not exist."""
        missed = self.span.missed_label
        if missed is None or not any(label_handle(missed) in edit.needs for edit in edits):
            return Plan()
        create = CreateLabel(
            target=f"{self.team.gitlab.group}: {missed}",
            because=f"unfinished issues of {self.snapshot.milestone.title} get it, and it does not exist yet",
            gives=label_handle(missed),
            group=self.team.gitlab.group,
            after=missed,
        )
        return Plan(changes=(create,))
