"""The wire to GitLab: complete lists or an error, answers that are what they should be, outcomes told apart.

Built on python-gitlab's `http_request`, with its retries switched off: `PoliteSession` has those that are safe.
The token travels as `Authorization: Bearer`, which no client forwards to another host.
"""

from __future__ import annotations

import http.client
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

import gitlab
import requests
from gitlab.exceptions import GitlabError

from planning_bot.errors import ServerError, UnknownOutcomeError
from planning_bot.gateways.pace import Pace
from planning_bot.gateways.polite_session import READ_SECONDS, Clock, PoliteSession, was_never_sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

SIDE_BY_SIDE = 8
_PAGE = 100
_LOOKS = 4
# GitLab's application limits, less a margin: 60 notes and 200 issues a minute (docs: administration/settings).
_NOTES_A_MINUTE, _CREATES_A_MINUTE = 30, 60


@dataclass(frozen=True)
class Page:
    """The first rows of a list, and whether there are more."""

    rows: list[dict[str, Any]]
    more: bool


class GitLabConnection:
    """One connection for a run, shared by everything that reads from or writes to this GitLab."""

    def __init__(
        self,
        url: str,
        token: SecretStr,
        *,
        ca_file: str | None = None,
        proxy: str | None = None,
        side_by_side: int = SIDE_BY_SIDE,
        clock: Clock | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        session = PoliteSession(connections=side_by_side, clock=clock)
        session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        self.clock = session.clock
        self.notes = Pace(self.clock, _NOTES_A_MINUTE)
        self.creates = Pace(self.clock, _CREATES_A_MINUTE)
        self._gitlab = gitlab.Gitlab(
            self.url,
            oauth_token=token.get_secret_value(),
            ssl_verify=ca_file or True,
            timeout=READ_SECONDS,
            retry_transient_errors=False,
            session=session,
        )
        # Two pools, so that a read which waits for its pages never holds the place that they need.
        self._pool = ThreadPoolExecutor(side_by_side, thread_name_prefix="gitlab")
        self._pages = ThreadPoolExecutor(side_by_side, thread_name_prefix="gitlab-pages")

    def together(self, *reads: Callable[[], Any]) -> list[Any]:
        """Run reads side by side, and give their answers in the order asked; the first error is raised."""
        return [future.result() for future in [self._pool.submit(read) for read in reads]]

    def close(self) -> None:
        """Let go of threads and sockets."""
        for pool in (self._pool, self._pages):
            pool.shutdown(wait=False, cancel_futures=True)
        self._gitlab.session.close()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Read one object."""
        return _decoded(self._request("get", path, query), dict)

    def get_list(self, path: str) -> list[dict[str, Any]]:
        """Read a list that GitLab does not page."""
        return _decoded(self._request("get", path, {}), list)

    def get_page(self, path: str, **query: Any) -> Page:
        """Read the first page of a list."""
        answer = self._request("get", path, {**query, "per_page": _PAGE, "page": 1})
        return Page(_decoded(answer, list), more=self._next_page(answer) is not None)

    def get_all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Read a complete list, deduplicated by id, or raise ServerError: a list that failed is not an empty one.

        A row that goes while pages are read moves those behind it to the page before, where they are missed: the count
        in each answer tells, and the list is read again. Of one that is too long to be counted the count is unknown.
        """
        for _ in range(_LOOKS):
            answers = self._pages_of(path, query)
            if len({answer.headers.get("X-Total") for answer in answers}) == 1:
                rows = {row["id"]: row for answer in answers for row in _decoded(answer, list)}
                return list(rows.values())
        raise ServerError(f"GET {path}: the list changed each of {_LOOKS} times that it was read", "run it again later")

    def _pages_of(self, path: str, query: dict[str, Any]) -> list[requests.Response]:
        """Read page by page; side by side where the first says how many there are, else the links are followed."""
        first = self._request("get", path, {**query, "per_page": _PAGE, "page": 1})
        answers = [first]
        if self._next_page(first) and (pages := _page_count(first)) > 1:
            numbered = [{**query, "per_page": _PAGE, "page": page} for page in range(2, pages + 1)]
            answers += self._pages.map(lambda asked: self._request("get", path, asked), numbered)
        followed: set[str] = set()
        while (link := self._next_page(answers[-1])) and link not in followed:
            followed.add(link)
            answers.append(self._request("get", link, {}))
        if link:
            raise ServerError(f"GET {path}: the pages of the list go round in a circle")
        return answers

    def query(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask GraphQL, by GET, as nothing is changed: GitLab takes queries so (gitlabhq: config/routes/api.rb).

        Raises ServerError, also where the answer tells of errors: half of one is none.
        """
        asked = {"query": query, "variables": json.dumps(variables)}
        answer = _decoded(self._request("get", f"{self.url}/api/graphql", asked), dict)
        if answer.get("errors") or not isinstance(answer.get("data"), dict):
            raise ServerError("GitLab does not answer the GraphQL query", "is this GitLab older than 15.7?")
        return cast("dict[str, Any]", answer["data"])

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create something, once. Raises UnknownOutcomeError where the answer was lost."""
        return self._write("post", path, body)

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change something. Raises UnknownOutcomeError where the answer was lost."""
        return self._write("put", path, body)

    def _write(self, verb: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            return _decoded(self._request(verb, path, {}, body), dict)
        except ServerError as error:
            # No status: the answer was lost or made no sense. A 409 is a lock, which GitLab takes before it acts.
            if error.status is None or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise UnknownOutcomeError(
                    error.message, "run it again: the next run looks what became of it"
                ) from error
            raise

    def _request(
        self, verb: str, path: str, query: dict[str, Any], body: dict[str, Any] | None = None
    ) -> requests.Response:
        try:
            return self._gitlab.http_request(
                verb, path, query_data=_spelled(query), post_data=body, obey_rate_limit=False, max_retries=0
            )
        except GitlabError as error:  # the one of 401 is no GitlabHttpError
            raise _refusal(verb, path, error) from error
        except requests.RequestException as error:
            if was_never_sent(error) and verb != "get":
                raise ServerError(
                    f"{self.url} cannot be reached", "check gitlab.url and the network", status=0
                ) from error
            is_tls = isinstance(error, requests.exceptions.SSLError)
            raise ServerError(
                f"{self.url} does not answer ({type(error).__name__})",
                _UNTRUSTED if is_tls else "check gitlab.url, gitlab.proxy and the network",
            ) from error

    def _next_page(self, response: requests.Response) -> str | None:
        """Give the address of the page that follows, as the server names it (docs: api/rest, pagination)."""
        link: str | None = response.links.get("next", {}).get("url")
        if link and urlsplit(link)[:2] != urlsplit(self.url)[:2]:
            raise ServerError(f"the next page of a list is not on {self.url}", "check gitlab.url")
        return link


def _spelled(query: dict[str, Any]) -> dict[str, Any]:
    """Spell truth as GitLab's documentation does: `true`, where Python would send `True`."""
    return {key: str(value).lower() if isinstance(value, bool) else value for key, value in query.items()}


def _page_count(response: requests.Response) -> int:
    """Read X-Total-Pages, which is missing where a list has more than 10,000 rows."""
    pages = response.headers.get("X-Total-Pages", "")
    return int(pages) if pages.isdecimal() else 0


_Shape = TypeVar("_Shape", list[Any], dict[str, Any])


def _decoded(response: requests.Response, shape: type[_Shape]) -> _Shape:
    """Read an answer's JSON, or raise ServerError where it is cut off, empty, HTML or of another shape."""
    where = f"{response.request.method} {urlsplit(response.url).path}"
    try:
        answer = response.json()
    except ValueError as error:
        raise ServerError(f"{where}: the answer is not JSON", "is gitlab.url the address of GitLab itself?") from error
    whole = isinstance(answer, shape) and (
        isinstance(answer, dict) or all(isinstance(row, dict) and "id" in row for row in answer)
    )
    if not whole:
        raise ServerError(f"{where}: the answer has not the shape that GitLab documents")
    return cast("_Shape", answer)


_UNTRUSTED = "is its certificate of an authority of your own? name that in gitlab.ca_file; or check gitlab.url"
_HINTS = {
    301: "it has moved, and redirects are not followed: write its new address into the configuration",
    302: "redirects are not followed: is gitlab.url the address of GitLab itself?",
    401: "GITLAB_TOKEN is not accepted: it is wrong, expired or revoked",
    403: "the token lacks the role or the scope: it needs the scope api and at least the Planner role",
    404: "check the name in the configuration, and that the token's user is a member there",
    429: "the server's rate limit was not lifted in time: run it again later",
}
_OWNER = re.compile(r"^/(group|project|user)s/([^/]+)")


def _refusal(verb: str, path: str, error: GitlabError) -> ServerError:
    """Tell of a refusal without a word of its headers or its body, which may repeat what was sent."""
    status = error.response_code or 0
    what = f"GitLab answered {status} {http.client.responses.get(status, '')}".rstrip() + f" to {verb.upper()} {path}"
    owner = _OWNER.match(path)
    if status == HTTPStatus.NOT_FOUND and owner:
        what = f"{owner[1]} {unquote(owner[2])!r} does not exist, or the token's user may not see it ({what})"
    return ServerError(what, _HINTS.get(status, ""), status=status)
