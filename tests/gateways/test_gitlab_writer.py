from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.domain.change import CreateIssue, EditIssue, IssueDraft, IssueState, Named, WriteNote
from planning_bot.domain.delivered import Created, Delivered, Present
from planning_bot.domain.sections import find_section, wrap_section
from planning_bot.errors import ServerError, UnknownOutcomeError
from planning_bot.gateways.gitlab_writer import GitLabWriter
from planning_bot.gateways.pace import Pace
from planning_bot.gateways.polite_session import Clock
from planning_bot.gateways.replaced_edits import ReplacedEdits
from tests.gateways.scripted import Scripted, answer
from tests.support import BOT, EM, GUEST, GUEST_TOKEN, PM, PROJECT, STRANGER, TOKEN, Desk, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.gateways.gitlab_connection import GitLabConnection

    Connect = Callable[..., GitLabConnection]

MARKER = "<!-- planning-bot: planning-issue team=search milestone=3 -->"
MILESTONE = Named(id=3, name="18.10")
PEOPLE = (Named(id=2, name=PM), Named(id=3, name=EM))
REFERENCE = f"{PROJECT}#1"


def creating(**changes: Any) -> CreateIssue:
    draft = {
        "project": PROJECT, "title": "The plan", "description": f"{MARKER}\n\nWords\n", "labels": ("Planning Issue",),
        "milestone": MILESTONE, "assignees": PEOPLE, "confidential": False,
    }  # fmt: skip
    return CreateIssue(target=PROJECT, because="", marker=MARKER, after=IssueDraft(**{**draft, **changes}))


def editing(before: IssueState, after: IssueState) -> EditIssue:
    return EditIssue(target=REFERENCE, because="", before=before, after=after)


def writing(connection: GitLabConnection, me: str, *trusted: str) -> GitLabWriter:
    return GitLabWriter(connection, me, frozenset({me, *trusted}), ReplacedEdits(connection, me))


@pytest.fixture
def writer(desk: Desk, connect: Connect) -> GitLabWriter:
    return writing(connect(desk.box.url), BOT, PM)


@pytest.fixture
def guest(desk: Desk, connect: Connect) -> GitLabWriter:
    return writing(connect(desk.box.url, GUEST_TOKEN), GUEST)


# ---------------------------------------------------------------------------------------------- a new issue


def test_a_new_issue_is_sent_in_one_request(desk: Desk, writer: GitLabWriter) -> None:
    delivered = writer.send(creating(), Present(None))
    assert delivered == Delivered(created=Created(1, REFERENCE, f"{desk.box.url}/{PROJECT}/-/issues/1"))
    (request,) = desk.box.requests
    assert (request.method, request.body) == (
        "POST",
        {
            "title": "The plan", "description": f"{MARKER}\n\nWords\n", "labels": "Planning Issue", "milestone_id": 3,
            "assignee_ids": [2, 3], "confidential": False,
        },
    )  # fmt: skip


def test_what_was_dropped_of_a_new_issue_is_named(guest: GitLabWriter) -> None:
    assert guest.send(creating(), Present(None)).missing == (
        "label Planning Issue was not set",
        "milestone 18.10 was not taken over",
        "assignee mira was not set",
        "assignee tomas was not set",
    )


def test_a_milestone_of_another_tree_and_an_epic_without_the_tier_are_named(desk: Desk, writer: GitLabWriter) -> None:
    desk.box.gitlab.add_group("other")
    elsewhere = desk.box.gitlab.add_milestone("other", "18.10", start="2026-02-14", due="2026-03-13")
    desk.box.gitlab.add_epic("acme", "Plans", author=PM)
    desk.box.tier = "free"
    change = creating(milestone=Named(id=elsewhere, name="18.10"), epic=Named(id=1, name="acme&1"))
    delivered = writer.send(change, Present(None))
    assert delivered.missing == ("milestone 18.10 was not taken over", "epic acme&1 was not taken over")
    assert delivered.remarks == ("assignee tomas was not set: GitLab's Free tier keeps one assignee",)


def test_a_description_in_which_a_command_was_executed_is_named(writer: GitLabWriter) -> None:
    delivered = writer.send(creating(description=f"{MARKER}\n\n/close\n\nWords"), Present(None))
    assert delivered.missing == ("description was not taken over",)


@pytest.mark.parametrize(
    ("author", "description", "milestone", "found"),
    [
        (BOT, f"{MARKER}\n\nWords", "18.10", True),
        (PM, f"{MARKER}\r\nWords", "18.10", True),
        (STRANGER, f"{MARKER}\n\nWords", "18.10", False),
        (BOT, f"Words\n{MARKER}", "18.10", False),
        (BOT, f" {MARKER}", "18.10", False),
        (BOT, MARKER.replace("=3", "=4"), "18.10", False),
    ],
)
def test_a_create_is_looked_up_by_its_marker(
    desk: Desk,
    writer: GitLabWriter,
    author: str,
    description: str,
    milestone: str,
    found: bool,  # noqa: FBT001 - a parameter
) -> None:
    desk.box.gitlab.add_issue(PROJECT, "Any", author=author, description=description, milestone=milestone)
    assert writer.look(creating()).value == (REFERENCE if found else None)


@pytest.mark.parametrize("state", ["opened", "closed"])
def test_a_create_is_looked_up_in_any_state(desk: Desk, writer: GitLabWriter, state: str) -> None:
    desk.box.gitlab.add_issue(PROJECT, "Any", author=BOT, description=MARKER, milestone="18.10", state=state)
    assert writer.look(creating()).value == REFERENCE


# ---------------------------------------------------------------------------------------------- an edit


def test_labels_are_added_and_never_replaced(desk: Desk, writer: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM, labels=["Deliverable", "type::bug"])
    change = editing(
        IssueState(labels=("Deliverable",)), IssueState(labels=("Deliverable", "Planning Issue", "Sync Meeting"))
    )
    present = writer.look(change)
    assert (present.value == change.before, writer.send(change, present).missing) == (True, ())
    assert desk.box.requests[-1].body == {"add_labels": "Planning Issue,Sync Meeting"}
    assert desk.box.gitlab.issue(PROJECT, 1)["labels"] == [
        "Deliverable", "Planning Issue", "Sync Meeting", "type::bug",
    ]  # fmt: skip


def test_who_is_assigned_is_not_sent_again_so_that_nobody_who_came_meanwhile_is_taken_off(
    desk: Desk, writer: GitLabWriter
) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM, assignees=[EM])
    present = Present(IssueState(), writer.look(editing(IssueState(), IssueState())).seen)
    change = editing(IssueState(assignees=PEOPLE[1:]), IssueState(labels=("Deliverable",), assignees=PEOPLE[1:]))
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, assignees=[EM, PM])
    writer.send(change, present)
    (sent,) = [request.body for request in desk.box.requests if request.method == "PUT"]
    assert sent == {"add_labels": "Deliverable"}
    assert {person["username"] for person in desk.box.gitlab.issue(PROJECT, 1)["assignees"]} == {EM, PM}


def test_only_what_is_touched_is_sent(desk: Desk, writer: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM, milestone="18.9", description="Words")
    change = editing(IssueState(milestone=Named(id=2, name="18.9")), IssueState(milestone=MILESTONE))
    present = writer.look(change)
    assert present.value == change.before
    writer.send(change, present)
    (written,) = [request.body for request in desk.box.requests if request.method == "PUT"]
    assert written == {"milestone_id": 3}


def test_nothing_else_of_a_description_changes(desk: Desk, writer: GitLabWriter) -> None:
    other = wrap_section("links", "Links, by hand").replace("by hand", "edited by hand")
    mine = wrap_section("overview", "Old")
    text = f"  Before, with blanks  \n\n{mine}\n\nBetween <!-- a comment -->\n\n{other}\n\nAfter\n\n\n- [ ] open"
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM, description=text)
    stored = desk.box.gitlab.issue(PROJECT, 1)["description"]
    change = editing(IssueState(sections={"overview": "Old"}), IssueState(sections={"overview": "New"}))
    present = writer.look(change)
    assert (present.value == change.before, writer.send(change, present).missing) == (True, ())
    assert desk.box.gitlab.issue(PROJECT, 1)["description"] == stored.replace(mine, wrap_section("overview", "New"))


def test_a_section_that_is_not_there_is_put_at_the_end(desk: Desk, writer: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM, description="Words\r\nof ours")
    change = editing(IssueState(sections={"overview": None}), IssueState(sections={"overview": "New"}))
    present = writer.look(change)
    assert (present.value == change.before, writer.send(change, present).missing) == (True, ())
    description = desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert description.replace("\r", "") == f"Words\nof ours\n\n{wrap_section('overview', 'New')}"
    assert find_section(description, "overview").text == "New"


def test_what_was_dropped_of_an_edit_is_named(desk: Desk, guest: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=GUEST)
    change = editing(
        IssueState(labels=(), milestone=None, sections={"a": None}),
        IssueState(labels=("Planning Issue",), milestone=MILESTONE, sections={"a": "Words\n\n/close\n"}),
    )
    assert guest.send(change, guest.look(change)).missing == (
        "label Planning Issue was not set",
        "milestone was not taken over",
        "the text of the sections was not taken over",
    )


def test_an_edit_without_permission_is_refused(desk: Desk, guest: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    change = editing(IssueState(labels=()), IssueState(labels=("Deliverable",)))
    with pytest.raises(ServerError) as raised:
        guest.send(change, guest.look(change))
    assert raised.value.status == 403


@pytest.mark.parametrize(
    ("edit", "seen"),
    [
        ({"add_labels": ["Planning Issue"]}, {"labels": ("Planning Issue",)}),
        ({"add_labels": ["Sync Meeting"]}, {}),
        ({"milestone": "18.9"}, {"milestone": Named(id=2, name="18.9")}),
        ({"title": "Other", "assignees": ["ana"], "state_event": "close"}, {}),
        ({"description": wrap_section("a", "Theirs")}, {"sections": {"a": "Theirs"}}),
    ],
)
def test_the_present_is_what_the_change_touches_and_nothing_else(
    desk: Desk, writer: GitLabWriter, edit: dict[str, Any], seen: dict[str, Any]
) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    change = editing(
        IssueState(labels=(), milestone=None, sections={"a": None}),
        IssueState(labels=("Planning Issue",), milestone=MILESTONE, sections={"a": "New"}),
    )
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, **edit)
    assert writer.look(change).value == change.before.model_copy(update=seen)


# ---------------------------------------------------------------------------------------------- a note


def noting(text: str = "Words", before: str | None = None) -> WriteNote:
    return WriteNote(target=REFERENCE, because="", before=before, after=f"{MARKER}\n\n{text}")


def test_a_note_is_written_and_found_again(desk: Desk, writer: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    absent = writer.look(noting())
    assert (absent.value, writer.send(noting(), absent)) == (None, Delivered(created=Created(1, REFERENCE, "")))
    assert writer.look(noting()).value == f"{MARKER}\n\nWords"
    assert len(desk.box.gitlab.notes(PROJECT, 1)) == 1


def test_a_note_of_somebody_else_is_not_the_programs(desk: Desk, writer: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    desk.box.gitlab.add_note(PROJECT, 1, STRANGER, f"{MARKER}\n\nWords")
    assert writer.look(noting()).value is None


# ---------------------------------------------------------------------------------------------- answers, pace


@pytest.mark.parametrize("body", [{}, {"iid": "x", "labels": None}, {"id": 1, "body": 1, "labels": 1}])
@pytest.mark.parametrize(
    "change", [creating(), editing(IssueState(labels=()), IssueState(labels=("a",))), noting()], ids=lambda c: c.kind
)
def test_an_answer_to_a_write_that_makes_no_sense_is_an_unknown_outcome(
    connect: Connect, change: Any, body: dict[str, Any]
) -> None:
    with Scripted([answer(body)]) as server:
        writer = writing(connect(server.url), BOT)
        with pytest.raises(UnknownOutcomeError, match="the answer lacks what GitLab documents"):
            writer.send(change, Present(None))
    assert len(server.asked) == 1


def test_a_look_whose_answer_makes_no_sense_is_an_error_and_no_absence(connect: Connect) -> None:
    change = editing(IssueState(labels=()), IssueState(labels=("a",)))
    with Scripted([answer({"id": 1}), answer([{"id": 1}])]) as server:
        writer = writing(connect(server.url), BOT)
        for one in (change, creating()):
            with pytest.raises(ServerError):
                writer.look(one)


def test_pace_lets_so_many_pass_in_any_minute(clock: FakeClock) -> None:
    pace = Pace(Clock(clock.now, clock.sleep), 3)
    at = []
    for _ in range(8):
        pace.keep()
        at.append(clock.now() - clock.started)
        clock.sleep(10)
    assert at == [0, 10, 20, 60, 70, 80, 120, 130]


def test_notes_and_creates_keep_their_pace(desk: Desk, writer: GitLabWriter) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    for number in range(31):
        writer.send(noting(str(number)), Present(None))
    assert desk.clock.waited == pytest.approx(60)
    for number in range(61):
        writer.send(creating(title=str(number), labels=(), assignees=()), Present(None))
    assert desk.clock.waited == pytest.approx(120)
    assert TOKEN not in str([request.body for request in desk.box.requests])
