"""What a message looks like on Slack's wire: Block Kit and metadata, there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.domain.message import DIVIDER, Posted

if TYPE_CHECKING:
    from planning_bot.domain.change import PostMessage
    from planning_bot.domain.message import Message

    Json = dict[str, Any]

EVENT = "planning_bot"
QUIET: Json = {"unfurl_links": False, "unfurl_media": False}


def content(change: PostMessage) -> Json:
    """Give what a message says; `parse` and `verbatim` keep Slack from making links and mentions of plain text."""
    message = change.after
    return {
        "text": message.text,
        "blocks": _blocks(message),
        "parse": "none",
        "link_names": False,
        "metadata": {"event_type": EVENT, "event_payload": {"key": change.key, "digest": message.digest}},
    }


def _blocks(message: Message) -> list[Json]:
    return [
        {"type": "divider"}
        if text == DIVIDER
        else {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in message.blocks
    ]


def payload_of(message: Json) -> Json:
    """Give what the program noted with a message of its own; nothing of any other."""
    metadata = as_dict(message.get("metadata"))
    return as_dict(metadata.get("event_payload")) if metadata.get("event_type") == EVENT else {}


def posted_of(message: Json, payload: Json, me: str) -> Posted:
    """Read a message of the bot's; in its thread there is nothing of the bot's but the chart."""
    blocks = [as_dict(block) for block in message.get("blocks") or []]
    texts = [DIVIDER if b.get("type") == "divider" else str(as_dict(b.get("text")).get("text", "")) for b in blocks]
    return Posted(
        ts=str(message.get("ts")),
        digest=str(payload.get("digest")),
        blocks=tuple(texts),
        has_chart=me in (message.get("reply_users") or []),
    )


def as_dict(value: Any) -> Json:
    """Give an object of an answer, or an empty one where there is none."""
    return value if isinstance(value, dict) else {}
