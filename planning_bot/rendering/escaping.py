"""Text from elsewhere is data: how it is made harmless for each place in which it is shown.

Titles, names and labels come from strangers. In GitLab's Markdown they must not mention, link, run a quick action,
embed an image or open HTML; at a terminal and in a CI log they must not move the cursor or open a section; in
Slack they must not mention a channel; in a spreadsheet they must not be a formula.
"""

from __future__ import annotations

import re

# Invisible characters that reorder or hide what stands around them (Unicode TR 36, bidirectional controls among them).
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # halves of characters among them
# Everything that GitLab's Markdown gives a meaning inside a line. A backslash before ASCII punctuation makes it
# literal (CommonMark 0.31, 2.4), references such as @user and #1 included (docs: user/markdown, escape characters).
_SPECIAL = re.compile(r"[\\`*_\[\]<>&#@!~%$|^{}]")
# GitLab makes links of bare addresses, too.
_ADDRESS = re.compile(r"(:(?=//)|www(?=\.))(.)", re.IGNORECASE)
_FIRST_IN_LINE = re.compile(r"^([/+=:-]|\d+(?=[.)](?:\s|$)))")
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are those of full width


def plain(text: object) -> str:
    """Give one line without control or invisible characters: what every other form starts from."""
    one_line = " ".join(_INVISIBLE.sub("", str(text)).split())
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", one_line)


def markdown(text: object) -> str:
    """Escape for GitLab Flavored Markdown, for a place inside a line, a table cell, or at the start of a line."""
    escaped = _ADDRESS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", plain(text)))
    return _FIRST_IN_LINE.sub(lambda first: _backslashed(first[0]), escaped)


def code(text: object) -> str:
    """Write as a code span: nothing in it has a meaning, and nothing in it can end it."""
    return f"`{plain(text).replace('`', chr(39)) or ' '}`"


def terminal(text: object) -> str:
    """Make fit for a terminal or a CI job's log; lines and tabs stay, a control character is shown by its number."""
    lines = _INVISIBLE.sub("", str(text)).replace("\r\n", "\n")
    return _CONTROL.sub(lambda char: char[0] if char[0] in "\n\t" else f"\\x{ord(char[0]):02x}", lines)


def terminal_line(text: object) -> str:
    """Make fit for one line of a terminal: what it holds cannot pass for a line of the program's own."""
    return " ".join(terminal(text).split("\n"))


def slack(text: object) -> str:
    """Escape for Slack's mrkdwn (docs: messaging/formatting-message-text); a backtick, which opens code, is a quote."""
    return plain(text).replace("`", "'").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell(text: object) -> str:
    """Keep a spreadsheet from reading a text as a formula (OWASP, CSV injection)."""
    value = str(text)
    return f"'{value}" if value.startswith(_FORMULA) else value


def _backslashed(first: str) -> str:
    # `1.` begins a list by its digits, and no backslash goes before a digit: the point is escaped instead.
    return f"{first}\\" if first[0].isdigit() else f"\\{first}"
