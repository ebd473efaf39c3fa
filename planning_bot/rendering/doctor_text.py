"""What `doctor` found, for people: by server, what has to be mended first, the way to mend it below."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, get_args

from planning_bot.domain.doctor import Server
from planning_bot.rendering.escaping import terminal_line
from planning_bot.rendering.table import width as cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning_bot.domain.doctor import DoctorResult, Finding

MARKS = {"✓": "green", "✗": "red", "!": "yellow", "?": "cyan"}
"""The first character of a line, and its colour: good, to be mended, worth knowing, not looked at."""

_NAMES = {"gitlab": "GitLab", "slack": "Slack", "sheet": "Google Sheet", "time_off": "Time off"}
_WIDEST, _NARROWEST = 100, 40


def doctor_lines(result: DoctorResult, columns: int | None = None) -> list[str]:
    """Give it as lines for people, at a terminal of so many columns."""
    width = max(min(columns or _WIDEST, _WIDEST), _NARROWEST)
    targets = [*(one.target for one in result.checked), *(one.target for one in result.unchecked)]
    longest = max(map(cells, targets), default=0)
    lines: list[str] = []
    for server in get_args(Server):
        if part := list(_part(result, server, width, longest)):
            lines += [_NAMES[server], *part]
    return [*lines, *_wrapped(_summary(result), width, 0)]


def _part(result: DoctorResult, server: str, width: int, longest: int) -> Iterator[str]:
    found = [finding for finding in result.findings if finding.server == server]
    in_order = sorted(found, key=lambda finding: finding.severity)
    for hint, alike in groupby(in_order, key=lambda finding: finding.hint):
        for finding in alike:
            yield from _finding(finding, width)
        yield from _wrapped(f"    → {terminal_line(hint)}", width, 6)
    rows = [("✓", one.target, one.found) for one in result.checked if one.server == server]
    rows += [("?", one.target, f"not checked: {one.because}") for one in result.unchecked if one.server == server]
    for mark, target, text in rows:
        name = terminal_line(target)
        yield from _wrapped(
            f"  {mark} {name}{' ' * (longest - cells(name))}  {terminal_line(text)}", width, longest + 6
        )


def _finding(finding: Finding, width: int) -> list[str]:
    mark = "✗" if finding.severity == "finding" else "!"
    return _wrapped(f"  {mark} {terminal_line(f'{finding.target}: {finding.because}')}", width, 4)


def _wrapped(line: str, width: int, indent: int) -> list[str]:
    """Go on below the text; a first column that takes more than half of the width is no column any more."""
    below = " " * (indent if indent <= width // 2 else 6)
    return textwrap.wrap(line, width, subsequent_indent=below, break_long_words=False, break_on_hyphens=False)


def _summary(result: DoctorResult) -> str:
    findings = sum(finding.severity == "finding" for finding in result.findings)
    notes = len(result.findings) - findings
    parts = [_counted(findings, "thing") + " to mend"] if findings else ["nothing to mend"]
    parts += [_counted(notes, "note")] if notes else []
    parts += [f"{len(result.checked)} checked and good"]
    parts += [f"{len(result.unchecked)} not checked"] if result.unchecked else []
    return ", ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
