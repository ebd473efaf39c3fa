"""A plan: what would be written, what is left alone and why; saved, reviewed and applied as it stands.

A saved plan is the same bytes for the same state: it holds no clock. It carries the SHA-256 of its own content,
so that an altered one is refused.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from planning_bot.domain.change import Change  # noqa: TC001 - pydantic reads the annotations
from planning_bot.domain.readable_json import readable_json
from planning_bot.errors import RefusedError, UsageError

PLAN_VERSION = 1


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Remark(_Frozen):
    """Something about one target: why it was left alone, or what went wrong with it."""

    target: str
    because: str


class Plan(_Frozen):
    """The changes in the order in which they are carried out, what was skipped, and what one should know.

    `surprises` are what a limit other than the plan's size is about: with one of them the plan needs --force.
    """

    changes: tuple[Change, ...] = ()
    skipped: tuple[Remark, ...] = ()
    notices: tuple[str, ...] = ()
    surprises: tuple[str, ...] = ()


def joined(*plans: Plan) -> Plan:
    """Give one plan out of several, one after the other."""
    return Plan(
        changes=tuple(change for plan in plans for change in plan.changes),
        skipped=tuple(remark for plan in plans for remark in plan.skipped),
        notices=tuple(notice for plan in plans for notice in plan.notices),
        surprises=tuple(surprise for plan in plans for surprise in plan.surprises),
    )


class Outcome(_Frozen):
    """What became of a plan: a change is applied, failed, of unknown outcome, or skipped for a person."""

    applied: int = 0
    failed: tuple[Remark, ...] = ()
    unknown: tuple[Remark, ...] = ()
    skipped: tuple[Remark, ...] = ()


class PlannedMilestone(_Frozen):
    """The milestone that a plan is about."""

    title: str
    start_date: date
    due_date: date

    @property
    def start_on(self) -> date:
        """The first day."""
        return self.start_date

    @property
    def due_on(self) -> date:
        """The last day."""
        return self.due_date


class TeamPlan(_Frozen):
    """The plan of one team."""

    team: str
    milestone: PlannedMilestone | None
    plan: Plan


class SavedPlan(_Frozen):
    """A plan for one command and its teams, as `--out` writes it and `apply` reads it."""

    version: Literal[1] = 1
    command: str
    server: str
    teams: tuple[TeamPlan, ...]

    @property
    def team_names(self) -> tuple[str, ...]:
        """The keys of the teams whose plans it holds."""
        return tuple(team.team for team in self.teams)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the content, in hexadecimal."""
        return _digest(self.model_dump(mode="json"))

    def to_json(self) -> str:
        """Give the file's text: readable, and the same bytes for the same plan."""
        content = {**self.model_dump(mode="json"), "sha256": self.sha256}
        return readable_json(content, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str, name: str) -> SavedPlan:
        """Read a saved plan.

        Raises UsageError where the file is no plan, and RefusedError where it was altered after it was saved.
        """
        try:
            content = json.loads(text, object_pairs_hook=each_key_once, parse_constant=_no_number)
            is_plan = isinstance(content, dict) and content.get("version") == PLAN_VERSION
            stated = content.pop("sha256", None) if is_plan else None
            found = _digest(content)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{name} is not a saved plan: {error}", "save one with --out FILE") from error
        if stated is None:
            raise UsageError(f"{name} is not a saved plan of version {PLAN_VERSION}", "save one with --out FILE")
        if stated != found:
            raise RefusedError(
                f"{name} was altered after it was saved: its content does not match its SHA-256",
                "plan again, and review the new plan",
            )
        return cls._validated(content, found, name)

    @classmethod
    def _validated(cls, content: dict[str, Any], digest: str, name: str) -> SavedPlan:
        try:
            saved = cls.model_validate_json(json.dumps(content))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{name} is not a plan that this version can apply: {where}: {first['msg']}") from error
        if saved.sha256 != digest:
            # What a person reads in the file is what is applied: nothing in it was guessed or filled in.
            raise UsageError(f"{name} is not a plan as this version writes it", "plan again with --out FILE")
        return saved


def each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read an object of JSON in which no key stands twice. Raises ValueError."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _digest(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
