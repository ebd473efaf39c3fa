"""The exact search: is there an assignment at all? One member after the other is filled, in every way that matters.

A way to fill a member matters if nothing else fits beside it, and if no larger or less wanted piece could take the
place of what is in it: whatever works with such a way works with the better one too. What is known to fail is
remembered, and so are the bounds: how much may still be wasted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from planning_bot.metrics.fit_bounds import Kind, bounds_of, groups, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planning_bot.metrics.fit_bounds import Bound

_LITTLE = 4
_MUCH = 12
_STEPS_OF_A_GROUP = 500
Filling = dict[Kind, int]


class OutOfBudgetError(Exception):
    """The steps were used up before there was an answer."""


class Budget:
    """Steps that a search may take: the same on every machine, unlike seconds."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def spend(self) -> None:
        """Take a step. Raises OutOfBudgetError where none is left."""
        if self.steps <= 0:
            raise OutOfBudgetError
        self.steps -= 1


def search(room: Sequence[int], bag: Mapping[Kind, int], budget: Budget) -> list[Filling] | None:
    """Find what each member takes, so that all of the bag is taken; None where it is proved that nothing does.

    Raises OutOfBudgetError.
    """
    narrow = narrowed(room, bag)
    if narrow is None:
        return None
    now: Counter[Kind] = Counter()
    for kind, is_now in narrow.items():
        now[is_now] += bag[kind]
    if any(_is_impossible_within(members, kinds, room, now, budget) for members, kinds in groups(now)):
        return None
    found = _Search(room, now, bounds_of(room, now), budget).run()
    return None if found is None else _widened(found, narrow, bag)


def _widened(found: list[Filling], narrow: Mapping[Kind, Kind], bag: Mapping[Kind, int]) -> list[Filling]:
    """Give what was found in terms of the kinds that were asked for."""
    left = {kind: bag[kind] for kind in narrow}
    widened: list[Filling] = []
    for filling in found:
        own: Filling = {}
        for kind, is_now in narrow.items():
            count = min(left[kind], filling.get(is_now, 0))
            if count:
                own[kind] = count
                left[kind] -= count
                filling[is_now] -= count
        widened.append(own)
    return widened


def _is_impossible_within(
    members: int, kinds: list[Kind], room: Sequence[int], bag: Mapping[Kind, int], budget: Budget
) -> bool:
    """Whether what only these members may have is too much for them already; tried where little is spare."""
    theirs = [space if members >> index & 1 else 0 for index, space in enumerate(room)]
    only = {kind: bag[kind] for kind in kinds}
    spare = sum(theirs) - sum(kind.weight * count for kind, count in only.items())
    if spare > _LITTLE or len(only) == len(bag):
        return False
    part = Budget(min(_STEPS_OF_A_GROUP, budget.steps))
    granted = part.steps
    try:
        return _Search(theirs, only, bounds_of(theirs, only), part).run() is None
    except OutOfBudgetError:
        return False
    finally:
        budget.steps -= granted - part.steps


class _Search:
    def __init__(self, room: Sequence[int], bag: Mapping[Kind, int], bounds: Sequence[Bound], budget: Budget) -> None:
        # Large before small, wanted by few before wanted by many.
        bounds = [bound for bound in bounds if bound.slack < _MUCH]
        self._kinds = sorted(
            (kind for kind, count in bag.items() if count),
            key=lambda kind: (-kind.weight, kind.eligible.bit_count(), kind),
        )
        self._room = room
        self._start = tuple(bag[kind] for kind in self._kinds)
        self._supplies = [bound.supply(len(room)) for bound in bounds]
        self._slack = [bound.slack for bound in bounds]
        self._demands = [
            [(number, bound.demand[kind]) for number, bound in enumerate(bounds) if kind in bound.demand]
            for kind in self._kinds
        ]
        self._budget = budget
        self._failed: set[tuple[int, tuple[int, ...]]] = set()
        self._fits = [
            [n for n, kind in enumerate(self._kinds) if kind.eligible >> index & 1 and kind.weight <= space]
            for index, space in enumerate(room)
        ]
        able = [index for index in range(len(room)) if self._fits[index]]
        self._order = sorted(able, key=lambda index: (len(self._fits[index]), room[index], self._fits[index]))
        # Kinds of the same weight that fewer may have: they go first, wherever both are possible.
        self._before = [
            [
                other
                for other, rival in enumerate(self._kinds)
                if rival.weight == kind.weight
                and rival.eligible != kind.eligible
                and rival.eligible & kind.eligible == rival.eligible
            ]
            for kind in self._kinds
        ]
        # Larger kinds that may take the place of one, as nobody may have them who may not have it.
        self._larger = [
            [
                other
                for other, rival in enumerate(self._kinds)
                if rival.weight > kind.weight and rival.eligible & kind.eligible == rival.eligible
            ]
            for kind in self._kinds
        ]

    def run(self) -> list[Filling] | None:
        taken = self._from(0, self._start, self._slack)
        if taken is None:
            return None
        fillings: list[Filling] = [{} for _ in self._room]
        for index, filling in zip(self._order, taken, strict=False):
            fillings[index] = {self._kinds[n]: count for n, count in enumerate(filling) if count}
        return fillings

    def _from(self, place: int, left: tuple[int, ...], slack: list[int]) -> list[tuple[int, ...]] | None:
        """Fill the members from a place of the order on with what is left."""
        if not any(left):
            return []
        if place == len(self._order) or (place, left) in self._failed:
            return None
        index = self._order[place]
        for filling in self._fillings(index, left):
            self._budget.spend()
            rest = self._less(index, filling, slack)
            if rest is not None:
                behind = self._from(place + 1, tuple(map(int.__sub__, left, filling)), rest)
                if behind is not None:
                    return [filling, *behind]
        self._failed.add((place, left))
        return None

    def _less(self, index: int, filling: tuple[int, ...], slack: list[int]) -> list[int] | None:
        """Give what is spare of each bound once a member is filled; None where one is broken."""
        rest = [spare - supply[index] for spare, supply in zip(slack, self._supplies, strict=True)]
        for n, count in enumerate(filling):
            if count:
                for number, gain in self._demands[n]:
                    rest[number] += gain * count
        return None if any(spare < 0 for spare in rest) else rest

    def _fillings(self, index: int, left: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Give the ways to fill a member that matter, large pieces first."""
        options = [n for n in self._fits[index] if left[n]]
        chosen = [0] * len(left)

        def fill(position: int, space: int) -> Iterator[tuple[int, ...]]:
            if position == len(options):
                if self._matters(options, chosen, left, space):
                    yield tuple(chosen)
                return
            n = options[position]
            most = min(left[n], space // self._kinds[n].weight)
            if any(chosen[other] < left[other] and index_in(other) for other in self._before[n]):
                most = 0
            for count in range(most, -1, -1):
                chosen[n] = count
                yield from fill(position + 1, space - count * self._kinds[n].weight)
            chosen[n] = 0

        here = frozenset(options)

        def index_in(other: int) -> bool:
            return other in here

        yield from fill(0, self._room[index])

    def _matters(self, options: list[int], chosen: list[int], left: tuple[int, ...], space: int) -> bool:
        over = {n for n in options if chosen[n] < left[n]}
        if any(self._kinds[n].weight <= space for n in over):
            return False
        if not space:
            return True
        return not any(
            chosen[n] and other in over and self._kinds[other].weight <= self._kinds[n].weight + space
            for n in options
            for other in self._larger[n]
        )
