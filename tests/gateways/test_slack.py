"""The program's door to Slack, over HTTP: the real slack_sdk on this side, the pretend Slack on the other."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.delivery import deliver
from planning_bot.domain.change import PostMessage
from planning_bot.domain.message import MOST_IN_ALL, Chart, Message, Spot, compose, slack_target
from planning_bot.domain.plan import Outcome, Plan, Remark, SavedPlan, TeamPlan
from planning_bot.errors import PlanningBotError, ServerError, UnknownOutcomeError, UsageError
from planning_bot.gateways.slack import VARIABLE, SlackReader, SlackWriter, connect
from planning_bot.gateways.slack_errors import WORDS
from planning_bot.planners.messages import plan_message
from planning_bot.rendering.escaping import slack as escaped
from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.slack import SCOPES
from planning_bot.sandbox.slack_api import METHODS
from tests.builders import Unrecorded
from tests.gateways.scripted import Scripted, answer, dropped, raw
from tests.rendering.hostile import CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planning_bot.domain.delivered import Delivered
    from planning_bot.gateways.slack_connection import SlackConnection
    from tests.support import FakeClock

TOKEN, CHANNEL, KEY = "xoxb-Canary+/4711=end", "C012345678", "say-do search 18.10"
NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
CHART = Chart(name="say-do.png", title="Say/Do", description="80 % of 10", png=b"\x89PNG\r\n\x00\xff")
POST, UPDATE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as running:
        running.slack.add_channel(CHANNEL, "team-search")
        running.slack.add_token(TOKEN)
        yield running


@pytest.fixture
def connection(box: Sandbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackConnection]:
    assert clock.waits == []
    monkeypatch.setenv(VARIABLE, TOKEN)
    opened = connect(box.slack.api_url)
    yield opened
    opened.close()


class Run:
    """What one run does: look, plan, and carry the plan out."""

    def __init__(self, connection: SlackConnection) -> None:
        self.reader = SlackReader(connection)
        self.writer = SlackWriter(connection, self.reader)

    def plan(self, message: Message, channel: str = CHANNEL, key: str = KEY) -> Plan:
        """Look, and plan."""
        spot = Spot(channel, key, None, next(iter(self.reader.posted(channel, key)), None), self.reader.may_upload)
        return plan_message(spot, message, "the numbers")

    def carry_out(self, plan: Plan) -> Outcome:
        """Carry a plan out."""
        return deliver(plan, self.writer, together, lambda _: None, Unrecorded()).outcome  # type: ignore[arg-type]

    def post(self, message: Message, channel: str = CHANNEL, key: str = KEY) -> Outcome:
        """Do all of it."""
        return self.carry_out(self.plan(message, channel, key))


@pytest.fixture
def run(connection: SlackConnection) -> Run:
    return Run(connection)


def together(*reads: Callable[[], Any]) -> list[Any]:
    return [read() for read in reads]


def message(text: str = "*Say/Do* 80 %\n\nall of it", chart: Chart | None = None) -> Message:
    return compose(text, chart=chart)


def change(**parts: Any) -> PostMessage:
    whole = {"target": slack_target(CHANNEL), "because": "the numbers", "channel": CHANNEL, "key": KEY, "before": None}
    return PostMessage(**{**whole, "after": message(), **parts})


def send(run: Run, wanted: PostMessage | None = None) -> Delivered:
    wanted = wanted or change()
    return run.writer.send(wanted, run.writer.look(wanted))


def calls(box: Sandbox, name: str = "") -> list[str]:
    found = [request.path.rpartition("/")[2] for request in box.requests]
    return [call for call in found if not name or call == name]


def failure(of: Callable[[], object]) -> PlanningBotError:
    with pytest.raises(PlanningBotError) as caught:
        of()
    return caught.value


def texts(box: Sandbox) -> list[list[str]]:
    return [[b.get("text", {}).get("text", "") for b in found["blocks"]] for found in box.slack.messages(CHANNEL)]


# Posted once, updated in place


def test_a_message_is_posted_with_its_key_and_alerts_nobody(run: Run, box: Sandbox) -> None:
    assert run.post(message()) == Outcome(applied=1)
    (posted,) = box.slack.messages(CHANNEL)
    assert posted["text"] == "*Say/Do* 80 %"
    assert texts(box) == [["*Say/Do* 80 %", "all of it"]]
    assert posted["metadata"] == {
        "event_type": "planning_bot",
        "event_payload": {"key": KEY, "digest": message().digest},
    }
    assert posted["options"] == {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}
    assert (posted["alerts"], posted["links"]) == ([], [])


def test_twice_is_one_message_and_the_second_run_writes_nothing(run: Run, box: Sandbox) -> None:
    run.post(message())
    assert run.plan(message()) == Plan()
    assert len(box.slack.messages(CHANNEL)) == 1
    assert calls(box, POST) == [POST]


def test_other_numbers_update_the_message_in_place(run: Run, box: Sandbox) -> None:
    run.post(message())
    (before,) = box.slack.messages(CHANNEL)
    plan = run.plan(message("*Say/Do* 90 %"))
    (planned,) = plan.changes
    assert isinstance(planned, PostMessage)
    assert planned.before is not None
    assert planned.before.blocks == ("*Say/Do* 80 %", "all of it")
    assert run.carry_out(plan) == Outcome(applied=1)
    (after,) = box.slack.messages(CHANNEL)
    assert (after["ts"], after["edited"], after["text"]) == (before["ts"], True, "*Say/Do* 90 %")
    assert run.plan(message("*Say/Do* 90 %")) == Plan()


def test_what_another_run_posted_meanwhile_is_not_posted_again(run: Run, box: Sandbox) -> None:
    plan = run.plan(message())
    run.post(message())
    assert run.carry_out(plan).skipped == (Remark(target=f"slack {CHANNEL}", because="it is so already"),)
    assert len(box.slack.messages(CHANNEL)) == 1


def test_other_numbers_that_another_run_posted_meanwhile_stay(run: Run, box: Sandbox) -> None:
    plan = run.plan(message("*Say/Do* 70 %"))
    run.post(message())
    assert run.carry_out(plan).applied == 0
    assert texts(box) == [["*Say/Do* 80 %", "all of it"]]


@pytest.mark.parametrize("key", ["say-do search 18.1", "say-do search 18.10 ", "status search 18.10 2026-W11", "x"])
def test_every_key_has_a_message_of_its_own(run: Run, box: Sandbox, key: str) -> None:
    run.post(message())
    run.post(message(), key=key)
    assert len(box.slack.messages(CHANNEL)) == 2


def test_only_the_bots_own_messages_count(run: Run, box: Sandbox) -> None:
    metadata = {"event_type": "planning_bot", "event_payload": {"key": KEY, "digest": message().digest}}
    box.slack.say(CHANNEL, "I am the bot", metadata=metadata)
    box.slack.say(CHANNEL, "so am I", user="U0OTHERBOT", bot="B0OTHERBOT", metadata=metadata)
    assert run.post(message()) == Outcome(applied=1)
    assert len(box.slack.messages(CHANNEL)) == 3


@pytest.mark.parametrize("metadata", [{"event_type": "other", "event_payload": {"key": KEY}}, {"event_type": None}, {}])
def test_other_metadata_of_its_own_means_nothing(run: Run, box: Sandbox, metadata: Any) -> None:
    box.slack.say(CHANNEL, "old", user="U0PLANBOT", metadata=metadata)
    assert run.reader.posted(CHANNEL, KEY) == []


def test_a_message_that_somebody_deleted_is_posted_anew(run: Run, box: Sandbox) -> None:
    run.post(message())
    (posted,) = box.slack.messages(CHANNEL)
    box.slack.delete(CHANNEL, posted["ts"])
    assert run.post(message()) == Outcome(applied=1)


def test_a_message_that_is_deleted_during_the_run_is_an_error_that_says_so(run: Run, box: Sandbox) -> None:
    run.post(message())
    (posted,) = box.slack.messages(CHANNEL)
    box.fail(Fault(path=UPDATE, before=lambda: box.slack.delete(CHANNEL, posted["ts"])))
    outcome = run.post(message("new"))
    assert "the message is gone" in outcome.failed[0].because


# The history


def test_it_is_found_below_many_others_page_by_page(run: Run, box: Sandbox) -> None:
    run.post(message())
    for number in range(450):
        box.slack.say(CHANNEL, f"talk {number}")
    before = len(box.requests)
    assert run.plan(message()) == Plan()
    assert calls(box)[before:] == [HISTORY] * 3


def test_the_history_is_read_back_to_a_day(run: Run, box: Sandbox) -> None:
    run.post(message())
    assert run.reader.posted(CHANNEL, KEY, date(2026, 3, 14)) != []
    assert run.reader.posted(CHANNEL, KEY, date(2026, 3, 16)) == []
    assert box.requests[-1].query["oldest"] == ["1773532800.000000"]


def test_a_history_without_an_end_is_an_error_and_nothing_is_posted(
    run: Run, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planning_bot.gateways.slack.MOST_PAGES", 2)
    for number in range(401):
        box.slack.say(CHANNEL, f"talk {number}")
    error = failure(lambda: send(run))
    assert error.message == "Slack lists more than 400 messages, and reading ended there"
    assert calls(box, POST) == []


# Channels


@pytest.mark.parametrize("name", ["team-search", "#team-search", " Team-Search ", CHANNEL])
def test_a_channel_is_named_by_its_name_or_its_id(run: Run, box: Sandbox, name: str) -> None:
    for number in range(250):
        box.slack.add_channel(f"C9{number:08}", f"other-{number}", members=())
    box.slack.add_channel("C999999999", "the-last")
    assert run.post(message(), name) == Outcome(applied=1)
    assert run.reader.channel("the-last") == "C999999999"
    assert len(box.slack.messages(CHANNEL)) == 1


def test_an_id_takes_no_request_and_a_name_is_looked_up_once(run: Run, box: Sandbox) -> None:
    assert run.reader.channel(CHANNEL) == CHANNEL
    assert box.requests == []
    assert {run.reader.channel("team-search"), run.reader.channel("team-search")} == {CHANNEL}
    assert calls(box) == ["conversations.list"]


def test_private_channels_are_left_out_where_the_token_may_not_see_them(run: Run, box: Sandbox) -> None:
    box.slack.add_token(TOKEN, scopes=("chat:write", "channels:read", "channels:history"))
    assert run.post(message(), "team-search") == Outcome(applied=1)


def test_a_channel_that_nobody_has_is_an_error_that_names_it(run: Run) -> None:
    error = failure(lambda: run.reader.channel("no-such"))
    assert (error.exit_code, error.message) == (1, "Slack has no channel 'no-such' that the bot can see")
    assert "invite the bot" in error.hint


# Refusals


def test_a_channel_that_the_bot_is_not_in_says_to_invite_it(run: Run, box: Sandbox) -> None:
    box.slack.add_channel(CHANNEL, "team-search", members=())
    error = failure(lambda: send(run))
    assert error.message == "Slack refuses conversations.history (not_in_channel): the bot is not in the channel"
    assert error.hint.startswith("invite the bot to the channel")


def test_a_private_channel_of_others_is_not_there(run: Run, box: Sandbox) -> None:
    box.slack.add_channel(CHANNEL, "team-search", members=(), is_private=True)
    assert "channel_not_found" in failure(lambda: send(run)).message


def test_an_archived_channel_is_named_so(run: Run, box: Sandbox) -> None:
    box.slack.archive(CHANNEL)
    assert "the channel is archived" in failure(lambda: send(run)).message


def test_a_missing_scope_names_what_is_needed_and_what_there_is(run: Run, box: Sandbox) -> None:
    box.slack.add_token(TOKEN, scopes=("channels:history", "channels:read"))
    error = failure(lambda: send(run))
    assert error.message.endswith("the token lacks chat:write; it has channels:history,channels:read")
    assert error.hint == "add chat:write to the bot token scopes of the Slack app, and install the app again"


@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "account_inactive", "token_expired"])
def test_a_token_that_is_not_accepted_says_what_to_do(run: Run, box: Sandbox, word: str) -> None:
    box.slack.refuse_token(TOKEN, word)
    error = failure(lambda: send(run))
    assert (error.exit_code, word in error.message, VARIABLE in error.hint) == (1, True, True)


@pytest.mark.parametrize("word", sorted({*WORDS, "a_word_of_next_year"} - {"internal_error", "fatal_error"}))
def test_every_refusal_of_a_post_is_told_in_words_and_nothing_is_sent_again(run: Run, box: Sandbox, word: str) -> None:
    box.slack.refuse(POST, word)
    error = failure(lambda: send(run))
    assert isinstance(error, ServerError)
    assert re.fullmatch(rf"Slack refuses chat\.postMessage \({word}\): .+", error.message)
    assert error.hint
    assert calls(box, POST) == [POST]
    assert box.slack.messages(CHANNEL) == []


@pytest.mark.parametrize("word", ["internal_error", "fatal_error"])
def test_where_slack_itself_does_not_know_nobody_does(run: Run, box: Sandbox, word: str) -> None:
    box.slack.refuse(POST, word)
    assert isinstance(failure(lambda: send(run)), UnknownOutcomeError)


# Lost answers, limits, a server that fails


@pytest.mark.parametrize("kind", ["reset-after", "truncated", "empty", "null", "500-after", "timeout"])
def test_a_post_whose_answer_is_lost_is_unknown_and_the_next_run_posts_no_second(
    run: Run, box: Sandbox, kind: str
) -> None:
    box.hang = 0.01
    box.fail(Fault(kind, path=POST))
    outcome = run.post(message())
    assert (outcome.applied, outcome.failed, len(outcome.unknown)) == (0, (), 1)
    assert "run it again" in outcome.unknown[0].because
    assert calls(box, POST) == [POST]
    assert run.plan(message()) == Plan()
    assert len(box.slack.messages(CHANNEL)) == 1


@pytest.mark.parametrize("kind", ["reset-before", "500", "502-html", "503", "504", "html-200"])
def test_a_post_that_may_not_have_happened_is_unknown_and_the_next_run_posts_it(
    run: Run, box: Sandbox, kind: str
) -> None:
    box.fail(Fault(kind, path=POST))
    assert len(run.post(message()).unknown) == 1
    assert calls(box, POST) == [POST]
    assert run.post(message()) == Outcome(applied=1)
    assert len(box.slack.messages(CHANNEL)) == 1


@pytest.mark.parametrize("kind", ["429", "429-bare", "429-plain"])
def test_a_post_that_was_too_much_is_sent_again_as_it_surely_was_not_posted(
    run: Run, box: Sandbox, clock: FakeClock, kind: str
) -> None:
    box.fail(Fault(kind, path=POST, times=2))
    assert run.post(message()) == Outcome(applied=1)
    assert len(box.slack.messages(CHANNEL)) == 1
    assert 1 <= clock.waited <= 20


def test_a_limit_that_is_not_lifted_is_an_error_in_bounded_time(run: Run, box: Sandbox, clock: FakeClock) -> None:
    box.fail(Fault("429", path=POST, times=None))
    outcome = run.post(message())
    assert "(ratelimited)" in outcome.failed[0].because
    assert clock.waited <= 120
    assert box.slack.messages(CHANNEL) == []


@pytest.mark.parametrize("path", [HISTORY, "auth.test", "conversations.list"])
@pytest.mark.parametrize("kind", ["429", "500", "502-html", "503", "504", "reset-before", "reset-after", "truncated"])
def test_a_read_is_tried_again(run: Run, box: Sandbox, kind: str, path: str) -> None:
    box.fail(Fault(kind, path=path, times=2))
    assert run.post(message(), "team-search") == Outcome(applied=1)


@pytest.mark.parametrize("kind", ["500", "502-html", "reset-before", "html-200", "empty", "null", "401", "404"])
def test_a_history_that_cannot_be_read_is_not_an_empty_one(run: Run, box: Sandbox, kind: str) -> None:
    box.fail(Fault(kind, path=HISTORY, times=None))
    error = failure(lambda: send(run))
    assert isinstance(error, ServerError)
    assert calls(box, POST) == []


def test_a_server_that_is_not_there_surely_did_not_post(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)
    with Scripted() as gone:
        url = gone.url
    connection = connect(f"{url}/")
    error = failure(lambda: connection.chat_postMessage(channel=CHANNEL, text="x"))
    assert (type(error), error.hint) == (ServerError, "check slack.api_url and the network")
    assert clock.waited < 120


def test_a_lost_answer_to_an_update_is_unknown_and_heals(run: Run, box: Sandbox) -> None:
    run.post(message())
    box.fail(Fault("reset-after", path=UPDATE))
    assert len(run.post(message("new")).unknown) == 1
    assert run.plan(message("new")) == Plan()
    assert texts(box) == [["new"]]


def test_killed_at_any_request_the_next_run_finishes_and_there_is_one_message_and_one_chart(
    box: Sandbox, connection: SlackConnection
) -> None:
    for kind in ("reset-before", "reset-after"):
        for nth in range(1, 8):
            key = f"{kind} {nth}"
            wanted = message(key, chart=CHART)
            box.fail(Fault(kind, method="POST", nth=nth))
            for _ in range(3):
                Run(connection).post(wanted, key=key)
            box.heal()
            assert Run(connection).plan(wanted, key=key) == Plan()
    found = box.slack.messages(CHANNEL)
    heads = [one["text"] for one in found if not one["thread_ts"]]
    charts = [one["thread_ts"] for one in found if one["files"]]
    assert len(heads) == len(set(heads)) == len(charts) == len(set(charts)) == 14


# The chart


def test_the_chart_stands_in_the_messages_thread_once(run: Run, box: Sandbox) -> None:
    assert run.post(message(chart=CHART)) == Outcome(applied=1)
    posted, reply = box.slack.messages(CHANNEL)
    assert reply["thread_ts"] == posted["ts"]
    (file,) = box.slack.files
    assert (file["name"], file["title"], file["alt_txt"]) == ("say-do.png", "Say/Do", "80 % of 10")
    assert (file["content"], file["channel"]) == (CHART.png, CHANNEL)
    assert run.plan(message(chart=CHART)) == Plan()
    assert run.post(message("new", chart=CHART)) == Outcome(applied=1)
    assert len(box.slack.files) == 1


def test_the_upload_goes_without_the_token(run: Run, box: Sandbox) -> None:
    run.post(message(chart=CHART))
    (upload,) = [request for request in box.requests if "/upload/" in request.path]
    assert "Authorization" not in upload.headers


def test_a_person_who_answers_in_the_thread_is_no_chart(run: Run, box: Sandbox) -> None:
    run.post(message())
    box.slack.say(CHANNEL, "well done", thread_ts=box.slack.messages(CHANNEL)[0]["ts"])
    assert run.post(message(chart=CHART)) == Outcome(applied=1)
    assert calls(box, UPDATE) == []
    assert len(box.slack.files) == 1


def test_a_token_that_may_not_upload_posts_the_message_and_tries_no_chart_again(run: Run, box: Sandbox) -> None:
    box.slack.add_token(TOKEN, scopes=tuple(scope for scope in SCOPES if scope != "files:write"))
    outcome = run.post(message(chart=CHART))
    because = "without the chart: the token lacks the scope files:write"
    assert outcome == Outcome(applied=1, skipped=(Remark(target=f"slack {CHANNEL}", because=because),))
    assert run.plan(message(chart=CHART)) == Plan()


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_refused_chart_is_a_remark_and_the_message_stands(run: Run, box: Sandbox, method: str) -> None:
    box.slack.refuse(method, "storage_limit_reached")
    outcome = run.post(message(chart=CHART))
    assert (outcome.applied, outcome.failed, outcome.unknown) == (1, (), ())
    assert "without the chart: " in outcome.skipped[0].because
    assert "has no room" in outcome.skipped[0].because


def test_a_slack_that_knows_no_uploads_is_a_remark(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(METHODS, "files.getUploadURLExternal")
    outcome = run.post(message(chart=CHART))
    assert (outcome.applied, outcome.failed, outcome.unknown) == (1, (), ())
    assert "without the chart: Slack answered 501" in outcome.skipped[0].because


@pytest.mark.parametrize("path", ["getUploadURL", "/slack/upload/"])
def test_a_chart_that_could_not_be_sent_is_a_failure_which_the_next_run_mends(
    run: Run, box: Sandbox, path: str
) -> None:
    box.fail(Fault("503", path=path, times=None))
    outcome = run.post(message(chart=CHART))
    assert (outcome.applied, outcome.skipped, outcome.unknown) == (1, (), ())
    assert "without the chart: " in outcome.failed[0].because
    box.heal()
    assert run.post(message(chart=CHART)) == Outcome(applied=1)
    assert run.plan(message(chart=CHART)) == Plan()


def test_a_chart_whose_last_answer_is_lost_is_unknown_and_not_shown_twice(run: Run, box: Sandbox) -> None:
    box.fail(Fault("reset-after", path="completeUpload"))
    outcome = run.post(message(chart=CHART))
    assert (outcome.applied, len(outcome.unknown)) == (1, 1)
    assert run.plan(message(chart=CHART)) == Plan()
    assert sum(file["is_complete"] for file in box.slack.files) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/upload", "http://files.slack.com/upload", "https://slack.com.evil.test/", "ftp://x/", "None",
        "https://evilslack.com/", "https://user:pass@files.slack.com/", "http://127.0.0.1:1/upload", "//x", "http://[",
        "https://files.slack.com:8443/",
    ],
)  # fmt: skip
def test_a_chart_goes_nowhere_but_to_slack(clock: FakeClock, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)
    with Scripted([answer({"ok": True})]) as server:
        error = failure(lambda: connect(f"{server.url}/").upload(url, b"png"))
        assert (error.exit_code, server.asked, clock.waits) == (1, [], [])


# Hostile texts


@pytest.mark.parametrize("text", [*CORPUS, "@channel @here", "<!here> <!channel>", "<@U0PERSON>", "```\n", "*" * 9])
def test_a_hostile_text_alerts_nobody_and_links_nowhere(run: Run, box: Sandbox, text: str) -> None:
    run.post(compose(f"*Slipped*\n• {escaped(text)}: left\n• next"))
    (posted,) = box.slack.messages(CHANNEL)
    assert (posted["alerts"], posted["links"]) == ([], [])
    assert posted["blocks"][-1]["text"]["text"].endswith("• next")
    assert len(posted["blocks"]) == 1 or len(text) > 2000


def test_what_is_huge_is_cut_and_taken(run: Run, box: Sandbox) -> None:
    text = "\n\n".join("\n".join(escaped("<&>" * 40) for _ in range(30)) for _ in range(30))
    assert run.post(compose(text)) == Outcome(applied=1)
    (blocks,) = texts(box)
    assert blocks[-1].endswith(" more lines")
    assert sum(map(len, blocks)) <= MOST_IN_ALL


# The token, the address, the environment


def test_without_a_token_it_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    error = failure(lambda: connect("https://slack.com/api/"))
    assert (type(error), error.message) == (UsageError, "SLACK_BOT_TOKEN is not set")


@pytest.mark.parametrize("token", ["xoxb-ü", "xoxb a", "xoxb-1\r\nX-Evil: 1", "xoxb-\x00"])
def test_a_token_that_is_none_is_told_and_not_repeated(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setattr("os.environ", {VARIABLE: token})
    error = failure(lambda: connect("https://slack.com/api/"))
    assert isinstance(error, UsageError)
    assert token not in error.message + error.hint


def test_no_proxy_of_the_environment_is_used(box: Sandbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock.waits == []
    monkeypatch.setenv(VARIABLE, TOKEN)
    with Scripted([answer({"ok": True})]) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert Run(connect(box.slack.api_url)).post(message(chart=CHART)) == Outcome(applied=1)
        assert proxy.asked == []


def test_no_redirect_is_followed(run: Run, box: Sandbox) -> None:
    with Scripted([answer({"ok": True})]) as elsewhere:
        for path in (HISTORY, POST, "/upload/"):
            box.fail(Fault("redirect", path=path, location=f"{elsewhere.url}/"))
            run.post(message(chart=CHART)) if path == "/upload/" else failure(lambda: send(run))
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        answer({"ok": False, "error": f"no: {TOKEN}"}), answer({"ok": False, "error": [TOKEN]}), answer([TOKEN]),
        answer({"ok": "yes"}), answer({"ok": False, "error": "missing_scope", "needed": f"<{TOKEN}>", "provided": 7}),
        answer({"ok": True, "user_id": 7}), raw(TOKEN.encode()), raw(TOKEN.encode(), 400), dropped(),
        answer({"ok": False, "error": "invalid_auth"}, 401),
    ],
)  # fmt: skip
def test_no_answer_puts_the_token_into_an_error(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, reply: Any
) -> None:
    caplog.set_level(0)
    monkeypatch.setenv(VARIABLE, TOKEN)
    with Scripted([reply]) as server:
        error = failure(lambda: SlackReader(connect(f"{server.url}/")).posted(CHANNEL, KEY))
    told = "\n".join([error.message, error.hint, repr(error), *(record.getMessage() for record in caplog.records)])
    assert (TOKEN in told, clock.waited < 120) == (False, True)


def test_slack_sdk_is_imported_with_the_first_connection() -> None:
    script = "import sys, planning_bot.gateways.doors; sys.exit('slack_sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0  # noqa: S603 - ours


# A saved plan


def test_a_saved_plan_holds_all_of_the_message_and_is_applied_as_it_stands(run: Run, box: Sandbox) -> None:
    plan = run.plan(message("*Say/Do* ü 80 %", chart=CHART))
    team = TeamPlan(team="search", milestone=None, plan=plan)
    text = SavedPlan(command="say-do", server=box.url, teams=(team,)).to_json()
    assert "*Say/Do* ü 80 %" in text
    saved = SavedPlan.from_json(text, Path("plan.json").name)
    assert saved.teams[0].plan == plan
    assert run.carry_out(saved.teams[0].plan) == Outcome(applied=1)
    assert box.slack.files[0]["content"] == CHART.png
