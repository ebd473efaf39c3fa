"""Decides what is told and posted of a team's capacity: days, never reasons, and what changed since it was posted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import CapacityResult, MemberRow, StageRow, exact, plain, shown
from planning_bot.domain.change import WriteTable
from planning_bot.domain.plan import Plan, Remark, joined
from planning_bot.domain.record import MemberNumbers, PostedCapacity, plan_record
from planning_bot.domain.sections import find_section
from planning_bot.domain.table import rewrite, sheet_target
from planning_bot.metrics.gate import is_weighted, tier_notices
from planning_bot.metrics.load import oversized, unweighted
from planning_bot.metrics.readiness import natural
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.planning_sections import edit_sections, not_posted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.record import Record
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.table import Grid
    from planning_bot.domain.words import Words
    from planning_bot.metrics.team_capacity import TeamCapacity

_COLUMNS = tuple(field.name for field in fields(MemberRow))
_NAMED = 5


@dataclass(frozen=True)
class Tab:
    """The tab of a Sheet that capacity goes to, and what it holds; None is a tab that does not exist."""

    sheet: str
    name: str
    grid: Grid | None
    unread: str = ""


def plan_capacity(
    snapshot: Snapshot,
    team: Team,
    words: Words,
    measured: TeamCapacity,
    tab: Tab | None = None,
    *,
    only_tried: str = "",
) -> tuple[CapacityResult, Plan]:
    """Tell what the team can carry, and plan the section of the planning issue that says so.

    `only_tried` says why the numbers are not the milestone's (an absence that is tried, a part of the milestone):
    then nothing is posted.
    """
    candidates = [issue for issue in snapshot.open_issues if issue.milestone_id == snapshot.milestone.id]
    result = CapacityResult.of(
        measured.members,
        oversized=oversized(team, candidates),
        unweighted=unweighted(team, candidates),
        carried_over=tuple(StageRow(s.name, plain(s.weight), s.issues, s.weighted) for s in measured.carried_over),
        past=measured.past,
        weighted=sum(is_weighted(issue, team) for issue in candidates),
        candidates=len(candidates),
    )
    told = Plan(notices=(*tier_notices(snapshot.open_issues), *measured.notices, *measured.warnings))
    issue = snapshot.planning.planning_issue(snapshot.milestone)
    if only_tried:
        return result, joined(told, Plan(notices=(f"nothing is posted: {only_tried}",)))
    posted = _post(issue, result, snapshot, team, words, measured) if issue else not_posted(snapshot)
    return result, joined(told, posted, _fill(tab, result, candidates) if tab else Plan())


def _post(
    issue: Issue, result: CapacityResult, snapshot: Snapshot, team: Team, words: Words, measured: TeamCapacity
) -> Plan:
    record = _recorded(snapshot, result, measured)
    facts = {
        **basic_facts(team, snapshot.milestone),
        "result": result,
        "warnings": measured.warnings,
        "before": record.capacity_before,
        "changes": _changes(record, {member.username: member.name for member in result.members}),
    }
    text = words.render("section_capacity.md.j2", facts)
    because = "the numbers are new" if snapshot.record.capacity is None else "the numbers have changed"
    section = edit_sections(issue, {"capacity": text}, team.limits.skip_label, because)
    is_ours = find_section(issue.description, "capacity").is_writable and team.limits.skip_label not in issue.labels
    surprises = Plan(surprises=_surprises(snapshot.record, measured, team))
    remember = Plan()
    if is_ours and record != snapshot.record:  # whichever trusted author wrote it
        why = "the next run compares with these numbers"
        remember = plan_record(issue, team.key, snapshot.milestone.id, snapshot.record_note, record, why)
    return joined(section, remember, surprises)


def _recorded(snapshot: Snapshot, result: CapacityResult, measured: TeamCapacity) -> Record:
    """Give the record with these numbers; the same numbers leave it, its day and what was before as they are."""
    record = snapshot.record
    numbers = {
        member.username: MemberNumbers(available_days=member.available_days, capacity_weight=member.capacity_weight)
        for member in result.members
    }
    if record.capacity and record.capacity.members == numbers:
        return record
    posted = PostedCapacity(on=snapshot.today, members=numbers, pto_days=plain(measured.pto_days))
    return record.with_(capacity=posted, capacity_before=record.capacity)


def _fill(tab: Tab, result: CapacityResult, candidates: list[Issue]) -> Plan:
    """Plan the table of a Sheet: a row for each member, with what is planned for them by reference."""
    rewritten = rewrite(tab.grid, tuple(_rows(result, candidates)))
    target = sheet_target(tab.sheet, tab.name)
    if rewritten.foreign:
        cells = ", ".join(rewritten.foreign[:_NAMED])
        return Plan(skipped=(Remark(target=target, because=f"somebody's cells are in the way: {cells}"),))
    if rewritten.before == rewritten.after:
        return Plan()
    because = "the numbers have changed" if rewritten.before else "it has no such table yet"
    change = WriteTable(
        target=target,
        because=because,
        sheet=tab.sheet,
        tab=tab.name,
        before=rewritten.before,
        after=rewritten.after,
        unread=tab.unread,
    )
    return Plan(changes=(change,), notices=(f"{target}: {tab.unread}",) if tab.unread else ())


def _rows(result: CapacityResult, candidates: list[Issue]) -> Iterator[tuple[str | float, ...]]:
    yield (*_COLUMNS, "planned_issues")
    for member in result.members:
        own = [
            issue.reference
            for issue in sorted(candidates, key=natural)
            if member.username.casefold() in {person.username.casefold() for person in issue.assignees}
        ]
        yield (*(getattr(member, column) for column in _COLUMNS), " ".join(own))


def _changes(record: Record, people: dict[str, str]) -> list[tuple[str, float, float]]:
    """Give whose capacity is another than it was when it was posted before: name, weight then, weight now."""
    if record.capacity is None or record.capacity_before is None:
        return []
    then, now = record.capacity_before.members, record.capacity.members
    names = dict.fromkeys([*then, *now])
    weights = {name: (_weight(then.get(name)), _weight(now.get(name))) for name in names}
    return [(people.get(name, name), before, after) for name, (before, after) in weights.items() if before != after]


def _weight(numbers: MemberNumbers | None) -> float:
    return numbers.capacity_weight if numbers else 0


def _surprises(record: Record, measured: TeamCapacity, team: Team) -> tuple[str, ...]:
    """Tell what shrank by more than the limit since it was posted: a source that lost its rows looks like this."""
    posted, limit = record.capacity, team.limits.max_shrink
    if posted is None or limit is None:
        return ()
    pairs = {
        "members": (exact(len(posted.members)), exact(len(measured.members))),
        "days of time off": (exact(posted.pto_days), exact(plain(measured.pto_days))),
    }
    return tuple(
        f"{what} shrank from {shown(before)} to {shown(now)} since {posted.on}, "
        f"by more than limits.max_shrink ({limit:g})"
        for what, (before, now) in pairs.items()
        if before - now > exact(limit) * before
    )
