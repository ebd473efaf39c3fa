"""Faults of every kind, at every distinct shape of request, once and for ever."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from planning_bot.gateways import polite_session
from planning_bot.sandbox import Fault
from planning_bot.sandbox.faults import KINDS
from tests.promises.cases import CASES
from tests.promises.stage import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.promises.stage import Stage

every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)


REFUSED = {"401", "403", "404", "409", "redirect"}
LATER = {"429", "429-plain", "429-bare"}
UNKNOWN = set(KINDS) - REFUSED - LATER - {"callback"}
# Of the reads that gather, which all go the same way, a commit tries these once; what is left is for the night.
SAMPLE = {"429-plain", "500", "reset-before", "truncated", "null", "html-200", "401"}
DAILY = ("create", "boards")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    """Wait for answers as long as a busy machine takes, and hold back those that are to time out a little longer."""
    monkeypatch.setattr(polite_session, "READ_SECONDS", 20.0)
    stage.desk.box.hang = 0.9


def _is_daily(stage: Stage, fault: Fault) -> bool:
    first_write = next(number for number, (method, _) in enumerate(stage.sent) if method != "GET")
    gathers = all((fault.method, fault.path) != shape(*sent) for sent in stage.sent[first_write - 1 :])
    if gathers:
        return stage.case.name == "create" and fault.kind in SAMPLE and fault.times == 1 and fault.nth == 1
    return stage.case.name in DAILY


def _faults(stage: Stage, kind: str, times: int | None) -> Iterator[Fault]:
    for (method, path), occurrences in stage.shapes().items():
        numbers = {1, occurrences} if times else {1}
        for nth in sorted(numbers):
            yield Fault(kind, method=method, path=path, nth=nth, times=times)


def _try(stage: Stage, fault: Fault) -> None:
    """Run with a fault, check what was said and done, then run without it."""
    stage.reset()
    before = stage.state()
    stage.desk.box.fail(fault)
    with mock.patch.object(polite_session, "READ_SECONDS", 0.6 if fault.kind == "timeout" else 20.0):
        ran = stage.run()
    what = (fault.kind, fault.method, fault.path, fault.nth, fault.times, ran.code, ran.err)
    after = stage.state()
    assert "Traceback" not in ran.err, what
    assert "mistake of the program" not in ran.err, what
    assert len(ran.requests) <= 5 * len(stage.sent), what
    assert stage.desk.clock.waited <= 300 * len(stage.sent), what
    if fault.kind not in LATER:
        creates = Counter((one.path, repr(one.body)) for one in ran.requests if one.method == "POST")
        assert set(creates.values()) <= {1}, what
    struck = fault.seen >= fault.nth
    may_have_written = after != before or (struck and fault.method != "GET" and fault.kind in UNKNOWN)
    if ran.code == 0:
        assert after == stage.goal, what
        return
    names_it = "--adopt" in stage.case.line and (fault.kind, fault.method) == ("404", "GET") and not ran.writes
    if names_it and "/issues/" in (fault.path or ""):
        assert ran.code == 2, what  # the command line names what does not exist
    else:
        assert ran.code == (4 if may_have_written else 1), what
    stage.desk.box.heal()
    healed = stage.run()
    assert healed.code == 0, f"{what[:5]} then {healed.err[-900:]}"
    assert stage.state() == stage.goal, what


every_kind = pytest.mark.parametrize("kind", sorted(LATER | REFUSED | UNKNOWN))
once_and_for_ever = pytest.mark.parametrize("times", [1, None], ids=["once", "for-ever"])


@pytest.mark.parametrize("stage", [case for case in CASES if case.name in DAILY], indirect=True, ids=str)
@pytest.mark.usefixtures("impatient")
@once_and_for_ever
@every_kind
def test_a_fault_is_told_and_healed(stage: Stage, kind: str, times: int | None) -> None:
    for fault in _faults(stage, kind, times):
        if _is_daily(stage, fault):
            _try(stage, fault)


@pytest.mark.nightly
@every_case
@pytest.mark.usefixtures("impatient")
@once_and_for_ever
@every_kind
def test_any_fault_at_any_request_is_told_and_healed(stage: Stage, kind: str, times: int | None) -> None:
    for fault in _faults(stage, kind, times):
        if not _is_daily(stage, fault):
            _try(stage, fault)
