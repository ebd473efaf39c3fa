"""Promise 1: run twice, the second run writes nothing; and without permission nothing is written at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.promises.cases import CASES

if TYPE_CHECKING:
    from tests.promises.stage import Stage

every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)


@every_case
def test_the_second_run_writes_nothing(stage: Stage) -> None:
    first, second = stage.run(), stage.run()
    assert (first.code, second.code) == (0, 0)
    assert first.writes
    assert second.sent == []
    assert stage.state() == stage.goal


@every_case
def test_without_permission_to_write_only_reads_are_sent(stage: Stage) -> None:
    before = stage.state()
    ran = stage.look()
    finds = "doctor" in stage.case.line  # with findings its exit code is 1
    assert (ran.code, ran.sent) == (int(finds), [])
    assert stage.state() == before
