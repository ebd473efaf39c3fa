"""Each command's result in words: lines for a terminal, a paragraph or a table for Markdown."""

from __future__ import annotations

from planning_bot.domain.capacity import CapacityResult
from planning_bot.domain.close import CloseResult
from planning_bot.domain.daily_run import RunResult
from planning_bot.domain.deliverables import DeliverablesResult
from planning_bot.domain.doctor import DoctorResult
from planning_bot.domain.report import ReportResult
from planning_bot.domain.results import (
    ApplyResult,
    BoardResult,
    BoardsResult,
    CheckResult,
    CreateIssueResult,
    InitResult,
    ReadinessResult,
    Result,
)
from planning_bot.domain.say_do import SayDoResult
from planning_bot.domain.status import StatusResult
from planning_bot.domain.undo import UndoResult
from planning_bot.rendering.capacity_text import capacity_lines
from planning_bot.rendering.close_text import close_lines
from planning_bot.rendering.deliverables_text import deliverables_lines
from planning_bot.rendering.doctor_text import doctor_lines
from planning_bot.rendering.escaping import markdown, terminal_line
from planning_bot.rendering.init_text import init_lines
from planning_bot.rendering.run_text import run_lines
from planning_bot.rendering.say_do_text import say_do_lines
from planning_bot.rendering.status_text import status_lines
from planning_bot.rendering.table import aligned
from planning_bot.rendering.undo_text import undo_lines

_InColumns = (
    ReadinessResult
    | CapacityResult
    | DeliverablesResult
    | SayDoResult
    | StatusResult
    | CloseResult
    | RunResult
    | ReportResult
    | UndoResult
    | DoctorResult
    | InitResult
)


def result_lines(result: Result, columns: int | None = None) -> list[str]:
    """Give a result as lines for people, at a terminal of so many columns."""
    match result:
        case CreateIssueResult():
            return [_planning_issue(result)]
        case BoardsResult():
            return [_board(board) for board in result.boards]
        case ApplyResult():
            return [f"plan of {result.command}, SHA-256 {result.sha256}"]
        case CheckResult():
            parts = f"{result.members} members, {result.boards} boards, {len(result.scheduled)} scheduled commands"
            return [f"no mistake found: {parts}"]
        case InitResult():
            return init_lines(result, columns)
        case _:
            return _table(result, columns)


def result_markdown(result: Result) -> str:
    """Give a result as Markdown."""
    if isinstance(result, _InColumns):
        # As code, so that its columns stay aligned.
        return "\n".join(["```", *(terminal_line(line).replace("`", "'") for line in _table(result)), "```"])
    return "\n".join(markdown(line) for line in result_lines(result))


def _table(result: _InColumns, columns: int | None = None) -> list[str]:  # noqa: C901, PLR0911 - one for each kind
    match result:
        case ReadinessResult():
            return _readiness(result)
        case CapacityResult():
            return capacity_lines(result, columns)
        case DeliverablesResult():
            return deliverables_lines(result, columns)
        case SayDoResult():
            return say_do_lines(result, columns)
        case StatusResult():
            return status_lines(result, columns)
        case CloseResult():
            return close_lines(result)
        case RunResult():
            return run_lines(result)
        case ReportResult():
            return list(result.pages) or ["no page: there is no delivery milestone"]
        case UndoResult():
            return undo_lines(result)
        case InitResult():
            return init_lines(result, columns)
        case DoctorResult():
            return doctor_lines(result, columns)


def _planning_issue(result: CreateIssueResult) -> str:
    if result.reference is None:
        return "the planning issue does not exist yet"
    state = "created" if result.created else "found"
    return f"planning issue {state}: {result.reference}  {result.web_url}"


def _board(board: BoardResult) -> str:
    state = "created" if board.created else "found" if board.id else "not there yet"
    return f"board {state}: {board.name}  {board.web_url or ''}".rstrip()


def _readiness(result: ReadinessResult) -> list[str]:
    weighted = f"{result.weighted} of {result.candidates} are weighted"
    lines = [
        f"{len(result.ready)} of {result.candidates} candidates can be planned",
        f"weight of the candidates: {result.weight:g} ({weighted})",
        *aligned([(f"  {found.reference}", found.kind, found.because) for found in result.findings]),
    ]
    if result.refine:
        lines.append("to be refined, the longest waiting first:")
        lines += aligned(
            [(f"  {row.reference}", f"since {row.since}", row.proposed or "nobody is there") for row in result.refine]
        )
    return lines
