"""A team's capacity at a terminal."""

from __future__ import annotations

from planning_bot.domain.capacity import CapacityResult, MemberRow, OversizedIssue, PastRow, StageRow, TotalRow
from planning_bot.rendering.capacity_text import capacity_lines
from planning_bot.rendering.results import result_markdown

WORKING = "20 weekdays − 1 holiday − 0.5 PTO = 18.5 days × 0.5 allocation × 0.9 after buffer ÷ 2 = 4.16"


def member(username: str, working: str, **numbers: float) -> MemberRow:
    zero = dict.fromkeys(
        ("pto_days", "rotation_days", "available_days", "capacity_weight", "carryover_weight", "planned_weight",
         "remaining_weight"), 0,
    )  # fmt: skip
    return MemberRow(username, username.title(), 20, 0, working=working, **{**zero, **numbers})


RESULT = CapacityResult(
    members=(
        member(
            "ana", WORKING, available_days=9.25, capacity_weight=4.1625, carryover_weight=5, remaining_weight=-0.8375
        ),
        member("kenji.sato", "20 weekdays ÷ 2 = 10", available_days=20, capacity_weight=10, remaining_weight=10),
    ),
    total=TotalRow(29.25, 14.1625, 5, 0, 9.1625),
    oversized=(OversizedIssue("a/b#8", 8),),
    unweighted=("a/b#1", "a/b#2"),
    carried_over=(StageRow("workflow::in review", 5, ("a/b#3",), 1), StageRow("not started", 0, ("a/b#4", "a/b#5"), 0)),
    past=(PastRow("18.7", 24), PastRow("18.8", 21.5)),
    weighted=3,
    candidates=5,
)
BELOW = [
    "carried over, what is left of it: workflow::in review 5 (1 of 1 is weighted); not started 0 (0 of 2 are weighted)",
    "weight completed before: 18.7 24, 18.8 21.5",
    "to break down: a/b#8 (8)",
    "without a weight: a/b#1, a/b#2",
]


def test_a_wide_terminal_has_a_line_for_each_person_with_the_working() -> None:
    assert capacity_lines(RESULT, 160) == capacity_lines(RESULT) == [
        "engineer     days  capacity  carry-over  planned   free  how it is counted",
        f"ana          9.25      4.16           5        0  -0.84  {WORKING}",
        "kenji.sato     20        10           0        0     10  20 weekdays ÷ 2 = 10",
        "all         29.25     14.16           5        0   9.16  3 of 5 candidates are weighted",
        *BELOW,
    ]  # fmt: skip


def test_a_narrow_one_has_the_working_below() -> None:
    assert capacity_lines(RESULT, 80) == [
        "engineer     days  capacity  carry-over  planned   free",
        "ana          9.25      4.16           5        0  -0.84",
        "    20 weekdays − 1 holiday − 0.5 PTO = 18.5 days × 0.5 allocation × 0.9 after",
        "    buffer ÷ 2 = 4.16",
        "kenji.sato     20        10           0        0     10",
        "    20 weekdays ÷ 2 = 10",
        "all         29.25     14.16           5        0   9.16",
        "    3 of 5 candidates are weighted",
        *BELOW,
    ]


def test_markdown_has_the_same_lines_as_code() -> None:
    assert result_markdown(RESULT).splitlines() == ["```", *capacity_lines(RESULT), "```"]
