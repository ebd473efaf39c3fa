"""The picture of the history."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from planning_bot.domain.say_do import PastMilestone
from planning_bot.rendering.charts import chart_of, describe_history, draw_history

HISTORY = (
    PastMilestone("18.8", 10, 7, 0.7),
    PastMilestone("18.9", 0, 0, None),
    PastMilestone("18.10", 9, 9, 1.0),
)


@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_same_numbers_give_the_same_bytes(form: str) -> None:
    assert draw_history(HISTORY, 0.8, form) == draw_history(HISTORY, 0.8, form)  # type: ignore[arg-type]


def test_a_png_is_one() -> None:
    assert draw_history(HISTORY, 0.8, "png").startswith(b"\x89PNG\r\n\x1a\n")


def test_the_texts_of_an_svg_can_be_read_and_titles_stay_titles() -> None:
    root = ET.fromstring(draw_history(HISTORY, 0.8, "svg"))  # noqa: S314 - our own
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"18.8", "18.9", "18.10", "said", "done", "ratio", "target"} <= texts


def test_words_tell_the_same_as_the_picture() -> None:
    assert describe_history(HISTORY) == "18.8: 7 of 10, 70 %; 18.9: 0 of 0; 18.10: 9 of 9, 100 %"


def test_one_milestone_alone_has_no_history() -> None:
    assert chart_of(HISTORY[:1], 0.8) is None


def test_a_chart_has_a_title_and_words() -> None:
    chart = chart_of(HISTORY, 0.8)
    assert chart
    assert (chart.name, chart.title) == ("say-do.png", "Say/Do, 18.8 to 18.10")
    assert chart.description == describe_history(HISTORY)
