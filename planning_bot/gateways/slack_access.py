"""The reading door to what a bot may do in Slack: whose token it is, its scopes, the channels that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.access import Bot, Channel
from planning_bot.errors import ServerError
from planning_bot.gateways.slack import SlackReader
from planning_bot.gateways.slack_payloads import as_dict

if TYPE_CHECKING:
    from planning_bot.gateways.slack_connection import SlackConnection


class SlackAccess:
    """Asks, and posts nothing; every method raises ServerError."""

    def __init__(self, connection: SlackConnection) -> None:
        self._slack = connection
        self._reader = SlackReader(connection)

    def bot(self) -> Bot:
        """Whose token it is, and its scopes, which stand in a header (docs: reference/methods/auth.test)."""
        answer = self._slack.auth_test()
        told = answer.headers.get("x-oauth-scopes")
        scopes = None if told is None else frozenset(str(told).replace(" ", "").split(","))
        return Bot(str(answer.get("user") or answer.get("user_id") or ""), scopes)

    def channel(self, name: str) -> Channel:
        """The channel of that id or name (docs: reference/methods/conversations.info)."""
        number = self._reader.channel(name)
        row = as_dict(self._slack.conversations_info(channel=number).get("channel"))
        if row.get("id") != number:
            raise ServerError("conversations.info: the answer is not what Slack documents", "run it again later")
        flags = {key: row.get(key) is True for key in ("is_member", "is_private", "is_archived")}
        return Channel(number, str(row.get("name") or name), **flags)
