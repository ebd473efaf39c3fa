"""A plan as rows: what each change is, in words that the text and the Markdown views share."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from planning_bot.domain.change import (
    CreateBoard,
    CreateIssue,
    CreateLabel,
    EditIssue,
    IssueState,
    PostMessage,
    RepairBoard,
    TakeBack,
    WriteNote,
    WriteTable,
)

if TYPE_CHECKING:
    from planning_bot.domain.change import BoardState, Change


@dataclass(frozen=True)
class Detail:
    """One thing that a change sets: a short value, or a text with its lines signed `+`, `-` or blank."""

    name: str
    value: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One change: `+` for something new, `~` for something that is edited, `-` for something that is taken back."""

    sign: str
    verb: str
    target: str
    because: str
    details: tuple[Detail, ...]


def row(change: Change) -> Row:
    """Put a change into words."""
    match change:
        case CreateIssue():
            return Row("+", "create issue", change.target, change.because, _draft_details(change))
        case EditIssue() | TakeBack():
            sign, verb = ("~", "edit issue") if isinstance(change, EditIssue) else ("-", "take back")
            return Row(sign, verb, change.target, change.because, _edit_details(change.before, change.after))
        case WriteNote():
            note = Detail("note", lines=_diff(change.before or "", change.after))
            sign, verb = ("+", "write note") if change.before is None else ("~", "rewrite note")
            return Row(sign, verb, change.target, change.because, (note,))
        case CreateBoard() | CreateLabel():
            details = _board_details(None, change.after) if isinstance(change, CreateBoard) else ()
            return Row("+", change.kind.replace("_", " "), change.target, change.because, details)
        case RepairBoard():
            return Row("~", "repair board", change.target, change.because, _board_details(change.before, change.after))
        case WriteTable() | PostMessage():
            sign = "+" if change.before is None else "~"
            return Row(sign, change.kind.replace("_", " "), change.target, change.because, _outside_details(change))
        case _:
            assert_never(change)


def _draft_details(change: CreateIssue) -> tuple[Detail, ...]:
    draft = change.after
    short = {
        "labels": ", ".join(draft.labels),
        "milestone": draft.milestone.name,
        "assignees": ", ".join(person.name for person in draft.assignees),
        "epic": draft.epic.name if draft.epic else "",
        "confidential": "yes" if draft.confidential else "",
    }
    details = [Detail(name, value) for name, value in short.items() if value]
    return (*details, Detail("description", lines=_diff("", draft.description)))


def _edit_details(before: IssueState, after: IssueState) -> tuple[Detail, ...]:
    labels, people = (
        _signed([str(one) for one in then if one not in now], [str(one) for one in now if one not in then])
        for now, then in (
            (sorted(before.labels), sorted(after.labels)),
            ([person.name for person in before.assignees], [person.name for person in after.assignees]),
        )
    )
    details = [Detail(name, value) for name, value in (("labels", labels), ("assignees", people)) if value]
    if "milestone" in after.model_fields_set and after.milestone != before.milestone:
        was, will_be = (state.milestone.name if state.milestone else "none" for state in (before, after))
        details.append(Detail("milestone", f"{was} → {will_be}"))
    return (
        *details,
        *(
            Detail(f"section {name}", lines=_diff(before.sections.get(name) or "", text or ""))
            for name, text in after.sections.items()
        ),
    )


def _signed(added: list[str], gone: list[str]) -> str:
    return ", ".join([*(f"+{name}" for name in added), *(f"-{name}" for name in gone)])


def _board_details(before: BoardState | None, after: BoardState) -> tuple[Detail, ...]:
    now, then = _board_facts(before), _board_facts(after)
    changed = {name: value for name, value in then.items() if value != now.get(name)}
    short = [Detail(name, f"{now[name]} → {value}" if now.get(name) else value) for name, value in changed.items()]
    # All lists, so that a person sees their own among them, and which stand where.
    lists = difflib.ndiff(_columns(before), _columns(after)) if before is None or before.lists != after.lists else ()
    lines = tuple(f"{line[0]}{line[2:]}" for line in lists if line[0] != "?")
    return (*short, *([Detail("lists", lines=lines)] if lines else []))


def _board_facts(board: BoardState | None) -> dict[str, str]:
    if board is None:
        return {}
    return {
        "milestone": board.milestone.name if board.milestone else "",
        "scope": ", ".join(board.labels),
    }


def _columns(board: BoardState | None) -> list[str]:
    lists = board.lists if board else ()
    return [column.label.name if column.label else "(a list of another kind)" for column in lists]


def _outside_details(change: WriteTable | PostMessage) -> tuple[Detail, ...]:
    if isinstance(change, WriteTable):
        return (Detail("rows", lines=_diff(_lines(change.before or ()), _lines(change.after))),)
    before, chart = change.before, change.after.chart
    text = Detail(
        "message", lines=_diff("\n\n".join(before.blocks if before else ()), "\n\n".join(change.after.blocks))
    )
    if chart is None or (before and before.has_chart):
        return (text,)
    return text, Detail("chart", f"{chart.title} ({chart.name}, {len(chart.png) / 1000:.0f} kB)")


def _lines(rows: tuple[tuple[object, ...], ...]) -> str:
    return "\n".join(" | ".join(str(cell) for cell in row) for row in rows)


def _diff(old: str, new: str) -> tuple[str, ...]:
    """Give the lines that differ, signed, with a line of what stands around them."""
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1))
    # The first two lines name files. Every line of a text has its sign in front, so `@@` begins none of them.
    return tuple(_readable(line) for line in lines[2:] if not line.startswith("@@"))


def _readable(line: str) -> str:
    return re.sub(r"known-after-apply/[^\s()]*/", "known after apply", line)
