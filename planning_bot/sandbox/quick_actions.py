"""Commands in descriptions and notes (docs: user/project/quick_actions).

A line that starts with a known command in a paragraph of its own level is taken out of the text, whoever wrote
it, and carried out if the author may. Code, quotations, lists and HTML blocks are left alone; an HTML comment ends
with its line, so that the line after it is a paragraph again. Carriage returns and trailing blanks go as well.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from planning_bot.sandbox.permissions import ancestors

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from planning_bot.sandbox.state import Row, Store

Changes = dict[str, Any]

# docs: user/project/quick_actions. Those of merge requests and epics are taken out of an issue's text as well.
COMMANDS = frozenset(
    """
    add_child add_contacts add_email approve assign assign_reviewer award blocked_by blocks board_move
    clear_health_status clear_weight clone close confidential convert_to_ticket copy_metadata
    create_merge_request done draft due duplicate epic estimate estimate_time health_status iteration label
    labels link lock merge milestone move page promote promote_to promote_to_incident publish react ready
    reassign reassign_reviewer rebase relabel relate remove_child remove_contacts remove_due_date remove_email
    remove_estimate remove_iteration remove_label remove_milestone remove_parent remove_reviewer
    remove_time_estimate remove_time_spent remove_zoom reopen request_review reviewer set_parent severity shrug
    spend spend_time status submit_review subscribe tableflip target_branch timeline title todo type unapprove
    unassign unassign_reviewer unlabel unlink unlock unsubscribe weight zoom
    """.split()  # noqa: SIM905 - a hundred words read better than a hundred strings
)
COMMAND_LINE = re.compile(r"/(?P<name>[a-z_]+)(?:[ ]+(?P<argument>.*))?", re.IGNORECASE)
REFERENCE = re.compile(r'[~%@]?"([^"]+)"|[~%@]?(\S+)')


def execute(store: Store, project: Row, user: Row, text: str, now: list[str]) -> tuple[str, Changes]:
    """Take the commands out of a text; return what is left, and what they change.

    ``now`` holds the names of the labels that the issue has, for commands that take all of them away.
    """
    rest, commands = extract(text)
    changes: Changes = {}
    for name, argument in commands:
        store.executed_quick_actions.append((name, argument))
        if effect := EFFECTS.get(name):
            effect(_Context(store, project, user, now), argument, changes)
    return rest, changes


def extract(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a text without its commands, and the commands in order."""
    text = text.replace("\r", "")
    lines, commands = text.split("\n"), []
    for number in _command_lines(text):
        match = COMMAND_LINE.fullmatch(lines[number].strip())
        if match and match["name"].lower() in COMMANDS:
            commands.append((match["name"].lower(), (match["argument"] or "").strip()))
            lines[number] = "\0"
    return "\n".join(line for line in lines if line != "\0").rstrip(), commands


def _command_lines(text: str) -> list[int]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    lines = text.split("\n")
    found = []
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "paragraph_open" and opening.level == 0 and opening.map:
            starts = _starts_of_lines(inline)
            found += [
                number for number in range(*opening.map) if any(lines[number].startswith(start) for start in starts)
            ]
    return found


def _starts_of_lines(inline: Token) -> list[str]:
    # Text at the start of a line, where it is not in inline code: the first child, or what follows a line break.
    children = inline.children or []
    previous = ["softbreak", *[child.type for child in children]]
    return [
        child.content[: len(match[0])]
        for before, child in zip(previous, children, strict=False)
        if before in {"softbreak", "hardbreak"} and child.type == "text"
        if (match := re.match(r"/\w+", child.content))
    ]


class _Context:
    """Where a command is carried out."""

    def __init__(self, store: Store, project: Row, user: Row, labels: list[str]) -> None:
        self.store, self.project, self.user, self.labels = store, project, user, labels

    def known_labels(self, argument: str) -> list[str]:
        """Return the labels of an argument that exist: a command creates none."""
        groups = ancestors(self.store, self.project["group_id"])
        rows = self.store.rows(
            f"SELECT name FROM labels WHERE project_id = ? OR group_id IN ({', '.join('?' * len(groups))})",
            self.project["id"], *groups,
        )  # fmt: skip
        names = {row["name"] for row in rows}
        return [name for name in _references(argument) if name in names]

    def users(self, argument: str) -> list[int]:
        """Return the users of an argument; ``me`` is who wrote the command."""
        names = [self.user["username"] if name == "me" else name for name in _references(argument)]
        found = [self.store.row("SELECT id FROM users WHERE username = ?", name) for name in names]
        return [row["id"] for row in found if row]

    def milestone(self, argument: str) -> int | None:
        """Return the milestone of this title that the project can use."""
        groups = ancestors(self.store, self.project["group_id"])
        row = self.store.row(
            f"SELECT id FROM milestones WHERE title = ? AND (project_id = ? OR group_id IN"
            f" ({', '.join('?' * len(groups))}))",
            *_references(argument)[:1], self.project["id"], *groups,
        )  # fmt: skip
        return row["id"] if row else None


def _references(argument: str) -> list[str]:
    return [quoted or plain for quoted, plain in REFERENCE.findall(argument)]


def _label(context: _Context, argument: str, changes: Changes) -> None:
    changes.setdefault("add_labels", []).extend(context.known_labels(argument))


def _unlabel(context: _Context, argument: str, changes: Changes) -> None:
    gone = context.known_labels(argument) if argument else context.labels
    changes.setdefault("remove_labels", []).extend(gone)


def _relabel(context: _Context, argument: str, changes: Changes) -> None:
    changes["labels"] = context.known_labels(argument)


def _assign(context: _Context, argument: str, changes: Changes) -> None:
    changes.setdefault("add_assignee_ids", []).extend(context.users(argument))


def _unassign(context: _Context, argument: str, changes: Changes) -> None:
    if argument:
        changes.setdefault("remove_assignee_ids", []).extend(context.users(argument))
    else:
        changes["assignee_ids"] = []


def _reassign(context: _Context, argument: str, changes: Changes) -> None:
    changes["assignee_ids"] = context.users(argument)


def _milestone(context: _Context, argument: str, changes: Changes) -> None:
    if argument and (found := context.milestone(argument)):
        changes["milestone_id"] = found


def _weight(_: _Context, argument: str, changes: Changes) -> None:
    if argument.isascii() and argument.isdigit():
        changes["weight"] = int(argument)


def _due(_: _Context, argument: str, changes: Changes) -> None:
    # GitLab reads natural language; only ISO dates are modelled.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", argument):
        changes["due_date"] = argument


def _title(_: _Context, argument: str, changes: Changes) -> None:
    if argument:
        changes["title"] = argument


def _set(key: str, value: object) -> Callable[[_Context, str, Changes], None]:
    return lambda _context, _argument, changes: changes.update({key: value})


# What is not here is taken out of the text and recorded, and changes nothing.
EFFECTS: dict[str, Callable[[_Context, str, Changes], None]] = {
    "label": _label,
    "labels": _label,
    "unlabel": _unlabel,
    "remove_label": _unlabel,
    "relabel": _relabel,
    "assign": _assign,
    "unassign": _unassign,
    "reassign": _reassign,
    "milestone": _milestone,
    "remove_milestone": _set("milestone_id", None),
    "weight": _weight,
    "clear_weight": _set("weight", None),
    "due": _due,
    "remove_due_date": _set("due_date", None),
    "title": _title,
    "confidential": _set("confidential", True),
    "lock": _set("discussion_locked", True),
    "unlock": _set("discussion_locked", False),
    "close": _set("state_event", "close"),
    "reopen": _set("state_event", "reopen"),
}
