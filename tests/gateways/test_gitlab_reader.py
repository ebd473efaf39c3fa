from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.domain.change import Named
from planning_bot.domain.issue import Board, BoardList, Issue, Label, Note, User
from planning_bot.domain.milestone import Milestone
from planning_bot.errors import ServerError
from planning_bot.gateways.gitlab_reader import GitLabReader
from tests.gateways.scripted import Scripted, answer
from tests.support import BOT, EM, GROUP, PM, PROJECT, STRANGER, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.gateways.gitlab_connection import GitLabConnection

    Connect = Callable[..., GitLabConnection]

ROW: dict[str, Any] = {
    "id": 7, "iid": 3, "project_id": 1, "title": "One", "state": "opened", "labels": [],
    "created_at": "2026-01-31T09:00:00.000Z", "references": {"full": "a/b#3"},
}  # fmt: skip


def test_the_tokens_user_is_read(reader: GitLabReader) -> None:
    assert reader.me() == User(1, BOT, "Planning Bot", is_bot=True)


def test_milestones_of_the_group_and_above_are_read_in_any_state(desk: Desk, reader: GitLabReader) -> None:
    desk.box.gitlab.close_milestone("acme", "18.10")
    found = {milestone.title: milestone for milestone in reader.milestones(GROUP)}
    url = f"{desk.box.url}/groups/acme/-/milestones"
    assert len(found) == 8
    assert found["18.10"] == Milestone(3, "18.10", date(2026, 2, 14), date(2026, 3, 13), f"{url}/3")
    assert found["Backlog"] == Milestone(8, "Backlog", None, None, f"{url}/8")


def test_a_label_goes_by_its_very_name(reader: GitLabReader) -> None:
    found = [reader.label(GROUP, name) for name in ("Deliverable", "deliverable", "Deliver", "type::bug")]
    assert found == [Label(2, "Deliverable"), None, None, Label(4, "type::bug")]


def test_a_label_beyond_the_first_page_is_asked_for_by_its_name(desk: Desk, reader: GitLabReader) -> None:
    for number in range(120):
        desk.box.gitlab.add_label("acme", f"A label {number}")
    desk.box.gitlab.add_label("acme", "zz top")
    assert reader.label(GROUP, "zz top") == Label(138, "zz top")
    assert reader.label(GROUP, "zz") is None


def test_a_person_goes_by_the_username_in_any_case(reader: GitLabReader) -> None:
    found = [reader.person(name) for name in ("mira", "MIRA", "mir", "nobody")]
    mira = User(2, "mira", "Mira Lindqvist")
    assert found == [mira, mira, None, None]


def test_an_issue_is_read_whole(desk: Desk, reader: GitLabReader) -> None:
    number = desk.box.gitlab.add_issue(
        PROJECT, "One", author=PM, labels=["Deliverable", "type::bug"], milestone="18.10", assignees=[EM, "ana"],
        weight=3, description="Words", confidential=True,
    )  # fmt: skip
    issue = reader.issue(PROJECT, number)
    created = datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert issue.created_at.replace(microsecond=0) == created
    assert issue == Issue(
        id=1, iid=1, project_id=1, reference=f"{PROJECT}#1", web_url=f"{desk.box.url}/{PROJECT}/-/issues/1",
        title="One", description="Words", state="opened", author=PM, labels=frozenset({"Deliverable", "type::bug"}),
        milestone_id=3, milestone="18.10",
        assignees=(User(3, EM, "Tomas Okafor"), User(4, "ana", "Ana Ferreira")), confidential=True,
        created_at=issue.created_at, weight=3, notes_count=0, updated_at=issue.updated_at,
    )  # fmt: skip


def test_an_issue_of_the_free_tier_has_no_weight(desk: Desk, reader: GitLabReader) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM, weight=3)
    desk.box.tier = "free"
    issue = reader.issue(PROJECT, 1)
    assert (issue.weight, issue.tier_has_weights) == (None, False)


def test_what_may_be_null_may_be_null(connect: Connect) -> None:
    nothing = dict.fromkeys(
        ("author", "description", "milestone", "assignees", "web_url", "weight", "user_notes_count")
    )
    with Scripted([answer({**ROW, **nothing})]) as server:
        issue = GitLabReader(connect(server.url)).issue("a/b", 3)
    found = (issue.author, issue.description, issue.milestone, issue.assignees, issue.web_url, issue.weight)
    assert found == ("", "", None, (), "", None)


def test_a_lone_surrogate_is_replaced(connect: Connect) -> None:
    with Scripted([answer({**ROW, "title": "a\ud800b"})]) as server:
        assert GitLabReader(connect(server.url)).issue("a/b", 3).title == "a?b"


@pytest.mark.parametrize("lost", ["id", "references", "state", "labels", "created_at"])
@pytest.mark.parametrize("several", [True, False], ids=["in a list", "alone"])
def test_an_issue_that_lacks_what_gitlab_documents_is_an_error_that_names_it(
    connect: Connect,
    lost: str,
    several: bool,  # noqa: FBT001 - a parameter
) -> None:
    row = {key: value for key, value in ROW.items() if key != lost}
    with Scripted([answer([row] if several else row)]) as server:
        reader = GitLabReader(connect(server.url))
        with pytest.raises(ServerError, match=f"'{lost}'|shape"):
            reader.project_issues("a/b") if several else reader.issue("a/b", 3)


@pytest.mark.parametrize("wrong", [{"labels": [{"name": "a"}]}, {"created_at": "soon"}, {"references": None}])
def test_an_issue_of_wrong_types_is_an_error(connect: Connect, wrong: dict[str, Any]) -> None:
    with Scripted([answer([{**ROW, **wrong}])]) as server, pytest.raises(ServerError, match="what GitLab documents"):
        GitLabReader(connect(server.url)).project_issues("a/b")


def test_issues_are_asked_for_from_the_oldest_on(desk: Desk, reader: GitLabReader) -> None:
    for title in ("first", "second"):
        desk.box.gitlab.add_issue(PROJECT, title, author=PM)
    assert [issue.title for issue in reader.project_issues(PROJECT, state="opened")] == ["first", "second"]
    assert {key: desk.box.requests[0].query[key] for key in ("order_by", "sort", "per_page")} == {
        "order_by": ["created_at"], "sort": ["asc"], "per_page": ["100"],
    }  # fmt: skip


def test_notes_are_read_from_the_oldest_on(desk: Desk, reader: GitLabReader) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    for who, body in ((PM, "First"), (STRANGER, "Second")):
        desk.box.gitlab.add_note(PROJECT, 1, who, body)
    found = [(note.body, note.author) for note in reader.notes(PROJECT, 1)]
    assert found == [("First", PM), ("Second", STRANGER)]
    assert all(isinstance(note, Note) for note in reader.notes(PROJECT, 1))


def test_what_was_taken_off_is_read_from_the_events(desk: Desk, reader: GitLabReader) -> None:
    gitlab = desk.box.gitlab
    gitlab.add_issue(PROJECT, "One", author=PM, labels=["Deliverable", "type::bug"], milestone="18.10")
    gitlab.edit_issue(PROJECT, 1, by=PM, remove_labels=["Deliverable", "type::bug"], milestone=None)
    gitlab.edit_issue(PROJECT, 1, by=PM, add_labels=["type::bug"])
    gitlab.delete_label("acme", "Sync Meeting")
    assert reader.labels_taken_off(PROJECT, 1) == {"Deliverable"}
    assert reader.milestone_taken_off(PROJECT, 1) is True


def test_boards_are_read_with_their_scope_and_their_lists_in_order(desk: Desk, reader: GitLabReader) -> None:
    names = ("in dev", "in review")
    labels = [Label(desk.box.gitlab.add_label(GROUP, name), name) for name in names]
    desk.box.gitlab.add_board(GROUP, "Build", lists=names)
    assert reader.boards(GROUP) == (
        Board(
            id=1, name="Build", web_url=f"{desk.box.url}/groups/{GROUP}/-/boards/1", milestone_id=None,
            milestone=None, labels=frozenset(),
            lists=(BoardList(1, labels[0], 0), BoardList(2, labels[1], 1)),
        ),
    )  # fmt: skip


def test_a_list_of_a_board_that_is_no_labels_has_none(connect: Connect) -> None:
    columns = [{"id": 2, "label": None, "position": 1}, {"id": 1, "milestone": {"id": 9}, "position": 0}]
    with Scripted([answer([{"id": 1, "name": "Mixed", "lists": columns}])]) as server:
        (board,) = GitLabReader(connect(server.url)).boards("a")
    assert board.lists == (BoardList(1, None, 0), BoardList(2, None, 1))


def test_an_epic_goes_by_its_reference(desk: Desk, reader: GitLabReader) -> None:
    number = desk.box.gitlab.add_epic("acme", "Plans", author=PM)
    assert reader.epic(f"acme&{number}") == Named(id=1, name=f"acme&{number}")
    with pytest.raises(ServerError) as raised:
        reader.epic("acme&99")
    assert raised.value.status == 404


def test_each_thing_is_fetched_once(desk: Desk, reader: GitLabReader) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    for _ in range(2):
        reader.me()
        reader.milestones(GROUP)
        reader.person(PM)
        reader.project_issues(PROJECT, state="opened")
        reader.notes(PROJECT, 1)
        reader.boards(GROUP)
        for name in ("Deliverable", "type::bug", "none"):
            reader.label(GROUP, name)
    assert len(desk.box.requests) == len({(one.path, str(one.query)) for one in desk.box.requests}) == 7


def test_each_thing_is_fetched_once_where_many_want_it_at_the_same_time(desk: Desk, reader: GitLabReader) -> None:
    desk.box.latency = 0.05
    found = reader.together(*[reader.me] * 4, *[lambda: reader.milestones(GROUP)] * 4)
    assert len({str(one) for one in found}) == 2
    assert len(desk.box.requests) == 2


def test_what_failed_once_fails_for_everybody_who_asks(connect: Connect) -> None:
    with Scripted([answer({}, 403), answer({"id": 1, "username": "late"})]) as server:
        reader = GitLabReader(connect(server.url))
        for _ in range(2):
            with pytest.raises(ServerError, match="403"):
                reader.me()
    assert len(server.asked) == 1


def test_one_issue_is_read_anew_each_time(desk: Desk, reader: GitLabReader) -> None:
    desk.box.gitlab.add_issue(PROJECT, "One", author=PM)
    titles = [reader.issue(PROJECT, 1).title]
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, title="Two")
    titles.append(reader.issue(PROJECT, 1).title)
    assert titles == ["One", "Two"]
