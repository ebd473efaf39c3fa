"""The command line: the group, which imports a command only to run it, and the one error boundary."""

from __future__ import annotations

import importlib
import io
import sys
from typing import TYPE_CHECKING

import click

from planning_bot import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# What `planning-bot --help` says of each command, so that it need not import them.
COMMANDS = {
    "create-issue": "The planning issue of a milestone, from the template",
    "boards": "The team's boards, as the configuration says",
    "readiness": "Which candidates are unweighted, too big, not ready, badly labelled",
    "capacity": "The team's capacity, person by person, with the working shown",
    "deliverables": "Selects, labels and assigns what the team commits to, and says why",
    "status": "How far the running milestone has come, what is at risk, what changed",
    "say-do": "What was said and what was done, with the evidence for every issue",
    "close": "What a milestone left unfinished: labels it and moves it on",
    "run": "Whatever the schedule says is due today and has not been done, for every team",
    "report": "A site of all teams: capacity, build progress, Say/Do history",
    "apply": "Carry out a saved plan, and nothing else",
    "undo": "Take back what a run added, where nobody has touched it since",
    "check": "Check the configuration, offline: every error at once",
    "doctor": "Check it against the servers: what is wrong, and how to mend it",
    "init": "A configuration for a group, by looking at the group",
    "schema": "Print the configuration's JSON Schema, for editors",
    "demo": "Play a milestone against servers that run on this machine only",
    "sandbox": "Start those servers, and print what to set to use them",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Name the commands in the order in which a milestone goes."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command's module, and give its command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"planning_bot.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing any, or an option."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only the shell needs it

        found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="planning-bot")
def group() -> None:
    """Plan GitLab milestones: planning issues, boards, capacity, deliverables and Say/Do."""


def main() -> None:
    """Run the program, and end it with the exit code of the contract."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr does: not every terminal has every character
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Carry out one command line, this process's own by default, and give its exit code.

    Commands find this function as the context's object: `demo` types commands of its own.
    """
    try:
        return group.main(arguments, prog_name="planning-bot", standalone_mode=False, obj=run) or 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        return _tell_usage(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: what was sent stands; run it again to finish", err=True)
        return 130
    except Exception as error:  # noqa: BLE001 - the one boundary: nobody sees a traceback who did not ask for it
        return _tell(error)


def _tell_usage(error: click.ClickException) -> int:
    """Tell what click says of a command line: it repeats whatever was typed or pasted there."""
    from planning_bot.redaction import redact  # noqa: PLC0415 - --help needs nothing of it
    from planning_bot.rendering.escaping import terminal  # noqa: PLC0415 - as above

    told = io.StringIO()
    error.show(told)
    click.echo(redact(terminal(told.getvalue())), err=True, nl=False)
    return 2


def _tell(error: Exception) -> int:
    from planning_bot.commands.console import tell_error  # noqa: PLC0415 - --help needs nothing of it

    return tell_error(error)
