"""What a test or a story does to the pretend Slack: seeds it, breaks it, looks at it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import slack_chat, slack_conversations, slack_files, slack_page
from planning_bot.sandbox.slack_api import API, METHODS, UPLOAD, reply, respond
from planning_bot.sandbox.slack_blocks import alerts, links
from planning_bot.sandbox.slack_state import SCOPES, Channel, Message, Token, Workspace

if TYPE_CHECKING:
    from planning_bot.sandbox.connection import Response
    from planning_bot.sandbox.slack_state import Json
    from planning_bot.sandbox.state import Store

MODULES = (slack_chat, slack_conversations, slack_files)  # importing them fills METHODS
PREFIX = "/slack/"
BOT = "U0PLANBOT"

__all__ = ["BOT", "METHODS", "SCOPES", "Slack"]

_FAULTS: dict[str, tuple[int, str, dict[str, str]]] = {  # kinds of `faults` that Slack spells in its own way
    "429": (429, "ratelimited", {"Retry-After": "1"}),
    "429-bare": (429, "ratelimited", {}),
    "401": (200, "invalid_auth", {}),
    "403": (200, "access_denied", {}),
    "404": (404, "unknown_method", {}),
    "500": (500, "internal_error", {}),
    "503": (503, "service_unavailable", {"Retry-After": "1"}),
}


class Slack:
    """The Slack of a sandbox. It lives in memory: what is stopped forgets it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._workspace = Workspace(store.clock)

    @property
    def api_url(self) -> str:
        """The address of its API, as `slack.api_url` of the configuration has it."""
        return f"{self._store.url}{API}"

    def add_channel(
        self,
        number: str,
        name: str,
        *,
        members: tuple[str, ...] = (BOT,),
        is_private: bool = False,
        is_archived: bool = False,
    ) -> None:
        """Add a channel with this id; the bot is a member unless other members are given."""
        with self._store.lock:
            self._workspace.channels[number] = Channel(number, name, set(members), is_private, is_archived)

    def add_token(self, token: str, *, scopes: tuple[str, ...] = SCOPES, user: str = BOT, bot: str = "") -> None:
        """Add a bot's token; of one user there is one bot."""
        with self._store.lock:
            bot = bot or f"B{user.removeprefix('U'):0>9}"
            self._workspace.tokens[token] = Token(user, bot, "planning-bot", tuple(scopes))

    def refuse_token(self, token: str, word: str = "token_revoked") -> None:
        """Let a token be refused with a word, such as token_revoked or account_inactive."""
        self._workspace.tokens[token].refused = word

    def refuse(self, method: str, word: str, times: int = 1, **more: Any) -> None:
        """Let the next calls of a method answer `ok: false` with that word."""
        self._workspace.refusals += [(method, {"error": word, **more})] * times

    def archive(self, channel: str, *, is_archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self._workspace.channels[channel].is_archived = is_archived

    def say(self, channel: str, text: str, *, user: str = "U0PERSON", **more: Any) -> str:
        """Post as a person, or as another app (`bot`, `metadata`); return the message's ts."""
        with self._store.lock:
            message = Message(self._workspace.next_ts(), user, text, **more)
            self._workspace.channels[channel].messages.append(message)
            return message.ts

    def delete(self, channel: str, ts: str) -> None:
        """Delete a message, as a person who may."""
        with self._store.lock:
            found = self._workspace.channels[channel]
            found.messages = [message for message in found.messages if message.ts != ts]

    def messages(self, channel: str) -> list[Json]:
        """Return the messages of a channel, the oldest first, with whom they alert and which links they show."""
        with self._store.lock:
            found = self._workspace.channels[channel].messages
            return [{**asdict(message), "alerts": alerts(message), "links": links(message)} for message in found]

    @property
    def files(self) -> list[Json]:
        """The files that were shared, or uploaded in part (`is_complete`)."""
        with self._store.lock:
            return [asdict(file) for file in self._workspace.files.values()]

    def save(self) -> Any:
        """Give the channels and files, for `restore`."""
        return self._workspace.channels, self._workspace.files

    def restore(self, saved: Any) -> None:
        """Go back to what was saved; tokens stay, and refusals that were not used up are forgotten."""
        self._workspace.channels, self._workspace.files = saved
        self._workspace.refusals.clear()

    def dump(self) -> dict[str, list[Json]]:
        """Return everything that a run can change, by channel, without times: a duplicate shows."""
        with self._store.lock:
            return {name: _dumped(found.messages) for name, found in sorted(self._workspace.channels.items())}

    def serves(self, path: str) -> bool:
        """Say whether a path is Slack's."""
        return path.startswith(PREFIX)

    def respond(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        """Answer a request."""
        path = target.partition("?")[0]
        with self._store.lock:
            if path.startswith(API):
                return respond(self._workspace, self._store.url, method, target, headers, body)
            if path.startswith(UPLOAD):
                return slack_files.receive(self._workspace, method, path, body)
            return slack_page.show(self._workspace, path.removeprefix(PREFIX))

    def instead(self, kind: str, path: str) -> Response | None:
        """Return what stands in for an answer under a fault, where Slack spells it in its own way."""
        if kind not in _FAULTS or not path.startswith(API):
            return None
        status, word, headers = _FAULTS[kind]
        return reply({"ok": False, "error": word}, status, headers)


def _dumped(messages: list[Message]) -> list[Json]:
    """Return messages in the order of their posting; a reply names the text that it replies to."""
    texts = {message.ts: message.text for message in messages}
    return [
        {
            **{key: getattr(message, key) for key in ("user", "text", "blocks", "metadata")},
            "files": [file["name"] for file in message.files],
            "reply_to": texts.get(message.thread_ts),
        }
        for message in messages
    ]
