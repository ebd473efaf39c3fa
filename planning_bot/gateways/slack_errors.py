"""What Slack's refusals mean, in words, and what to do about each.

Slack answers 200 with `ok: false` and a word (docs: reference/methods, errors). Only words that look like one are
repeated, and nothing else of an answer but the scopes that it names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from planning_bot.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping

INVITE = "invite the bot to the channel (/invite in the channel), or name another in the configuration"
_SET_IT = "put the bot token (xoxb-…) of the Slack app into SLACK_BOT_TOKEN"
_REINSTALL = "install the Slack app again, and put its new bot token into SLACK_BOT_TOKEN"
_MISTAKE = "this is a mistake of the program's: please report it"
_LATER = "run it again later"
_ADMIN = "ask an administrator of the workspace to allow it, or name another channel"

WORDS: Mapping[str, tuple[str, str]] = {
    "channel_not_found": ("there is no such channel, or it is a private one that the bot is not in", INVITE),
    "not_in_channel": ("the bot is not in the channel", INVITE),
    "is_archived": ("the channel is archived", "bring it back, or name another in the configuration"),
    "not_authed": ("no token was sent", _SET_IT),
    "invalid_auth": ("the token is not accepted", _SET_IT),
    "token_expired": ("the token has expired", _REINSTALL),
    "token_revoked": ("the token was revoked", _REINSTALL),
    "account_inactive": ("the bot was deactivated, or the app removed from the workspace", _REINSTALL),
    "not_allowed_token_type": ("the token is of a kind that may not do this", _SET_IT),
    "access_denied": ("the workspace does not let the app do this", _ADMIN),
    "no_permission": ("the token's workspace does not let the app do this", _ADMIN),
    "ekm_access_denied": ("administrators have suspended posting in the workspace", _ADMIN),
    "team_access_not_granted": ("the app has no access to the channel's workspace", _ADMIN),
    "restricted_action": ("the workspace lets only some people post there", _ADMIN),
    "restricted_action_read_only_channel": ("the channel can be read only", _ADMIN),
    "restricted_action_thread_locked": ("the thread is locked", _ADMIN),
    "cant_update_message": ("the message is not one of this bot's", "was the app replaced? delete its old message"),
    "edit_window_closed": ("the workspace lets nobody edit a message as old as this", _ADMIN),
    "message_not_found": ("the message is gone", "run it again: a new one is posted"),
    "msg_too_long": ("the message is too long", _MISTAKE),
    "msg_blocks_too_long": ("the message is too long", _MISTAKE),
    "no_text": ("the message has no text", _MISTAKE),
    "invalid_blocks": ("it does not understand the message's blocks", _MISTAKE),
    "invalid_blocks_format": ("it does not understand the message's blocks", _MISTAKE),
    "invalid_arguments": ("it does not understand what was asked", _MISTAKE),
    "metadata_too_large": ("the message's key is too long", _MISTAKE),
    "ratelimited": ("too much was asked of it in a minute", _LATER),
    "rate_limited": ("too much was asked of it in a minute", _LATER),
    "message_limit_exceeded": ("members post more there than Slack allows in a minute", _LATER),
    "service_unavailable": ("it is not available", _LATER),
    "internal_error": ("something failed on Slack's side", _LATER),
    "fatal_error": ("something failed on Slack's side", _LATER),
    "request_timeout": ("what was sent arrived in part", _LATER),
    "storage_limit_reached": ("the workspace has no room for files", "ask its administrators to make some"),
    "file_uploads_disabled": ("the workspace takes no files", _ADMIN),
    "file_uploads_except_images_disabled": ("the workspace takes no such files", _ADMIN),
    "unknown_method": ("it does not know the method", "is slack.api_url the address of Slack's API?"),
}
# After these nobody knows what became of a write (docs: "some aspect of the operation may have succeeded").
UNSURE = frozenset({"fatal_error", "internal_error"})
_WORD = re.compile(r"[a-z][a-z0-9_]{0,60}")
_SCOPES = re.compile(r"[a-z][a-z0-9.:_,\- ]{0,300}")


def word_of(answer: Mapping[str, Any]) -> str:
    """Give the word of a refusal; `unknown` where the answer holds none that can be repeated."""
    word = answer.get("error")
    return word if isinstance(word, str) and _WORD.fullmatch(word) else "unknown"


class RefusedBySlackError(ServerError):
    """Slack said no; `word` is its name for the reason."""

    def __init__(self, error: ServerError, word: str) -> None:
        super().__init__(error.message, error.hint, status=error.status)
        self.word = word


def refusal(method: str, answer: Mapping[str, Any], status: int) -> ServerError:
    """Put `ok: false` into words."""
    word = word_of(answer)
    if word == "missing_scope":
        return _missing_scope(method, answer, status)
    what, hint = WORDS.get(word, ("no more is known of it", "look the word up in Slack's documentation of the method"))
    return ServerError(f"Slack refuses {method} ({word}): {what}", hint, status=status)


def _missing_scope(method: str, answer: Mapping[str, Any], status: int) -> ServerError:
    needed, provided = (_scopes(answer.get(name)) for name in ("needed", "provided"))
    return ServerError(
        f"Slack refuses {method} (missing_scope): the token lacks {needed or 'a scope'}; it has {provided or 'others'}",
        f"add {needed or 'it'} to the bot token scopes of the Slack app, and install the app again",
        status=status,
    )


def _scopes(told: Any) -> str:
    return told if isinstance(told, str) and _SCOPES.fullmatch(told) else ""
