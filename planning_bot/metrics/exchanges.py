"""Exchanges: up to two pieces of one member for up to two lighter ones of another."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from planning_bot.metrics.fit_bounds import Kind


class Bundle(NamedTuple):
    """Up to two pieces that go together: their weight, and who may have all of them."""

    weight: int
    eligible: int
    kinds: tuple[Kind, ...]


def bundles(held: Counter[Kind]) -> list[Bundle]:
    """Give every piece that somebody holds, and every pair of them."""
    alone = sorted(kind for kind, count in held.items() if count)
    pairs = [pair for pair in combinations_with_replacement(alone, 2) if pair[0] != pair[1] or held[pair[0]] > 1]
    return [
        *(Bundle(kind.weight, kind.eligible, (kind,)) for kind in alone),
        *(Bundle(one.weight + two.weight, one.eligible & two.eligible, (one, two)) for one, two in pairs),
    ]


def swaps(mine: list[Bundle], theirs: list[Bundle], member: int, partner: int) -> Iterator[tuple[Bundle, Bundle, int]]:
    """Give what two members could exchange, and the room that the first one gains."""
    wanted = [Bundle(0, -1, ()), *(bundle for bundle in theirs if bundle.eligible >> member & 1)]
    for given in mine:
        if given.eligible >> partner & 1:
            for taken in wanted:
                if given.weight > taken.weight:
                    yield given, taken, given.weight - taken.weight


def weight_of(held: Counter[Kind]) -> int:
    """Add up what somebody holds."""
    return sum(kind.weight * count for kind, count in held.items())
