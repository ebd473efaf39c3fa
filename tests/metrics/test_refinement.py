"""Who is proposed to refine what waits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from planning_bot.metrics.refinement import propose_refiners
from planning_bot.metrics.roles import eligible
from tests.builders import issue, team, user

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue


def people() -> Team:
    return team(
        members=[
            {"username": "ana", "roles": ["backend"]},
            {"username": "ben", "roles": ["backend", "frontend"]},
            {"username": "cleo", "roles": ["frontend"]},
            {"username": "dora", "allocation": 0},
        ]
    )


def waiting(iid: int, *labels: str, to: tuple[str, ...] = ()) -> Issue:
    return issue(iid, labels=frozenset(labels), assignees=tuple(map(user, to)))


def proposed(*issues: Issue, away: tuple[str, ...] = ()) -> list[str | None]:
    found = propose_refiners(people(), issues, frozenset(away))
    return [found[i.reference] for i in issues]


def test_issues_go_round_in_turn() -> None:
    assert proposed(*(waiting(n) for n in range(1, 6))) == ["ana", "ben", "cleo", "ana", "ben"]


def test_an_issue_with_a_role_goes_to_one_who_has_it() -> None:
    assert proposed(waiting(1, "backend"), waiting(2, "backend"), waiting(3, "frontend"), waiting(4)) == [
        "ana", "ben", "cleo", "ana",
    ]  # fmt: skip


def test_a_member_to_whom_it_is_assigned_keeps_it_unless_away() -> None:
    assert proposed(waiting(1, to=("Cleo", "zed"))) == ["cleo"]
    assert proposed(waiting(1, to=("cleo",)), away=("cleo",)) == ["ana"]


def test_nobody_who_is_away_or_has_no_time_for_the_team_is_proposed() -> None:
    assert proposed(waiting(1), waiting(2, "frontend"), away=("ana", "ben", "cleo")) == [None, None]
    assert proposed(waiting(1, "frontend"), away=("ben",)) == ["cleo"]


def test_a_label_that_is_nobodys_role_is_everybodys() -> None:
    assert eligible(people(), waiting(1, "documentation")) == ("ana", "ben", "cleo", "dora")
    assert eligible(people(), waiting(1, "backend", "frontend")) == ("ana", "ben", "cleo")


@given(
    st.lists(st.sampled_from(["backend", "frontend", "none"]), max_size=30), st.sets(st.sampled_from(["ana", "ben"]))
)
def test_whoever_can_is_asked_and_nobody_much_more_often_than_another(roles: list[str], away: set[str]) -> None:
    issues = [waiting(n, role) for n, role in enumerate(roles, 1)]
    found = propose_refiners(people(), issues, frozenset(away))
    assert set(found) == {i.reference for i in issues}
    for i in issues:
        able = set(eligible(people(), i)) - away - {"dora"}
        assert found[i.reference] in (able or {None})
    if not away and "backend" not in roles and "frontend" not in roles:
        turns = Counter(found.values())
        assert max(turns.values(), default=0) - min((turns[name] for name in ("ana", "ben", "cleo")), default=0) <= 1
