"""Decides what is told and posted of what was said and what was done in a milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.message import compose
from planning_bot.domain.plan import Plan, joined
from planning_bot.domain.say_do import SayDoIssue, SayDoResult
from planning_bot.metrics.history import measure_history, rolling_rate
from planning_bot.metrics.say_do import measure_variants
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.memory import remember
from planning_bot.planners.messages import plan_message
from planning_bot.planners.planning_sections import edit_sections, not_posted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning_bot.config import Team
    from planning_bot.domain.message import Chart
    from planning_bot.domain.say_do import PastMilestone, Promise
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.words import Words
    from planning_bot.metrics.history import LookBack
    from planning_bot.planners.messages import Outlet

    Draw = Callable[[Sequence[PastMilestone], float], Chart | None]

_BAR = 10


def plan_say_do(
    snapshot: Snapshot, team: Team, words: Words, look: LookBack, outlet: Outlet, draw: Draw
) -> tuple[SayDoResult, Plan]:
    """Tell the Say/Do of a milestone with its evidence; plan section and record on the planning issue, and a message.

    `draw` makes a picture of the history for the message.
    """
    promises = look.promises(team)
    result = measure_result(promises, team, look)
    told = Plan(notices=notices(snapshot, team, look, promises))
    issue = snapshot.planning.planning_issue(snapshot.milestone)
    facts = {**_facts(snapshot, team, look, result), "page": issue.web_url if issue else ""}
    message = _message(facts, result, words, look, outlet, draw)
    if issue is None:
        return result, joined(told, not_posted(snapshot), message)
    text = words.render("section_say_do.md.j2", facts)
    section = edit_sections(issue, {"say-do": text}, team.limits.skip_label, "what was said and done is counted")
    return result, joined(told, section, remember(snapshot, team, look, promises), message)


def _message(
    facts: dict[str, object], result: SayDoResult, words: Words, look: LookBack, outlet: Outlet, draw: Draw
) -> Plan:
    """Plan the message about a milestone that has ended; one that still runs is told of by `status`."""
    if outlet.spot is None or not look.span.is_ended:
        return Plan()
    more = {"titles": outlet.titles, "addresses": outlet.addresses}
    text = words.message("message_say_do.mrkdwn.j2", {**facts, **more})
    chart = draw(result.history, result.target) if outlet.needs_chart else None
    return plan_message(outlet.spot, compose(text, chart=chart), f"{look.span.title} has ended")


def measure_result(promises: tuple[Promise, ...], team: Team, look: LookBack) -> SayDoResult:
    """Put the promises into the form of the result."""
    variants, headline = measure_variants(promises), team.say_do.headline
    history = measure_history(look, team, variants, headline)
    return SayDoResult(
        headline=headline,
        ratio=variants[headline].ratio,
        target=team.say_do.target,
        variants=variants,
        issues=tuple(SayDoIssue.of(promise, look.span) for promise in promises),
        late_additions=tuple(promise.reference for promise in promises if not promise.is_committed),
        slipped=tuple(promise.reference for promise in promises if promise.outcome == "slipped"),
        history=history,
        rolling=rolling_rate(history),
    )


def notices(snapshot: Snapshot, team: Team, look: LookBack, promises: tuple[Promise, ...]) -> tuple[str, ...]:
    """Say what one should know of the numbers."""
    title, label = snapshot.milestone.title, team.deliverables.label
    guesses = [promise.reference for promise in promises if promise.is_guess]
    said = [
        _as_of_now(snapshot, look),
        f"the label {label!r} does not exist in group {team.gitlab.group!r}" if label not in snapshot.labels else "",
        "" if promises else f"nothing was promised in {title}, so there is no ratio",
        f"a label that was deleted since may have been {label!r} or {team.gitlab.label!r}; "
        f"it is taken for it: {', '.join(guesses)}"
        if guesses
        else "",
    ]
    return tuple(notice for notice in said if notice)


def _as_of_now(snapshot: Snapshot, look: LookBack) -> str:
    milestone, span = snapshot.milestone, look.span
    if span.is_ended:
        return ""
    if snapshot.today < milestone.start_on:
        return f"{milestone.title} begins on {milestone.start_on}: what is in its plan now counts as committed"
    if not span.is_frozen:
        return f"{milestone.title} has just begun: until the freeze, what is in its plan counts as committed"
    return f"{milestone.title} runs until {milestone.due_on}: this is as of now"


def _facts(snapshot: Snapshot, team: Team, look: LookBack, result: SayDoResult) -> dict[str, object]:
    return {
        **basic_facts(team, snapshot.milestone),
        "result": result,
        "is_ended": look.span.is_ended,
        "percent": percent(result.ratio),
        "target": percent(result.target),
        "rolling": percent(result.rolling),
        "rows": [(name, variant, percent(variant.ratio)) for name, variant in result.variants.items()],
        "groups": [(outcome, result.only(outcome)) for outcome in ("slipped", "descoped", "cancelled", "completed")],
        "history": [(row, percent(row.ratio), bar(row.ratio)) for row in result.history],
    }


def percent(ratio: float | None) -> str:
    """Write a ratio for people."""
    return "no ratio" if ratio is None else f"{100 * ratio:.0f} %"


def bar(ratio: float | None) -> str:
    """Draw a ratio as a bar of ten characters; nothing where there is none."""
    filled = round(_BAR * (ratio or 0))
    return "" if ratio is None else "█" * filled + "░" * (_BAR - filled)
