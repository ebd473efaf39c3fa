"""GitLab's events of an issue into the ledger's (docs: api/resource_label_events and its siblings)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from planning_bot.domain.ledger import LabelEvent, MilestoneEvent, StateEvent, WeightEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

Payload = dict[str, Any]

_ASSIGNMENTS = ("assigned to ", "unassigned ")  # GitLab's own code: app/services/system_notes/issuables_service.rb
_MOVED = re.compile(r"moved to (?P<project>[A-Za-z0-9_./-]*)#(?P<iid>[0-9]{1,9})")


def label_event(row: Payload) -> LabelEvent:
    """Read a label's coming or going; of one that was deleted since, GitLab names nothing."""
    label = row["label"] or {}
    return LabelEvent(row["id"], _at(row), label.get("id"), label.get("name"), row["action"] == "add", _by(row))


def milestone_event(row: Payload) -> MilestoneEvent:
    """Read a change of milestone; one that was deleted since is null."""
    milestone = row["milestone"] or {}
    return MilestoneEvent(row["id"], _at(row), milestone.get("id"), row["action"] == "add", _by(row))


def state_event(row: Payload) -> StateEvent:
    """Read a closing or a reopening."""
    return StateEvent(row["id"], _at(row), row["state"] == "closed", _by(row))


def weight_event(row: Payload) -> WeightEvent:
    """Read a change of weight."""
    return WeightEvent(row["id"], _at(row), row["weight"], _by(row))


def last_move(rows: Iterable[Payload], project: str) -> tuple[str, datetime] | None:
    """Find in an issue's notes where it was moved last, and when; only GitLab's own notes tell.

    GitLab names a project of the same group without the group.
    """
    notes = ((_MOVED.match(row["body"] or ""), row) for row in rows if row["system"])
    found = [(match, _at(row)) for match, row in notes if match]
    if not found:
        return None
    match, at = max(found, key=lambda move: move[1])
    target = match["project"]
    if "/" not in target:
        target = f"{project.rpartition('/')[0]}/{target}" if target else project
    return f"{target}#{match['iid']}", at


def assignments(rows: Iterable[Payload]) -> tuple[tuple[datetime, str], ...]:
    """Find in an issue's notes when, and by whom, its assignees were changed; only GitLab's own notes tell."""
    told = (row for row in rows if row["system"] and (row["body"] or "").startswith(_ASSIGNMENTS))
    return tuple(sorted((_at(row), row["author"]["username"] if row.get("author") else "") for row in told))


def _at(row: Payload) -> datetime:
    return datetime.fromisoformat(row["created_at"])


def _by(row: Payload) -> str:
    # The user of a deleted account is null.
    return row["user"]["username"] if row.get("user") else ""
