"""What is sent to take back what a run added to an issue, and what of it stayed (docs: api/issues, edit an issue)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.domain.sections import find_section, remove_section, replace_section, same_text

if TYPE_CHECKING:
    from planning_bot.domain.change import TakeBack
    from planning_bot.domain.issue import Issue

_NOBODY, _NO_MILESTONE = [0], 0  # docs: 0 takes all assignees away, and the milestone off


def what_to_send(change: TakeBack, seen: Issue) -> dict[str, Any]:
    """Give the body of the one request: only what the change is about, and of the description only its sections."""
    before, after = change.before, change.after
    body: dict[str, Any] = {}
    if gone := sorted(set(before.labels) - set(after.labels)):
        body["remove_labels"] = ",".join(gone)
    if after.milestone != before.milestone:
        body["milestone_id"] = after.milestone.id if after.milestone else _NO_MILESTONE
    if set(before.assignees) != set(after.assignees):
        body["assignee_ids"] = [person.id for person in after.assignees] or _NOBODY
    if after.sections:
        body["description"] = _with_sections(seen.description, after.sections)
    return body


def what_stayed(change: TakeBack, issue: Issue) -> tuple[str, ...]:
    """Say what of it the answer does not show."""
    before, after = change.before, change.after
    gone = set(before.labels) - set(after.labels)
    people = {person.id for person in before.assignees} - {person.id for person in after.assignees}
    sections = ((find_section(issue.description, name).text, text) for name, text in after.sections.items())
    return (
        *(f"label {name} is still there" for name in sorted(gone & issue.labels)),
        *(f"assignee {person.username} is still there" for person in issue.assignees if person.id in people),
        *_unless(
            after.milestone == before.milestone or issue.milestone_id == (after.milestone and after.milestone.id),
            "the milestone was not taken over",
        ),
        *_unless(
            all(same_text(now or "", text or "") for now, text in sections),
            "the text of the sections was not taken over",
        ),
    )


def _with_sections(description: str, sections: dict[str, str | None]) -> str:
    for name, text in sections.items():
        is_gone = text is None
        description = remove_section(description, name) if is_gone else replace_section(description, name, text or "")
    return description


def _unless(is_as_meant: bool, lack: str) -> tuple[str, ...]:  # noqa: FBT001 - a comparison, named by the caller
    return () if is_as_meant else (lack,)
