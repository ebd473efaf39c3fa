"""Selection: what of the candidates, in their order, fits what the members can still take on, and who takes what.

Each candidate is selected if there is an assignment of it and of all selected before it in which nobody exceeds what
is left of their capacity. Then, in the same order, each goes to the member with the most left for whom the rest still
fits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.metrics.fit_bounds import Kind
from planning_bot.metrics.packing import STEPS_OF_A_RUN, Fit, Packing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Candidate:
    """An issue that passed the gate: its weight, and to whom it can go.

    `holders` are the members to whom it is assigned, who share it in equal parts; without any it can go to one of the
    `eligible`. One that is `chosen` is a deliverable already: it stays, whether it fits or not.
    """

    key: str
    weight: int
    eligible: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    chosen: bool = False

    @property
    def parts(self) -> dict[str, Fraction]:
        """What each of several members takes of it."""
        return dict.fromkeys(self.holders, Fraction(self.weight, len(self.holders))) if self.holders else {}


@dataclass(frozen=True)
class Choice:
    """A selected candidate, and which member takes how much of it; `over` is one that was chosen and does not fit."""

    candidate: Candidate
    parts: Mapping[str, Fraction]
    over: bool = False


@dataclass(frozen=True)
class Selection:
    """What is selected, in rank order; what is not; what each member has left then.

    `undecided` are the keys of what was left out without a proof, `unproven` those that may not have gone to the
    very member that the rule says.
    """

    chosen: tuple[Choice, ...]
    left_out: tuple[Candidate, ...]
    left: Mapping[str, Fraction]
    undecided: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


def select(
    candidates: Sequence[Candidate], remaining: Mapping[str, Fraction], steps: int = STEPS_OF_A_RUN
) -> Selection:
    """Select among candidates in their order; `remaining` is what each member can still take on, by username.

    Somebody with less than nothing left is given nothing that weighs anything. `steps` bound the exact search.
    """
    ordered = sorted(candidates, key=lambda candidate: not candidate.chosen)
    picked = _Picking(remaining, steps).pick(ordered)
    return picked.assigned(ordered)


@dataclass
class _Picking:
    """One run of the selection: the packing that answers, and what it answered."""

    remaining: Mapping[str, Fraction]
    steps: int
    names: list[str] = field(default_factory=list)
    fits: dict[str, Fit] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    unproven: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = sorted(self.remaining)
        self.number = {name: number for number, name in enumerate(self.names)}

    def pick(self, ordered: Sequence[Candidate]) -> _Picking:
        """Go through the candidates: what is chosen and held stays where it is, the rest is asked for in order."""
        left = dict(self.remaining)
        for candidate in ordered:
            if candidate.chosen and candidate.holders:
                self._hold(candidate, left)
        self.packing = Packing([left[name] for name in self.names], self.steps)
        for candidate in ordered:
            if candidate.key not in self.fits:
                fit = self._ask(candidate)
                if candidate.chosen and fit is not Fit.YES:
                    self.over.add(candidate.key)
                self.fits[candidate.key] = fit
        return self

    def _hold(self, candidate: Candidate, left: dict[str, Fraction]) -> None:
        for name, part in candidate.parts.items():
            left[name] -= part
            if part and left[name] < 0:
                self.over.add(candidate.key)
        self.fits[candidate.key] = Fit.YES

    def _ask(self, candidate: Candidate) -> Fit:
        if not (candidate.holders or candidate.eligible):
            return Fit.NO
        if not candidate.weight:
            return Fit.YES
        if parts := _fixed_parts(candidate):
            return self.packing.reserve({self.number[name]: part for name, part in parts.items()})
        return self.packing.add(self._kind(candidate))

    def _kind(self, candidate: Candidate) -> Kind:
        return Kind(candidate.weight, sum(1 << self.number[name] for name in set(candidate.eligible)))

    def assigned(self, ordered: Sequence[Candidate]) -> Selection:
        """Give each selected candidate to a member, in rank order."""
        left = dict(self.remaining)
        parts: dict[str, Mapping[str, Fraction]] = {}
        for candidate in ordered:
            if candidate.chosen or self.fits[candidate.key] is Fit.YES:
                parts[candidate.key] = self._parts(candidate, left)
                for name, part in parts[candidate.key].items():
                    left[name] -= part
        undecided = [candidate for candidate in ordered if candidate.key not in parts and self._is_open(candidate)]
        for candidate in list(undecided):
            if late := _late(candidate, left):
                # All that is selected is assigned, and this fits besides: so it fitted when its turn came.
                parts[candidate.key] = late
                undecided.remove(candidate)
                for name, part in late.items():
                    left[name] -= part
        return Selection(
            chosen=tuple(Choice(c, parts[c.key], c.key in self.over) for c in ordered if c.key in parts),
            left_out=tuple(candidate for candidate in ordered if candidate.key not in parts),
            left=left,
            undecided=tuple(candidate.key for candidate in undecided),
            unproven=tuple(self.unproven),
        )

    def _is_open(self, candidate: Candidate) -> bool:
        return self.fits[candidate.key] is Fit.UNKNOWN

    def _parts(self, candidate: Candidate, left: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
        if parts := _fixed_parts(candidate):
            return parts
        if self.fits[candidate.key] is not Fit.YES:
            return {}
        for name in _most_first(candidate.eligible, left):
            fit = self.packing.pin(self._kind(candidate), self.number[name]) if candidate.weight else Fit.YES
            if fit is Fit.YES:
                return {name: Fraction(candidate.weight)}
            if fit is Fit.UNKNOWN and candidate.key not in self.unproven:
                self.unproven.append(candidate.key)
        raise AssertionError("the packing holds what it took in")


def _fixed_parts(candidate: Candidate) -> dict[str, Fraction]:
    """Give who takes what of a candidate where there is no choice."""
    if candidate.holders or len(set(candidate.eligible)) != 1:
        return candidate.parts
    return {candidate.eligible[0]: Fraction(candidate.weight)}


def _late(candidate: Candidate, left: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    """Give who can take a candidate without anybody's handing anything on; nobody, if nobody can."""
    if candidate.holders:
        return candidate.parts if all(left[name] >= part for name, part in candidate.parts.items()) else {}
    name = next(iter(_most_first(candidate.eligible, left)))
    return {name: Fraction(candidate.weight)} if left[name] >= candidate.weight else {}


def _most_first(names: Sequence[str], left: Mapping[str, Fraction]) -> list[str]:
    return sorted(names, key=lambda name: (-left[name], name))
