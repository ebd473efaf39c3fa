"""Carries a plan out, change by change: limits first, then look, compare, send, and tell the three outcomes apart.

Changes that do not rest on one another go out side by side; what needs something that the plan creates waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.change import (
    CreateBoard,
    CreateIssue,
    CreateLabel,
    PostMessage,
    WriteNote,
    WriteTable,
    resolved,
)
from planning_bot.domain.delivered import Fate
from planning_bot.domain.plan import Outcome, Plan, Remark
from planning_bot.errors import PlanningBotError, RefusedError, ServerError, UnknownOutcomeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.config import Limits
    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Created, Delivered, Door, Present, Recorder

    Together = Callable[..., list[Fate]]

_CREATES = (CreateIssue, WriteNote, CreateBoard, CreateLabel, PostMessage, WriteTable)  # where nothing was before


@dataclass(frozen=True)
class Delivery:
    """What became of a plan, and where to find what it created."""

    outcome: Outcome
    created: dict[str, Created] = field(default_factory=dict)


def check_limits(plan: Plan, limits: Limits) -> None:
    """Refuse a plan of surprising size. Raises RefusedError with the numbers and the way on."""
    if plan.surprises:
        surprises = "; ".join(plan.surprises)
        raise RefusedError(f"{surprises}; nothing was written", "if it is right, --force lifts the limit")
    creates = sum(isinstance(change, _CREATES) and change.before is None for change in plan.changes)
    for count, limit, key, what in (
        (len(plan.changes), limits.max_changes, "max_changes", "changes"),
        (creates, limits.max_creates, "max_creates", "new objects"),
    ):
        if limit is not None and count > limit:
            raise RefusedError(
                f"the plan has {count} {what}, and limits.{key} is {limit}; nothing was written",
                f"look at it with --dry-run; if it is right, --force lifts the limit, or raise limits.{key}",
            )


def check_fresh(plan: Plan, door: Door, together: Callable[..., list[bool]]) -> None:
    """Compare everything that a saved plan touches with its `before`. Raises RefusedError on any difference."""

    def is_stale(change: Change) -> bool:
        return bool(door.look(change).value != change.before)

    verdicts = together(*(partial(is_stale, change) for change in plan.changes))
    stale = [change.target for change, verdict in zip(plan.changes, verdicts, strict=True) if verdict]
    if stale:
        raise RefusedError(
            f"the plan is stale, {_listed(stale)} changed since it was made; nothing was written",
            "plan again, and review the new plan",
        )


def deliver(
    plan: Plan, door: Door, together: Together, progress: Callable[[Change], None], recorder: Recorder
) -> Delivery:
    """Carry out what still rests on what was seen; what a person changed meanwhile is left alone and reported."""
    fates: dict[int, Fate] = {}
    created: dict[str, Created] = {}
    waiting = list(enumerate(plan.changes))
    while waiting:
        ready = _ready(waiting, {change.gives for _, change in waiting})
        waiting = [entry for entry in waiting if entry not in ready]
        for _, change in ready:
            progress(change)
        now = together(
            *(partial(_carry_out, number, change, door, dict(created), recorder) for number, change in ready)
        )
        for (number, change), fate in zip(ready, now, strict=True):
            fates[number] = fate
            if change.gives and fate.created:
                created[change.gives] = fate.created
    return Delivery(_outcome([fates[number] for number in sorted(fates)]), created)


def _ready(waiting: list[tuple[int, Change]], coming: set[str]) -> list[tuple[int, Change]]:
    """Give the changes that rest on nothing still to come, one for each target: a target's changes keep their order."""
    ready: dict[str, tuple[int, Change]] = {}
    blocked: set[str] = set()
    for number, change in waiting:
        if change.target in ready or change.target in blocked:
            continue
        if coming.isdisjoint(change.needs):
            ready[change.target] = (number, change)
        else:
            blocked.add(change.target)
    return list(ready.values()) or waiting[:1]


def _carry_out(number: int, change: Change, door: Door, created: dict[str, Created], recorder: Recorder) -> Fate:
    absent = [handle for handle in change.needs if handle not in created]
    if absent:
        fate = Fate(skipped=(_remark(change, f"it needs {_listed(absent)}, which is not there: run it again"),))
    else:
        change = resolved(change, {handle: created[handle].web_url for handle in change.needs})
        fate = _tried(change, door, partial(recorder.intends, number, change))
    recorder.tells(number, change, fate)
    return fate


def _tried(change: Change, door: Door, announce: Callable[[Present], None]) -> Fate:
    try:
        return _send(change, door, announce)
    except UnknownOutcomeError as error:
        return Fate(unknown=(_remark(change, error.sentence),))
    except PlanningBotError as error:
        return Fate(failed=(_remark(change, error.sentence),))


def _send(change: Change, door: Door, announce: Callable[[Present], None]) -> Fate:
    present = door.look(change)
    if present.value == change.after:
        return Fate(skipped=(_remark(change, "it is so already"),), created=present.created)
    if present.value != change.before:
        if isinstance(change, WriteTable | PostMessage) and change.unread:
            raise ServerError(f"{change.unread}, and it holds something else than was planned for", "run it again")
        what = "it exists already" if change.before is None else "somebody changed it meanwhile: theirs stays"
        return Fate(skipped=(_remark(change, what),))
    announce(present)
    return _booked(change, door.send(change, present))


def _booked(change: Change, delivered: Delivered) -> Fate:
    return Fate(
        applied=1,
        failed=tuple(_remark(change, f"it was written, but {lost}") for lost in delivered.missing),
        unknown=tuple(_remark(change, f"it was written in part: {what}") for what in delivered.unknown),
        skipped=tuple(_remark(change, remark) for remark in delivered.remarks),
        created=delivered.created,
        state=delivered.state,
    )


def _outcome(fates: list[Fate]) -> Outcome:
    return Outcome(
        applied=sum(fate.applied for fate in fates),
        failed=tuple(remark for fate in fates for remark in fate.failed),
        unknown=tuple(remark for fate in fates for remark in fate.unknown),
        skipped=tuple(remark for fate in fates for remark in fate.skipped),
    )


def _remark(change: Change, because: str) -> Remark:
    return Remark(target=change.target, because=because)


def _listed(things: list[str]) -> str:
    return ", ".join(dict.fromkeys(things))
