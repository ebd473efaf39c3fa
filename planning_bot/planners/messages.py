"""Decides whether a message is posted, updated in place, or stands there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planning_bot.domain.change import PostMessage
from planning_bot.domain.message import slack_target
from planning_bot.domain.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.message import Message, Spot


@dataclass(frozen=True)
class Outlet:
    """Where a message goes, and of the issues that it names the titles that may be told and the addresses."""

    spot: Spot | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_chart(self) -> bool:
        """Whether a picture can still be put there."""
        return self.spot is not None and self.spot.may_upload and not (self.spot.posted and self.spot.posted.has_chart)


def plan_message(spot: Spot | None, message: Message, because: str) -> Plan:
    """Plan a message for a channel; no spot, no message.

    Where the channel could not be looked at, the message is planned all the same: carrying it out looks again, and what
    GitLab gets does not wait for Slack.
    """
    if spot is None:
        return Plan()
    target = slack_target(spot.channel)
    doubles = f"{spot.times} messages stand there for one occasion: delete all but the latest" if spot.times > 1 else ""
    notices = tuple(f"{target}: {told}" for told in (spot.trouble, doubles) if told)
    if spot.posted and spot.posted.shows(message, with_chart=spot.may_upload):
        return Plan(notices=notices)
    change = PostMessage(
        target=target,
        because=because,
        channel=spot.channel,
        key=spot.key,
        since=spot.since,
        before=spot.posted,
        after=message,
        unread=spot.trouble,
    )
    return Plan(changes=(change,), notices=notices)
