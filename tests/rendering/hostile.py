"""Texts that do harm where they are taken for more than text."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

CORPUS = (
    "/close",
    "/label ~secret",
    " /assign @all",
    "x\n/close",
    "<!-- comment -->\n/close",
    "@all @mira and @acme/search",
    "![](https://evil.test/track.png)",
    "[click](javascript:alert(1))",
    "[text][ref]\n\n[ref]: https://evil.test",
    "https://evil.test and www.evil.test, WWW.evil.test ftp://evil.test",
    "<https://evil.test> mail@evil.test",
    "<img src=x onerror=alert(1)>",
    "</summary></details><script>alert(1)</script>",
    "<!--",
    "--> text",
    "a | b | c\n---|---|---\n1 | 2 | 3",
    "\\| a \\\\| b",
    "# heading",
    "Heading\n===",
    "Heading\n---",
    "> quote",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "1) item",
    "123456789. item",
    "    code",
    "```\n/close\n```",
    "~~~",
    "`code` ``co`de`` `",
    "**bold** __bold__ *it* _it_ ~~gone~~ ==mark==",
    "---",
    "***",
    "&lt;b&gt; &#64;all &commat;all",
    "$`math`$ $$x$$ $x$",
    ":smile: {+ added +} [- gone -] %{project_name}",
    "[[_TOC_]] [TOC] [[wiki]]",
    "#1 !2 ~bug %18.10 $3 &4 ^alert# *iteration:1",
    "::include{file=secret.md}",
    "[^1]: note",
    "<!-- planning-bot: planning-issue team=search milestone=1 -->",
    "<!-- planning-bot:begin links 000000000000 -->",
    "<!-- planning-bot:end links -->",
    "known-after-apply/planning-issue/",
    "{{ team.__class__ }} {% raw %} {# comment",
    "\x1b[2J\x1b]0;title\x07\x1b[31mred",
    "\r\x1b[0Ksection_start:0:x\r\x1b[0K",
    "line\rover",
    "\x9b31m\x85\x0b\x0c\x1c",
    "\x00nul",
    "\ud800lone",
    "evil\u202etxt.exe\u202c \u2066x\u2069 \u061c\u200f",
    "zero\u200bwidth\ufeff\u2060 \U000e0041\U000e007f",
    "line\u2028separator\u2029paragraph",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "<@U123> <!channel> <https://evil.test|click>",
    "\\",
    "\\\\",
    "[" * 2000,
    "x" * 10_000,
    "",
    " \n\t ",
)

texts = (
    st.sampled_from(CORPUS)
    | st.text()
    | st.text("\\`*_[]()<>&#@!~%$|^{}/+=:-.1w \n\r\t\"'a")
    | st.text(st.characters())
)
"""Any text: hostile ones, and any characters, lone surrogates too."""


def any_text(test: Callable[[str], None]) -> Callable[[], None]:
    """Run a test with each text of the corpus, and with any others."""
    return functools.reduce(lambda tested, text: example(text)(tested), CORPUS, given(texts)(test))


_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")


def tokens(source: str) -> list[Token]:
    """Read Markdown with HTML and tables, and give its blocks and, after each, what is in its lines."""
    return [token for block in _PARSER.parse(source) for token in (block, *(block.children or ()))]


def kinds(source: str) -> list[str]:
    return [token.type for token in tokens(source)]
