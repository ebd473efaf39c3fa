"""What `say-do` and `status` tell in Slack, over HTTP: posted once, updated in place, and what if it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.milestone import ENGINE, Milestone
from tests.support import CONFIG, EM, PROJECT

if TYPE_CHECKING:
    from tests.support import Desk

MADE = "2025-12-20 +group::search @18.9 w2"
PROMISED = (MADE, "01-08 +Deliverable")
SLACK_TOKEN = "xoxb-of-the-sandbox"
CHANNEL = "C0SEARCH"


@pytest.fixture
def work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Milestone:
    """Give a milestone with a planning issue, and a channel."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", SLACK_TOKEN)
    desk.box.slack.add_channel(CHANNEL, "team-search")
    desk.box.slack.add_token(SLACK_TOKEN)
    settings = "    say_do: {{channel: team-search}}\n"
    desk.configure(f"slack: {{{{api_url: '{desk.box.slack.api_url}'}}}}\n{CONFIG}{settings}")
    work = Milestone(desk)
    work.planned()
    return work


def messages(work: Milestone) -> list[str]:
    return [message["text"] for message in work.desk.box.slack.messages(CHANNEL) if not message.get("files")]


def test_say_do_is_told_once_and_updated_in_place(work: Milestone) -> None:
    number = work.issue(*PROMISED)
    assert work.desk.run("say-do", "--apply").code == 0
    assert messages(work) == ["*Search 18.9: Say/Do 0 %*, 0 of 1"]
    assert work.desk.run("say-do", "--apply").sent == []
    work.edit(number, "02-05 close")
    assert work.desk.run("say-do", "--apply").code == 0
    assert messages(work) == ["*Search 18.9: Say/Do 100 %*, 1 of 1"]


def test_the_chart_is_uploaded_once(work: Milestone) -> None:
    work.issue(*PROMISED)
    first, second = work.desk.run("say-do", "--apply"), work.desk.run("say-do", "--apply")
    uploads = [path for _, path in first.sent if "files" in path]
    assert any("completeUpload" in path for path in uploads), first.sent
    assert second.sent == []


def test_status_is_told_once_a_week(work: Milestone) -> None:
    work.issue(*PROMISED)
    for day, posted in (("2026-01-20", 1), ("2026-01-22", 1), ("2026-01-26", 2)):
        work.desk.day = day
        assert work.desk.run("status", "--apply").code == 0
        assert len(messages(work)) == posted
    assert messages(work)[-1].startswith("*Search 18.9, day")


def test_a_confidential_title_reaches_no_channel(work: Milestone) -> None:
    work.issue(*PROMISED, title="Something secret", confidential=True)
    work.issue(*PROMISED, title="Something open")
    assert work.desk.run("say-do", "--apply").code == 0
    told = str(work.desk.box.slack.messages(CHANNEL))
    assert "Something open" in told
    assert "Something secret" not in told
    assert f"{ENGINE}#1" in told


def test_a_title_of_a_project_that_fewer_may_see_reaches_no_channel(work: Milestone) -> None:
    work.desk.box.gitlab.add_project("acme/search/hidden", visibility="private")
    work.issue(*PROMISED, title="Something hidden", project="acme/search/hidden")
    assert work.desk.run("say-do", "--apply").code == 0
    told = str(work.desk.box.slack.messages(CHANNEL))
    assert "acme/search/hidden#1" in told
    assert "Something hidden" not in told


def test_where_slack_refuses_gitlab_is_written_and_the_exit_code_says_so(work: Milestone) -> None:
    work.issue(*PROMISED)
    work.desk.configure(
        work.desk.config.read_text().replace("team-search", "no-such-channel").replace("{", "{{").replace("}", "}}")
    )
    ran = work.desk.run("say-do", "--apply")
    assert ran.code == 4
    assert "no channel 'no-such-channel'" in ran.err
    assert "Say/Do" in work.desk.box.gitlab.issue(PROJECT, 1)["description"]


def test_without_a_slack_token_gitlab_is_written_all_the_same(work: Milestone, monkeypatch: pytest.MonkeyPatch) -> None:
    work.issue(*PROMISED)
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    ran = work.desk.run("say-do", "--apply")
    assert ran.code == 4
    assert "SLACK_BOT_TOKEN is not set" in ran.err


def test_a_person_who_answers_in_the_channel_changes_nothing(work: Milestone) -> None:
    work.issue(*PROMISED)
    work.desk.run("say-do", "--apply")
    work.desk.box.slack.say(CHANNEL, "well done", user="U0PERSON")
    work.edit(1, "02-10 +customer", by=EM)
    assert work.desk.run("say-do", "--apply").sent == []
