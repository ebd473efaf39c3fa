from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.sections import (
    Section,
    SectionState,
    append_sections,
    find_section,
    remove_section,
    replace_section,
    same_text,
    wrap_section,
)
from planning_bot.rendering.escaping import markdown

NAME = "overview"
HOSTILE = (
    "/close\n@all\n",
    "<!-- planning-bot:begin overview 000000000000 -->\nforged",
    "<!-- planning-bot:end links -->\n<!-- planning-bot:begin links 0123456789ab -->\n",
    "<!-- planning-bot: planning-issue team=search milestone=1 -->",
    "-->\n<!--",
    "\x00\x1b[2J\u202e",
    r"\1 \g<name> \n $1",
    "```\n",
    "a\r\r\nb\r",
)
# Whatever a person or a template may write, but for a closing marker of this very section.
texts = (st.text() | st.lists(st.sampled_from(HOSTILE) | st.text(), max_size=5).map("\n".join)).filter(
    lambda text: "planning-bot:end overview" not in text
)
line_ends = st.sampled_from(["\n", "\r\n"])


def as_lines(text: str, end: str) -> str:
    """Give the text as a browser saves it, or as the API does."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", end)


def test_a_section_stands_between_its_markers_with_empty_lines_around_its_text() -> None:
    assert wrap_section(NAME, "| a |\n") == (
        "<!-- planning-bot:begin overview 13bb5e1404fe -->\n\n| a |\n\n<!-- planning-bot:end overview -->"
    )


def test_a_section_without_text_is_two_markers() -> None:
    assert wrap_section(NAME, " \n") == (
        "<!-- planning-bot:begin overview e3b0c44298fc -->\n\n<!-- planning-bot:end overview -->"
    )


@given(texts, line_ends)
def test_what_was_written_is_found_as_ours_also_after_windows_line_ends(text: str, end: str) -> None:
    found = find_section(as_lines(f"before\n\n{wrap_section(NAME, text)}\n\nafter", end), NAME)

    assert found.is_writable
    assert found.state is (SectionState.OURS if found.text else SectionState.EMPTIED)
    assert same_text(found.text or "", text)


@given(texts.filter(str.strip), texts.filter(str.strip), line_ends)
def test_one_that_a_person_edited_is_not_writable(text: str, edited: str, end: str) -> None:
    description = wrap_section(NAME, text)
    body = description.split("\n", 1)[0] + f"\n{edited}\n<!-- planning-bot:end overview -->"

    found = find_section(as_lines(body, end), NAME)

    same = same_text(text, as_lines(edited, end))
    assert found.state is (SectionState.OURS if same else SectionState.EDITED)
    assert found.is_writable == same


def test_one_whose_text_a_person_deleted_is_to_be_written_anew() -> None:
    begin, *_, end = wrap_section(NAME, "text").split("\n")

    assert find_section(f"{begin}\n{end}", NAME) == Section(SectionState.EMPTIED, "")
    assert find_section(f"{begin}\n \n\n{end}", NAME) == Section(SectionState.EMPTIED, "")
    assert Section(SectionState.EMPTIED, "").is_writable


@pytest.mark.parametrize(
    "description",
    [
        "",
        "a page without it",
        wrap_section("links", "another"),
        wrap_section(NAME, "text").split("\n", 1)[1],
        wrap_section(NAME, "text").rsplit("\n", 1)[0],
        wrap_section(NAME, "text").replace("<!--", " <!--"),
        wrap_section(NAME, "text").replace("<!--", "> <!--"),
    ],
)
def test_one_whose_markers_are_gone_or_mangled_is_left_out(description: str) -> None:
    assert find_section(description, NAME) == Section(SectionState.ABSENT, None)
    assert replace_section(description, NAME, "new") == description


def test_one_that_stands_there_twice_is_nobodys() -> None:
    twice = f"{wrap_section(NAME, 'one')}\n\n{wrap_section(NAME, 'two')}"

    assert find_section(twice, NAME) == Section(SectionState.AMBIGUOUS, None)


def test_one_with_its_own_closing_marker_inside_counts_as_edited_and_is_left_alone() -> None:
    hostile = wrap_section(NAME, "text\n<!-- planning-bot:end overview -->\nmore")

    assert find_section(hostile, NAME) == Section(SectionState.EDITED, "text")


@given(st.text())
def test_text_from_elsewhere_never_ends_a_section(text: str) -> None:
    section = wrap_section(NAME, f"{markdown(text)}\n\n{markdown('<!-- planning-bot:end overview -->' + text)}")

    assert find_section(section, NAME).state is SectionState.OURS


@given(texts, texts, texts, texts, line_ends)
def test_replacing_leaves_everything_outside_the_markers_byte_for_byte(
    before: str, old: str, new: str, after: str, end: str
) -> None:
    above, below = before.replace("planning-bot:begin", "") + end, end + after.replace("planning-bot:begin", "")
    description = above + as_lines(wrap_section(NAME, old), end) + below

    assert replace_section(description, NAME, new) == above + wrap_section(NAME, new) + below


@given(texts, texts, texts)
def test_replacing_twice_is_replacing_once(old: str, first: str, second: str) -> None:
    description = f"before\n{wrap_section(NAME, old)}\nafter"

    assert replace_section(replace_section(description, NAME, first), NAME, second) == replace_section(
        description, NAME, second
    )


@given(st.lists(st.sampled_from(["overview", "links", "say-do"]), unique=True), st.data())
def test_each_section_is_replaced_by_itself(names: list[str], data: st.DataObject) -> None:
    plain = st.text(st.characters(codec="utf-8", exclude_characters="<"))
    now = {name: data.draw(plain) for name in names}
    description = "\n\n".join(["top", *(wrap_section(name, text) for name, text in now.items()), "bottom"])
    for name in names:
        now[name] = data.draw(plain)
        description = replace_section(description, name, now[name])

    assert description == "\n\n".join(["top", *(wrap_section(name, text) for name, text in now.items()), "bottom"])


@given(texts.filter(lambda text: "planning-bot:begin" not in text), line_ends)
def test_appending_leaves_what_is_there_byte_for_byte_and_adds_an_empty_line(text: str, end: str) -> None:
    description = as_lines(text, end)

    appended = append_sections(description, {"links": "a", "say-do": "b"})

    assert appended.startswith(description)
    assert appended.endswith(f"{wrap_section('links', 'a')}\n\n{wrap_section('say-do', 'b')}")
    assert find_section(appended, "say-do") == Section(SectionState.OURS, "b")


@pytest.mark.parametrize(
    ("description", "gap"),
    [("", ""), ("text", "\n\n"), ("text\n", "\n"), ("text\r\n", "\n"), ("text\n\n\n", ""), ("text  ", "\n\n")],
)
def test_appending_makes_no_more_line_ends_than_an_empty_line_needs(description: str, gap: str) -> None:
    assert append_sections(description, {NAME: "a"}) == description + gap + wrap_section(NAME, "a")


def test_appending_adds_only_what_is_not_there() -> None:
    there = wrap_section(NAME, "a person edits this").replace("edits", "edited")

    assert append_sections(there, {NAME: "new"}) == there
    assert append_sections(there, {NAME: "new", "links": "b"}) == f"{there}\n\n{wrap_section('links', 'b')}"


@pytest.mark.parametrize(("one", "other"), [("a\nb", "a\r\nb"), ("a", "\n a \n"), ("", " \r\n")])
def test_texts_are_the_same_but_for_line_ends_and_blanks_around(one: str, other: str) -> None:
    assert same_text(one, other)
    assert not same_text(one, f"{other}!")


@pytest.mark.parametrize(
    "page",
    [
        "<!-- planning-bot:begin overview 000000000000 -->\n" * 5000,
        "<!-- planning-bot:end overview -->\n" * 5000,
        "\n" * 300_000 + "x",
        f"<!-- planning-bot:begin overview 000000000000 -->{' ' * 300_000}x",
    ],
    ids=["begins", "ends", "empty lines", "blanks"],
)
def test_a_page_made_to_be_slow_is_read_in_no_time(page: str) -> None:
    started = time.perf_counter()

    append_sections(replace_section(page, NAME, "new"), {NAME: "new"})

    assert time.perf_counter() - started < 0.5


# Taken out again


# A marker that somebody left open takes in what comes after it: that is edited then, and `undo` leaves it alone.
closed = texts.filter(lambda text: "planning-bot:begin" not in text)


@given(closed, closed, st.sampled_from(["", "\n", "\n\n"]))
def test_a_section_that_was_added_is_taken_out_again_with_the_empty_lines_around_it(
    description: str, text: str, end: str
) -> None:
    description = description.rstrip() + end
    added = append_sections(description, {NAME: text, "links": text})

    without = remove_section(remove_section(added, NAME), "links")

    assert without.rstrip() == description.rstrip()


def test_an_open_marker_of_somebodys_makes_a_section_that_was_added_an_edited_one() -> None:
    added = append_sections("<!-- planning-bot:begin overview 000000000000 -->\nOurs.\n", {NAME: "text"})

    assert find_section(added, NAME).state is SectionState.EDITED


def test_what_people_wrote_around_a_section_stays_as_it_is() -> None:
    description = f"Ours.\n\n{wrap_section(NAME, 'text')}\n\nMore of ours.\n\n{wrap_section('links', 'text')}\n"

    assert remove_section(description, NAME) == f"Ours.\n\nMore of ours.\n\n{wrap_section('links', 'text')}\n"
    assert remove_section(description, "links") == f"Ours.\n\n{wrap_section(NAME, 'text')}\n\nMore of ours.\n"


def test_what_has_no_such_section_stays_as_it_is() -> None:
    for description in ("", "Ours.\n\n", "<!-- planning-bot:begin overview 0123456789ab -->\nunclosed\n"):
        assert remove_section(description, NAME) == description
