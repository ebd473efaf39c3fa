"""The milestones that the configuration rests on, and the boards made of them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from planning_bot.domain.doctor import Checked, Finding, Unchecked
from planning_bot.domain.milestone import Calendar
from planning_bot.errors import PlanningBotError, UsageError
from planning_bot.metrics.release_rule import expected_dates, off_the_rule
from planning_bot.planners.doctor_words import listed, unreadable
from planning_bot.planners.facts import basic_facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.domain.checkup import Inside
    from planning_bot.domain.doctor import Verdict
    from planning_bot.domain.issue import Board
    from planning_bot.domain.milestone import DatedMilestone, Milestone
    from planning_bot.domain.words import Words

_LONG = timedelta(days=90)  # so long milestones stay open after their end (field guide)
_MOST_BOARDS = 6
_DATELESS = ("next_1_3", "next_4_6", "backlog", "awaiting_feedback")


def find_milestones(team: Team, inside: Inside, today: date, words: Words) -> Iterator[Verdict]:
    """Say which milestones are missing, stand twice, or have odd dates."""
    milestones = inside.milestones
    if isinstance(milestones, PlanningBotError):
        yield unreadable("gitlab", "milestones", milestones)
        return
    calendar = Calendar(milestones, team.milestones.pattern)
    named = _named(team, calendar, today, words)
    twice = _twice(calendar, set(named), today)
    for title in twice:
        yield _ambiguous(title, milestones)
    for word in ("current", "next"):
        yield from _by_word(team, calendar, word, today, twice)
    titles = {milestone.title for milestone in milestones}
    for title, key in named.items():
        if title not in titles:
            yield _missing(team, title, key)
    if there := [title for title in named if title in titles]:
        yield Checked("gitlab", "milestones without dates", listed(there, len(there)))
    yield from _undated(team, milestones)
    for milestone in off_the_rule(calendar.delivery):
        if milestone.due_on >= today:
            yield _odd(milestone)


def find_boards(team: Team, inside: Inside, today: date, words: Words) -> Iterator[Verdict]:
    """Say whether the group's plan has the boards that are configured, and which boards nobody needs any more."""
    yield from _plan(team, inside)
    if isinstance(inside.boards, PlanningBotError):
        yield unreadable("gitlab", "boards", inside.boards)
    elif not isinstance(inside.milestones, PlanningBotError):
        calendar = Calendar(inside.milestones, team.milestones.pattern)
        yield from _old(team, inside.boards, calendar, today, words)


def _named(team: Team, calendar: Calendar, today: date, words: Words) -> dict[str, str]:
    """Name the milestones that the configuration names by their titles, and the key that does."""
    found = {title: f"milestones.{key}" for key in _DATELESS if (title := getattr(team.milestones, key))}
    coming = [milestone for milestone in calendar.delivery if milestone.start_on > today]
    for key, board in team.boards.items():
        if board.milestone and coming:
            title = words.line(board.milestone, basic_facts(team, coming[0]))
            if title not in {milestone.title for milestone in calendar.delivery}:
                found.setdefault(title, f"boards.{key}.milestone")
    return found


def _twice(calendar: Calendar, named: set[str], today: date) -> list[str]:
    wanted = named | {milestone.title for milestone in calendar.delivery if milestone.due_on >= today - _LONG}
    counted = Counter(milestone.title for milestone in calendar.milestones)
    return sorted(title for title in wanted if counted[title] > 1)


def _ambiguous(title: str, milestones: tuple[Milestone, ...]) -> Finding:
    same = sorted((m for m in milestones if m.title == title), key=lambda m: m.id)
    where = " and ".join(m.web_url or f"milestone {m.id}" for m in same)
    hint = "rename or delete one of them: a title must stand for one milestone in the group's tree"
    return Finding("gitlab", "milestone_ambiguous", f"milestone {title}", f"the title stands twice: {where}", hint)


def _by_word(team: Team, calendar: Calendar, word: str, today: date, twice: list[str]) -> Iterator[Verdict]:
    try:
        found = calendar.resolve(word, today)
    except UsageError as error:
        if not any(repr(title) in error.message for title in twice):
            hint = f"create it in {team.gitlab.group} with both dates, or correct milestones.pattern; {error.hint}"
            yield Finding("gitlab", "milestone_missing", f"the {word} milestone", error.message, hint)
        return
    days = f"{found.title}, {found.start_on} to {found.due_on}, {found.weekdays} weekdays"
    yield Checked("gitlab", f"the {word} milestone", days)


def _missing(team: Team, title: str, key: str) -> Finding:
    otherwise = "correct that key" if key.startswith("boards.") else "write its title, or null, to that key"
    hint = f"create it in {team.gitlab.group}, or {otherwise}"
    because = f"it is neither in {team.gitlab.group} nor above it; named by {key}"
    return Finding("gitlab", "milestone_missing", f"milestone {title}", because, hint)


def _undated(team: Team, milestones: tuple[Milestone, ...]) -> Iterator[Verdict]:
    matching = [m.title for m in milestones if not m.has_dates and _would_deliver(m, team.milestones.pattern)]
    if matching:
        because = f"{listed(matching)}: milestones.pattern matches, but a date is missing: they are left out"
        hint = "give them both dates, if the team delivers in them"
        yield Finding("gitlab", "milestone_dates", "milestones without both dates", because, hint, "note")


def _would_deliver(milestone: Milestone, pattern: str) -> bool:
    return re.fullmatch(pattern, milestone.title) is not None


def _odd(milestone: DatedMilestone) -> Finding:
    start_on, due_on = expected_dates(milestone.due_on)
    because = (
        f"it runs from {milestone.start_on} to {milestone.due_on}; by the rule that the others follow (release on the "
        f"third Thursday of the month) it would from {start_on} to {due_on}"
    )
    hint = "correct its dates, if they are a slip; the program goes by the dates that it has"
    return Finding("gitlab", "release_rule", f"milestone {milestone.title}", because, hint, "note")


def _plan(team: Team, inside: Inside) -> Iterator[Verdict]:
    group, has = team.gitlab.group, inside.scoped_boards
    scoped = any(board.milestone or board.labels for board in team.boards.values())
    if isinstance(has, PlanningBotError):
        yield unreadable("gitlab", f"plan of {group}", has)
    elif not team.boards or (len(team.boards) == 1 and not scoped):
        return
    elif has is None:
        yield Unchecked("gitlab", f"plan of {group}", "neither a board nor an issue is there that would show it")
    elif has:
        yield Checked("gitlab", f"plan of {group}", "it has several boards with a scope (Premium or Ultimate)")
    else:
        because = f"it has one board without a scope and no weights, and {len(team.boards)} are configured"
        hint = "several boards in a group, with scopes, are in Premium and Ultimate: else set boards.NAME: null"
        yield Finding("gitlab", "board_tier", f"plan of {group}", because, hint)


def _old(team: Team, boards: tuple[Board, ...], calendar: Calendar, today: date, words: Words) -> Iterator[Verdict]:
    named = [
        (milestone.due_on < today - _LONG, words.line(board.name, basic_facts(team, milestone)))
        for milestone in calendar.delivery
        for board in team.boards.values()
        if "milestone" in board.name
    ]
    gone = {name for is_gone, name in named if is_gone} - {name for is_gone, name in named if not is_gone}
    old = [board.name for board in boards if board.name in gone]
    if old:
        count = "a board" if len(old) == 1 else f"{len(old)} boards"
        because = f"{count} of milestones that ended more than {_LONG.days} days ago: {listed(old, _MOST_BOARDS)}"
        hint = "delete them if nobody looks at them any more: the program deletes no board"
        yield Finding("gitlab", "old_boards", "boards", because, hint, "note")
