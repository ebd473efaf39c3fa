"""The JSON Schema of the file, for editors: what they complete, and underline before the program is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from planning_bot.config.defaults import SCHEDULE
from planning_bot.config.file import Config

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema that a file has before defaults are filled in, as editors read YAML."""
    schema = Config.model_json_schema(schema_generator=_FileSchema)
    team, board = schema["$defs"]["Team"], schema["$defs"]["Board"]
    del team["properties"]["key"]
    team["required"].remove("key")
    del board["required"]
    for computed in ("name", "boards", "status"):
        del team["properties"][computed]["default"]
    team["properties"]["schedule"]["default"] = SCHEDULE
    team["properties"]["members"] |= {"type": "array", "minItems": 1}
    teams = {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/Team"}}
    schema["properties"]["teams"] |= teams
    return {"$schema": DIALECT, **schema, "title": "planning-bot"}


class _FileSchema(GenerateJsonSchema):
    """Lists and maps may be null: null empties them, and takes an entry of a map out."""

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        return _or_null(super().tuple_schema(schema))

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        generated = super().dict_schema(schema)
        if "additionalProperties" in generated:
            generated["additionalProperties"] = {"anyOf": [generated["additionalProperties"], {"type": "null"}]}
        return _or_null(generated)


def _or_null(generated: JsonSchemaValue) -> JsonSchemaValue:
    """Let null stand for an empty list or map."""
    return {**generated, "type": [generated["type"], "null"]}
