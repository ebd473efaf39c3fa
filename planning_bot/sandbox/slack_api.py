"""Slack's Web API as the program and slack_sdk use it (docs: docs.slack.dev/apis/web-api)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from planning_bot.sandbox.connection import Response
from planning_bot.sandbox.slack_state import TEAM

if TYPE_CHECKING:
    from planning_bot.sandbox.slack_state import Channel, Json, Token, Workspace

API, UPLOAD = "/slack/api/", "/slack/upload/v1/"
LISTS = ("blocks", "metadata", "files")  # in a form these are JSON


class SlackError(Exception):
    """`ok: false` with its word, and what goes with it."""

    def __init__(self, word: str, **more: Any) -> None:
        super().__init__(word)
        self.answer = {"ok": False, "error": word, **more}


class NotModelledError(Exception):
    """What the sandbox does not know."""


@dataclass(frozen=True)
class Call:
    """One call of a method, by somebody, with its arguments."""

    slack: Workspace
    token: Token
    args: Json
    url: str

    def text(self, name: str) -> str:
        """Return an argument as text; empty where it is missing."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return an argument that is true or false."""
        return self.text(name).lower() in {"true", "1"} if name in self.args else default

    def number(self, name: str, default: int, most: int) -> int:
        """Return an argument that is a number of rows (docs: apis/web-api/pagination)."""
        text = self.text(name) or str(default)
        if not text.isdigit() or not 0 < int(text) <= most:
            raise SlackError("invalid_limit")
        return int(text)

    def require(self, scope: str) -> None:
        """Refuse a token without a scope."""
        if scope not in self.token.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(self.token.scopes))

    def channel(self, kind: str, *, name: str = "channel") -> Channel:
        """Return the channel of an argument, in which the bot is; `kind` is the scope's, such as `history`."""
        channel = self.slack.channel(self.text(name))
        if channel is None or (channel.is_private and self.token.user not in channel.members):
            raise SlackError("channel_not_found")
        if kind:
            self.require(f"{'groups' if channel.is_private else 'channels'}:{kind}")
        return channel

    def own_channel(self, kind: str = "", *, name: str = "channel") -> Channel:
        """Return a channel that the bot is a member of."""
        channel = self.channel(kind, name=name)
        if self.token.user not in channel.members and (kind or "chat:write.public" not in self.token.scopes):
            raise SlackError("not_in_channel")
        return channel


Handler = Callable[[Call], "Json"]


@dataclass(frozen=True)
class Method:
    """A method, its arguments, and whether it may be called with GET, as those that read may."""

    name: str
    arguments: frozenset[str]
    reads: bool
    handler: Handler


METHODS: dict[str, Method] = {}


def method(name: str, *arguments: str, reads: bool = False) -> Callable[[Handler], Handler]:
    """Serve a method with a function."""

    def add(handler: Handler) -> Handler:
        METHODS[name] = Method(name, frozenset(arguments), reads, handler)
        return handler

    return add


@method("auth.test", reads=True)
def _auth_test(call: Call) -> Json:
    return {
        "url": "https://sandbox.slack.com/",
        "team": "Sandbox",
        "user": call.token.name,
        "team_id": TEAM,
        "user_id": call.token.user,
        "bot_id": call.token.bot,
        "is_enterprise_install": False,
    }


def respond(slack: Workspace, base: str, verb: str, target: str, headers: dict[str, str], body: bytes) -> Response:
    """Answer a call of a method."""
    path, _, query = target.partition("?")
    scopes: dict[str, str] = {}
    try:
        served = _find(verb, path.removeprefix(API))
        arguments = _arguments(headers, query, body)
        token = _token_of(slack, headers, arguments)
        scopes = {"x-oauth-scopes": ",".join(token.scopes)}
        _refuse(slack, served, arguments)
        answer = {"ok": True, **served.handler(Call(slack, token, arguments, base))}
    except SlackError as error:
        answer = error.answer
    except NotModelledError as error:
        return reply({"ok": False, "error": f"The sandbox does not know {error}"}, 501)
    return reply(answer, headers=scopes)


def reply(answer: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON as Slack does."""
    body = json.dumps(answer, ensure_ascii=False).encode()
    return Response(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)


def _find(verb: str, name: str) -> Method:
    served = METHODS.get(name)
    if served is None or not (verb == "POST" or (verb == "GET" and served.reads)):
        raise NotModelledError(f"{verb} {name}")
    return served


def _arguments(headers: dict[str, str], query: str, body: bytes) -> Json:
    """Read a query, a form or JSON (docs: apis/web-api, POST bodies)."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "").partition(";")[0]
    found: Json = dict(parse_qsl(query, keep_blank_values=True))
    if kind == "application/json" and body:
        sent = _decoded(body.decode(), "invalid_json")
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        return found | sent
    if body and kind != "application/x-www-form-urlencoded":
        raise SlackError("invalid_post_type")
    found |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return found | {name: _decoded(found[name], "invalid_arguments") for name in LISTS if name in found}


def _decoded(text: str, word: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise SlackError(word) from None


def _token_of(slack: Workspace, headers: dict[str, str], arguments: Json) -> Token:
    lower = {name.lower(): value for name, value in headers.items()}
    secret = lower.get("authorization", "").removeprefix("Bearer ") or arguments.pop("token", "")
    if not secret:
        raise SlackError("not_authed")
    token = slack.tokens.get(secret)
    if token is None or token.refused:
        raise SlackError(token.refused if token else "invalid_auth")
    return token


def _refuse(slack: Workspace, served: Method, arguments: Json) -> None:
    """Refuse arguments that Slack may know and the sandbox does not, and what a test wants to be refused."""
    if unknown := arguments.keys() - served.arguments:
        raise NotModelledError(f"the argument {min(unknown)} of {served.name}")
    for number, (refused, answer) in enumerate(slack.refusals):
        if refused == served.name:
            del slack.refusals[number]
            raise SlackError(answer["error"], **{key: value for key, value in answer.items() if key != "error"})
