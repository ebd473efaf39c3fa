"""What of a run is taken back, decided without a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain import change as changes
from planning_bot.domain.change import IssueState, Named
from planning_bot.domain.journal import Began, Intent, Journal, Planned, Step, TeamJournal, Told
from planning_bot.domain.ledger import LabelEvent, MilestoneEvent
from planning_bot.domain.sections import wrap_section
from planning_bot.domain.undo import EDIT, NotTakenBack, edits_of
from planning_bot.errors import RefusedError
from planning_bot.planners.undo import STAYS, TAKE_BACK, Edited, plan_undo
from tests.builders import BOT, EM, PROJECT, issue, number_of, team, user

if TYPE_CHECKING:
    from planning_bot.domain.plan import Plan
    from planning_bot.domain.undo import UndoResult

AT = datetime(2026, 2, 11, 6, tzinfo=UTC)
REFERENCE = f"{PROJECT}#12"
ME = replace(user(BOT), is_bot=True)
HERE, THERE = (Named(id=number_of(title), name=title) for title in ("18.10", "18.11"))
ANA, KENJI = (Named(id=number_of(name), name=name) for name in ("ana", "kenji"))


def step(number: int = 0, does: str = EDIT, told: str | None = "done", **parts: Any) -> Step:
    intent = Intent(plan=1, change=number, does=does, at=AT, **{"target": REFERENCE, "as_of": AT, **parts})
    outcome = Told(plan=1, change=number, does=does, target=intent.target, outcome=told, at=AT) if told else None  # type: ignore[arg-type]
    return Step(intent, outcome)


def journal(*steps: Step, is_whole: bool = True) -> Journal:
    began = Began(program="1", command="deliverables", server="https://gitlab.test", teams=("search",), at=AT)
    planned = Planned(plan=1, team="search", group="acme/search", user=BOT, sha256="", changes=1, at=AT)
    return Journal(began, {"search": TeamJournal((planned,), steps)}, is_whole)


def undone(found: Journal, *seen: Edited, me: Any = ME) -> tuple[UndoResult, Plan]:
    return plan_undo(found, team(), {one.issue.reference: one for one in seen}, me)


def put_on(name: str, *, by: str = BOT, minutes: int = 1, off: bool = False) -> LabelEvent:
    at = AT + timedelta(minutes=minutes)
    return LabelEvent(minutes, at, number_of(name), name, not off, by)


def moved(to: Named, *, by: str = BOT, minutes: int = 1) -> MilestoneEvent:
    return MilestoneEvent(minutes, AT + timedelta(minutes=minutes), to.id, is_added=True, by=by)


LABELLED = step(before=IssueState(labels=("bug",)), after=IssueState(labels=("Deliverable", "bug")))


def labelled(*events: LabelEvent, **parts: Any) -> Edited:
    return Edited(issue(**{"labels": frozenset({"Deliverable", "bug"}), **parts}), labels=events)


# Which changes there are


def test_of_every_kind_of_change_it_is_said_what_becomes_of_it() -> None:
    union, _ = get_args(changes.Change)
    kinds = {kind.model_fields["kind"].default for kind in get_args(union)}

    assert kinds == {EDIT, TAKE_BACK, *STAYS}


@pytest.mark.parametrize(("does", "because"), STAYS.items())
def test_what_is_no_edit_stays_and_that_is_said(does: str, because: str) -> None:
    result, plan = undone(journal(step(does=does, target="acme/search: Board")))

    assert (plan.changes, result.left_alone) == ((), (NotTakenBack("acme/search: Board", because),))


@pytest.mark.parametrize("told", ["refused", "skipped"])
@pytest.mark.parametrize("does", [EDIT, "create_issue"])
def test_of_what_did_not_happen_nothing_is_said(does: str, told: str) -> None:
    result, plan = undone(journal(step(does=does, told=told, before=IssueState(), after=IssueState(labels=("x",)))))

    assert (result.taken_back, result.left_alone, plan.changes, plan.notices) == ((), (), (), ())


@pytest.mark.parametrize("told", ["unknown", None])
def test_what_may_have_happened_is_looked_at(told: str | None) -> None:
    asked = step(told=told, before=LABELLED.intent.before, after=LABELLED.intent.after)

    happened = undone(journal(asked), labelled(put_on("Deliverable")))
    did_not = undone(journal(asked), labelled(labels=frozenset({"bug"})))

    assert len(happened[1].changes) == 1
    assert did_not[1].changes == ()


# Labels


def test_a_label_whose_last_event_is_the_runs_own_goes() -> None:
    before = put_on("Deliverable", by=EM, minutes=-9), put_on("Deliverable", by=EM, minutes=-8, off=True)

    _, plan = undone(journal(LABELLED), labelled(*before, put_on("Deliverable"), put_on("bug", by=EM, minutes=2)))

    (change,) = plan.changes
    common = {"absent": ("planning-bot::skip",)}
    assert (change.before, change.after) == (
        IssueState(labels=("Deliverable",), **common),
        IssueState(labels=(), **common),
    )


@pytest.mark.parametrize(
    "events",
    [
        (),
        (put_on("Deliverable", by=EM),),
        (put_on("Deliverable", minutes=-1),),
        (put_on("Deliverable"), put_on("Deliverable", by=EM, minutes=2)),
        (put_on("Deliverable"), put_on("Deliverable", by=EM, minutes=2, off=True), put_on("Deliverable", minutes=3)),
    ],
    ids=["no event", "somebody's", "from before the run", "somebody's later one", "put on again"],
)
def test_a_label_that_is_anybody_elses_doing_stays(events: tuple[LabelEvent, ...]) -> None:
    result, plan = undone(journal(LABELLED), labelled(*events))

    assert plan.changes == ()
    assert result.left_alone == (NotTakenBack(REFERENCE, "somebody touched the label Deliverable since"),)


@given(st.permutations([put_on("Deliverable"), put_on("bug", by=EM, minutes=2), put_on("Deliverable", minutes=-5)]))
def test_the_order_in_which_events_arrive_changes_nothing(events: list[LabelEvent]) -> None:
    assert undone(journal(LABELLED), labelled(*events)) == undone(
        journal(LABELLED), labelled(*sorted(events, key=lambda event: event.at))
    )


# Several changes of one run


def test_two_moves_of_one_run_go_back_to_where_it_began() -> None:
    moves = (
        step(0, before=IssueState(milestone=None), after=IssueState(milestone=HERE)),
        step(1, before=IssueState(milestone=HERE), after=IssueState(milestone=THERE)),
    )
    seen = Edited(issue(milestone_id=THERE.id, milestone=THERE.name), milestones=(moved(HERE), moved(THERE, minutes=2)))

    result, plan = undone(journal(*moves), seen)

    assert plan.changes[0].after.milestone is None  # type: ignore[union-attr]
    assert [one.what for one in result.taken_back] == ["out of 18.11"]


def test_a_section_that_was_written_twice_is_as_it_was_at_first() -> None:
    twice = (
        step(0, before=IssueState(sections={"links": "one"}), after=IssueState(sections={"links": "two"})),
        step(1, before=IssueState(sections={"links": "two\n"}), after=IssueState(sections={"links": "three"})),
    )
    between = (
        twice[0],
        step(1, before=IssueState(sections={"links": ""}), after=IssueState(sections={"links": "three"})),
    )
    seen = Edited(issue(description=wrap_section("links", "three")))

    for steps, was in ((twice, "one"), (between, "")):
        _, plan = undone(journal(*steps), seen)
        assert plan.changes[0].after.sections == {"links": was}  # type: ignore[union-attr]


def test_what_the_server_did_not_take_over_is_nothing_to_take_back() -> None:
    told = Told(plan=1, change=0, does=EDIT, target=REFERENCE, outcome="done", at=AT, state=IssueState(labels=("bug",)))

    assert edits_of(journal(Step(LABELLED.intent, told)).teams["search"])[REFERENCE].labels == {}


# Assignees


def assigned(*now: Named, since: tuple[str, ...]) -> Edited:
    people = tuple(user(person.name) for person in now)
    return Edited(issue(assignees=people), assignments=tuple((AT, by) for by in since))


GIVEN = step(before=IssueState(assignees=()), after=IssueState(assignees=(ANA,)))


@pytest.mark.parametrize(
    ("seen", "taken"),
    [
        (assigned(ANA, since=(BOT,)), True),
        (assigned(ANA, since=()), True),  # GitLab may write its note later
        (assigned(ANA, since=(BOT, EM)), False),
        (assigned(ANA, since=(EM,)), False),
        (assigned(ANA, KENJI, since=(BOT,)), False),
        (assigned(KENJI, since=(BOT, EM)), False),
        (assigned(since=(BOT, EM)), False),
    ],
)
def test_an_assignee_goes_where_nobody_changed_them_since(seen: Edited, *, taken: bool) -> None:
    _, plan = undone(journal(GIVEN), seen)

    assert [change.after for change in plan.changes] == (
        [IssueState(assignees=(), absent=("planning-bot::skip",))] if taken else []
    )


# What is refused, and what is said


def test_what_is_in_no_project_of_the_team_is_refused() -> None:
    for target in ("acme/search-engine/x#1", "acme/other#1"):
        strange = step(target=target, before=IssueState(), after=IssueState(labels=("x",)))
        with pytest.raises(RefusedError, match=f"the journal names {target}"):
            undone(journal(strange))


def test_an_undo_is_not_undone() -> None:
    with pytest.raises(RefusedError, match="this is the journal of an undo"):
        undone(journal(step(does=TAKE_BACK, before=IssueState(), after=IssueState())))


def test_of_a_run_without_an_end_that_is_said_first() -> None:
    _, plan = undone(journal(LABELLED, is_whole=False), labelled(put_on("Deliverable")))

    assert [notice[:24] for notice in plan.notices] == ["the journal has no end, ", "the command does all of "]
    assert "the journal has no end, so the run was killed" in plan.notices[0]


def test_with_a_persons_token_it_is_said_that_it_counts_as_theirs() -> None:
    _, plan = undone(journal(LABELLED), labelled(put_on("Deliverable")), me=user(BOT))

    assert "counts as taken off by that person" in plan.notices[0]


def test_where_nothing_is_taken_back_nothing_is_said_of_what_comes_after() -> None:
    _, plan = undone(journal(LABELLED), labelled())

    assert plan.notices == ()
