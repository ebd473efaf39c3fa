"""What a pipeline's job keeps of a command, besides its log: the JSON answer, and links for the page of the job."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from planning_bot.errors import UsageError
from planning_bot.redaction import redact
from planning_bot.rendering.annotations import annotations_report

if TYPE_CHECKING:
    from pathlib import Path

    import click

REPORT = "PLANNING_BOT_REPORT_URL"


def made_folder(_: click.Context, __: click.Parameter, folder: Path | None) -> Path | None:
    """Make the folder that the command line names, before anything is done. Raises UsageError where that cannot be."""
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}", "name another folder") from error
    return folder


def keep(folder: Path, answer: str) -> None:
    """Write the answer, and the links that it has: `answer.json` and `annotations.json`."""
    links = annotations_report(json.loads(answer), os.environ.get(REPORT))
    for name, text in (("answer.json", answer), ("annotations.json", links)):
        (folder / name).write_text(f"{redact(text)}\n", encoding="utf-8")
