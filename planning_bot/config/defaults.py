"""Defaults that follow what they are made of: the team's label, the titles of its milestones, its channel."""

from __future__ import annotations

from typing import Any

LISTS_OF_BUILD = (
    "workflow::ready for development",
    "workflow::in dev",
    "workflow::in review",
    "workflow::awaiting security release",
    "workflow::blocked",
)
LISTS_OF_NEXT = (
    "workflow::problem validation",
    "workflow::design",
    "workflow::solution validation",
    "workflow::planning breakdown",
    "workflow::ready for development",
)
SCHEDULE = {
    "create-issue": "start - 14",
    "boards": "start - 14",
    "readiness": "start - 10",
    "capacity": "start - 7",
    "deliverables": "start - 3",
    "status": "weekly monday",
    "say-do": "due + 1",
    "close": "due + 1",
}

Raw = dict[str, Any]


def with_defaults(team: Raw) -> Raw:
    """Fill in what a team's map leaves out and models cannot know by themselves."""
    return {
        **({"name": team["key"]} if "key" in team else {}),
        **team,
        "boards": _boards(team),
        "status": _merged({"channel": _setting(team, "say_do", "channel", None)}, team.get("status", {})),
        "schedule": _merged(SCHEDULE, team.get("schedule", {})),
    }


def _boards(team: Raw) -> Any:
    given = team.get("boards", {})
    if not isinstance(given, dict):
        return given
    label = _setting(team, "gitlab", "label", "")
    scope = [label] if _is_text(label) else []
    defaults = _default_boards(team, scope)
    added = {key: {"labels": scope} for key in given if key not in defaults}
    merged = {key: _merged(board, given.get(key, {})) for key, board in {**defaults, **added}.items()}
    return {key: board for key, board in merged.items() if board is not None}


def _default_boards(team: Raw, scope: list[str]) -> dict[str, Raw]:
    deliverable = _setting(team, "deliverables", "label", "Deliverable")
    boards = {
        "planning": _board(
            "Planning {{ milestone.title }}", scope, ("type::bug", "type::maintenance", "type::feature")
        ),
        "build": _board(
            "Build {{ milestone.title }}", [*scope, *([deliverable] if _is_text(deliverable) else [])], LISTS_OF_BUILD
        ),
    }
    for key, default in (("next_1_3", "Next 1-3 releases"), ("next_4_6", "Next 4-6 releases")):
        if _is_text(title := _setting(team, "milestones", key, default)):
            boards[key] = {**_board(title, scope, LISTS_OF_NEXT), "milestone": title}
    return boards


def _board(name: str, labels: list[str], lists: tuple[str, ...]) -> Raw:
    return {
        "name": f"{{{{ team.name }}}}: {name}",
        "milestone": "{{ milestone.title }}",
        "labels": labels,
        "lists": lists,
    }


def _merged(default: Raw, given: Any) -> Any:
    """A map over its default; what is no map is left for the model to refuse."""
    return {**default, **given} if isinstance(given, dict) else given


def _setting(team: Raw, section: str, key: str, default: Any) -> Any:
    """Look a setting up that another default is made of, in a map of which nothing is known yet."""
    given = team.get(section)
    return given.get(key, default) if isinstance(given, dict) else default


def _is_text(value: Any) -> bool:
    """Whether ``value`` can stand in a default: a wrong one is reported once, where it stands."""
    return isinstance(value, str) and bool(value.strip()) and "," not in value
