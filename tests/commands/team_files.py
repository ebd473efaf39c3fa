"""A team's configuration as a test names it, its time off, its Sheet and its work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support import EM, PM, PROJECT, Desk

if TYPE_CHECKING:
    from pathlib import Path

SHEET, TAB = "18LhwZpsJ6G", "Capacity 18.10"
TEAM_LABEL = "group::search"
MEMBERS: list[dict[str, Any]] = [
    {"username": "ana", "name": "Ana Ferreira"},
    {"username": "kenji", "name": "Kenji Sato", "allocation": 0.5},
]
ENGINE = "acme/search/engine"


def settings(desk: Desk, **changed: Any) -> None:
    """Write the configuration of the team `search` with some settings."""
    team = {
        "name": "Search",
        "gitlab": {"group": "acme/search", "label": TEAM_LABEL},
        "product_manager": PM,
        "engineering_manager": EM,
        "members": MEMBERS,
        "planning_issue": {"project": PROJECT},
        **changed,
    }
    servers = {"gitlab": {"url": desk.box.url}, "sheets": {"api_url": f"{desk.box.url}/"}}
    desk.config.write_text(json.dumps({**servers, "teams": {"search": team}}), encoding="utf-8")


def time_off(desk: Desk, *rows: str, name: str = "pto.csv") -> dict[str, str]:
    """Write time off into a CSV file, and give the source that names it."""
    (desk.folder / name).write_text("\n".join(["username,from,to,share", *rows, ""]), encoding="utf-8")
    return {"csv": name}


def work(desk: Desk, title: str = "Work", *, project: str = PROJECT, **parts: Any) -> str:
    """Add an issue of the team in the milestone, and give its reference."""
    parts = {"author": PM, "labels": [TEAM_LABEL], "milestone": "18.10", **parts}
    return f"{project}#{desk.box.gitlab.add_issue(project, title, **parts)}"


def section(desk: Desk, name: str, number: int = 1) -> str:
    """Give a managed section of the planning issue as it stands."""
    description = str(desk.box.gitlab.issue(PROJECT, number)["description"])
    inside = description.partition(f"<!-- planning-bot:begin {name} ")[2].partition(
        f"<!-- planning-bot:end {name} -->"
    )[0]
    return inside.partition("-->")[2].strip()


def key_file(desk: Desk) -> Path:
    """Write the key of the sandbox's service account."""
    return desk.box.sheets.service_account_file(desk.folder)
