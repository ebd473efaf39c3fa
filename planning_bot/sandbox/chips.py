"""Small pieces of a page: labels, links to issues, people, states. Everything from the store is escaped here."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from planning_bot.sandbox import answers_issues
from planning_bot.sandbox.answers import text_color

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store


def chip(label: Row) -> str:
    """Return a label; a scoped one in two parts."""
    scope, separator, value = label["name"].rpartition("::")
    first = f"<b>{escape(scope)}</b><i>{escape(value)}</i>" if separator else f"<b>{escape(value)}</b>"
    colors = f"--c: {label['color']}; --t: {text_color(label['color'])}"
    return f'<span class="chip" style="{escape(colors)}">{first}</span>'


def chips(store: Store, issue: Row) -> str:
    """Return the labels of an issue."""
    return " ".join(chip(label) for label in answers_issues.labels_of(store, issue["id"]))


def issue_path(store: Store, issue: Row) -> str:
    """Return where an issue's page is."""
    return f"/{store.get('projects', issue['project_id'])['path']}/-/issues/{issue['iid']}"


def issue_link(store: Store, issue: Row, reference: str, more: str = "") -> str:
    """Return a reference as a link; ``+`` adds the title, ``+s`` more (docs: user/markdown, show item title)."""
    words = reference
    more = "" if issue["confidential"] else more  # as those see it who may not see the issue
    if more:
        words = f"{escape(issue['title'])} ({reference}{' - closed' if issue['state'] == 'closed' else ''})"
    if more == "+s":
        facts = [people(store, issue) or "Unassigned", milestone(store, issue)]
        words += " • " + " • ".join(fact for fact in facts if fact)
    return f'<a href="{escape(issue_path(store, issue))}">{words}</a>'


def people(store: Store, issue: Row) -> str:
    """Return the names of the assignees."""
    numbers = answers_issues.assignees_of(store, issue["id"])
    return ", ".join(escape(store.get("users", number)["name"]) for number in numbers)


def milestone(store: Store, issue: Row) -> str:
    """Return the title of the milestone, or nothing."""
    number = issue["milestone_id"]
    return escape(store.get("milestones", number)["title"]) if number else ""


def state(issue: Row) -> str:
    """Return whether it is open, and whether it is confidential."""
    word = "Open" if issue["state"] == "opened" else "Closed"
    hidden = ' <span class="state hidden">Confidential</span>' if issue["confidential"] else ""
    return f'<span class="state {word.lower()}">{word}</span>{hidden}'


def weight(issue: Row) -> str:
    """Return the weight, or nothing."""
    return "" if issue["weight"] is None else f'<span class="weight" title="Weight">⚖ {issue["weight"]}</span>'


def when(at: str) -> str:
    """Return a time, to the minute."""
    return f'<time datetime="{at}">{at[:10]} {at[11:16]}</time>'
