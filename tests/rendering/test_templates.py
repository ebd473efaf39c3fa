from __future__ import annotations

import os
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.errors import ConfigurationError, Problem
from planning_bot.planners.facts import basic_facts
from planning_bot.rendering.templates import Templates, shipped_templates
from tests.builders import dated, team
from tests.rendering.hostile import any_text, kinds

if TYPE_CHECKING:
    from pathlib import Path

FACTS = basic_facts(team(), dated())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a team's configuration, with one for its templates in it."""
    (tmp_path / "templates").mkdir()
    return tmp_path


def rendered(folder: Path, template: str, **facts: Any) -> str:
    (folder / "templates/t.md.j2").write_text(template)
    return Templates(folder).render("t.md.j2", {**FACTS, **facts})


def problem(folder: Path, template: str, **facts: Any) -> Problem:
    with pytest.raises(ConfigurationError) as caught:
        rendered(folder, template, **facts)
    (found,) = caught.value.problems
    return found


# What a template says


def test_a_template_is_filled_with_the_team_and_the_milestone(folder: Path) -> None:
    text = rendered(folder, "{{ team.name }}: {{ milestone.title }}, {{ milestone.weekdays }} days\n\n")

    assert text == "Search: 18.10, 20 days"


def test_a_title_of_the_configuration_is_filled_as_one_line_of_plain_text(folder: Path) -> None:
    facts = {"team": {"name": "A & B\n*x*"}, "milestone": {"title": "18.10"}}

    assert Templates(folder).line("{{ team.name }} <{{ milestone.title }}>", facts) == "A & B *x* <18.10>"


def test_sections_stand_there_as_they_are(folder: Path) -> None:
    (folder / "templates/t.md.j2").write_text('{{ sections["links"] }}|{{ sections.overview }}')

    text = Templates(folder).render("t.md.j2", FACTS, {"links": "<!-- a -->\n[x](y)", "overview": "| a |"})

    assert text == "<!-- a -->\n[x](y)|| a |"


@any_text
def test_everything_else_is_escaped(text: str) -> None:
    templates = Templates(shipped_templates())

    source = templates.render("note_adopted.md.j2", {"milestone": {"title": text}, "team": FACTS["team"]})

    assert set(kinds(source)) == {"paragraph_open", "inline", "text", "paragraph_close"}


def test_what_a_macro_or_a_block_gives_is_escaped_once(folder: Path) -> None:
    template = "{% macro b(x) %}**{{ x }}**{% endmacro %}{{ b(name) }} {% set y %}_{{ name }}_{% endset %}{{ y }}"

    assert rendered(folder, template, name="a*b") == r"**a\*b** _a\*b_"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 10.0 | number }} {{ 10.5 | number }} {{ 8.25 | number }} {{ (1 / 3) | number }}", "10 10.5 8.25 0.33"),
        ("{{ 100 | number }} {{ 0.004 | number }} {{ 1200.10 | number }}", "100 0 1200.1"),
        ("{{ day | day }}", "Sat 14 Feb 2026"),
        ("{{ 'first_last' | mention }} {{ 'a.b-c' | mention }}", "@first_last @a.b-c"),
        ("{{ 'x @all' | mention }}", r"@x \@all"),
        ("{{ 'https://gitlab.test/a b(c)' | address }}", "https://gitlab.test/a%20b%28c%29"),
        ("{{ 'known-after-apply/planning-issue/' | address }}", "known-after-apply/planning-issue/"),
        ("{{ 'javascript:alert(1)' | address }}{{ 'data:x' | address }}{{ '' | address }}", "###"),
        ("{{ 'a::\"b\\\\` c' | glql }}", '"a::b c"'),
    ],
)
def test_filters_write_numbers_days_people_addresses_and_queries(folder: Path, source: str, text: str) -> None:
    assert rendered(folder, source, day=date(2026, 2, 14)) == text


# Whose template it is


def test_a_teams_own_template_stands_in_for_the_one_that_is_shipped(folder: Path) -> None:
    (folder / "templates/section_overview.md.j2").write_text("ours")

    assert Templates(folder).render("section_overview.md.j2", FACTS) == "ours"


def test_a_template_may_lie_beside_the_configuration(folder: Path) -> None:
    (folder / "page.j2").write_text("beside")

    assert Templates(folder).render("page.j2", FACTS) == "beside"


def test_a_team_may_extend_the_page_that_is_shipped_and_change_a_block_of_it(folder: Path) -> None:
    own = '{% extends "default/planning_issue.md.j2" %}{% block themes %}Our **themes**{% endblock %}'
    (folder / "templates/planning_issue.md.j2").write_text(own)
    names = ("overview", "links", "timeline", "capacity", "readiness", "deliverables", "status", "say-do")
    sections = {name: f"<{name}>" for name in names}

    page = Templates(folder).render("planning_issue.md.j2", FACTS, sections)

    shipped = Templates(folder / "templates/none").render("planning_issue.md.j2", FACTS, sections)
    assert "## Themes\n\nOur **themes**" in page
    assert page.partition("## Themes")[0] == shipped.partition("## Themes")[0]
    assert page.partition("## Risks")[2] == shipped.partition("## Risks")[2]
    assert [name for name in names if f"<{name}>" not in page] == []


# Mistakes, each with file and line


def test_a_name_that_does_not_exist_is_told_with_file_and_line(folder: Path) -> None:
    found = problem(folder, "one\n\n{{ team.nmae }}")

    assert (found.file, found.line) == (str(folder / "templates/t.md.j2"), 3)
    assert "nmae" in found.message


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        ("a\n{{ nope }}", 2, "'nope' is undefined"),
        ("a\n{% if nope %}{% endif %}", 2, "'nope' is undefined"),
        ("\n\n{% for x in %}", 3, ""),
        ("a\n{{ x | nofilter }}", 2, "nofilter"),
        ("{% block a %}\n{% endfor %}", 2, "endfor"),
        ("\n{{ 1 / 0 }}", 2, "division"),
        ("\n{{ 'x' | number }}", 2, "Fraction"),
        ("\n{{ team | day }}", 2, "weekday"),
        ("\n{{ 7 | address }}", 2, "startswith"),
        ("\n{{ none + 1 }}", 2, "unsupported"),
        ("\n{% include 'nothing.j2' %}", 1, "no such template"),
        ("{% extends '../secrets.j2' %}", 1, "no such template"),
        ("{% extends '/etc/passwd' %}", 1, "no such template"),
        ("{% include 't.md.j2' %}", 1, "recursion"),
        ("\n{% for x in range(999999) %}{% endfor %}", 2, "range"),
    ],
)
def test_a_mistake_is_told_with_its_line(folder: Path, template: str, line: int, words: str) -> None:
    found = problem(folder, template)

    assert found.line == line
    assert words in found.message


def test_a_template_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Templates(folder).render("ours.md.j2", FACTS)

    assert str(caught.value) == (
        "ours.md.j2:1:1: there is no such template beside the configuration or among those that are shipped"
    )


def test_a_template_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "templates/t.md.j2").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError) as caught:
        Templates(folder).render("t.md.j2", FACTS)

    assert caught.value.problems[0].file == "t.md.j2"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_template_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "templates/t.md.j2").write_text("x")
    (folder / "templates/t.md.j2").chmod(0)

    with pytest.raises(ConfigurationError):
        Templates(folder).render("t.md.j2", FACTS)


def test_all_mistakes_in_a_teams_templates_are_found_without_filling_them(folder: Path) -> None:
    (folder / "templates/planning_issue.md.j2").write_text("{% if %}")
    (folder / "templates/section_links.md.j2").write_text("\n{{ x")

    found = Templates(folder).problems_of("planning_issue.md.j2")

    assert [(os.path.basename(p.file), p.line) for p in found] == [  # noqa: PTH119 - a name in a message
        ("planning_issue.md.j2", 1),
        ("section_links.md.j2", 2),
    ]


def test_what_is_shipped_has_no_mistakes(folder: Path) -> None:
    assert Templates(folder).problems_of("planning_issue.md.j2") == []


# On a short leash


@pytest.mark.parametrize(
    "source",
    [
        "{{ team.__class__ }}",
        "{{ team['__class__'] }}",
        "{{ team | attr('__class__') }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ '{0.__class__}'.format(team) }}",
        "{{ team._path }}",
        "{{ team.model_dump_json() }}",
        "{{ team.model_copy(update={'name': 'x'}).name }}",
        "{{ team.model_fields_set }}",
        "{{ team.parse_file('/etc/passwd') }}",
        "{{ team.limits.parse_raw('x', proto='pickle', allow_pickle=True) }}",
        "{{ team.members[0].model_validate_json('{}') }}",
        "{{ team | attr('model_dump') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ numbers.append(3) }}",
        "{{ milestone.update({'title': 'x'}) }}",
        "{{ milestone.clear() }}",
        "{% set milestone.title = 'x' %}",
    ],
)
def test_a_template_reaches_no_internals_and_changes_nothing(folder: Path, source: str) -> None:
    problem(folder, source, numbers=[1, 2])


def test_a_template_runs_nothing(folder: Path) -> None:
    pickle = "cposix\\nmkdir\\n(S'" + str(folder / "gotcha") + "'\\ntR."

    problem(folder, '{{ team.parse_raw("' + pickle + "\", proto='pickle', allow_pickle=True) }}")

    assert not (folder / "gotcha").exists()


def test_a_template_may_read_every_setting_of_its_team(folder: Path) -> None:
    source = "{{ team.gitlab.group }} {{ team.members[1].username }} {{ team.usernames | join('+') }} {{ team.zone }}"

    assert rendered(folder, source) == "acme/search kenji ana+kenji UTC"


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ milestone }}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}text{% endfor %}{% endfor %}",
        "{{ 'x' * 2000000 }}",
    ],
)
def test_a_template_that_puts_out_too_much_is_stopped(folder: Path, source: str) -> None:
    assert problem(folder, source).message == "it puts out more than 1,000,000 characters"


# What is shipped


def test_every_template_that_is_shipped_says_in_utf_8_what_people_read() -> None:
    for path in shipped_templates().glob("*.md.j2"):
        text = path.read_text("utf-8")
        assert "\r" not in text, path.name
        assert not re.search(r"^\s*/\w", text, re.MULTILINE), path.name


# Messages to Slack


def slack_message(folder: Path, template: str, **facts: Any) -> str:
    (folder / "templates/t.mrkdwn.j2").write_text(template)
    return Templates(folder).message("t.mrkdwn.j2", {**FACTS, **facts})


@any_text
def test_a_value_in_a_message_is_text_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("config")
    (folder / "templates").mkdir()

    said = slack_message(
        folder, "*Slipped*\n• {{ title }}.\n• {{ title | link('https://x.test/?a=1&b=2') }}", title=text
    )

    assert len(said.splitlines()) == 3
    assert re.findall("<[^>]*>?", said) == [said[said.index("<") : said.rindex(">") + 1]]
    assert said.count("|") == text.count("|") + 1  # in the link's own words there is none
    assert "`" not in said


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://x.test/a?b=1&c=2", "<https://x.test/a?b=1&amp;c=2|a#1>"),
        ("https://x.test/<!here>|y z", "<https://x.test/%3C!here%3E%7Cy%20z|a#1>"),
        ("javascript:alert(1)", "a#1"),
        ("!here", "a#1"),
        ("", "a#1"),
    ],
)
def test_a_link_in_a_message_goes_to_a_web_address_or_is_text(folder: Path, url: str, link: str) -> None:
    assert slack_message(folder, "{{ 'a#1' | link(url) }}", url=url) == link


def test_the_messages_of_a_team_are_compiled_with_its_other_templates(folder: Path) -> None:
    assert Templates(folder).problems_of("planning_issue.md.j2") == []

    (folder / "templates/message_say_do.mrkdwn.j2").write_text("*{{ team.name *")

    (found,) = Templates(folder).problems_of("planning_issue.md.j2")
    assert found.file.endswith("message_say_do.mrkdwn.j2")
