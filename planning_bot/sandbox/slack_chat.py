"""chat.postMessage and chat.update (docs: reference/methods)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import slack_blocks
from planning_bot.sandbox.slack_api import Call, SlackError, method
from planning_bot.sandbox.slack_state import TEAM, Message

if TYPE_CHECKING:
    from planning_bot.sandbox.slack_state import Json, Token

TEXT_IN_POST, TEXT_IN_UPDATE = 40_000, 4000  # the first is cut there, the second refused
_SAID = ("channel", "text", "blocks", "metadata", "parse", "link_names")


@method("chat.postMessage", *_SAID, "mrkdwn", "thread_ts", "unfurl_links", "unfurl_media")
def post_message(call: Call) -> Json:
    """Post: nothing tells a post that is sent twice."""
    call.require("chat:write")
    channel = call.own_channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    blocks, metadata, warnings = _content(call)
    options = {name: call.args[name] for name in call.args.keys() - {"channel", "text", "blocks", "metadata"}}
    message = Message(
        call.slack.next_ts(), call.token.user, call.text("text")[:TEXT_IN_POST], call.token.bot, blocks, metadata,
        options, thread_ts=call.text("thread_ts"),
    )  # fmt: skip
    channel.messages.append(message)
    return {"channel": channel.id, "ts": message.ts, "message": told(message, call.token), **warnings}


@method("chat.update", *_SAID, "ts")
def update(call: Call) -> Json:
    """Change a message of one's own in place; metadata that is not sent again stays."""
    call.require("chat:write")
    channel = call.channel("")
    message = channel.find(call.text("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.bot != call.token.bot:
        raise SlackError("cant_update_message")
    if len(call.text("text")) > TEXT_IN_UPDATE:
        raise SlackError("msg_too_long")
    blocks, metadata, warnings = _content(call)
    message.text, message.blocks, message.edited = call.text("text"), blocks, True
    message.metadata = metadata or message.metadata
    answer = {"channel": channel.id, "ts": message.ts, "text": message.text, "message": told(message, call.token)}
    return {**answer, **warnings}


def told(message: Message, token: Token | None = None) -> Json:
    """Return a message as an answer holds it, without its metadata."""
    found: Json = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text, "team": TEAM}
    if message.bot:
        found["bot_id"] = message.bot
    if token:
        icons = {f"image_{size}": f"https://a.slack-edge.com/{size}.png" for size in (36, 48, 72)}
        found["bot_profile"] = {
            "id": message.bot, "app_id": "A0SANDBOX", "deleted": False, "name": token.name, "team_id": TEAM,
            "updated": 1700000000, "icons": icons,
        }  # fmt: skip
    if message.blocks:
        found["blocks"] = message.blocks
    if message.edited:
        found["edited"] = {"user": message.user, "ts": message.ts}
    if message.files:
        found |= {"files": message.files, "upload": True}
    return found


def _content(call: Call) -> tuple[list[Json], Json | None, Json]:
    blocks = slack_blocks.checked(call.args["blocks"]) if "blocks" in call.args else []
    if not blocks and not call.text("text").strip():
        raise SlackError("no_text")
    metadata = call.args.get("metadata")
    if metadata is None or _is_metadata(metadata):
        return blocks, metadata, {}
    # docs: messaging/message-metadata: what is malformed is left out, with a warning.
    return blocks, None, {"warning": "invalid_metadata_format"}


def _is_metadata(metadata: Any) -> bool:
    return (
        isinstance(metadata, dict)
        and metadata.keys() == {"event_type", "event_payload"}
        and isinstance(metadata["event_type"], str)
        and isinstance(metadata["event_payload"], dict)
    )
