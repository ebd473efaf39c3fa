"""The whole file: the servers, and the teams."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, PrivateAttr, field_validator

from planning_bot.config.base import Model, at_least_one
from planning_bot.config.complaints import complain, did_you_mean, quoted
from planning_bot.config.references import ApiUrl, KeyName, ProxyUrl, SiteUrl
from planning_bot.config.scalars import Text
from planning_bot.config.team import Team
from planning_bot.errors import UsageError


class Gitlab(Model):
    """The GitLab that the program talks to."""

    url: SiteUrl = Field(description="Its address: https, or http on this machine.")
    ca_file: Text | None = Field(
        default=None, description="A file with a certificate authority of your own; default none."
    )
    proxy: ProxyUrl | None = Field(default=None, description="The only proxy that is used; default none.")


class Slack(Model):
    """The Slack that messages go to."""

    api_url: ApiUrl = Field(default="https://slack.com/api/", description="Address of its API.")


class Sheets(Model):
    """The Google Sheets that tables go to."""

    api_url: ApiUrl = Field(default="https://sheets.googleapis.com/", description="Address of its API.")


class Config(Model):
    """A configuration file."""

    gitlab: Gitlab = Field(description="The GitLab that the program talks to.")
    slack: Slack = Field(default=Slack(), description="The Slack that messages go to.")
    sheets: Sheets = Field(default=Sheets(), description="The Google Sheets that tables go to.")
    teams: Annotated[Mapping[KeyName, Team], AfterValidator(at_least_one)] = Field(
        description="The teams, each by its key."
    )

    _path: Path = PrivateAttr(default=Path("config/planning-bot.yml"))

    @classmethod
    def of(cls, raw: Any, path: Path) -> Self:
        """Validate what a file says, and remember where it stands."""
        config = cls.model_validate(raw)
        config._path = path  # noqa: SLF001 - its own class's
        return config

    @property
    def path(self) -> Path:
        """The file; what it names is relative to its folder."""
        return self._path

    def team(self, name: str) -> Team:
        """Return the team with this key; raises UsageError where there is none."""
        if name not in self.teams:
            message = f"There is no team {quoted(name)} in {self.path}{did_you_mean(name, self.teams)}"
            raise UsageError(message, f"Its teams: {', '.join(self.teams)}.")
        return self.teams[name]

    def select(self, names: tuple[str, ...]) -> tuple[Team, ...]:
        """Return the named teams, each once; without names all of them, in the order of the file."""
        return tuple(self.team(name) for name in dict.fromkeys(names or self.teams))

    @field_validator("teams", mode="before")
    @classmethod
    def _keyed(cls, teams: Any) -> Any:
        if not isinstance(teams, dict):
            return teams
        return {key: {**team, "key": key} if isinstance(team, dict) else team for key, team in teams.items()}

    @field_validator("teams")
    @classmethod
    def _titles_differ(cls, teams: Mapping[str, Team]) -> Mapping[str, Team]:
        complain(_clashes(teams))
        return teams


def _clashes(teams: Mapping[str, Team]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find teams whose planning issues of one milestone would have the same title in the same project."""
    seen: dict[tuple[str, ...], str] = {}
    for key, team in teams.items():
        first = seen.setdefault(_title_of(team), key)
        if first != key:
            message = f"teams {quoted(first)} and {quoted(key)} would give their planning issues the same title"
            yield (key, "planning_issue", "title"), f"{message} in one project; put {{{{ team.name }}}} into it"


def _title_of(team: Team) -> tuple[str, ...]:
    issue = team.planning_issue
    name = team.name if "team.name" in issue.title or "team[" in issue.title else ""
    key = team.key if "team.key" in issue.title or "team[" in issue.title else ""
    return issue.project.lower(), issue.title, name, key
