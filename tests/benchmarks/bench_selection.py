"""How long a selection takes, with other solvers beside it.

python -m tests.benchmarks.bench_selection            our own search, in the sizes that it must stand
python -m tests.benchmarks.bench_selection --others   and each question to OR-tools CP-SAT and to HiGHS (through SciPy)

The others are asked nothing but what the own search is asked where moving a few pieces gave no answer; they are no
dependencies of the program: pip install ortools scipy.
"""

from __future__ import annotations

import random
import sys
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from planning_bot.metrics import packing
from planning_bot.metrics.fit_search import Budget, OutOfBudgetError, search
from planning_bot.metrics.selection import Candidate, select

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planning_bot.metrics.fit_bounds import Kind

SECONDS = 5.0
Question = tuple[list[int], dict[Any, int]]


def instance(seed: int, members: int, count: int, largest: int, *, by_weight: bool) -> tuple[Any, Any]:
    """Make up a team with three roles and half weights left, and its candidates in the order of their ranks."""
    rng = random.Random(seed)  # noqa: S311 - the same team in every run
    names = [f"m{number:03}" for number in range(members)]
    roles = [[name for name in names if rng.random() < 0.5] or names for _ in range(3)]
    left = {name: Fraction(rng.randint(8, 24), 2) for name in names}
    candidates = [
        Candidate(f"p#{number:04}", rng.randint(1, largest), tuple(rng.choice([names, *roles])))
        for number in range(count)
    ]
    return (sorted(candidates, key=lambda one: (rng.randint(1, 4), one.weight)) if by_weight else candidates), left


def cp_sat(room: Sequence[int], bag: Mapping[Kind, int]) -> bool | None:
    """Ask OR-tools, on one core."""
    from ortools.sat.python import cp_model  # noqa: PLC0415

    model, spots = cp_model.CpModel(), _spots(room, bag)
    take = {spot: model.new_int_var(0, bag[spot[0]], "") for spot in spots}
    for kind in bag:
        model.add(sum(take[spot] for spot in spots if spot[0] == kind) == bag[kind])
    for number, space in enumerate(room):
        model.add(sum(spot[0].weight * take[spot] for spot in spots if spot[1] == number) <= space)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, SECONDS
    answer = solver.solve(model)
    return {cp_model.OPTIMAL: True, cp_model.FEASIBLE: True, cp_model.INFEASIBLE: False}.get(answer)


def highs(room: Sequence[int], bag: Mapping[Kind, int]) -> bool | None:
    """Ask HiGHS, through SciPy."""
    import numpy as np  # noqa: PLC0415
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

    spots, kinds = _spots(room, bag), list(bag)
    matrix = np.zeros((len(kinds) + len(room), len(spots)))
    for column, (kind, number) in enumerate(spots):
        matrix[kinds.index(kind), column] = 1
        matrix[len(kinds) + number, column] = kind.weight
    counts = [bag[kind] for kind in kinds]
    rule = LinearConstraint(matrix, [*counts, *[0] * len(room)], [*counts, *room])
    options = {"time_limit": SECONDS}
    answer = milp(
        np.zeros(len(spots)),
        constraints=rule,
        integrality=np.ones(len(spots)),
        bounds=Bounds(0, np.inf),
        options=options,
    )
    return {0: True, 2: False}.get(answer.status)


def own(room: Sequence[int], bag: Mapping[Kind, int]) -> bool | None:
    """Ask the program's own search, within its steps."""
    try:
        return search(room, bag, Budget(packing.STEPS_OF_A_SEARCH)) is not None
    except OutOfBudgetError:
        return None


def run(members: int, count: int, largest: int, *, by_weight: bool, seeds: int, others: bool) -> None:
    """Time selections of one size."""
    for seed in range(seeds):
        candidates, left = instance(seed, members, count, largest, by_weight=by_weight)
        questions = _recorded() if others else []
        started = time.process_time()
        selection = select(candidates, left)
        seconds = time.process_time() - started
        click.echo(
            f"{count:5} candidates, {members:3} members, weights to {largest}, "
            f"{'ranked by weight' if by_weight else 'in any order  '}: {seconds:6.2f} s, "
            f"{len(selection.chosen)} selected, {len(selection.undecided)} undecided, "
            f"{len(selection.unproven)} perhaps not to the member with most left"
        )
        packing.search = search  # type: ignore[attr-defined]
        for solver in (own, highs, cp_sat) if others else ():
            _time(solver, questions[:25])


def _time(solver: Callable[..., bool | None], questions: list[Question]) -> None:
    started = time.process_time()
    answers = [solver(*question) for question in questions]
    seconds = time.process_time() - started
    told = ", ".join(f"{answers.count(answer)} {word}" for answer, word in ((True, "yes"), (False, "no"), (None, "?")))
    click.echo(f"        {solver.__name__:8} {len(questions):3} of its questions: {seconds:7.2f} s ({told})")


def _recorded() -> list[Question]:
    """Have the questions written down that go to the exact search."""
    questions: list[Question] = []

    def recording(room: Sequence[int], bag: Mapping[Kind, int], budget: Budget) -> Any:
        questions.append((list(room), {kind: count for kind, count in bag.items() if count}))
        return search(room, bag, budget)

    packing.search = recording  # type: ignore[attr-defined]
    return questions


def _spots(room: Sequence[int], bag: Mapping[Kind, int]) -> list[tuple[Kind, int]]:
    return [
        (kind, number)
        for kind in bag
        for number, space in enumerate(room)
        if kind.eligible >> number & 1 and kind.weight <= space
    ]


if __name__ == "__main__":
    ask_others = "--others" in sys.argv
    for size in ((30, 300), (100, 2000)):
        for weight in (3, 8):
            for ranked in (True, False):
                run(*size, weight, by_weight=ranked, seeds=3, others=ask_others)
