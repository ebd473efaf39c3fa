from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.change import (
    BoardColumn,
    BoardState,
    CreateBoard,
    CreateIssue,
    EditIssue,
    IssueDraft,
    IssueState,
    Named,
    RepairBoard,
    WriteNote,
)
from planning_bot.domain.plan import Plan, PlannedMilestone, Remark, SavedPlan, TeamPlan, joined
from planning_bot.errors import PlanningBotError, RefusedError, UsageError

named = st.builds(Named)
states = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.lists(st.text()).map(tuple),
        "milestone": st.none() | named,
        "sections": st.dictionaries(st.text(), st.none() | st.text()),
    },
).map(lambda fields: IssueState(**fields))
common = {"target": st.text(), "because": st.text(), "gives": st.text(), "needs": st.lists(st.text()).map(tuple)}
columns = st.builds(BoardColumn, label=st.none() | named, list_id=st.none() | st.integers())
boards = st.builds(BoardState, milestone=st.none() | named, lists=st.lists(columns).map(tuple))
drafts = st.builds(IssueDraft, milestone=named, assignees=st.lists(named).map(tuple), epic=st.none() | named)
changes = st.one_of(
    st.builds(CreateIssue, **common, after=drafts),
    st.builds(EditIssue, **common, before=states, after=states),
    st.builds(WriteNote, **common, before=st.none() | st.text()),
    st.builds(CreateBoard, **common, after=boards),
    st.builds(RepairBoard, **common, before=boards, after=boards),
)
plans = st.builds(
    Plan, changes=st.lists(changes, max_size=3).map(tuple), skipped=st.lists(st.builds(Remark)).map(tuple)
)
team_plans = st.builds(TeamPlan, plan=plans, milestone=st.none() | st.builds(PlannedMilestone))
saved_plans = st.builds(SavedPlan, teams=st.lists(team_plans, max_size=2).map(tuple))

MILESTONE = PlannedMilestone(title="18.10", start_date=date(2026, 2, 14), due_date=date(2026, 3, 13))
EDIT = EditIssue(
    target="acme/search/planning#12",
    because="the milestone, its boards or the schedule changed",
    before=IssueState(milestone=None, sections={"overview": "old"}),
    after=IssueState(milestone=Named(id=1810, name="18.10"), sections={"overview": "new"}),
)
SAVED = SavedPlan(
    command="create-issue",
    server="https://gitlab.test",
    teams=(TeamPlan(team="search", milestone=MILESTONE, plan=Plan(changes=(EDIT,), notices=("ünïcode",))),),
)
TEXT = """\
{
  "command": "create-issue",
  "server": "https://gitlab.test",
  "sha256": "%s",
  "teams": [
    {
      "milestone": {
        "due_date": "2026-03-13",
        "start_date": "2026-02-14",
        "title": "18.10"
      },
      "plan": {
        "changes": [
          {
            "after": {
              "milestone": {
                "id": 1810,
                "name": "18.10"
              },
              "sections": {
                "overview": "new"
              }
            },
            "because": "the milestone, its boards or the schedule changed",
            "before": {
              "milestone": null,
              "sections": {
                "overview": "old"
              }
            },
            "gives": "",
            "kind": "edit_issue",
            "needs": [],
            "target": "acme/search/planning#12"
          }
        ],
        "notices": [
          "ünïcode"
        ],
        "skipped": [],
        "surprises": []
      },
      "team": "search"
    }
  ],
  "version": 1
}
"""


def read(text: str) -> SavedPlan:
    return SavedPlan.from_json(text, "plan.json")


def signed(**parts: Any) -> str:
    """Give the saved plan with other parts and the SHA-256 that goes with them, as a forger would."""
    content = {**json.loads(SAVED.to_json()), **parts}
    del content["sha256"]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return json.dumps({**content, "sha256": hashlib.sha256(canonical.encode()).hexdigest()})


def test_a_saved_plan_is_text_that_people_can_read() -> None:
    assert SAVED.to_json() == TEXT % SAVED.sha256


@given(saved_plans)
def test_every_plan_comes_back_as_it_was_saved(saved: SavedPlan) -> None:
    back = read(saved.to_json())

    assert (back, back.sha256, back.to_json()) == (saved, saved.sha256, saved.to_json())


def test_the_same_state_is_the_same_bytes() -> None:
    again = SavedPlan.model_validate_json(SAVED.model_dump_json())

    assert again.to_json() == SAVED.to_json()
    assert read(signed()) == SAVED  # the order of keys and the blanks between them mean nothing


@given(saved_plans, saved_plans)
def test_plans_that_differ_have_different_digests(one: SavedPlan, other: SavedPlan) -> None:
    assert (one.sha256 == other.sha256) == (one.to_json() == other.to_json())


def test_an_issue_that_was_not_touched_is_not_touched_by_the_plan_that_was_saved() -> None:
    (change,) = read(SAVED.to_json()).teams[0].plan.changes

    assert change.before.model_fields_set == change.after.model_fields_set == {"milestone", "sections"}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"overview": "new"', '"overview": "newer"'),
        ('"id": 1810', '"id": 1811'),
        ("acme/search/planning#12", "acme/search/planning#13"),
        ("18.10", "18.1"),
        ("ünïcode", "unicode"),
        ('"needs": []', '"needs": ["x"]'),
        ('"gives": "",', ""),
        ("https://gitlab.test", "https://gitlab.evil"),
    ],
)
def test_an_altered_plan_is_refused(was: str, now: str) -> None:
    text = SAVED.to_json()
    assert was in text

    with pytest.raises(RefusedError) as caught:
        read(text.replace(was, now))

    assert caught.value.message == "plan.json was altered after it was saved: its content does not match its SHA-256"
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("kept", ["\n", "0" * 64, "null", "7", '["a"]', "{}"])
def test_a_plan_with_another_digest_is_refused(kept: str) -> None:
    with pytest.raises(PlanningBotError) as caught:
        read(json.dumps({**json.loads(SAVED.to_json()), "sha256": kept}))

    assert isinstance(caught.value, RefusedError)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "NaN",
        "1",
        '"plan"',
        "{}",
        '{"version": 1}',
        '{"version": 2, "sha256": ""}',
        TEXT.replace('"version": 1', '"version": 2'),
        TEXT.replace('"version": 1', '"version": NaN'),
        TEXT.replace('"id": 1810', '"id": Infinity'),
        TEXT.replace('"id": 1810', '"id": -Infinity'),
        TEXT.replace('"id": 1810', f'"id": {"9" * 5000}'),
        TEXT.replace('"id": 1810', '"id": 1810, "id": 1811'),
        TEXT.replace('"version": 1', '"version": 1, "version": 1'),
        TEXT.replace('"ünïcode"', '"\\ud800"'),
        TEXT.replace('"ünïcode"', "[" * 100_000 + "]" * 100_000),
        "[" * 100_000,
        '{"a":' * 100_000,
        "\ufeff" + TEXT,
        "\x00",
    ],
)
def test_what_is_no_plan_is_a_mistake_of_the_command_line(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)

    assert caught.value.message.startswith("plan.json is not a saved plan")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "parts",
    [
        {"version": True},
        {"version": 1.0},
        {"teams": None},
        {"teams": [[]]},
        {"surprise": 1},
        {"command": 7},
        {"teams": [{"team": "search", "plan": {}}]},
        {"teams": [{"team": "search", "milestone": None, "plan": {}}]},
        {"teams": [{"team": "search", "milestone": None, "plan": {"changes": [{"kind": "delete_issue"}]}}]},
        {"teams": [{"team": "search", "milestone": None, "plan": {"changes": [], "skipped": [], "notices": [1e999]}}]},
    ],
)
def test_content_that_this_version_would_not_write_is_no_plan_whatever_its_digest(parts: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        read(signed(**parts))

    assert caught.value.message.startswith(("plan.json is not a plan", "plan.json is not a saved plan"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | json_values.map(json.dumps) | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_garbage_is_refused_without_a_traceback(text: str) -> None:
    with pytest.raises(UsageError):
        read(text)


@given(st.data())
def test_a_plan_with_any_value_in_any_place_is_refused_or_the_same(data: st.DataObject) -> None:
    content = json.loads(SAVED.to_json())
    place = content
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(json_values)
            break
        place = place[key]

    try:
        back = read(json.dumps(content))
    except (UsageError, RefusedError):
        return
    assert back == SAVED


@given(st.integers(0, len(TEXT) - 1), st.characters())
def test_a_plan_with_one_character_changed_is_refused_or_the_same(at: int, char: str) -> None:
    text = SAVED.to_json()

    try:
        back = read(text[:at] + char + text[at + 1 :])
    except (UsageError, RefusedError):
        return
    assert back == SAVED


def test_plans_are_joined_one_after_the_other() -> None:
    one = Plan(changes=(EDIT,), skipped=(Remark(target="a", because="b"),))
    other = Plan(notices=("first", "second"))

    assert joined(one, Plan(), other, one) == Plan(
        changes=(EDIT, EDIT), skipped=(*one.skipped, *one.skipped), notices=("first", "second")
    )


def test_a_saved_plan_names_its_teams() -> None:
    assert SAVED.team_names == ("search",)
