"""The pretend Slack, as the unchanged slack_sdk and plain HTTP see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from planning_bot.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN, CHANNEL = "xoxb-sandbox", "C012345678"
SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}
PLANNED = {"event_type": "planning_bot", "event_payload": {"key": "say-do search 18.10"}}


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(now=datetime(2026, 3, 14, 9, tzinfo=UTC)) as running:
        running.slack.add_channel(CHANNEL, "team-search")
        running.slack.add_token(TOKEN)
        yield running


@pytest.fixture
def client(box: Sandbox) -> WebClient:
    return WebClient(TOKEN, box.slack.api_url, retry_handlers=[])


def refused(call: Callable[[], object]) -> Any:
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value.response.data


# slack_sdk as it is


def test_a_message_is_posted_updated_and_read_with_its_metadata_only_on_request(
    box: Sandbox, client: WebClient
) -> None:
    posted = client.chat_postMessage(channel=CHANNEL, text="hello", blocks=[SECTION], metadata=PLANNED)
    client.chat_update(channel=CHANNEL, ts=posted["ts"], text="bye")
    (plain,) = client.conversations_history(channel=CHANNEL).get("messages", [])
    (full,) = client.conversations_history(channel=CHANNEL, include_all_metadata=True).get("messages", [])
    assert (plain["text"], plain["ts"], "metadata" in plain, "blocks" in plain) == ("bye", posted["ts"], False, False)
    assert full["metadata"] == PLANNED
    assert box.slack.messages(CHANNEL)[0]["edited"]


def test_a_file_takes_three_steps(box: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=CHANNEL, text="hello")["ts"]
    client.files_upload_v2(filename="a.png", file=b"\x89PNG", title="A", alt_txt="a", channel=CHANNEL, thread_ts=ts)
    (file,) = box.slack.files
    assert (file["name"], file["title"], file["content"], file["is_complete"]) == ("a.png", "A", b"\x89PNG", True)
    (parent,) = client.conversations_history(channel=CHANNEL).get("messages", [])
    assert (parent["reply_count"], parent["reply_users"]) == (1, ["U0PLANBOT"])


def test_lists_go_on_where_the_cursor_says(box: Sandbox, client: WebClient) -> None:
    for number in range(5):
        box.slack.say(CHANNEL, str(number))
        box.slack.add_channel(f"C99999999{number}", f"other-{number}")
    pages = [page["messages"] for page in client.conversations_history(channel=CHANNEL, limit=2)]
    assert [[message["text"] for message in page] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
    assert sum(len(page["channels"]) for page in client.conversations_list(limit=4)) == 6


def test_history_is_bounded_by_times(box: Sandbox, client: WebClient) -> None:
    first, second, third = (box.slack.say(CHANNEL, text) for text in "abc")

    def texts(**bounds: Any) -> list[str]:
        found = client.conversations_history(channel=CHANNEL, **bounds).get("messages", [])
        return [message["text"] for message in found]

    assert texts(oldest=first) == ["c", "b"]
    assert texts(oldest=first, latest=third) == ["b"]
    assert texts(oldest=second, inclusive=True) == ["c", "b"]
    assert refused(lambda: texts(oldest="yesterday"))["error"] == "invalid_ts_oldest"


# Refusals


def test_tokens_are_known_or_refused(box: Sandbox, client: WebClient) -> None:
    assert client.auth_test().headers["x-oauth-scopes"].startswith("chat:write,")
    assert refused(WebClient("xoxb-no", box.slack.api_url).auth_test)["error"] == "invalid_auth"
    assert refused(WebClient(None, box.slack.api_url).auth_test)["error"] == "not_authed"
    box.slack.refuse_token(TOKEN)
    assert refused(client.auth_test)["error"] == "token_revoked"


@pytest.mark.parametrize(
    ("call", "scope"),
    [
        (lambda client: client.chat_postMessage(channel=CHANNEL, text="x"), "chat:write"),
        (lambda client: client.chat_update(channel=CHANNEL, ts="1", text="x"), "chat:write"),
        (lambda client: client.conversations_history(channel=CHANNEL), "channels:history"),
        (lambda client: client.conversations_info(channel=CHANNEL), "channels:read"),
        (lambda client: client.conversations_list(types="private_channel"), "groups:read"),
        (lambda client: client.files_getUploadURLExternal(filename="a", length=1), "files:write"),
    ],
)
def test_every_method_needs_its_scope(
    box: Sandbox, client: WebClient, call: Callable[[WebClient], object], scope: str
) -> None:
    box.slack.add_token(TOKEN, scopes=("users:read",))
    answer = refused(lambda: call(client))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", scope, "users:read")


@pytest.mark.parametrize(
    ("channel", "word"),
    [
        ({"members": ()}, "not_in_channel"),
        ({"members": (), "is_private": True}, "channel_not_found"),
        ({"is_archived": True}, "is_archived"),
    ],
)
def test_a_channel_may_be_closed_to_the_bot(
    box: Sandbox, client: WebClient, channel: dict[str, Any], word: str
) -> None:
    box.slack.add_channel("C0CLOSED01", "closed", **channel)
    assert refused(lambda: client.chat_postMessage(channel="C0CLOSED01", text="x"))["error"] == word


def test_a_bot_updates_its_own_messages_alone(box: Sandbox, client: WebClient) -> None:
    ts = box.slack.say(CHANNEL, "mine")
    assert refused(lambda: client.chat_update(channel=CHANNEL, ts=ts, text="x"))["error"] == "cant_update_message"
    assert refused(lambda: client.chat_update(channel=CHANNEL, ts="1", text="x"))["error"] == "message_not_found"


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "html", "text": "x"}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"blocks": ["x"]}, "invalid_blocks"),
        ({"blocks": [{**SECTION, "text": {**SECTION["text"], "colour": "red"}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5}, "msg_blocks_too_long"),
        ({"text": " "}, "no_text"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level")
def test_what_slack_does_not_take_is_refused(client: WebClient, parts: dict[str, Any], word: str) -> None:
    assert refused(lambda: client.chat_postMessage(channel=CHANNEL, **{"text": "x", **parts}))["error"] == word


def test_malformed_metadata_is_left_out(box: Sandbox, client: WebClient) -> None:
    client.chat_postMessage(channel=CHANNEL, text="x", metadata={"event_type": "planning_bot"})
    assert box.slack.messages(CHANNEL)[0]["metadata"] is None


def test_a_file_that_never_arrived_is_not_shown(client: WebClient) -> None:
    number = client.files_getUploadURLExternal(filename="a", length=1)["file_id"]
    complete = client.files_completeUploadExternal
    assert refused(lambda: complete(files=[{"id": number}], channel_id=CHANNEL))["error"] == "file_not_found"


@pytest.mark.parametrize("path", ["chat.delete", "auth.test?team=T1", "chat.postMessage?username=boss"])
def test_what_it_does_not_know_it_refuses(box: Sandbox, path: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert requests.post(f"{box.slack.api_url}{path}", headers=headers, timeout=5).status_code == 501


def test_what_writes_is_no_get(box: Sandbox) -> None:
    assert requests.get(f"{box.slack.api_url}chat.postMessage", timeout=5).status_code == 501


# Whom a message alerts


@pytest.mark.parametrize(
    ("text", "options", "found"),
    [
        ("<!here> <@U0PERSON>", {"parse": "none"}, ["!here", "@U0PERSON"]),
        ("&lt;!here&gt; &lt;@U0PERSON&gt;", {"parse": "none"}, []),
        ("@channel", {"parse": "none", "link_names": False}, []),
        ("@channel", {"parse": "none", "link_names": True}, ["!channel"]),
        ("@channel", {}, ["!channel"]),
    ],
)
def test_it_knows_whom_a_message_alerts(
    box: Sandbox, client: WebClient, text: str, options: dict[str, Any], found: list[str]
) -> None:
    client.chat_postMessage(channel=CHANNEL, text=text, **options)
    assert box.slack.messages(CHANNEL)[0]["alerts"] == found


def test_a_block_without_verbatim_links_and_alerts(box: Sandbox, client: WebClient) -> None:
    text = {"type": "mrkdwn", "text": "@here https://evil.test"}
    for verbatim in ({}, {"verbatim": True}):
        block = {"type": "section", "text": {**text, **verbatim}}
        client.chat_postMessage(channel=CHANNEL, text="x", blocks=[block])
    loud, quiet = box.slack.messages(CHANNEL)
    assert (loud["alerts"], loud["links"]) == (["!here"], ["https://evil.test"])
    assert (quiet["alerts"], quiet["links"]) == ([], [])


# The page


def test_a_channel_is_shown_as_people_would_see_it(box: Sandbox, client: WebClient) -> None:
    text = {"type": "mrkdwn", "text": "*Say/Do* &lt;b&gt; <https://gitlab.test/1|acme#1> <!here>"}
    ts = client.chat_postMessage(channel=CHANNEL, text="x", blocks=[{"type": "section", "text": text}])["ts"]
    client.files_upload_v2(filename="a.png", file=b"\x89PNG", title="A", alt_txt="a", channel=CHANNEL, thread_ts=ts)
    box.slack.say(CHANNEL, "<script>alert(1)</script> **")
    page = requests.get(f"{box.url}/slack/{CHANNEL}", timeout=5)
    assert "<b>Say/Do</b> &lt;b&gt; " in page.text
    assert '<a href="https://gitlab.test/1">acme#1</a> <span class="mention">!here</span>' in page.text
    assert 'alt="a" src="data:image/png;base64,iVBORw=="' in page.text
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_the_channels_are_listed_and_others_are_not_found(box: Sandbox) -> None:
    assert f'href="/slack/{CHANNEL}">#team-search' in requests.get(f"{box.url}/slack/", timeout=5).text
    assert requests.get(f"{box.url}/slack/C0", timeout=5).status_code == 404
