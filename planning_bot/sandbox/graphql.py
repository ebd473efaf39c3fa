"""The corner of GitLab's GraphQL API that tells of descriptions as they were (docs: api/graphql/reference).

A query comes by GET or POST (GitLab's routes take both; mutations by POST alone, and none is known here). Each save
of a description leaves a version, which hangs on the system note that tells of it, in every tier (gitlabhq:
app/models/concerns/versioned_description.rb, app/services/note_summary.rb,
app/graphql/types/description_version_type.rb).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from planning_bot.sandbox import permissions
from planning_bot.sandbox.routing import Answer, ApiError, not_modelled

if TYPE_CHECKING:
    from planning_bot.sandbox.state import Row, Store

PATH = "/api/graphql"
_TOKENS = re.compile(r"[{}()!:,]|\$?\w+|\"[^\"]*\"")
Json = dict[str, Any]
Selection = dict[str, tuple[Json, Any]]  # the fields of an object: arguments, and what is selected of each


@dataclass(frozen=True)
class Asker:
    """Who asks."""

    store: Store
    user: Row


def answer(store: Store, user: Row, target: str, body: Json) -> Answer:
    """Answer a query; what the sandbox does not know it refuses, as it does with REST."""
    asked = {name: values[-1] for name, values in parse_qs(target.partition("?")[2]).items()} or body
    if unknown := sorted(asked.keys() - {"query", "variables"}):
        raise not_modelled(f"the parameter {unknown[0]} of {PATH}")
    variables = asked.get("variables") or {}
    variables = json.loads(variables) if isinstance(variables, str) else variables
    tokens = _TOKENS.findall(asked.get("query", ""))
    if tokens[:1] != ["query"]:
        raise not_modelled("GraphQL other than a query")
    selection = _Parser(tokens[tokens.index("{") :], variables).selection()
    with store.lock:
        return Answer({"data": _resolved(Asker(store, user), "Query", None, selection)})


class _Parser:
    def __init__(self, tokens: list[str], variables: Json) -> None:
        self._tokens = tokens
        self._variables = variables

    def selection(self) -> Selection:
        """Read what stands between two braces."""
        found: Selection = {}
        self._take("{")
        while self._tokens[0] != "}":
            name = self._tokens.pop(0)
            arguments = self._arguments() if self._tokens[0] == "(" else {}
            found[name] = (arguments, self.selection() if self._tokens[0] == "{" else None)
        self._take("}")
        return found

    def _arguments(self) -> Json:
        found: Json = {}
        self._take("(")
        while self._tokens[0] != ")":
            name = self._tokens.pop(0)
            self._take(":")
            found[name] = self._value(self._tokens.pop(0))
            self._tokens = self._tokens[self._tokens[0] == "," :]
        self._take(")")
        return found

    def _value(self, token: str) -> Any:
        return self._variables.get(token[1:]) if token[0] == "$" else json.loads(token)

    def _take(self, token: str) -> None:
        if self._tokens.pop(0) != token:
            raise not_modelled("GraphQL of this form")


def _project(asker: Asker, _: Any, arguments: Json) -> Row | None:
    row = asker.store.row("SELECT * FROM projects WHERE path = ?", arguments["fullPath"])
    return row if row and permissions.sees_project(asker.store, asker.user, row) else None


def _issue(asker: Asker, project: Row, arguments: Json) -> Row | None:
    row = asker.store.row("SELECT * FROM issues WHERE project_id = ? AND iid = ?", project["id"], arguments["iid"])
    return row if row and permissions.sees_issue(asker.store, asker.user, row) else None


def _notes(asker: Asker, issue: Row, arguments: Json) -> Json:
    """Give the notes of an issue, the oldest first; `last` counts from the end (docs: api/graphql, connections)."""
    rows = asker.store.rows("SELECT * FROM notes WHERE issue_id = ? ORDER BY created_at, id", issue["id"])
    return {"nodes": rows[-arguments["last"] :]}


Resolver = Callable[[Asker, Any, Json], Any]
_FIELDS: dict[tuple[str, str], tuple[str, Resolver]] = {
    ("Query", "project"): ("Project", _project),
    ("Project", "issue"): ("Issue", _issue),
    ("Issue", "notes"): ("NoteConnection", _notes),
    ("NoteConnection", "nodes"): ("[Note]", lambda _, notes, __: notes["nodes"]),
    ("Note", "id"): ("NoteID", lambda _, note, __: f"gid://gitlab/Note/{note['id']}"),
    ("Note", "systemNoteMetadata"): ("SystemNoteMetadata", lambda _, note, __: note if note["system"] else None),
    ("SystemNoteMetadata", "descriptionVersion"): (
        "DescriptionVersion",
        lambda _, note, __: note if note["version"] is not None else None,
    ),
    ("DescriptionVersion", "description"): ("String", lambda _, note, __: note["version"]),
}


def _resolved(asker: Asker, kind: str, thing: Any, selection: Selection) -> Json:
    found: Json = {}
    for name, (arguments, inner) in selection.items():
        if (kind, name) not in _FIELDS:
            message = f"Field '{name}' doesn't exist on type '{kind}'"
            raise ApiError(200, {"errors": [{"message": message}]})
        of, resolve = _FIELDS[kind, name]
        value = resolve(asker, thing, arguments)
        if value is not None and inner is not None:
            one = of.strip("[]")
            value = (
                [_resolved(asker, one, row, inner) for row in value]
                if of.startswith("[")
                else _resolved(asker, one, value, inner)
            )
        found[name] = value
    return found
