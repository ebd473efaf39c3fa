from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.snapshot import PlanningProject, find_owned
from tests.builders import BOT, PM, STRANGER, dated, issue

MARKER = "<!-- planning-bot: planning-issue team=search milestone=1810 -->"
OURS = issue(12, description=f"{MARKER}\n\ntext")
ADOPTED = issue(13, author=PM, description="a person's")


def owned(*issues: object, notes: dict[str, tuple[tuple[str, str], ...]] | None = None) -> dict[int, list[int]]:
    """Give the numbers of the issues found, by milestone."""
    found = find_owned(issues, notes or {}, "search", {BOT, PM})  # type: ignore[arg-type]
    return {milestone: [one.iid for one in those] for milestone, those in found.items()}


def test_an_issue_is_found_by_the_marker_in_its_first_line() -> None:
    assert owned(OURS, ADOPTED) == {1810: [12]}


def test_an_adopted_issue_is_found_by_the_marker_of_a_note() -> None:
    notes = {ADOPTED.reference: ((STRANGER, "hello"), (BOT, f"{MARKER}\n\nadopted"))}

    assert owned(ADOPTED, notes=notes) == {1810: [13]}


def test_a_strangers_marker_counts_for_nothing() -> None:
    forged = issue(14, author=STRANGER, description=MARKER)

    assert owned(forged, ADOPTED, notes={ADOPTED.reference: ((STRANGER, MARKER),)}) == {}


def test_the_marker_of_a_deleted_account_counts_for_nothing() -> None:
    assert owned(issue(14, author="", description=MARKER)) == {}


def test_names_are_compared_as_gitlab_does_in_any_case() -> None:
    assert owned(issue(12, author="Planning-Bot", description=MARKER)) == {1810: [12]}


@pytest.mark.parametrize("other", ["team=search", "planning-issue"])
def test_the_marker_of_another_team_or_kind_counts_for_nothing(other: str) -> None:
    assert owned(issue(12, description=MARKER.replace(other, f"{other}-2".replace("issue-2", "note")))) == {}


@given(st.permutations([OURS, issue(9, description=MARKER), issue(20, description=MARKER.replace("1810", "1811"))]))
def test_all_that_carry_a_marker_are_found_in_whatever_order_they_come(issues: list[object]) -> None:
    found = owned(*issues)

    assert found == {1810: [12, 9], 1811: [20]}


def test_a_marker_in_description_and_note_of_one_issue_is_one() -> None:
    assert owned(OURS, notes={OURS.reference: ((BOT, MARKER), (PM, MARKER))}) == {1810: [12]}


def test_a_milestone_has_a_planning_issue_only_where_exactly_one_is_found() -> None:
    milestone = dated()
    twice = PlanningProject(owned={milestone.id: (OURS, ADOPTED)})

    assert PlanningProject(owned={milestone.id: (OURS,)}).planning_issue(milestone) == OURS
    assert twice.planning_issue(milestone) is None
    assert twice.planning_issue(None) is None
    assert PlanningProject().planning_issue(milestone) is None
