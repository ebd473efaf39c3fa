from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planning_bot.domain.change import PostMessage
from planning_bot.domain.message import (
    MOST_BLOCKS,
    MOST_IN_ALL,
    MOST_IN_BLOCK,
    MOST_IN_SUMMARY,
    Chart,
    Message,
    Posted,
    Spot,
    compose,
    cut,
    size,
    slack_target,
)
from planning_bot.domain.plan import Plan
from planning_bot.planners.messages import plan_message
from planning_bot.rendering.escaping import slack

CHART = Chart(name="a.png", title="A", description="80 %", png=b"\x89PNG\xff\x00")
MESSAGE = compose("*Say/Do* 80 %\n\nall")


def posted(message: Message = MESSAGE, *, has_chart: bool = False) -> Posted:
    return Posted(ts="1.000001", digest=message.digest, blocks=message.blocks, has_chart=has_chart)


# From text to blocks


def test_each_paragraph_is_a_block_and_the_first_is_the_summary() -> None:
    text = "*Say/Do* 80 %\nof 10\n\n• one\n• two\n\n---\n\nfoot\n"

    assert compose(text) == Message(
        text="*Say/Do* 80 %\nof 10", blocks=("*Say/Do* 80 %\nof 10", "• one\n• two", "---", "foot")
    )


def test_another_summary_may_be_given() -> None:
    assert compose("*Say/Do*", summary=" 80 % ").text == "80 %"


@pytest.mark.parametrize("text", ["", " \n\n\t\n"])
def test_a_message_says_something(text: str) -> None:
    with pytest.raises(ValueError, match="without a text"):
        compose(text)


def test_a_long_paragraph_goes_on_in_the_next_block_with_a_whole_line() -> None:
    blocks = compose("\n".join(["x" * 1400] * 3)).blocks

    assert [size(block) for block in blocks] == [2801, 1400]


def test_what_is_left_out_is_whole_lines_and_counted() -> None:
    blocks = compose("head\n\n" + "\n".join("x" * 99 for _ in range(500))).blocks

    shown = sum(block.count("x" * 99) for block in blocks)
    assert blocks[-1] == f"… {500 - shown} more lines"
    assert 120 < shown < 130


def test_many_paragraphs_are_cut_to_fifty_blocks() -> None:
    blocks = compose("\n\n".join("x" for _ in range(51))).blocks

    assert (len(blocks), blocks[-1]) == (50, "… 2 more lines")
    assert compose("\n\n".join("x" for _ in range(50))).blocks == ("x",) * 50


def test_no_escape_and_no_link_is_cut_in_two() -> None:
    assert cut("ab&amp;cd", 8) == "ab&amp;c…" or cut("ab&amp;cd", 8) == "ab&amp;…"
    assert cut("ab&amp;cd", 6) == "ab…"
    assert cut("a<https://x|y>bc", 13) == "a…"
    assert cut("abc", 3) == "abc"


def test_an_emoji_counts_as_two() -> None:
    assert size("🦊") == 2
    assert size(cut("🦊" * 10, 7)) == 7


@given(st.lists(st.text(max_size=400), max_size=80), st.integers(1, 40))
def test_whatever_is_said_fits_and_stays_escaped(lines: list[str], times: int) -> None:
    text = "\n".join(["*head*", *(slack(line * times) for line in lines)])

    message = compose(text, chart=CHART)

    assert 1 <= len(message.blocks) <= MOST_BLOCKS
    assert max(map(size, message.blocks)) <= MOST_IN_BLOCK
    assert sum(map(size, message.blocks)) <= MOST_IN_ALL
    assert size(message.text) <= MOST_IN_SUMMARY
    assert not any(re.search("[<>]|&(?!amp;|lt;|gt;)", block) for block in (message.text, *message.blocks))


@pytest.mark.parametrize(
    "parts",
    [
        {"text": ""}, {"text": "x" * 4001}, {"blocks": ()}, {"blocks": ("x",) * 51}, {"blocks": ("x" * 3001,)},
        {"blocks": (" ",)}, {"blocks": ("x" * 2700,) * 5},
    ],
)  # fmt: skip
def test_a_message_that_slack_would_not_take_cannot_be_made(parts: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Message(**{"text": "x", "blocks": ("x",), **parts})  # type: ignore[arg-type]


# What is posted


def test_the_digest_is_of_what_is_read_and_not_of_the_chart() -> None:
    assert compose("a\n\nb", chart=CHART).digest == compose("a\n\nb").digest
    assert len({compose(text).digest for text in ("a\n\nb", "a\nb", "a", "ab")}) == 4


@pytest.mark.parametrize(
    ("wanted", "has_chart", "with_chart", "shown"),
    [
        (MESSAGE, False, True, True),
        (compose("other"), False, True, False),
        (MESSAGE.model_copy(update={"chart": CHART}), False, True, False),
        (MESSAGE.model_copy(update={"chart": CHART}), False, False, True),
        (MESSAGE.model_copy(update={"chart": CHART}), True, True, True),
    ],
)
def test_a_message_shows_what_is_meant_or_not(
    *,
    wanted: Message,
    has_chart: bool,
    with_chart: bool,
    shown: bool,
) -> None:
    assert posted(has_chart=has_chart).shows(wanted, with_chart=with_chart) is shown


def test_a_change_goes_through_json_with_its_chart() -> None:
    wanted = compose("*ü* &amp;", chart=CHART)
    change = PostMessage(
        target=slack_target("team"), because="b", channel="team", key="k", before=posted(), after=wanted
    )

    assert PostMessage.model_validate_json(change.model_dump_json()) == change
    assert PostMessage.model_validate_json(json.dumps(change.model_dump(mode="json"))) == change


# Planning it


def test_no_channel_no_message() -> None:
    assert plan_message(None, MESSAGE, "b") == Plan()


def test_a_message_is_planned_until_it_stands_there() -> None:
    (change,) = plan_message(Spot("team", "k"), MESSAGE, "b").changes

    assert change == PostMessage(target="slack team", because="b", channel="team", key="k", before=None, after=MESSAGE)
    assert plan_message(Spot("team", "k", posted=posted()), MESSAGE, "b") == Plan()
    (change,) = plan_message(Spot("team", "k", posted=posted()), compose("new"), "b").changes
    assert change.before == posted()


def test_a_channel_that_could_not_be_read_is_told_and_tried() -> None:
    plan = plan_message(Spot("team", "k", trouble="it could not be read: no"), MESSAGE, "b")

    assert (len(plan.changes), plan.notices) == (1, ("slack team: it could not be read: no",))
