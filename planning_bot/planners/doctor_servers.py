"""Slack, the Sheet and time off: whether the bot may post, who reads the Sheet, what in time off is unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.doctor import Checked, Finding
from planning_bot.errors import ConfigurationError, PlanningBotError
from planning_bot.planners.doctor_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning_bot.config import Team
    from planning_bot.domain.absence import TimeOff
    from planning_bot.domain.access import Bot, Channel, Sheet
    from planning_bot.domain.checkup import Seen, SlackFacts
    from planning_bot.domain.doctor import Verdict

_MOST_PLACES = 10
# docs: the pages of chat.postMessage, conversations.info and .history, files.getUploadURLExternal; a private channel
# goes by scopes of its own.
_PUBLIC, _PRIVATE = ("channels:read", "channels:history"), ("groups:read", "groups:history")
_POSTS, _UPLOADS = "chat:write", "files:write"
_ADD = "add {} to the bot token scopes of the Slack app, and install the app again"


def find_slack(team: Team, facts: Seen[SlackFacts] | None) -> Iterator[Verdict]:
    """Say why the bot cannot post."""
    if facts is None:
        return
    if isinstance(facts, PlanningBotError):
        yield unreadable("slack", "token", facts)
        return
    yield from _scopes(facts)
    for name, channel in facts.channels.items():
        yield from _channel(team, name, channel, facts.bot)


def find_sheet(team: Team, seen: Seen[Sheet] | None) -> Iterator[Verdict]:
    """Say why the Sheet for the capacity cannot be read; that it can be written shows only when it is."""
    sheet = team.capacity.sheet
    if sheet is None or seen is None:
        return
    target = f"Sheet {sheet.key}"
    if isinstance(seen, PlanningBotError):
        yield unreadable("sheet", target, seen)
        return
    tabs = f"{len(seen.tabs)} tab" if len(seen.tabs) == 1 else f"{len(seen.tabs)} tabs"
    yield Checked("sheet", target, f"{seen.account} can read it ({tabs}), and must be one of its editors")


def find_time_off(sources: tuple[tuple[str, Seen[TimeOff]], ...]) -> Iterator[Verdict]:
    """Say which places of which sources cannot be read: unreadable time off is never counted as none."""
    for name, seen in sources:
        target = f"time off in {name}"
        if isinstance(seen, ConfigurationError):
            yield from _places(target, seen)
        elif isinstance(seen, PlanningBotError):
            yield unreadable("time_off", target, seen)
        else:
            for notice in seen.notices:
                yield Finding("time_off", "time_off", target, notice, "correct it there, if it is not meant", "note")
            count = len(seen.absences)
            yield Checked("time_off", target, f"{count} absence{'' if count == 1 else 's'} in the coming weeks")


def _scopes(facts: SlackFacts) -> Iterator[Verdict]:
    bot = facts.bot
    if bot.scopes is None:
        yield Checked("slack", "token", f"of {bot.user}; Slack does not say which scopes it has")
        return
    seen = [channel for channel in facts.channels.values() if not isinstance(channel, PlanningBotError)]
    needed = [_POSTS, *(scope for channel in seen for scope in (_PRIVATE if channel.is_private else _PUBLIC))]
    if not seen and not bot.scopes.intersection((*_PUBLIC, *_PRIVATE)):
        needed += _PUBLIC
    missing = [scope for scope in dict.fromkeys(needed) if scope not in bot.scopes]
    if missing:
        because = f"it lacks {', '.join(missing)}: messages cannot be posted, or not be found again"
        yield Finding("slack", "slack_scope", "token", because, _ADD.format(", ".join(missing)))
    else:
        yield Checked("slack", "token", f"of {bot.user}, with the scopes that messages need")
    if _UPLOADS not in bot.scopes:
        because = f"it lacks {_UPLOADS}: the message of say-do goes without its chart"
        yield Finding("slack", "slack_scope", "token", because, _ADD.format(_UPLOADS), "note")


def _channel(team: Team, name: str, seen: Seen[Channel], bot: Bot) -> Iterator[Verdict]:
    target = f"channel {name}"
    if isinstance(seen, PlanningBotError):
        yield unreadable("slack", target, seen)
        return
    if seen.is_archived:
        keys = "say_do.channel" if name == team.say_do.channel else "status.channel"
        yield Finding(
            "slack",
            "slack_channel",
            target,
            "it is archived: nobody can post there",
            f"bring it back, or name another to {keys}",
        )
    elif not seen.is_member:
        hint = f"invite it in the channel: /invite @{bot.user}"
        yield Finding("slack", "slack_channel", target, f"the bot, {bot.user}, is not in it", hint)
    else:
        yield Checked("slack", target, f"{'private' if seen.is_private else 'public'}; {bot.user} is in it")


def _places(target: str, error: ConfigurationError) -> Iterator[Verdict]:
    hint = error.hint or "correct it there: unreadable time off is never counted as none"
    for problem in error.problems[:_MOST_PLACES]:
        yield Finding("time_off", "time_off", target, str(problem), hint)
    if (more := len(error.problems) - _MOST_PLACES) > 0:
        yield Finding("time_off", "time_off", target, f"{more} more places cannot be read", hint)
