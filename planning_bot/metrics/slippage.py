"""Slippage: in which milestones a piece of work was in the plan and not done (contract: numbers.md, Selection)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.metrics.plan_membership import Membership

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning_bot.domain.ledger import Ledger, Trail
    from planning_bot.domain.say_do import Span
    from planning_bot.metrics.plan_membership import PlanRules


def measure_slips(ledger: Ledger, ended: Iterable[Span], rules: PlanRules) -> Mapping[str, tuple[str, ...]]:
    """Give, by today's references, the titles of the milestones that each slipped, in the order of `ended`.

    A slip is a milestone at whose cut-off it was in the plan and open, or whose missed label it has. Work that never
    slipped is left out. The first title is where it was promised first.
    """
    spans = tuple(ended)
    found = {trail: tuple(span.title for span in spans if _slipped(trail, span, rules)) for trail in ledger.trails}
    return {trail.parts[-1].issue.reference: titles for trail, titles in found.items() if titles}


def _slipped(trail: Trail, span: Span, rules: PlanRules) -> bool:
    if span.missed_label and span.missed_label in trail.parts[-1].issue.labels:
        return True
    if not trail.was_looked_into:
        return False
    is_closed = trail.state_at(span.cut_off).is_closed
    return not is_closed and Membership(trail, rules, span).counts_at(span.cut_off)
