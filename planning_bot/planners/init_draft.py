"""A survey and the choices that were made → what the files will say, and what the group lacks for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planning_bot.config import names
from planning_bot.domain.milestone import Calendar
from planning_bot.domain.survey import Draft, Gap
from planning_bot.planners import init_labels as labels
from planning_bot.planners.init_guesses import roles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning_bot.domain.survey import Choices, Survey

# What undated milestones are called: the usual title, and the words of others.
_UNDATED = {
    "next_1_3": ("Next 1-3 releases", r"next 1\W+3\b.*"),
    "next_4_6": ("Next 4-6 releases", r"next 4\W+6\b.*"),
    "backlog": ("Backlog", r".*\bbacklog\b.*|icebox"),
    "awaiting_feedback": ("Awaiting Customer Feedback", r"awaiting\b.*|waiting for\b.*"),
}
_LONGEST_TITLE, _LONGEST_KEY = 200, 40
CREATE_LABEL = "`planning-bot doctor --fix` creates it"


def draft(survey: Survey, choices: Choices, key: str | None = None) -> Draft:
    """Decide everything that follows from the survey and the choices; `key` is the team's, if somebody gave one."""
    undated = {setting: _undated(survey, *words) for setting, words in _UNDATED.items()}
    facts: dict[str, object] = {
        "group": survey.group,
        "key": key or key_for(choices["name"].value, choices["label"].value, survey.group.rpartition("/")[2]),
        "choices": choices,
        "members": [_member(survey, each) for each in choices["members"].values],
        "organisational": [
            name for name in labels.organisational([issue.labels for issue in survey.work]) if _is_fit(name)
        ],
        "undated": undated,
        "planning_labels": labels.find_all(survey.labels, ["Planning Issue"]),
        "lists": _lists(survey, choices),
        "breakdown": labels.find(survey.labels, "workflow::planning breakdown"),
        "preference": labels.find_all(survey.labels, ["planning priority"]),
        "priorities": labels.priorities(survey.labels),
        "spike": labels.find(survey.labels, "spike"),
        "exempt": labels.find_all(survey.labels, ["security"]),
        "missed_deliverable": labels.find(survey.labels, "missed-deliverable"),
    }
    return Draft(str(facts["key"]), facts, (*survey.gaps, *_gaps(survey, choices, undated)))


def key_for(*candidates: str | None) -> str:
    """Make a team's key of the first of these that has letters or digits for one."""
    for text in candidates:
        if key := re.sub(r"[^a-z0-9]+", "-", labels.last_part(text or "").casefold())[:_LONGEST_KEY].strip("-"):
            return key
    return "team"


def _lists(survey: Survey, choices: Choices) -> Mapping[str, tuple[str, ...]]:
    """Choose the lists of each board, of labels that are there."""
    stages = (*choices["ready_label"].values, *choices["in_progress_labels"].values)
    security = labels.find_all(survey.labels, ["workflow::awaiting security release"])
    build = dict.fromkeys((*stages, *security, *choices["blocked_labels"].values))
    known = frozenset(survey.labels)
    return {
        "planning": labels.find_all(survey.labels, labels.TYPES),
        "build": tuple(name for name in build if name in known),
        "next": labels.find_all(survey.labels, labels.STAGES_OF_NEXT),
    }


def _undated(survey: Survey, usual: str, words: str) -> str | None:
    titles = [each.title for each in survey.milestones if not each.has_dates and _is_title(each.title)]
    others = [title for title in titles if re.fullmatch(words, title, re.IGNORECASE)]
    return usual if usual in titles else next(iter(others), None)


def _is_title(title: str) -> bool:
    """Whether a board can be called so: a board's name is a template."""
    return "{" not in title and len(title) <= _LONGEST_TITLE and names.fits(names.LABEL, title)


def _is_fit(name: str) -> bool:
    return names.fits(names.LABEL, name)


def _member(survey: Survey, username: str) -> Mapping[str, object]:
    return {"username": username, "name": _display_name(survey, username), "roles": roles(survey, username)}


def _display_name(survey: Survey, username: str) -> str:
    """Give the name that a person shows to others, without what no line of a file should hold; else the username."""
    person = survey.person(username)
    shown = "".join(char if char.isprintable() else " " for char in person.name) if person else ""
    name = " ".join(shown.split())
    return name if name and names.fits(names.TEXT, name) else username


def _gaps(survey: Survey, choices: Choices, undated: Mapping[str, str | None]) -> Iterator[Gap]:
    known = frozenset(survey.labels)
    for setting in ("label", "deliverable_label", "ready_label", "in_progress_labels", "blocked_labels"):
        yield from (Gap(f"the label {name}", CREATE_LABEL) for name in choices[setting].values if name not in known)
        if not choices[setting].values:
            yield Gap(f"a label for {setting}", "null in the configuration; write one there that you use")
    if not labels.find(survey.labels, "Planning Issue"):
        yield Gap("a label for planning issues", "they get none; create one, and name it in planning_issue.labels")
    calendar = Calendar(survey.milestones, choices["pattern"].value or "")
    if not any(survey.today < milestone.start_on for milestone in calendar.delivery):
        yield Gap("a milestone that starts after today", "create the next one in GitLab, with both dates")
    if nowhere := [setting for setting, title in undated.items() if title is None]:
        yield Gap(f"a milestone for {', '.join(nowhere)}", "null in the configuration; no date is needed for these")
    for username in choices["members"].values:
        if survey.people and not survey.person(username):
            yield Gap(f"{username} as a member of the group", "without that nothing can be assigned to them")
