"""A small pretend GitLab: one group, a subgroup, a project in it, four people with their roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from planning_bot.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)
PROJECT = "acme/search/planning"
ROLES = {"alice": 30, "rita": 20, "gus": 10}  # Developer, Reporter, Guest; otto is no member


@dataclass
class Api:
    """The sandbox over HTTP, as one of its users."""

    box: Sandbox
    token: str = "alice-token"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request below /api/v4, on a connection of its own."""
        return self.raw(method, path, {"Authorization": f"Bearer {self.token}"}, **options)

    def raw(
        self, method: str, path: str, headers: dict[str, str], data: object = None, **options: Any
    ) -> requests.Response:
        """Send one request with headers of its own."""
        url = f"{self.box.url}/api/v4{path}"
        return requests.request(method, url, headers=headers, data=data, timeout=5, allow_redirects=False, **options)

    def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of a GET that succeeds."""
        response = self.call("GET", path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, **body: Any) -> Any:
        """Return the JSON of a POST that creates something."""
        response = self.call("POST", path, json=body)
        assert response.status_code == 201, response.text
        return response.json()

    def put(self, path: str, **body: Any) -> Any:
        """Return the JSON of a PUT that succeeds."""
        response = self.call("PUT", path, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def by(self, username: str) -> Api:
        """Return the same sandbox as somebody else."""
        return Api(self.box, f"{username}-token")


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as running:
        fill(running)
        yield running


@pytest.fixture
def api(box: Sandbox) -> Api:
    return Api(box)


def fill(box: Sandbox) -> None:
    """Give a sandbox people, a group, a project, milestones and labels."""
    gitlab = box.gitlab
    gitlab.add_group("acme")
    gitlab.add_project(PROJECT)
    for username in (*ROLES, "otto"):
        gitlab.add_user(username)
        gitlab.add_token(f"{username}-token", username)
    for username, level in ROLES.items():
        gitlab.add_member("acme", username, access_level=level)
    gitlab.add_milestone("acme", "18.9", start="2026-01-10", due="2026-02-13")
    gitlab.add_milestone("acme", "18.10", start="2026-02-14", due="2026-03-13")
    for name in ("Deliverable", "workflow::in dev", "workflow::in review"):
        gitlab.add_label("acme", name)
