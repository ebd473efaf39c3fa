"""Crafted histories: what happened to an issue, told in a line for each edit.

    tale("01-20 +group::search @18.10 w2", "02-10 +Deliverable", "03-05T15:30 close")

The first edit makes the issue. `+` and `-` put labels on and take them off, `@` sets a milestone (`@-` none), `w` a
weight (`w-` none), `close` and `reopen` say it. Days are of 2026, clocks of UTC; without a clock it is ten.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from planning_bot.domain.ledger import IssueHistory, LabelEvent, MilestoneEvent, StateEvent, Streams, WeightEvent
from tests.builders import issue, number_of

if TYPE_CHECKING:
    from collections.abc import Collection

_ids = count(1)


def instant(text: str) -> datetime:
    """Read `02-10`, `02-10T15:30` or `2025-02-10T15:30:02`."""
    day, _, clock = text.partition("T")
    day = day if len(day) > len("02-10") else f"2026-{day}"
    return datetime.fromisoformat(f"{day}T{clock or '10:00'}").replace(tzinfo=UTC)


@dataclass
class _Teller:
    """Carries edits out one after the other, and writes down the events."""

    labels: set[str] = field(default_factory=set)
    milestone: str | None = None
    weight: int | None = None
    closed_at: datetime | None = None
    label_events: list[LabelEvent] = field(default_factory=list)
    milestones: list[MilestoneEvent] = field(default_factory=list)
    states: list[StateEvent] = field(default_factory=list)
    weights: list[WeightEvent] = field(default_factory=list)

    def edit(self, line: str, by: str = "") -> datetime:
        when, *actions = line.split()
        at = instant(when)
        for action in actions:
            self._do(action, at, by)
        return at

    def _do(self, action: str, at: datetime, by: str) -> None:
        """Carry an action out; what changes nothing leaves no event."""
        match action[0], action[1:]:
            case "+" | "-" as sign, name:
                self._label(name, at, by, is_added=sign == "+")
            case "@", title if (title != "-" and title) != (self.milestone or False):
                about = self.milestone if title == "-" else title
                self.milestone = None if title == "-" else title
                number = number_of(about) if about else None
                self.milestones.append(MilestoneEvent(next(_ids), at, number, title != "-", by))
            case "w", weight if (None if weight == "-" else int(weight)) != self.weight:
                self.weight = None if weight == "-" else int(weight)
                self.weights.append(WeightEvent(next(_ids), at, self.weight, by))
            case (("c" | "r"), _) if (action == "close") is not bool(self.closed_at):
                self.closed_at = at if action == "close" else None
                self.states.append(StateEvent(next(_ids), at, action == "close", by))

    def _label(self, name: str, at: datetime, by: str, *, is_added: bool) -> None:
        if is_added is not (name in self.labels):
            (self.labels.add if is_added else self.labels.discard)(name)
            self.label_events.append(LabelEvent(next(_ids), at, number_of(name), name, is_added, by))


def tale(*edits: str, iid: int = 1, by: str = "", **present: Any) -> IssueHistory:
    """Tell a history; `present` are further fields of the issue as it is today."""
    teller = _Teller()
    times = [teller.edit(line, by) for line in edits]
    milestone = teller.milestone
    told = {
        "labels": frozenset(teller.labels),
        "milestone_id": number_of(milestone) if milestone else None,
        "milestone": milestone,
        "weight": teller.weight,
        "state": "closed" if teller.closed_at else "opened",
        "closed_at": teller.closed_at,
        "created_at": times[0],
        "updated_at": times[-1],
        "title": f"Work {iid}",
        "author": "ana",
    }
    streams = Streams(tuple(teller.milestones), tuple(teller.states), tuple(teller.weights))
    return IssueHistory(issue(iid, **{**told, **present}), tuple(teller.label_events), streams)


def without_early_events(history: IssueHistory, before: str) -> IssueHistory:
    """Forget the events before an instant, as an import does."""
    start, streams = instant(before), history.streams or Streams()
    return replace(
        history,
        labels=tuple(event for event in history.labels if event.at >= start),
        streams=Streams(
            tuple(event for event in streams.milestones if event.at >= start),
            tuple(event for event in streams.states if event.at >= start),
            tuple(event for event in streams.weights if event.at >= start),
        ),
    )


def with_deleted(history: IssueHistory, *names: str) -> IssueHistory:
    """Delete labels: the issue has them no longer, and their events do not say which they were."""
    return replace(
        history,
        issue=replace(history.issue, labels=history.issue.labels - set(names)),
        labels=tuple(
            replace(event, label_id=None, name=None) if event.name in names else event for event in history.labels
        ),
    )


def with_renamed(history: IssueHistory, old: str, new: str) -> IssueHistory:
    """Rename a label: it keeps its id, and has always had its new name."""
    labels: Collection[str] = history.issue.labels
    return replace(
        history,
        issue=replace(history.issue, labels=frozenset(new if name == old else name for name in labels)),
        labels=tuple(replace(event, name=new) if event.name == old else event for event in history.labels),
    )
