"""How a team's capacity is counted, and where its time off is written down."""

from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import Discriminator, Field, PlainValidator, Tag, ValidationInfo, WithJsonSchema, field_validator

from planning_bot.config.base import Entries, Many, Model
from planning_bot.config.complaints import TYPE_NAME, wrong
from planning_bot.config.references import Host, Username, Variable, address
from planning_bot.config.scalars import Day, Flag, Positive, Share, Size, Text, one_of, text
from planning_bot.config.titles import Title

FormulaName = Literal["days", "budget", "velocity"]
Formula = Annotated[
    FormulaName,
    PlainValidator(one_of("formula", *get_args(FormulaName))),
    WithJsonSchema({"enum": list(get_args(FormulaName))}),
]


def in_order(first: date | None, last: date | None, first_key: str) -> None:
    """Raise unless ``last`` is on or after ``first``."""
    if first is not None and last is not None and last < first:
        raise wrong(f"{last} is before '{first_key}' ({first}); write a day on or after it")


class Rotation(Model):
    """Days on which a member does other work: support, on call."""

    label: Text = Field(description="What the rotation is called, such as Support.")
    username: Username = Field(description="The member whose turn it is.")
    from_on: Day = Field(alias="from", description="First day, YYYY-MM-DD.")
    to_on: Day = Field(alias="to", description="Last day, included, YYYY-MM-DD.")
    share: Share = Field(default=1.0, description="The part of each day that it takes, 0 to 1; default 1.")

    @field_validator("to_on")
    @classmethod
    def _after_from(cls, to_on: date, info: ValidationInfo) -> date:
        in_order(info.data.get("from_on"), to_on, "from")
        return to_on


class CsvSource(Model):
    """Time off in a CSV file: username,from,to[,share]."""

    csv: Text = Field(description="The file, relative to the folder of the configuration.")


class SecretAddress(Model):
    """A calendar's secret address, which the environment holds."""

    host: Host = Field(description="The host that the address must have, such as calendar.example.com.")
    url_from: Variable = Field(description="The environment variable that holds the address.")


def _file_or_address(value: Any) -> str:
    where = text(value)
    return address(where) if ":" in where else where


def _place(value: Any) -> str:
    return "<secret>" if isinstance(value, dict | SecretAddress) else "<open>"


class IcsSource(Model):
    """Time off in a calendar."""

    ics: Annotated[
        Annotated[Annotated[str, PlainValidator(_file_or_address), WithJsonSchema({"type": "string"})], Tag("<open>")]
        | Annotated[SecretAddress, Tag("<secret>")],
        Discriminator(_place),
    ] = Field(description="A file, an https address, or {host, url_from} for a secret address.")


class SheetTab(Model):
    """A tab of a Google Sheet."""

    key: Text = Field(description="The key in the Sheet's address.")
    tab: Text = Field(description="The tab's name.")


class SheetSource(Model):
    """Time off in a tab of a Google Sheet, with the columns of the CSV file."""

    sheet: SheetTab = Field(description="The Sheet's key and the tab's name.")


_SOURCES: dict[str, type[Model]] = {"csv": CsvSource, "ics": IcsSource, "sheet": SheetSource}
TAGS = frozenset({"<csv>", "<ics>", "<sheet>", "<open>", "<secret>"})
"""How pydantic's locations name the members of a union: no keys of the file."""


def _source(value: Any) -> str | None:
    if isinstance(value, dict):
        kinds = [kind for kind in _SOURCES if kind in value]
        return f"<{kinds[0]}>" if len(kinds) == 1 and len(value) == 1 else None
    return next((f"<{kind}>" for kind, model in _SOURCES.items() if isinstance(value, model)), None)


PtoSource = Annotated[
    Annotated[CsvSource, Tag("<csv>")] | Annotated[IcsSource, Tag("<ics>")] | Annotated[SheetSource, Tag("<sheet>")],
    Discriminator(
        _source,
        custom_error_type=TYPE_NAME,
        custom_error_message="write one source here: csv, ics or sheet, such as 'csv: pto/team.csv'",
    ),
]


class CapacitySheet(Model):
    """The Google Sheet to which the capacity is written."""

    key: Text = Field(description="The key in the Sheet's address.")
    tab: Title = Field(description="The tab's name, such as 'Capacity {{ milestone.title }}'.")


class Capacity(Model):
    """How much the team can take on."""

    formula: Formula = Field(default="days", description="days, budget or velocity; default days.")
    budget: Size = Field(default=10.0, description="Weight of a fully available engineer, for budget; default 10.")
    velocity_milestones: Positive = Field(
        default=3, description="How many past milestones velocity averages; default 3."
    )
    focus_factor: Share = Field(
        default=1.0, description="The part of an available day that goes into planned work, 0 to 1; default 1."
    )
    buffer: Share = Field(default=0.0, description="The part of the capacity that is kept back, 0 to 1; default 0.")
    holidays: Flag = Field(
        default=True, description="Whether public holidays count, by member's country. Default true."
    )
    days_off: Many[Day] = Field(default=(), description="Days off of everybody, YYYY-MM-DD; default none.")
    rotations: Many[Rotation] = Field(default=(), description="Support and on-call turns of members; default none.")
    pto: Many[PtoSource] = Field(
        default=(), description="Sources of time off, added up; a day that several name counts once. Default none."
    )
    carryover_shares: Entries[Share] = Field(
        default={},
        description="By label, the part of carried-over work that is still to be done, 0 to 1; default none.",
    )
    sheet: CapacitySheet | None = Field(default=None, description="The Sheet that shows the capacity; default none.")
