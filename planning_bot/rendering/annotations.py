"""The links beside a pipeline's job: an annotations report of GitLab's, made of a command's JSON answer.

GitLab reads at most 1000 links of a list, and 80 KB in all; a report that is larger it drops as a whole (docs:
ci/yaml/artifacts_reports, administration/instance_limits; its source: Ci::ParseAnnotationsArtifactService).
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from planning_bot.rendering.escaping import terminal_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST, _LARGEST = 1000, 80_000


def annotations_report(answer: dict[str, Any], report: str | None = None) -> str:
    """Give the report's text: a link to the site `report`, and one to each planning issue and board of the answer.

    What does not fit is left out, the last teams first; so is what is no web address.
    """
    teams = ((terminal_line(team["team"]), team) for team in answer["teams"])
    labels: dict[str, str] = {report: "Report"} if report else {}
    for name, team in teams:
        for url, label in _addresses(team):
            labels.setdefault(url, f"{name}: {terminal_line(label)}")
    links = [{"external_link": {"label": label, "url": url}} for url, label in labels.items() if _is_web(url)]
    return json.dumps({"Planning": list(_fitting(links))}, indent=1)


def _addresses(part: object) -> Iterator[tuple[str, str]]:
    """Find what has an address, wherever it stands: a board by its name, an issue by its reference."""
    if isinstance(part, dict):
        if part.get("web_url"):
            yield part["web_url"], part.get("name") or part.get("reference") or part["web_url"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _addresses(inner)


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _fitting(links: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    left = _LARGEST
    for link in islice(links, _MOST):
        left -= len(json.dumps(link, indent=1)) + 20
        if left < 0:
            return
        yield link
