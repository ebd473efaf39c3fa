"""Who the team is: its label in GitLab, its members."""

from datetime import date
from typing import Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from planning_bot.config.base import Many, Model
from planning_bot.config.capacity import in_order
from planning_bot.config.references import Country, GroupPath, Username
from planning_bot.config.scalars import Day, Label, Share, Text


class TeamGitlab(Model):
    """Where the team's work is in GitLab."""

    group: GroupPath = Field(description="The group whose issues, milestones, labels and boards are the team's.")
    label: Label = Field(description="The label that makes an issue this team's.")
    labels: Many[Label] = Field(default=(), description="Organisational labels besides; default none.")


class Member(Model):
    """An engineer whose time is planned."""

    username: Username = Field(description="The GitLab username, without the @.")
    name: Text = Field(default="", description="The name that people read; default: the username.")
    allocation: Share = Field(default=1.0, description="The part of the working time for this team, 0 to 1; default 1.")
    roles: Many[Label] = Field(
        default=(), description="Labels of work that this member does: an issue with a role goes to one who has it."
    )
    country: Country | None = Field(
        default=None, description="ISO code of the country whose public holidays count; default none."
    )
    subdivision: Text | None = Field(default=None, description="The region whose holidays count besides; default none.")
    from_on: Day | None = Field(default=None, alias="from", description="First day in the team; default: always.")
    until_on: Day | None = Field(default=None, alias="until", description="Last day in the team; default: no end.")

    @model_validator(mode="before")
    @classmethod
    def _named(cls, raw: Any) -> Any:
        return {"name": raw["username"], **raw} if isinstance(raw, dict) and "username" in raw else raw

    @field_validator("until_on")
    @classmethod
    def _after_from(cls, until_on: date | None, info: ValidationInfo) -> date | None:
        in_order(info.data.get("from_on"), until_on, "from")
        return until_on
