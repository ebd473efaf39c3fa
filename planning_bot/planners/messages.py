"""Decides whether a message is posted, updated in place, or stands there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.change import PostMessage
from planning_bot.domain.message import slack_target
from planning_bot.domain.plan import Plan

if TYPE_CHECKING:
    from planning_bot.domain.message import Message, Spot


def plan_message(spot: Spot | None, message: Message, because: str) -> Plan:
    """Plan a message for a channel; no spot, no message.

    Where the channel could not be looked at, the message is planned all the same: carrying it out looks again, and what
    GitLab gets does not wait for Slack.
    """
    if spot is None or (spot.posted and spot.posted.shows(message, with_chart=spot.may_upload)):
        return Plan()
    target = slack_target(spot.channel)
    change = PostMessage(
        target=target,
        because=because,
        channel=spot.channel,
        key=spot.key,
        since=spot.since,
        before=spot.posted,
        after=message,
    )
    return Plan(changes=(change,), notices=(f"{target}: {spot.trouble}",) if spot.trouble else ())
