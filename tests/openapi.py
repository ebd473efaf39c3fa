"""Holds requests against GitLab's own descriptions: path, method, parameters and body; and queries of GraphQL."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import graphql
import jsonschema
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.sandbox import Request

DOCUMENT = Path(__file__).parents[2] / "shared" / "oracles" / "gitlab" / "openapi.yaml"
_GRAPHQL = "/api/graphql"
SCHEMA = DOCUMENT.with_name("schema.graphql")


def complaints(requests: Iterable[Request]) -> list[str]:
    """Give everything about the requests that GitLab does not document; empty where all is well."""
    return [f"{request.method} {request.path}: {what}" for request in requests for what in _wrong_with(request)]


def query_complaints(query: str) -> list[str]:
    """Give everything about a GraphQL query that GitLab's schema does not have; reading that takes two seconds."""
    schema = graphql.build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True)
    return [error.message for error in graphql.validate(schema, graphql.parse(query))]


def _wrong_with(request: Request) -> list[str]:
    if request.path == _GRAPHQL:
        return query_complaints(request.query["query"][0])
    found = _operation(request.method, request.path)
    if found is None:
        return ["there is no such path and method"]
    operation, parts = found
    declared = {(one["in"], one["name"].removesuffix("[]")): one for one in operation.get("parameters", [])}
    given = {("query", name.removesuffix("[]")): values for name, values in request.query.items()}
    given |= {("path", name): [value] for name, value in parts.items()}
    missing = [name for (_, name), one in declared.items() if one.get("required") and (one["in"], name) not in given]
    return [
        *(f"the parameter {name} is missing" for name in missing),
        *(what for key, values in given.items() for what in _wrong_with_parameter(declared.get(key), key[1], values)),
        *_wrong_with_body(operation.get("requestBody"), request.body),
    ]


def _wrong_with_parameter(declared: dict[str, Any] | None, name: str, values: list[str]) -> list[str]:
    if declared is None:
        return [f"there is no parameter {name}"]
    schema = declared["schema"]
    value: Any = values[-1]
    if schema.get("type") == "array":
        parts = [part for one in values for part in one.split(",")]
        value = [_typed(schema.get("items", {}), part) for part in parts]
    return _against(schema, _typed(schema, value), f"parameter {name}")


def _wrong_with_body(declared: dict[str, Any] | None, body: Any) -> list[str]:
    if declared is None:
        return [] if body is None else ["it takes no body"]
    schema = _resolved(declared["content"]["application/json"]["schema"])
    known = schema.get("properties", {})
    content = body or {}
    return [
        *(f"the body lacks {name}" for name in schema.get("required", []) if name not in content),
        *(f"there is no {name} in its body" for name in content if name not in known),
        *(
            what
            for name, value in content.items()
            if name in known
            for what in _against(known[name], _listed(known[name], value), f"{name} in the body")
        ),
    ]


def _against(schema: dict[str, Any], value: Any, what: str) -> list[str]:
    try:
        jsonschema.validate(value, _plain(schema))
    except jsonschema.ValidationError as error:
        return [f"{what}: {error.message}"]
    return []


def _plain(schema: Any) -> Any:
    """Turn OpenAPI's dialect into JSON Schema's: `nullable` is a type there."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(value) for key, value in _resolved(schema).items() if key not in {"nullable", "example"}}
    if schema.get("nullable") and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain


def _typed(schema: dict[str, Any], value: Any) -> Any:
    """Read a parameter of a URL, which is text, as what it is declared to be."""
    kinds = {schema.get("type"), *(one.get("type") for one in schema.get("anyOf", []))}
    if isinstance(value, str) and "integer" in kinds and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kinds == {"boolean"} and value in {"true", "false"}:
        return value == "true"
    return value


def _listed(schema: dict[str, Any], value: Any) -> Any:
    """Read names separated by commas as the list which they stand for, where the description allows it."""
    if schema.get("type") == "array" and isinstance(value, str) and "omma-separated" in schema.get("description", ""):
        return value.split(",")
    return value


def _operation(method: str, path: str) -> tuple[dict[str, Any], dict[str, str]] | None:
    for pattern, operations in _paths():
        if (match := pattern.fullmatch(path)) and method.lower() in operations:
            return operations[method.lower()], {name: unquote(part) for name, part in match.groupdict().items()}
    return None


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = _document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


@functools.cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    # Those without a parameter first: /user is not /{id}.
    sorted_out = sorted(_document()["paths"].items(), key=lambda entry: entry[0].count("{"))
    return [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), operations) for path, operations in sorted_out]


@functools.cache
def _document() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time
    return dict(yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - both are safe
