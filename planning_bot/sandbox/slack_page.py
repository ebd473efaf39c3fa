"""A channel as people would see it: messages, mentions and links as such, charts in their threads."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from html import escape, unescape
from typing import TYPE_CHECKING

from planning_bot.sandbox.connection import Response
from planning_bot.sandbox.page_style import STYLE
from planning_bot.sandbox.slack_blocks import texts

if TYPE_CHECKING:
    from planning_bot.sandbox.slack_state import Channel, Json, Message, Workspace

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
}
_STYLE = """
.message { border-top: 1px solid var(--line); padding: .6rem 0; }
.message p { margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.message .message { margin-left: 2rem; }
.message img { max-width: 100%; }
.mention { background: #ffd; color: #b40; font-weight: bold; }
"""
_ANGLE = re.compile(r"<([^<>]*)>")
_MARKS = (  # docs: messaging/formatting-message-text
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]*?\S)_(?!\w)"), r"<i>\1</i>"),
    (re.compile(r"(?<!\w)~(?=\S)([^~\n]*?\S)~(?!\w)"), r"<s>\1</s>"),
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
)


def show(slack: Workspace, name: str) -> Response:
    """Return the page of a channel, or the list of them."""
    channel = slack.channels.get(name)
    if channel is None and name:
        return _page("Not found", "<h1>Not found</h1><p>The sandbox has no such channel.</p>", 404)
    if channel is None:
        links = "".join(
            f'<li><a href="/slack/{escape(one.id)}">#{escape(one.name)}</a></li>' for one in slack.channels.values()
        )
        return _page("Slack", f"<h1>Channels</h1><ul>{links}</ul>")
    shown = "".join(_message(slack, channel, one) for one in channel.messages if not one.thread_ts)
    title = f"#{channel.name}"
    return _page(title, f"<h1>{escape(title)}</h1>{shown or '<p class=quiet>Nothing yet.</p>'}")


def mrkdwn(text: str) -> str:
    """Return Slack's text as HTML: what stands in angle brackets is a link or a mention, the rest is text."""
    parts = _ANGLE.split(text)
    shown = [_angle(part) if number % 2 else escape(unescape(part)) for number, part in enumerate(parts)]
    found = "".join(shown)
    for pattern, becomes in _MARKS:
        found = pattern.sub(becomes, found)
    return found


def _page(title: str, body: str, status: int = 200) -> Response:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    bar = '<nav><a href="/slack/">Slack</a> <small>a pretend one on this machine</small> · <a href="/">GitLab</a></nav>'
    text = (
        f'<!DOCTYPE html><html lang="en"><head>{head}<style>{STYLE}{_STYLE}</style></head>'
        f"<body>{bar}<main>{body}</main></body></html>"
    )
    return Response(status, _HEADERS, text.encode())


def _message(slack: Workspace, channel: Channel, message: Message) -> str:
    names = {token.user: token.name for token in slack.tokens.values()}
    at = datetime.fromtimestamp(float(message.ts), UTC)
    edited = " (edited)" if message.edited else ""
    head = f"<b>{escape(names.get(message.user, message.user))}</b> <small>{at:%Y-%m-%d %H:%M}{edited}</small>"
    body = "".join(_block(block) for block in message.blocks) or f"<p>{mrkdwn(message.text)}</p>"
    files = "".join(_file(slack, file) for file in message.files)
    replies = "".join(_message(slack, channel, reply) for reply in channel.replies(message.ts))
    return f'<div class="message">{head}{body}{files}{replies}</div>'


def _block(block: Json) -> str:
    if block["type"] == "divider":
        return "<hr>"
    shown = [mrkdwn(t["text"]) if t["type"] == "mrkdwn" else escape(t["text"]) for t in texts(block)]
    return "".join(f"<p>{text}</p>" for text in shown)


def _file(slack: Workspace, told: Json) -> str:
    file = slack.files[told["id"]]
    source = b64encode(file.content or b"").decode()
    return f'<p>{escape(file.title)}</p><img alt="{escape(file.alt_txt)}" src="data:image/png;base64,{source}">'


def _angle(inside: str) -> str:
    target, _, label = inside.partition("|")
    words = escape(unescape(label or target))
    if target.startswith(("http://", "https://", "mailto:")):
        return f'<a href="{escape(unescape(target))}">{words}</a>'
    return f'<span class="mention">{words}</span>'
