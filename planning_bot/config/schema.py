"""The JSON Schema of the file, for editors: what they complete, and underline before the program is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from planning_bot.config.defaults import SCHEDULE
from planning_bot.config.file import Config
from planning_bot.config.schedule import COMMANDS

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema that a file has before defaults are filled in, as editors read YAML."""
    schema = Config.model_json_schema(schema_generator=_FileSchema)
    team, board = schema["$defs"]["Team"], schema["$defs"]["Board"]
    _correct_team(team["properties"])
    team["required"].remove("key")
    del board["required"]
    schema["properties"]["teams"] |= {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"$ref": "#/$defs/Team"},
    }
    return {"$schema": DIALECT, **schema, "title": "planning-bot"}


def _correct_team(properties: dict[str, Any]) -> None:
    """Say what the models cannot: which defaults are computed, and what a file may not leave empty."""
    del properties["key"]
    for computed in ("name", "boards", "status"):
        del properties[computed]["default"]
    properties["members"] |= {"type": "array", "minItems": 1}
    properties["schedule"] |= {"default": SCHEDULE, "propertyNames": {"enum": list(COMMANDS)}}


class _FileSchema(GenerateJsonSchema):
    """Lists and maps may be null: null empties them, and takes an entry of a map out."""

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        return _or_null(super().tuple_schema(schema))

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        generated = super().dict_schema(schema)
        values = {"anyOf": [generated["additionalProperties"], {"type": "null"}]}
        return _or_null({**generated, "additionalProperties": values})


def _or_null(generated: JsonSchemaValue) -> JsonSchemaValue:
    """Let null stand for an empty list or map."""
    return {**generated, "type": [generated["type"], "null"]}
