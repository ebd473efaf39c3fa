"""What the last milestones came to: read where it was recorded, counted from events where it was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.domain.record import EndedMilestone
from planning_bot.domain.say_do import PastMilestone, Variant
from planning_bot.metrics.plan_membership import PlanRules
from planning_bot.metrics.say_do import measure_promises, measure_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning_bot.config import Team
    from planning_bot.domain.ledger import Ledger
    from planning_bot.domain.record import Record
    from planning_bot.domain.say_do import Promise, Span

LONGEST_HISTORY = 12
_ROLLING = 3


@dataclass(frozen=True)
class LookBack:
    """A milestone's span with what is remembered of it, the ended ones before it, and every history that they need.

    `earlier` are the spans of the ended ones, also where only the milestone itself was asked for.
    """

    span: Span
    record: Record
    past: tuple[tuple[Span, Record], ...]
    ledger: Ledger
    earlier: tuple[Span, ...] = ()

    def promises(self, team: Team) -> tuple[Promise, ...]:
        """Say what was promised in the milestone, and what became of it."""
        return _promises(self.ledger, self.span, self.record, team)


def measure_history(look: LookBack, team: Team, own: Mapping[str, Variant], headline: str) -> tuple[PastMilestone, ...]:
    """Give what the ended milestones came to in the headline variant, the oldest first, the look's own among them.

    `own` are the counts of the milestone that is looked at; it stands in the history once it has ended.
    """
    rows = [_past(look, span, record, team, headline) for span, record in look.past]
    if look.span.is_ended:
        found = own[headline]
        rows.append(PastMilestone(look.span.title, found.assigned, found.completed, found.ratio))
    return tuple(rows[-LONGEST_HISTORY:])


def rolling_rate(history: Iterable[PastMilestone]) -> float | None:
    """Give the ratio of the last three milestones together; none where nothing was assigned in them."""
    return together(history).ratio


def together(history: Iterable[PastMilestone | Variant]) -> Variant:
    """Add up the last three milestones."""
    last = tuple(history)[-_ROLLING:]
    return Variant.of(sum(row.assigned for row in last), sum(row.completed for row in last))


def ended(variants: Mapping[str, Variant]) -> EndedMilestone:
    """Give the counts in the form in which they are recorded."""
    counts = {name: (float(variant.assigned), float(variant.completed)) for name, variant in variants.items()}
    return EndedMilestone(counts=counts, weight=counts["by_weight"])


def _past(look: LookBack, span: Span, record: Record, team: Team, headline: str) -> PastMilestone:
    if record.ended and headline in record.ended.counts:
        assigned, completed = (round(count) for count in record.ended.counts[headline])
    else:
        variant = measure_variants(_promises(look.ledger, span, record, team))[headline]
        assigned, completed = variant.assigned, variant.completed
    return PastMilestone(span.title, assigned, completed, completed / assigned if assigned else None)


def _promises(ledger: Ledger, span: Span, record: Record, team: Team) -> tuple[Promise, ...]:
    commitment = None if record.commitment is None else frozenset(record.commitment)
    return measure_promises(ledger, span, PlanRules.of(team, ledger), commitment)
