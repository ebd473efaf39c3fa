"""A team: its people, its labels, its boards, its rules."""

import re
import warnings
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from planning_bot.config.base import Entries, Many, Model, at_least_one, without_nulls
from planning_bot.config.capacity import Capacity, in_order
from planning_bot.config.complaints import complain, quoted, wrong
from planning_bot.config.defaults import with_defaults
from planning_bot.config.references import (
    Country,
    EpicReference,
    GroupPath,
    KeyName,
    ProjectPath,
    Timezone,
    Username,
)
from planning_bot.config.rules import Close, Deliverables, Limits, SayDo, Status, Weights
from planning_bot.config.scalars import Day, Flag, Label, Share, Text, text
from planning_bot.config.schedule import Command, Moment
from planning_bot.config.titles import Title

LONGEST_PATTERN = 200


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


def _pattern(value: Any) -> str:
    pattern = text(value)
    if len(pattern) > LONGEST_PATTERN:
        raise wrong(f"write at most {LONGEST_PATTERN} characters; found {len(pattern)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise wrong(f"not a regular expression: {error}") from None
    return pattern


class Milestones(Model):
    """What the team's milestones are called."""

    pattern: Annotated[str, PlainValidator(_pattern), WithJsonSchema({"type": "string", "format": "regex"})] = Field(
        default=r"\d+\.\d+",
        description=r"A regular expression for whole titles of delivery milestones; default \d+\.\d+.",
    )
    next_1_3: Text | None = Field(
        default="Next 1-3 releases", description="Title of the milestone for what comes soon; null where there is none."
    )
    next_4_6: Text | None = Field(
        default="Next 4-6 releases",
        description="Title of the milestone for what comes later; null where there is none.",
    )
    backlog: Text | None = Field(default="Backlog", description="Title of the backlog; null where there is none.")
    awaiting_feedback: Text | None = Field(
        default="Awaiting Customer Feedback",
        description="Title of the milestone for what waits; null where there is none.",
    )


def _template_file(name: str) -> str:
    if name.startswith("/") or ".." in re.split(r"[/\\]", name):
        raise wrong(f"write the name of a template file, without a folder above it; found {quoted(name)}")
    return name


class PlanningIssue(Model):
    """The issue in which a milestone is planned."""

    project: ProjectPath = Field(description="The project that holds the planning issues.")
    epic: EpicReference | None = Field(default=None, description="The epic that they belong to; default none.")
    title: Title = Field(default="{{ team.name }} {{ milestone.title }} Planning", description="Template of the title.")
    template: Annotated[Text, AfterValidator(_template_file)] = Field(
        default="planning_issue.md.j2", description="Template file of the description; default planning_issue.md.j2."
    )
    labels: Many[Label] = Field(default=("Planning Issue",), description="Its labels; default Planning Issue.")
    confidential: Flag = Field(default=False, description="Whether it is confidential; default false.")
    trusted_authors: Many[Username] = Field(
        default=(), description="Earlier bot users, whose planning issues are the program's too; default none."
    )


class Board(Model):
    """An issue board, as the team wants it."""

    name: Title = Field(description="Template of its name.")
    milestone: Title | None = Field(default=None, description="Template of the title of its milestone; null for none.")
    labels: Many[Label] = Field(default=(), description="The labels of its scope; default: the team's label.")
    lists: Many[Label] = Field(default=(), description="The labels of its lists, from left to right.")


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
