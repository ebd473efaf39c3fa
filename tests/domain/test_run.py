from __future__ import annotations

import pytest

from planning_bot.domain.plan import Outcome, Remark
from planning_bot.domain.run import TeamReport, exit_code
from planning_bot.errors import (
    ConfigurationError,
    PlanningBotError,
    RefusedError,
    ServerError,
    UnknownOutcomeError,
    UsageError,
)

LOST = (Remark(target="acme/search/planning#12", because="the answer was lost"),)

NOTHING_TO_DO = TeamReport("search", outcome=Outcome())
PRINTED = TeamReport("search")
DONE = TeamReport("search", outcome=Outcome(applied=2))
A_PERSON_WAS_FASTER = TeamReport("search", outcome=Outcome(skipped=LOST))
ALL_REFUSED = TeamReport("search", outcome=Outcome(failed=LOST))
IN_PART = TeamReport("search", outcome=Outcome(applied=1, failed=LOST))
NOBODY_KNOWS = TeamReport("search", outcome=Outcome(unknown=LOST))


def failed(error: PlanningBotError) -> TeamReport:
    return TeamReport("search", error=error)


SERVER, USAGE = failed(ServerError("refused")), failed(UsageError("no such milestone"))
REFUSED, UNKNOWN = failed(RefusedError("too large")), failed(UnknownOutcomeError("lost"))


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (NOTHING_TO_DO, 0),
        (PRINTED, 0),
        (DONE, 0),
        (A_PERSON_WAS_FASTER, 0),
        (ALL_REFUSED, 1),
        (SERVER, 1),
        (USAGE, 2),
        (failed(ConfigurationError([])), 2),
        (REFUSED, 3),
        (IN_PART, 4),
        (NOBODY_KNOWS, 4),
        (UNKNOWN, 4),
    ],
)
def test_the_exit_code_of_one_team(report: TeamReport, code: int) -> None:
    assert (report.exit_code, exit_code([report])) == (code, code)


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ([], 0),
        ([DONE, DONE], 0),
        ([DONE, NOTHING_TO_DO, A_PERSON_WAS_FASTER], 0),
        ([PRINTED, SERVER], 1),
        ([ALL_REFUSED, USAGE], 2),
        ([USAGE, REFUSED, SERVER], 3),
        ([NOTHING_TO_DO, REFUSED], 3),
        ([A_PERSON_WAS_FASTER, USAGE], 2),
        ([DONE, SERVER], 4),
        ([DONE, USAGE], 4),
        ([REFUSED, DONE], 4),
        ([DONE, ALL_REFUSED], 4),
        ([NOBODY_KNOWS, SERVER], 4),
        ([UNKNOWN, NOTHING_TO_DO], 4),
    ],
)
def test_of_several_teams_it_is_4_if_anything_was_written_and_else_the_highest(
    reports: list[TeamReport], code: int
) -> None:
    assert exit_code(reports) == exit_code(reports[::-1]) == code
