"""From a request below ``/api/v4`` to its answer: who asks, with what, where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from planning_bot.sandbox import gitlab_boards, gitlab_groups, gitlab_issues, gitlab_notes, graphql
from planning_bot.sandbox.routing import (
    ROUTES,
    Answer,
    ApiError,
    Call,
    bad_request,
    find_route,
    not_modelled,
    refuse_unknown,
)

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

MODULES = (gitlab_boards, gitlab_groups, gitlab_issues, gitlab_notes)  # importing them fills ROUTES
READS, WRITES = {"api", "read_api"}, {"api"}  # docs: user/profile/personal_access_tokens, scopes
OWN_TOKEN = "/api/v4/personal_access_tokens/self"  # noqa: S105 - a path; any scope may read it

__all__ = ["ROUTES", "answer", "parse_query", "token_of"]


def answer(store: Store, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
    """Carry out a request, wholly or not at all."""
    path, _, query = target.partition("?")
    try:
        with store.transaction():
            token = _authenticate(store, headers)
            if path == graphql.PATH:
                _require_scope(token, "GET", path)  # mutations are not modelled
                return graphql.answer(store, store.get("users", token["user_id"]), target, _content(headers, body))
            served, parts = find_route(method, path)
            _require_scope(token, method, path)
            known = {name.removesuffix("[]"): values for name, values in parse_query(query).items()}
            content = _content(headers, body)
            refuse_unknown(served, known, content)
            user = store.get("users", token["user_id"])
            parts["token_id"] = str(token["id"])
            found = served.handler(Call(store, user, parts, known, content, f"{store.url}{path}"))
            return _as_a_replica_has_it(store, method, path, found)
    except ApiError as error:
        return Answer(error.payload, error.status)


def _as_a_replica_has_it(store: Store, method: str, path: str, found: Answer) -> Answer:
    """Leave out of a list what is too young for the replica that answers it."""
    table = path.rpartition("/")[2]
    if method == "GET" and isinstance(found.payload, list) and store.lag:
        found.payload = [row for row in found.payload if store.is_listed(table, row["id"])]
    return found


def parse_query(query: str) -> dict[str, list[str]]:
    """Return the parameters of a URL."""
    return parse_qs(query, keep_blank_values=True)


def token_of(store: Store, headers: dict[str, str]) -> Row | None:
    """Return the token of a request, from either header (docs: api/rest/authentication)."""
    lower = {name.lower(): value for name, value in headers.items()}
    bearer = lower.get("authorization", "").removeprefix("Bearer ")
    return store.row("SELECT * FROM tokens WHERE token = ?", lower.get("private-token") or bearer)


def _authenticate(store: Store, headers: dict[str, str]) -> Row:
    token = token_of(store, headers)
    if token is None:
        raise ApiError(401, {"message": "401 Unauthorized"})
    if token["revoked"]:
        raise _invalid("Token was revoked. You have to re-authorize from the user.")
    if token["expires_at"] and token["expires_at"] <= store.clock.now().date().isoformat():
        raise _invalid("Token is expired. You can either do re-authorization or token refresh.")
    if store.get("users", token["user_id"])["state"] == "blocked":
        raise ApiError(403, {"message": "403 Forbidden - Your account has been blocked."})
    return token


def _invalid(description: str) -> ApiError:
    return ApiError(401, {"error": "invalid_token", "error_description": description})


def _require_scope(token: Row, method: str, path: str) -> None:
    enough = READS if method == "GET" else WRITES
    if path != OWN_TOKEN and not enough.intersection(token["scopes"].split()):
        description = "The request requires higher privileges than provided by the access token."
        scope = " ".join(sorted(enough))
        raise ApiError(403, {"error": "insufficient_scope", "error_description": description, "scope": scope})


def _content(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if not kind.startswith("application/json"):
        raise not_modelled(f"the content type {kind or '(none)'}")
    try:
        content = json.loads(body)
    except ValueError:
        raise bad_request("The request body is no JSON", "error") from None
    return content if isinstance(content, dict) else {}
