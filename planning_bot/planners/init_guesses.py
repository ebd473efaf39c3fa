"""What each setting of a new configuration might be, from what stands in the group; each guess says why."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from planning_bot.domain.milestone import Calendar
from planning_bot.domain.survey import DEVELOPER, MAINTAINER, REPORTER, Guess
from planning_bot.planners import init_labels as labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.domain.survey import Choices, Person, Survey

USUAL_PATTERN = r"\d+\.\d+"
ANY_DATED = ".+"
_LONGEST_PATTERN = 200
_LARGEST_TEAM = 15
_FEW = 3  # so many issues show what somebody does
_KINDS_OF_WORK = frozenset({"backend", "frontend", "database", "fullstack", "mobile", "infrastructure"})
_PLACES = ("planning", "team-tasks", "team", "tasks", "discussion", "discussions", "management")


def label(survey: Survey, _: Choices) -> Guess:
    """Guess the team's label: the only one of its kind, or the one that is called as the group is."""
    found = labels.of_teams(survey.labels)
    if len(found) == 1:
        return Guess(found, "the only label of its kind in the group")
    last = _words(survey.group.rpartition("/")[2])
    alike = tuple(name for name in found if _words(labels.last_part(name)) == last)
    return Guess(alike, "it is called as the group is") if len(alike) == 1 else Guess()


def name(_: Survey, choices: Choices) -> Guess:
    """Guess what the team is called, from its label."""
    words = labels.last_part(choices["label"].value or "")
    return Guess((words.title() if words.islower() else words,), "from the label") if words else Guess()


def engineering_manager(survey: Survey, _: Choices) -> Guess:
    """Guess the EM: the only person above the developers."""
    found = [each.username for each in _people(survey, MAINTAINER)]
    return Guess(tuple(found), "the only Maintainer or Owner in the group") if len(found) == 1 else Guess()


def product_manager(survey: Survey, choices: Choices) -> Guess:
    """Guess the PM: whoever wrote most of the team's latest issues, and is assigned to none of them."""
    busy = {user.username for issue in survey.work for user in issue.assignees}
    wrote = Counter(issue.author for issue in survey.work)
    for author, count in wrote.most_common(1):
        is_possible = author in {each.username for each in _people(survey, REPORTER)}
        if is_possible and author not in busy and author not in choices["engineering_manager"].values:
            return Guess(
                (author,), f"wrote {count} of the team's {len(survey.work)} latest issues, is assigned to none"
            )
    return Guess()


def members(survey: Survey, choices: Choices) -> Guess:
    """Guess the engineers: who is assigned to the team's issues, else every developer of a small group."""
    managers = {name for key in ("product_manager", "engineering_manager") for name in choices[key].values}
    people = [each.username for each in _people(survey, DEVELOPER) if each.username not in managers]
    busy = {user.username for issue in survey.work for user in issue.assignees}
    if assigned := tuple(username for username in people if username in busy):
        return Guess(assigned, "assigned to the team's latest issues")
    if len(people) <= _LARGEST_TEAM:
        return Guess(tuple(people), "every developer in the group")
    return Guess()


def project(survey: Survey, choices: Choices) -> Guess:
    """Guess where planning issues go: where they are already, a project named so, the only one, the busiest one."""
    planned = [issue for issue in survey.work if re.search(r"\bplanning\b", issue.title, re.IGNORECASE)]
    kind = labels.find(survey.labels, "Planning Issue")
    if there := _most(issue.project for issue in planned if kind in issue.labels or len(planned) > 1):
        return Guess((there,), "planning issues are there already")
    own = _words(labels.last_part(choices["label"].value or ""))
    for place in _PLACES:
        named = [path for path in survey.projects if path.rpartition("/")[2].casefold() == place]
        named.sort(key=lambda path: (own not in map(_words, path.split("/")), path.count("/"), path))
        if named:
            return Guess((named[0],), "by its name")
    if len(survey.projects) == 1:
        return Guess(survey.projects, "the only project in the group")
    if busiest := _most(issue.project for issue in survey.work):
        return Guess((busiest,), "most of the team's latest issues are there")
    return Guess()


def pattern(survey: Survey, _: Choices) -> Guess:
    """Guess what titles of delivery milestones look like: the shape that most dated ones have."""
    dated = [each for each in survey.milestones if each.has_dates]
    shapes = Counter(_shape(each.title) for each in dated)
    if not shapes:
        return Guess((USUAL_PATTERN,), "the default, there is no milestone with both dates yet")
    shape, count = shapes.most_common(1)[0]
    if count * 2 > len(dated) and len(shape) <= _LONGEST_PATTERN and Calendar(tuple(dated), shape).delivery:
        return Guess((shape,), f"{count} of {len(dated)} milestones with dates are called so")
    return Guess((ANY_DATED,), f"every milestone with both dates: the {len(dated)} have no title in common")


def deliverable_label(survey: Survey, _: Choices) -> Guess:
    """Guess the label of what the team commits to; the setting cannot be empty."""
    found = labels.find(survey.labels, "Deliverable")
    return Guess((found,), _found(found)) if found else Guess(("Deliverable",), "the default")


def ready_label(survey: Survey, _: Choices) -> Guess:
    """Guess the label of what can be started."""
    return _meaning(survey, "workflow::ready for development")


def in_progress_label(survey: Survey, _: Choices) -> Guess:
    """Guess the labels of what is being worked on."""
    return _meaning(survey, "workflow::in dev", "workflow::in review")


def blocked_label(survey: Survey, _: Choices) -> Guess:
    """Guess the label of what is blocked."""
    return _meaning(survey, "workflow::blocked")


def nothing(_: Survey, __: Choices) -> Guess:
    """Guess nothing: looking around in GitLab does not tell."""
    return Guess()


def roles(survey: Survey, username: str) -> tuple[str, ...]:
    """Guess what work a member does: the labels of work on at least half of the issues assigned to them."""
    own = [issue for issue in survey.work if username in {user.username for user in issue.assignees}]
    counts = Counter(name for issue in own for name in issue.labels if name.casefold() in _KINDS_OF_WORK)
    return tuple(sorted(name for name, count in counts.items() if len(own) >= _FEW and count * 2 >= len(own)))


def _meaning(survey: Survey, *meanings: str) -> Guess:
    found = labels.find_all(survey.labels, meanings)
    return Guess(found, _found(*found)) if found else Guess((), "the group has no such label")


def _found(*found: str) -> str:
    return "by their names" if len(found) > 1 else "by its name"


def _people(survey: Survey, level: int) -> list[Person]:
    """Name the people who could be meant: no bots, nobody blocked, not the token's own user."""
    return [
        each
        for each in survey.people
        if each.is_active and not each.is_bot and each.access_level >= level and each.username != survey.me
    ]


def _shape(title: str) -> str:
    """Give the regular expression of a title with its numbers left open."""
    escaped = re.sub(r"[.^$*+?{}\[\]\\|()]", lambda sign: f"\\{sign[0]}", title)
    return re.sub(r"[0-9]+", r"\\d+", escaped)


def _most(found: Iterable[str]) -> str | None:
    return next((each for each, _ in Counter(found).most_common(1)), None)


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
