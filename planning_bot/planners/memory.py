"""What the program remembers of a milestone's promises, on its planning issue: what was committed, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.plan import Plan
from planning_bot.domain.record import plan_record
from planning_bot.metrics.history import ended
from planning_bot.metrics.say_do import measure_variants

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.say_do import Promise
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.metrics.history import LookBack


SNAPSHOT = "record"


def remember(snapshot: Snapshot, team: Team, look: LookBack, promises: tuple[Promise, ...]) -> Plan:
    """Plan to write down the commitment once it is frozen, and the counts once the milestone has ended.

    A commitment that is written stays as it is: the first look after the freeze is the one that knows best.
    """
    issue = snapshot.planning.planning_issue(snapshot.milestone)
    if issue is None or team.limits.skip_label in issue.labels:
        return Plan()
    record = snapshot.record
    if look.span.is_frozen and record.commitment is None:
        record = record.with_(commitment=tuple(p.reference for p in promises if p.is_committed))
    if look.span.is_ended:
        record = record.with_(ended=ended(measure_variants(promises)))
    if record == snapshot.record:
        return Plan()
    because = "how the milestone ended is remembered" if look.span.is_ended else "what was committed is remembered"
    plan = plan_record(issue, team.key, snapshot.milestone.id, snapshot.record_note, record, because)
    return Plan(changes=tuple(change.model_copy(update={"gives": SNAPSHOT}) for change in plan.changes))
