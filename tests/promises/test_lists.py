"""Lists that lag behind, whose rows come and go while they are read, or that are too long to be counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from planning_bot.gateways.gitlab_connection import GitLabConnection
from planning_bot.gateways.gitlab_reader import GitLabReader
from planning_bot.sandbox import Fault
from tests.promises.cases import CASES
from tests.support import GROUP, PM, PROJECT, TOKEN, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.promises.conftest import Tally
    from tests.promises.stage import Stage

MADE = [case for case in CASES if case.name in {"create", "adopt", "boards", "capacity", "say-do", "close"}]
TOLD = ("carry the marker of the same", "two notes on", "2 boards are called")
LAG = timedelta(seconds=90)


@pytest.mark.parametrize("stage", MADE, indirect=True, ids=str)
@pytest.mark.parametrize("seconds", [0, 1, 30, 89, 90, 91])
def test_no_duplicate_comes_of_lists_that_lag_if_the_next_run_is_later_and_one_is_reported_if_it_is_not(
    stage: Stage, seconds: int, tally: Tally
) -> None:
    box = stage.desk.box
    begun = box.now
    assert begun
    try:
        box.lag = LAG
        first = stage.run()
        box.now = begun + timedelta(seconds=seconds)
        second = stage.run()
        box.now = begun + 2 * LAG
        third = stage.run()
        tally("replica lags")
        assert {first.code, second.code} <= {0, 3, 4}, (first.err, second.err)
        if seconds >= LAG.total_seconds():
            assert (second.code, second.sent, stage.state()) == (0, [], stage.goal), second.err
        elif stage.state() != stage.goal:
            assert any(words in third.err for words in TOLD), third.err
            assert stage.run().sent == []
    finally:
        box.lag = timedelta()


@pytest.fixture
def reader(desk: Desk) -> Iterator[Callable[[], GitLabReader]]:
    """Give doors to GitLab without a memory."""
    connection = GitLabConnection(desk.box.url, SecretStr(TOKEN))
    yield lambda: GitLabReader(connection)
    connection.close()


def _fill(desk: Desk, count: int) -> list[int]:
    return [desk.box.gitlab.add_issue(PROJECT, f"Issue {number}", author=PM) for number in range(count)]


@pytest.mark.parametrize("page", [2, 3])
def test_what_stays_is_read_while_other_rows_come_and_go_between_two_pages(
    desk: Desk, reader: Callable[[], GitLabReader], page: int
) -> None:
    numbers = _fill(desk, 250)
    gitlab = desk.box.gitlab

    def come_and_go() -> None:
        for number in (numbers[3], numbers[120]):
            gitlab.edit_issue(PROJECT, number, by=PM, state_event="close")
        gitlab.add_issue(PROJECT, "Another", author=PM)

    desk.box.fail(Fault(path="/issues$", nth=page, before=come_and_go))
    found = [issue.iid for issue in reader().group_issues(GROUP, state="opened")]
    assert len(found) == len(set(found))
    stayed = set(numbers) - {numbers[3], numbers[120]}
    assert stayed <= set(found), sorted(stayed - set(found))


@pytest.mark.nightly
def test_a_list_of_more_than_ten_thousand_rows_is_complete_without_a_total(
    desk: Desk, reader: Callable[[], GitLabReader]
) -> None:
    numbers = _fill(desk, 10_001)
    found = reader().group_issues(GROUP)
    assert [issue.iid for issue in found] == numbers
    assert len(desk.box.requests) == 101
