"""The JSON Schema agrees with the loader on what a good file is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from planning_bot.config import json_schema

from .files import CONTRACT, EXAMPLE, REQUIRED

if TYPE_CHECKING:
    from pathlib import Path

VALIDATOR = Draft202012Validator(json_schema())
CONTRACT_IS_THERE = pytest.mark.skipif(not CONTRACT.exists(), reason="the contract lies beside the checkout")


def complaints(text: str) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", [EXAMPLE, pytest.param(CONTRACT, marks=CONTRACT_IS_THERE)])
def test_complete_files_pass(path: Path) -> None:
    assert complaints(path.read_text()) == []


@pytest.mark.parametrize(
    "setting",
    [
        "name: 18.10",
        "milestones: {next_1_3: 18.10, next_4_6: null}",
        "boards: {next_4_6: null, build: {lists: [18.10]}, extra: {name: x}}",
        "boards: null",
        "schedule: {status: null, close: due + 2}",
        "deliverables: {preference: null, type_mix: {a: 10, b: null}}",
        "limits: {max_changes: null}",
        "capacity: {pto: [{ics: a.ics}, {ics: {host: h, url_from: X}}, {sheet: {key: a, tab: b}}]}",
    ],
)
def test_shorter_ones_too(setting: str) -> None:
    assert complaints(f"{REQUIRED}    {setting}\n") == []


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ("wieghts: {}", ""),
        ("weights: {largest: big}", ".weights.largest"),
        ("boards: {build: {nam: x}}", ".boards.build"),
        ("schedule: {close: later}", ".schedule.close"),
        ("say_do: {headline: best}", ".say_do.headline"),
        ("limits: {max_shrink: 2}", ".limits.max_shrink"),
        ("key: custom-models", ""),
        ("capacity: {pto: [{cvs: a}]}", ".capacity.pto[0]"),
    ],
)
def test_mistakes_are_underlined(setting: str, where: str) -> None:
    assert complaints(f"{REQUIRED}    {setting}\n") == [f"$.teams['custom-models']{where}"]


def keys(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    models = {"file": schema, **schema["$defs"]}
    return [
        (model, key, value) for model, found in models.items() for key, value in found.get("properties", {}).items()
    ]


@pytest.mark.parametrize(("model", "key", "value"), keys(json_schema()))
def test_every_key_is_described(model: str, key: str, value: dict[str, Any]) -> None:
    referred = json_schema()["$defs"].get(value.get("$ref", "").rpartition("/")[2], {})

    assert value.get("description") or referred.get("description"), (model, key)
