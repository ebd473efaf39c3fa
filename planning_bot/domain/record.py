"""The record: what the program must remember of a milestone, in one note of its user on the planning issue.

It is hidden from readers in an HTML comment, holds references and numbers only, and can be lost: then it is rebuilt.
A token that was rotated is a new user with a note of its own, so the records of all trusted authors are read, and
what was written last counts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from planning_bot.domain.change import WriteNote
from planning_bot.domain.markers import Marker
from planning_bot.domain.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.domain.issue import Issue, Note

RECORD = "record"
_DATA = re.compile(r"^<!-- planning-bot:data (\{.*\}) -->\r?$", re.MULTILINE)
_SAYS = (
    "planning-bot keeps here, out of sight, what it must remember of this milestone. "
    "The note may be deleted: what can be rebuilt is rebuilt."
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class MemberNumbers(_Frozen):
    """A member's numbers as they were posted: days and weights."""

    available_days: float
    capacity_weight: float


class PostedCapacity(_Frozen):
    """A capacity that was posted, and on which day; days of time off, by which a source that shrank is noticed."""

    on: date
    members: dict[str, MemberNumbers]
    pto_days: float


class EndedMilestone(_Frozen):
    """The Say/Do of a milestone that has ended, in each variant: assigned and completed."""

    counts: dict[str, tuple[float, float]]
    weight: tuple[float, float]


class Record(_Frozen):
    """Everything that is remembered of one milestone; a part that is None was never written."""

    capacity: PostedCapacity | None = None
    capacity_before: PostedCapacity | None = None
    commitment: tuple[str, ...] | None = None
    ended: EndedMilestone | None = None
    runs: dict[str, date] | None = None

    def with_(self, **parts: object) -> Record:
        """Give the record with some parts written anew."""
        return self.model_copy(update=parts)


def read_records(notes: Iterable[Note], team: str, milestone_id: int, trusted: frozenset[str]) -> Record:
    """Read the records of all trusted authors as one; of each part, what was written last counts.

    A note that cannot be read counts as lost.
    """
    marker = Marker(RECORD, team, milestone_id)
    known = sorted(
        (note for note in notes if note.author.casefold() in trusted and Marker.of(note.body) == marker),
        key=lambda note: note.id,
    )
    together: dict[str, object] = {}
    for note in known:
        record = _parsed(note.body)
        together |= {name: value for name, value in record if value is not None}
    return Record.model_validate(together)


def own_note(notes: Iterable[Note], team: str, milestone_id: int, me: str) -> Note | None:
    """Find the record note of the token's user, the only one that it may write; of two the latest, as in reading."""
    marker = Marker(RECORD, team, milestone_id)
    mine = (note for note in notes if note.author.casefold() == me.casefold() and Marker.of(note.body) == marker)
    return max(mine, key=lambda note: note.id, default=None)


def doubles(reference: str, notes: Iterable[Note], me: str) -> tuple[str, ...]:
    """Tell of notes of the token's user that carry the same marker: two runs wrote them at the same time."""
    markers = Counter(Marker.of(note.body) for note in notes if note.author.casefold() == me.casefold())
    twice = (marker for marker, count in markers.items() if marker and count > 1)
    return tuple(
        f"two notes on {reference} begin with {marker}: the latest counts, delete the other" for marker in twice
    )


def plan_record(issue: Issue, team: str, milestone_id: int, before: Note | None, record: Record, because: str) -> Plan:
    """Plan to write the record, if it says anything else than the note that is there."""
    data = record.model_dump_json(exclude_none=True).replace("<", "\\u003c").replace(">", "\\u003e")
    text = f"{Marker(RECORD, team, milestone_id)}\n\n{_SAYS}\n\n<!-- planning-bot:data {data} -->"
    if before and _parsed(before.body) == record:
        return Plan()
    change = WriteNote(target=issue.reference, because=because, before=before.body if before else None, after=text)
    return Plan(changes=(change,))


def _parsed(body: str) -> Record:
    found = _DATA.search(body)
    try:
        return Record.model_validate(json.loads(found[1])) if found else Record()
    except (ValidationError, ValueError, RecursionError):
        return Record()
