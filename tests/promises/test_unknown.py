"""Promise 7: an unknown outcome is neither a failure nor an absence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from planning_bot.sandbox import Fault
from tests.promises.cases import CASES

if TYPE_CHECKING:
    from tests.promises.stage import Stage

every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)


@every_case
@pytest.mark.parametrize("kind", ["reset-before", "reset-after"])
def test_an_unknown_outcome_is_neither_a_failure_nor_an_absence(stage: Stage, kind: str) -> None:
    method, path = stage.writes[0]
    stage.desk.box.fail(Fault(kind, method=method, path=re.escape(path) + "$"))
    ran = stage.run("--format", "json")
    assert ran.code == 4
    targets = {change["target"] for change in ran.team["plan"]["changes"]}
    (unknown,) = ran.team["outcome"]["unknown"]
    assert unknown["target"] in targets
    assert "does not answer" in unknown["because"]
    stage.reset()
    stage.desk.box.fail(Fault(kind, method=method, path=re.escape(path) + "$"))
    said = stage.run()
    assert said.code == 4
    assert any(f"unknown  {target}: " in said.err for target in targets)
