"""What a request is, which routes exist, and how a list is cut into pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

API = "/api/v4"
PER_PAGE, MOST_PER_PAGE, MOST_COUNTED = 20, 100, 10_000  # docs: api/rest, pagination
PAGES = ("page", "per_page")


class ApiError(Exception):
    """An answer other than the one that was asked for."""

    def __init__(self, status: int, payload: dict[str, Any]) -> None:
        super().__init__(f"{status}: {payload}")
        self.status = status
        self.payload = payload


def not_found(what: str = "") -> ApiError:
    """Return GitLab's 404, which also hides what a user may not see (docs: api/rest/troubleshooting)."""
    return ApiError(404, {"message": f"404 {what} Not Found" if what else "404 Not found"})


def forbidden() -> ApiError:
    """Return GitLab's 403."""
    return ApiError(403, {"message": "403 Forbidden"})


def bad_request(message: object, key: str = "message") -> ApiError:
    """Return GitLab's 400: ``error`` for a parameter, ``message`` for a validation."""
    return ApiError(400, {key: message})


def not_modelled(what: str) -> ApiError:
    """Refuse what the sandbox does not know, naming it."""
    return ApiError(501, {"message": f"The sandbox does not know {what}"})


@dataclass
class Call:
    """One request to a route, by somebody."""

    store: Store
    user: Row
    path: dict[str, str]
    query: dict[str, list[str]]
    body: dict[str, Any]
    url: str

    def value(self, name: str, default: str = "") -> str:
        """Return the last value of a query parameter."""
        return self.query.get(name, [default])[-1]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a query parameter that is true or false."""
        return self.value(name, str(default)).lower() in {"true", "1", "yes"}

    def many(self, name: str) -> list[str]:
        """Return a parameter given as ``name[]=a&name[]=b`` or ``name=a,b`` (docs: api/rest, encoding)."""
        return [part.strip() for value in self.query.get(name, []) for part in value.split(",") if part.strip()]

    def number(self, name: str) -> int:
        """Return a number of the path."""
        return int(self.path[name]) if self.path[name].isascii() and self.path[name].isdigit() else 0


@dataclass
class Answer:
    """What goes back: JSON, or text of another kind."""

    payload: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """A method and a path, with every query parameter and every body key that are known there."""

    method: str
    path: str
    query: frozenset[str]
    body: frozenset[str]
    handler: Handler
    pattern: re.Pattern[str]


ROUTES: list[Route] = []


def route(
    method: str, path: str, *, query: tuple[str, ...] = (), body: tuple[str, ...] = ()
) -> Callable[[Handler], Handler]:
    """Serve a path, such as ``/groups/:id/boards``, with a function."""

    def add(handler: Handler) -> Handler:
        pattern = re.compile(re.sub(r":(\w+)", r"(?P<\1>[^/]+)", path))
        ROUTES.append(Route(method, path, frozenset(query), frozenset(body), handler, pattern))
        return handler

    return add


def find_route(method: str, raw_path: str) -> tuple[Route, dict[str, str]]:
    """Return the route of a path whose parts are still URL-encoded, and those parts decoded."""
    on_path = [(served, match) for served in ROUTES if (match := served.pattern.fullmatch(raw_path.removeprefix(API)))]
    for served, match in on_path:
        if served.method == method:
            return served, {name: unquote(value) for name, value in match.groupdict().items()}
    raise not_modelled(f"the {'method' if on_path else 'path'} {method} {raw_path}")


def refuse_unknown(served: Route, query: dict[str, list[str]], body: dict[str, Any]) -> None:
    """Refuse parameters that GitLab may know and the sandbox does not."""
    if unknown := sorted(query.keys() - served.query):
        raise not_modelled(f"the query parameter {unknown[0]} of {served.method} {served.path}")
    if unknown := sorted(body.keys() - served.body):
        raise not_modelled(f"the body key {unknown[0]} of {served.method} {served.path}")


def paginate(call: Call, total: int, fetch: Callable[[int, int], list[Any]]) -> Answer:
    """Answer with one page and the headers that lead to the others (docs: api/rest, offset pagination)."""
    page, per_page = _positive(call, "page", 1), min(_positive(call, "per_page", PER_PAGE), MOST_PER_PAGE)
    pages = max(1, -(-total // per_page))
    following, previous = page + 1 if page < pages else 0, page - 1 if page > 1 else 0
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(per_page),
        "X-Next-Page": str(following or ""),
        "X-Prev-Page": str(previous or ""),
    }
    relations = {"prev": previous, "next": following, "first": 1}
    if total <= MOST_COUNTED:  # docs: api/rest, pagination response headers: left out above 10,000
        headers |= {"X-Total": str(total), "X-Total-Pages": str(pages)}
        relations["last"] = pages
    headers["Link"] = ", ".join(
        f'<{_page_url(call, number, per_page)}>; rel="{name}"' for name, number in relations.items() if number
    )
    return Answer(fetch(per_page, (page - 1) * per_page), headers=headers)


def paginate_list(call: Call, rows: list[Any]) -> Answer:
    """Answer with one page of what is at hand already."""
    return paginate(call, len(rows), lambda limit, offset: rows[offset : offset + limit])


def _positive(call: Call, name: str, default: int) -> int:
    value = call.value(name, str(default))
    if not value.isascii() or not value.isdigit() or value == "0":
        raise bad_request(f"{name} does not have a valid value", "error")
    return int(value)


def _page_url(call: Call, page: int, per_page: int) -> str:
    query = {name: values for name, values in call.query.items() if name not in PAGES}
    pairs = [(name, value) for name, values in query.items() for value in values]
    return f"{call.url}?{urlencode([*pairs, ('page', page), ('per_page', per_page)], quote_via=quote)}"
