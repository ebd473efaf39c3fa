"""Whose hand was it? What a run may have changed of an issue, of boards and in the channel, and what is a person's.

Everything here compares what the pretend servers hold; nothing of it asks the program.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.support import BOT, GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning_bot.sandbox import Sandbox

Issues = dict[str, dict[str, Any]]

_SECTION = re.compile(r"\n*<!-- planning-bot:begin ([a-z-]+) .*?-->.*?<!-- planning-bot:end \1 -->\n*", re.DOTALL)
_MARKER = re.compile(r"<!-- planning-bot: .* -->")
_PUT_ON = re.compile(r"Deliverable|Planning Issue|Stretch|missed-deliverable|missed:.+")


def issues_of(box: Sandbox, projects: Iterable[str]) -> Issues:
    """Give the issues of some projects as they are now, by reference."""
    return {
        f"{project}#{issue['iid']}": {**issue, "notes": box.gitlab.notes(project, issue["iid"])}
        for project in projects
        for issue in box.gitlab.issues(project)
    }


def check_hands(before: Issues, after: Issues, bots: Iterable[str] = (BOT,)) -> None:
    """Hold what a run left behind against promises 4 and 6: nothing of a person's is gone, no issue opens or closes."""
    own = set(bots)
    assert before.keys() <= after.keys()
    for reference, was in before.items():
        _check_issue(reference, was, after[reference], own)
    for reference in after.keys() - before.keys():
        assert after[reference]["author"]["username"] in own, reference


def _check_issue(reference: str, was: dict[str, Any], now: dict[str, Any], bots: set[str]) -> None:
    kept = ("title", "state", "weight", "confidential", "issue_type", "due_date")
    assert {key: now[key] for key in kept} == {key: was[key] for key in kept}, reference
    assert set(was["labels"]) <= set(now["labels"]), reference
    put_on = set(now["labels"]) - set(was["labels"])
    assert all(_PUT_ON.fullmatch(name) for name in put_on), (reference, put_on)
    assert people_of(was) <= people_of(now), reference
    if people_of(was):
        assert people_of(was) == people_of(now), reference
    assert text_of_people(was) == text_of_people(now), reference
    if "planning-bot::skip" in was["labels"]:
        assert now["updated_at"] == was["updated_at"], reference
    theirs = [note["body"] for note in was["notes"] if note["author"]["username"] not in bots]
    assert theirs == [note["body"] for note in now["notes"] if note["author"]["username"] not in bots], reference
    assert len(now["notes"]) >= len(was["notes"]), reference


def people_of(issue: Mapping[str, Any]) -> set[str]:
    """Name the assignees of an issue."""
    return {person["username"] for person in issue["assignees"]}


def text_of_people(issue: Mapping[str, Any]) -> list[str]:
    """Give what stands outside of the sections, without blank lines."""
    outside = _SECTION.sub("\n", issue["description"] or "")
    return [line for line in outside.splitlines() if line.strip()]


def check_nothing_twice(
    box: Sandbox, issues: Issues, channels: Iterable[str] = (), bots: Iterable[str] = (BOT,)
) -> None:
    """Look for a second one of anything that the program makes: pages, records, boards, labels, messages."""
    pages, records = Counter[str](), Counter[tuple[str, str, str]]()
    for reference, issue in issues.items():
        first = (issue["description"] or "").partition("\n")[0]
        pages.update([first] if _MARKER.fullmatch(first) else [])
        for note in issue["notes"]:
            first, author = note["body"].partition("\n")[0], note["author"]["username"]
            records.update([(reference, author, first)] if _MARKER.fullmatch(first) and author in bots else [])
    boards = Counter(board["name"] for board in box.gitlab.boards(GROUP))
    labels = Counter(label["name"] for path in (GROUP, "acme") for label in box.gitlab.labels(path))
    lists = Counter(
        (board["name"], one["label"]["name"]) for board in box.gitlab.boards(GROUP) for one in board["lists"]
    )
    messages = Counter(
        key for channel in channels for message in box.slack.messages(channel) if (key := key_of(message))
    )
    for counted in (pages, records, boards, labels, lists, messages):
        assert {thing: times for thing, times in counted.items() if times > 1} == {}
    assert box.gitlab.executed_quick_actions == []


def key_of(message: Mapping[str, Any]) -> str:
    """Give the key by which the program finds a message of its own again."""
    return str(((message["metadata"] or {}).get("event_payload") or {}).get("key", ""))
