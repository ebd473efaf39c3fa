"""The snapshot: one look at everything that a command decides about, dated, frozen, and without raw payloads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planning_bot.domain.markers import Marker
from planning_bot.domain.record import Record
from planning_bot.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planning_bot.domain.change import Named
    from planning_bot.domain.issue import Board, Issue, Label, Note, User
    from planning_bot.domain.milestone import Calendar, DatedMilestone

PLANNING_ISSUE = "planning-issue"


@dataclass(frozen=True)
class PlanningProject:
    """What was found in the planning project: the open issues, and which issues are the program's own."""

    issues: tuple[Issue, ...] = ()
    owned: Mapping[int, tuple[Issue, ...]] = field(default_factory=dict)

    def planning_issue(self, milestone: DatedMilestone | None) -> Issue | None:
        """Give the program's planning issue of a milestone, where there is exactly one."""
        found = self.owned.get(milestone.id, ()) if milestone else ()
        return found[0] if len(found) == 1 else None

    def check_marker(self, milestone: DatedMilestone) -> None:
        """Raise RefusedError where two issues carry the marker of a milestone's planning issue."""
        owned = self.owned.get(milestone.id, ())
        if len(owned) > 1:
            both = " and ".join(issue.reference for issue in owned)
            raise RefusedError(
                f"{both} carry the marker of the same planning issue; nothing was written",
                "delete the first line of the description (or the marker's note) of the one that is not it",
            )


@dataclass(frozen=True)
class Removals:
    """What somebody took off the planning issue, by its events: it is not put on again."""

    labels: frozenset[str] = frozenset()
    milestone: bool = False


@dataclass(frozen=True)
class Snapshot:
    """What a command decides about. A part that the command did not ask for is empty.

    `open_issues` are the team's, in whatever milestone, without planning issues, tasks and test cases. `record` is
    what is remembered of the milestone, `record_note` the note of the token's user in which it stands. `doubles` tell
    of what two runs at the same time made twice.
    """

    today: date
    milestone: DatedMilestone
    calendar: Calendar
    me: User
    labels: Mapping[str, Label] = field(default_factory=dict)
    people: Mapping[str, User] = field(default_factory=dict)
    planning: PlanningProject = field(default_factory=PlanningProject)
    removals: Removals = field(default_factory=Removals)
    boards: tuple[Board, ...] = ()
    epic: Named | None = None
    record: Record = field(default_factory=Record)
    record_note: Note | None = None
    open_issues: tuple[Issue, ...] = ()
    doubles: tuple[str, ...] = ()


def find_owned(
    issues: Iterable[Issue], notes: Mapping[str, tuple[tuple[str, str], ...]], team: str, trusted: Iterable[str]
) -> dict[int, tuple[Issue, ...]]:
    """Find the team's planning issues by their markers, by milestone id.

    `notes` holds (author, body) of the issues whose notes were read, by reference: an adopted issue carries its
    marker there. A marker by somebody who is not trusted is a stranger's text, and counts for nothing.
    """
    known = {name.casefold() for name in trusted}
    owned: dict[int, dict[str, Issue]] = {}
    for issue in issues:
        bodies = [(issue.author, issue.description), *notes.get(issue.reference, ())]
        for marker in (Marker.of(body) for author, body in bodies if author.casefold() in known):
            if marker and (marker.kind, marker.team) == (PLANNING_ISSUE, team):
                owned.setdefault(marker.milestone_id, {})[issue.reference] = issue
    return {milestone: tuple(found[key] for key in sorted(found)) for milestone, found in owned.items()}
