"""The report's folder: what its files are called, by what they are known, and the command's answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.delivered import Created

INDEX = "index.html"
MARK = '<meta name="generator" content="planning-bot report">'
"""The line by which a page is known as one of the report's; a file without it is somebody else's."""

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")


@dataclass(frozen=True)
class ReportResult:
    """What `report` answers: the pages of a team, as paths in the report's folder."""

    pages: tuple[str, ...]

    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - it does not depend on it
        """Give the result as it is once the plan was carried out."""
        return self


def folder_of(team: str) -> str:
    """Name the folder of a team's pages; none is called like the first page."""
    return _hashed(team) if team.lower().endswith(".html") else safe_name(team)


def page_of(team: str, title: str) -> str:
    """Give the path of a milestone's page: search/18.10.html."""
    return f"{folder_of(team)}/{safe_name(title)}.html"


def safe_name(text: str) -> str:
    """Give a name for a file, the text itself where it can be one; two texts never get the same."""
    return text if _SAFE.fullmatch(text) else _hashed(text)


def _hashed(text: str) -> str:
    readable = re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")[:60]
    return f"{readable or 'page'}~{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:10]}"
