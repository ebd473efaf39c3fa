"""Rows with aligned columns, on terminals of any width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planning_bot.rendering.table import aligned, beside_or_below, width

ROWS = [
    ("who", "days", "how"),
    ("ana", "5", "a rather long explanation of it"),
    ("東京", "12.5", ""),
    ("all", "17.5", "x"),
]


def test_columns_are_aligned_and_the_last_one_is_as_long_as_it_is() -> None:
    assert aligned(ROWS, frozenset({1})) == [
        "who   days  how",
        "ana      5  a rather long explanation of it",
        "東京  12.5",
        "all   17.5  x",
    ]
    assert aligned([]) == []


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert (width("東京"), width("e\u0301"), width("−×÷")) == (4, 1, 3)


def test_what_is_too_wide_goes_below_its_row() -> None:
    assert beside_or_below(ROWS, frozenset({1}), 43) == aligned(ROWS, frozenset({1}))
    assert beside_or_below(ROWS, frozenset({1}), None) == aligned(ROWS, frozenset({1}))
    assert beside_or_below(ROWS, frozenset({1}), 40) == [
        "who   days",
        "ana      5",
        "    a rather long explanation of it",
        "東京  12.5",
        "all   17.5",
        "    x",
    ]


@given(st.lists(st.tuples(st.text("ab ", max_size=8), st.text("word ", max_size=300)), min_size=1), st.integers(1, 200))
def test_what_goes_below_fits_and_nothing_of_it_is_lost(rows: list[tuple[str, str]], columns: int) -> None:
    lines = beside_or_below([("head", "how"), *rows], frozenset(), columns)
    assert len(lines) > len(rows)
    told = "".join(lines).replace(" ", "")
    assert all(cell.replace(" ", "") in told for _, cell in rows)
    if lines[0] == "head":
        assert max(map(len, lines)) <= max(columns, 40)
