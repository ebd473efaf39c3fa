from __future__ import annotations

from planning_bot.domain.change import board_handle
from planning_bot.domain.delivered import Created
from planning_bot.domain.results import BoardResult, BoardsResult, CreateIssueResult

ISSUE = Created(9012, "acme/search/planning#12", "https://gitlab.test/acme/search/planning/-/issues/12")
BOARD = Created(31, "Build 18.10", "https://gitlab.test/groups/acme/search/-/boards/31")


def test_the_planning_issue_is_named_once_it_is_created() -> None:
    planned = CreateIssueResult(None, None, created=False)

    assert planned.after({"planning-issue": ISSUE}) == CreateIssueResult(ISSUE.reference, ISSUE.web_url, created=True)


def test_a_planning_issue_that_was_not_created_stays_unnamed() -> None:
    planned = CreateIssueResult(None, None, created=False)

    assert planned.after({}) == planned.after({"adopted": ISSUE}) == planned


def test_one_that_was_there_already_was_not_created() -> None:
    found = CreateIssueResult(ISSUE.reference, ISSUE.web_url, created=False)

    assert found.after({}) == found


def test_boards_are_named_as_they_are_created_and_the_others_stay_as_they_are() -> None:
    coming = BoardResult("build", "Build 18.10", None, None, created=False)
    there = BoardResult("planning", "Planning 18.10", 7, "https://gitlab.test/7", created=False)
    lost = BoardResult("next_1_3", "Next", None, None, created=False)

    after = BoardsResult((there, coming, lost)).after({board_handle("build"): BOARD, board_handle("planning"): BOARD})

    built = BoardResult("build", "Build 18.10", BOARD.id, BOARD.web_url, created=True)
    assert after == BoardsResult((there, built, lost))
