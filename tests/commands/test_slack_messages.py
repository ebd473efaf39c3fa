"""What commands make of Slack, as people type them: one message, the other work done, the token in nothing."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.story import CHANNEL, MANAGER, tell_story
from tests.support import Desk, FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "xoxb-Canary+/4711=end"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Iterator[Desk]:
    """Give a desk with the story of the sandbox, and the planning issue of the milestone that runs."""
    with Sandbox() as box:
        story = tell_story(box)
        story.write_files(tmp_path)
        box.slack.add_token(TOKEN)
        for name, value in {**story.environment(tmp_path), "SLACK_BOT_TOKEN": TOKEN}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PLANNING_BOT_STATE", str(tmp_path / "state"))
        desk = Desk(box, tmp_path, clock)
        assert desk.run("create-issue", "--milestone", "18.9", "--apply").code == 0
        yield desk


def messages(desk: Desk) -> list[str]:
    return [message["text"] for message in desk.box.slack.messages(CHANNEL)]


def posted_to_gitlab(desk: Desk) -> bool:
    issues = desk.box.gitlab.issues("acme/search/planning")
    return any("At risk" in issue["description"] or "at risk" in issue["description"] for issue in issues)


def test_a_week_has_one_message_which_is_updated_and_the_next_week_has_another(desk: Desk) -> None:
    assert desk.run("status", "--apply").code == 0
    first = desk.box.slack.messages(CHANNEL)
    desk.day = "2026-02-01"
    assert desk.run("status", "--apply").code == 0
    (second,) = desk.box.slack.messages(CHANNEL)
    assert (second["ts"], second["edited"]) == (first[0]["ts"], True)
    desk.day = "2026-02-02"
    assert desk.run("status", "--apply").code == 0
    assert len(messages(desk)) == 2


def test_the_second_run_writes_nothing_to_slack_either(desk: Desk) -> None:
    desk.run("status", "--apply")

    assert desk.run("status", "--apply").writes == []


def test_a_dry_run_only_reads(desk: Desk) -> None:
    ran = desk.run("status", "--dry-run")

    assert (ran.code, ran.writes, messages(desk)) == (0, [], [])
    assert "post message  slack team-search" in ran.out


def test_where_slack_refuses_the_part_of_gitlab_is_done(desk: Desk) -> None:
    desk.box.slack.archive(CHANNEL)

    ran = desk.run("status", "--apply")

    assert (ran.code, posted_to_gitlab(desk)) == (4, True)
    assert "the channel is archived" in ran.err + ran.out


def test_where_the_token_is_missing_the_part_of_gitlab_is_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")

    ran = desk.run("status", "--apply")

    assert (ran.code, posted_to_gitlab(desk)) == (4, True)
    assert "SLACK_BOT_TOKEN is not set: export the bot token" in ran.err + ran.out


def test_a_saved_plan_posts_what_was_reviewed_and_is_stale_once_it_stands_there(desk: Desk) -> None:
    plan = str(desk.folder / "plan.json")
    assert desk.run("status", "--out", plan).code == 0

    assert desk.run("apply", plan).code == 0
    assert len(messages(desk)) == 1
    assert desk.run("apply", plan).code == 3


@pytest.mark.parametrize(("confidential", "visibility", "is_told"), [
    (False, "public", True), (True, "public", False), (False, "private", False),
])  # fmt: skip
def test_a_title_that_not_everybody_may_see_is_not_told(
    desk: Desk, *, confidential: bool, visibility: str, is_told: bool
) -> None:
    store = desk.box._store  # noqa: SLF001 - a project's visibility is the administrator's
    for project in ("acme/search/engine", "acme/search/frontend"):
        for row in store.rows("SELECT id FROM projects WHERE path = ?", project):
            store.update("projects", row["id"], visibility=visibility)
        for issue in desk.box.gitlab.issues(project):
            desk.box.gitlab.edit_issue(project, issue["iid"], by=MANAGER, title="A canary", confidential=confidential)
    for row in store.rows("SELECT id FROM projects WHERE path = 'acme/search/planning'"):
        store.update("projects", row["id"], visibility="public")
    assert desk.run("say-do", "--apply").code == 0

    text = str(desk.box.slack.messages(CHANNEL))
    assert ("|acme/search/engine#" in text, "canary" in text) == (True, is_told)


@pytest.mark.parametrize("kind", ["401", "500", "html-200", "reset-before", "redirect", "429", "reset-after"])
def test_the_token_is_in_no_output(desk: Desk, kind: str) -> None:
    desk.box.fail(Fault(kind, path="/slack/", times=None, location=f"https://evil.test/?{TOKEN}"))

    ran = desk.run("status", "--apply", "-v", "--format", "json")

    assert ran.code in {1, 4}
    for form in (TOKEN, quote(TOKEN, safe=""), base64.b64encode(TOKEN.encode()).decode()):
        assert form not in ran.out + ran.err
