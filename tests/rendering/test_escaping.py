from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given

from planning_bot.rendering.escaping import cell, code, markdown, plain, slack, terminal, terminal_line
from tests.rendering.hostile import any_text, kinds, texts, tokens


def inner(source: str) -> str:
    """Give the text that people see of Markdown."""
    return "".join(token.content for token in tokens(source) if token.type in ("text", "code_inline"))


# One line of plain text, which every other form starts from


@any_text
def test_plain_is_one_line_without_controls_or_invisible_characters(text: str) -> None:
    line = plain(text)

    assert line == line.strip()
    assert line.splitlines() in ([], [line])
    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert not re.search("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", line)
    assert plain(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("18.10", "18.10"),
        (" two\r\n  lines\tand more ", "two lines and more"),
        ("a\x00b\x1b[31m", "a\ufffdb\ufffd[31m"),
        ("\ud800", "\ufffd"),
        ("exe\u202etxt", "exetxt"),
        ("Ünïcode 日本 🎉", "Ünïcode 日本 🎉"),
        (18.5, "18.5"),
        (None, "None"),
    ],
)
def test_plain_keeps_what_people_read(text: object, line: str) -> None:
    assert plain(text) == line


# GitLab's Markdown


@any_text
def test_markdown_reads_as_the_plain_text_in_a_paragraph_of_its_own(text: str) -> None:
    wanted = ["paragraph_open", "inline", "text", "paragraph_close"] if plain(text) else []

    assert (kinds(markdown(text)), inner(markdown(text))) == (wanted, plain(text))


@any_text
def test_markdown_reads_as_the_plain_text_inside_a_line(text: str) -> None:
    source = f"so {markdown(text)}!"

    assert kinds(source) == ["paragraph_open", "inline", "text", "paragraph_close"]
    assert inner(source) == f"so {plain(text)}!"


@given(texts, texts)
def test_markdown_reads_as_the_plain_text_in_the_cells_of_a_table(one: str, other: str) -> None:
    source = f"| A | B |\n|---|---|\n| {markdown(one)} | {markdown(other)} |"
    cells = [token.content for token in tokens(source) if token.type == "inline"]

    assert kinds(source).count("td_open") == 2
    assert [inner(content) if content else "" for content in cells] == ["A", "B", plain(one), plain(other)]


@given(texts, texts)
def test_markdown_reads_as_the_plain_text_inside_of_a_link(text: str, title: str) -> None:
    source = f"x [{markdown(text)}](https://gitlab.test/1) {markdown(title)}"

    assert [kind for kind in kinds(source) if kind.startswith("link")] == ["link_open", "link_close"]
    assert inner(source).rstrip() == f"x {plain(text)} {plain(title)}".rstrip()


@any_text
def test_markdown_is_no_quick_action_mention_or_reference_of_gitlab(text: str) -> None:
    escaped = markdown(text)

    assert not escaped.startswith("/")
    assert not re.search(r"(?<!\\)(\\\\)*[@#!~%$&^<|`\[]", escaped)
    assert not re.search(r"://|www\.", escaped, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Custom Models: 18.10, -1 of 3 (50 %)", r"Custom Models: 18.10, -1 of 3 (50 \%)"),
        ("/close", r"\/close"),
        ("and/or", "and/or"),
        ("@all", r"\@all"),
        ("1. first", r"1\. first"),
        ("1.5 days", "1.5 days"),
        ("- item", r"\- item"),
        ("a_b*c", r"a\_b\*c"),
        ("<!-- x -->", r"\<\!-- x --\>"),
        ("https://evil.test", r"https:\//evil.test"),
        ("www.evil.test", r"www\.evil.test"),
    ],
)
def test_markdown_escapes_what_has_a_meaning_and_nothing_else(text: str, escaped: str) -> None:
    assert markdown(text) == escaped


@any_text
def test_code_is_one_code_span_whose_quotes_are_straight(text: str) -> None:
    source = f"{code(text)}: {code(text)}"

    assert kinds(source) == ["paragraph_open", "inline", "code_inline", "text", "code_inline", "paragraph_close"]
    spans = {token.content for token in tokens(source) if token.type == "code_inline"}
    assert spans == {plain(text).replace("`", "'") or " "}


# A terminal, and the log of a CI job


@any_text
def test_a_terminal_gets_no_control_but_line_ends_and_tabs(text: str) -> None:
    shown = terminal(text)

    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"]
    assert not re.search("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", shown)
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("from\r\nWindows", "from\nWindows"),
        ("over\rwritten", "over\\x0dwritten"),
        ("\x1b[31mred\x9b0m", "\\x1b[31mred\\x9b0m"),
        ("\x1b[0Ksection_start:0:x\r\x1b[0K", "\\x1b[0Ksection_start:0:x\\x0d\\x1b[0K"),
        ("\x00\x7f\ud800", "\\x00\\x7f\\xd800"),
        ("exe\u202etxt", "exetxt"),
        ("| a | *b* <c> @all", "| a | *b* <c> @all"),
    ],
)
def test_a_terminal_shows_a_control_by_its_number(text: str, shown: str) -> None:
    assert terminal(text) == shown


@any_text
def test_a_line_of_a_terminal_stays_one_line(text: str) -> None:
    assert "\n" not in terminal_line(text)
    assert terminal_line(text).split() == terminal(text).split()


# Slack


@any_text
def test_slack_gets_no_mention_link_entity_or_code_and_reads_as_the_plain_text(text: str) -> None:
    escaped = slack(text)

    assert not re.search("[<>`]|&(?!amp;|lt;|gt;)", escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == plain(text).replace("`", "'")


# A spreadsheet


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"])  # noqa: RUF001
def test_a_formula_in_a_cell_is_a_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@any_text
def test_a_cell_is_the_text_as_it_is_or_quoted(text: str) -> None:
    assert cell(text) in (text, f"'{text}")
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
