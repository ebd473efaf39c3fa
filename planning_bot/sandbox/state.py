"""What the pretend GitLab remembers: tables in SQLite, one connection, one lock."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, username TEXT UNIQUE COLLATE NOCASE, name TEXT,
    state TEXT, bot INTEGER, created_at TEXT);
CREATE TABLE IF NOT EXISTS tokens (id INTEGER PRIMARY KEY, token TEXT UNIQUE, user_id INTEGER, scopes TEXT,
    expires_at TEXT, revoked INTEGER DEFAULT 0, created_at TEXT);
CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY, path TEXT UNIQUE, parent_id INTEGER,
    visibility TEXT, archived INTEGER DEFAULT 0, deleted_on TEXT, created_at TEXT);
CREATE TABLE IF NOT EXISTS projects (id INTEGER PRIMARY KEY, path TEXT UNIQUE, group_id INTEGER,
    visibility TEXT, archived INTEGER DEFAULT 0, deleted_on TEXT, issues_enabled INTEGER DEFAULT 1, created_at TEXT);
CREATE TABLE IF NOT EXISTS members (id INTEGER PRIMARY KEY, group_id INTEGER, project_id INTEGER,
    user_id INTEGER, access_level INTEGER, expires_at TEXT, created_at TEXT);
CREATE TABLE IF NOT EXISTS milestones (id INTEGER PRIMARY KEY, iid INTEGER, group_id INTEGER, project_id INTEGER,
    title TEXT, start_date TEXT, due_date TEXT, state TEXT, created_at TEXT, updated_at TEXT);
CREATE TABLE IF NOT EXISTS labels (id INTEGER PRIMARY KEY, group_id INTEGER, project_id INTEGER, name TEXT,
    color TEXT, description TEXT);
CREATE TABLE IF NOT EXISTS epics (id INTEGER PRIMARY KEY, iid INTEGER, group_id INTEGER, title TEXT,
    author_id INTEGER, created_at TEXT, updated_at TEXT);
CREATE TABLE IF NOT EXISTS issues (id INTEGER PRIMARY KEY, iid INTEGER, project_id INTEGER, title TEXT,
    description TEXT, state TEXT DEFAULT 'opened', issue_type TEXT, author_id INTEGER, milestone_id INTEGER,
    weight INTEGER, confidential INTEGER DEFAULT 0, discussion_locked INTEGER, due_date TEXT, epic_id INTEGER,
    position INTEGER, created_at TEXT, updated_at TEXT, closed_at TEXT, closed_by_id INTEGER,
    moved_to_id INTEGER, duplicated_to_id INTEGER);
CREATE INDEX IF NOT EXISTS issues_by_project ON issues (project_id, iid);
CREATE TABLE IF NOT EXISTS issue_labels (issue_id INTEGER, label_id INTEGER, PRIMARY KEY (issue_id, label_id));
CREATE INDEX IF NOT EXISTS issues_by_label ON issue_labels (label_id);
CREATE TABLE IF NOT EXISTS issue_assignees (issue_id INTEGER, user_id INTEGER, PRIMARY KEY (issue_id, user_id));
CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, issue_id INTEGER, author_id INTEGER, body TEXT,
    system INTEGER DEFAULT 0, internal INTEGER DEFAULT 0, created_at TEXT, updated_at TEXT, version TEXT);
CREATE INDEX IF NOT EXISTS notes_by_issue ON notes (issue_id);
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, kind TEXT, issue_id INTEGER, user_id INTEGER,
    created_at TEXT, action TEXT, label_id INTEGER, milestone_id INTEGER, state TEXT, weight INTEGER);
CREATE INDEX IF NOT EXISTS events_by_issue ON events (issue_id, kind);
CREATE TABLE IF NOT EXISTS links (id INTEGER PRIMARY KEY, source_id INTEGER, target_id INTEGER, link_type TEXT,
    created_at TEXT);
CREATE TABLE IF NOT EXISTS boards (id INTEGER PRIMARY KEY, group_id INTEGER, name TEXT, milestone_id INTEGER,
    assignee_id INTEGER, weight INTEGER, hide_backlog_list INTEGER DEFAULT 0, hide_closed_list INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS board_labels (board_id INTEGER, label_id INTEGER, PRIMARY KEY (board_id, label_id));
CREATE TABLE IF NOT EXISTS board_lists (id INTEGER PRIMARY KEY, board_id INTEGER, label_id INTEGER,
    position INTEGER);
"""


class Clock:
    """The server's time. A frozen one moves a millisecond at each write, as no two writes share an instant."""

    def __init__(self, now: datetime | None) -> None:
        self.freeze(now)

    def freeze(self, now: datetime | None) -> None:
        """Stand still at ``now``; None lets the real time run."""
        self.frozen = now
        self._writes = 0

    @property
    def reading(self) -> tuple[datetime | None, int]:
        """Where it stands, and how many writes it has seen there."""
        return self.frozen, self._writes

    @reading.setter
    def reading(self, value: tuple[datetime | None, int]) -> None:
        self.frozen, self._writes = value

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self.frozen or datetime.now(UTC)

    def stamp(self, at: datetime | None = None) -> str:
        """Return the time of a write, in the form of GitLab's answers."""
        if at is None:
            at = self.now() + timedelta(milliseconds=self._writes)
            self._writes += 1 if self.frozen else 0
        return format_time(at)


def format_time(at: datetime) -> str:
    """Write a time as GitLab's REST API does: UTC with milliseconds."""
    at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


class Store:
    """Rows in, rows out. Whoever reads or writes several of them holds the lock."""

    def __init__(self, database: str, now: datetime | None) -> None:
        self.clock = Clock(now)
        self.tier = "premium"
        self.url = ""
        self.lag = timedelta()
        self._born: dict[tuple[str, int], datetime] = {}
        self.executed_quick_actions: list[tuple[str, str]] = []
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = _as_dict
        self._connection.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;" + SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def save(self) -> tuple[bytes, datetime | None, int]:
        """Give the database and the time, for `restore`."""
        return (self._connection.serialize(), *self.clock.reading)

    def restore(self, saved: tuple[bytes, datetime | None, int]) -> None:
        """Go back to what was saved."""
        rows, frozen, writes = saved
        self.clock.reading = (frozen, writes)
        self._connection.deserialize(rows)
        self._born.clear()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock; what fails leaves nothing behind."""
        with self.lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Return what a query finds."""
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """Return the first row that a query finds."""
        with self.lock:
            found: Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def get(self, table: str, number: object) -> Row:
        """Return the row of this id, which exists."""
        found = self.row(f"SELECT * FROM {table} WHERE id = ?", number)
        if found is None:
            raise LookupError(f"{table} has no row {number}")
        return found

    def insert(self, table: str, **values: object) -> int:
        """Add a row and return its id."""
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"
        with self.lock:
            number = int(self._connection.execute(sql, tuple(values.values())).lastrowid or 0)
            self._born[table, number] = self.clock.now()
            return number

    def is_listed(self, table: str, number: int) -> bool:
        """Say whether a row shows in lists yet: the replica that answers them may lag behind.

        docs: administration/postgresql/database_load_balancing
        """
        born = self._born.get((table, number))
        return born is None or born + self.lag <= self.clock.now()

    def update(self, table: str, number: int, **values: object) -> None:
        """Change columns of the row of this id."""
        if values:
            columns = ", ".join(f"{name} = ?" for name in values)
            self.rows(f"UPDATE {table} SET {columns} WHERE id = ?", *values.values(), number)

    def next_iid(self, table: str, column: str, owner: int) -> int:
        """Return the next number that people see in this project or group."""
        found = self.row(f"SELECT COALESCE(MAX(iid), 0) + 1 AS iid FROM {table} WHERE {column} = ?", owner)
        return int(found["iid"]) if found else 1


def _as_dict(cursor: sqlite3.Cursor, values: tuple[object, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
