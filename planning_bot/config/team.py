"""A team: its people, its labels, its boards, its rules."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from planning_bot.config.base import Entries, Model, at_least_one, without_nulls
from planning_bot.config.capacity import Capacity
from planning_bot.config.complaints import complain, quoted
from planning_bot.config.defaults import with_defaults
from planning_bot.config.people import Member, TeamGitlab
from planning_bot.config.planning import Board, Milestones, PlanningIssue
from planning_bot.config.references import KeyName, Timezone, Username
from planning_bot.config.rules import Close, Deliverables, Limits, SayDo, Status, Weights
from planning_bot.config.scalars import Text
from planning_bot.config.schedule import Command, Moment, When, senseless


class Team(Model):
    """A team and the way it plans."""

    key: KeyName = Field(description="The team's key in the file.")
    name: Text = Field(default="", description="The name that people read; default: the team's key.")
    timezone: Timezone = Field(
        default="UTC", description="A milestone ends when its due date ends in this time zone; default UTC."
    )
    gitlab: TeamGitlab = Field(description="Where the team's work is in GitLab.")
    product_manager: Username | None = Field(default=None, description="The PM's username; default none.")
    engineering_manager: Username | None = Field(default=None, description="The EM's username; default none.")
    counterparts: Entries[Username] = Field(
        default={}, description="Others whom the planning issue names: {Designer: username}; default none."
    )
    members: Annotated[tuple[Member, ...], AfterValidator(at_least_one)] = Field(
        description="The engineers whose time is planned; at least one."
    )
    milestones: Milestones = Field(default=Milestones(), description="What the team's milestones are called.")
    planning_issue: PlanningIssue = Field(description="The issue in which a milestone is planned.")
    boards: Annotated[Mapping[KeyName, Board], BeforeValidator(without_nulls)] = Field(
        default={}, description="The boards: planning, build, next_1_3, next_4_6 and more."
    )
    weights: Weights = Field(default=Weights(), description="What a weight means.")
    capacity: Capacity = Field(default=Capacity(), description="How much the team can take on.")
    deliverables: Deliverables = Field(default=Deliverables(), description="How deliverables are chosen.")
    say_do: SayDo = Field(default=SayDo(), description="How the Say/Do ratio is measured.")
    status: Status = Field(default=Status(), description="Where the weekly status is told.")
    close: Close = Field(default=Close(), description="What becomes of unfinished issues.")
    schedule: Annotated[Mapping[Command, Moment], BeforeValidator(without_nulls)] = Field(
        default={}, description="When `planning-bot run` carries each command out; null for never."
    )
    limits: Limits = Field(default=Limits(), description="How large a plan may be.")

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def usernames(self) -> tuple[str, ...]:
        """The members' usernames, in the order of the file."""
        return tuple(member.username for member in self.members)

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, raw: Any) -> Any:
        return with_defaults(raw) if isinstance(raw, dict) else raw

    @field_validator("schedule")
    @classmethod
    def _days_make_sense(cls, schedule: Mapping[str, When], info: ValidationInfo) -> Mapping[str, When]:
        if "say_do" in info.data:
            complain(senseless(schedule, info.data["say_do"].commit_day))
        return schedule

    @field_validator("members")
    @classmethod
    def _members_once(cls, members: tuple[Member, ...]) -> tuple[Member, ...]:
        names = [member.username.lower() for member in members]
        complain(
            ((index, "username"), f"{quoted(members[index].username)} is in the team already; keep one of them")
            for index, name in enumerate(names)
            if name in names[:index]
        )
        return members

    @field_validator("capacity")
    @classmethod
    def _rotations_of_members(cls, capacity: Capacity, info: ValidationInfo) -> Capacity:
        members = info.data.get("members")
        known = {member.username.lower() for member in members or ()}
        complain(
            (("rotations", index, "username"), f"{quoted(rotation.username)} is no member of this team")
            for index, rotation in enumerate(capacity.rotations)
            if members is not None and rotation.username.lower() not in known
        )
        return capacity
