"""The token, the group, the planning project and the epic: whether they are there, and the token may do its work.

Labels, milestones and assignees of issues, and a group's boards and labels, take the role Planner, or Reporter where
GitLab has no Planner yet (docs: user/permissions; app/policies/group_policy.rb); with less GitLab drops them without a
word.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from planning_bot.domain.doctor import Checked, Finding
from planning_bot.errors import PlanningBotError
from planning_bot.planners.doctor_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.domain.access import Membership, Place
    from planning_bot.domain.checkup import GitLabFacts, Key, Seen
    from planning_bot.domain.doctor import Verdict

PLANNER = 15  # docs: api/members, roles
_ROLES = {5: "Minimal Access", 10: "Guest", 15: "Planner", 20: "Reporter", 30: "Developer", 40: "Maintainer"}
_SOON = timedelta(days=30)
_OPEN = ("private", "internal", "public")
_NOT_ALLOWED, _NO_SUCH = 403, 404
_TELLS_NOTHING = (400, 401, _NOT_ALLOWED, _NO_SUCH)  # of a token that is no access token, or by a GitLab before 15.5
_RENEW = "make a new one with the scope api before that day, and put it where GITLAB_TOKEN is set"


def find_token(key: Key, today: date) -> Iterator[Verdict]:
    """Say what the token may not do, and whether it ends soon."""
    token = key.token
    if isinstance(token, PlanningBotError):
        yield _untold(token)
        return
    if "api" not in token.scopes:
        has = ", ".join(sorted(token.scopes)) or "none"
        because = f"its scopes are {has}: without api nothing can be written"
        hint = "make a new one with the scope api, and put it where GITLAB_TOKEN is set"
        yield Finding("gitlab", "token_scope", "token", because, hint)
    if token.expires_on is not None and token.expires_on <= today + _SOON:
        left = (token.expires_on - today).days
        because = f"it stops working on {token.expires_on}, in {left} day{'' if left == 1 else 's'}"
        yield Finding("gitlab", "token_expires", "token", because, _RENEW)
    elif "api" in token.scopes:
        until = f"until {token.expires_on}" if token.expires_on else "without an end"
        yield Checked("gitlab", "token", f"of {key.me.username}, with the scope api, {until}")


def find_places(team: Team, facts: GitLabFacts, today: date) -> Iterator[Verdict]:
    """Say what is wrong with the group, the planning project and the epic, and with the token's roles there."""
    yield from _group(team, facts, today)
    yield from _project(team, facts, today)
    if isinstance(facts.epic, PlanningBotError):
        yield _no_epic(facts.epic, str(team.planning_issue.epic))
    elif facts.epic is not None:
        yield Checked("gitlab", f"epic {facts.epic.name}", "it can be read")


def _untold(error: PlanningBotError) -> Finding:
    if getattr(error, "status", None) not in _TELLS_NOTHING:
        return unreadable("gitlab", "token", error)
    because = f"it works, but does not tell its scopes nor its end: {error.message}"
    hint = (
        "a group or project access token tells both; a CI job token or an OAuth token, or GitLab before 15.5, does not"
    )
    return Finding("gitlab", "token_untold", "token", because, hint, "note")


def _group(team: Team, facts: GitLabFacts, today: date) -> Iterator[Verdict]:
    path, group = team.gitlab.group, facts.group
    target = f"group {path}"
    if isinstance(group, PlanningBotError):
        yield unreadable("gitlab", target, group)
        return
    wrong = [*_state(target, group), *_spelling(target, path, group, "gitlab.group")]
    roles = facts.inside.roles if facts.inside else None
    wrong += _role(target, path, facts, roles, today)
    yield from wrong
    if not wrong:
        yield Checked("gitlab", target, f"{group.visibility}; {_role_in(facts, roles)}")


def _project(team: Team, facts: GitLabFacts, today: date) -> Iterator[Verdict]:
    path, project = team.planning_issue.project, facts.project
    target = f"project {path}"
    if isinstance(project, PlanningBotError):
        yield unreadable("gitlab", target, project)
        return
    wrong = [*_state(target, project), *_spelling(target, path, project, "planning_issue.project")]
    if not f"{path}/".casefold().startswith(f"{team.gitlab.group}/".casefold()):
        because = f"it is not in {team.gitlab.group}: its issues cannot have that group's labels and milestones"
        hint = "name a project in the group, or a group above the project (gitlab.group)"
        wrong.append(Finding("gitlab", "project_outside", target, because, hint))
    if not project.has_issues:
        hint = "turn them on: Settings, General, Visibility, Issues"
        wrong.append(Finding("gitlab", "project_issues", target, "issues are turned off in it", hint))
    wrong += _role(target, path, facts, facts.project_roles, today)
    yield from wrong
    if not wrong:
        yield Checked("gitlab", target, f"{project.visibility}, with issues; {_role_in(facts, facts.project_roles)}")
    if not isinstance(facts.group, PlanningBotError) and _rank(project) > _rank(facts.group):
        because = f"it is {project.visibility}, and the group {facts.group.visibility}"
        hint = "make it no more visible than the group, or expect references in the place of titles"
        yield Finding("gitlab", "project_visibility", target, f"{because}: titles are withheld there", hint, "note")


def _state(target: str, place: Place) -> Iterator[Finding]:
    if place.is_archived:
        hint = "bring it back (Settings, General, Advanced), or name another"
        yield Finding("gitlab", "archived", target, "it is archived: nothing in it can be changed", hint)
    if place.deleted_on:
        hint = "restore it (Settings, General, Advanced), or name another"
        yield Finding("gitlab", "marked_for_deletion", target, f"it is deleted on {place.deleted_on}", hint)


def _spelling(target: str, path: str, place: Place, key: str) -> Iterator[Finding]:
    if place.path != path:
        because = f"GitLab calls it {place.path}, and references are compared letter by letter"
        yield Finding("gitlab", "spelling", target, because, f"write {place.path} to {key}")


def _role(
    target: str, path: str, facts: GitLabFacts, roles: Seen[Mapping[int, Membership]] | None, today: date
) -> Iterator[Finding]:
    me = facts.key.me
    if isinstance(roles, PlanningBotError):
        yield unreadable("gitlab", f"members of {path}", roles)
        return
    membership = (roles or {}).get(me.id)
    if me.is_admin or roles is None:
        return
    if membership is None or membership.level < PLANNER:
        has = f"is {_name(membership)} there" if membership else "is no member of it"
        because = f"the token's user, {me.username}, {has}: GitLab drops labels and assignees, and refuses boards"
        hint = f"give {me.username} the role Planner there or above, or Reporter where there is no Planner yet"
        yield Finding("gitlab", "role", target, because, hint)
    elif membership.expires_on is not None and membership.expires_on <= today + _SOON:
        because = f"the membership of the token's user, {me.username}, ends on {membership.expires_on}"
        yield Finding("gitlab", "role_expires", target, because, "extend the membership")


def _role_in(facts: GitLabFacts, roles: Seen[Mapping[int, Membership]] | None) -> str:
    me = facts.key.me
    membership = roles.get(me.id) if isinstance(roles, dict) else None
    return f"{me.username} is {_name(membership) if membership else 'an administrator'}"


def _name(membership: Membership) -> str:
    return _ROLES.get(membership.level, "Owner" if membership.level > max(_ROLES) else f"role {membership.level}")


def _rank(place: Place) -> int:
    return _OPEN.index(place.visibility) if place.visibility in _OPEN else 0


def _no_epic(error: PlanningBotError, epic: str) -> Finding:
    status = getattr(error, "status", None)
    if status not in (_NOT_ALLOWED, _NO_SUCH):
        return unreadable("gitlab", f"epic {epic}", error)
    what = "there is no such epic" if status == _NO_SUCH else "the plan has no epics, or the token may not read them"
    hint = "write null to planning_issue.epic, or the reference of an epic that the token's user can read"
    return Finding("gitlab", "epic", f"epic {epic}", f"planning_issue.epic names it, and {what} ({status})", hint)
