"""Does it still fit? A packing keeps one assignment of everything that it holds, and mends it for what is added.

Most questions are answered by that assignment, or by moving a few pieces of it; what that cannot answer goes to the
exact search. What did not fit once is never asked again: what is held only grows.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum
from fractions import Fraction
from math import floor
from random import Random
from typing import TYPE_CHECKING

from planning_bot.metrics.exchanges import bundles, swaps, weight_of
from planning_bot.metrics.fit_bounds import narrowed, numbers
from planning_bot.metrics.fit_search import Budget, OutOfBudgetError, search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning_bot.metrics.exchanges import Bundle
    from planning_bot.metrics.fit_bounds import Kind

STEPS_OF_A_SEARCH = 20_000
STEPS_OF_A_RUN = 150_000
_SCANS = 300
_STEPS_OF_A_WALK = 3_000
_HALF = 0.5
_DEPTH = 1


class Fit(Enum):
    """The answer to whether something fits."""

    YES = "there is an assignment"
    NO = "it is proved that there is none"
    UNKNOWN = "no answer within the steps that a search may take"


class Packing:
    """Members by their number, with what is left of their capacity, and the kinds of issues that they hold.

    What is left may be fractional or negative; as the weights of kinds are whole, only the whole part of it counts.
    """

    def __init__(self, left: Sequence[Fraction], steps: int = STEPS_OF_A_RUN) -> None:
        self._left = list(left)
        self._free = [max(0, floor(weight)) for weight in left]
        self._held: list[Counter[Kind]] = [Counter() for _ in left]
        self._never: set[Kind] = set()
        self._unknown: set[Kind] = set()
        self._asked: dict[tuple[Kind, int], Fit] = {}
        self._never_reserved: set[tuple[tuple[int, Fraction], ...]] = set()
        self._steps = steps
        self._random = Random(0)  # noqa: S311 - the same choices in every run
        self._journal: list[tuple[Kind, int, int]] = []

    def add(self, kind: Kind) -> Fit:
        """Take one more of a kind in, if it fits beside everything else."""
        if any(
            never.weight <= kind.weight and kind.eligible & never.eligible == kind.eligible for never in self._never
        ):
            return Fit.NO
        if kind in self._unknown:
            return Fit.UNKNOWN
        fit = self._settle(kind)
        if fit is not Fit.YES:
            (self._never if fit is Fit.NO else self._unknown).add(kind)
        return fit

    def reserve(self, parts: Mapping[int, Fraction]) -> Fit:
        """Take parts of given members' capacity away, if everything else still fits."""
        key = tuple(sorted(parts.items()))
        if key in self._never_reserved:
            return Fit.NO
        if any(part > max(Fraction(0), self._left[member]) for member, part in parts.items()):
            return Fit.NO
        fit = self._shrunk(parts)
        if fit is Fit.NO:
            self._never_reserved.add(key)
        return fit

    def pin(self, kind: Kind, member: int) -> Fit:
        """Decide that one of a kind, which is held, goes to a member, if everything else still fits."""
        if self._held[member][kind]:
            self._held[member][kind] -= 1
            self._left[member] -= kind.weight
            return Fit.YES
        if kind.weight > self._left[member]:
            return Fit.NO
        if (kind, member) in self._asked:
            return self._asked[kind, member]
        holder = next(number for number, held in enumerate(self._held) if held[kind])
        self._move(kind, holder, -1)
        fit = self._shrunk({member: Fraction(kind.weight)})
        if fit is not Fit.YES:
            self._move(kind, -1, holder)
            self._asked |= dict.fromkeys(((kind, number) for number in self._alike(member)), fit)
        return fit

    def _alike(self, member: int) -> list[int]:
        """Give the members for whom every answer is the same now: as much room, and for the same kinds."""
        classes = {kind.eligible for held in self._held for kind in held}

        def form(number: int) -> tuple[int, frozenset[int]]:
            return floor(self._left[number]), frozenset(e for e in classes if e >> number & 1)

        own = form(member)
        return [number for number in range(len(self._left)) if form(number) == own]

    def _shrunk(self, parts: Mapping[int, Fraction]) -> Fit:
        """Take capacity away, and find new places for what it held."""
        for member, part in parts.items():
            before = max(0, floor(self._left[member]))
            self._left[member] -= part
            self._free[member] -= before - max(0, floor(self._left[member]))
        fit = self._settle(None)
        if fit is not Fit.YES:
            for member, part in parts.items():
                before = max(0, floor(self._left[member]))
                self._left[member] += part
                self._free[member] += max(0, floor(self._left[member])) - before
        return fit

    def _settle(self, pending: Kind | None) -> Fit:
        """Bring what is held, and what is pending, to where it fits; or leave all as it is."""
        self._journal.clear()
        self._scans = _SCANS
        if (pending is None or self._put(pending)) and self._relieve():
            return Fit.YES
        self._undo()
        room, bag = self._question(pending)
        if narrowed(room, bag) is None:
            return Fit.NO
        if self._wander(pending):
            return Fit.YES
        return self._search(room, bag)

    def _question(self, pending: Kind | None) -> tuple[list[int], Counter[Kind]]:
        """Put the question as a whole: the room of each member, and everything that is to be taken in."""
        bag = Counter([pending] if pending else [])
        for held in self._held:
            bag.update(held)
        return [max(0, floor(weight)) for weight in self._left], bag

    def _wander(self, pending: Kind | None) -> bool:
        """Give somebody too much, and hand what is over on by chance until it finds a place; or leave all as it is."""
        if pending:
            able = [n for n in numbers(pending.eligible) if floor(self._left[n]) >= pending.weight]
            if not able or pending.weight > sum(self._free):
                return False
            self._move(pending, -1, max(able, key=self._free.__getitem__))
        for _ in range(_STEPS_OF_A_WALK):
            over = [number for number, free in enumerate(self._free) if free < 0]
            if not over:
                return True
            self._hand_on(self._random.choice(over))
        self._undo()
        return False

    def _hand_on(self, member: int) -> None:
        """Exchange pieces of somebody who has too much with somebody, so that together they are no worse off."""
        roomy = [number for number, free in enumerate(self._free) if free > 0]
        everybody = range(len(self._free))
        partner = self._random.choice(roomy if roomy and self._random.random() < _HALF else everybody)
        if partner == member:
            return
        need, free = -self._free[member], self._free[partner]
        possible = [
            (mine, theirs)
            for mine, theirs, gain in swaps(bundles(self._held[member]), bundles(self._held[partner]), member, partner)
            if max(0, gain - free) - max(0, -free) <= min(gain, need)
        ]
        if possible:
            mine, theirs = self._random.choice(possible)
            self._swap(member, partner, mine, theirs)

    def _search(self, room: list[int], bag: Counter[Kind]) -> Fit:
        """Put everything together anew, exactly, and keep what is found."""
        budget = Budget(min(STEPS_OF_A_SEARCH, self._steps))
        granted = budget.steps
        try:
            found = search(room, bag, budget)
        except OutOfBudgetError:
            return Fit.UNKNOWN
        finally:
            self._steps -= granted - budget.steps
        if found is None:
            return Fit.NO
        self._held = [Counter(filling) for filling in found]
        self._free = [space - weight_of(held) for space, held in zip(room, self._held, strict=True)]
        return Fit.YES

    def _put(self, kind: Kind) -> bool:
        """Give a piece to whom it leaves the least room, or to one for whom room can be made."""
        able = sorted(
            (n for n in numbers(kind.eligible) if floor(self._left[n]) >= kind.weight), key=self._free.__getitem__
        )
        there = next((n for n in able if self._free[n] >= kind.weight), None)
        if there is None and kind.weight <= sum(self._free):
            there = next((n for n in reversed(able) if self._make_room(n, kind.weight)), None)
        if there is not None:
            self._move(kind, -1, there)
        return there is not None

    def _relieve(self) -> bool:
        """Make members who hold too much hand on what is over."""
        return all(self._make_room(number, 0) for number, free in enumerate(self._free) if free < 0)

    def _make_room(self, member: int, target: int, depth: int = _DEPTH, barred: int = 0) -> bool:
        """Exchange pieces with others until a member has so much room; what was exchanged in vain does no harm."""
        while (need := target - self._free[member]) > 0:
            if not (
                self._exchange(member, need, barred) or (depth and self._exchange_via(member, need, depth, barred))
            ):
                return False
        return True

    def _exchange(self, member: int, need: int, barred: int) -> bool:
        """Swap up to two pieces for up to two lighter ones of somebody who has the room for it."""
        self._scans -= 1
        best: tuple[int, int, Bundle, Bundle] | None = None
        given = bundles(self._held[member])
        for partner, free in enumerate(self._free):
            if free <= 0 or partner == member or barred >> partner & 1:
                continue
            for mine, theirs, gain in swaps(given, bundles(self._held[partner]), member, partner):
                if gain <= free and (best is None or abs(need - gain) < best[0]):
                    best = abs(need - gain), partner, mine, theirs
            if best and best[0] == 0:
                break
        if best is None:
            return False
        _, partner, mine, theirs = best
        self._swap(member, partner, mine, theirs)
        return True

    def _exchange_via(self, member: int, need: int, depth: int, barred: int) -> bool:
        """Have somebody make room first who could then swap."""
        given = bundles(self._held[member])
        for partner in range(len(self._free)):
            if partner == member or barred >> partner & 1 or self._free[partner] < 0:
                continue
            if self._scans <= 0:
                return False
            wanted = self._free[partner] + 1
            possible = swaps(given, bundles(self._held[partner]), member, partner)
            if any(gain == wanted for _, _, gain in possible):
                if self._make_room(partner, wanted, depth - 1, barred | 1 << member) and self._exchange(
                    member, need, barred
                ):
                    return True
                given = bundles(self._held[member])
        return False

    def _swap(self, member: int, partner: int, mine: Bundle, theirs: Bundle) -> None:
        for kind in mine.kinds:
            self._move(kind, member, partner)
        for kind in theirs.kinds:
            self._move(kind, partner, member)

    def _move(self, kind: Kind, source: int, target: int) -> None:
        """Take a piece from a member, and give it to another; -1 is nobody."""
        if source >= 0:
            self._held[source][kind] -= 1
            self._free[source] += kind.weight
        if target >= 0:
            self._held[target][kind] += 1
            self._free[target] -= kind.weight
        self._journal.append((kind, source, target))

    def _undo(self) -> None:
        while self._journal:
            kind, source, target = self._journal.pop()
            self._move(kind, target, source)
            self._journal.pop()
