"""A message to a Slack channel: paragraphs of mrkdwn, a summary for notifications, perhaps a chart.

What a message holds is readable in a saved plan: each block is the text that people see, and the gateway makes Block
Kit of it. Values in it are escaped already. Nothing here exceeds what Slack takes; what is too long is cut by whole
lines, and says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

if TYPE_CHECKING:
    from datetime import date

MOST_BLOCKS = 50  # docs: reference/block-kit/blocks
MOST_IN_BLOCK = 3000  # docs: reference/block-kit/blocks/section-block, in characters
MOST_IN_ALL = 13_000  # of all blocks, from experience: beyond it Slack answers msg_blocks_too_long
MOST_IN_SUMMARY = 4000  # docs: reference/methods/chat.postMessage, truncating content
DIVIDER = "---"
_ELLIPSIS = "…"
_NOTE = 40  # what the line that tells of a cut takes, at most
# What must not be cut in two: an escaped character, and what stands in angle brackets, such as a link.
_UNIT = re.compile(r"&(?:amp|lt|gt);|<[^<>\n]*>|.", re.DOTALL)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Chart(_Frozen):
    """A picture that goes with a message: its file name, a title, words for those who do not see it, a PNG."""

    name: str
    title: str
    description: str
    png: bytes


def _within(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if not text.strip() or size(text) > limit:
            raise ValueError(f"a text is empty, or longer than the {limit} characters that Slack takes")
        return text

    return AfterValidator(check)


def _together(blocks: tuple[str, ...]) -> tuple[str, ...]:
    if not 0 < len(blocks) <= MOST_BLOCKS or sum(map(size, blocks)) > MOST_IN_ALL:
        raise ValueError(f"a message has 1 to {MOST_BLOCKS} blocks and up to {MOST_IN_ALL} characters in them")
    return blocks


class Message(_Frozen):
    """What is to be read: a summary, which notifications show, and the blocks; `---` is a line between two."""

    text: Annotated[str, _within(MOST_IN_SUMMARY)]
    blocks: Annotated[tuple[Annotated[str, _within(MOST_IN_BLOCK)], ...], AfterValidator(_together)]
    chart: Chart | None = None

    @property
    def digest(self) -> str:
        """What tells two messages apart; the chart does not count, as it is uploaded once."""
        content = json.dumps([self.text, self.blocks], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


class Posted(_Frozen):
    """A message of the program's as it stands in a channel; `ts` is Slack's name for it, its time as text."""

    ts: str
    digest: str
    blocks: tuple[str, ...] = ()
    has_chart: bool = False

    def shows(self, message: Message, *, with_chart: bool = True) -> bool:
        """Whether it is that message already, the chart included, unless the token may upload none."""
        return self.digest == message.digest and (self.has_chart or message.chart is None or not with_chart)


@dataclass(frozen=True)
class Spot:
    """Where a message goes, and what stands there of it; `trouble` is why that could not be seen.

    The key finds the message again: kind, team and milestone, and what else there is only one of, such as a week.
    `since` is a day before which it surely was not posted; the channel's history is read back to it. `times` counts the
    messages with the key: more than one, where two runs posted at the same time.
    """

    channel: str
    key: str
    since: date | None = None
    posted: Posted | None = None
    may_upload: bool = True
    trouble: str = ""
    times: int = 0


def slack_target(channel: str) -> str:
    """Name a channel as plans do."""
    return f"slack {channel}"


def compose(text: str, *, summary: str = "", chart: Chart | None = None) -> Message:
    """Make a message of mrkdwn, whose values are escaped: each paragraph a block, a lone `---` a line.

    The summary is the first paragraph, unless another is given. What Slack would refuse for its length is left out,
    whole lines at a time, from the end. Raises ValueError where there is no text.
    """
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    if not paragraphs:
        raise ValueError("a message without a text")
    lines = [line for paragraph in paragraphs for line in [*_short_lines(paragraph), ""]][:-1]
    return Message(text=cut(summary.strip() or paragraphs[0], MOST_IN_SUMMARY), blocks=_fitted(lines), chart=chart)


def cut(text: str, limit: int) -> str:
    """Give the beginning of a text with an ellipsis, if it is longer; no escape and no link is cut in two."""
    if size(text) <= limit:
        return text
    kept, left = [], limit - size(_ELLIPSIS)
    for unit in _UNIT.findall(text):
        left -= size(unit)
        if left < 0:
            break
        kept.append(unit)
    return "".join(kept) + _ELLIPSIS


def size(text: str) -> int:
    """Count as Slack's servers and clients may: an emoji is two characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _short_lines(paragraph: str) -> list[str]:
    return [cut(line.rstrip(), MOST_IN_BLOCK) for line in paragraph.split("\n")]


def _fitted(lines: list[str]) -> tuple[str, ...]:
    """Put lines into blocks; of what does not fit, the end is left out and counted."""
    blocks = _in_blocks(lines)
    if _fits(blocks):
        return blocks
    fewest, most = 0, len(lines)
    while most - fewest > 1:
        middle = (fewest + most) // 2
        fewest, most = (middle, most) if _fits(_in_blocks(lines[:middle]), _NOTE) else (fewest, middle)
    left_out = sum(1 for line in lines[fewest:] if line and line != DIVIDER)
    return (*_in_blocks(lines[:fewest]), f"{_ELLIPSIS} {left_out} more line{'' if left_out == 1 else 's'}")


def _fits(blocks: tuple[str, ...], spare: int = 0) -> bool:
    return len(blocks) + bool(spare) <= MOST_BLOCKS and sum(map(size, blocks)) + spare <= MOST_IN_ALL


def _in_blocks(lines: list[str]) -> tuple[str, ...]:
    """Begin a block at each empty line, and where one is full."""
    blocks: list[str] = []
    is_open = False
    for line in lines:
        longer = f"{blocks[-1]}\n{line}" if is_open else ""
        if line and is_open and size(longer) <= MOST_IN_BLOCK:
            blocks[-1] = longer
        elif line:
            blocks.append(line)
        is_open = bool(line)
    return tuple(blocks)
