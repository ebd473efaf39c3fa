"""What members have already, and what asks for a decision first."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import Load, OversizedIssue
from planning_bot.metrics.load import measure_load, oversized, unweighted
from tests.builders import issue, team, user

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue

OURS = frozenset({"group::search"})


def ours(
    iid: int, weight: int | None = 3, *people: str, labels: frozenset[str] = frozenset(), **parts: object
) -> Issue:
    assignees = tuple(user(name) for name in people)
    return issue(iid, weight=weight, assignees=assignees, labels=OURS | labels, **parts)


def test_open_weighted_issues_of_the_team_count_for_their_assignees() -> None:
    planned = [
        ours(1, 3, "ana"),
        ours(2, 2, "ANA"),
        ours(3, None, "ana"),
        ours(4, 5, "ana", state="closed"),
        issue(5, weight=8, assignees=(user("ana"),)),
        ours(6, 0, "ana"),
        ours(7, 4),
        ours(1, 3, "ana"),
    ]

    assert measure_load(team(), (), planned) == {"ana": Load(Fraction(0), Fraction(5)), "kenji": Load()}


def test_several_assignees_have_equal_parts_be_they_members_or_not() -> None:
    loads = measure_load(team(), (), [ours(1, 2, "ana", "kenji", "zed")])

    assert loads["ana"] == loads["kenji"] == Load(Fraction(0), Fraction(2, 3))


def test_of_carried_over_work_the_share_counts_that_is_still_to_be_done() -> None:
    shares = {"workflow::in review": 0.25, "almost": 0.1}
    people = team(capacity={"carryover_shares": shares})
    review, both = frozenset({"workflow::in review"}), frozenset(shares)

    loads = measure_load(
        people,
        [ours(1, 3, "ana"), ours(2, 2, "ana", labels=review), ours(3, 1, "kenji", labels=both)],
        [ours(4, 4, "kenji", labels=review)],
    )

    assert loads == {"ana": Load(Fraction("3.5")), "kenji": Load(Fraction(1, 10), Fraction(4))}


def test_what_is_larger_than_an_issue_may_be_is_listed_the_largest_first() -> None:
    found = oversized(team(), [ours(1, 5), ours(2, 3), ours(3, 8), ours(4, None), ours(5, 9, state="closed")])

    assert found == (OversizedIssue("acme/search/planning#3", 8), OversizedIssue("acme/search/planning#1", 5))


def test_what_needs_a_weight_and_has_none_is_listed() -> None:
    people = team(weights={"unweighted_labels": ["documentation"]})

    found = unweighted(people, [ours(1, None), ours(2, 0), ours(3, None, labels=frozenset({"documentation"}))])

    assert found == ("acme/search/planning#1",)
