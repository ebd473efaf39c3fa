from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planning_bot.domain.issue import Issue, User
from planning_bot.domain.milestone import Milestone
from planning_bot.domain.survey import Choice, Guess, Person, Survey
from planning_bot.planners import init_guesses, init_labels
from planning_bot.planners.init_draft import draft, key_for
from planning_bot.planners.init_questions import QUESTIONS, chosen
from tests import builders

READY = "workflow::ready for development"
TODAY = date(2026, 1, 31)
SURVEY = Survey(group="acme/search", today=TODAY, me="planning-bot")


def dated(*titles: str) -> tuple[Milestone, ...]:
    return tuple(Milestone(n, title, date(2026, 1 + n, 1), date(2026, 1 + n, 28)) for n, title in enumerate(titles, 1))


def guessed(setting: str, survey: Survey, **known: str) -> tuple[str, ...]:
    """Guess a setting, where these others are known."""
    empty = {question.key: Choice(()) for question in QUESTIONS}
    choices = {**empty, **{key: Choice((value,)) for key, value in known.items()}}
    (question,) = [question for question in QUESTIONS if question.key == setting]
    return question.proposal(survey, choices).values


def issue(iid: int, *, assignees: tuple[str, ...] = (), project: str = "acme/work", **parts: Any) -> Issue:
    people = tuple(User(number, name) for number, name in enumerate(assignees))
    return builders.issue(iid, assignees=people, reference=f"{project}#{iid}", **{"title": "A thing", **parts})


def person(username: str, level: int = 30, **more: bool) -> Person:
    return Person(hash(username), username, username.title(), level, **more)


# Milestones


@pytest.mark.parametrize(
    ("titles", "pattern"),
    [
        (("18.8", "18.9", "18.10"), r"\d+\.\d+"),
        (("Sprint 7", "Sprint 8", "Sprint 9", "Offsite"), r"Sprint \d+"),
        (("2026-W05", "2026-W07"), r"\d+-W\d+"),
        (("v1.0 (beta)", "v1.1 (beta)"), r"v\d+\.\d+ \(beta\)"),
        (("FY26 Q1", "FY26 Q2", "18.10"), r"FY\d+ Q\d+"),
        (("January", "February", "March"), ".+"),
        (("Spring", "18.10"), ".+"),
        ((), r"\d+\.\d+"),
    ],
)
def test_titles_are_told_by_the_shape_that_most_dated_ones_have(titles: tuple[str, ...], pattern: str) -> None:
    survey = replace(SURVEY, milestones=(*dated(*titles), Milestone(90, "Backlog"), Milestone(91, "Icebox 1")))

    assert guessed("pattern", survey) == (pattern,)


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (("Next 1-3 releases", "Backlog"), ("Next 1-3 releases", None, "Backlog", None)),
        (("next 1 - 3 sprints", "Next 4/6"), ("next 1 - 3 sprints", "Next 4/6", None, None)),
        (("Product backlog", "Backlog"), (None, None, "Backlog", None)),
        (("Awaiting feedback", "Icebox"), (None, None, "Icebox", "Awaiting feedback")),
        (("Next 1-3 {{ x }}",), (None, None, None, None)),
    ],
)
def test_milestones_without_dates_are_told_by_their_words(
    titles: tuple[str, ...], found: tuple[str | None, ...]
) -> None:
    survey = replace(SURVEY, milestones=tuple(Milestone(n, title) for n, title in enumerate(titles)))

    made = draft(survey, choices())

    assert tuple(made.facts["undated"].values()) == found  # type: ignore[attr-defined]  # a map


def choices(**known: str) -> dict[str, Choice]:
    settings = {question.key: Choice(()) for question in QUESTIONS}
    named = {"label": "group::search", "name": "Search", "members": "ana", "project": "acme/a", **known}
    return {**settings, **{key: Choice((value,)) for key, value in named.items()}}


def test_only_a_milestone_that_is_still_to_come_can_be_planned() -> None:
    lacks_next = "a milestone that starts after today"
    past = replace(SURVEY, milestones=(Milestone(1, "18.8", date(2025, 12, 1), date(2025, 12, 31)),))
    coming = replace(SURVEY, milestones=dated("18.9"))

    assert lacks_next in [gap.what for gap in draft(past, choices(pattern=r"\d+\.\d+")).missing]
    assert lacks_next not in [gap.what for gap in draft(coming, choices(pattern=r"\d+\.\d+")).missing]
    assert lacks_next in [gap.what for gap in draft(coming, choices(pattern=r"Sprint \d+")).missing]


# Labels


@pytest.mark.parametrize(
    ("there", "meaning", "found"),
    [
        (("ready", "workflow::ready for development"), "workflow::ready for development", READY),
        (("Status::Ready", "Status::Doing"), READY, "Status::Ready"),
        (("To Do", "Doing"), "workflow::ready for development", "To Do"),
        (("ready to deploy to nobody", "ready"), "workflow::ready for development", "ready"),
        (("To Do", "Doing"), "workflow::in dev", "Doing"),
        (("status/code review",), "workflow::in review", "status/code review"),
        (("blocked by legal", "Blocked"), "workflow::blocked", "Blocked"),
        (("deliverable",), "Deliverable", "deliverable"),
        (("already",), "workflow::ready for development", None),
        ((), "Deliverable", None),
    ],
)
def test_a_label_is_told_by_its_usual_name_or_by_the_words_that_others_use(
    there: tuple[str, ...], meaning: str, found: str | None
) -> None:
    assert init_labels.find(there, meaning) == found


def test_labels_of_teams_are_those_of_the_scope_group_else_of_team_or_squad() -> None:
    assert init_labels.of_teams(("group::a", "team::b", "Group work", "group::c d")) == ("group::a", "group::c d")
    assert init_labels.of_teams(("team::b", "Squad: e", "groups::x")) == ("team::b", "Squad: e")


def test_priorities_are_in_the_order_of_their_numbers() -> None:
    found = init_labels.priorities(("priority::10", "P2", "priority::1", "priority::high", "part1", "pr1"))
    assert found == ("priority::1", "P2", "priority::10")


def test_labels_of_the_organisation_are_those_that_nearly_all_issues_have() -> None:
    common = frozenset({"devops::find", "section::core", "type::bug", "backend"})
    issues = [common] * 9 + [common - {"section::core"}] * 2

    assert init_labels.organisational(issues) == ("devops::find",)
    assert init_labels.organisational([common] * 4) == ()


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (("group::search",), ("group::search",)),
        (("group::search", "group::ranking"), ("group::search",)),
        (("group::ranking", "group::indexing"), ()),
        (("search",), ()),
    ],
)
def test_the_teams_label_is_the_only_one_of_its_kind_or_called_as_the_group(
    labels: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert guessed("label", replace(SURVEY, labels=labels)) == found


# People


PEOPLE = (
    person("ana"), person("ben"), person("mira", 20), person("tomas", 50), person("planning-bot", 40),
    person("renovate", 40, is_bot=True), person("gone", 40, is_active=False), person("guest", 10),
)  # fmt: skip


def test_engineers_are_those_to_whom_the_teams_issues_are_assigned() -> None:
    work = (issue(1, assignees=("ana",), author="mira"), issue(2, assignees=("renovate", "guest", "tomas")))

    found = guessed("members", replace(SURVEY, people=PEOPLE, work=work), engineering_manager="tomas")

    assert found == ("ana",)


def test_without_issues_the_engineers_are_the_developers_of_a_small_group() -> None:
    small = replace(SURVEY, people=PEOPLE)
    large = replace(SURVEY, people=(*PEOPLE, *(person(f"dev{n}") for n in range(20))))

    assert guessed("members", small, engineering_manager="tomas") == ("ana", "ben")
    assert guessed("members", large, engineering_manager="tomas") == ()


def test_the_em_is_the_only_one_above_the_developers() -> None:
    assert guessed("engineering_manager", replace(SURVEY, people=PEOPLE)) == ("tomas",)
    assert guessed("engineering_manager", replace(SURVEY, people=(*PEOPLE, person("uma", 40)))) == ()


def test_the_pm_wrote_most_of_the_issues_and_works_on_none() -> None:
    wrote = (issue(1, author="mira"), issue(2, author="mira"), issue(3, author="ana", assignees=("ana",)))
    helps = (*wrote, issue(4, author="mira", assignees=("mira",)))

    assert guessed("product_manager", replace(SURVEY, people=PEOPLE, work=wrote)) == ("mira",)
    assert guessed("product_manager", replace(SURVEY, people=PEOPLE, work=helps)) == ()
    assert guessed("product_manager", replace(SURVEY, people=PEOPLE, work=wrote), engineering_manager="mira") == ()


def test_a_role_is_a_kind_of_work_that_most_of_ones_issues_have() -> None:
    def own(n: int, *labels: str) -> Issue:
        return issue(n, assignees=("ana",), labels=frozenset(labels))

    survey = replace(SURVEY, work=(own(1, "backend"), own(2, "backend", "customer"), own(3, "frontend")))

    assert init_guesses.roles(survey, "ana") == ("backend",)
    assert init_guesses.roles(replace(SURVEY, work=survey.work[:2]), "ana") == ()
    assert init_guesses.roles(survey, "ben") == ()


# The project


@pytest.mark.parametrize(
    ("projects", "found"),
    [
        (("acme/engine", "acme/planning"), ("acme/planning",)),
        (("acme/ranking/planning", "acme/search/planning"), ("acme/search/planning",)),
        (("acme/tasks", "acme/team-tasks"), ("acme/team-tasks",)),
        (("acme/engine",), ("acme/engine",)),
        (("acme/engine", "acme/frontend"), ()),
        ((), ()),
    ],
)
def test_the_planning_project_is_told_by_its_name(projects: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert guessed("project", replace(SURVEY, projects=projects), label="group::search") == found


def test_planning_issues_stay_where_they_are() -> None:
    here = issue(1, title="Search 18.9 Planning", project="acme/team", labels=frozenset({"Planning Issue"}))
    survey = replace(SURVEY, projects=("acme/planning",), labels=("Planning Issue",), work=(here,))

    assert guessed("project", survey) == ("acme/team",)


# Everything else


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Custom Models", None), "custom-models"),
        (("🚀", "group::find it"), "find-it"),
        (("", "Übung"), "bung"),
        (("🚀", None, "acme"), "acme"),
        (("…",), "team"),
    ],
)
def test_a_teams_key_is_made_of_letters_and_digits(names: tuple[str | None, ...], key: str) -> None:
    assert key_for(*names) == key


def test_what_somebody_agreed_to_keeps_its_reason() -> None:
    guess = Guess(("ana",), "assigned to the team's latest issues")

    assert chosen(None, guess) == Choice(("ana",), "assigned to the team's latest issues", was_guessed=True)
    assert chosen(("ana",), guess) == Choice(("ana",), "assigned to the team's latest issues")
    assert chosen(("ben", "ben"), guess) == Choice(("ben",), "")
    assert chosen(None, Guess()) == Choice(())
