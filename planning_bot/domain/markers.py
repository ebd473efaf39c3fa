"""How the program finds its own objects again: a marker, the first line of a body, in exact form.

A marker counts only by a trusted author and in the planning project; both are the caller's to check, for a
body alone cannot prove who wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"<!-- planning-bot: ([a-z-]+) team=([A-Za-z0-9._-]+) milestone=([1-9][0-9]{0,18}) -->")


@dataclass(frozen=True)
class Marker:
    """The natural key of an object of the program: its kind, the team's key and the milestone's id."""

    kind: str
    team: str
    milestone_id: int

    def __str__(self) -> str:
        """Give the line that stands first in the body."""
        return f"<!-- planning-bot: {self.kind} team={self.team} milestone={self.milestone_id} -->"

    @classmethod
    def of(cls, body: str) -> Marker | None:
        """Read the marker of a body, or None where its first line is anything else."""
        # GitLab may store Windows line ends: a person who saves the description in a browser sends them.
        first = body.split("\n", 1)[0].removesuffix("\r")
        found = _FORM.fullmatch(first)
        return cls(found[1], found[2], int(found[3])) if found else None
