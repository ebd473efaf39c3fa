"""Promise 2: killed at any point, the next run finishes the work, without duplicates."""

from __future__ import annotations

import itertools
import signal
from typing import TYPE_CHECKING

import pytest

from planning_bot.sandbox import Fault
from tests.promises.cases import CASES
from tests.promises.kills import MOMENTS, killed
from tests.promises.stage import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.promises.conftest import Tally
    from tests.promises.stage import Stage

# A run that is killed inside of this process leaves its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
)

every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)
# A process of its own takes a second: with the night's the sample is every write of every case.
STEP = {"run": 9, "say-do-chart": 5}  # the slow ones: a commit strikes every ninth or fifth request, a night each
SAMPLE = [case for case in CASES if case.name in {"create", "boards", "deliverables", "say-do-chart", "capacity-sheet"}]


@every_case
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_request_the_next_run_finishes_the_work(stage: Stage, moment: str, tally: Tally) -> None:
    # After the answer to a read is before the request that follows: what gathers is struck once.
    first = 1 if moment == "before" else stage.gathered + 1
    # And after the answer to a write nothing happens before the next request: every third is enough for a commit.
    step = STEP.get(stage.case.name, 1) * (3 if moment == "answered" else 1)
    _kill(stage, moment, tally, itertools.count(first, step))


@pytest.mark.nightly
@every_case
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_every_single_request_the_next_run_finishes_the_work(stage: Stage, moment: str, tally: Tally) -> None:
    _kill(stage, moment, tally, itertools.count(1))


def _kill(stage: Stage, moment: str, tally: Tally, moments: Iterator[int]) -> None:
    for at in moments:
        stage.reset()
        with killed(at, moment) as fired:
            stage.run()
        if not fired:
            break
        tally("crash points")
        if at < stage.gathered and stage.state() == stage.before:
            continue  # a run from here is the one without any fault
        assert stage.run().code == 0, (at, fired)
        assert stage.state() == stage.goal, (at, fired)
    assert at > len(stage.sent)


def _end(stage: Stage, number: int, moment: str, by: signal.Signals) -> int:
    """Start the command in a process of its own, end it at its write of that number; give its exit code."""
    method, path = shape(*stage.writes[number])
    nth = sum(shape(*sent) == (method, path) for sent in stage.writes[: number + 1])

    def strike() -> None:
        process.send_signal(by)
        process.wait()

    stage.reset()
    stage.desk.box.fail(Fault(method=method, path=path, nth=nth, **{moment: strike}))
    for line in stage.lines():
        process = stage.desk.start(*line)
        process.communicate(timeout=30)
        if process.returncode:
            break
    stage.desk.box.heal()
    return process.returncode


@pytest.mark.parametrize("stage", SAMPLE, indirect=True, ids=str)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_ended_leaves_nothing_that_the_next_run_does_not_finish(
    stage: Stage, moment: str, by: signal.Signals, tally: Tally
) -> None:
    number = 0 if moment == "before" else len(stage.writes) - 1
    assert _end(stage, number, moment, by) == -by
    tally("processes ended")
    assert stage.run().code == 0
    assert stage.state() == stage.goal


@pytest.mark.nightly
@every_case
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_ended_at_any_write_leaves_nothing_that_the_next_run_does_not_finish(
    stage: Stage, by: signal.Signals, tally: Tally
) -> None:
    for number, moment in itertools.product(range(len(stage.writes)), ("before", "after")):
        code = _end(stage, number, moment, by)
        # Writes that go out side by side are not the same ones every time: then none was struck.
        assert code in {-by, 0}, (number, moment)
        tally("processes ended")
        assert stage.run().code == 0, (number, moment)
        assert stage.state() == stage.goal, (number, moment)
