"""What can go wrong on the way: a test says when, the server does it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HTML = "<!DOCTYPE html><html><head><title>GitLab</title></head><body><h1>{}</h1></body></html>"
LIMITED = "This endpoint has been requested too many times. Try again later."

RATE_HEADERS = {
    "RateLimit-Limit": "600",
    "RateLimit-Observed": "601",
    "RateLimit-Remaining": "0",
    "RateLimit-Reset": "1",
}


@dataclass(frozen=True)
class Canned:
    """An answer that stands in for the real one."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


# docs: api/rest/troubleshooting (status codes); administration/settings/user_and_ip_rate_limits and
# security/rate_limits (a limit answers in plain text with headers, an application's limit in JSON without any).
INSTEAD = {
    "429": Canned(429, '{"message":"429 Too Many Requests"}', headers={"Retry-After": "1", **RATE_HEADERS}),
    "429-plain": Canned(429, "Retry later\n", "text/plain", {"Retry-After": "1"}),
    "429-bare": Canned(429, f'{{"message":{{"error":"{LIMITED}"}}}}'),
    "500": Canned(500, '{"message":"500 Internal Server Error"}'),
    "502-html": Canned(502, HTML.format("502 Whoops, GitLab is taking too much time to respond"), "text/html"),
    "503": Canned(503, '{"message":"503 Service Unavailable"}', headers={"Retry-After": "1"}),
    "504": Canned(504, HTML.format("504 Gateway Time-out"), "text/html"),
    "401": Canned(401, '{"message":"401 Unauthorized"}'),
    "403": Canned(403, '{"message":"403 Forbidden"}'),
    "404": Canned(404, '{"message":"404 Not found"}'),
    "409": Canned(409, '{"message":"409 Conflict: Issue lock"}'),
    "html-200": Canned(200, HTML.format("Sign in"), "text/html"),
    "redirect": Canned(302, "", "text/html"),
}
CARRIED_OUT = ("reset-after", "timeout", "truncated", "empty", "null", "500-after")  # and the answer is lost
KINDS = (*INSTEAD, *CARRIED_OUT, "reset-before", "callback")


@dataclass
class Fault:
    """Something that goes wrong at the ``nth`` matching request from now, ``times`` times (None: for ever).

    ``before`` runs just before a request is carried out, ``after`` when it is, before its answer leaves: a
    person who edits meanwhile. With a kind other than ``callback`` they run besides.
    """

    kind: str = "callback"
    method: str | None = None
    path: str | None = None
    nth: int = 1
    times: int | None = 1
    location: str = ""
    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"No fault of the kind {self.kind}; there are {', '.join(sorted(KINDS))}")

    def strikes(self, method: str, path: str) -> bool:
        """Count a request if it matches, and say whether it is struck."""
        if self.method not in {None, method} or not re.search(self.path or "", path):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)
