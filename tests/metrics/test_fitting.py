"""The exact search and its bounds, held against trying everything."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from planning_bot.metrics.fit_bounds import Kind, narrowed, numbers
from planning_bot.metrics.fit_search import Budget, search
from planning_bot.metrics.packing import Fit, Packing

if TYPE_CHECKING:
    from collections.abc import Sequence

# An example is cheap, and the search has many corners: ten times as many as elsewhere.
THOROUGH = settings(max_examples=max(400, settings.default.max_examples), deadline=None)
STEPS = 10**6


def fit(room: list[int], pieces: Sequence[Kind]) -> bool:
    """Try everything."""
    if not pieces:
        return True
    first, rest = pieces[0], pieces[1:]
    for member in numbers(first.eligible):
        if room[member] >= first.weight:
            room[member] -= first.weight
            found = fit(room, rest)
            room[member] += first.weight
            if found:
                return True
    return False


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[int], list[Kind]]:
    """Draw members and pieces that nearly fill them, or are a little too much."""
    room = draw(st.lists(st.integers(0, 12), min_size=1, max_size=4))
    classes = draw(st.lists(st.integers(1, 2 ** len(room) - 1), min_size=1, max_size=3))
    kinds = st.builds(Kind, st.integers(1, 8), st.sampled_from(classes))
    pieces = draw(st.lists(kinds, max_size=9))
    return room, sorted(pieces, reverse=True)


@THOROUGH
@given(questions())
def test_the_search_finds_an_assignment_exactly_where_there_is_one(question: tuple[list[int], list[Kind]]) -> None:
    room, pieces = question
    found = search(room, Counter(pieces), Budget(STEPS))
    assert (found is not None) == fit(list(room), pieces)
    if found is not None:
        assert sum((Counter(filling) for filling in found), Counter()) == Counter(pieces)
        for member, (space, filling) in enumerate(zip(room, found, strict=True)):
            assert sum(kind.weight * count for kind, count in filling.items()) <= space
            assert all(kind.eligible >> member & 1 for kind, count in filling.items() if count)


@THOROUGH
@given(questions())
def test_a_bound_never_refuses_what_is_possible(question: tuple[list[int], list[Kind]]) -> None:
    room, pieces = question
    narrow = narrowed(room, Counter(pieces))
    if narrow is None:
        assert not fit(list(room), pieces)
    else:
        fewer = sorted((narrow[piece] for piece in pieces), reverse=True)
        assert fit(list(room), fewer) == fit(list(room), pieces)


@THOROUGH
@given(questions())
def test_a_packing_takes_each_in_exactly_where_it_fits_beside_the_others(
    question: tuple[list[int], list[Kind]],
) -> None:
    room, pieces = question
    packing, held = Packing([Fraction(space) for space in room]), list[Kind]()
    for piece in reversed(pieces):
        fits = fit(list(room), sorted([*held, piece], reverse=True))
        assert packing.add(piece) is (Fit.YES if fits else Fit.NO)
        held += [piece] if fits else []


@THOROUGH
@given(questions(), st.data())
def test_a_packing_gives_a_piece_to_a_member_exactly_where_the_rest_still_fits(
    question: tuple[list[int], list[Kind]], data: st.DataObject
) -> None:
    room, pieces = question
    packing = Packing([Fraction(space) for space in room])
    held = [piece for piece in pieces if packing.add(piece) is Fit.YES]
    left = list(room)
    while held:
        piece = data.draw(st.sampled_from(held))
        member = data.draw(st.sampled_from(list(numbers(piece.eligible))))
        rest = list(held)
        rest.remove(piece)
        less = [space - piece.weight * (number == member) for number, space in enumerate(left)]
        fits = less[member] >= 0 and fit(list(less), sorted(rest, reverse=True))
        assert packing.pin(piece, member) is (Fit.YES if fits else Fit.NO)
        if not fits:
            break
        held, left = rest, less


def test_a_hundred_members_are_filled_to_the_brim() -> None:
    everybody = 2**100 - 1
    packing = Packing([Fraction(10)] * 100)
    for weight in (7, 3):
        assert all(packing.add(Kind(weight, everybody)) is Fit.YES for _ in range(100))
    assert packing.add(Kind(1, everybody)) is Fit.NO
