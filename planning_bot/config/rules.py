"""What a team calls done, ready, too big or too much: weights, deliverables, Say/Do, closing, limits."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, PlainValidator, WithJsonSchema, field_validator

from planning_bot.config.base import Entries, Many, Model
from planning_bot.config.complaints import complain, wrong
from planning_bot.config.scalars import Count, Flag, Label, Percent, Positive, Share, Size, Text, one_of
from planning_bot.config.titles import LabelTitle

OrderName = Literal["slippage", "preference", "priority", "weight", "board"]
OverflowName = Literal["next", "next_1_3", "stay"]
HeadlineName = Literal["handbook", "committed", "reprioritized", "by_weight"]
UnfinishedName = Literal["next", "next_1_3", "backlog", "stay"]


def _choice(what: str, names: object) -> tuple[PlainValidator, WithJsonSchema]:
    known = get_args(names)
    return PlainValidator(one_of(what, *known)), WithJsonSchema({"enum": list(known)})


Order = Annotated[OrderName, *_choice("order", OrderName)]
Overflow = Annotated[OverflowName, *_choice("choice", OverflowName)]
Headline = Annotated[HeadlineName, *_choice("variant", HeadlineName)]
Unfinished = Annotated[UnfinishedName, *_choice("choice", UnfinishedName)]


class Weights(Model):
    """What a weight means."""

    days_per_weight: Size = Field(default=2.0, description="Working days that a weight of 1 stands for; default 2.")
    largest: Positive = Field(
        default=3, description="The largest weight that an issue may have; above it: break it down. Default 3."
    )
    spike_label: Label | None = Field(
        default="spike", description="Label of issues that find something out; default spike."
    )
    unweighted_labels: Many[Label] = Field(
        default=(),
        description="An issue with one of these labels needs no weight; one that it has counts. Default none.",
    )

    @field_validator("days_per_weight")
    @classmethod
    def _divides(cls, days: float) -> float:
        if days == 0:
            raise wrong("write a number of days above 0; found 0")
        return days


class Deliverables(Model):
    """How a milestone's deliverables are chosen, labelled and assigned."""

    label: Label = Field(default="Deliverable", description="Label of what the team commits to; default Deliverable.")
    stretch_label: Label | None = Field(
        default=None, description="Label of what is begun if time is left, such as Stretch; default none."
    )
    planning_breakdown_label: Label | None = Field(
        default="workflow::planning breakdown", description="Label with which the PM asks engineers to refine an issue."
    )
    type_mix: Entries[Percent] = Field(
        default={},
        description="The aim for each type label, in percent of the weight; default none.",
    )
    ready_label: Label | None = Field(
        default="workflow::ready for development", description="Label of an issue that can be started."
    )
    in_progress_labels: Many[Label] = Field(
        default=("workflow::in dev", "workflow::in review"),
        description="Labels of issues that are being worked on; they count as ready.",
    )
    blocked_labels: Many[Label] = Field(
        default=("workflow::blocked",), description="An issue with one of these labels is not selected."
    )
    preference: Many[Label] = Field(
        default=("planning priority",), description="Labels of what the PM wants first, the strongest first."
    )
    priorities: Many[Label] = Field(
        default=("priority::1", "priority::2", "priority::3", "priority::4"),
        description="Labels of priority, the strongest first.",
    )
    order: Many[Order] = Field(
        default=("slippage", "preference", "priority", "weight"),
        description="What candidates are sorted by, first things first: slippage, preference, priority, weight, board.",
    )
    assign: Flag = Field(default=True, description="Whether selected issues get an assignee; default true.")
    overflow: Overflow = Field(
        default="next", description="Where candidates go that did not fit: next, next_1_3 or stay. Default next."
    )

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: tuple[OrderName, ...]) -> tuple[OrderName, ...]:
        repeated = [index for index, name in enumerate(order) if name in order[:index]]
        complain(((index,), f"{order[index]!r} stands here twice; keep the first") for index in repeated)
        return order

    @field_validator("type_mix")
    @classmethod
    def _at_most_all(cls, mix: Mapping[str, float]) -> Mapping[str, float]:
        if (total := sum(mix.values())) > 100:  # noqa: PLR2004 - percent
            raise wrong(f"the percentages add up to {total:g}; write at most 100 in all")
        return mix


class SayDo(Model):
    """How the Say/Do ratio is measured, and where it is told."""

    headline: Headline = Field(
        default="handbook",
        description="The variant shown first: handbook (the default), committed, reprioritized or by_weight.",
    )
    commit_day: Count = Field(
        default=2, description="Days after the milestone's start at whose end the commitment is frozen; default 2."
    )
    target: Share = Field(default=0.8, description="The ratio that the team aims at, 0 to 1; default 0.8.")
    cancelled_labels: Many[Label] = Field(
        default=(), description="An issue closed with one of these labels is not done. Default none."
    )
    channel: Text | None = Field(
        default=None, description="A Slack channel's id or name; without one there is no message. Default none."
    )


class Status(Model):
    """Where the weekly status is told."""

    channel: Text | None = Field(
        default=None, description="A Slack channel's id or name; default: say_do.channel. null: no message."
    )


class Close(Model):
    """What becomes of a milestone's unfinished issues."""

    missed_label: LabelTitle | None = Field(
        default="missed:{{ milestone.title }}",
        description="Label for each unfinished issue, with the milestone's title.",
    )
    missed_deliverable_label: Label | None = Field(
        default="missed-deliverable", description="Label for each unfinished Deliverable; default missed-deliverable."
    )
    exempt_labels: Many[Label] = Field(
        default=("security",), description="An issue with one of these labels is neither moved nor labelled."
    )
    unfinished: Unfinished = Field(
        default="next", description="Where unfinished issues go: next, next_1_3, backlog or stay. Default next."
    )


class Limits(Model):
    """How large a plan may be before it is refused without --force; null lifts a limit for good."""

    max_changes: Count | None = Field(
        default=60, description="The most changes in one plan: an issue, a board, a message is one each. Default 60."
    )
    max_creates: Count | None = Field(default=10, description="The most objects that one plan may create; default 10.")
    max_shrink: Share | None = Field(
        default=0.34,
        description="The part by which members or days off may shrink since the last run, 0 to 1; default 0.34.",
    )
    skip_label: Label | None = Field(
        default="planning-bot::skip", description="An issue with this label is left alone by everything."
    )
