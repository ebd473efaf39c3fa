"""Say/Do and status at a terminal that is not wide."""

from __future__ import annotations

from planning_bot.domain.say_do import SayDoIssue, SayDoResult, Variant
from planning_bot.domain.status import AtRisk, Progress, StatusResult
from planning_bot.rendering.results import result_lines

BECAUSE = "in the plan since 2026-02-04 and at the freeze on 2026-02-16; closed on 2026-03-03"


def test_the_evidence_goes_below_its_issue_where_it_does_not_fit_beside_it() -> None:
    issue = SayDoIssue("acme/search#22", 3, True, "2026-02-04", None, True, "2026-03-03", "completed", BECAUSE)
    one = Variant.of(1, 1)
    result = SayDoResult("handbook", 1.0, 0.8, {"handbook": one}, (issue,), (), (), (), None)
    assert f"acme/search#22       3  completed  {BECAUSE}" in result_lines(result)
    assert result_lines(result, 80)[-4:] == [
        "issue           weight  outcome",
        "acme/search#22       3  completed",
        "    in the plan since 2026-02-04 and at the freeze on 2026-02-16; closed on",
        "    2026-03-03",
    ]


def test_so_does_what_puts_a_deliverable_at_risk() -> None:
    risk = AtRisk("acme/search#19", "blocked by workflow::blocked; nothing has happened since 2026-02-04")
    result = StatusResult(14, 28, 1, 0, 0, 0, 1, (risk,), (), (), Progress(3, 0))
    assert result_lines(result, 60)[-4:] == [
        "at risk",
        "acme/search#19",
        "    blocked by workflow::blocked; nothing has happened since",
        "    2026-02-04",
    ]
