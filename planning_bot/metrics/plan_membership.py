"""Whether a piece of work was in a milestone's plan at an instant, and when it came and went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from planning_bot.config import Team
    from planning_bot.domain.ledger import Ledger, PastState, Trail
    from planning_bot.domain.say_do import Span


class InPlan(Enum):
    """What is known of an instant."""

    YES = "it had the labels and the milestone"
    PERHAPS = "it had the milestone, and a label that was deleted since may have been the one"
    NO = "it lacked a label or the milestone"


@dataclass(frozen=True)
class PlanRules:
    """What makes an issue part of a plan: the labels, and from when on they surely existed.

    A deleted label may have been one of them only before that. `cancelled` are labels of what is not done.
    """

    labels: tuple[str, ...]
    existed: Mapping[str, datetime | None]
    cancelled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, team: Team, ledger: Ledger) -> PlanRules:
        """Give the rules of a team."""
        labels = (team.deliverables.label, team.gitlab.label)
        return cls(labels, {name: ledger.existed(name) for name in labels}, frozenset(team.say_do.cancelled_labels))

    def judge(self, state: PastState, instant: datetime) -> InPlan:
        """Say whether an issue in that state had the labels of the plan."""
        missing = [name for name in self.labels if name not in state.labels]
        if not missing:
            return InPlan.YES
        if len(missing) <= state.deleted_labels and all(self._may_be_gone(name, instant) for name in missing):
            return InPlan.PERHAPS
        return InPlan.NO

    def _may_be_gone(self, name: str, instant: datetime) -> bool:
        existed = self.existed.get(name)
        return existed is None or instant < existed


@dataclass(frozen=True)
class Membership:
    """When a piece of work was in a milestone's plan, up to the cut-off; what is only perhaps so counts if believed."""

    trail: Trail
    rules: PlanRules
    span: Span
    believed: bool = True

    def at(self, instant: datetime) -> InPlan:
        """Say whether it was in the plan at an instant."""
        state = self.trail.state_at(instant)
        if not state.exists or not (state.milestone_id == self.span.milestone_id or self._must_have_been(instant)):
            return InPlan.NO
        return self.rules.judge(state, instant)

    def counts_at(self, instant: datetime) -> bool:
        """Say whether it counts as in the plan at an instant."""
        found = self.at(instant)
        return found is InPlan.YES or (self.believed and found is InPlan.PERHAPS)

    @cached_property
    def entered(self) -> tuple[datetime, ...]:
        """The instants at which it came into the plan."""
        return tuple(now for (_, before), (now, after) in pairwise(self._course) if after and not before)

    @cached_property
    def left(self) -> tuple[datetime, ...]:
        """The instants at which it left the plan."""
        return tuple(now for (_, before), (now, after) in pairwise(self._course) if before and not after)

    @property
    def is_guess(self) -> bool:
        """Whether a deleted label decides anything of it."""
        return self.believed and any(
            self.at(instant) is InPlan.PERHAPS for instant in self.trail.instants if instant <= self.span.cut_off
        )

    def _must_have_been(self, instant: datetime) -> bool:
        """Whether the missed label tells of the milestone before an import, of which no event does."""
        part = self.trail.at(instant)
        unknown = part.precedes_milestones(instant) and not part.tells_of(self.span.milestone_id)
        return unknown and self.span.missed_label is not None and part.ever_had(self.span.missed_label)

    @cached_property
    def _course(self) -> tuple[tuple[datetime, bool], ...]:
        # Besides at its events, it may leave at the instant from which on a deleted label can no longer be the one.
        known = {*self.trail.instants, *filter(None, self.rules.existed.values())}
        course = [(instant, self.counts_at(instant)) for instant in sorted(known) if instant <= self.span.cut_off]
        return ((self.span.cut_off, False), *course)
