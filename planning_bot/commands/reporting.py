"""Tells of what a run came to: of each team as soon as it is done in text, of all at the end elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from planning_bot.commands.artifacts import keep
from planning_bot.domain.run import Mode, TeamReport
from planning_bot.rendering import views

if TYPE_CHECKING:
    from pathlib import Path

    from planning_bot.commands.console import Console
    from planning_bot.errors import PlanningBotError


@dataclass
class Reporter:
    """Speaks for one run of one command."""

    command: str
    console: Console
    mode: Mode
    artifacts: Path | None = None
    reports: list[TeamReport] = field(default_factory=list)

    def agrees(self, planned: TeamReport) -> bool:
        """Show a plan at the terminal, and ask whether to carry it out."""
        assert planned.plan
        self.console.result(self._result(planned))
        self.console.say(self._plan(planned))
        return click.confirm("Carry this out?", err=True)

    def tell(self, report: TeamReport) -> None:
        """Tell of one team."""
        self.reports.append(report)
        if report.error:
            self.console.error(report.error)
        if self.console.format != "text" or report.result is None:
            return
        if report.plan is None:
            self.console.result(self._result(report))
            return
        was_shown = self.mode is Mode.ASK and bool(report.plan.changes)
        if not was_shown or report.outcome:
            self.console.result(self._result(report))
        if self.mode is Mode.PRINT:
            self.console.result(self._plan(report))
        elif not was_shown:
            self.console.say(self._plan(report))
        if report.outcome and report.plan.changes:
            self.console.say(views.outcome_text(report.outcome, self.console.paint))

    def tell_all(self, error: PlanningBotError | None = None) -> None:
        """Tell of all teams at once, for programs and for merge requests, and for the job of a pipeline."""
        if self.artifacts:
            keep(self.artifacts, views.as_json(self.command, self.reports, error))
        if self.console.format == "json":
            self.console.result(views.as_json(self.command, self.reports, error))
        elif self.console.format == "markdown":
            self.console.result(views.as_markdown(self.reports))

    def _result(self, report: TeamReport) -> str:
        return views.result_text(report, self.console.paint, self.console.columns)

    def _plan(self, report: TeamReport) -> str:
        assert report.plan
        return views.plan_text(report.plan, self.console.paint, in_full=self.console.verbosity > 0)
