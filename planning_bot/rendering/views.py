"""What a run came to, as text for a terminal, Markdown for a merge request, and JSON for programs."""

from __future__ import annotations

import html
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from planning_bot.domain.doctor import DoctorResult
from planning_bot.domain.plan import Plan
from planning_bot.domain.readable_json import readable_json
from planning_bot.rendering.doctor_text import MARKS
from planning_bot.rendering.escaping import code, markdown, plain, terminal, terminal_line
from planning_bot.rendering.plan_rows import row
from planning_bot.rendering.results import result_lines, result_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import BaseModel

    from planning_bot.domain.plan import Outcome, Remark
    from planning_bot.domain.run import TeamReport
    from planning_bot.errors import PlanningBotError
    from planning_bot.rendering.plan_rows import Row

    Paint = Callable[[str, str], str]

_SHOWN_LINES = 12
_COLOURS = {"+": "green", "~": "yellow", "-": "red"}


def as_json(command: str, reports: Iterable[TeamReport], error: PlanningBotError | None = None) -> str:
    """Give the one object that programs read (contract: `--format json`)."""
    answer: dict[str, Any] = {"version": 1, "command": command, "teams": [_team_json(report) for report in reports]}
    if error:
        answer["error"] = _error_json(error)
    return readable_json(answer, indent=2, default=_model_json)


def result_text(report: TeamReport, paint: Paint, columns: int | None = None) -> str:
    """Give a team's result for people; a terminal has so many columns."""
    lines = [terminal_line(line) for line in result_lines(report.result, columns)]
    if isinstance(report.result, DoctorResult):
        lines = [_marked(line, paint) for line in lines]
    return "\n".join([paint(terminal_line(_heading(report)), "bold"), *lines])


def plan_text(plan: Plan, paint: Paint, *, in_full: bool) -> str:
    """Give a plan for people: one block for each change, with its reason; long texts in full or their beginning."""
    lines: list[str] = []
    for change in plan.changes:
        lines += _block(row(change), paint, in_full=in_full)
    lines += _remarks("left alone", plan.skipped, "cyan", paint)
    lines += [f"  {paint('notice', 'cyan')}  {terminal_line(notice)}" for notice in plan.notices]
    lines += [
        f"  {paint('surprise', 'red')}  {terminal_line(surprise)}: it needs --force" for surprise in plan.surprises
    ]
    lines.append(f"Plan: {_counted(len(plan.changes), 'change')}" if plan.changes else "Plan: nothing to do")
    return "\n".join(lines)


def outcome_text(outcome: Outcome, paint: Paint) -> str:
    """Give what became of a plan."""
    lines = [
        *_remarks("left alone", outcome.skipped, "cyan", paint),
        *_remarks("failed", outcome.failed, "red", paint),
        *_remarks("unknown", outcome.unknown, "red", paint),
    ]
    lines.append(f"Applied: {_counted(outcome.applied, 'change')}")
    if outcome.failed or outcome.unknown:
        lines.append("Run it again: what was done stays, and what is missing is planned anew.")
    return "\n".join(lines)


def as_markdown(reports: Iterable[TeamReport]) -> str:
    """Give results, plans and outcomes for a merge request or an issue."""
    return "\n\n".join(_team_markdown(report) for report in reports)


def plan_markdown(plan: Plan) -> str:
    """Give a plan for a merge request: each change with its reason, long texts folded."""
    parts = [_row_markdown(row(change)) for change in plan.changes]
    left_alone = [f"- left alone: {code(remark.target)}: {markdown(remark.because)}" for remark in plan.skipped]
    notices = [f"- notice: {markdown(notice)}" for notice in plan.notices]
    surprises = [f"- **surprise**, needs --force: {markdown(surprise)}" for surprise in plan.surprises]
    parts += ["\n".join([*left_alone, *notices, *surprises])]
    count = _counted(len(plan.changes), "change") if plan.changes else "nothing to do"
    return "\n\n".join(part for part in (f"**Plan:** {count}", *parts) if part)


def error_text(error: PlanningBotError) -> str:
    """Give an error for people: what is wrong, and below it what to do."""
    return terminal(f"{error.message}\n{error.hint}" if error.hint else error.message)


def _team_json(report: TeamReport) -> dict[str, Any]:
    milestone = report.milestone
    answer: dict[str, Any] = {
        "team": report.team,
        "milestone": milestone
        and {
            "title": milestone.title,
            "start_date": milestone.start_on.isoformat(),
            "due_date": milestone.due_on.isoformat(),
        },
        "result": asdict(report.result) if report.result and not report.error else None,
        "plan": None if report.error and not report.plan else (report.plan or Plan()).model_dump(mode="json"),
        "outcome": report.outcome.model_dump(mode="json") if report.outcome else None,
    }
    if report.error:
        answer["error"] = _error_json(report.error)
        if report.result:  # of a run of which a part failed: the rest stands here
            answer["partial"] = asdict(report.result)
    return answer


def _model_json(value: BaseModel) -> Any:
    return value.model_dump(mode="json")


def _error_json(error: PlanningBotError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _heading(report: TeamReport) -> str:
    milestone = report.milestone
    return (
        f"{report.team} · {milestone.title} ({milestone.start_on} to {milestone.due_on})" if milestone else report.team
    )


def _marked(line: str, paint: Paint) -> str:
    """Colour the mark in front of a line that has one."""
    mark = line.strip()[:1]
    return line.replace(mark, paint(mark, MARKS[mark]), 1) if mark in MARKS else line


def _block(change: Row, paint: Paint, *, in_full: bool) -> list[str]:
    lines = [
        paint(f"  {change.sign} {change.verb}  {terminal_line(change.target)}", _COLOURS[change.sign]),
        f"      because {terminal_line(change.because)}",
    ]
    for detail in change.details:
        shown = detail.lines if in_full else _excerpt(detail.lines)
        lines.append(f"      {terminal_line(detail.name):<12} {terminal_line(detail.value)}".rstrip())
        lines += [paint(f"        {terminal(line)}", _COLOURS.get(line[:1], "")) for line in shown]
        if len(shown) < len(detail.lines):
            lines.append(f"        … {_counted(len(detail.lines) - len(shown), 'more line')} (-v shows all)")
    return lines


def _excerpt(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Give a short text as it is; of a long one the beginning, less the program's markers and empty lines."""
    if len(lines) <= _SHOWN_LINES:
        return lines
    read = (line for line in lines if line[1:].strip() and not line[1:].startswith("<!-- planning-bot"))
    return tuple(read)[:_SHOWN_LINES]


def _remarks(what: str, remarks: Iterable[Remark], colour: str, paint: Paint) -> list[str]:
    return [
        f"  {paint(what, colour)}  {terminal_line(remark.target)}: {terminal_line(remark.because)}"
        for remark in remarks
    ]


def _team_markdown(report: TeamReport) -> str:
    parts = [f"### {markdown(_heading(report))}"]
    if report.error:
        parts.append(f"**{markdown(report.error.message)}** {markdown(report.error.hint)}".rstrip())
    if report.result:
        parts.append(result_markdown(report.result))
    if report.plan:
        parts.append(plan_markdown(report.plan))
    if report.outcome:
        parts.append(_outcome_markdown(report.outcome))
    return "\n\n".join(parts)


def _outcome_markdown(outcome: Outcome) -> str:
    named = (("left alone", outcome.skipped), ("**failed**", outcome.failed), ("**unknown**", outcome.unknown))
    lines = [
        f"- {what}: {code(remark.target)}: {markdown(remark.because)}" for what, remarks in named for remark in remarks
    ]
    return "\n".join([f"**Applied:** {_counted(outcome.applied, 'change')}", *([""] if lines else []), *lines])


def _row_markdown(change: Row) -> str:
    short = "".join(f"; {markdown(detail.name)}: {markdown(detail.value)}" for detail in change.details if detail.value)
    folded = [
        f"<details><summary>{html.escape(plain(detail.name))}</summary>\n\n{_fenced(detail.lines)}\n\n</details>"
        for detail in change.details
        if detail.lines
    ]
    return "\n\n".join(
        [f"- `{change.sign}` {change.verb} {code(change.target)}: {markdown(change.because)}{short}", *folded]
    )


def _fenced(lines: tuple[str, ...]) -> str:
    text = "\n".join(map(terminal_line, lines))
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}diff\n{text}\n{fence}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
