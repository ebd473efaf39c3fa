"""Edits that GitLab tells of in the notes of an issue, not by an event (docs: user/project/system_notes)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning_bot.sandbox.issue_edits import Editor
    from planning_bot.sandbox.state import Row, Store

_TASK = re.compile(r"^\s*[-*+] \[([ xX])\] (.+?)\s*$", re.MULTILINE)


def add(store: Store, issue_id: int, editor: Editor, body: str, version: str | None = None) -> None:
    """Record an edit.

    `version` is the description that was saved (gitlabhq: app/models/concerns/versioned_description.rb).
    """
    stamp = store.clock.stamp(editor.at)
    times = {"created_at": stamp, "updated_at": stamp}
    store.insert("notes", issue_id=issue_id, author_id=editor.user["id"], body=body, system=1, version=version, **times)


def tell_of_description(store: Store, issue: Row, editor: Editor, text: str | None) -> None:
    """Record a new description; where a box was ticked there is a note for each of them instead, without a version.

    gitlabhq: app/services/issuable/common_system_notes_service.rb, app/services/note_summary.rb.
    """
    before, after = (_TASK.findall(one or "") for one in (issue["description"], text))
    ticked = [
        (box, name)
        for (old, named), (box, name) in zip(before, after, strict=False)
        if named == name and (old == " ") != (box == " ")
    ]
    for box, name in ticked:
        words = f"marked the checklist item **{name}** as {'incomplete' if box == ' ' else 'completed'}"
        add(store, issue["id"], editor, words)
    if not ticked:
        add(store, issue["id"], editor, "changed the description", text)
