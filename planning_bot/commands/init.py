"""`planning-bot init`: a configuration for a group, by looking at it; asks at a terminal, takes flags elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.init_dialogue import Dialogue
from planning_bot.commands.init_options import SOURCE, init_options
from planning_bot.commands.init_place import Place
from planning_bot.commands.options import make_console
from planning_bot.commands.reporting import Reporter
from planning_bot.config import Gitlab, names, read
from planning_bot.domain.results import Guessed, InitResult
from planning_bot.domain.run import Mode, TeamReport
from planning_bot.errors import PlanningBotError, UsageError
from planning_bot.gateways.files import write_all
from planning_bot.gateways.gitlab_survey import SurveyReader
from planning_bot.gathering.survey import survey_group, survey_team, unknown_name
from planning_bot.planners.init_draft import draft
from planning_bot.planners.init_labels import of_teams
from planning_bot.planners.init_questions import LABEL, QUESTIONS
from planning_bot.wiring import connect_to, today_in_utc

if TYPE_CHECKING:
    from planning_bot.commands.console import Console
    from planning_bot.domain.survey import Choices, Gap, Survey
    from planning_bot.planners.init_questions import Question

_GITLAB_COM = "https://gitlab.com"
_SHOWN = 12
_CHECKED = {
    "key": ("--team", names.KEY),
    "proxy": ("--proxy", names.PROXY),
    "source": ("--planning-bot", names.PROJECT),
}


@click.command("init")
@init_options
def command(**parameters: Any) -> int:
    """Write a configuration for a group, by looking at the group; ask at a terminal."""
    console = make_console(*(parameters[key] for key in ("form", "verbose", "color")), quiet=parameters["quiet"])
    reporter = Reporter("init", console, Mode.PRINT)
    try:
        reporter.tell(_write(console, parameters))
    except PlanningBotError as error:
        reporter.tell_all(error)
        raise
    reporter.tell_all()
    return 0


def _write(console: Console, given: dict[str, Any]) -> TeamReport:
    """Look, settle every question, and write all files or none."""
    place = Place.of(
        given["output"], (given["source"] or SOURCE) if given["ci"] else None, overwrite=given["overwrite"]
    )
    place.check()
    for name, (flag, kind) in _CHECKED.items():
        if given[name] and (wrong := names.mistake_in(kind, given[name])):
            raise UsageError(f"{flag}: {wrong}")
    dialogue = Dialogue(console, sys.stdin.isatty() and sys.stderr.isatty() and console.format == "text")
    gitlab = _gitlab(dialogue, given, place)
    with closing(connect_to(gitlab, place.folder)) as connection:
        reader = SurveyReader(connection)
        group = dialogue.ask("--group", "The group's path, such as acme/search", given["group"], "", names.GROUP)
        console.progress(f"looking at {group}")
        survey = survey_group(reader, group, given["today"] or today_in_utc())
        survey, choices = _settled(dialogue, reader, survey, given)
    dialogue.check_complete(_hint(survey))
    made = draft(survey, choices, given["key"])
    place.check(made.key)
    files = place.files(made, gitlab)
    read(files[place.config].encode(), place.config)  # nothing is written that has a mistake in it
    write_all(files)
    return TeamReport(made.key, result=_result(place, made.key, made.missing, choices))


def _gitlab(dialogue: Dialogue, given: dict[str, Any], place: Place) -> Gitlab:
    """Settle which GitLab is looked at. Raises UsageError for an address that makes no sense."""
    url = dialogue.ask("--url", "The address of your GitLab", given["url"], _GITLAB_COM, names.ADDRESS)
    if not given["group"] and not dialogue.at_terminal:
        dialogue.lacking.append("--group")
    dialogue.check_complete("see planning-bot init --help")
    ca_file = given["ca_file"] and os.path.relpath(given["ca_file"], place.folder)
    return Gitlab(url=url, ca_file=ca_file, proxy=given["proxy"])


def _settled(dialogue: Dialogue, reader: SurveyReader, survey: Survey, given: dict[str, Any]) -> tuple[Survey, Choices]:
    """Settle every question, and look closer as soon as the team's label is known."""
    choices: Choices = {}
    for question in QUESTIONS:
        answered = given[question.key]
        values = (answered,) if isinstance(answered, str) else answered or None
        if question is LABEL and dialogue.at_terminal and values is None and (found := of_teams(survey.labels)):
            dialogue.console.say(f"labels of teams in {survey.group}: {_few(found)}")
        guess = question.proposal(survey, choices)
        mistake = partial(_mistake, reader, survey, question)
        choices[question.key] = choice = dialogue.settle(question, guess, values, mistake)
        if question is LABEL and choice.value:
            dialogue.console.progress(f"looking at the issues with {choice.value}")
            survey = survey_team(reader, survey, choice.value)
    return survey, choices


def _mistake(reader: SurveyReader, survey: Survey, question: Question, values: tuple[str, ...]) -> str | None:
    if wrong := question.mistake(values):
        return wrong
    unknown = (unknown_name(reader, survey, question.kind, value) for value in values)
    return next(filter(None, unknown), None)


def _hint(survey: Survey) -> str:
    teams = of_teams(survey.labels)
    return f"labels of teams in {survey.group}: {_few(teams)}" if teams else "see planning-bot init --help"


def _few(found: tuple[str, ...]) -> str:
    return ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")


def _result(place: Place, key: str, missing: tuple[Gap, ...], choices: Choices) -> InitResult:
    guessed = [Guessed(name, choice.values, choice.because) for name, choice in choices.items() if choice.was_guessed]
    if place.source == SOURCE:
        guessed.append(Guessed("planning-bot", (SOURCE,), "for the pipeline: where planning-bot itself lies"))
    return InitResult(
        files=tuple(str(path) for path in place.paths(key)),
        guessed=tuple(guessed),
        missing=tuple(missing),
        next_steps=place.next_steps(missing),
    )
