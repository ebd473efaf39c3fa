"""Looks around in a group for `init`: first at all that there is, then at what the team does, by its label."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from planning_bot.config import names
from planning_bot.domain.survey import PLANNER, Gap, Survey
from planning_bot.errors import ServerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from planning_bot.domain.survey import Person
    from planning_bot.gateways.gitlab_survey import SurveyReader

_T = TypeVar("_T")

_MOST_LOOKED_AT = 40
# docs: user/project/settings/project_access_tokens, user/group/settings/group_access_tokens, api/service_accounts
_BOT_NAME = re.compile(r"(project|group)_[0-9]+_bot.*|service_account_.*|.*[-_.]bot", re.IGNORECASE)


def survey_group(reader: SurveyReader, group: str, today: date) -> Survey:
    """Look at everything that stands in a group.

    What the token's user may not see is a gap. Raises UsageError where there is no such group, and ServerError where
    the server failed: what could not be read is not taken for what is not there.
    """
    reads: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("the group", partial(reader.group_path, group)),
        ("its labels", partial(reader.labels, group)),
        ("its milestones", partial(reader.milestones, group)),
        ("its members", partial(reader.members, group)),
        ("its projects", partial(reader.projects, group)),
        ("its boards", partial(reader.boards, group)),
        ("the token's user", reader.me),
    )
    answers = reader.together(*(partial(_seen, read) for _, read in reads))
    _check_group(group, answers)
    path, labels, milestones, people, projects, boards, me = (_or_none(answer) for answer in answers)
    return Survey(
        group=path or group,
        today=today,
        me=me.username if me else "",
        labels=_fit(names.LABEL, (label.name for label in labels or ())),
        milestones=tuple(each for each in milestones or () if names.fits(names.TEXT, each.title)),
        people=tuple(each for each in people or () if names.fits(names.USERNAME, each.username)),
        projects=_fit(names.PROJECT, projects or ()),
        boards=boards or (),
        gaps=tuple(_gap(what, answer) for (what, _), answer in zip(reads, answers, strict=True) if _failed(answer)),
    )


def survey_team(reader: SurveyReader, survey: Survey, label: str) -> Survey:
    """Look closer: at the latest issues with the team's label, and at who of the members is a bot."""
    work = _seen_if_any(partial(reader.latest_issues, survey.group, label)) if label in survey.labels else ()
    survey = replace(
        survey,
        work=() if isinstance(work, ServerError) else work,
        gaps=(*survey.gaps, *([_gap("the team's issues", work)] if isinstance(work, ServerError) else [])),
    )
    looked_at = [person for person in survey.people if _may_plan(person) and not _BOT_NAME.fullmatch(person.username)]
    if len(looked_at) > _MOST_LOOKED_AT:
        busy = _busy(survey)
        looked_at = [person for person in looked_at if person.username in busy][:_MOST_LOOKED_AT]
    answers = reader.together(*(partial(_seen_if_any, partial(reader.is_bot, person.id)) for person in looked_at))
    bots = {person.id for person, is_bot in zip(looked_at, answers, strict=True) if is_bot is True}
    people = (
        replace(each, is_bot=each.id in bots or bool(_BOT_NAME.fullmatch(each.username))) for each in survey.people
    )
    return replace(survey, people=tuple(people))


def unknown_name(reader: SurveyReader, survey: Survey, kind: str, name: str) -> str | None:
    """Say what is wrong with a person or a project that somebody named; None where it exists, or nobody can say."""
    try:
        if kind == names.USERNAME and not survey.person(name) and reader.person(name) is None:
            return f"there is no user {name!r} on this GitLab"
        if kind == names.PROJECT and name not in survey.projects:
            reader.visibility(name)
    except ServerError as error:
        if not _is_refusal(error):
            raise
        if kind == names.PROJECT and error.status == HTTPStatus.NOT_FOUND:
            return f"there is no project {name!r}, or the token's user may not see it"
    return None


def _seen(read: Callable[[], _T]) -> _T | ServerError:
    """Read, or give the refusal. Raises ServerError where the server failed."""
    try:
        return read()
    except ServerError as error:
        if not _is_refusal(error):
            raise
        return error


def _seen_if_any(read: Callable[[], _T]) -> _T | ServerError:
    """Read what only makes a guess better, or give the error: nothing that is written rests on it."""
    try:
        return read()
    except ServerError as error:
        if error.status == HTTPStatus.UNAUTHORIZED:
            raise
        return error


def _is_refusal(error: ServerError) -> bool:
    """Whether the server said no for good: what it does not have, or does not show to this user."""
    status = error.status or 0
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}:
        return False
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.NOT_IMPLEMENTED


def _check_group(group: str, answers: Iterable[object]) -> None:
    path, labels, milestones, *_ = answers
    failures = [each for each in (path, labels, milestones) if isinstance(each, ServerError)]
    if len(failures) < 3:  # noqa: PLR2004 - all of these three
        return
    if failures[0].status == HTTPStatus.NOT_FOUND:
        raise UsageError(
            f"there is no group {group!r}, or the token's user may not see it",
            "write its full path, such as acme/search, and make the token's user a member there",
        )
    raise failures[0]


def _failed(answer: object) -> bool:
    return isinstance(answer, ServerError)


def _or_none(answer: Any) -> Any:
    return None if _failed(answer) else answer


def _gap(what: str, answer: Any) -> Gap:
    return Gap(what, f"it could not be read: {answer.message}")


def _may_plan(person: Person) -> bool:
    return person.is_active and person.access_level >= PLANNER


def _busy(survey: Survey) -> set[str]:
    return {name for issue in survey.work for name in (issue.author, *(user.username for user in issue.assignees))}


def _fit(kind: str, found: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(found) if names.fits(kind, name))
