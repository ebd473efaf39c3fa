"""Selection, held against an exhaustive search that knows nothing of packings and bounds."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from planning_bot.metrics.selection import Candidate, Choice, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# An example is cheap, and the search has many corners: ten times as many as elsewhere.
THOROUGH = settings(max_examples=max(400, settings.default.max_examples), deadline=None)
NAMES = ("ana", "bo", "cem", "dee")
Shares = dict[str, Fraction]


def ways(candidate: Candidate) -> Iterator[Shares]:
    """Give every way to give a candidate away."""
    if candidate.holders:
        yield {name: Fraction(candidate.weight, len(candidate.holders)) for name in candidate.holders}
    else:
        yield from ({name: Fraction(candidate.weight)} for name in candidate.eligible)


def fit_together(candidates: Sequence[Candidate], left: Mapping[str, Fraction]) -> bool:
    """Try every assignment; whoever has less than nothing may have what weighs nothing."""
    for assignment in product(*(list(ways(candidate)) for candidate in candidates)):
        load = {name: sum((shares.get(name, Fraction(0)) for shares in assignment), Fraction(0)) for name in left}
        if all(load[name] <= max(Fraction(0), left[name]) for name in left):
            return True
    return False


def exhaustive(candidates: Sequence[Candidate], remaining: Mapping[str, Fraction]) -> list[tuple[str, Shares]]:
    """Select and assign by the words of the rule alone."""
    selected: list[Candidate] = []
    for candidate in candidates:
        if fit_together([*selected, candidate], remaining):
            selected.append(candidate)
    left, given_away = dict(remaining), []
    for place, candidate in enumerate(selected):
        rest = selected[place + 1 :]
        best_first = sorted(ways(candidate), key=lambda way: [(-left[name], name) for name in way])
        shares = next(way for way in best_first if _still_fit(way, rest, left))
        left = {name: weight - shares.get(name, 0) for name, weight in left.items()}
        given_away.append((candidate.key, shares))
    return given_away


def _still_fit(shares: Shares, rest: Sequence[Candidate], left: Mapping[str, Fraction]) -> bool:
    if any(part and part > left[name] for name, part in shares.items()):
        return False
    return fit_together(rest, {name: weight - shares.get(name, 0) for name, weight in left.items()})


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Candidate], dict[str, Fraction]]:
    """Draw up to four members with halves and thirds of weights left, and up to six candidates."""
    names = NAMES[: draw(st.integers(1, 4))]
    remaining = {name: Fraction(draw(st.integers(-2, 36)), draw(st.sampled_from([1, 2, 3, 4]))) for name in names}
    roles = draw(st.lists(st.sets(st.sampled_from(names)), min_size=1, max_size=3))
    candidates = []
    for number in range(draw(st.integers(0, 6))):
        holders = draw(st.one_of(st.just(set()), st.just(set()), st.sets(st.sampled_from(names), min_size=1)))
        eligible = draw(st.sampled_from([set(names), *roles]))
        weight = draw(st.integers(0, 8))
        candidates.append(Candidate(f"g/p#{number}", weight, tuple(sorted(eligible)), tuple(sorted(holders))))
    return candidates, remaining


@THOROUGH
@given(instances())
@example(([Candidate("a", 2, NAMES[:2]), Candidate("b", 3, NAMES[:2])], {"ana": Fraction(3), "bo": Fraction(2)}))
def test_it_selects_and_assigns_what_an_exhaustive_search_does(
    instance: tuple[list[Candidate], dict[str, Fraction]],
) -> None:
    candidates, remaining = instance
    selection = select(candidates, remaining)
    assert [(choice.candidate.key, dict(choice.parts)) for choice in selection.chosen] == exhaustive(
        candidates, remaining
    )
    assert not selection.undecided
    assert not selection.unproven


@THOROUGH
@given(instances())
def test_nobody_is_given_more_than_is_left(instance: tuple[list[Candidate], dict[str, Fraction]]) -> None:
    candidates, remaining = instance
    selection = select(candidates, remaining)
    assert all(left >= min(Fraction(0), remaining[name]) for name, left in selection.left.items())


@THOROUGH
@given(instances(), st.data())
def test_what_comes_later_changes_nothing_of_what_is_selected_before(
    instance: tuple[list[Candidate], dict[str, Fraction]], data: st.DataObject
) -> None:
    candidates, remaining = instance
    some = candidates[: data.draw(st.integers(0, len(candidates)))]
    keys = [choice.candidate.key for choice in select(candidates, remaining).chosen]
    assert keys[: len(select(some, remaining).chosen)] == [c.candidate.key for c in select(some, remaining).chosen]


@THOROUGH
@given(instances())
def test_once_assigned_and_chosen_nothing_else_is_selected(
    instance: tuple[list[Candidate], dict[str, Fraction]],
) -> None:
    candidates, remaining = instance
    first = select(candidates, remaining)
    parts = {choice.candidate.key: tuple(choice.parts) for choice in first.chosen}
    again = [
        Candidate(c.key, c.weight, c.eligible, parts.get(c.key, c.holders), chosen=c.key in parts) for c in candidates
    ]
    assert {c.candidate.key for c in select(again, remaining).chosen} == set(parts)
    assert not any(choice.over for choice in select(again, remaining).chosen)


def test_the_first_goes_to_whoever_has_most_left_and_of_equals_to_the_first_name() -> None:
    candidates = [Candidate("a", 1, ("bo", "ana")), Candidate("b", 1, ("bo", "ana")), Candidate("c", 1, ("bo", "ana"))]
    selection = select(candidates, {"bo": Fraction(3), "ana": Fraction(3)})
    assert [tuple(choice.parts) for choice in selection.chosen] == [("ana",), ("bo",), ("ana",)]


def test_it_goes_to_somebody_with_less_left_where_the_rest_would_not_fit_otherwise() -> None:
    candidates = [Candidate("small", 1, ("ana", "bo")), Candidate("large", 3, ("ana", "bo"))]
    selection = select(candidates, {"ana": Fraction(3), "bo": Fraction(1)})
    assert [tuple(choice.parts) for choice in selection.chosen] == [("bo",), ("ana",)]


def test_several_assignees_take_equal_parts() -> None:
    shared = Candidate("shared", 3, NAMES[:2], ("ana", "bo"))
    selection = select([shared], {"ana": Fraction("10.5"), "bo": Fraction(2)})
    assert selection.left == {"ana": Fraction(9), "bo": Fraction("0.5")}


def test_what_weighs_nothing_fits_where_nothing_is_left() -> None:
    selection = select([Candidate("a", 0, ("ana",))], {"ana": Fraction(-2)})
    assert [dict(choice.parts) for choice in selection.chosen] == [{"ana": Fraction(0)}]


def test_without_members_or_with_a_role_that_nobody_has_nothing_is_selected() -> None:
    assert select([Candidate("a", 1)], {}).left_out == (Candidate("a", 1),)
    assert select([Candidate("a", 0)], {"ana": Fraction(9)}).left_out == (Candidate("a", 0),)


def test_what_is_chosen_already_stays_though_it_does_not_fit() -> None:
    held = Candidate("held", 5, NAMES[:1], ("ana",), chosen=True)
    free = Candidate("free", 2, NAMES[:2], chosen=True)
    new = Candidate("new", 1, NAMES[:2])
    selection = select([new, held, free], {"ana": Fraction(4), "bo": Fraction(1)})
    assert selection.chosen == (
        Choice(held, {"ana": Fraction(5)}, over=True),
        Choice(free, {}, over=True),
        Choice(new, {"bo": Fraction(1)}),
    )


def test_where_the_steps_are_used_up_it_says_so_and_nobody_has_too_much() -> None:
    names = tuple(f"m{number:02}" for number in range(40))
    capacity = {name: Fraction(9 + number % 5) for number, name in enumerate(names)}
    some = [names[::2], names[::3], names[1:], names]
    candidates = [Candidate(f"p#{n:03}", (n * 7) % 8 + 1, some[(n * 5) % 4]) for n in range(300)]
    selection = select(candidates, capacity, steps=0)
    assert set(selection.undecided) <= {candidate.key for candidate in selection.left_out}
    assert min(selection.left.values()) >= 0
