from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from planning_bot.config import Gitlab, names, read
from planning_bot.domain.milestone import Milestone
from planning_bot.domain.survey import Choice, Guess, Person, Survey
from planning_bot.planners.init_draft import draft
from planning_bot.planners.init_questions import QUESTIONS, chosen
from planning_bot.rendering.init_files import init_file, yaml_value
from tests.rendering.hostile import CORPUS

if TYPE_CHECKING:
    from planning_bot.config import Team

ODD = (
    "NO", "18.10", "null", "~", "yes", "0x1F", "1_000", "2026-01-31", "a: b", "a #b", "- a", "# a", "'", '"', "\\",
    "a\\b'c",
    "{{ x }}", "{% x %}", "${x}", "&a *b", "!tag", "%a", "@a", "`a`", "[a]", "{a}", "|", ">", "🚀 launch", "👩‍💻 team",
    "\u202egnihtemos", "a\u2028b", "\x85", "\x7f", "\ufeffa", "\ufffe", "\U000e0041", "é", "日本語", "<<", "=", "a\tb",
)  # fmt: skip


@pytest.mark.parametrize("text", [*ODD, *CORPUS])
def test_a_text_comes_back_from_yaml_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"key: {yaml_value(text)}") == {"key": text}
    assert yaml.safe_load(f"key: {yaml_value((text, text))}") == {"key": [text, text]}


@given(st.text())
def test_any_text_comes_back_from_yaml_as_it_was(text: str) -> None:
    line = yaml_value(text)

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert yaml.safe_load(f"key: {line}") == {"key": text}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        ("ana.ferreira", "ana.ferreira"),
        ("Next 1-3 releases", "Next 1-3 releases"),
        ("https://gitlab.example.com:8443/git", "https://gitlab.example.com:8443/git"),
        ("group::search", '"group::search"'),
        ("NO", '"NO"'),
        (r"\d+\.\d+", r"'\d+\.\d+'"),
        ((), "[]"),
        (("a", "b, c"), '[a, "b, c"]'),
        ("\u202eabc", '"\\U0000202Eabc"'),
    ],
)
def test_what_needs_no_quotes_has_none(value: object, written: str) -> None:
    assert yaml_value(value) == written


def team_of(survey: Survey, key: str | None = None, **values: str) -> tuple[Team, dict[str, Choice], str]:
    """Write a configuration with these choices, and read it."""
    choices: dict[str, Choice] = {}
    for question in QUESTIONS:
        given_value = values.get(question.key)
        guess = question.proposal(survey, choices)
        choices[question.key] = chosen((given_value,) if given_value else None, guess)
    made = draft(survey, choices, key)
    facts = {**made.facts, "gitlab": Gitlab(url="https://gitlab.com"), "schema": "s.json", "pto": "pto/team.csv"}
    text = init_file("init/planning-bot.yml.j2", facts)
    config = read(text.encode(), Path("planning-bot.yml"))
    return config.teams[made.key], choices, text


def named(kind: str) -> st.SearchStrategy[str]:
    """Give any name that the file could hold."""
    return (st.sampled_from((*ODD, *CORPUS)) | st.text(min_size=1)).filter(lambda text: names.fits(kind, text))


USERNAMES = st.from_regex(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,20}", fullmatch=True).filter(
    lambda text: names.fits(names.USERNAME, text)
)


@given(
    label=named(names.LABEL),
    others=st.lists(named(names.LABEL), max_size=4),
    name=named(names.TEXT),
    username=USERNAMES,
    shown=st.text() | st.sampled_from((*ODD, *CORPUS)),
    titles=st.lists(named(names.TEXT), max_size=4),
    channel=named(names.TEXT),
)
@example("a", [], "NO", "NO", "NO", ["18.10", "Next 1-3 releases"], "#a")
def test_whatever_things_are_called_the_file_loads_and_gives_the_names_back(  # noqa: PLR0913, PLR0917 - all that has a name
    label: str, others: list[str], name: str, username: str, shown: str, titles: list[str], channel: str
) -> None:
    milestones = [Milestone(n, title, date(2026, 2, 1), date(2026, 2, 28)) for n, title in enumerate(titles)]
    survey = Survey(
        group="acme",
        today=date(2026, 1, 31),
        labels=(label, *others),
        milestones=(*milestones, *(Milestone(n + 10, title) for n, title in enumerate(titles))),
        people=(Person(1, username, shown, 30),),
        projects=("acme/a",),
    )

    found, choices, text = team_of(
        survey, label=label, name=name, members=username, channel=channel, ready_label=label, deliverable_label=label
    )

    assert (found.name, found.gitlab.label, found.say_do.channel) == (name, label, channel)
    assert found.usernames == (username,)
    assert (found.deliverables.ready_label, found.deliverables.label) == (label, label)
    assert found.milestones.pattern == choices["pattern"].value
    assert set(found.boards["build"].lists) <= {label, *others}
    assert found.members[0].name.isprintable()
    assert all(line.isprintable() for line in text.split("\n"))


@given(because=st.text() | st.sampled_from((*ODD, *CORPUS)))
def test_a_reason_is_a_comment_whatever_is_in_it(because: str) -> None:
    reason = Choice(("group::a",), because, was_guessed=True)
    survey = Survey(group="acme", today=date(2026, 1, 31), labels=("group::a",), projects=("acme/a",))
    choices = {question.key: Choice(()) for question in QUESTIONS}
    choices |= {"label": reason, "members": Choice(("ana",), because), "project": Choice(("acme/a",), because)}
    choices |= {"pattern": Choice((".+",), because), "deliverable_label": Choice(("a",), because)}
    facts = {**draft(survey, choices).facts, "gitlab": Gitlab(url="https://a.b"), "schema": "s", "pto": "p.csv"}

    text = init_file("init/planning-bot.yml.j2", facts)

    (found,) = read(text.encode(), Path("planning-bot.yml")).teams.values()
    assert (found.gitlab.label, found.usernames, found.milestones.pattern) == ("group::a", ("ana",), ".+")


def test_a_guess_that_the_file_could_not_hold_is_none() -> None:
    survey = Survey(group="acme", today=date(2026, 1, 31))
    (question,) = [question for question in QUESTIONS if question.key == "channel"]

    assert question.proposal(survey, {}) == Guess()
    assert question.mistake(("glpat-0123456789abcdef",)) is not None
    assert question.mistake(("#search", "#other")) == "write one, found 2"
