from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from planning_bot.sandbox import Sandbox
from tests.conftest import FIGURES
from tests.promises.stage import Stage
from tests.support import Desk, FakeClock, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.promises.cases import Case

Tally = Callable[[str], None]


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Count what was tried; pytest sums it up at its end."""
    counted: dict[str, int] = {}
    request.node.user_properties.append((FIGURES, counted))

    def count(what: str) -> None:
        counted[what] = counted.get(what, 0) + 1

    return count


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Case], Stage]]:
    """Give each case its own sandbox, and have it played without any fault, once for all tests."""
    with contextlib.ExitStack() as stack:
        known: dict[str, Stage] = {}

        def made(case: Case) -> Stage:
            box = stack.enter_context(Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)))
            world(box)
            stage = Stage(case, Desk(box, tmp_path_factory.mktemp(case.name), FakeClock()))
            with stage.surroundings(tmp_path_factory.mktemp("home")):
                stage.set_up()
            return stage

        yield lambda case: known.get(case.name) or known.setdefault(case.name, made(case))


@pytest.fixture
def stage(request: pytest.FixtureRequest, stages: Callable[[Case], Stage], tmp_path: Path) -> Iterator[Stage]:
    """Give the stage of a case, at its start."""
    found = stages(request.param)
    with found.surroundings(tmp_path):
        found.reset()
        yield found
    found.reset()
