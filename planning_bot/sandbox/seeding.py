"""Filling the pretend GitLab and looking into it, below the API and without asking for permission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import answers, answers_issues, issue_edits, permissions, quick_actions
from planning_bot.sandbox.administration import Administration
from planning_bot.sandbox.dump import dump
from planning_bot.sandbox.issue_edits import Editor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from planning_bot.sandbox.state import Row

Json = dict[str, Any]
KEPT: Any = object()  # an argument that was not given: leave it as it is


class Gitlab(Administration):
    """Groups and projects go by path, users by username, labels and milestones by name, issues by number."""

    @property
    def executed_quick_actions(self) -> list[tuple[str, str]]:
        """Every command that was taken out of a text, with its argument."""
        return self._store.executed_quick_actions

    def add_user(self, username: str, name: str = "", *, state: str = "active", bot: bool = False) -> int:
        """Add a user; return the id."""
        name = name or username.capitalize()
        return self._insert("users", username=username, name=name, state=state, bot=int(bot))

    def add_group(self, path: str, *, parent: str | None = None, visibility: str = "public") -> int:
        """Add a group by its path, full or below ``parent``; the groups above are added where missing."""
        path = path if not parent or path.startswith(f"{parent}/") else f"{parent}/{path}"
        above = path.rpartition("/")[0]
        if above and not self._find("groups", above):
            self.add_group(above, visibility=visibility)
        parent_id = self._owner("groups", above)["id"] if above else None
        return self._insert("groups", path=path, parent_id=parent_id, visibility=visibility)

    def add_project(self, path: str, *, visibility: str = "public") -> int:
        """Add a project by its full path, and its groups where they are missing."""
        above = path.rpartition("/")[0]
        group = self._find("groups", above)
        group_id = group["id"] if group else self.add_group(above)
        return self._insert("projects", path=path, group_id=group_id, visibility=visibility)

    def add_member(self, path: str, username: str, *, access_level: int = 30) -> None:
        """Make a user a member of a group or project."""
        kind = "group" if self._find("groups", path) else "project"
        owner = {f"{kind}_id": self._owner(f"{kind}s", path)["id"]}
        self._insert("members", user_id=self._user(username)["id"], access_level=access_level, **owner)

    def add_token(
        self, token: str, username: str, *, scopes: Sequence[str] = ("api",), expires_at: str | None = None
    ) -> int:
        """Give a user a token; it ends with the day before ``expires_at`` (docs: access tokens)."""
        user_id = self._user(username)["id"]
        return self._insert("tokens", token=token, user_id=user_id, scopes=" ".join(scopes), expires_at=expires_at)

    def add_milestone(
        self, path: str, title: str, *, start: str | None = None, due: str | None = None, state: str = "active"
    ) -> int:
        """Add a milestone to a group or project; return the id."""
        kind = "group" if self._find("groups", path) else "project"
        owner = self._owner(f"{kind}s", path)["id"]
        at = self._store.clock.stamp()
        return self._insert(
            "milestones",
            iid=self._store.next_iid("milestones", f"{kind}_id", owner),
            title=title, start_date=start, due_date=due, state=state, updated_at=at,
            **{f"{kind}_id": owner},
        )  # fmt: skip

    def close_milestone(self, path: str, title: str) -> None:
        """Close a milestone."""
        self._store.update("milestones", self._milestone(path, title), state="closed")

    def add_label(self, path: str, name: str, *, color: str = "#428BCA", description: str = "") -> int:
        """Add a label to a group or project; return the id."""
        kind = "group" if self._find("groups", path) else "project"
        owner = {f"{kind}_id": self._owner(f"{kind}s", path)["id"]}
        return self._store.insert("labels", name=name, color=color, description=description, **owner)

    def rename_label(self, path: str, name: str, new_name: str) -> None:
        """Rename a label, in the past too (docs: api/resource_label_events)."""
        self._store.update("labels", self._label(path, name), name=new_name)

    def delete_label(self, path: str, name: str) -> None:
        """Delete a label: its issues lose it without an event, its events keep a null."""
        number = self._label(path, name)
        for table in ("issue_labels", "board_labels", "board_lists"):
            self._store.rows(f"DELETE FROM {table} WHERE label_id = ?", number)
        self._store.rows("DELETE FROM labels WHERE id = ?", number)

    def add_epic(self, group: str, title: str, *, author: str) -> int:
        """Add an epic to a group; return the number that people see."""
        owner, at = self._owner("groups", group)["id"], self._store.clock.stamp()
        iid = self._store.next_iid("epics", "group_id", owner)
        who = self._user(author)["id"]
        self._insert("epics", iid=iid, group_id=owner, title=title, author_id=who, updated_at=at)
        return iid

    def add_issue(  # noqa: PLR0913 - an issue has this many parts
        self, project: str, title: str, *, author: str, labels: Sequence[str] = (), milestone: str | None = None,
        assignees: Sequence[str] = (), weight: int | None = None, description: str | None = "",
        confidential: bool = False, state: str = "opened", issue_type: str = "issue",
        created_at: datetime | None = None,
    ) -> int:  # fmt: skip
        """Add an issue with the events of its making; return the number that people see."""
        owner = self._owner("projects", project)
        changes: Json = {
            "title": title,
            "description": description,
            "labels": list(labels),
            "assignee_ids": [self._user(name)["id"] for name in assignees],
            "weight": weight,
            "confidential": confidential,
            "issue_type": issue_type,
        }
        if milestone is not None:
            changes["milestone_id"] = self._usable_milestone(owner, milestone)
        if state == "closed":
            changes["state_event"] = "close"
        with self._store.transaction():
            number = issue_edits.create_issue(self._store, owner, self._editor(author, created_at), changes)
        return int(self._store.get("issues", number)["iid"])

    def edit_issue(  # noqa: PLR0913 - so many things can change
        self, project: str, iid: int, *, by: str, at: datetime | None = None, add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (), milestone: str | None = KEPT, state_event: str | None = None,
        weight: int | None = KEPT, title: str = KEPT, description: str = KEPT, assignees: Sequence[str] = KEPT,
        confidential: bool = KEPT,
    ) -> None:  # fmt: skip
        """Change an issue as a person with every permission would, now or ``at`` another time."""
        owner = self._owner("projects", project)
        changes: Json = {"weight": weight, "title": title, "description": description, "confidential": confidential}
        if add_labels or remove_labels:
            changes |= {"add_labels": list(add_labels), "remove_labels": list(remove_labels)}
        if milestone is not KEPT:
            changes["milestone_id"] = milestone and self._usable_milestone(owner, milestone)
        if assignees is not KEPT:
            changes["assignee_ids"] = [self._user(name)["id"] for name in assignees]
        if state_event:
            changes["state_event"] = state_event
        changes = {key: value for key, value in changes.items() if value is not KEPT}
        with self._store.transaction():
            issue_edits.update_issue(self._store, self._issue(project, iid), self._editor(by, at), changes)

    def move_issue(
        self, project: str, iid: int, to_project: str, *, by: str | None = None, at: datetime | None = None
    ) -> int:
        """Move an issue; return the number of its copy."""
        issue, target = self._issue(project, iid), self._owner("projects", to_project)
        by = by or self._store.get("users", issue["author_id"])["username"]
        with self._store.transaction():
            number = issue_edits.move_issue(self._store, issue, target, self._editor(by, at))
        return int(self._store.get("issues", number)["iid"])

    def close_as_duplicate(self, project: str, iid: int, of: tuple[str, int], *, by: str) -> None:
        """Close an issue as the duplicate of another (docs: user/project/issues/managing_issues)."""
        self._store.update("issues", self._issue(project, iid)["id"], duplicated_to_id=self._issue(*of)["id"])
        self.edit_issue(project, iid, by=by, state_event="close")

    def link_issues(self, source: tuple[str, int], target: tuple[str, int], link_type: str = "blocks") -> None:
        """Link two issues, each a project and a number: blocks, is_blocked_by or relates_to."""
        ends = [self._issue(*source)["id"], self._issue(*target)["id"]]
        if link_type == "is_blocked_by":
            ends, link_type = ends[::-1], "blocks"
        self._insert("links", source_id=ends[0], target_id=ends[1], link_type=link_type)

    def add_note(
        self, project: str, iid: int, by: str, body: str, *, at: datetime | None = None, internal: bool = False
    ) -> int:
        """Add a note, whose quick actions are taken out and not carried out; return the id."""
        stamp = self._store.clock.stamp(at)
        text, _ = quick_actions.extract(body)
        return self._store.insert(
            "notes", issue_id=self._issue(project, iid)["id"], author_id=self._user(by)["id"], body=text,
            internal=int(internal), created_at=stamp, updated_at=stamp,
        )  # fmt: skip

    def add_board(self, group: str, name: str, *, lists: Sequence[str] = ()) -> int:
        """Add a board with a list for each label; return the id."""
        owner = self._owner("groups", group)["id"]
        number = self._store.insert("boards", group_id=owner, name=name)
        for label in lists:
            self.add_list(group, number, label)
        return number

    def add_list(self, group: str, board: int, label: str) -> None:
        """Add a list for a label at the right end of a board."""
        label_id, position = self._label(group, label), len(answers.lists_of(self._store, board))
        self._store.insert("board_lists", board_id=board, label_id=label_id, position=position)

    def issue(self, project: str, iid: int) -> Json:
        """Return an issue as GET does."""
        with self._store.lock:
            return answers_issues.issue(self._store, self._issue(project, iid))

    def issues(self, project: str) -> list[Json]:
        """Return the issues of a project, the oldest first."""
        owner = self._owner("projects", project)["id"]
        with self._store.lock:
            rows = self._store.rows("SELECT * FROM issues WHERE project_id = ? ORDER BY iid", owner)
            return [answers_issues.issue(self._store, row) for row in rows]

    def notes(self, project: str, iid: int, *, system: bool = False) -> list[Json]:
        """Return the notes of an issue, the oldest first, without system notes unless asked for."""
        number = self._issue(project, iid)["id"]
        sql = "SELECT * FROM notes WHERE issue_id = ? AND system <= ? ORDER BY created_at, id"
        return [answers_issues.note(self._store, row) for row in self._store.rows(sql, number, int(system))]

    def events(self, project: str, iid: int, kind: str) -> list[Json]:
        """Return the ``label``, ``milestone``, ``state`` or ``weight`` events of an issue."""
        number = self._issue(project, iid)["id"]
        sql = "SELECT * FROM events WHERE issue_id = ? AND kind = ? ORDER BY id"
        return [answers_issues.event(self._store, row) for row in self._store.rows(sql, number, kind)]

    def boards(self, group: str) -> list[Json]:
        """Return the boards of a group."""
        owner = self._owner("groups", group)["id"]
        rows = self._store.rows("SELECT * FROM boards WHERE group_id = ? ORDER BY id", owner)
        return [answers.board(self._store, row) for row in rows]

    def labels(self, path: str) -> list[Json]:
        """Return the labels of a group or project, without those of the groups above."""
        kind = "group" if self._find("groups", path) else "project"
        owner = self._owner(f"{kind}s", path)["id"]
        rows = self._store.rows(f"SELECT * FROM labels WHERE {kind}_id = ? ORDER BY name", owner)
        return [answers.label_of_list(row) for row in rows]

    def milestone_id(self, path: str, title: str) -> int:
        """Return the id of a milestone of a group or project."""
        return self._milestone(path, title)

    def dump(self) -> Json:
        """Return the whole end state for comparison: without ids, times, system notes and events."""
        with self._store.lock:
            return dump(self._store)

    def _insert(self, table: str, **values: object) -> int:
        return self._store.insert(table, created_at=self._store.clock.stamp(), **values)

    def _find(self, table: str, path: str) -> Row | None:
        return self._store.row(f"SELECT * FROM {table} WHERE path = ?", path)

    def _owner(self, table: str, path: str) -> Row:
        return self._found(self._find(table, path), f"{table} {path}")

    def _user(self, username: str) -> Row:
        return self._found(self._store.row("SELECT * FROM users WHERE username = ?", username), f"user {username}")

    def _issue(self, project: str, iid: int) -> Row:
        owner = self._owner("projects", project)["id"]
        row = self._store.row("SELECT * FROM issues WHERE project_id = ? AND iid = ?", owner, iid)
        return self._found(row, f"issue {project}#{iid}")

    def _named(self, table: str, column: str, path: str, name: str) -> int:
        kind = "group" if self._find("groups", path) else "project"
        owner = self._owner(f"{kind}s", path)["id"]
        row = self._store.row(f"SELECT id FROM {table} WHERE {kind}_id = ? AND {column} = ?", owner, name)
        return int(self._found(row, f"{table} {name} in {path}")["id"])

    def _label(self, path: str, name: str) -> int:
        return self._named("labels", "name", path, name)

    def _milestone(self, path: str, title: str) -> int:
        return self._named("milestones", "title", path, title)

    def _usable_milestone(self, project: Row, title: str) -> int:
        above = permissions.ancestors(self._store, project["group_id"])
        rows = self._store.rows("SELECT * FROM milestones WHERE title = ? ORDER BY id", title)
        usable = [row for row in rows if row["project_id"] == project["id"] or row["group_id"] in above]
        return int(self._found(usable[0] if usable else None, f"milestone {title} for {project['path']}")["id"])

    def _editor(self, username: str, at: datetime | None) -> Editor:
        return Editor(self._user(username), permissions.OWNER, at)

    def _found(self, row: Row | None, what: str) -> Row:
        if row is None:
            raise LookupError(f"The sandbox has no {what}")
        return row
