"""What a test or a story does to the pretend Google Sheets: seeds them, types into them, looks at them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import sheets_book, sheets_cells, sheets_values
from planning_bot.sandbox.sheets_accounts import ACCOUNT
from planning_bot.sandbox.sheets_api import API, ROUTES, TOKEN, Google, Incoming, respond
from planning_bot.sandbox.sheets_errors import fault_response
from planning_bot.sandbox.sheets_state import Spreadsheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planning_bot.sandbox.connection import Response
    from planning_bot.sandbox.sheets_state import Tab
    from planning_bot.sandbox.state import Store

MODULES = (sheets_book, sheets_values)  # importing them fills ROUTES

__all__ = ["ACCOUNT", "ROUTES", "Sheets"]


class Sheets:
    """The spreadsheets of a sandbox. They live in memory: what is stopped forgets them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._google = Google()

    def add(
        self,
        key: str,
        tabs: Mapping[str, Sequence[Sequence[Any]]] | None = None,
        *,
        title: str = "Planning",
        shared_with: Mapping[str, str] | None = None,
    ) -> None:
        """Add a spreadsheet. Texts stand as they are, a ``date`` is a date, None and "" are empty.

        ``shared_with`` has the role (``reader`` or ``writer``) by e-mail address; default: the service account writes.
        """
        with self._store.lock:
            roles = {ACCOUNT: "writer"} if shared_with is None else dict(shared_with)
            book = self._google.spreadsheets[key] = Spreadsheet(key, title, roles)
            for name, rows in (tabs or {"Sheet1": []}).items():
                _fill(book.add(name), rows)

    def share(self, key: str, email: str, role: str | None) -> None:
        """Share a spreadsheet as ``reader`` or ``writer``, or with None no longer."""
        with self._store.lock:
            roles = self._google.spreadsheets[key].roles
            roles.pop(email, None)
            if role:
                roles[email] = role

    def rows(self, key: str, tab: str, render: str = "UNFORMATTED_VALUE") -> list[list[Any]]:
        """Return what a tab holds, ragged as the API's answers are."""
        with self._store.lock:
            found, block = self._google.spreadsheets[key].find(_quoted(tab))
            return [list(row) for row in found.values(found.on_grid(block), render, "SERIAL_NUMBER")]

    def tabs(self, key: str) -> list[str]:
        """Return the titles of the tabs."""
        with self._store.lock:
            return [tab.title for tab in self._google.spreadsheets[key].tabs]

    def enter(self, key: str, tab: str, cell: str, value: Any) -> None:
        """Type something into a cell, such as ``B2``, as a person does."""
        with self._store.lock:
            found, block = self._google.spreadsheets[key].find(f"{_quoted(tab)}!{cell}")
            found.put(block.top, block.left, _cell(value) or sheets_cells.typed(value))

    def add_tab(self, key: str, tab: str, *, rows: int = 1000, columns: int = 26) -> None:
        """Add a tab with a grid of this size, as a person does."""
        with self._store.lock:
            self._google.spreadsheets[key].add(tab, rows, columns)

    def service_account_file(self, folder: Path, email: str = ACCOUNT, *, token_uri: str = "") -> Path:
        """Write the key file of a service account into a folder; its tokens come from this sandbox."""
        with self._store.lock:
            uri = token_uri or f"{self._store.url}{TOKEN}"
            return self._google.accounts.write_key_file(folder, email, uri)

    def revoke_tokens(self) -> None:
        """Let every access token be one that is not known."""
        with self._store.lock:
            self._google.accounts.tokens.clear()

    def forget_keys(self) -> None:
        """Let every key be one that was deleted."""
        with self._store.lock:
            self._google.accounts.keys.clear()

    def save(self) -> dict[str, Spreadsheet]:
        """Give the spreadsheets, for `restore`."""
        return self._google.spreadsheets

    def restore(self, saved: dict[str, Spreadsheet]) -> None:
        """Go back to what was saved; keys and tokens stay."""
        self._google.spreadsheets = saved

    def dump(self) -> dict[str, dict[str, list[list[Any]]]]:
        """Return everything that a run can change, formulas as such."""
        with self._store.lock:
            books = self._google.spreadsheets
            return {key: {tab: self.rows(key, tab, "FORMULA") for tab in self.tabs(key)} for key in sorted(books)}

    def serves(self, path: str) -> bool:
        """Say whether a path is Google's."""
        return path == TOKEN or path.startswith(API)

    def respond(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        """Answer a request."""
        path, _, query = target.partition("?")
        with self._store.lock:
            return respond(self._google, Incoming(method, path, query, headers, body))

    def instead(self, kind: str, path: str) -> Response | None:
        """Return what stands in for an answer under a fault, where Google spells it in its own way."""
        return fault_response(kind) if self.serves(path) else None


def _fill(tab: Tab, rows: Sequence[Sequence[Any]]) -> None:
    tab.row_count = max(tab.row_count, len(rows))
    for down, row in enumerate(rows, 1):
        for across, value in enumerate(row, 1):
            tab.column_count = max(tab.column_count, across)
            if value is not None:
                tab.put(down, across, _cell(value) or sheets_cells.raw(value))


def _cell(value: Any) -> sheets_cells.Cell | None:
    return sheets_cells.of_day(value) if isinstance(value, date) else None


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"
