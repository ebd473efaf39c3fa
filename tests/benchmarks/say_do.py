"""What Say/Do costs with a thousand candidates: requests, wall time, the floor, and a plain python-gitlab loop beside.

By hand: `.venv/bin/python -m tests.benchmarks.say_do [CANDIDATES]`. The server is a small one of its own, in a process
of its own, that answers after 50 ms: what is measured is the program.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import gitlab
from pydantic import SecretStr

from planning_bot.config import Config
from planning_bot.domain.issue import User
from planning_bot.domain.milestone import Calendar, DatedMilestone, Milestone
from planning_bot.domain.snapshot import Snapshot
from planning_bot.gateways.gitlab_connection import GitLabConnection
from planning_bot.gateways.gitlab_reader import GitLabReader
from planning_bot.gathering.promises import look_back

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LATENCY = 0.05
SIDE_BY_SIDE = 16
ONE_IN = 5
"""Of so many candidates one was a deliverable."""
USER = {"id": 1, "username": "ana", "name": "Ana", "state": "active", "avatar_url": None, "web_url": "http://x/ana"}


def _issue(number: int) -> dict[str, Any]:
    milestone = {"id": 9, "iid": 1, "title": "18.9", "start_date": "2026-01-10", "due_date": "2026-02-13"}
    return {
        "id": number, "iid": number, "project_id": 1, "title": f"Work {number}", "description": "What we want. " * 60,
        "state": "opened", "created_at": "2025-12-20T10:00:00.000Z", "updated_at": "2026-01-20T10:00:00.000Z",
        "labels": ["group::search", *(["Deliverable"] if number % ONE_IN == 0 else [])], "milestone": milestone,
        "author": USER, "assignees": [USER], "confidential": False, "weight": 2, "issue_type": "issue",
        "references": {"full": f"acme/search/engine#{number}"}, "web_url": f"http://x/acme/{number}",
        "user_notes_count": 0, "_links": {}, "moved_to_id": None, "closed_at": None,
    }  # fmt: skip


def _events(number: int, kind: str) -> list[dict[str, Any]]:
    def event(count: int, **more: Any) -> dict[str, Any]:
        at = f"2025-12-20T10:00:0{count}.000Z"
        return {"id": 10 * number + count, "user": USER, "created_at": at, "resource_type": "Issue", **more}

    label = {"id": 5, "name": "Deliverable", "color": "#fff", "description": None}
    team = {"id": 4, "name": "group::search", "color": "#fff", "description": None}
    return {
        "label": [
            event(0, label=team, action="add"),
            *([event(1, label=label, action="add")] if number % ONE_IN == 0 else []),
        ],
        "milestone": [event(2, milestone={"id": 9, "title": "18.9"}, action="add")],
        "weight": [event(3, weight=2)],
    }.get(kind, [])  # fmt: skip


def _answer(target: str, candidates: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
    if found := re.search(r"/issues/(\d+)/resource_(\w+)_events", path):
        return _events(int(found[1]), found[2]), {}
    if "labels" in query and query["labels"][0].startswith("missed"):
        return [], {}
    page = int(query.get("page", ["1"])[0])
    first = 100 * (page - 1) + 1
    return [_issue(n) for n in range(first, min(first + 100, candidates + 1))], {
        "X-Total-Pages": str(-(-candidates // 100))
    }


async def _serve(candidates: int, tell: Connection) -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            target = head.split(b" ", 2)[1].decode()
            await asyncio.sleep(LATENCY)
            rows, more = _answer(target, candidates)
            body = json.dumps(rows).encode()
            page = int(parse_qs(urlsplit(target).query).get("page", ["1"])[0])
            if page < int(more.get("X-Total-Pages", "1")):
                kept = re.sub(r"([?&])page=\d+", "", target)
                following = f"{kept}{'&' if '?' in kept else '?'}page={page + 1}"
                more["Link"] = f'<http://{address}{following}>; rel="next"'
            headers = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            answer = (
                f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
            )
            writer.write(answer.encode() + body)

    server = await asyncio.start_server(client, "127.0.0.1", 0)
    address = "{}:{}".format(*server.sockets[0].getsockname())
    tell.send(f"http://{address}")
    await server.serve_forever()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _run(candidates: int, tell: Connection) -> None:
    asyncio.run(_serve(candidates, tell))


def _ours(url: str, candidates: int) -> None:
    raw = {
        "gitlab": {"group": "acme/search", "label": "group::search"},
        "members": [{"username": "ana"}],
        "planning_issue": {"project": "acme/search/planning"},
    }
    with tempfile.TemporaryDirectory() as folder:
        team = Config.of({"gitlab": {"url": url}, "teams": {"search": raw}}, Path(folder) / "x.yml").team("search")
    milestone = DatedMilestone(9, "18.9", date(2026, 1, 10), date(2026, 2, 13))
    calendar = Calendar((Milestone(9, "18.9", milestone.start_on, milestone.due_on),), r"\d+\.\d+")
    seen = Snapshot(date(2026, 2, 14), milestone, calendar, User(1, "bot"))
    connection = GitLabConnection(url, SecretStr("token-of-nobody"), side_by_side=SIDE_BY_SIDE)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    look = look_back(
        team, GitLabReader(connection), seen, datetime(2026, 2, 14, 23, tzinfo=UTC), lambda _: "missed:18.9"
    )
    gathered = time.perf_counter() - started
    promises = look.promises(team)
    counted = time.perf_counter() - started - gathered
    connection.close()
    requests = 2 * -(-candidates // 100) + 1 + candidates + 3 * (candidates // ONE_IN)
    floor = requests * LATENCY / SIDE_BY_SIDE
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{candidates} candidates, {len(promises)} promises, {requests} requests")  # noqa: T201
    print(f"gathered in {gathered:.2f} s, the floor is {floor:.2f} s: {gathered / floor:.2f} times")  # noqa: T201
    print(f"counted in {counted:.2f} s; memory grew by {grown:.0f} MB")  # noqa: T201


def _plainly(url: str, candidates: int) -> None:
    """Ask for a fiftieth of it with python-gitlab, one after the other, and tell what all of it would take."""
    started = time.perf_counter()
    server = gitlab.Gitlab(url, oauth_token="token-of-nobody")
    issues = server.groups.get("acme", lazy=True).issues.list(get_all=True)
    sample = issues[: max(1, candidates // 50)]
    lists = time.perf_counter() - started
    for issue in sample:
        one = server.projects.get(issue.project_id, lazy=True).issues.get(issue.iid, lazy=True)
        for stream in (
            "resourcelabelevents",
            "resourcemilestoneevents",
            "resourcestateevents",
            "resource_weight_events",
        ):
            getattr(one, stream).list(get_all=True)
    each = (time.perf_counter() - started - lists) / len(sample)
    print(f"a plain loop would take {lists + each * candidates:.0f} s")  # noqa: T201


def main() -> None:
    """Measure."""
    candidates = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_run, args=(candidates, there), daemon=True)
    server.start()
    url = here.recv()
    os.environ.pop("GITLAB_TOKEN", None)
    _ours(url, candidates)
    _plainly(url, candidates)
    server.terminate()


if __name__ == "__main__":
    main()
