from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.markers import Marker

MARKER = Marker("planning-issue", "search", 1810)
LINE = "<!-- planning-bot: planning-issue team=search milestone=1810 -->"

markers = st.builds(
    Marker,
    st.from_regex(r"[a-z-]{1,20}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9._-]{1,20}", fullmatch=True),
    st.integers(1, 10**18),
)


def test_a_marker_is_one_line() -> None:
    assert str(MARKER) == LINE


@pytest.mark.parametrize("body", [LINE, f"{LINE}\n\ntext", f"{LINE}\r\n\r\ntext", f"{LINE}\n{LINE}"])
def test_it_is_found_as_the_first_line_whatever_the_line_ends(body: str) -> None:
    assert Marker.of(body) == MARKER


@given(markers, st.text())
def test_every_marker_is_found_again(marker: Marker, text: str) -> None:
    assert Marker.of(f"{marker}\n{text}") == marker


@pytest.mark.parametrize(
    "body",
    [
        "",
        f" {LINE}",
        f"\n{LINE}",
        f"> {LINE}",
        f"\ufeff{LINE}",
        f"{LINE} ",
        f"{LINE}\r\r\n",
        f"{LINE} and more",
        f"{LINE}\x0b",
        f"text\n{LINE}",
        LINE.upper(),
        LINE.replace("search", ""),
        LINE.replace("search", "sea rch"),
        LINE.replace("1810", "-1810"),
        LINE.replace("1810", "01810"),
        LINE.replace("1810", "0"),
        LINE.replace("1810", "18.10"),
        LINE.replace("1810", "١٨١٠"),
        LINE.replace("1810", "9" * 5000),
        LINE.replace("planning-bot:", "planning-bot:  "),
        LINE.replace(" -->", "-->"),
    ],
)
def test_nothing_that_only_resembles_it_counts(body: str) -> None:
    assert Marker.of(body) is None


@given(st.text() | st.builds(lambda at, char: LINE[:at] + char + LINE[at:], st.integers(0, len(LINE)), st.text()))
def test_what_is_read_as_a_marker_is_its_exact_line(body: str) -> None:
    found = Marker.of(body)

    assert found is None or body.replace("\r\n", "\n").split("\n")[0] == str(found)
