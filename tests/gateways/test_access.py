"""What a token may do, as GitLab and Slack tell it: over HTTP, and answers that make no sense."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from planning_bot.domain.access import Account, Bot, Channel, Membership, Place, Token
from planning_bot.errors import ServerError
from planning_bot.gateways.gitlab_access import GitLabAccess
from planning_bot.gateways.slack_access import SlackAccess
from planning_bot.gateways.slack_connection import SlackConnection
from tests.gateways.scripted import Scripted, answer
from tests.support import BOT, GROUP, GUEST, PROJECT, STRANGER, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planning_bot.gateways.gitlab_connection import GitLabConnection

    Connect = Callable[..., GitLabConnection]

SLACK_TOKEN = "xoxb-0815"


@pytest.fixture
def access(desk: Desk, connect: Connect) -> GitLabAccess:
    return GitLabAccess(connect(desk.box.url))


@pytest.fixture
def slack(desk: Desk) -> Iterator[SlackAccess]:
    desk.box.slack.add_token(SLACK_TOKEN, scopes=("chat:write", "channels:read", "groups:read"))
    connection = SlackConnection(desk.box.slack.api_url, SecretStr(SLACK_TOKEN))
    yield SlackAccess(connection)
    connection.close()


def test_a_token_tells_its_scopes_and_its_end(desk: Desk, access: GitLabAccess, connect: Connect) -> None:
    assert access.token() == Token(frozenset({"api"}))
    desk.box.gitlab.add_token("other", BOT, scopes=("read_api", "read_user"), expires_at="2026-03-01")
    other = GitLabAccess(connect(desk.box.url, "other"))
    assert other.token() == Token(frozenset({"read_api", "read_user"}), date(2026, 3, 1))


def test_accounts_go_by_their_username_in_any_case(desk: Desk, access: GitLabAccess) -> None:
    desk.box.gitlab.block_user(STRANGER)
    assert access.me() == Account(1, BOT)
    assert [access.account(name) for name in ("Mira", STRANGER, "nobody")] == [
        Account(2, "mira"), Account(6, STRANGER, "blocked"), None,
    ]  # fmt: skip


def test_a_group_and_a_project_tell_who_sees_them_and_whether_they_can_be_worked_in(
    desk: Desk, access: GitLabAccess
) -> None:
    assert access.group(GROUP) == Place(GROUP, "public")
    assert access.project(PROJECT.upper()) == Place(PROJECT, "public")
    desk.box.gitlab.archive(PROJECT)
    desk.box.gitlab.turn_issues_off(PROJECT)
    desk.box.gitlab.delete_later(GROUP, "2026-02-20")
    assert access.project(PROJECT) == Place(PROJECT, "public", is_archived=True, has_issues=False)
    assert access.group(GROUP) == Place(GROUP, "public", deleted_on=date(2026, 2, 20))


def test_roles_are_asked_of_some_people_and_inherited_ones_count(desk: Desk, access: GitLabAccess) -> None:
    desk.box.gitlab.end_membership(GUEST, "2026-02-10")
    ids = [account.id for name in (BOT, GUEST, STRANGER) if (account := access.account(name))]
    expected = {ids[0]: Membership(40), ids[1]: Membership(10, date(2026, 2, 10))}
    assert access.group_members(GROUP, ids) == expected
    assert access.project_members(PROJECT, ids) == expected
    assert access.group_members(GROUP, []) == {}


def test_of_many_people_the_roles_are_asked_in_several_requests(desk: Desk, access: GitLabAccess) -> None:
    before = len(desk.box.requests)
    assert len(access.group_members(GROUP, range(1, 121))) == 6
    asked = [len(request.query["user_ids"][0].split(",")) for request in desk.box.requests[before:]]
    assert asked == [50, 50, 20]


def test_a_label_anywhere_in_the_tree_is_found_by_its_very_name(desk: Desk, access: GitLabAccess) -> None:
    desk.box.gitlab.add_label(PROJECT, "backend")
    desk.box.gitlab.add_label("acme", "Backend and more")
    assert [access.has_label_below("acme", name) for name in ("backend", "Backend", "Deliverable")] == [
        True, False, True,
    ]  # fmt: skip


def test_the_plan_shows_in_a_board_or_else_in_an_issue(desk: Desk, access: GitLabAccess) -> None:
    gitlab = desk.box.gitlab
    seen = []
    for arrange in (
        lambda: None,
        lambda: gitlab.add_issue(PROJECT, "One", author=BOT),
        lambda: gitlab.add_board(GROUP, "B"),
    ):
        arrange()
        for tier in ("premium", "free"):
            desk.box.tier = tier
            seen.append(access.has_scoped_boards(GROUP))
    assert seen == [None, None, True, False, True, False]


def test_the_token_of_a_bot_tells_its_scopes(slack: SlackAccess) -> None:
    assert slack.bot() == Bot("planning-bot", frozenset({"chat:write", "channels:read", "groups:read"}))


def test_a_channel_goes_by_its_name_or_its_id(desk: Desk, slack: SlackAccess) -> None:
    desk.box.slack.add_channel("C0SEARCH01", "team-search", is_private=True)
    desk.box.slack.add_channel("C0OTHER001", "other", members=(), is_archived=True)
    assert [slack.channel(name) for name in ("#team-search", "C0OTHER001")] == [
        Channel("C0SEARCH01", "team-search", is_member=True, is_private=True),
        Channel("C0OTHER001", "other", is_member=False, is_archived=True),
    ]
    with pytest.raises(ServerError, match="no channel 'nowhere'"):
        slack.channel("nowhere")


def test_another_channel_than_was_asked_for_is_an_error() -> None:
    with (
        Scripted([answer({"ok": True, "channel": {"id": "C0OTHER001"}})]) as server,
        closing(SlackConnection(f"{server.url}/", SecretStr(SLACK_TOKEN))) as connection,
        pytest.raises(ServerError, match="not what Slack documents"),
    ):
        SlackAccess(connection).channel("C0SEARCH01")


@pytest.mark.parametrize("body", [{}, [], None, {"id": 1, "scopes": None}, {"scopes": ["api"], "expires_at": "soon"}])
@pytest.mark.parametrize(
    "ask",
    [GitLabAccess.token, GitLabAccess.me, lambda access: access.group("acme"), lambda access: access.project("acme/x")],
)
def test_an_answer_that_makes_no_sense_is_an_error(
    body: object, ask: Callable[[GitLabAccess], object], connect: Connect
) -> None:
    with Scripted([answer(body)]) as server, pytest.raises(ServerError):
        ask(GitLabAccess(connect(server.url)))
