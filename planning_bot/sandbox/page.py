"""Pages for people who want to see what the program did: everything, one issue, one milestone, one board."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from planning_bot.sandbox import answers, chips
from planning_bot.sandbox.answers_issues import event, labels_of
from planning_bot.sandbox.markdown import render
from planning_bot.sandbox.page_style import STYLE
from planning_bot.sandbox.routing import Answer

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


def show(store: Store, path: str) -> Answer:
    """Return the page of a path."""
    path = unquote(path)
    if path == "/":
        return _page("Sandbox", _overview(store))
    for pattern, sql, build in PAGES:
        match = re.fullmatch(pattern, path)
        if match and (row := store.row(sql, *match.groups())):
            return _page(row.get("title") or row["name"], build(store, row))
    return _page("Not found", "<h1>Not found</h1><p>The sandbox has no such page.</p>", 404)


def _page(title: str, body: str, status: int = 200) -> Answer:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    bar = '<nav><a href="/">🦊 Sandbox</a> <small>a pretend GitLab on this machine</small>'
    bar += ' · <a href="/slack/">Slack</a></nav>'
    text = (
        f'<!DOCTYPE html><html lang="en"><head>{head}<style>{STYLE}</style></head>'
        f"<body>{bar}<main>{body}</main></body></html>"
    )
    return Answer(None, status, HEADERS, text)


def _overview(store: Store) -> str:
    boards = store.rows("SELECT boards.*, path FROM boards JOIN groups ON groups.id = group_id ORDER BY boards.id")
    parts = ["<h1>Projects</h1>"]
    for project in store.rows("SELECT * FROM projects ORDER BY path"):
        issues = store.rows("SELECT * FROM issues WHERE project_id = ? ORDER BY iid DESC", project["id"])
        table = _table(store, issues) if issues else '<p class="quiet">No issues yet.</p>'
        parts.append(f"<h2>{escape(project['path'])} <small>{len(issues)}</small></h2>{table}")
    if boards:
        links = "".join(
            f'<li><a href="/groups/{escape(board["path"])}/-/boards/{board["id"]}">{escape(board["name"])}</a></li>'
            for board in boards
        )
        parts.insert(0, f"<h1>Boards</h1><ul>{links}</ul>")
    return "".join(parts)


def _table(store: Store, issues: list[Row]) -> str:
    rows = "".join(
        f"<tr><td>{_number(store, issue)}</td>"
        f"<td>{chips.state(issue)}</td>"
        f'<td><a class="title" href="{escape(chips.issue_path(store, issue))}">{escape(issue["title"])}</a>'
        f'<div class="chips">{chips.chips(store, issue)}</div></td>'
        f"<td>{chips.milestone(store, issue)}</td><td>{chips.weight(issue)}</td>"
        f"<td>{chips.people(store, issue)}</td></tr>"
        for issue in issues
    )
    heads = "".join(f"<th>{name}</th>" for name in ("", "", "Issue", "Milestone", "Weight", "Assignees"))
    return f'<div class="scroll"><table class="issues"><tr>{heads}</tr>{rows}</table></div>'


def _number(store: Store, issue: Row) -> str:
    return chips.issue_link(store, issue, f"#{issue['iid']}")


def _issue(store: Store, issue: Row) -> str:
    project = store.get("projects", issue["project_id"])
    author = escape(store.get("users", issue["author_id"])["name"])
    return (
        f'<p class="quiet">{escape(project["path"])} / #{issue["iid"]}</p><h1>{escape(issue["title"])}</h1>'
        f"<p>{chips.state(issue)} created {chips.when(issue['created_at'])} by {author}</p>"
        f'<div class="columns"><article><section class="text">{_text(store, project, issue["description"])}</section>'
        f"<h2>Activity</h2>{_activity(store, project, issue)}</article>{_aside(store, issue)}</div>"
    )


def _text(store: Store, project: Row, text: str | None) -> str:
    return render(store, project, text) if text else '<p class="quiet">No description</p>'


def _aside(store: Store, issue: Row) -> str:
    found = store.row("SELECT * FROM milestones WHERE id = ?", issue["milestone_id"])
    dates = f" <small>{found['start_date']} to {found['due_date']}</small>" if found and found["due_date"] else ""
    facts = {
        "Assignees": chips.people(store, issue),
        "Labels": chips.chips(store, issue),
        "Milestone": chips.milestone(store, issue) + dates,
        "Weight": chips.weight(issue),
        "Due date": escape(issue["due_date"] or ""),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value or 'None'}</dd>" for name, value in facts.items())
    return f"<aside><dl>{rows}</dl></aside>"


def _activity(store: Store, project: Row, issue: Row) -> str:
    notes = store.rows("SELECT * FROM notes WHERE issue_id = ?", issue["id"])
    events = store.rows("SELECT * FROM events WHERE issue_id = ?", issue["id"])
    told = [(row["created_at"], row["id"], _note(store, project, row)) for row in notes]
    told += [(row["created_at"], row["id"], _event(store, row)) for row in events]
    return f'<ol class="activity">{"".join(words for _, _, words in sorted(told))}</ol>'


def _note(store: Store, project: Row, row: Row) -> str:
    name = escape(store.get("users", row["author_id"])["name"])
    if row["system"]:
        return f"<li>{name} {escape(row['body'])} {chips.when(row['created_at'])}</li>"
    body = render(store, project, row["body"])
    head = f"<b>{name}</b> {chips.when(row['created_at'])}{' (internal)' if row['internal'] else ''}"
    return f'<li class="note"><p class="quiet">{head}</p>{body}</li>'


def _event(store: Store, row: Row) -> str:
    found = event(store, row)
    name = escape(found["user"]["name"])
    if row["kind"] == "label":
        label = store.row("SELECT * FROM labels WHERE id = ?", row["label_id"])
        words = (
            f"{'added' if row['action'] == 'add' else 'removed'} {chips.chip(label) if label else 'a deleted label'}"
        )
    elif row["kind"] == "milestone":
        title = escape(found["milestone"]["title"])
        words = f"changed milestone to {title}" if row["action"] == "add" else f"removed milestone {title}"
    elif row["kind"] == "weight":
        words = "removed the weight" if row["weight"] is None else f"set weight to {row['weight']}"
    else:
        words = escape(row["state"])
    return f"<li>{name} {words} {chips.when(row['created_at'])}</li>"


def _milestone(store: Store, found: Row) -> str:
    issues = store.rows("SELECT * FROM issues WHERE milestone_id = ? ORDER BY project_id, iid", found["id"])
    dates = f"{found['start_date']} to {found['due_date']}" if found["due_date"] else "No dates"
    return f'<h1>{escape(found["title"])}</h1><p class="quiet">{dates}</p>{_table(store, issues)}'


def _board(store: Store, board: Row) -> str:
    issues = [issue for issue in store.rows("SELECT * FROM issues ORDER BY position, id") if _fits(store, board, issue)]
    columns: list[tuple[str, list[Row]]] = []
    names = []
    for listed in answers.lists_of(store, board["id"]):
        label = store.get("labels", listed["label_id"])
        names.append(label["name"])
        columns.append((chips.chip(label), [one for one in issues if _open_with(store, one, label["name"])]))
    if not board["hide_backlog_list"]:
        rest = [one for one in issues if one["state"] == "opened" and not _names(store, one).intersection(names)]
        columns.insert(0, ("Open", rest))
    if not board["hide_closed_list"]:
        columns.append(("Closed", [one for one in issues if one["state"] == "closed"]))
    shown = "".join(_column(store, head, found) for head, found in columns)
    return f'<h1>{escape(board["name"])}</h1><p>{_scope(store, board)}</p><div class="board">{shown}</div>'


def _column(store: Store, head: str, issues: list[Row]) -> str:
    total = sum(issue["weight"] or 0 for issue in issues)
    cards = "".join(
        f'<div class="card"><a class="title" href="{escape(chips.issue_path(store, issue))}">'
        f'{escape(issue["title"])}</a><div class="chips">{chips.chips(store, issue)}</div>'
        f'<p class="quiet">#{issue["iid"]} {chips.weight(issue)} {chips.people(store, issue)}</p></div>'
        for issue in issues
    )
    return f'<div class="list"><h2>{head} <small>{len(issues)} · ⚖ {total}</small></h2>{cards}</div>'


def _scope(store: Store, board: Row) -> str:
    labels = store.rows(
        "SELECT labels.* FROM labels JOIN board_labels ON label_id = labels.id WHERE board_id = ?", board["id"]
    )
    return " ".join([chips.milestone(store, board), *[chips.chip(label) for label in labels]])


def _fits(store: Store, board: Row, issue: Row) -> bool:
    # docs: user/project/issue_board, configurable boards: a board shows what has its milestone and all its labels.
    labels = store.rows("SELECT label_id FROM board_labels WHERE board_id = ?", board["id"])
    have = {label["id"] for label in labels_of(store, issue["id"])}
    path = store.get("projects", issue["project_id"])["path"]
    return (
        path.startswith(f"{store.get('groups', board['group_id'])['path']}/")
        and board["milestone_id"] in {None, issue["milestone_id"]}
        and have.issuperset(row["label_id"] for row in labels)
    )


def _names(store: Store, issue: Row) -> set[str]:
    return {label["name"] for label in labels_of(store, issue["id"])}


def _open_with(store: Store, issue: Row, name: str) -> bool:
    return issue["state"] == "opened" and name in _names(store, issue)


PAGES = (  # what a path looks like, which row it stands for, and that row's page
    (
        r"/(.+)/-/issues/(\d+)",
        "SELECT issues.* FROM issues JOIN projects ON projects.id = project_id WHERE path = ? AND iid = ?",
        _issue,
    ),
    (
        r"/groups/(.+)/-/boards/(\d+)",
        "SELECT boards.* FROM boards JOIN groups ON groups.id = group_id WHERE path = ? AND boards.id = ?",
        _board,
    ),
    (
        r"/groups/(.+)/-/milestones/(\d+)",
        "SELECT milestones.* FROM milestones JOIN groups ON groups.id = group_id WHERE path = ? AND iid = ?",
        _milestone,
    ),
)
