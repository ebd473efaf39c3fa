"""What Slack makes of a message: which blocks it takes, whom it alerts, which links it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from planning_bot.sandbox.slack_api import NotModelledError, SlackError

if TYPE_CHECKING:
    from planning_bot.sandbox.slack_state import Json, Message

MOST_BLOCKS, MOST_TEXT, MOST_IN_ALL = 50, 3000, 13_200  # docs: reference/block-kit/blocks; the last by experience
_KEYS = {
    "section": {"type", "text", "block_id", "expand"},
    "divider": {"type", "block_id"},
    "header": {"type", "text", "block_id"},
    "context": {"type", "elements", "block_id"},
}
_MENTION = re.compile(r"<(![a-z]+[^>]*|@[UW][A-Z0-9]+[^>]*)>")
_PLAIN_MENTION = re.compile(r"(?<![\w@])@(channel|here|everyone)\b")
_LINK = re.compile(r"<((?:https?|mailto)[^|>]*)(?:\|[^>]*)?>")
_ADDRESS = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")


def checked(blocks: Any) -> list[Json]:
    """Return blocks with ids, as they are stored. Raises SlackError as Slack does."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if len(blocks) > MOST_BLOCKS:
        raise _invalid(f"no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]")
    found = [_block(block, number) for number, block in enumerate(blocks)]
    if sum(len(text["text"]) for block in found for text in texts(block)) > MOST_IN_ALL:
        raise SlackError("msg_blocks_too_long")
    return found


def texts(block: Json) -> list[Json]:
    """Return the text objects of a block."""
    return [block["text"]] if "text" in block else list(block.get("elements", []))


def alerts(message: Message) -> list[str]:
    """Return whom a message alerts, as `!here` or `@U0123`."""
    return [found for text, is_plain in _spoken(message) for found in _mentions(text, is_plain=is_plain)]


def links(message: Message) -> list[str]:
    """Return the addresses that can be followed."""
    found: list[str] = []
    for text, is_plain in _spoken(message):
        found += _LINK.findall(text) + ([] if is_plain else _ADDRESS.findall(text))
    return found


def _mentions(text: str, *, is_plain: bool) -> list[str]:
    named = [] if is_plain else [f"!{name}" for name in _PLAIN_MENTION.findall(text)]
    return _MENTION.findall(text) + named


def _spoken(message: Message) -> list[tuple[str, bool]]:
    """Return the texts that Slack parses, each with whether plain words in it stay plain.

    They do in a block with `verbatim`, and in the text of a message with `parse` none and without `link_names`
    (docs: messaging/formatting-message-text; reference/block-kit/composition-objects/text-object).
    """
    options = message.options
    is_plain = options.get("parse") == "none" and not options.get("link_names")
    objects = [text for block in message.blocks for text in texts(block) if text["type"] == "mrkdwn"]
    return [(message.text, is_plain), *((text["text"], bool(text.get("verbatim"))) for text in objects)]


def _block(block: Any, number: int) -> Json:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        raise _invalid(f"missing required field: type [json-pointer:/blocks/{number}/type]")
    if block["type"] not in _KEYS:
        raise NotModelledError(f"the block {block['type']}")
    if unknown := block.keys() - _KEYS[block["type"]]:
        raise NotModelledError(f"the key {min(unknown)} of a {block['type']} block")
    if block["type"] != "divider" and not texts(block):
        raise _invalid(f"missing required field: text [json-pointer:/blocks/{number}]")
    for text in texts(block):
        _check_text(text, number, 150 if block["type"] == "header" else MOST_TEXT)
    return {"block_id": f"b{number}", **block}


def _check_text(text: Any, number: int, most: int) -> None:
    if not isinstance(text, dict) or text.get("type") not in {"mrkdwn", "plain_text"}:
        raise _invalid(f"unsupported type [json-pointer:/blocks/{number}/text/type]")
    content = text.get("text")
    if not isinstance(content, str) or not content:
        raise _invalid(f"must be more than 0 characters [json-pointer:/blocks/{number}/text/text]")
    if len(content) > most:
        raise _invalid(f"must be less than {most + 1} characters [json-pointer:/blocks/{number}/text/text]")
    if unknown := text.keys() - {"type", "text", "verbatim", "emoji"}:
        raise _invalid(f"additional property: {min(unknown)} [json-pointer:/blocks/{number}/text]")


def _invalid(message: str) -> SlackError:
    return SlackError("invalid_blocks", response_metadata={"messages": [f"[ERROR] {message}"]})
