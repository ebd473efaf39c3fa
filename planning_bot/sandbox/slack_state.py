"""The pretend Slack: channels, tokens, messages and files in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Clock

Json = dict[str, Any]
TEAM = "T0SANDBOX"
SCOPES = (
    "chat:write", "channels:read", "channels:history", "groups:read", "groups:history", "files:write",
)  # fmt: skip


@dataclass
class Token:
    """A bot's token: who it is, what it may do, and the word with which it is refused, if it is."""

    user: str
    bot: str
    name: str
    scopes: tuple[str, ...]
    refused: str = ""


@dataclass
class Message:
    """A message as it was posted; `edited` says whether it was changed."""

    ts: str
    user: str
    text: str
    bot: str = ""
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    options: Json = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    edited: bool = False


@dataclass
class Channel:
    """A channel, its members by their ids, and its messages, the oldest first."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)

    def find(self, ts: str) -> Message | None:
        """Return the message of that time."""
        return next((message for message in self.messages if message.ts == ts), None)

    def replies(self, ts: str) -> list[Message]:
        """Return what stands in a message's thread."""
        return [message for message in self.messages if message.thread_ts == ts]


@dataclass
class File:
    """A file: its address is given, then its content arrives, then it is shared."""

    id: str
    name: str
    length: int
    alt_txt: str = ""
    title: str = ""
    content: bytes | None = None
    is_complete: bool = False
    channel: str = ""
    thread_ts: str = ""


@dataclass
class Workspace:
    """All of it."""

    clock: Clock
    channels: dict[str, Channel] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    refusals: list[tuple[str, Json]] = field(default_factory=list)
    _last: int = 0

    def next_ts(self) -> str:
        """Return the time of a new message: no two have the same (docs: messaging, ts)."""
        self._last = max(self._last + 1, int(self.clock.now().timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def channel(self, name: str) -> Channel | None:
        """Return a channel by its id, or by its name, which chat.postMessage takes as well."""
        by_name = (channel for channel in self.channels.values() if channel.name == name.removeprefix("#"))
        return self.channels.get(name) or next(by_name, None)
