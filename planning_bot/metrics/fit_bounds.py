"""Bounds: what every assignment must satisfy, whichever it is. A bound that is broken proves that there is none.

For any set of kinds, the members who may have one of them must take all of it in. What a member can take in of it is
at most the best filling of their room with such weights alone, measured by any yardstick: the weight itself, how often
a number goes into it, whether it is large. Where little is spare, a bound says besides who cannot have what.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Yardstick = Callable[[int], int]

_FEW_CLASSES = 5
_LITTLE = 3
_FULL = 16
_ROUNDS = 4


class Kind(NamedTuple):
    """Issues that are alike: a weight of at least 1, and one bit for each member who may have them."""

    weight: int
    eligible: int


class _Alike(NamedTuple):
    """Members to whom the bounds of a group apply in the same way: their room, and the classes that they belong to."""

    room: int
    classes: tuple[int, ...]
    members: int


@dataclass(frozen=True, eq=False)
class Bound:
    """A demand that members must meet: what each kind asks for, what each member can give at most, what is spare.

    `best` holds, for the classes that members belong to, the best filling of any room.
    """

    demand: Mapping[Kind, int]
    alike: tuple[_Alike, ...]
    best: Mapping[tuple[int, ...], Sequence[int]]
    slack: int

    def supply(self, members: int) -> tuple[int, ...]:
        """Give what each of so many members can meet of the demand."""
        supply = [0] * members
        for one in self.alike:
            for number in numbers(one.members):
                supply[number] = self.best[one.classes][one.room]
        return tuple(supply)

    def excluded(self, kind: Kind) -> int:
        """Give the members who would meet too little of the demand with one of a kind, or have no room for it."""
        gain, members = self.demand.get(kind, 0), 0
        for one in self.alike:
            best = self.best[one.classes]
            if kind.weight > one.room or best[one.room] - best[one.room - kind.weight] - gain > self.slack:
                members |= one.members
        return members


def bounds_of(room: Sequence[int], bag: Mapping[Kind, int]) -> list[Bound]:
    """Give the bounds of a bag of kinds (with how many there are of each) and the room of each member.

    One with a negative slack is broken. The tightest come first.
    """
    present = {kind: count for kind, count in bag.items() if count}
    found = [bound for members, kinds in groups(present) for bound in _of_group(room, members, kinds, present)]
    return sorted(found, key=lambda bound: bound.slack)


def _of_group(room: Sequence[int], members: int, kinds: Sequence[Kind], present: Mapping[Kind, int]) -> Iterator[Bound]:
    alike = _alike(room, members, kinds)
    heads = [one.members.bit_count() for one in alike]
    sets = {own: [kind for kind in kinds if kind.eligible in own] for own in {one.classes for one in alike}}
    most = max(room, default=0)
    seen = set()
    for demand in _demands(kinds):
        if (measure := tuple(demand.values())) not in seen:
            seen.add(measure)
            best = {own: _best(most, _worth(theirs, demand)) for own, theirs in sets.items()}
            supply = sum(best[one.classes][one.room] * count for one, count in zip(alike, heads, strict=True))
            yield Bound(demand, alike, best, supply - sum(gain * present[kind] for kind, gain in demand.items()))


def _demands(kinds: Sequence[Kind]) -> Iterator[dict[Kind, int]]:
    """Measure kinds with every yardstick, then those of each class with another one than the rest."""
    weights = sorted({kind.weight for kind in kinds})
    for yardstick in _yardsticks(weights):
        yield {kind: yardstick(kind.weight) for kind in kinds}
    classes = sorted({kind.eligible for kind in kinds})
    if 1 < len(classes) <= _FEW_CLASSES:
        for eligible in classes:
            for size in weights[1:]:
                yield {kind: kind.weight - kind.weight % size * (kind.eligible == eligible) for kind in kinds}


def _worth(kinds: Sequence[Kind], demand: Mapping[Kind, int]) -> tuple[tuple[int, int], ...]:
    """Give for each weight the most that a piece of it can be worth."""
    worth: dict[int, int] = {}
    for kind in kinds:
        if demand[kind] >= worth.get(kind.weight, 0):
            worth[kind.weight] = demand[kind]
    return tuple(sorted(worth.items()))


def narrowed(room: Sequence[int], bag: Mapping[Kind, int]) -> dict[Kind, Kind] | None:
    """Give each kind with only those members who, by the bounds, can have it; None where a bound is broken."""
    narrow = {kind: kind for kind, count in bag.items() if count}
    for _ in range(_ROUNDS):
        now: dict[Kind, int] = defaultdict(int)
        for kind, is_now in narrow.items():
            now[is_now] += bag[kind]
        bounds = bounds_of(room, now)
        if any(bound.slack < 0 for bound in bounds):
            return None
        without = {kind: kind.eligible & ~_excluded(kind, bounds) for kind in now}
        if any(not eligible for eligible in without.values()):
            return None
        if all(eligible == kind.eligible for kind, eligible in without.items()):
            break
        narrow = {kind: Kind(kind.weight, without[is_now]) for kind, is_now in narrow.items()}
    return narrow


def groups(present: Mapping[Kind, int]) -> Iterator[tuple[int, list[Kind]]]:
    """Give sets of members, and the kinds that nobody else may have."""
    classes = sorted({kind.eligible for kind in present})
    sizes = range(1, len(classes) + 1) if len(classes) <= _FEW_CLASSES else (1, len(classes))
    unions = {_union(chosen) for size in sizes for chosen in combinations(classes, size)}
    for members in sorted(unions):
        yield members, [kind for kind in present if kind.eligible | members == members]


def numbers(members: int) -> Iterator[int]:
    """Give the numbers of the members in a set of bits."""
    while members:
        lowest = members & -members
        yield lowest.bit_length() - 1
        members ^= lowest


def _excluded(kind: Kind, bounds: Sequence[Bound]) -> int:
    """Give the members who cannot have one of a kind without breaking a bound that is tight."""
    members = 0
    for bound in bounds:
        if bound.slack > _LITTLE:
            break
        members |= bound.excluded(kind)
    return members


def _union(classes: tuple[int, ...]) -> int:
    members = 0
    for eligible in classes:
        members |= eligible
    return members


def _yardsticks(weights: list[int]) -> Iterator[Yardstick]:
    yield lambda weight: weight
    for least in weights:
        # Full rooms first, then as few or as many pieces of at least this size as that allows.
        yield lambda weight, least=least: _FULL * weight - (weight >= least)  # type: ignore[misc]
        yield lambda weight, least=least: _FULL * weight + (weight >= least)  # type: ignore[misc]
    for least in weights[1:]:
        yield lambda weight, least=least: weight if weight >= least else 0  # type: ignore[misc]
        yield lambda weight, least=least: int(weight >= least)  # type: ignore[misc]
    for divisor in range(2, weights[-1] + 1):
        yield lambda weight, divisor=divisor: weight // divisor  # type: ignore[misc]
        yield lambda weight, divisor=divisor: -(-weight // divisor)  # type: ignore[misc]


def _alike(room: Sequence[int], members: int, kinds: Sequence[Kind]) -> tuple[_Alike, ...]:
    """Put the members of a group together who have the same room and may have the same classes of its kinds."""
    classes = sorted({kind.eligible for kind in kinds})
    own: dict[int, int] = defaultdict(int)
    for place, eligible in enumerate(classes):
        for number in numbers(eligible & members):
            own[number] |= 1 << place
    together: dict[tuple[int, int], int] = defaultdict(int)
    for number, places in own.items():
        if room[number]:
            together[room[number], places] |= 1 << number
    return tuple(
        _Alike(space, tuple(classes[place] for place in numbers(places)), who)
        for (space, places), who in sorted(together.items())
    )


@cache
def _best(most: int, worth: tuple[tuple[int, int], ...]) -> list[int]:
    """Give the best filling of any room up to the most, with any number of pieces of these weights and worths."""
    best = [0] * (most + 1)
    for size in range(1, len(best)):
        best[size] = max([best[size - 1], *(best[size - weight] + gain for weight, gain in worth if weight <= size)])
    return best
