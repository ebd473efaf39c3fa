from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.change import CreateIssue, EditIssue, IssueDraft, IssueState, Named, WriteNote
from planning_bot.domain.plan import Plan, Remark
from planning_bot.domain.results import CreateIssueResult
from planning_bot.domain.sections import find_section, wrap_section
from planning_bot.domain.snapshot import Removals
from planning_bot.errors import PlanningBotError, RefusedError, ServerError
from planning_bot.planners.create_issue import assigned_people, plan_create_issue
from planning_bot.planners.facts import basic_facts, due_on
from tests.builders import (
    EM,
    PM,
    PROJECT,
    STRANGER,
    PlainWords,
    World,
    board,
    dated,
    issue,
    label,
    number_of,
    snapshot,
    team,
    user,
    words,
)

if TYPE_CHECKING:
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.snapshot import Snapshot

MILESTONE = Named(id=number_of("18.10"), name="18.10")
MARKER = f"<!-- planning-bot: planning-issue team=search milestone={MILESTONE.id} -->"
SECTIONS = {
    "overview": "section_overview of 18.10",
    "links": "- < 18.10 > -; boards: -",
    "timeline": "section_timeline of 18.10",
    "capacity": "capacity on 2026-02-07",
    "readiness": "readiness on 2026-02-04",
    "deliverables": "deliverables on 2026-02-11",
    "status": "status on Monday",
    "say-do": "say-do on 2026-03-14",
}
NOTHING = Plan()


def planned(seen: Snapshot, adopt: Issue | None = None, **settings: Any) -> Plan:
    return plan_create_issue(seen, team(**settings), PlainWords(), adopt)[1]


def refusal(seen: Snapshot, adopt: Issue | None = None, **settings: Any) -> PlanningBotError:
    with pytest.raises(PlanningBotError) as caught:
        planned(seen, adopt, **settings)
    return caught.value


def opened(*titles: str) -> World:
    """Give a project in which the planning issues of these milestones were opened, one after the other."""
    world = World()
    for title in titles:
        world = world.after(planned(world.seen(title)))
    return world


def with_text(world: World, iid: int, old: str, new: str) -> World:
    """Have a person replace a text of a description."""
    (known,) = (i for i in world.issues if i.iid == iid)
    assert old in known.description
    return world.with_issue(iid, description=known.description.replace(old, new))


PERSONS = issue(7, title="Our plans for 18.10", author=PM, description="Themes\r\n", labels=frozenset({"themes"}))


# Opened for the first time


def test_a_milestone_without_a_planning_issue_gets_one() -> None:
    result, plan = plan_create_issue(snapshot(), team(), PlainWords())

    draft = IssueDraft(
        project=PROJECT,
        title="Search 18.10 Planning",
        description="\n\n".join([MARKER, *(wrap_section(name, text) for name, text in SECTIONS.items())]) + "\n",
        labels=("Planning Issue",),
        milestone=MILESTONE,
        assignees=(Named(id=number_of(PM), name=PM), Named(id=number_of(EM), name=EM)),
        confidential=False,
    )
    change = CreateIssue(
        target=f"{PROJECT}: Search 18.10 Planning",
        because="milestone 18.10 starts on 2026-02-14 and has no planning issue",
        gives="planning-issue",
        marker=MARKER,
        after=draft,
    )
    assert plan == Plan(changes=(change,))
    assert result == CreateIssueResult(None, None, created=False)


def test_it_is_as_the_configuration_says() -> None:
    settings = {"project": PROJECT, "title": "{{ milestone.title }}!", "labels": ["a", "b"], "confidential": True}
    epic = Named(id=5, name="acme&1")
    seen = snapshot(labels={name: label(name) for name in ("a", "b")}, epic=epic)

    (change,) = planned(seen, planning_issue=settings, engineering_manager=PM).changes

    draft = change.after
    assert (draft.title, draft.labels, draft.confidential, draft.epic) == ("18.10!", ("a", "b"), True, epic)
    assert draft.assignees == (Named(id=number_of(PM), name=PM),)


def test_a_team_without_managers_assigns_nobody() -> None:
    alone = team(product_manager=None, engineering_manager=None)

    (change,) = plan_create_issue(snapshot(people={}), alone, PlainWords())[1].changes

    assert (assigned_people(alone), change.after.assignees) == ((), ())


def test_it_links_the_boards_that_exist_in_the_order_of_the_configuration() -> None:
    boards = (board("Search: Build 18.10", 32), board("Search: Planning 18.9", 30), board("Search: Planning 18.10", 31))

    (change,) = planned(snapshot(boards=boards)).changes

    found = find_section(change.after.description, "links").text
    assert found == (
        f"- < 18.10 > -; boards: [Search: Planning 18.10]({boards[2].web_url}), "
        f"[Search: Build 18.10]({boards[0].web_url})"
    )


def test_of_boards_that_share_a_name_the_first_is_linked() -> None:
    twins = (board(number=31), board(number=32))

    (change,) = planned(snapshot(boards=twins)).changes

    assert "boards/31)" in change.after.description
    assert "boards/32)" not in change.after.description


def test_what_the_schedule_leaves_out_has_no_day() -> None:
    (change,) = planned(snapshot(), schedule={"capacity": None, "status": "due - 1"}).changes

    found = {name: find_section(change.after.description, name).text for name in ("capacity", "status")}
    assert found == {"capacity": "capacity on None", "status": "status on 2026-03-12"}


# Run again


def test_a_second_run_changes_nothing() -> None:
    world = opened("18.10")

    result, plan = plan_create_issue(world.seen(), team(), PlainWords())

    assert plan == NOTHING
    (found,) = world.issues
    assert result == CreateIssueResult(found.reference, found.web_url, created=False)


def test_a_second_run_changes_nothing_with_the_templates_that_are_shipped() -> None:
    world = World()
    for title in ("18.9", "18.10", "18.9", "18.11"):
        world = world.after(plan_create_issue(world.seen(title), team(), words())[1])

    assert [plan_create_issue(world.seen(t), team(), words())[1] for t in ("18.9", "18.10", "18.11")] == [NOTHING] * 3


@pytest.mark.parametrize(
    "parts",
    [
        {"title": "What we plan"},
        {"state": "closed"},
        {"assignees": ()},
        {"milestone_id": number_of("18.9"), "milestone": "18.9"},
        {"labels": frozenset({"Planning Issue", "another"})},
        {"confidential": True},
    ],
    ids=["renamed", "closed", "unassigned", "moved", "labelled", "hidden"],
)
def test_the_issue_is_found_by_its_marker_and_left_as_people_made_it(parts: dict[str, Any]) -> None:
    assert planned(opened("18.10").with_issue(1, **parts).seen()) == NOTHING


def test_what_people_write_outside_the_sections_is_theirs() -> None:
    world = opened("18.10")
    text = world.issues[0].description
    world = world.with_issue(1, description=text.replace("\n", "\r\n") + "\r\n\r\n## Themes\r\n\r\n/close")

    assert planned(world.seen()) == NOTHING


def test_a_section_that_has_become_stale_is_rewritten_and_nothing_else() -> None:
    world, boards = opened("18.10"), (board(),)

    plan = planned(world.seen(boards=boards))

    links = f"- < 18.10 > -; boards: [Search: Planning 18.10]({boards[0].web_url})"
    change = EditIssue(
        target=f"{PROJECT}#1",
        because="the milestone, its boards or the schedule changed",
        before=IssueState(sections={"links": SECTIONS["links"]}),
        after=IssueState(sections={"links": links}),
    )
    assert plan == Plan(changes=(change,))
    assert planned(world.after(plan).seen(boards=boards)) == NOTHING


def test_sections_that_other_commands_fill_are_left_to_them() -> None:
    world = with_text(opened("18.10"), 1, "capacity on 2026-02-07", "| ana | 10 |")

    assert planned(world.seen()) == NOTHING


def test_a_section_that_a_person_edited_is_left_alone_and_reported() -> None:
    world = with_text(opened("18.10"), 1, "- < 18.10 > -", "- < 18.10 > - (mine)")

    plan = planned(world.seen())

    assert plan == Plan(skipped=(Remark(target=f"{PROJECT}#1", because="section links: a person edited it"),))


def test_a_section_that_stands_there_twice_is_left_alone_and_reported() -> None:
    world = opened("18.10")
    twice = world.issues[0].description + "\n" + wrap_section("links", "again")

    plan = planned(world.with_issue(1, description=twice).seen())

    remark = Remark(target=f"{PROJECT}#1", because="section links: it stands there more than once")
    assert plan == Plan(skipped=(remark,))


def test_a_section_whose_markers_a_person_removed_is_left_out() -> None:
    world = with_text(opened("18.10"), 1, wrap_section("links", SECTIONS["links"]), "our own links")

    assert planned(world.seen(boards=(board(),))) == NOTHING


def test_a_section_that_a_person_emptied_is_written_anew() -> None:
    world = with_text(opened("18.10"), 1, f"\n{SECTIONS['links']}\n", "")

    plan = planned(world.seen())

    (change,) = plan.changes
    assert (change.before, change.after) == (
        IssueState(sections={"links": ""}),
        IssueState(sections={"links": SECTIONS["links"]}),
    )
    assert planned(world.after(plan).seen()) == NOTHING


def test_an_issue_with_the_skip_label_is_left_alone_and_reported() -> None:
    labels = frozenset({"planning-bot::skip"})
    world = opened("18.10").with_issue(1, labels=labels, milestone_id=None, milestone=None)

    assert planned(world.seen()) == NOTHING
    assert planned(world.seen(boards=(board(),))) == Plan(
        skipped=(Remark(target=f"{PROJECT}#1", because="it has the label planning-bot::skip"),)
    )


# Healed


def test_labels_and_milestone_that_gitlab_dropped_are_set_later() -> None:
    world = opened("18.10").with_issue(1, labels=frozenset({"b"}), milestone_id=None, milestone=None)
    settings = {"planning_issue": {"project": PROJECT, "labels": ["b", "a"]}}
    labels = {name: label(name) for name in ("a", "b")}

    plan = planned(world.seen(labels=labels), **settings)

    change = EditIssue(
        target=f"{PROJECT}#1",
        because="it lacks what it should have had from the start",
        before=IssueState(labels=("b",), milestone=None),
        after=IssueState(labels=("a", "b"), milestone=MILESTONE),
    )
    assert plan == Plan(changes=(change,))
    assert planned(world.after(plan).seen(labels=labels), **settings) == NOTHING


def test_a_label_that_a_person_took_off_is_not_put_on_again() -> None:
    world = opened("18.10").with_issue(1, labels=frozenset())
    labels = {name: label(name) for name in ("a", "Planning Issue")}
    removed = Removals(labels=frozenset({"Planning Issue"}))

    assert planned(world.seen(removals=removed)) == NOTHING

    more = {"project": PROJECT, "labels": ["Planning Issue", "a"]}
    (change,) = planned(world.seen(removals=removed, labels=labels), planning_issue=more).changes
    assert change.after == IssueState(labels=("a",))


def test_a_milestone_that_a_person_took_off_is_not_put_on_again() -> None:
    world = opened("18.10").with_issue(1, milestone_id=None, milestone=None)

    assert planned(world.seen(removals=Removals(milestone=True))) == NOTHING


# Neighbours


def test_neighbours_link_to_each_other_as_soon_as_both_are_there() -> None:
    world = opened("18.9", "18.11")

    plan = planned(world.seen("18.10"))

    first, second = world.issues
    because = "the planning issue of 18.10 is its neighbour"
    here = "[Search 18.10 Planning](known-after-apply/planning-issue/)"
    create, *links = plan.changes
    assert find_section(create.after.description, "links").text == (
        f"[Search 18.9 Planning]({first.web_url}) < 18.10 > [Search 18.11 Planning]({second.web_url}); boards: -"
    )
    assert links == [
        EditIssue(
            target=first.reference,
            because=because,
            needs=("planning-issue",),
            before=IssueState(sections={"links": "- < 18.9 > -; boards: -"}),
            after=IssueState(sections={"links": f"- < 18.9 > {here}; boards: -"}),
        ),
        EditIssue(
            target=second.reference,
            because=because,
            needs=("planning-issue",),
            before=IssueState(sections={"links": "- < 18.11 > -; boards: -"}),
            after=IssueState(sections={"links": f"{here} < 18.11 > -; boards: -"}),
        ),
    ]
    after = world.after(plan)
    assert [planned(after.seen(title)) for title in ("18.9", "18.10", "18.11")] == [NOTHING] * 3


def test_a_neighbour_that_a_person_renamed_is_linked_by_its_new_title() -> None:
    world = opened("18.9", "18.10").with_issue(1, title="The one before [18.9]")

    (change,) = planned(world.seen()).changes

    assert change.after == IssueState(
        sections={"links": f"[The one before [18.9]]({world.issues[0].web_url}) < 18.10 > -; boards: -"}
    )


def test_a_neighbours_edited_links_are_left_alone_and_reported() -> None:
    world = with_text(opened("18.9"), 1, "- < 18.9 > -", "mine")

    plan = planned(world.seen())

    assert [change.kind for change in plan.changes] == ["create_issue"]
    assert plan.skipped == (Remark(target=f"{PROJECT}#1", because="section links: a person edited it"),)


def test_a_milestone_that_is_no_delivery_has_neighbours_by_its_dates() -> None:
    assert [change.target for change in planned(opened("18.8").seen("18.9")).changes] == [
        f"{PROJECT}: Search 18.9 Planning",
        f"{PROJECT}#1",
    ]


# Refused


def test_two_issues_with_one_marker_are_refused_and_both_are_named() -> None:
    world = opened("18.10")
    twin = replace(world.issues[0], iid=4, reference=f"{PROJECT}#4")

    error = refusal(World((*world.issues, twin)).seen())

    assert isinstance(error, RefusedError)
    assert (
        error.message == f"{PROJECT}#1 and {PROJECT}#4 carry the marker of the same planning issue; nothing was written"
    )


def test_a_marker_by_a_stranger_is_a_strangers_text() -> None:
    world = World((issue(3, title="Hello", author=STRANGER, description=MARKER),))

    assert planned(world.seen()) == planned(snapshot())


def test_an_open_issue_of_that_title_is_named_and_refused() -> None:
    error = refusal(World((issue(3, title=" Search 18.10 Planning ", author=STRANGER),)).seen())

    assert isinstance(error, RefusedError)
    assert (error.message, error.hint) == (
        f"an open issue has this title already and is not the program's: {PROJECT}#3",
        f"rename it, or take it over with --adopt {PROJECT}#3",
    )


def test_a_closed_issue_of_that_title_is_in_nobodys_way() -> None:
    assert planned(World((issue(3, state="closed"),)).seen()) == planned(snapshot())


def test_an_issue_of_that_title_that_is_the_programs_own_is_in_nobodys_way() -> None:
    settings = {"planning_issue": {"project": PROJECT, "title": "{{ team.name }} Planning"}}
    world = World().after(planned(World().seen("18.9"), **settings))

    assert [change.kind for change in planned(world.seen("18.10"), **settings).changes] == [
        "create_issue",
        "edit_issue",
    ]


def test_a_label_that_does_not_exist_is_named_with_its_key() -> None:
    settings = {"project": PROJECT, "labels": ["Planning Issue", "nope", "neither"]}

    error = refusal(snapshot(), planning_issue=settings)

    assert isinstance(error, ServerError)
    assert error.message == (
        "planning_issue.labels: 'nope', 'neither' does not exist in group 'acme/search' or above it"
    )


def test_a_person_who_does_not_exist_is_named_with_the_keys() -> None:
    error = refusal(snapshot(people={PM: user(PM)}))

    assert isinstance(error, ServerError)
    assert (error.message, error.hint) == (
        "there is no user 'tomas' on this GitLab",
        "correct product_manager or engineering_manager in the configuration",
    )


# Adopted


def test_an_adopted_issue_gets_what_it_lacks_and_then_the_marker_in_a_note() -> None:
    homeless = replace(PERSONS, milestone_id=None, milestone=None)
    world = World((homeless,))

    result, plan = plan_create_issue(world.seen(), team(), PlainWords(), homeless)

    edit = EditIssue(
        target=f"{PROJECT}#7",
        because="it is taken over as the planning issue of 18.10, as a person asked",
        gives="adopted",
        before=IssueState(labels=(), milestone=None, sections=dict.fromkeys(SECTIONS)),
        after=IssueState(labels=("Planning Issue",), milestone=MILESTONE, sections=SECTIONS),
    )
    note = WriteNote(
        target=f"{PROJECT}#7",
        because="its marker makes the issue findable, whatever its title becomes",
        needs=("adopted",),
        after=f"{MARKER}\n\nnote_adopted of 18.10",
    )
    assert plan == Plan(changes=(edit, note))
    assert result == CreateIssueResult(PERSONS.reference, PERSONS.web_url, created=False)


def test_what_stands_in_an_adopted_issue_stays() -> None:
    world = World((PERSONS,)).after(planned(World((PERSONS,)).seen(), PERSONS))

    (adopted,) = world.issues
    assert adopted.description.startswith("Themes\r\n\n<!-- planning-bot:begin overview ")
    assert (adopted.title, adopted.author) == (PERSONS.title, PERSONS.author)
    assert adopted.labels == {"themes", "Planning Issue"}


def test_an_adopted_issue_stays_where_a_person_put_it() -> None:
    elsewhere = replace(PERSONS, milestone_id=number_of("18.9"), milestone="18.9")

    edit, _ = planned(World((elsewhere,)).seen(), elsewhere).changes

    assert edit.after.model_fields_set == edit.before.model_fields_set == {"labels", "sections"}


@pytest.mark.parametrize("again", [True, False], ids=["--adopt again", "without --adopt"])
def test_once_adopted_it_is_the_planning_issue(again: bool) -> None:  # noqa: FBT001 - a case
    world = World((PERSONS,)).after(planned(World((PERSONS,)).seen(), PERSONS))

    assert planned(world.seen(), world.issues[0] if again else None) == NOTHING


def test_an_adoption_that_was_cut_short_is_finished_by_the_same_command() -> None:
    plan = planned(World((PERSONS,)).seen(), PERSONS)
    half = World((PERSONS,)).after(Plan(changes=plan.changes[:1]))

    rest = planned(half.seen(), half.issues[0])

    assert rest == Plan(changes=(plan.changes[1].model_copy(update={"needs": ()}),))
    assert planned(half.after(rest).seen()) == NOTHING


def test_a_section_that_was_there_before_the_adoption_is_not_written_again() -> None:
    half = replace(PERSONS, labels=frozenset({"Planning Issue"}), description=wrap_section("links", "mine"))

    edit, _ = planned(World((half,)).seen(), half).changes

    lacking = {name: text for name, text in SECTIONS.items() if name != "links"}
    assert edit.after == IssueState(sections=lacking)
    assert edit.after.model_fields_set == {"sections"}


def test_neighbours_link_to_an_adopted_issue_by_its_own_title() -> None:
    world = opened("18.9")
    world = World((*world.issues, PERSONS))

    *_, link = planned(world.seen(), PERSONS).changes

    assert (link.target, link.needs) == (f"{PROJECT}#1", ())
    assert link.after == IssueState(
        sections={"links": f"- < 18.9 > [Our plans for 18.10]({PERSONS.web_url}); boards: -"}
    )


def test_a_milestone_that_has_its_planning_issue_adopts_no_other() -> None:
    world = opened("18.10")

    error = refusal(World((*world.issues, PERSONS)).seen(), PERSONS)

    assert isinstance(error, RefusedError)
    assert error.message == f"milestone 18.10 has its planning issue already: {PROJECT}#1"


def test_the_planning_issue_of_another_milestone_is_not_adopted() -> None:
    world = opened("18.9")

    error = refusal(world.seen("18.10"), world.issues[0])

    assert isinstance(error, RefusedError)
    assert error.message == f"{PROJECT}#1 is the planning issue of another milestone already; nothing was written"


def test_an_issue_with_the_skip_label_is_not_adopted() -> None:
    skipped = replace(PERSONS, labels=frozenset({"planning-bot::skip"}))

    error = refusal(World((skipped,)).seen(), skipped)

    assert isinstance(error, RefusedError)
    assert error.message == f"{PROJECT}#7 has the label planning-bot::skip"


# In general

OLD = f"{wrap_section('links', 'old')}\r\n{wrap_section('overview', 'x')}"
DEEDS = st.sampled_from(
    [
        {},
        {"title": "renamed | [x](y) @all"},
        {"labels": frozenset()},
        {"milestone_id": None, "milestone": None},
        {"state": "closed"},
        {"description": ""},
        {"description": OLD},
        {"description": f"{MARKER}\r\n\r\n{OLD}"},
        {"description": f"{MARKER}\n{OLD.replace('old', 'edited')}\n{OLD}"},
    ]
)


@given(st.permutations(["18.9", "18.10", "18.11"]), st.lists(DEEDS, min_size=3, max_size=3))
def test_whatever_people_did_the_next_run_leaves_nothing_to_do(titles: list[str], deeds: list[dict[str, Any]]) -> None:
    world = World()
    for title, deed in zip(titles, deeds, strict=True):
        number = len(world.issues) + 1
        try:
            world = world.after(planned(world.seen(title))).with_issue(number, **deed)
            world = world.after(planned(world.seen(title)))
        except RefusedError:  # two markers, or a namesake: whoever is asked to decide
            continue
        assert planned(world.seen(title)).changes == ()


@given(st.permutations(range(5)), st.permutations(["18.1", "18.8", "18.9", "18.10", "18.11", "Backlog"]))
def test_the_order_of_what_was_read_changes_nothing(order: list[int], titles: list[str]) -> None:
    world = opened("18.8", "18.9", "18.11")
    world = World((*world.issues, PERSONS, issue(20, title="Another")))
    seen = world.seen()
    milestones = tuple(
        sorted(seen.calendar.milestones, key=lambda m: titles.index(m.title) if m.title in titles else 9)
    )
    shuffled = World(tuple(world.issues[n] for n in order)).seen(calendar=replace(seen.calendar, milestones=milestones))

    assert planned(shuffled) == planned(seen)


# Facts


def test_templates_know_the_milestone_in_days_and_weeks() -> None:
    facts = basic_facts(team(), dated("18.9"))["milestone"]

    assert facts == {
        "title": "18.9",
        "start_date": dated("18.9").start_on,
        "due_date": dated("18.9").due_on,
        "web_url": dated("18.9").web_url,
        "weekdays": 25,
        "weeks": 5,
    }


def test_a_command_falls_due_before_the_start_or_after_the_end_or_every_week() -> None:
    schedule = team().schedule
    days = {name: str(due_on(when, dated())) for name, when in schedule.items()}

    assert days == {
        "create-issue": "2026-01-31",
        "boards": "2026-01-31",
        "readiness": "2026-02-04",
        "capacity": "2026-02-07",
        "deliverables": "2026-02-11",
        "status": "None",
        "say-do": "2026-03-14",
        "close": "2026-03-14",
    }
