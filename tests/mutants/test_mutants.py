"""The list of mutants stays one: each names a place that is there, and tests that are there.

That the suite notices each of them takes half an hour: `python -m tests.mutants`, nightly.
"""

from __future__ import annotations

import ast

import pytest

from tests.mutants.__main__ import ROOT, main, mutated
from tests.mutants.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_has_its_place_in_the_product_and_is_a_program(mutant: Mutant) -> None:
    text = mutated((ROOT / mutant.file).read_text(encoding="utf-8"), mutant)
    ast.parse(text)
    assert [test for test in mutant.tests if not (ROOT / "tests" / test.partition("::")[0]).is_file()] == []


def test_there_are_forty_with_names_of_their_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 40


@pytest.mark.nightly
def test_each_mutant_makes_a_test_fail() -> None:
    assert main([]) == 0
