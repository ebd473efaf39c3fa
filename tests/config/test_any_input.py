"""Whatever the file holds, the answer is a configuration or a list of problems."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from planning_bot.config import Config, read
from planning_bot.errors import ConfigurationError

from .files import EXAMPLE

if TYPE_CHECKING:
    from random import Random

BOUNDED = settings(deadline=timedelta(seconds=2), max_examples=150)
EXAMPLE_TEXT = EXAMPLE.read_text()
RAW = yaml.safe_load(EXAMPLE_TEXT)
SNIPPETS = st.sampled_from(
    [
        *(": ", "- ", "\n", "  ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "<<: ", "? ", "|\n", ">\n", "'", '"', "#"),
        *("%", "@", "\t", "\\", "\\U", "\x85", "\ufeff", "null", "true", "18.10", "2024-12-23", "1e999", "{{ ", " }}"),
        *("teams", "gitlab"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def answer(content: bytes) -> Config | list[str]:
    """Read ``content``; anything but a configuration or problems with a place is a failure of the test."""
    try:
        return read(content, Path("team.yml"))
    except ConfigurationError as error:
        problems = error.problems
    assert problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
    return [str(problem).encode().decode() for problem in problems]


@BOUNDED
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    answer(content)


@BOUNDED
@given(st.lists(SNIPPETS | st.text(max_size=4), max_size=30))
def test_any_text_that_looks_like_yaml(parts: list[str]) -> None:
    answer("".join(parts).encode(errors="replace"))


@BOUNDED
@given(st.integers(0, len(EXAMPLE_TEXT)), st.integers(0, 12), SNIPPETS)
def test_the_example_with_a_slip_of_the_hand(at: int, length: int, slip: str) -> None:
    answer((EXAMPLE_TEXT[:at] + slip + EXAMPLE_TEXT[at + length :]).encode())


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value below ``value``."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


@BOUNDED
@given(st.sampled_from(places(RAW)[1:]), VALUES)
def test_the_example_with_any_value_in_any_place(path: tuple[Any, ...], value: Any) -> None:
    raw = json.loads(json.dumps(RAW, default=str))
    owner = raw
    for part in path[:-1]:
        owner = owner[part]
    owner[path[-1]] = value

    answer(yaml.safe_dump(raw).encode(errors="replace"))


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_keys_changes_nothing(shuffle: Random) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in shuffle.sample(list(value), len(value))}
        return value

    text = yaml.safe_dump(shuffled(RAW), sort_keys=False)

    assert read(text.encode(), EXAMPLE) == read(EXAMPLE_TEXT.encode(), EXAMPLE)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "x" * 250_000,
        "a: 'x" + "\n" * 250_000,
        "a: b\n" * 20_000,
        "- " * 100_000,
        "? " * 100_000,
        "{a, " * 50_000,
        "&a " * 50_000,
        "*a " * 50_000,
        "%TAG ! x\n" * 10_000,
        "# x\n" * 60_000,
        "a: [" + "x, " * 60_000 + "]",
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_large_files_take_seconds_at_most(text: str) -> None:
    assert answer(text.encode())
