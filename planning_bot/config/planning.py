"""Where a milestone is planned: its title, its planning issue, its boards."""

import re
import warnings
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from planning_bot.config.base import Many, Model
from planning_bot.config.complaints import quoted, wrong
from planning_bot.config.references import EpicReference, ProjectPath, Username
from planning_bot.config.scalars import Flag, Label, Text, text
from planning_bot.config.titles import Title

LONGEST_PATTERN = 200


def title_pattern(value: Any) -> str:
    """Read a regular expression."""
    expression = text(value)
    if len(expression) > LONGEST_PATTERN:
        raise wrong(f"write at most {LONGEST_PATTERN} characters; found {len(expression)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(expression)
    except (re.error, OverflowError, RecursionError) as error:
        raise wrong(f"not a regular expression: {error}") from None
    return expression


class Milestones(Model):
    """What the team's milestones are called."""

    pattern: Annotated[str, PlainValidator(title_pattern), WithJsonSchema({"type": "string", "format": "regex"})] = (
        Field(
            default=r"\d+\.\d+",
            description=r"A regular expression for whole titles of delivery milestones; default \d+\.\d+.",
        )
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
