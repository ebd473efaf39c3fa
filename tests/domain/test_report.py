"""What the report's files are called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.report import folder_of, page_of, safe_name
from tests.rendering.hostile import any_text


@pytest.mark.parametrize(("title", "path"), [("18.10", "search/18.10.html"), ("18.1", "search/18.1.html")])
def test_a_title_that_can_be_a_name_is_one_as_it_stands(title: str, path: str) -> None:
    assert page_of("search", title) == path


@pytest.mark.parametrize(
    ("title", "readable"),
    [
        ("Q1 / 2026", "q1-2026"), ("../../etc/passwd", "etc-passwd"), ("..", "page"), (".", "page"), ("", "page"),
        ("18.10.", "18.10"), ("Ünï", "n"), ("-rf", "rf"), (".hidden", "hidden"), ("a" * 200, "a" * 60),
    ],
)  # fmt: skip
def test_any_other_is_made_readable_with_a_hash_of_the_whole(title: str, readable: str) -> None:
    assert re.fullmatch(re.escape(readable) + "~[0-9a-f]{10}", safe_name(title))


def test_a_team_takes_the_first_page_from_nobody() -> None:
    assert folder_of("index.html") != "index.html"
    assert folder_of("custom-models") == "custom-models"


@any_text
def test_every_name_is_safe_in_a_path_and_in_an_address(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,120}(?<!\.)", safe_name(text))


@given(st.text(), st.text())
def test_two_titles_never_share_a_name(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) is (one == other)
