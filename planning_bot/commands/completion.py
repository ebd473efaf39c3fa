"""What the shell completes after an option, read from the configuration; whatever is wrong there, the shell goes on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

DEFAULT_CONFIG = "config/planning-bot.yml"


def teams(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Name the teams of the configuration, of one with mistakes too; of one that cannot be read none."""
    given = ctx.params.get("config")
    path = Path(given or os.environ.get("PLANNING_BOT_CONFIG") or DEFAULT_CONFIG)
    try:
        return [name for name in _teams(path) if name.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - somebody presses a key in a shell: that is no place for an error
        return []


def milestones(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Give the words that stand for a milestone; titles would have to be asked for."""
    return [word for word in ("current", "next", "previous") if word.startswith(incomplete)]


def _teams(path: Path) -> list[str]:
    from planning_bot.config.loader import LARGEST  # noqa: PLC0415 - completing a command's name needs none of it
    from planning_bot.config.yaml_nodes import read_document  # noqa: PLC0415 - as above

    with path.open("rb") as file:
        text = file.read(LARGEST).decode("utf-8-sig")
    return list(read_document(text, str(path)).root.data()["teams"])
