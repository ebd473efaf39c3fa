"""Decides what of a run is taken back: what it added to issues, where nobody has touched that since.

Each thing stands for itself: a label that somebody put on again stays, and the milestone of the same issue goes back.
Whether somebody did is told by the issue's events: of what the run added, its own must be the last. Of a section the
text tells, and its hash. Nothing is deleted or closed, and what other people may build upon stays: issues, boards,
labels, notes, messages, tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from planning_bot.domain.change import IssueState, Named, TakeBack
from planning_bot.domain.plan import Plan
from planning_bot.domain.sections import SectionState, find_section, same_text
from planning_bot.domain.undo import NotTakenBack, TakenBack, UndoResult, edits_of
from planning_bot.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue, User
    from planning_bot.domain.journal import Journal, TeamJournal
    from planning_bot.domain.ledger import LabelEvent, MilestoneEvent
    from planning_bot.domain.undo import Edit

_Event = TypeVar("_Event", "LabelEvent", "MilestoneEvent")

TAKE_BACK = "take_back"
STAYS = {
    "create_issue": "an issue is never deleted or closed: close it by hand if nobody needs it",
    "write_note": "a note stays: what it remembers keeps `run` from doing this again; delete it by hand to forget it",
    "create_board": "a board is never deleted: delete it by hand if nobody uses it",
    "repair_board": "a board is never taken apart, people may work with it: change it by hand",
    "create_label": "a label is never deleted: delete it by hand, and it vanishes from the past of its issues as well",
    "write_table": "a table stays: `capacity` writes it anew, and the Sheet's history has what stood there",
    "post_message": "a message is never deleted: delete it in Slack by hand",
}
"""Why each kind of change but the editing of issues is left alone, and what a person may do."""

_AGAIN = (
    "the command does all of this again when somebody runs it by hand; `run` does it again only where it has not "
    "recorded the command as done"
)
_NOT_AGAIN = (
    "with a person's token, what is taken off counts as taken off by that person: the program does not put it on "
    "again, so whoever wants it back puts it on by hand"
)


@dataclass(frozen=True)
class Edited:
    """An issue as it is now, and its events as far as the run caused any; assignments by when and whom."""

    issue: Issue
    labels: tuple[LabelEvent, ...] = ()
    milestones: tuple[MilestoneEvent, ...] = ()
    assignments: tuple[tuple[datetime, str], ...] = ()


def plan_undo(journal: Journal, team: Team, seen: dict[str, Edited], me: User) -> tuple[UndoResult, Plan]:
    """Plan to take back what a run added for a team.

    Raises RefusedError where the run was itself an undo, or where the journal names issues that are not the team's.
    """
    own = journal.teams[team.key]
    edits = edits_of(own)
    _check(own, team, edits)
    decided = [_decide(reference, edit, seen.get(reference), team) for reference, edit in edits.items()]
    because = f"`{journal.began.command}` of {journal.began.at:%Y-%m-%d %H:%M} UTC did it, and nobody touched it since"
    changes = tuple(
        TakeBack(target=d.reference, because=because, before=d.before, after=d.after) for d in decided if d.what
    )
    stays = [
        NotTakenBack(step.target, STAYS[step.intent.does])
        for step in own.steps
        if step.may_have_happened and step.intent.does in STAYS
    ]
    stays += [NotTakenBack(d.reference, reason) for d in decided for reason in d.reasons]
    taken_back = tuple(TakenBack(d.reference, "; ".join(d.what)) for d in decided if d.what)
    result = UndoResult(journal.began.command, taken_back, tuple(dict.fromkeys(stays)))
    return result, Plan(changes=changes, notices=tuple(_notices(journal, changes, me)))


def _check(journal: TeamJournal, team: Team, edits: dict[str, Edit]) -> None:
    if any(step.intent.does == TAKE_BACK for step in journal.steps):
        raise RefusedError(
            "this is the journal of an undo, which added nothing that could be taken back; nothing was written",
            "run the command again that was undone, or put on by hand what is to be there",
        )
    places = (f"{team.gitlab.group}/", f"{team.planning_issue.project}#")
    strange = next((name for name in edits if not name.startswith(places)), None)
    if strange:
        raise RefusedError(
            f"the journal names {strange}, which is in no project of team {team.key!r}; nothing was written",
            "use the configuration that the run was started with",
        )


def _notices(journal: Journal, changes: tuple[TakeBack, ...], me: User) -> Iterator[str]:
    if not journal.is_whole:
        yield (
            "the journal has no end, so the run was killed, or could not write it any further: what it holds is taken "
            "back, and what it does not hold stays"
        )
    touched = [change.before.model_fields_set for change in changes]
    if any({"labels", "milestone"} & fields for fields in touched):
        yield _NOT_AGAIN if me.bot_name is None else _AGAIN
    elif touched:
        yield _AGAIN


@dataclass
class _Decision:
    """What becomes of one issue: what is taken back, from which state to which, and why of the rest nothing is."""

    reference: str
    what: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    now: dict[str, Any] = field(default_factory=dict)
    then: dict[str, Any] = field(default_factory=dict)

    @property
    def before(self) -> IssueState:
        return IssueState(**self.now)

    @property
    def after(self) -> IssueState:
        return IssueState(**self.then)

    def take(self, key: str, now: object, then: object, what: str) -> None:
        """Have one thing taken back."""
        self.now[key], self.then[key] = now, then
        self.what.append(what)


def _decide(reference: str, edit: Edit, seen: Edited | None, team: Team) -> _Decision:
    decision = _Decision(reference)
    decision.reasons += [f"section {name}: nothing of a confidential issue's text is kept" for name in edit.withheld]
    skip = team.limits.skip_label
    if seen is None:
        decision.reasons.append("it is not there any more, or the token's user may not see it")
        return decision
    if skip and skip in seen.issue.labels:
        decision.reasons.append(f"it has the label {skip}")
        return decision
    if edit.was_open and not seen.issue.is_open:
        decision.reasons.append("somebody closed it since")
    else:
        _labels(decision, edit, seen)
        _milestone(decision, edit, seen)
        _assignees(decision, edit, seen)
    _sections(decision, edit, seen)
    if decision.what:
        common = {"absent": (skip,) if skip else (), **({"state": "opened"} if edit.was_open else {})}
        decision.now |= common
        decision.then |= common
    return decision


def _labels(decision: _Decision, edit: Edit, seen: Edited) -> None:
    taken = []
    for name, mark in edit.labels.items():
        events = [event for event in _in_order(seen.labels) if event.name == name]
        if name not in seen.issue.labels:
            decision.reasons.append(f"the label {name} is off already")
        elif _is_last([mark.is_own(event.by, event.at) and event.is_added for event in events]):
            taken.append(name)
        else:
            decision.reasons.append(f"somebody touched the label {name} since")
    if taken:
        decision.take("labels", tuple(taken), (), f"off: {', '.join(taken)}")


def _milestone(decision: _Decision, edit: Edit, seen: Edited) -> None:
    move, issue = edit.milestone, seen.issue
    if move is None:
        return
    back = f"back to {move.was.name}" if move.was else f"out of {move.to.name}"
    if issue.milestone_id == (move.was and move.was.id):
        decision.reasons.append(f"it is {back} already")
    elif issue.milestone_id == move.to.id and _is_last(
        [
            move.mark.is_own(event.by, event.at) and event.is_added and event.milestone_id == move.to.id
            for event in _in_order(seen.milestones)
        ]
    ):
        decision.take("milestone", move.to, move.was, back)
    else:
        decision.reasons.append(f"somebody moved it since: it stays in {issue.milestone or 'no milestone'}")


def _assignees(decision: _Decision, edit: Edit, seen: Edited) -> None:
    if edit.assignees is None:
        return
    given, mark = edit.assignees
    now = tuple(Named(id=p.id, name=p.username) for p in sorted(seen.issue.assignees, key=lambda p: p.id))
    since = [by for at, by in seen.assignments if mark.since is None or at >= mark.since]
    names = ", ".join(person.name for person in given)
    if not set(given) & set(now):
        decision.reasons.append(f"{names} is unassigned already")
    elif set(given) == set(now) and since in ([], [mark.by]):
        decision.take("assignees", now, (), f"unassigned: {names}")
    else:
        decision.reasons.append("somebody changed the assignees since")


def _sections(decision: _Decision, edit: Edit, seen: Edited) -> None:
    now: dict[str, str | None] = {}
    then: dict[str, str | None] = {}
    for name, (was, text) in edit.sections.items():
        found = find_section(seen.issue.description, name)
        if same_text(found.text or "", was or "") and (found.text is None) == (was is None):
            decision.reasons.append(f"section {name}: it is as it was before already")
        elif found.state is SectionState.OURS and same_text(found.text or "", text or ""):
            now[name], then[name] = found.text, was
        elif found.state is SectionState.OURS:
            decision.reasons.append(f"section {name}: it was written anew since")
        else:
            decision.reasons.append(f"section {name}: {found.state.value}")
    if now:
        decision.take("sections", now, then, f"as it was: section {', '.join(now)}")


def _in_order(events: tuple[_Event, ...]) -> list[_Event]:
    return sorted(events, key=lambda event: (event.at, event.id))


def _is_last(own: list[bool]) -> bool:
    """Whether of the events about a thing just one is the run's, and none comes after it."""
    return bool(own) and own[-1] and sum(own) == 1
