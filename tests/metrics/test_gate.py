"""Which issues may be planned, and which rule keeps the others out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.metrics.gate import (
    blocking_labels,
    is_oversized,
    is_ready,
    is_spike,
    is_weighted,
    may_be_planned,
    tier_notices,
)
from tests.builders import issue, team

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue

READY, IN_REVIEW = "workflow::ready for development", "workflow::in review"


def candidate(weight: int | None = 2, *labels: str, **parts: Any) -> Issue:
    return issue(weight=weight, labels=frozenset({"group::search", *labels}), **parts)


@pytest.mark.parametrize(
    ("weight", "labels", "passes"),
    [
        (0, [READY], True),
        (3, [READY], True),
        (4, [READY], False),
        (None, [READY], False),
        (None, [READY, "chore"], True),
        (9, [READY, "chore"], False),
        (2, [], False),
        (2, [IN_REVIEW], True),
        (2, ["spike"], True),
        (None, ["spike"], False),
        (2, [READY, "workflow::blocked"], False),
        (2, [READY, "planning-bot::skip"], False),
    ],
)
def test_an_issue_passes_if_it_is_weighted_small_ready_and_not_blocked(
    weight: int | None, labels: list[str], *, passes: bool
) -> None:
    people = team(weights={"unweighted_labels": ["chore"]})
    assert may_be_planned(candidate(weight, *labels), people, ()) is passes


def test_an_open_issue_that_blocks_it_keeps_it_out() -> None:
    assert not may_be_planned(candidate(2, READY), team(), ("acme/search/engine#3",))


def test_each_rule_by_itself() -> None:
    both = candidate(8, "workflow::blocked", "on hold")
    people = team(deliverables={"blocked_labels": ["on hold", "workflow::blocked"]}, weights={"largest": 5})
    assert is_weighted(both, people)
    assert is_oversized(both, people)
    assert not is_oversized(candidate(5), people)
    assert not is_ready(both, people)
    assert not is_spike(both, people)
    assert blocking_labels(both, people) == ("on hold", "workflow::blocked")


def test_where_no_label_says_that_an_issue_is_ready_all_are() -> None:
    assert is_ready(candidate(2), team(deliverables={"ready_label": None}))


def test_a_tier_without_weights_is_named_once() -> None:
    free = candidate(None, tier_has_weights=False)
    assert tier_notices((free, free)) == (
        "this GitLab keeps no weights (its Free tier has none), so every issue counts as unweighted",
    )
    assert tier_notices((free, candidate(None))) == ()
    assert tier_notices(()) == ()
