"""Decides how a milestone's planning issue comes about: created, adopted, or found and brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning_bot.domain.change import (
    CreateIssue,
    EditIssue,
    IssueDraft,
    IssueState,
    Named,
    WriteNote,
    known_after_apply,
)
from planning_bot.domain.markers import Marker
from planning_bot.domain.plan import Plan, joined
from planning_bot.domain.results import CreateIssueResult
from planning_bot.domain.sections import SectionState, find_section, wrap_section
from planning_bot.domain.snapshot import PLANNING_ISSUE
from planning_bot.errors import RefusedError, ServerError
from planning_bot.planners.facts import basic_facts
from planning_bot.planners.planning_sections import (
    Address,
    edit_sections,
    kept_sections,
    links_section,
    opening_sections,
)

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.words import Words


def plan_create_issue(
    snapshot: Snapshot, team: Team, words: Words, adopt: Issue | None = None
) -> tuple[CreateIssueResult, Plan]:
    """Plan the planning issue of the snapshot's milestone; `adopt` is an issue of a person's to take over.

    Raises RefusedError where two issues carry the milestone's marker, or where an open issue of that title is not
    the program's; ServerError where a label or a person that the configuration names does not exist.
    """
    title = words.line(team.planning_issue.title, basic_facts(team, snapshot.milestone))
    owned = _the_one(snapshot, adopt)
    _check_names(snapshot, team)
    if owned:
        plan = _bring_up_to_date(owned, snapshot, team, words)
        here = Address(owned.title, owned.web_url)
    elif adopt:
        plan = _take_over(adopt, snapshot, team, words)
        here = Address(adopt.title, adopt.web_url)
    else:
        _refuse_namesake(title, snapshot)
        plan = _create(title, snapshot, team, words)
        here = Address(title, known_after_apply(PLANNING_ISSUE))
    known = owned or adopt
    neighbours = _link_neighbours(here, snapshot, team, words, needs=() if known else (PLANNING_ISSUE,))
    result = CreateIssueResult(known.reference if known else None, known.web_url if known else None, created=False)
    return result, joined(plan, neighbours)


def _the_one(snapshot: Snapshot, adopt: Issue | None) -> Issue | None:
    """Give the program's issue for the milestone, if there is one."""
    snapshot.planning.check_marker(snapshot.milestone)
    owned = snapshot.planning.planning_issue(snapshot.milestone)
    if owned and adopt and adopt.reference != owned.reference:
        raise RefusedError(
            f"milestone {snapshot.milestone.title} has its planning issue already: {owned.reference}",
            "delete the first line of its description if it is not to be the planning issue any longer",
        )
    return owned


def _check_names(snapshot: Snapshot, team: Team) -> None:
    """Everything that is to be written must exist: GitLab would create labels, and drop people silently."""
    missing = [name for name in team.planning_issue.labels if name not in snapshot.labels]
    if missing:
        raise ServerError(
            f"planning_issue.labels: {', '.join(map(repr, missing))} does not exist in group {team.gitlab.group!r} "
            "or above it",
            "create it there (planning-bot creates no labels), or change the configuration",
        )
    strangers = [name for name in assigned_people(team) if name not in snapshot.people]
    if strangers:
        raise ServerError(
            f"there is no user {', '.join(map(repr, strangers))} on this GitLab",
            "correct product_manager or engineering_manager in the configuration",
        )


def assigned_people(team: Team) -> tuple[str, ...]:
    """Name the people to whom a planning issue is assigned: the PM and the EM, each once."""
    named = (team.product_manager, team.engineering_manager)
    return tuple(dict.fromkeys(name for name in named if name))


def _refuse_namesake(title: str, snapshot: Snapshot) -> None:
    ours = {issue.reference for found in snapshot.planning.owned.values() for issue in found}
    strangers = (issue for issue in snapshot.planning.issues if issue.is_open and issue.reference not in ours)
    namesakes = [issue for issue in strangers if issue.title.strip() == title]
    if namesakes:
        raise RefusedError(
            f"an open issue has this title already and is not the program's: {namesakes[0].reference}",
            f"rename it, or take it over with --adopt {namesakes[0].reference}",
        )


def _create(title: str, snapshot: Snapshot, team: Team, words: Words) -> Plan:
    milestone, planning = snapshot.milestone, team.planning_issue
    marker = Marker(PLANNING_ISSUE, team.key, milestone.id)
    sections = {name: wrap_section(name, text) for name, text in opening_sections(snapshot, team, words).items()}
    page = words.render(planning.template, basic_facts(team, milestone), sections)
    draft = IssueDraft(
        project=planning.project,
        title=title,
        description=f"{marker}\n\n{page.strip()}\n",
        labels=planning.labels,
        milestone=Named(id=milestone.id, name=milestone.title),
        assignees=tuple(
            Named(id=snapshot.people[n].id, name=snapshot.people[n].username) for n in assigned_people(team)
        ),
        confidential=planning.confidential,
        epic=snapshot.epic,
    )
    change = CreateIssue(
        target=f"{planning.project}: {title}",
        because=f"milestone {milestone.title} starts on {milestone.start_on} and has no planning issue",
        gives=PLANNING_ISSUE,
        marker=str(marker),
        after=draft,
    )
    return Plan(changes=(change,))


def _take_over(adopt: Issue, snapshot: Snapshot, team: Team, words: Words) -> Plan:
    """Add what the issue lacks; the marker's note comes last, so that a run that was cut short is done again."""
    milestone = snapshot.milestone
    if team.limits.skip_label in adopt.labels:
        raise RefusedError(f"{adopt.reference} has the label {team.limits.skip_label}", "take the label off first")
    if any(issue.reference == adopt.reference for found in snapshot.planning.owned.values() for issue in found):
        raise RefusedError(
            f"{adopt.reference} is the planning issue of another milestone already; nothing was written",
            "name another issue, or leave --adopt out to have one created",
        )
    edit = _equip(adopt, snapshot, team, opening_sections(snapshot, team, words))
    note = WriteNote(
        target=adopt.reference,
        because="its marker makes the issue findable, whatever its title becomes",
        needs=(edit.gives,) if edit else (),
        after=f"{Marker(PLANNING_ISSUE, team.key, milestone.id)}\n\n"
        + words.render("note_adopted.md.j2", basic_facts(team, milestone)).strip(),
    )
    return Plan(changes=(edit, note) if edit else (note,))


def _equip(adopt: Issue, snapshot: Snapshot, team: Team, sections: dict[str, str]) -> EditIssue | None:
    """Give an adopted issue the labels, the milestone and the sections that it lacks; None where it has them all."""
    wanted, milestone = frozenset(team.planning_issue.labels), snapshot.milestone
    lacking = {n: t for n, t in sections.items() if find_section(adopt.description, n).state is SectionState.ABSENT}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if not wanted <= adopt.labels:
        before["labels"], after["labels"] = tuple(sorted(wanted & adopt.labels)), tuple(sorted(wanted))
    if adopt.milestone_id is None:
        before["milestone"], after["milestone"] = None, Named(id=milestone.id, name=milestone.title)
    if lacking:
        before["sections"] = dict.fromkeys(lacking)
        after["sections"] = {name: text.strip() for name, text in lacking.items()}
    if not after:
        return None
    because = f"it is taken over as the planning issue of {milestone.title}, as a person asked"
    return EditIssue(
        target=adopt.reference,
        because=because,
        gives="adopted",
        before=IssueState(**before),
        after=IssueState(**after),
    )


def _bring_up_to_date(issue: Issue, snapshot: Snapshot, team: Team, words: Words) -> Plan:
    """Rewrite the kept sections that changed, and set what an earlier run could not; nothing that a person took off."""
    texts = kept_sections(snapshot, team, words)
    plan = edit_sections(issue, texts, team.limits.skip_label, "the milestone, its boards or the schedule changed")
    wanted = frozenset(team.planning_issue.labels)
    lacking = wanted - issue.labels - snapshot.removals.labels
    homeless = issue.milestone_id is None and not snapshot.removals.milestone
    if not (lacking or homeless) or team.limits.skip_label in issue.labels:
        return plan
    milestone = snapshot.milestone
    before, after = (
        {"labels": tuple(sorted(wanted & issue.labels))},
        {"labels": tuple(sorted((wanted & issue.labels) | lacking))},
    )
    edit = EditIssue(
        target=issue.reference,
        because="it lacks what it should have had from the start",
        before=IssueState(**before, **({"milestone": None} if homeless else {})),
        after=IssueState(**after, **({"milestone": Named(id=milestone.id, name=milestone.title)} if homeless else {})),
    )
    return joined(Plan(changes=(edit,)), plan)


def _link_neighbours(here: Address, snapshot: Snapshot, team: Team, words: Words, *, needs: tuple[str, ...]) -> Plan:
    """Have the planning issues before and after link to this one."""
    plans = []
    for other in (snapshot.calendar.before(snapshot.milestone), snapshot.calendar.after(snapshot.milestone)):
        issue = snapshot.planning.planning_issue(other)
        if other and issue:
            text = links_section(snapshot, team, words, other, here)
            because = f"the planning issue of {snapshot.milestone.title} is its neighbour"
            plans.append(edit_sections(issue, {"links": text}, team.limits.skip_label, because, needs))
    return joined(*plans)
