"""The lines of a journal: written, read again, cut off, altered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.change import CreateIssue, EditIssue, IssueDraft, IssueState, Named, TakeBack
from planning_bot.domain.delivered import Created, Fate, Present
from planning_bot.domain.journal import (
    Began,
    Ended,
    Intent,
    Journal,
    Planned,
    Step,
    TeamJournal,
    Told,
    intent_of,
    read_journal,
    told_of,
    written,
)
from planning_bot.domain.plan import PlannedMilestone, Remark
from planning_bot.errors import PlanningBotError, RefusedError, UsageError

if TYPE_CHECKING:
    from planning_bot.domain.journal import Line

AT = datetime(2026, 2, 11, 6, tzinfo=UTC)
MILESTONE = PlannedMilestone(title="18.10", start_date=AT.date(), due_date=AT.date())
BEGAN = Began(program="0.1.0", command="run", server="https://gitlab.test", teams=("search", "other"), at=AT)


def planned(number: int = 1, team: str = "search", **parts: Any) -> Planned:
    whole = {"plan": number, "team": team, "group": "acme", "user": "bot", "sha256": "0" * 64, "changes": 2, "at": AT}
    return Planned(**{**whole, "milestone": MILESTONE, **parts})


def intent(number: int = 0, plan: int = 1, **parts: Any) -> Intent:
    whole = {"plan": plan, "change": number, "does": "edit_issue", "target": "acme/x#1", "at": AT}
    return Intent(**{**whole, **parts})


def told(number: int = 0, plan: int = 1, **parts: Any) -> Told:
    whole = {"plan": plan, "change": number, "does": "edit_issue", "target": "acme/x#1", "outcome": "done", "at": AT}
    return Told(**{**whole, **parts})


def as_text(*lines: Line) -> str:
    texts, total = [], ""
    for line in lines:
        text, total = written(line, total, str)
        texts.append(text)
    return "".join(texts)


def read(text: str) -> Journal:
    return read_journal(text, "the file")


# Written and read


def test_a_journal_is_read_as_it_was_written() -> None:
    state = IssueState(labels=("a", "b"), milestone=None, assignees=(), sections={"links": None})
    lines = (
        BEGAN,
        planned(),
        planned(2, "other", milestone=None),
        intent(as_of=AT, before=state, after=IssueState(milestone=Named(id=3, name="18.10"))),
        intent(1, target="acme/x#2"),
        intent(0, 2, target="acme/y#9"),
        told(1, target="acme/x#2", outcome="unknown", because="who knows"),
        told(state=state, created=Created(7, "acme/x#1", "https://gitlab.test/1")),
        Ended(at=AT),
    )

    found = read(as_text(*lines))

    assert found == Journal(
        BEGAN,
        {
            "search": TeamJournal((planned(),), (Step(lines[3], lines[7]), Step(lines[4], lines[6]))),  # type: ignore[arg-type]
            "other": TeamJournal((lines[2],), (Step(lines[5], None),)),  # type: ignore[arg-type]
        },
        is_whole=True,
    )
    (first, *_) = found.teams["search"].steps
    assert first.told
    assert first.told.state
    assert first.told.state.model_fields_set == state.model_fields_set


names = st.text(min_size=1, max_size=30)
people = st.builds(Named, id=st.integers(1, 9), name=names)
texts = st.none() | st.text(max_size=60)
states = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.lists(names, max_size=3).map(tuple),
        "milestone": st.none() | people,
        "assignees": st.lists(people, max_size=2).map(tuple),
        "sections": st.dictionaries(names, texts, max_size=2),
        "state": st.sampled_from(["opened", "closed"]),
    },
).map(lambda parts: IssueState(**parts))
steps = st.lists(st.tuples(states, states, st.none() | states, texts), max_size=4)


@given(steps)
def test_whatever_stands_in_it_comes_back(steps: list[tuple[IssueState, IssueState, IssueState | None, str]]) -> None:
    lines: list[Any] = []
    for number, (before, after, state, because) in enumerate(steps):
        lines += [intent(number, before=before, after=after), told(number, state=state, because=because or "")]

    found = read(as_text(BEGAN, planned(), *lines)).teams["search"]

    assert [line for step in found.steps for line in (step.intent, step.told)] == lines
    for step, (before, after, _, _) in zip(found.steps, steps, strict=True):
        assert step.intent.before
        assert step.intent.after
        assert step.intent.before.model_fields_set == before.model_fields_set
        assert step.intent.after.model_fields_set == after.model_fields_set


@given(st.just("") | names, st.just("") | names, st.none() | st.just(MILESTONE), st.integers(0, 3))
def test_whatever_a_plan_is_about_comes_back(
    group: str, user: str, milestone: PlannedMilestone | None, changes: int
) -> None:
    line = planned(group=group, user=user, milestone=milestone, changes=changes)

    assert read(as_text(BEGAN, line)).teams["search"].plans == (line,)


def test_of_changes_that_went_out_side_by_side_the_plans_order_is_kept() -> None:
    text = as_text(BEGAN, planned(), intent(2), intent(0), intent(1), told(1), told(2), told(0))

    assert [step.intent.change for step in read(text).teams["search"].steps] == [0, 1, 2]


def test_a_run_about_several_milestones_is_about_none() -> None:
    other = MILESTONE.model_copy(update={"title": "18.11"})
    one = read(as_text(BEGAN, planned(), planned(2))).teams["search"]
    two = read(as_text(BEGAN, planned(), planned(2, milestone=other))).teams["search"]

    assert (one.milestone, two.milestone) == (MILESTONE, None)


@pytest.mark.parametrize(
    ("outcome", "may_have_happened"), [("done", True), ("unknown", True), ("refused", False), ("skipped", False)]
)
def test_what_may_have_happened_is_what_is_done_or_unknown(outcome: str, *, may_have_happened: bool) -> None:
    assert Step(intent(), told(outcome=outcome)).may_have_happened is may_have_happened


def test_what_was_intended_and_never_told_of_may_have_happened() -> None:
    assert Step(intent(), None).may_have_happened


# What is not kept


def edit(**after: Any) -> EditIssue:
    return EditIssue(target="acme/x#1", because="a title", before=IssueState(), after=IssueState(**after))


def test_no_reason_stands_in_it_and_of_what_is_no_edit_only_kind_and_target() -> None:
    draft = IssueDraft(
        project="acme/x", title="Plan", description="All of it", labels=(), milestone=Named(id=1, name="18.10"),
        assignees=(), confidential=False,
    )  # fmt: skip
    change = CreateIssue(target="acme/x: Plan", because="a title", marker="<!-- m -->", after=draft)
    hidden = change.model_copy(update={"after": draft.model_copy(update={"confidential": True})})

    assert intent_of(1, 0, change, Present(None), AT) == intent(does="create_issue", target="acme/x: Plan")
    assert intent_of(1, 0, hidden, Present(None), AT).target == "acme/x: (confidential)"
    assert told_of(1, 0, hidden, Fate(applied=1), AT, withheld=False).target == "acme/x: (confidential)"


@pytest.mark.parametrize("kind", [EditIssue, TakeBack])
def test_of_a_confidential_issue_the_names_of_its_sections_are_kept_and_no_text(kind: type[EditIssue]) -> None:
    state = IssueState(labels=("a",), sections={"links": "Secret"})
    change = kind(target="acme/x#1", because="b", before=IssueState(labels=(), sections={"links": "Hush"}), after=state)
    remark = Remark(target="acme/x#1", because="it was written, but this was lost: Secret")

    before = intent_of(1, 0, change, Present(None, as_of=AT, is_confidential=True), AT)
    after = told_of(1, 0, change, Fate(1, failed=(remark,), state=state), AT, withheld=True)

    assert before.withheld == ("links",)
    assert (before.before, before.after, before.as_of) == (IssueState(labels=()), IssueState(labels=("a",)), AT)
    assert (after.outcome, after.because, after.state) == ("done", "", IssueState(labels=("a",)))
    assert "Secret" not in as_text(BEGAN, planned(), before, after)


def test_a_secret_is_taken_out_before_the_line_is_summed() -> None:
    line = told(because="it said glpat-4711")

    text, _ = written(line, "", lambda content: content.replace("glpat-4711", "[secret]"))

    assert json.loads(text)["because"] == "it said [secret]"


# Cut off, altered, none at all

WHOLE = as_text(BEGAN, planned(), intent(before=IssueState(), after=IssueState(labels=("a",))), told(), Ended(at=AT))


@given(st.integers(0, len(WHOLE) - 1))
def test_one_that_was_cut_off_serves_as_far_as_it_goes(length: int) -> None:
    lines = WHOLE[:length].count("\n")
    if lines == 0:
        with pytest.raises(UsageError):
            read(WHOLE[:length])
        return

    found = read(WHOLE[:length])

    assert not found.is_whole
    assert bool(found.teams) is (lines > 1)
    assert [len(team.steps) for team in found.teams.values()] == [int(lines > 2)] * (lines > 1)


@given(st.data())
def test_no_altered_one_gets_through(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(WHOLE) - 2))  # the last line end says only that the last line is whole
    other = data.draw(st.characters(codec="utf-8").filter(lambda char: char != WHOLE[place]))
    altered = WHOLE[:place] + other + WHOLE[place + 1 :]

    try:
        found = read(altered)
    except (UsageError, RefusedError):
        return
    assert _means_the_same(altered)
    assert found == read(WHOLE)


def _means_the_same(altered: str) -> bool:
    try:
        return [json.loads(row) for row in altered[:-1].split("\n")] == list(map(json.loads, WHOLE[:-1].split("\n")))
    except ValueError:
        return False


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_without_one_of_its_lines_was_altered(number: int) -> None:
    rows = WHOLE.splitlines(keepends=True)

    with pytest.raises(RefusedError, match="was altered after it was written"):
        read("".join(rows[: number - 1] + rows[number:]))


@pytest.mark.parametrize("text", ["", "\n", "null\n", "7\n", '{"a": 1, "a": 2}\n', "\x00\n", '{"sum": []}\n'])
def test_what_is_none_is_said_to_be_none(text: str) -> None:
    with pytest.raises(PlanningBotError, match="the file"):
        read(text)


def test_one_whose_lines_fit_together_and_are_of_no_run_is_none() -> None:
    for lines in ((planned(), intent()), (BEGAN, intent()), (BEGAN, told())):
        with pytest.raises(UsageError, match="is not a journal"):
            read(as_text(*lines))


def test_of_a_newer_version_nothing_is_guessed() -> None:
    row = json.loads(as_text(BEGAN)) | {"version": 2, "more": True}

    with pytest.raises(UsageError, match="is a journal of version 2, and this program reads version 1"):
        read(json.dumps(row) + "\n")


def test_a_line_that_this_version_does_not_know_is_not_passed_over() -> None:
    text = as_text(BEGAN, planned(), intent(does="edit_issue")).replace('"edit_issue"', '"edit_issue", "more": 1')

    with pytest.raises(RefusedError, match="line 3"):
        read(text)
