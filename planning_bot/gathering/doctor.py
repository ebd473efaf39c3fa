"""What `doctor` looks at: everything that the configuration names, at every server, side by side.

Nothing here raises for a server: in the place of what could not be read stands the error. GitLab is asked in four
rounds, each of which rests on the one before, and each for all teams at once.
"""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from planning_bot.domain.access import Account, Place, Token
from planning_bot.domain.checkup import Checkup, GitLabFacts, Inside, Key
from planning_bot.errors import PlanningBotError, ServerError
from planning_bot.gateways.gitlab_access import GitLabAccess
from planning_bot.gathering.doctor_others import caught, look_at_sheets, look_at_slack
from planning_bot.planners.doctor_labels import named_labels
from planning_bot.planners.doctor_people import people_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date

    from planning_bot.config import Config, Team
    from planning_bot.domain.checkup import Seen
    from planning_bot.gateways.doors import Doors

    Reads = dict[Hashable, Callable[[], Any]]


_READING = frozenset({"api", "read_api"})  # docs: user/profile/personal_access_tokens, scopes


def examine(config: Config, days: Mapping[str, date], gitlab: Seen[Doors]) -> dict[str, Checkup]:
    """Look at all that these teams name; `days` is each team's today, `gitlab` the way to GitLab, if there is one."""
    teams = [config.team(key) for key in days]
    with ThreadPoolExecutor(2, thread_name_prefix="doctor") as pool:
        slack = pool.submit(look_at_slack, config, teams)
        sheets = pool.submit(look_at_sheets, config, teams, days)
        facts = _gitlab(config, teams, gitlab)
    return {key: Checkup(facts[key], slack.result()[key], *sheets.result()[key]) for key in days}


def _gitlab(config: Config, teams: list[Team], doors: Seen[Doors]) -> dict[str, Seen[GitLabFacts]]:
    if isinstance(doors, PlanningBotError):
        return {team.key: doors for team in teams}
    asking = _Asking(doors)
    key = _certificates(config) or asking.key()
    if isinstance(key, PlanningBotError):
        return {team.key: key for team in teams}
    return asking.facts(teams, key)


def _certificates(config: Config) -> ServerError | None:
    """Try to read the certificate authority that the configuration names."""
    if config.gitlab.ca_file is None:
        return None
    try:
        ssl.create_default_context(cafile=config.path.parent / config.gitlab.ca_file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it holds no certificate"
        return ServerError(
            f"gitlab.ca_file, {config.gitlab.ca_file}, cannot be used: {reason}",
            f"put the certificates of your authority (PEM) there: it was looked for in {config.path.parent}",
        )
    return None


class _Asking:
    """Asks GitLab, each thing once, and remembers the answers and the errors."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._access = GitLabAccess(doors.connection)
        self._answers: dict[Hashable, Any] = {}

    def key(self) -> Seen[Key]:
        """Whose token it is, and what it may do."""
        self._ask({"token": self._access.token, "me": self._access.me})
        token, me = self._answers["token"], self._answers["me"]
        if isinstance(token, Token) and not token.scopes & _READING:
            has = ", ".join(sorted(token.scopes)) or "none"
            hint = "make a new one with the scope api, and put it where GITLAB_TOKEN is set"
            return ServerError(f"the token's scopes are {has}: nothing can be read with them", hint, status=403)
        return me if isinstance(me, PlanningBotError) else Key(token, me)

    def facts(self, teams: list[Team], key: Key) -> dict[str, Seen[GitLabFacts]]:
        """Look at what all teams name."""
        for round_of in (self._places, self._inside, self._rest):
            self._ask({name: read for team in teams for name, read in round_of(team, key).items()})
        return {team.key: self._facts_of(team, key) for team in teams}

    def _ask(self, reads: Reads) -> None:
        wanted = [name for name in reads if name not in self._answers]
        answers = self._doors.connection.together(*(partial(caught, reads[name]) for name in wanted))
        self._answers.update(zip(wanted, answers, strict=True))

    def _places(self, team: Team, _: Key) -> Reads:
        group, project, epic = team.gitlab.group, team.planning_issue.project, team.planning_issue.epic
        reads: Reads = {
            ("group", group): partial(self._access.group, group),
            ("project", project): partial(self._access.project, project),
        }
        if epic:
            reads["epic", epic] = partial(self._doors.gitlab.epic, epic)
        return reads | {("person", name): partial(self._access.account, name) for name in people_of(team)}

    def _inside(self, team: Team, key: Key) -> Reads:
        group, project = team.gitlab.group, team.planning_issue.project
        ids = self._ids(team, key)
        reads: Reads = {}
        if isinstance(self._answers["project", project], Place):
            reads["project roles", project] = partial(self._access.project_members, project, [key.me.id])
        if isinstance(self._answers["group", group], Place):
            reads["roles", group, ids] = partial(self._access.group_members, group, ids)
            reads["milestones", group] = partial(self._doors.gitlab.milestones, group)
            reads["boards", group] = partial(self._doors.gitlab.boards, group)
            reads["plan", group] = partial(self._access.has_scoped_boards, group)
            names = [label.name for label in named_labels(team)]
            reads |= {("label", group, name): partial(self._doors.gitlab.label, group, name) for name in names}
        return reads

    def _rest(self, team: Team, _: Key) -> Reads:
        group = team.gitlab.group
        names = [label.name for label in named_labels(team)]
        missing = [name for name in names if self._answers.get(("label", group, name), "not asked") is None]
        return {("below", group, name): partial(self._access.has_label_below, group, name) for name in missing}

    def _ids(self, team: Team, key: Key) -> tuple[int, ...]:
        found = (self._answers["person", name] for name in people_of(team))
        return (key.me.id, *sorted({one.id for one in found if isinstance(one, Account)}))

    def _facts_of(self, team: Team, key: Key) -> GitLabFacts:
        group, project, epic = team.gitlab.group, team.planning_issue.project, team.planning_issue.epic
        answers = self._answers
        return GitLabFacts(
            key=key,
            group=answers["group", group],
            project=answers["project", project],
            people={name: answers["person", name] for name in people_of(team)},
            epic=answers["epic", epic] if epic else None,
            project_roles=answers.get(("project roles", project)),
            inside=self._inside_of(team, key) if isinstance(answers["group", group], Place) else None,
        )

    def _inside_of(self, team: Team, key: Key) -> Inside:
        group, answers = team.gitlab.group, self._answers
        names = [label.name for label in named_labels(team)]
        return Inside(
            milestones=answers["milestones", group],
            boards=answers["boards", group],
            roles=answers["roles", group, self._ids(team, key)],
            labels={name: answers["label", group, name] for name in names},
            below={name: answers["below", group, name] for name in names if ("below", group, name) in answers},
            scoped_boards=answers["plan", group],
        )
