"""Deliverables: what a team commits to, what comes after it, what is left out and what that would need."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import NOTHING, exact, shown
from planning_bot.metrics.candidates import as_candidates, gate, is_outsiders, rank_words
from planning_bot.metrics.load import measure_load
from planning_bot.metrics.selection import select

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planning_bot.config import Team
    from planning_bot.domain.capacity import MemberCapacity
    from planning_bot.domain.issue import Issue
    from planning_bot.metrics.candidates import Gated, Seen
    from planning_bot.metrics.selection import Candidate, Selection

_STRETCH = Fraction(1, 5)


@dataclass(frozen=True)
class Picked:
    """An issue that is committed to, or named as stretch; `parts` say which member has how much of it.

    `place` says what gives it its place in the order, `because` says besides what it was before.
    """

    issue: Issue
    rank: int
    because: str
    parts: Mapping[str, Fraction]
    chosen: bool = False
    place: str = ""


@dataclass(frozen=True)
class Left:
    """An issue that is left out; `did_not_fit` where it passed the gate, `sure` where that is proved."""

    issue: Issue
    because: str
    did_not_fit: bool = False
    sure: bool = True


@dataclass(frozen=True)
class Deliverables:
    """The outcome of choosing; `other` is what each member has besides, `notices` is what one should know."""

    selected: tuple[Picked, ...]
    stretch: tuple[Picked, ...]
    left_out: tuple[Left, ...]
    members: tuple[MemberCapacity, ...]
    other: Mapping[str, Fraction] = field(default_factory=dict)
    slips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def assigned(self, username: str, new: Mapping[str, str]) -> Fraction:
        """Give the weight that a member has of what is selected; `new` says who is new on what, by reference."""
        return sum(
            (
                picked.parts.get(username, NOTHING)
                for picked in self.selected
                if picked.issue.assignees or picked.issue.reference in new
            ),
            NOTHING,
        )


def choose(seen: Seen, team: Team, members: tuple[MemberCapacity, ...]) -> Deliverables:
    """Choose among the candidates of a milestone, given what its members can carry."""
    gated = gate(seen, team)
    other = _other(gated, team, members)
    remaining = {member.username: member.capacity_weight - other[member.username] for member in members}
    candidates = as_candidates(gated, team)
    selection = select(candidates, remaining)
    choosing = _Choosing(team, seen, gated, {c.key: c for c in candidates}, selection)
    selected, unfit = choosing.selected(), choosing.unfit()
    total = sum((member.capacity_weight for member in members), NOTHING)
    stretch = tuple(_stretch(unfit, team, seen, total))
    named = {picked.issue.reference for picked in stretch}
    left_out = (*(left for left in unfit if left.issue.reference not in named), *choosing.kept_out())
    ranks = choosing.ranks
    return Deliverables(
        selected=selected,
        stretch=tuple(replace(picked, rank=ranks[picked.issue.reference]) for picked in stretch),
        left_out=left_out,
        members=members,
        other=other,
        slips=seen.slips,
        notices=tuple(choosing.notices()),
    )


def _other(gated: Sequence[Gated], team: Team, members: Sequence[MemberCapacity]) -> dict[str, Fraction]:
    """Count what each member has carried over, or has in the milestone without its taking part in the selection."""
    besides = measure_load(team, (), (one.issue for one in gated if not one.passes))
    return {m.username: m.load.carryover_weight + besides[m.username].planned_weight for m in members}


@dataclass(frozen=True)
class _Choosing:
    """Puts the answers of a selection into words."""

    team: Team
    seen: Seen
    gated: Sequence[Gated]
    candidates: Mapping[str, Candidate]
    selection: Selection

    @property
    def ranks(self) -> dict[str, int]:
        """The place of everything that takes part, from 1 on."""
        return {one.issue.reference: n for n, one in enumerate((one for one in self.gated if one.passes), start=1)}

    def selected(self) -> tuple[Picked, ...]:
        """Give what is committed to, in rank order."""
        parts = {choice.candidate.key: choice.parts for choice in self.selection.chosen}
        ranks = self.ranks
        return tuple(
            Picked(
                one.issue,
                ranks[ref],
                self._because(one),
                parts.get(ref, {}),
                one.chosen,
                rank_words(one.issue, self.team, self.seen),
            )
            for one in self.gated
            if (ref := one.issue.reference) in parts or one.chosen
        )

    def unfit(self) -> tuple[Left, ...]:
        """Give what passed the gate and did not fit, in rank order."""
        left_out = {candidate.key for candidate in self.selection.left_out}
        return tuple(
            Left(one.issue, self._needs(one), did_not_fit=True, sure=self._is_sure(one))
            for one in self.gated
            if one.passes and not one.chosen and (one.issue.reference in left_out or is_outsiders(one.issue, self.team))
        )

    def kept_out(self) -> tuple[Left, ...]:
        """Give what did not pass the gate."""
        return tuple(Left(one.issue, "; ".join(one.reasons)) for one in self.gated if not one.passes)

    def notices(self) -> Iterator[str]:
        """Say what a person should look at."""
        for choice in self.selection.chosen:
            if choice.over:
                who = ", ".join(choice.candidate.holders) or "anybody"
                yield f"{choice.candidate.key} is a deliverable already and does not fit what {who} can take on"
            elif choice.candidate.chosen and choice.parts and not choice.candidate.holders:
                yield f"{choice.candidate.key} is a deliverable that nobody has: {', '.join(choice.parts)} can have it"
        for one in self.gated:
            if one.chosen and one.reasons:
                yield f"{one.issue.reference} is a deliverable already, though {'; '.join(one.reasons)}"
            if one.chosen and is_outsiders(one.issue, self.team):
                yield f"{one.issue.reference} is a deliverable already, and {_people(one.issue)} is no member"
        if self.selection.undecided:
            names = ", ".join(self.selection.undecided)
            yield f"not selected, though nobody proved within the steps of the search that it does not fit: {names}"
        if self.selection.unproven:
            names = ", ".join(self.selection.unproven)
            yield f"perhaps somebody with more left could have taken it; the search ended before it was sure: {names}"

    def _because(self, one: Gated) -> str:
        words = rank_words(one.issue, self.team, self.seen)
        if one.chosen:
            return f"it is a deliverable already; {words}" if words else "it is a deliverable already"
        assigned = f"assigned to {_people(one.issue)} already" if one.issue.assignees else ""
        return "; ".join(part for part in (words, assigned) if part)

    def _is_sure(self, one: Gated) -> bool:
        return one.issue.reference not in self.selection.undecided

    def _needs(self, one: Gated) -> str:
        """Say what would have to be true for an issue to fit, given what the selected take."""
        if is_outsiders(one.issue, self.team):
            return f"it is assigned to {_people(one.issue)}, who is no member of the team"
        candidate, left = self.candidates[one.issue.reference], self.selection.left
        if candidate.holders:
            lacking = {name: part - left[name] for name, part in candidate.parts.items() if part > left[name]}
            needs = " and ".join(f"{self._days(lack)} more of {name}" for name, lack in lacking.items())
            return f"it is assigned to {' and '.join(lacking)}, who cannot take it on: it needs {needs}"
        if not candidate.eligible:
            return "nobody in the team can have it"
        lack, name = min((candidate.weight - left[name], name) for name in candidate.eligible)
        return f"nobody has {candidate.weight} left: it needs {self._days(lack)} more of {self._who(one.issue, name)}"

    def _days(self, weight: Fraction) -> str:
        days = weight * exact(self.team.weights.days_per_weight)
        return f"{shown(days)} {'day' if days == 1 else 'days'} ({shown(weight)} weight)"

    def _who(self, issue: Issue, name: str) -> str:
        roles = {role for member in self.team.members for role in member.roles}
        wanted = sorted(issue.labels & roles)
        return f"{name} ({' or '.join(wanted)})" if wanted else name


def _stretch(unfit: Sequence[Left], team: Team, seen: Seen, total: Fraction) -> Iterator[Picked]:
    """Name the first that did not fit, until they reach a fifth of the team's capacity; at least one."""
    label, weight, any_yet = team.deliverables.stretch_label, NOTHING, False
    for left in unfit if label else ():
        if any_yet and weight >= total * _STRETCH:
            return
        if label in seen.taken_off.get(left.issue.reference, ()) or is_outsiders(left.issue, team):
            continue
        any_yet, weight = True, weight + (left.issue.weight or 0)
        yield Picked(left.issue, 0, left.because, {}, place=left.because)


def _people(issue: Issue) -> str:
    return ", ".join(person.username for person in issue.assignees)
