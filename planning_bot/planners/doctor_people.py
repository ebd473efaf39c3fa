"""The people whom the configuration names: whether GitLab knows them, lets them in, and lets them be assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.domain.doctor import Checked, Finding
from planning_bot.errors import PlanningBotError
from planning_bot.planners.doctor_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.domain.access import Account
    from planning_bot.domain.checkup import GitLabFacts, Seen
    from planning_bot.domain.doctor import Verdict


def people_of(team: Team) -> dict[str, str]:
    """Name everybody whom the configuration names, and the first key that does."""
    named = [
        *((member.username, "members") for member in team.members),
        (team.product_manager, "product_manager"),
        (team.engineering_manager, "engineering_manager"),
        *((username, f"counterparts.{role}") for role, username in team.counterparts.items()),
    ]
    first: dict[str, tuple[str, str]] = {}
    for username, key in named:
        if username:
            first.setdefault(username.casefold(), (username, key))
    return dict(first.values())


def find_people(team: Team, facts: GitLabFacts, today: date) -> Iterator[Verdict]:
    """Say who does not exist, who is blocked, and who is no member and so cannot be assigned."""
    gone = {m.username for m in team.members if m.until_on is not None and m.until_on < today}
    people = {name: key for name, key in people_of(team).items() if name not in gone}
    good: list[str] = []
    for username, key in people.items():
        wrong = _wrong(team, username, key, facts.people[username]) or _outside(team, username, key, facts)
        if wrong:
            yield wrong
        else:
            good.append(username)
    if facts.inside and isinstance(facts.inside.roles, PlanningBotError):
        yield unreadable("gitlab", "members", facts.inside.roles)
    elif good and facts.inside:
        which = "all" if len(good) == len(people) else "the other"
        yield Checked("gitlab", "people", f"{which} {len(good)} that the configuration names can be assigned")


def _wrong(team: Team, username: str, key: str, found: Seen[Account | None]) -> Finding | None:
    target = f"user {username}"
    if isinstance(found, PlanningBotError):
        return unreadable("gitlab", target, found)
    if found is None:
        because = f"{key} names them, and GitLab has no such user"
        hint = "write the username as the user's profile has it, or take them out"
        return Finding("gitlab", "person_missing", target, because, hint)
    if found.state != "active":
        because = f"{key} names them, and the account is {found.state}: GitLab assigns nothing to it"
        hint = "activate the account"
        if key == "members":
            hint += ", or end their time in the team with until, or take them out"
        return Finding("gitlab", "person_inactive", target, because, f"{hint} (teams.{team.key}.{key})")
    return None


def _outside(team: Team, username: str, key: str, facts: GitLabFacts) -> Finding | None:
    account = facts.people[username]
    if facts.inside is None or isinstance(account, PlanningBotError) or account is None:
        return None
    roles: Seen[Mapping[int, object]] = facts.inside.roles
    if isinstance(roles, PlanningBotError) or account.id in roles:
        return None
    group = team.gitlab.group
    because = f"{key} names them, and they are no member of {group} or of a group above: GitLab drops the assignment"
    return Finding("gitlab", "person_no_member", f"user {username}", because, f"make them a member of {group}")
