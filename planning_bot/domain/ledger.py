"""The ledger: labels, milestone, state and weight of an issue at any instant, rebuilt from its events.

Labels are walked back from the present, since early events can be missing, and are told apart by their ids, since
a rename rewrites the past. A deleted label leaves events that do not say which it was: how many such labels an issue
had at an instant is known, what they were called is not. Times are aware, and an instant includes what happens in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from planning_bot.domain.issue import Issue, Label


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """A label was put on or taken off; one that was deleted since has neither id nor name."""

    id: int
    at: datetime
    label_id: int | None
    name: str | None
    is_added: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class MilestoneEvent:
    """A milestone was set or taken off; a change from one to another may be a single event of the first kind."""

    id: int
    at: datetime
    milestone_id: int | None
    is_added: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class StateEvent:
    """The issue was closed, or opened again."""

    id: int
    at: datetime
    is_closed: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class WeightEvent:
    """The weight was set; None takes it away."""

    id: int
    at: datetime
    weight: int | None
    by: str = ""


@dataclass(frozen=True)
class Streams:
    """What happened to an issue besides its labels."""

    milestones: tuple[MilestoneEvent, ...] = ()
    states: tuple[StateEvent, ...] = ()
    weights: tuple[WeightEvent, ...] = ()


@dataclass(frozen=True)
class PastState:
    """An issue as it was at an instant; `deleted_labels` counts those of which nothing but their number is known."""

    exists: bool
    labels: frozenset[str]
    deleted_labels: int
    milestone_id: int | None
    is_closed: bool
    weight: int | None


_AnyEvent: TypeAlias = LabelEvent | MilestoneEvent | StateEvent | WeightEvent
_Event = TypeVar("_Event", LabelEvent, MilestoneEvent, StateEvent, WeightEvent)


@dataclass(frozen=True)
class IssueHistory:
    """An issue as it is now, and its events; `streams` is None where only its labels were asked for.

    `moved_at` is when it moved to another project, where a note of GitLab's was read that says so.
    """

    issue: Issue
    labels: tuple[LabelEvent, ...] = ()
    streams: Streams | None = None
    moved_at: datetime | None = None

    def state_at(self, instant: datetime) -> PastState:
        """Rebuild the issue as it was at an instant."""
        return PastState(
            exists=self.issue.created_at <= instant,
            labels=self._labels_at(instant),
            deleted_labels=self._deleted_labels_at(instant),
            milestone_id=self._milestone_at(instant),
            is_closed=self._is_closed_at(instant),
            weight=self._weight_at(instant),
        )

    @cached_property
    def instants(self) -> tuple[datetime, ...]:
        """Every instant at which something changed, its making included, in order."""
        known = self.streams or Streams()
        streams: tuple[Iterable[_AnyEvent], ...] = (self.labels, known.milestones, known.states, known.weights)
        return tuple(sorted({self.issue.created_at, *(event.at for stream in streams for event in stream)}))

    def last_close(self, until: datetime) -> StateEvent | None:
        """Give the event that closed the issue last, until an instant."""
        closings = [event for event in self._states if event.is_closed and event.at <= until]
        return closings[-1] if closings else None

    def ever_had(self, label: str | None) -> bool:
        """Whether it has a label, or ever had it, as far as the events tell."""
        return label in self.issue.labels or any(event.name == label for event in self.labels)

    def precedes_milestones(self, instant: datetime) -> bool:
        """Whether an instant lies before the first milestone event, and that does not say what was there before."""
        return any(event.is_added and instant < event.at for event in self._milestones[:1])

    def tells_of(self, milestone_id: int) -> bool:
        """Whether any event is about a milestone."""
        return any(event.milestone_id == milestone_id for event in self._milestones)

    def stayed_so_after(self, instant: datetime) -> bool:
        """Whether nobody closed or opened it after an instant."""
        return not self._states or self._states[-1].at <= instant

    @cached_property
    def _by_time(self) -> tuple[LabelEvent, ...]:
        return _in_order(self.labels)

    @cached_property
    def _milestones(self) -> tuple[MilestoneEvent, ...]:
        return _in_order(self.streams.milestones) if self.streams else ()

    @cached_property
    def _weights(self) -> tuple[WeightEvent, ...]:
        return _in_order(self.streams.weights) if self.streams else ()

    @cached_property
    def _names(self) -> dict[int, str]:
        """The label names of today by id, as far as the events know them."""
        return {event.label_id: event.name or "" for event in self.labels if event.label_id is not None}

    @cached_property
    def _present(self) -> frozenset[int | str]:
        """The labels of today: by id, or by name where no event tells of them."""
        ids = {event.name: event.label_id for event in self._by_time}
        ids |= {event.name: event.label_id for event in self._by_time if event.is_added}
        return frozenset(ids.get(name) or name for name in self.issue.labels)

    def _labels_at(self, instant: datetime) -> frozenset[str]:
        held = set(self._present)
        for event in reversed(self._by_time):
            if event.at <= instant:
                break
            if event.label_id is not None:
                (held.discard if event.is_added else held.add)(event.label_id)
        return frozenset(label if isinstance(label, str) else self._names[label] for label in held)

    def _deleted_labels_at(self, instant: datetime) -> int:
        nameless = [event for event in self._by_time if event.label_id is None]
        counts = list(accumulate((1 if event.is_added else -1 for event in nameless), initial=0))
        # A removal without its addition tells of a label that was there before the events begin.
        return counts[sum(event.at <= instant for event in nameless)] - min(counts)

    def _milestone_at(self, instant: datetime) -> int | None:
        events = self._milestones
        if not events or events[-1].at <= instant:
            return self.issue.milestone_id
        held = None if events[0].is_added else events[0].milestone_id
        for event in events:
            if event.at > instant:
                break
            if event.is_added:
                held = event.milestone_id
            elif event.milestone_id == held:
                held = None
        return held

    @cached_property
    def _states(self) -> tuple[StateEvent, ...]:
        """The state events, and the closing of today where its event is missing."""
        events = _in_order(self.streams.states) if self.streams else ()
        closed_at = self.issue.closed_at
        if self.issue.is_open or closed_at is None or (events and (events[-1].is_closed or closed_at < events[-1].at)):
            return events
        return (*events, StateEvent(0, closed_at, is_closed=True))

    def _is_closed_at(self, instant: datetime) -> bool:
        if not self._states or self._states[-1].at <= instant:
            return not self.issue.is_open
        earlier = [event for event in self._states if event.at <= instant]
        return earlier[-1].is_closed if earlier else not self._states[0].is_closed

    def _weight_at(self, instant: datetime) -> int | None:
        events = self._weights
        if not events or events[-1].at <= instant:
            return self.issue.weight
        earlier = [event for event in events if event.at <= instant]
        return earlier[-1].weight if earlier else None


@dataclass(frozen=True)
class Trail:
    """One piece of work: an issue, and after each move its copy. It is lost where it moved out of sight."""

    parts: tuple[IssueHistory, ...]
    is_lost: bool = False

    @property
    def was_looked_into(self) -> bool:
        """Whether more than the labels is known of any part of it."""
        return any(part.streams is not None for part in self.parts)

    def at(self, instant: datetime) -> IssueHistory:
        """Give the issue that stood for the work at an instant."""
        begun = [part for part, start in zip(self.parts[1:], self._starts, strict=True) if start <= instant]
        return begun[-1] if begun else self.parts[0]

    def state_at(self, instant: datetime) -> PastState:
        """Rebuild the work as it was at an instant."""
        return self.at(instant).state_at(instant)

    @cached_property
    def instants(self) -> tuple[datetime, ...]:
        """Every instant at which something changed, in order."""
        return tuple(sorted({instant for part in self.parts for instant in part.instants} | set(self._starts)))

    @property
    def lost_at(self) -> datetime | None:
        """When it moved out of sight."""
        last = self.parts[-1]
        closing = last.last_close(last.instants[-1])
        closed_at = closing.at if closing else last.instants[-1]
        return (last.moved_at or closed_at) if self.is_lost else None

    @cached_property
    def _starts(self) -> tuple[datetime, ...]:
        """When each copy took over."""
        return tuple(_moved_at(old, new) for old, new in zip(self.parts, self.parts[1:], strict=False))


@dataclass(frozen=True)
class Ledger:
    """The histories of all candidates, and what is known of the labels that matter."""

    histories: tuple[IssueHistory, ...] = ()
    labels: Mapping[str, Label] = field(default_factory=dict)

    @cached_property
    def trails(self) -> tuple[Trail, ...]:
        """Each piece of work once, whatever moves it made, in the order of the references."""
        known = {history.issue.id: history for history in self.histories}
        copies = {history.issue.moved_to_id for history in known.values()}
        first = [history for number, history in known.items() if number not in copies]
        return tuple(_trail(history, known) for history in sorted(first, key=lambda h: h.issue.reference))

    def existed(self, name: str) -> datetime | None:
        """Say from when on the label that has this name today surely existed: a deleted one cannot have been it then.

        Ids rise with time, so a label is older than any use of one with a higher id.
        """
        uses = [
            (event.label_id, event.name, event.at)
            for history in self.histories
            for event in history.labels
            if event.label_id is not None
        ]
        ids = {number for number, known, _ in uses if known == name}
        ids |= {self.labels[name].id} if name in self.labels else set()
        return min((at for number, _, at in uses if ids and number >= min(ids)), default=None)


def was_taken_out(events: Iterable[MilestoneEvent], milestone_id: int, own: str | None) -> bool:
    """Whether an issue that is not in a milestone was in it, and somebody took it out; `own`, a bot, is nobody."""
    ordered = _in_order(events)
    about = [number for number, event in enumerate(ordered) if event.milestone_id == milestone_id]
    if not about:
        return False
    after = (e.by for e in ordered[about[-1] :] if not (e.is_added and e.milestone_id == milestone_id))
    return own is None or next(after, None) != own


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Give the last instant of a day in a time zone, in UTC: what happens at midnight belongs to the next day."""
    following = day + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)
    return midnight - timedelta(microseconds=1)


def _in_order(events: Iterable[_Event]) -> tuple[_Event, ...]:
    """Sort events by time; GitLab numbers those of one second in their order."""
    return tuple(sorted(events, key=attrgetter("at", "id")))


def _trail(history: IssueHistory, known: Mapping[int, IssueHistory]) -> Trail:
    parts = [history]
    while (target := parts[-1].issue.moved_to_id) is not None:
        if target not in known:
            return Trail(tuple(parts), is_lost=True)
        if known[target] in parts:
            break
        parts.append(known[target])
    return Trail(tuple(parts))


def _moved_at(old: IssueHistory, new: IssueHistory) -> datetime:
    """Say when a copy took over: when it was made, or when the old issue was closed, where GitLab kept the date."""
    if old.moved_at:
        return old.moved_at
    if new.issue.created_at > old.issue.created_at:
        return new.issue.created_at
    closing = old.last_close(old.instants[-1])
    return closing.at if closing else new.issue.created_at
