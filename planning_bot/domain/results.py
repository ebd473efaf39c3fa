"""What each command answers, in the form of its JSON (`--format json`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from planning_bot.domain.capacity import CapacityResult
from planning_bot.domain.change import board_handle
from planning_bot.domain.close import CloseResult
from planning_bot.domain.daily_run import RunResult
from planning_bot.domain.deliverables import DeliverablesResult
from planning_bot.domain.doctor import DoctorResult
from planning_bot.domain.report import ReportResult
from planning_bot.domain.say_do import SayDoResult
from planning_bot.domain.snapshot import PLANNING_ISSUE
from planning_bot.domain.status import StatusResult
from planning_bot.domain.survey import Gap  # noqa: TC001 - the results' JSON Schema is made of the annotations
from planning_bot.domain.undo import UndoResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.delivered import Created


class _Result:
    def after(self, created: Mapping[str, Created]) -> Self:  # noqa: ARG002 - most results do not depend on it
        """Give the result as it is once the plan was carried out."""
        return self


@dataclass(frozen=True)
class CreateIssueResult(_Result):
    """The planning issue: null where a dry run would create it."""

    reference: str | None
    web_url: str | None
    created: bool

    def after(self, created: Mapping[str, Created]) -> Self:
        """Give the result as it is once the plan was carried out."""
        if PLANNING_ISSUE not in created:
            return self
        issue = created[PLANNING_ISSUE]
        return replace(self, reference=issue.reference, web_url=issue.web_url, created=True)


@dataclass(frozen=True)
class BoardResult:
    """One board; id and address are null where a dry run would create it."""

    key: str
    name: str
    id: int | None
    web_url: str | None
    created: bool


@dataclass(frozen=True)
class BoardsResult(_Result):
    """The team's boards, in the order of the configuration."""

    boards: tuple[BoardResult, ...]

    def after(self, created: Mapping[str, Created]) -> Self:
        """Give the result as it is once the plan was carried out."""
        return replace(
            self, boards=tuple(_now_there(board, created.get(board_handle(board.key))) for board in self.boards)
        )


def _now_there(board: BoardResult, created: Created | None) -> BoardResult:
    if created is None or board.id is not None:
        return board
    return replace(board, id=created.id, web_url=created.web_url, created=True)


@dataclass(frozen=True)
class ReadinessFinding:
    """One thing about one issue that somebody should mend."""

    reference: str
    weight: float | None
    kind: str
    because: str


@dataclass(frozen=True)
class Refinement:
    """An issue that the PM asks engineers to refine, since when, and who is proposed for it."""

    reference: str
    since: str
    proposed: str | None


@dataclass(frozen=True)
class ReadinessResult(_Result):
    """Which candidates can be planned, what was found, and what waits for a review, the longest waiting first."""

    ready: tuple[str, ...]
    findings: tuple[ReadinessFinding, ...]
    refine: tuple[Refinement, ...]
    weighted: int
    candidates: int
    weight: float


@dataclass(frozen=True)
class ApplyResult(_Result):
    """Which plan was applied: the command that made it, and its SHA-256."""

    command: str
    sha256: str


@dataclass(frozen=True)
class CheckResult(_Result):
    """What a configuration that has no mistakes says of a team."""

    members: int
    boards: int
    scheduled: tuple[str, ...]


@dataclass(frozen=True)
class Guessed:
    """A setting of a new configuration that nobody gave: what it was set to, and why."""

    setting: str
    values: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class InitResult(_Result):
    """What was written, what was guessed for it, what the group lacks, and what to do next."""

    files: tuple[str, ...]
    guessed: tuple[Guessed, ...]
    missing: tuple[Gap, ...]
    next_steps: tuple[str, ...]


Result = (
    CreateIssueResult
    | BoardsResult
    | ReadinessResult
    | SayDoResult
    | StatusResult
    | CloseResult
    | CapacityResult
    | DeliverablesResult
    | RunResult
    | ReportResult
    | ApplyResult
    | UndoResult
    | CheckResult
    | DoctorResult
    | InitResult
)

RESULTS: dict[str, type[Result]] = {
    "create-issue": CreateIssueResult,
    "boards": BoardsResult,
    "readiness": ReadinessResult,
    "capacity": CapacityResult,
    "deliverables": DeliverablesResult,
    "status": StatusResult,
    "say-do": SayDoResult,
    "close": CloseResult,
    "run": RunResult,
    "report": ReportResult,
    "apply": ApplyResult,
    "undo": UndoResult,
    "check": CheckResult,
    "doctor": DoctorResult,
    "init": InitResult,
}
