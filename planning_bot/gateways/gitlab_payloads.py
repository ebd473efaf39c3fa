"""GitLab's JSON into the domain's values: the one place that knows its keys (docs: api/issues, api/group_boards)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from planning_bot.domain.issue import Board, BoardList, Issue, Label, Note, User
from planning_bot.domain.milestone import Milestone
from planning_bot.errors import ServerError, UnknownOutcomeError

if TYPE_CHECKING:
    from collections.abc import Iterator

Payload = dict[str, Any]


@contextmanager
def documented(what: str, *, written: bool = False) -> Iterator[None]:
    """Raise where an answer lacks what GitLab documents: ServerError, or UnknownOutcomeError once it was a write's."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{what}: the answer lacks what GitLab documents ({type(error).__name__}: {error})"
        if written:
            raise UnknownOutcomeError(message, "run it again: the next run looks what became of it") from error
        raise ServerError(message, "is gitlab.url the address of GitLab itself?") from error


def user(row: Payload) -> User:
    """Read a user."""
    return User(row["id"], row["username"], text(row.get("name")), bool(row.get("bot")))


def label(row: Payload) -> Label:
    """Read a label."""
    return Label(row["id"], text(row["name"]))


def note(row: Payload) -> Note:
    """Read a note."""
    return Note(row["id"], text(row.get("body")), _username(row.get("author")))


def milestone(row: Payload) -> Milestone:
    """Read a milestone; a title stays a string, whatever it looks like."""
    return Milestone(
        row["id"], text(row["title"]), _day(row.get("start_date")), _day(row.get("due_date")), row.get("web_url") or ""
    )


def issue(row: Payload) -> Issue:
    """Read an issue; GitLab's Free tier leaves out the key `weight`."""
    placed = row.get("milestone") or {}
    return Issue(
        id=row["id"],
        iid=row["iid"],
        project_id=row["project_id"],
        reference=row["references"]["full"],
        web_url=row.get("web_url") or "",
        title=text(row["title"]),
        description=text(row.get("description")),
        state=row["state"],
        author=_username(row.get("author")),
        labels=frozenset(text(name) for name in row["labels"]),
        milestone_id=placed.get("id"),
        milestone=placed.get("title"),
        assignees=tuple(user(person) for person in row.get("assignees") or ()),
        confidential=bool(row.get("confidential")),
        created_at=datetime.fromisoformat(row["created_at"]),
        weight=row.get("weight"),
        kind=row.get("issue_type") or "issue",
        tier_has_weights="weight" in row,
        notes_count=row.get("user_notes_count"),
        updated_at=_time(row.get("updated_at")),
        closed_at=_time(row.get("closed_at")),
        moved_to_id=row.get("moved_to_id"),
        is_duplicate=bool((row.get("_links") or {}).get("closed_as_duplicate_of")),
        is_promoted=row.get("promoted_to_epic_id") is not None,
    )


def board(row: Payload, group_url: str) -> Board:
    """Read a group's board; its answer names no web address, so that is put together."""
    scope = row.get("milestone") or {}
    lists = (board_list(column) for column in row.get("lists") or ())
    return Board(
        id=row["id"],
        name=text(row["name"]),
        web_url=f"{group_url}/-/boards/{row['id']}",
        milestone_id=scope.get("id"),
        milestone=scope.get("title"),
        labels=frozenset(text(scoped["name"]) for scoped in row.get("labels") or ()),
        lists=tuple(sorted(lists, key=lambda column: (column.position, column.id))),
    )


def board_list(row: Payload) -> BoardList:
    """Read a list of a board."""
    return BoardList(row["id"], label(row["label"]) if row.get("label") else None, row.get("position") or 0)


def text(value: str | None) -> str:
    """Read a text; a lone surrogate, which no file can hold, becomes the replacement character."""
    return (value or "").encode("utf-8", "replace").decode("utf-8")


def _username(person: Payload | None) -> str:
    # The author of a deleted account is null.
    return person["username"] if person else ""


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None
