"""Carries a plan out, change by change: limits first, then look, compare, send, and tell the three outcomes apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planning_bot.domain.change import CreateIssue, CreateNote, resolved
from planning_bot.domain.plan import Outcome, Plan, Remark
from planning_bot.errors import PlanningBotError, RefusedError, UnknownOutcomeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.config import Limits
    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Created, Delivered, Door

_CREATES = (CreateIssue, CreateNote)


@dataclass(frozen=True)
class Delivery:
    """What became of a plan, and where to find what it created."""

    outcome: Outcome
    created: dict[str, Created] = field(default_factory=dict)


def check_limits(plan: Plan, limits: Limits) -> None:
    """Refuse a plan of surprising size. Raises RefusedError with the numbers and the way on."""
    creates = sum(isinstance(change, _CREATES) for change in plan.changes)
    for count, limit, key, what in (
        (len(plan.changes), limits.max_changes, "max_changes", "changes"),
        (creates, limits.max_creates, "max_creates", "new objects"),
    ):
        if limit is not None and count > limit:
            raise RefusedError(
                f"the plan has {count} {what}, and limits.{key} is {limit}; nothing was written",
                f"look at it with --dry-run; if it is right, --force lifts the limit, or raise limits.{key}",
            )


def check_fresh(plan: Plan, door: Door) -> None:
    """Compare everything that a saved plan touches with its `before`. Raises RefusedError on any difference."""
    stale = [change.target for change in plan.changes if door.look(change).value != change.before]
    if stale:
        raise RefusedError(
            f"the plan is stale, {_listed(stale)} changed since it was made; nothing was written",
            "plan again, and review the new plan",
        )


def deliver(plan: Plan, door: Door, progress: Callable[[Change], None]) -> Delivery:
    """Carry out what still rests on what was seen; what a person changed meanwhile is left alone and reported."""
    run = _Run(door)
    for change in plan.changes:
        progress(change)
        run.carry_out(change)
    outcome = Outcome(
        applied=run.applied, failed=tuple(run.failed), unknown=tuple(run.unknown), skipped=tuple(run.skipped)
    )
    return Delivery(outcome, run.created)


@dataclass
class _Run:
    door: Door
    applied: int = 0
    failed: list[Remark] = field(default_factory=list)
    unknown: list[Remark] = field(default_factory=list)
    skipped: list[Remark] = field(default_factory=list)
    created: dict[str, Created] = field(default_factory=dict)

    def carry_out(self, change: Change) -> None:
        absent = [handle for handle in change.needs if handle not in self.created]
        if absent:
            self.skipped.append(Remark(target=change.target, because=f"it needs {_listed(absent)}, which is not there"))
            return
        change = resolved(change, {handle: created.web_url for handle, created in self.created.items()})
        try:
            self._send(change)
        except UnknownOutcomeError as error:
            self.unknown.append(Remark(target=change.target, because=_sentence(error)))
        except PlanningBotError as error:
            self.failed.append(Remark(target=change.target, because=_sentence(error)))

    def _send(self, change: Change) -> None:
        present = self.door.look(change)
        if present.value == change.after:
            self.skipped.append(Remark(target=change.target, because="somebody has done it already"))
        elif present.value != change.before:
            self.skipped.append(Remark(target=change.target, because="somebody changed it meanwhile: theirs stays"))
        else:
            self._book(change, self.door.send(change, present))

    def _book(self, change: Change, delivered: Delivered) -> None:
        self.applied += 1
        self.failed += [
            Remark(target=change.target, because=f"GitLab took the request, but {lost}") for lost in delivered.missing
        ]
        self.skipped += [Remark(target=change.target, because=remark) for remark in delivered.remarks]
        if change.gives and delivered.created:
            self.created[change.gives] = delivered.created


def _sentence(error: PlanningBotError) -> str:
    return f"{error.message}: {error.hint}" if error.hint else error.message


def _listed(things: list[str]) -> str:
    return ", ".join(Counter(things))
