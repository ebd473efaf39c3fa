"""What a report tells of a team: the facts of each milestone's page, from one look at all of it.

Weights are those of Say/Do: what an issue had when it began to count. Nothing of it is counted per person but capacity
against load, and of time off there are days, never reasons.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import CapacityResult, Window
from planning_bot.domain.deliverables import OftenSlipped
from planning_bot.domain.ledger import end_of_day
from planning_bot.domain.say_do import VARIANTS, SayDoIssue, Variant
from planning_bot.errors import UsageError
from planning_bot.metrics.days import member_days
from planning_bot.metrics.history import LONGEST_HISTORY, together
from planning_bot.metrics.plan_membership import PlanRules
from planning_bot.metrics.presence import away_throughout
from planning_bot.metrics.report_pages import Day, HistoryRow, ListRow, Page, Phase, Seen, Shown, TeamFacts
from planning_bot.metrics.say_do import measure_variants
from planning_bot.metrics.slippage import measure_slips
from planning_bot.metrics.status import Around, deliverables_of, measure_status
from planning_bot.metrics.team_capacity import Attendance, measure_team

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from planning_bot.config import Team
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.record import Record
    from planning_bot.domain.say_do import Span
    from planning_bot.metrics.history import LookBack
    from planning_bot.metrics.status import Deliverable

_OFTEN = 2


def measure_report(team: Team, seen: Seen) -> TeamFacts:
    """Measure every page of a team."""
    history, slips = measure_past(seen.look, team), _slips(seen.look, team)
    pages = tuple(_page(team, seen, shown, history, slips) for shown in seen.shown)
    still_open = {issue.reference for issue in seen.snapshot.open_issues}
    often = _often_first({ref: spans for ref, spans in slips.items() if ref in still_open and len(spans) >= _OFTEN})
    return TeamFacts(team, seen.snapshot.today, pages, seen.titles, seen.addresses, often)


def measure_past(look: LookBack, team: Team) -> tuple[HistoryRow, ...]:
    """Give what the ended milestones came to in each variant, from the first on in which anything was said.

    What is recorded of one is not counted again.
    """
    told = [*look.past, *([(look.span, look.record)] if look.span.is_ended else [])][-LONGEST_HISTORY:]
    rows: list[HistoryRow] = []
    for span, record in told:
        variants = _recorded(record) or measure_variants(_look_at(look, span, record).promises(team))
        head = variants[team.say_do.headline]
        rows.append(HistoryRow(span, variants, head, together([*(row.headline for row in rows), head])))
    return tuple(dropwhile(lambda row: not row.variants["handbook"].assigned, rows))


def measure_burn_up(deliverables: Sequence[Deliverable], span: Span, first: date, last: date) -> tuple[Day, ...]:
    """Count at the end of each day in the team's time zone, from the first to the last."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(_day(deliverables, day, end_of_day(day, span.zone)) for day in days)


def measure_lists(deliverables: Sequence[Deliverable], names: Sequence[str]) -> tuple[ListRow, ...]:
    """Sort what is in the plan into the lists of the build board, each issue once: into the first that it fits."""
    rows: dict[str, list[Deliverable]] = {name: [] for name in ("", *names)}
    done = [one for one in deliverables if one.is_closed]
    for one in deliverables:
        if not one.is_closed:
            rows[next((name for name in names if name in one.labels), "")].append(one)
    told = [_list_row(name or "Open, in no list", found) for name, found in rows.items() if name or found]
    return (*told, replace(_list_row("Closed", done), is_done=True))


def _page(
    team: Team, seen: Seen, shown: Shown, history: tuple[HistoryRow, ...], slips: Mapping[str, tuple[Span, ...]]
) -> Page:
    milestone, today = shown.milestone, seen.snapshot.today
    phase = Phase.of(milestone, today)
    deliverables = deliverables_of(_look_at(seen.look, shown.span, shown.record), team)
    planned = [one for one in deliverables if one.is_in_plan]
    references = {one.membership.trail.parts[-1].issue.reference for one in deliverables}
    if phase is Phase.NEXT:  # what may be chosen yet counts too
        references |= {i.reference for i in seen.snapshot.open_issues if i.milestone_id == milestone.id}
    variants = _recorded(shown.record) or measure_variants(one.promise for one in deliverables)
    page = Page(
        shown=shown,
        phase=phase,
        status=measure_status(deliverables, milestone, team, _around(team, seen, milestone), today, seen.now),
        lists=measure_lists(planned, team.boards["build"].lists if "build" in team.boards else ()),
        burn_up=measure_burn_up(deliverables, shown.span, milestone.start_on, min(today, milestone.due_on)),
        issues=tuple(SayDoIssue.of(one.promise, shown.span) for one in deliverables),
        variants=variants,
        headline=variants[team.say_do.headline],
        is_by_weight=team.say_do.headline == "by_weight",
        history=tuple(row for row in history if row.span.cut_off <= shown.span.cut_off),
        slipped=_slipped(references, slips, shown.span),
        weighted=sum(map(_is_weighted, planned)),
        posted=shown.record.capacity if phase is Phase.ENDED else None,
    )
    return page if phase is Phase.ENDED else _with_capacity(page, team, seen)


def _with_capacity(page: Page, team: Team, seen: Seen) -> Page:
    """Put the capacity of what is left of the milestone beside the open work."""
    snapshot, milestone = seen.snapshot, page.milestone
    attendance = seen.attendance or Attendance()
    try:
        since = snapshot.today if page.phase is Phase.RUNNING else None
        found = measure_team(team, milestone, snapshot.calendar, snapshot.open_issues, attendance, since)
    except UsageError as error:  # there is nothing yet to count a velocity from
        return replace(page, capacity_trouble=error.message)
    candidates = [issue for issue in snapshot.open_issues if issue.milestone_id == milestone.id]
    weighted = sum(issue.weight is not None for issue in candidates)
    capacity = CapacityResult.of(found.members, weighted=weighted, candidates=len(candidates))
    return replace(page, capacity=capacity, warnings=found.warnings)


def _around(team: Team, seen: Seen, milestone: DatedMilestone) -> Around:
    """Say what stands around the deliverables of the milestone that runs."""
    today, known = seen.snapshot.today, seen.attendance
    if known is None or not milestone.start_on <= today <= milestone.due_on:
        return Around()
    days = member_days(team, Window(today, milestone.due_on), known.absences, known.holidays)
    return Around(seen.blockers, away_throughout(days))


def _look_at(look: LookBack, span: Span, record: Record) -> LookBack:
    return replace(look, span=span, record=record)


def _recorded(record: Record) -> dict[str, Variant] | None:
    """Give the counts of a milestone as they were recorded when it had ended."""
    counts = record.ended.counts if record.ended else {}
    if not set(VARIANTS) <= counts.keys():
        return None
    return {name: Variant.of(*map(round, counts[name])) for name in VARIANTS}


def _day(deliverables: Sequence[Deliverable], day: date, instant: datetime) -> Day:
    planned = [one for one in deliverables if one.membership.counts_at(instant)]
    done = [one for one in planned if one.membership.trail.state_at(instant).is_closed]
    return Day(day, len(planned), len(done), _weight(planned), _weight(done))


def _list_row(name: str, found: Sequence[Deliverable]) -> ListRow:
    return ListRow(name, len(found), _weight(found), sum(map(_is_weighted, found)))


def _weight(found: Sequence[Deliverable]) -> int:
    return sum(one.promise.weight for one in found)


def _is_weighted(one: Deliverable) -> bool:
    return one.membership.trail.state_at(one.membership.span.cut_off).weight is not None


def _slips(look: LookBack, team: Team) -> Mapping[str, tuple[Span, ...]]:
    """Say in which ended milestones each issue slipped, by today's reference."""
    ended = (*look.earlier, *([look.span] if look.span.is_ended else []))
    spans = {span.title: span for span in ended}
    found = measure_slips(look.ledger, ended, PlanRules.of(team, look.ledger))
    return {reference: tuple(spans[title] for title in titles) for reference, titles in found.items()}


def _slipped(references: Iterable[str], slips: Mapping[str, tuple[Span, ...]], span: Span) -> tuple[OftenSlipped, ...]:
    """Name what of a milestone's issues had slipped by its end, or by now."""
    known = {ref: [slip for slip in slips.get(ref, ()) if slip.cut_off <= span.cut_off] for ref in references}
    return _often_first({reference: found for reference, found in known.items() if found})


def _often_first(slips: Mapping[str, Sequence[Span]]) -> tuple[OftenSlipped, ...]:
    told = (OftenSlipped(reference, tuple(span.title for span in spans)) for reference, spans in slips.items())
    return tuple(sorted(told, key=lambda one: (-len(one.milestones), one.reference)))
