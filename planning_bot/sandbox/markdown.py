"""A description as GitLab would show it: CommonMark with tables, references as links, no stranger's HTML.

Raw HTML is shown as text, but for comments, which are hidden, and a few harmless tags (docs: user/markdown). Images
become links, so that a page fetches nothing from elsewhere.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from planning_bot.sandbox.chips import chip, issue_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    from planning_bot.sandbox.state import Row, Store

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
HARMLESS = re.compile(r"&lt;(/?(?:details|summary|sub|sup|kbd)|details open|br ?/?)&gt;")
# docs: user/markdown, GitLab-specific references: #12, group/project#12+s, @user, ~label, ~"a label", %"18.10".
REFERENCE = re.compile(
    r"(?P<project>[\w.][\w./-]*)?#(?P<iid>\d+)(?P<more>\+s?)?|(?<![\w/])@(?P<user>[\w.-]+)"
    r"|~(?:&quot;(?P<quoted>.+?)&quot;|(?P<label>[\w:-]+))"
)  # fmt: skip


def render(store: Store, project: Row, text: str) -> str:
    """Return the HTML of a text that stands in an issue of this project."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.add_render_rule("text", _text)
    parser.add_render_rule("html_block", _html)
    parser.add_render_rule("html_inline", _html)
    parser.add_render_rule("image", _image)
    return str(parser.render(text, {"store": store, "project": project}))


def _text(_: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    words = escape(tokens[index].content)
    if index == 0:
        words = re.sub(r"^\[([ xX])\] ", lambda match: "☐ " if match[1] == " " else "☑ ", words)
    return REFERENCE.sub(lambda match: _reference(match, env["store"], env["project"]), words)


def _html(_: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return HARMLESS.sub(r"<\1>", escape(COMMENT.sub("", tokens[index].content), quote=False))


def _image(_: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    return f'<a href="{escape(str(token.attrs["src"]))}">🖼 {escape(token.content)}</a>'


def _reference(match: re.Match[str], store: Store, project: Row) -> str:
    if match["iid"]:
        return _issue(match, store, project) or match[0]
    if match["user"]:
        known = store.row("SELECT id FROM users WHERE username = ?", match["user"])
        return f'<span class="mention">{match[0]}</span>' if known else match[0]
    label = store.row("SELECT * FROM labels WHERE name = ?", match["quoted"] or match["label"])
    return chip(label) if label else match[0]


def _issue(match: re.Match[str], store: Store, project: Row) -> str | None:
    path = match["project"] or project["path"]
    owner = store.row("SELECT * FROM projects WHERE path = ?", path)
    found = owner and store.row("SELECT * FROM issues WHERE project_id = ? AND iid = ?", owner["id"], match["iid"])
    return issue_link(store, found, match[0].partition("+")[0], match["more"] or "") if found else None
