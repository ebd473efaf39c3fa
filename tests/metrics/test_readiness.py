"""What is found of issues that have been looked at, without a server."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from planning_bot.metrics.readiness import Kind, Seen, measure_readiness, natural
from tests.builders import issue, team, user

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue

GOOD = frozenset({"group::search", "workflow::ready for development", "type::bug"})


def one(iid: int, weight: int | None = 2, labels: frozenset[str] = GOOD, **parts: Any) -> Issue:
    return issue(iid, weight=weight, labels=labels, **parts)


def test_an_issue_with_everything_wrong_is_found_once_in_each_kind() -> None:
    people = team(gitlab={"group": "acme/search", "label": "group::search", "labels": ["a", "b"]})
    wrong = one(4, None, frozenset({"group::search", "workflow::blocked", "b"}))
    found = measure_readiness(Seen((wrong,), blockers={wrong.reference: ("x/y#1", "x/y#2")}), people)
    assert found.ready == ()
    assert [(f.kind, f.because) for f in found.findings] == [
        (Kind.UNWEIGHTED, "it has no weight"),
        (Kind.NOT_READY, "it lacks workflow::ready for development"),
        (Kind.BLOCKED, "blocked: workflow::blocked, x/y#1, x/y#2"),
        (Kind.NO_TYPE, "it has none of type::bug, type::maintenance, type::feature"),
        (Kind.MISSING_LABELS, "it lacks a"),
    ]


def test_what_is_homeless_or_an_orphan_is_no_candidate() -> None:
    seen = Seen(homeless=(one(1, None),), orphans=(one(2, None, frozenset(), assignees=(user("ana"), user("kenji"))),))
    found = measure_readiness(seen, team())
    assert [(f.kind, f.issue.iid, f.because) for f in found.findings] == [
        (Kind.NO_MILESTONE, 1, "it has no milestone: plan it, or put it into the backlog"),
        (Kind.ORPHAN, 2, "ana, kenji work on it, and it lacks group::search"),
    ]


def test_the_order_in_which_issues_come_changes_nothing() -> None:
    issues = [one(n, weight) for n, weight in enumerate([None, 8, 2, 0, None, 9, 3], 1)]
    expected = measure_readiness(Seen(tuple(issues)), team())
    assert [i.iid for i in expected.ready] == [3, 4, 7]
    for seed in range(5):
        random.Random(seed).shuffle(issues)  # noqa: S311 - no secret
        assert measure_readiness(Seen(tuple(issues)), team()) == expected


def test_issues_are_listed_by_project_and_then_by_number() -> None:
    named = [one(n, reference=reference) for n, reference in ((10, "b/b#10"), (9, "b/b#9"), (11, "a/a#11"))]
    assert [i.reference for i in sorted(named, key=natural)] == ["a/a#11", "b/b#9", "b/b#10"]
