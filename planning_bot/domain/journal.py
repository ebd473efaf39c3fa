"""The journal of a run: what it was about to write, and what became of it, line by line as it happened.

Each line is a JSON object and carries a sum over itself and the sum before it, so that a journal that was altered is
recognised; one that was cut off is not, and serves as far as it goes. It holds what `undo` needs and no more: of the
sections of a confidential issue only the names, of everything but edits of issues only the kind and the target.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from planning_bot.domain.change import CreateIssue, EditIssue, IssueState, TakeBack
from planning_bot.domain.delivered import Created  # noqa: TC001 - pydantic reads the annotations
from planning_bot.domain.plan import PlannedMilestone, each_key_once
from planning_bot.domain.readable_json import readable_json
from planning_bot.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Fate, Present

JOURNAL_VERSION = 1
_HINT = "name a journal as a run wrote it"


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Began(_Line):
    """The first line: which program began to write, with which command, where, for which teams, when (UTC)."""

    kind: Literal["run"] = "run"
    version: Literal[1] = 1
    program: str
    command: str
    server: str
    teams: tuple[str, ...]
    at: datetime


class Planned(_Line):
    """The plan of a team, before its first write; `sha256` is what `--out` would have saved it with.

    `user` is whose token it is: events by anybody else are somebody else's.
    """

    kind: Literal["plan"] = "plan"
    plan: int
    team: str
    group: str
    user: str
    milestone: PlannedMilestone | None = None
    sha256: str
    changes: int
    at: datetime


class Intent(_Line):
    """A change that is about to be sent; `as_of` is when, by the server, its target had changed last.

    `before` and `after` are known of edits of issues alone. `withheld` names the sections whose text is not kept.
    """

    kind: Literal["intent"] = "intent"
    plan: int
    change: int
    does: str
    target: str
    as_of: datetime | None = None
    before: IssueState | None = None
    after: IssueState | None = None
    withheld: tuple[str, ...] = ()
    at: datetime


class Told(_Line):
    """What became of a change; `state` is how its issue stood right after, by the answer."""

    kind: Literal["outcome"] = "outcome"
    plan: int
    change: int
    does: str
    target: str
    outcome: Literal["done", "refused", "unknown", "skipped"]
    because: str = ""
    state: IssueState | None = None
    created: Created | None = None
    at: datetime


class Ended(_Line):
    """The last line of a run that was not killed."""

    kind: Literal["end"] = "end"
    at: datetime


Line = Annotated[Began | Planned | Intent | Told | Ended, Field(discriminator="kind")]
_LINES: TypeAdapter[Line] = TypeAdapter(Line)


def intent_of(plan: int, number: int, change: Change, present: Present, at: datetime) -> Intent:
    """Give the line that goes before a change."""
    whole: dict[str, Any] = {}
    if isinstance(change, EditIssue | TakeBack):
        withheld = tuple(change.after.sections) if present.is_confidential else ()
        before, after = change.before, change.after
        whole = {
            "as_of": present.as_of,
            "before": _without_sections(before) if withheld else before,
            "after": _without_sections(after) if withheld else after,
            "withheld": withheld,
        }
    return Intent(plan=plan, change=number, does=change.kind, target=_shown_target(change), at=at, **whole)


def told_of(plan: int, number: int, change: Change, fate: Fate, at: datetime, *, withheld: bool) -> Told:
    """Give the line that goes after a change."""
    return Told(
        plan=plan,
        change=number,
        does=change.kind,
        target=_shown_target(change),
        outcome=fate.word,
        because="" if withheld else fate.because,  # which may quote what somebody wrote
        state=_without_sections(fate.state) if withheld and fate.state else fate.state,
        created=fate.created,
        at=at,
    )


def written(line: Line, before: str, redact: Callable[[str], str]) -> tuple[str, str]:
    """Give a line as it stands in the file, without secrets, and its sum; `before` is the sum of the line above."""
    needed = {name for name, field in type(line).model_fields.items() if field.is_required()}
    whole = line.model_dump(mode="json").items()
    known = {name: value for name, value in whole if name in needed or value not in (None, "", [])}
    content = json.loads(redact(json.dumps(known, ensure_ascii=False)))
    total = _sum(content, before)
    return readable_json({**content, "sum": total}) + "\n", total


@dataclass(frozen=True)
class Step:
    """A change of a run: what was meant, and what became of it; no outcome is one that nobody knows."""

    intent: Intent
    told: Told | None

    @property
    def target(self) -> str:
        """Name what it was about: what it made by its reference, where that is known."""
        return self.told.created.reference if self.told and self.told.created else self.intent.target

    @property
    def after(self) -> IssueState:
        """Give the issue as it stood after, by the server's answer, or else as it was meant."""
        return (self.told and self.told.state) or self.intent.after or IssueState()

    @property
    def may_have_happened(self) -> bool:
        """Whether anything may have come of it."""
        return self.told is None or self.told.outcome in ("done", "unknown")


@dataclass(frozen=True)
class TeamJournal:
    """What a run did, or may have done, for one team: its plans in their order, and the changes that were sent."""

    plans: tuple[Planned, ...]
    steps: tuple[Step, ...]

    @property
    def milestone(self) -> PlannedMilestone | None:
        """The milestone that it was about, where that is one."""
        found = {plan.milestone.title: plan.milestone for plan in self.plans if plan.milestone}
        return next(iter(found.values())) if len(found) == 1 else None

    def user_of(self, step: Step) -> str:
        """Name whose token carried a change out."""
        return next(plan.user for plan in self.plans if plan.plan == step.intent.plan)


@dataclass(frozen=True)
class Journal:
    """A journal as it was read; `is_whole` where the run came to its end."""

    began: Began
    teams: dict[str, TeamJournal]
    is_whole: bool


def read_journal(text: str, name: str) -> Journal:
    """Read a journal; a last line that was cut off counts for nothing.

    Raises UsageError where it is none, or one of a newer version, and RefusedError where it was altered.
    """
    lines = [_parsed(content, name) for content in _contents(text, name)]
    began = lines[0] if lines else None
    if not isinstance(began, Began):
        raise UsageError(f"{name} is not a journal: it does not begin as one", _HINT)
    _check_order(lines, name)
    planned = [line.team for line in lines if isinstance(line, Planned)]
    # Teams go side by side, so that their plans are in any order; they are told of in the configuration's.
    names = dict.fromkeys(team for team in (*began.teams, *planned) if team in planned)
    teams = {team: _team_journal(team, lines) for team in names}
    return Journal(began, teams, any(isinstance(line, Ended) for line in lines))


def _team_journal(team: str, lines: list[Line]) -> TeamJournal:
    plans = tuple(line for line in lines if isinstance(line, Planned) and line.team == team)
    numbers = {plan.plan for plan in plans}
    told = {(line.plan, line.change): line for line in lines if isinstance(line, Told)}
    intents = [line for line in lines if isinstance(line, Intent) and line.plan in numbers]
    steps = (Step(intent, told.get((intent.plan, intent.change))) for intent in intents)
    # Changes go out side by side, so that their lines are in any order; those of one target are in the plan's.
    return TeamJournal(plans, tuple(sorted(steps, key=lambda step: (step.intent.plan, step.intent.change))))


def _contents(text: str, name: str) -> Iterator[dict[str, Any]]:
    """Give the lines that are whole, in order, each checked against its sum."""
    rows = text.split("\n")
    total = ""
    for number, row in enumerate(rows[:-1], 1):
        try:
            content = json.loads(row, object_pairs_hook=each_key_once)
            stated = content.pop("sum")
            is_right = stated == _sum(content, total)
        except (ValueError, RecursionError, AttributeError, TypeError, KeyError) as error:
            raise UsageError(f"{name} is not a journal: line {number} is none of one", _HINT) from error
        if number == 1 and isinstance(version := content.get("version"), int) and version > JOURNAL_VERSION:
            raise UsageError(
                f"{name} is a journal of version {version}, and this program reads version {JOURNAL_VERSION}",
                "use the version of planning-bot that wrote it, or a later one",
            )
        if not is_right:
            raise RefusedError(
                f"{name} was altered after it was written: line {number} does not match its sum",
                "take the journal as the run wrote it; what it did can be seen in the issues' own history too",
            )
        total = stated
        yield content


def _parsed(content: dict[str, Any], name: str) -> Line:
    try:
        return _LINES.validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{name} is not a journal that this version can read: {where}: {first['msg']}") from error


def _check_order(lines: list[Line], name: str) -> None:
    """Raise UsageError where a change belongs to no plan: then the journal is not a run's."""
    known: set[int] = set()
    for line in lines:
        if isinstance(line, Planned):
            known.add(line.plan)
        if isinstance(line, Intent | Told) and line.plan not in known:
            raise UsageError(f"{name} is not a journal: a change in it belongs to no plan", _HINT)


def _shown_target(change: Change) -> str:
    """Name a target; of an issue that is going to be confidential only the project."""
    is_withheld = isinstance(change, CreateIssue) and change.after.confidential
    return f"{change.after.project}: (confidential)" if is_withheld else change.target  # type: ignore[union-attr]


def _without_sections(state: IssueState) -> IssueState:
    return IssueState(**{key: getattr(state, key) for key in state.model_fields_set if key != "sections"})


def _sum(content: dict[str, Any], before: str) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()[:32]
