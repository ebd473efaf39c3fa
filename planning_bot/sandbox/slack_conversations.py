"""conversations.list, .info and .history (docs: reference/methods)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar

from planning_bot.sandbox.slack_api import Call, SlackError, method
from planning_bot.sandbox.slack_chat import told

if TYPE_CHECKING:
    from planning_bot.sandbox.slack_state import Channel, Json, Message

MOST = 999
_KINDS = {"public_channel": "channels:read", "private_channel": "groups:read"}
_T = TypeVar("_T")


@method("conversations.list", "types", "limit", "cursor", "exclude_archived", reads=True)
def list_channels(call: Call) -> Json:
    """List public channels, and private ones that the bot is in; pages may be shorter than asked."""
    kinds = (call.text("types") or "public_channel").split(",")
    for kind in kinds:
        if kind not in _KINDS:
            raise SlackError("invalid_types")
        call.require(_KINDS[kind])
    found = [
        channel
        for channel in call.slack.channels.values()
        if ("private_channel" if channel.is_private else "public_channel") in kinds
        and (not channel.is_private or call.token.user in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    page, cursor = _page(call, found)
    told_ones = [_channel(channel, call.token.user) for channel in page]
    return {"channels": told_ones, "response_metadata": {"next_cursor": cursor}}


@method("conversations.info", "channel", "include_num_members", "include_locale", reads=True)
def info(call: Call) -> Json:
    """Tell of one channel."""
    return {"channel": _channel(call.channel("read"), call.token.user)}


@method("conversations.history", "channel", "limit", "cursor", "oldest", "latest", "inclusive",
        "include_all_metadata", reads=True)  # fmt: skip
def history(call: Call) -> Json:
    """Return messages, the newest first, without replies in threads; metadata only if it is asked for."""
    channel = call.own_channel("history")
    oldest, latest = _time(call, "oldest", "0"), _time(call, "latest", "9999999999")
    edges = {oldest, latest} if call.flag("inclusive") else set()
    found = [
        message
        for message in reversed(channel.messages)
        if not message.thread_ts and (oldest < Decimal(message.ts) < latest or Decimal(message.ts) in edges)
    ]
    page, cursor = _page(call, found)
    with_metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [_message(channel, message, with_metadata=with_metadata) for message in page],
        "has_more": bool(cursor),
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _page(call: Call, rows: list[_T]) -> tuple[list[_T], str]:
    limit, cursor = call.number("limit", 100, MOST), call.text("cursor")
    try:
        start = int(b64decode(cursor).decode().removeprefix("next:")) if cursor else 0
    except ValueError:
        raise SlackError("invalid_cursor") from None
    end = start + limit
    return rows[start:end], b64encode(f"next:{end}".encode()).decode() if end < len(rows) else ""


def _time(call: Call, name: str, default: str) -> Decimal:
    try:
        return Decimal(call.text(name) or default)
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def _message(channel: Channel, message: Message, *, with_metadata: bool) -> Json:
    found = told(message)
    if with_metadata and message.metadata:
        found["metadata"] = message.metadata
    if replies := channel.replies(message.ts):
        users = list(dict.fromkeys(reply.user for reply in replies))
        found |= {
            "thread_ts": message.ts, "reply_count": len(replies), "reply_users": users,
            "reply_users_count": len(users), "latest_reply": replies[-1].ts, "subscribed": False,
        }  # fmt: skip
    return found


def _channel(channel: Channel, user: str) -> Json:
    said = {"value": "", "creator": "", "last_set": 0}
    is_what = dict.fromkeys(("is_im", "is_mpim", "is_group", "is_general", "is_shared", "is_org_shared"), False)
    return {
        **is_what, "id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": 1700000000,
        "creator": "U0CREATOR", "is_channel": True, "is_private": channel.is_private, "unlinked": 0,
        "is_archived": channel.is_archived, "is_member": user in channel.members, "topic": said, "purpose": said,
    }  # fmt: skip
