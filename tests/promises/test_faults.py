"""Faults of every kind, at every distinct shape of request, once and for ever: told, bounded, healed by the next run.

A commit tries a sample that covers: each kind at each shape that writes or is read right before a write, and at what
is only gathered, which all goes the same way, each shape with some kinds and each kind at some shapes; what comes once
and what stays take turns. The night tries the product, in every case.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import requests
from requests.adapters import HTTPAdapter

from planning_bot.sandbox import Fault
from planning_bot.sandbox.faults import KINDS
from tests.promises.cases import CASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.promises.cases import Case
    from tests.promises.conftest import Tally
    from tests.promises.stage import Shape, Stage

    Stages = Callable[[Case], Stage]

REFUSED = {"401", "403", "404", "409", "redirect"}
LATER = {"429", "429-plain", "429-bare"}
UNKNOWN = set(KINDS) - REFUSED - LATER - {"callback"}
ALL = sorted(LATER | REFUSED | UNKNOWN)
OF_ITS_OWN = 3  # what a case looks at or writes meets every third kind in a commit, and
SHARE = 18  # a shape that is only gathered meets every eighteenth kind in a commit, each at night
LONGEST = 15 * 60  # seconds that a run waits at most, whatever fails
CALENDAR = ".ics$"

every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)
every_kind = pytest.mark.parametrize("kind", ALL)


@every_case
@pytest.mark.parametrize("part", range(4))  # for two workers' sake
def test_a_fault_is_told_and_healed(stage: Stage, stages: Stages, part: int, tally: Tally) -> None:
    for fault in itertools.islice(_sample(stage, stages), part, None, 4):
        _try(stage, fault)
        tally("faults")


@pytest.mark.nightly
@every_case
@every_kind
def test_any_fault_at_any_request_is_told_and_healed(stage: Stage, stages: Stages, kind: str, tally: Tally) -> None:
    gathered = _own(stage, stages) - stage.looked_at
    numbers = {one: {1} if one in gathered else {1, stage.shapes()[one]} for one in gathered | stage.looked_at}
    for (method, path), places in numbers.items():
        for nth, times in {(1, None), *((place, 1) for place in places)}:
            _try(stage, Fault(kind, method=method, path=path, nth=nth, times=times))
            tally("faults")


@pytest.mark.parametrize("stage", CASES[:1], indirect=True, ids=str)
@pytest.mark.parametrize(("kind", "method", "code"), [
    ("429", "GET", 0), ("503", "GET", 0), ("reset-before", "GET", 0), ("truncated", "GET", 0), ("429-plain", "POST", 0),
    ("reset-after", "POST", 4), ("502-html", "POST", 4), ("409", "POST", 1),
])  # fmt: skip
def test_a_fault_is_told_and_healed_in_a_process_of_its_own_and_in_real_time(
    stage: Stage, kind: str, method: str, code: int
) -> None:
    stage.desk.box.fail(Fault(kind, method=method, times=1))
    begun = time.monotonic()
    process = stage.desk.start(*stage.lines()[0])
    _, err = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in err) == (code, False), err
    assert time.monotonic() - begun < 20
    stage.desk.box.heal()
    assert stage.run().code == 0
    assert stage.state() == stage.goal


def _own(stage: Stage, stages: Stages) -> set[Shape]:
    """Give the shapes of a case that no case before it has."""
    earlier = CASES[: CASES.index(stage.case)]
    return stage.shapes().keys() - {one for case in earlier for one in stages(case).shapes()}


def _sample(stage: Stage, stages: Stages) -> Iterator[Fault]:
    """Give the faults of a commit: what an earlier case has is tried there."""
    for number, one in enumerate(sorted(_own(stage, stages))):
        for place, kind in enumerate(ALL, number):
            if place % (OF_ITS_OWN if one in stage.looked_at else SHARE) == 0:
                yield Fault(kind, method=one[0], path=one[1], times=1 if place % 2 else None)


def _try(stage: Stage, fault: Fault) -> None:
    """Run with a fault, check what was said and done, then run without it."""
    stage.reset()
    stage.desk.box.fail(fault)
    with _times_out(stage) if fault.kind == "timeout" else contextlib.nullcontext():
        ran = stage.run()
    what = (fault.kind, fault.method, fault.path, fault.nth, fault.times, ran.code, ran.err)
    after = stage.state()
    assert fault.seen, what
    assert "Traceback" not in ran.err, what
    assert "mistake of the program" not in ran.err, what
    assert len(ran.requests) <= 5 * len(stage.sent), what
    assert stage.desk.clock.waited <= LONGEST, (stage.desk.clock.waited, what)
    if fault.kind not in LATER:
        creates = Counter((one.path, repr(one.body)) for one in ran.writes if one.method == "POST")
        assert set(creates.values()) <= {1}, what
    assert ran.code in _codes(stage, fault, after), what
    # An issue that is gone is left out by an undo, which says so.
    is_told = "without the chart" in ran.err or (fault.kind == "404" and "left as it is of" in ran.out)
    assert ran.code != 0 or after == stage.goal or is_told, what
    if ran.code != 4 and after in (stage.before, stage.goal):
        return  # a run from here is the one without any fault, or a second one
    stage.desk.box.heal()
    healed = stage.run()
    assert healed.code == 0, f"{what[:5]} then {healed.err[-900:]}"
    # A workspace that takes no files is told of, and `run` does not ask it again.
    is_without = stage.case.name == "run" and ran.code == 0 and "without the chart" in ran.err
    assert stage.state() == (_without_charts(stage.goal) if is_without else stage.goal), what


def _without_charts(state: Any) -> Any:
    """Give a state without the replies that hold a chart."""
    gitlab, slack, sheets = state
    shown = {channel: [one for one in messages if not one["files"]] for channel, messages in slack.items()}
    return gitlab, shown, sheets


def _codes(stage: Stage, fault: Fault, after: Any) -> set[int]:
    """Give the exit codes that are right after a fault, by what was written."""
    is_write = fault.method != "GET" and fault.path != "/token$"
    may_have_written = after != stage.before or (is_write and fault.kind in UNKNOWN and fault.seen >= fault.nth)
    if may_have_written:
        return {0, 1, 4} if "doctor" in stage.case.line else {0, 4}  # 1: there is something left to mend
    path = fault.path or ""
    if path.endswith(CALENDAR):
        return {0, 1, 2}  # what comes instead of a calendar may be one that cannot be read
    if "--adopt" in stage.case.line and (fault.kind, fault.method) == ("404", "GET") and "/issues/" in path:
        return {0, 1, 2}  # the command line names what does not exist
    return {0, 1}


@contextlib.contextmanager
def _times_out(stage: Stage) -> Iterator[None]:
    """Let the answers that do not come be given up as time passes on a clock on which nobody waits."""
    send = HTTPAdapter.send

    def given_up(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return send(adapter, request, *args, **kwargs)
        except requests.ConnectionError as error:
            raise requests.ReadTimeout(request=request) from error

    with mock.patch.object(HTTPAdapter, "send", given_up), mock.patch.object(stage.desk.box, "hang", 0.0):
        yield
