"""How a run was asked to behave, and what became of it for each team."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from planning_bot.domain.plan import PlannedMilestone, TeamPlan

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.plan import Outcome, Plan
    from planning_bot.errors import PlanningBotError


class Mode(Enum):
    """Whether a plan is carried out."""

    PRINT = "print the plan, send nothing but reads"
    APPLY = "carry the plan out without asking"
    ASK = "show the plan, and ask at the terminal"


@dataclass(frozen=True)
class Options:
    """What the command line asked for, of every command that reads a configuration."""

    config: Path
    teams: tuple[str, ...] = ()
    today: date | None = None
    milestone: str = "next"
    mode: Mode = Mode.PRINT
    force: bool = False
    command: str = ""
    journal: Path | None = None


@dataclass(frozen=True)
class TeamReport:
    """What a command came to for one team: a result and a plan, or an error; `parts` are those of several commands."""

    team: str
    milestone: DatedMilestone | PlannedMilestone | None = None
    result: Any = None
    plan: Plan | None = None
    outcome: Outcome | None = None
    error: PlanningBotError | None = None
    parts: tuple[TeamReport, ...] = ()

    @property
    def planned(self) -> TeamPlan | None:
        """The plan in the form in which it is saved and recorded; None where there is none."""
        if self.plan is None:
            return None
        found = self.milestone
        about = found and PlannedMilestone(title=found.title, start_date=found.start_on, due_date=found.due_on)
        return TeamPlan(team=self.team, milestone=about, plan=self.plan)

    @property
    def has_written(self) -> bool:
        """Whether anything was sent that changed, or may have changed, something."""
        return self.outcome is not None and bool(self.outcome.applied or self.outcome.unknown)

    @property
    def failure_code(self) -> int:
        """0, or what went wrong: 4 where it went wrong in part, 1 where nothing of the plan was carried out."""
        if self.error:
            return self.error.exit_code
        if self.outcome is None or not (self.outcome.failed or self.outcome.unknown):
            return 0
        return 4 if self.has_written else 1

    @property
    def exit_code(self) -> int:
        """What went wrong, or 1 where the result has findings that somebody has to mend (`doctor`)."""
        return self.failure_code or int(getattr(self.result, "has_findings", False))


def exit_code(reports: list[TeamReport]) -> int:
    """Give the exit code of a run over several teams: of failures 4 if anything was written, else the highest."""
    failure = max((report.failure_code for report in reports), default=0)
    if failure:
        return 4 if any(report.has_written for report in reports) else failure
    return max((report.exit_code for report in reports), default=0)
