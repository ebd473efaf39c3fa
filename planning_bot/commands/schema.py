"""`planning-bot schema`: the configuration's JSON Schema, for editors; with --results, that of the answers."""

from __future__ import annotations

import json

import click

from planning_bot.config import json_schema
from planning_bot.domain.results import RESULTS


@click.command("schema")
@click.option("--results", is_flag=True, help="The JSON of each command's result instead.")
def command(*, results: bool) -> int:
    """Print the JSON Schema of the configuration, for editors that complete and check it."""
    click.echo(json.dumps(_results_schema() if results else json_schema(), indent=2, ensure_ascii=False))
    return 0


def _results_schema() -> dict[str, object]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - only this flag needs it

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The result of each command of planning-bot, as --format json gives it",
        "type": "object",
        "properties": {command: TypeAdapter(kind).json_schema() for command, kind in RESULTS.items()},
    }
