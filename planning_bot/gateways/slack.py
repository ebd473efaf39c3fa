"""Slack: a message is found again in its channel by the key in its metadata, posted once, and updated in place.

There is no key by which Slack itself would tell a post that is sent twice: so nothing is posted before the channel's
history was looked through, and nothing whose answer was lost is posted again. slack_sdk is imported with the first
connection.
"""

from __future__ import annotations

import os
import re
import threading
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import SecretStr

from planning_bot.domain.delivered import Delivered, Present
from planning_bot.errors import ServerError, UnknownOutcomeError, UsageError
from planning_bot.gateways.slack_errors import INVITE, RefusedBySlackError
from planning_bot.gateways.slack_payloads import QUIET, as_dict, content, payload_of, posted_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from planning_bot.domain.change import PostMessage
    from planning_bot.domain.message import Chart, Posted
    from planning_bot.gateways.polite_session import Clock
    from planning_bot.gateways.slack_connection import SlackConnection

    Json = dict[str, Any]

VARIABLE = "SLACK_BOT_TOKEN"
UPLOADS = "files:write"
PAGE = 200  # docs: reference/methods/conversations.history: no more than 200 are recommended
MOST_PAGES = 50
_ID = re.compile(r"[CGD][A-Z0-9]+")  # a channel's name has no capitals
_KINDS = ("public_channel,private_channel", "public_channel")
_DAY = timedelta(days=1)  # a day begins within a day of its beginning in UTC


def connect(api_url: str, *, clock: Clock | None = None) -> SlackConnection:
    """Connect with the token of the environment; nothing is sent yet. Raises UsageError where there is none."""
    token = os.environ.get(VARIABLE, "").strip()
    if not token:
        raise UsageError(f"{VARIABLE} is not set", "export the bot token (xoxb-…) of the Slack app that posts")
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise UsageError(f"{VARIABLE} is not a token: it holds blanks or characters that none has", "copy it again")
    from planning_bot.gateways.slack_connection import SlackConnection  # noqa: PLC0415 - see above

    return SlackConnection(api_url, SecretStr(token), clock)


class _Me(NamedTuple):
    """The bot's user id, and the scopes of its token, which stand in a header of every answer; None: not told."""

    user: str
    scopes: frozenset[str] | None


class SlackReader:
    """Finds channels, and the program's messages in them; several threads may use it, and none asks twice."""

    def __init__(self, connection: SlackConnection) -> None:
        self._slack = connection
        self._lock = threading.Lock()
        self._known: _Me | None = None
        self._channels: dict[str, str] = {}

    @property
    def may_upload(self) -> bool:
        """Whether the token may upload files; where Slack does not say, it is tried. Raises ServerError."""
        scopes = self._me().scopes
        return scopes is None or UPLOADS in scopes

    def channel(self, name: str) -> str:
        """Find the id of a channel by its name; an id is one already. Raises ServerError where there is none."""
        name = name.strip().removeprefix("#")
        with self._lock:
            if not _ID.fullmatch(name) and name not in self._channels:
                self._channels[name] = self._find(name.lower())
            return self._channels.get(name, name)

    def posted(self, channel: str, key: str, since: date | None = None) -> list[Posted]:
        """Find the message with that key that this bot posted: the latest first, if two runs posted it.

        The channel is an id or a name; nothing before the day `since` is looked at. Raises ServerError, also where the
        channel's history is too long to be read: who did not see all of it does not know that there is none.
        """
        me = self._me().user
        for page in self._history(self.channel(channel), since):
            payloads = ((message, payload_of(message)) for message in page if message.get("user") == me)
            found = [posted_of(message, payload, me) for message, payload in payloads if payload.get("key") == key]
            if found:  # a second one was posted at the same time, and so stands beside it
                return found
        return []

    def _me(self) -> _Me:
        with self._lock:
            self._known = self._known or self._ask_who()
            return self._known

    def _ask_who(self) -> _Me:
        answer = self._slack.auth_test()
        user = answer.get("user_id")
        if not isinstance(user, str):
            raise ServerError("auth.test: Slack does not say who the bot is", "run it again later")
        told = answer.headers.get("x-oauth-scopes")
        return _Me(user, None if told is None else frozenset(str(told).replace(" ", "").split(",")))

    def _find(self, name: str) -> str:
        for channel in (row for page in self._list() for row in page):
            if name in (channel.get("name"), channel.get("name_normalized")) and isinstance(channel.get("id"), str):
                return str(channel["id"])
        raise ServerError(f"Slack has no channel {name!r} that the bot can see", INVITE, status=404)

    def _list(self) -> Iterator[list[Json]]:
        """List channels, private ones if the token may see them; archived ones too, for a clear word about them."""
        try:
            yield from self._pages("channels", types=_KINDS[0])
        except ServerError as error:
            if getattr(error, "word", "") != "missing_scope":
                raise
            yield from self._pages("channels", types=_KINDS[1])

    def _history(self, channel: str, since: date | None) -> Iterator[list[Json]]:
        oldest = datetime.combine(since, time(), UTC) - _DAY if since else None
        bound = {"oldest": f"{oldest.timestamp():.6f}"} if oldest else {}
        yield from self._pages("messages", channel=channel, include_all_metadata=True, **bound)

    def _pages(self, rows: str, **asked: Any) -> Iterator[list[Json]]:
        """Read a list, page by page. Raises ServerError where it does not end."""
        call = self._slack.conversations_list if rows == "channels" else self._slack.conversations_history
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = call(limit=PAGE, cursor=cursor or None, **asked)
            found = answer.get(rows)
            if not isinstance(found, list):
                raise ServerError(f"Slack's answer has no {rows} where it documents them", "run it again later")
            yield [row for row in found if isinstance(row, dict)]
            cursor = as_dict(answer.get("response_metadata")).get("next_cursor") or ""
            if not cursor:
                return
        raise ServerError(
            f"Slack lists more than {MOST_PAGES * PAGE} {rows}, and reading ended there",
            "name a channel by its id, and one in which fewer messages are posted",
        )


class SlackWriter:
    """Posts and updates messages."""

    def __init__(self, connection: SlackConnection, reader: SlackReader) -> None:
        self._slack = connection
        self._reader = reader

    def look(self, change: PostMessage) -> Present:
        """Find the message as it stands; one that shows what is meant already is what is meant."""
        posted = next(iter(self._reader.posted(change.channel, change.key, change.since)), None)
        if posted and posted.shows(change.after, with_chart=self._reader.may_upload):
            return Present(change.after, posted)
        return Present(posted, posted)

    def send(self, change: PostMessage, present: Present) -> Delivered:
        """Post the message, or update the one that stands there; then the chart, if its thread has none."""
        channel, posted = self._reader.channel(change.channel), present.seen
        if posted is None:
            ts = str(self._slack.chat_postMessage(channel=channel, **content(change), **QUIET).get("ts") or "")
        else:
            ts = str(posted.ts)
            if posted.digest != change.after.digest:
                self._slack.chat_update(channel=channel, ts=ts, **content(change))
        if change.after.chart is None or (posted and posted.has_chart):
            return Delivered()
        return self._upload(change.after.chart, channel, ts)

    def _upload(self, chart: Chart, channel: str, ts: str) -> Delivered:
        """Put the chart into the message's thread: nobody sees it before the last of three steps."""
        if not self._reader.may_upload:
            return Delivered(remarks=(f"without the chart: the token lacks the scope {UPLOADS}",))
        try:
            file = self._slack.files_getUploadURLExternal(
                filename=chart.name, length=len(chart.png), alt_txt=chart.description
            )
            self._slack.upload(str(file.get("upload_url")), chart.png)
        except (ServerError, UnknownOutcomeError) as error:
            return _without_chart(error)
        files: Any = [{"id": str(file.get("file_id")), "title": chart.title}]
        try:
            self._slack.files_completeUploadExternal(files=files, channel_id=channel, thread_ts=ts)
        except UnknownOutcomeError as error:
            return Delivered(unknown=(f"the chart: {error.message}",))
        except ServerError as error:
            return _without_chart(error)
        return Delivered()


def _without_chart(error: ServerError | UnknownOutcomeError) -> Delivered:
    """Tell a Slack that takes no files, which is how it is, from an upload that a later run may manage."""
    told = (f"without the chart: {error.message}",)
    is_refused = isinstance(error, RefusedBySlackError) and error.status != HTTPStatus.TOO_MANY_REQUESTS
    is_how_it_is = is_refused or (isinstance(error, ServerError) and error.is_not_offered)
    return Delivered(remarks=told) if is_how_it_is else Delivered(missing=told)
