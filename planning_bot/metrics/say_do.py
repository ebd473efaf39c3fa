"""Say/Do of a milestone, promise by promise (contract: numbers.md). What happens after the cut-off changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from planning_bot.domain.say_do import Promise, Variant
from planning_bot.metrics.plan_membership import InPlan, Membership

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from planning_bot.domain.ledger import Ledger, PastState, Trail
    from planning_bot.domain.say_do import OutcomeName, Span
    from planning_bot.metrics.plan_membership import PlanRules


def measure_promises(
    ledger: Ledger, span: Span, rules: PlanRules, commitment: frozenset[str] | None = None
) -> tuple[Promise, ...]:
    """Find what was promised in a milestone, and what became of it, in the order of the references.

    `commitment` are the references that were written down at the freeze, if they were: they decide only where a
    label that was deleted since may have been the team's or Deliverable. Work that never had the latter was not
    looked into, and is left out.
    """
    cases = (
        _Case(trail, span, _membership(trail, span, rules, commitment))
        for trail in ledger.trails
        if trail.was_looked_into
    )
    promises = (case.promise(rules) for case in cases)
    return tuple(sorted((promise for promise in promises if promise), key=_by_number))


def measure_variants(promises: Iterable[Promise]) -> dict[str, Variant]:
    """Count the promises in each of the four ways."""
    everything = tuple(promises)
    reached = [promise for promise in everything if promise.outcome in ("completed", "slipped")]
    done = [promise for promise in everything if promise.is_completed]
    committed = [promise for promise in everything if promise.is_committed]
    return {
        "handbook": Variant.of(len(everything), len(done)),
        "committed": Variant.of(len(committed), sum(promise.is_completed for promise in committed)),
        "reprioritized": Variant.of(len(reached), len(done)),
        "by_weight": Variant.of(sum(promise.weight for promise in everything), sum(promise.weight for promise in done)),
    }


def _membership(trail: Trail, span: Span, rules: PlanRules, commitment: frozenset[str] | None) -> Membership:
    found = Membership(trail, rules, span)
    if commitment is None or found.at(span.freeze) is not InPlan.PERHAPS:
        return found
    references = {part.issue.reference for part in trail.parts}
    return replace(found, believed=not references.isdisjoint(commitment))


@dataclass(frozen=True)
class _Case:
    """One piece of work, and when it was in the plan."""

    trail: Trail
    span: Span
    membership: Membership

    def promise(self, rules: PlanRules) -> Promise | None:
        """Say what was promised and what became of it; None where nothing was."""
        began = self._began
        if began is None:
            return None
        closing = self.trail.at(self.span.cut_off).last_close(self.span.cut_off)
        outcome, reason = self._outcome(rules, closing.at if closing else None)
        left = self.membership.left
        return Promise(
            reference=self.trail.at(self.span.cut_off).issue.reference,
            weight=self._weight(began),
            is_committed=self._is_committed,
            added_at=self.membership.entered[0],
            removed_at=left[-1] if left else None,
            completed_at=closing.at if closing and outcome == "completed" else None,
            outcome=outcome,
            because=f"{self._entry()}; {reason}",
            is_guess=self.membership.is_guess,
        )

    @cached_property
    def _is_committed(self) -> bool:
        return self.membership.counts_at(self.span.freeze)

    @cached_property
    def _began(self) -> datetime | None:
        """The instant from which on it counts: the freeze, or when it was added after it."""
        if self._is_committed:
            return self.span.freeze
        return next((entered for entered in self.membership.entered if entered > self.span.freeze), None)

    @cached_property
    def _last(self) -> PastState:
        return self.trail.state_at(self.span.cut_off)

    def _weight(self, began: datetime) -> int:
        weight = self.trail.state_at(began).weight
        return (self._last.weight or 0) if weight is None else weight

    def _entry(self) -> str:
        """Say how it came into the plan, and whether it left and came back."""
        frozen, first = self.span.day(self.span.freeze), self.span.day(self.membership.entered[0])
        how = f"in the plan since {first} and at the freeze on {frozen}"
        if not self._is_committed:
            added = self.span.day(self._began or self.span.freeze)
            how = f"added on {added}, after the freeze on {frozen}"
        returns = len(self.membership.entered) - 1
        return f"{how}, {_times(returns)} out of it and back" if returns else how

    def _outcome(self, rules: PlanRules, closed_at: datetime | None) -> tuple[OutcomeName, str]:
        span = self.span
        closed = f"closed on {span.day(closed_at)}" if closed_at else "closed"
        cancelled = self._cancelled(rules, closed)
        if cancelled:
            return "cancelled", cancelled
        if self._last.is_closed:
            return "completed", closed
        end = f" on {span.day(span.cut_off)}, the cut-off" if span.is_ended else ""
        if self.membership.counts_at(span.cut_off):
            return "slipped", f"still open{end}"
        if span.missed_label in self._last.labels:
            return "slipped", f"still open{end}, with the label {span.missed_label}"
        return "descoped", f"out of the plan since {span.day(self.membership.left[-1])}, still open{end}"

    def _cancelled(self, rules: PlanRules, closed: str) -> str | None:
        """Say why it does not count as done, if it does not."""
        part = self.trail.at(self.span.cut_off)
        lost_at = self.trail.lost_at
        if lost_at and lost_at <= self.span.cut_off:
            return f"moved on {self.span.day(lost_at)} to a project that cannot be seen"
        # Whether an issue is a duplicate is known of today: it holds for the closing that still stands.
        if self._last.is_closed and part.stayed_so_after(self.span.cut_off):
            if part.issue.is_duplicate:
                return f"{closed} as a duplicate"
            if part.issue.is_promoted:
                return f"{closed}, promoted to an epic"
        found = sorted(rules.cancelled & self._last.labels)
        return f"cancelled: it has the label {found[0]}" if found else None


def _by_number(promise: Promise) -> tuple[str, int]:
    project, _, number = promise.reference.rpartition("#")
    return project, int(number)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
