"""`planning-bot demo`: a whole milestone, as people would type it, against servers on this machine."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planning_bot.commands.demo_milestone import CHART
from planning_bot.commands.demo_steps import STEPS, Done, Typed, planning_issue
from planning_bot.commands.sandbox import wait_until_interrupted
from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import CHANNEL, GROUP, tell_story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from planning_bot.sandbox.story import Story

    Run = Callable[[list[str]], int]

# What the user's environment says of their own servers and files is nothing to the demo.
_SIGNS = ("  + ", "  ~ ")
_OF_THE_JOURNAL = "what was written stands in a journal"  # at each step, and gone with the folder at the end
_SHORT = 3  # so many lines of an answer are shown again
_FOREIGN = ("PLANNING_BOT_CONFIG", "SLACK_BOT_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS")


@click.command("demo")
@click.option("--keep/--no-keep", default=None, help="Serve until Ctrl-C at the end. Default: at a terminal.")
@click.pass_obj
def command(run: Run, *, keep: bool | None) -> int:
    """Play a milestone, start to end, against servers that run on this machine only; no token is needed."""
    keep = sys.stdin.isatty() and sys.stdout.isatty() if keep is None else keep
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="planning-bot-")))
        box = stack.enter_context(Sandbox())
        story = tell_story(box)
        story.write_files(home / "config")
        stack.enter_context(_moved_to(home, story))
        stage = _Stage(box, run)
        stage.open()
        if not all(stage.play(step) for step in STEPS):
            return 1
        stage.close(home if keep else None, story)
        if keep:
            wait_until_interrupted()
    return 0


@dataclass(frozen=True)
class _Stage:
    """Where the story is played: a pretend GitLab, and the program that is run against it."""

    box: Sandbox
    run: Run
    answers: dict[str, list[str]] = field(default_factory=dict)  # the last one of each command

    def open(self) -> None:
        """Say where and when the story plays."""
        _head("A pretend GitLab, Sheet and Slack run on this machine, with a team of six.")
        click.echo(f"# It is {self._today:%A} {self._today.day} {self._today:%B %Y} there, so every command gets")
        click.echo(f"# --today {self._today} besides, and -q to leave progress out. Then days pass.")

    def play(self, step: Typed | Done) -> bool:
        """Play one step; say whether it went as told."""
        click.echo()
        _head(step.sentence)
        if isinstance(step, Typed):
            return self._type(step)
        if text := step.act(self.box):
            click.echo(text)
        return True

    def close(self, kept: Path | None, story: Story) -> None:
        """Say where to look."""
        click.echo()
        if kept is None:
            _head("That was the milestone. The servers have ended.")
            _head("`planning-bot demo --keep` leaves them running at this point: planning issue,")
            _head(f"boards, the channel's page /slack/{CHANNEL}, and the chart in {CHART}.")
            _head("`planning-bot sandbox` starts them anew, for commands of your own.")
            return
        _head("Where to look, until Ctrl-C:")
        issue = planning_issue(self.box)
        places = [("Everything", f"{self.box.url}/"), (issue["title"], issue["web_url"])]
        places += [
            (board["name"], f"{self.box.url}/groups/{GROUP}/-/boards/{board['id']}")
            for board in self.box.gitlab.boards(GROUP)
        ]
        places += [("Slack, with the chart", f"{self.box.url}/slack/{CHANNEL}"), ("The chart alone", str(kept / CHART))]
        places += [("The report", str(kept / "public" / "index.html"))]
        for name, address in places:
            click.echo(f"{name:<26} {address}")
        click.echo()
        _head("And to type commands of your own, in another terminal:")
        click.echo(f"cd {kept}")
        for name, value in story.environment(kept / "config").items():
            click.echo(f"export {name}={value}")
        click.echo(f"planning-bot say-do --today {self._today}")

    def _type(self, step: Typed) -> bool:
        click.secho(f"$ planning-bot {step.line}", fg="cyan", color=_color())
        with _overheard() as heard:
            code = self.run([*step.arguments, "--today", str(self._today), "-q"])
        lines = heard.getvalue().splitlines(keepends=True)
        said = "".join(line for line in lines if not line.startswith(_OF_THE_JOURNAL))
        text = self._without_the_known(step.arguments[0], said)
        click.echo(_folded(text) if step.known else text, nl=False, color=_color())
        if code != step.exits:
            click.echo(f"the demo is wrong here: exit code {code}, and the story has {step.exits}", err=True)
        elif code:
            click.secho(f"(exit code {code})", dim=True, color=_color())
        return code == step.exits

    def _without_the_known(self, name: str, text: str) -> str:
        """Leave out an answer that is the same, line for line, as the command's last one."""
        lines = text.splitlines()
        marks = (n for n, line in enumerate(lines) if click.unstyle(line).startswith((*_SIGNS, "Plan: ", "  notice")))
        answer = lines[: next(marks, 0)]
        if answer == self.answers.get(name) and len(answer) > _SHORT:
            heading, *same = answer
            return "\n".join([heading, f"  … the same {len(same)} lines as before", *lines[len(answer) :], ""])
        self.answers[name] = answer
        return text

    @property
    def _today(self) -> date:
        assert self.box.now
        return self.box.now.date()


class _Page(io.StringIO):
    """What a command writes, to be shown when it is done; a terminal where it will be shown on one."""

    def __init__(self) -> None:
        super().__init__()
        self._shown_at = sys.stdout

    def isatty(self) -> bool:
        return self._shown_at.isatty()


@contextlib.contextmanager
def _overheard() -> Iterator[_Page]:
    """Hear both streams, in the order in which a terminal would show them."""
    page = _Page()
    with contextlib.redirect_stdout(page), contextlib.redirect_stderr(page):
        yield page


@contextlib.contextmanager
def _moved_to(home: Path, story: Story) -> Iterator[None]:
    """Work in the story's folder, with its token, and leave nothing of that behind."""
    before = dict(os.environ)
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(story.environment(home / "config"), PLANNING_BOT_STATE=str(home / "state"))
    os.environ["MPLCONFIGDIR"] = str(home / ".matplotlib")  # where it keeps what fonts it found
    os.environ.pop("PLANNING_BOT_CONFIG")  # it lies where the program looks for it
    try:
        with contextlib.chdir(home):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _folded(text: str) -> str:
    """Leave out the changes of a plan: each begins with its sign, and all of it is indented."""
    shown: list[str] = []
    folded = 0
    for line in text.splitlines():
        bare = click.unstyle(line)
        if bare.startswith(_SIGNS) or (folded and bare.startswith("  ")):
            folded += 1
            continue
        if folded:
            shown.append(f"  … {folded} lines of the plan")
            folded = 0
        shown.append(line)
    return "\n".join([*shown, ""])


def _head(sentence: str) -> None:
    click.secho(f"# {sentence}", bold=True, color=_color())


def _color() -> bool | None:
    """Leave colours to the terminal, unless somebody does not want any (no-color.org)."""
    return False if os.environ.get("NO_COLOR") else None
