"""`planning-bot sandbox`: the pretend servers with their story, for trying things out without a token."""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
import threading
from pathlib import Path

import click

from planning_bot.errors import UsageError
from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import tell_story


@click.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: one that is free.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Default: a temporary one.")
def command(port: int, folder: Path | None) -> int:
    """Start a pretend GitLab, Google Sheets and Slack, with a team; print what to set; serve until interrupted."""
    with contextlib.ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="planning-bot-")))
        try:
            box = stack.enter_context(Sandbox(port=port))
        except OSError as error:
            raise UsageError(f"port {port} cannot be listened on: {error.strerror}", "leave --port out") from error
        story = tell_story(box)
        story.write_files(home)
        for name, value in story.environment(home).items():
            click.echo(f"export {name}={value}")
        sys.stdout.flush()
        click.echo(f"# It is {story.today} there: planning-bot create-issue --today {story.today}", err=True)
        click.echo(f"# To look at:   {box.url}/   (Ctrl-C ends it)", err=True)
        wait_until_interrupted()
    return 0


def wait_until_interrupted() -> None:
    """Wait for Ctrl-C or for whoever started it to end it."""
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()
