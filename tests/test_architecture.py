"""The rules by which the program is built, held by the tools that know them and by what stands in the files."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planning_bot.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "planning_bot"
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
}
LONGER = {"domain/ledger.py": 350}  # what rebuilds the past from events reads best in one piece (design)
HEAVY = (
    "pydantic",
    "requests",
    "gitlab",
    "slack_sdk",
    "jinja2",
    "yaml",
    "pandas",
    "holidays",
    "werkzeug",
    "markdown_it",
)

_HELP = """
import sys
from planning_bot import cli
try:
    cli.group.main(["--help"])
except SystemExit as end:
    assert end.code == 0
print(*sorted(sys.modules), file=sys.stderr)
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the tools of this environment
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def passes(*command: str) -> None:
    ran = run(*command)
    assert ran.returncode == 0, ran.stdout + ran.stderr


# The tools


def test_higher_imports_lower_and_never_the_other_way() -> None:
    passes("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")


def test_every_rule_of_style_holds() -> None:
    passes("-m", "ruff", "check", "--no-cache", ".")


def test_every_file_is_formatted() -> None:
    passes("-m", "ruff", "format", "--check", "--no-cache", ".")


def test_every_type_fits() -> None:
    passes("-m", "mypy")


# The command line


def test_help_imports_click_and_nothing_heavier() -> None:
    ran = run("-c", _HELP)

    modules = ran.stderr.split()
    assert {name for name in modules if name.split(".")[0] == "planning_bot"} == {"planning_bot", "planning_bot.cli"}
    assert [name for name in modules if name.split(".")[0] in HEAVY] == []
    assert [name for name in COMMANDS if name not in ran.stdout] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_of_its_name_with_a_command_in_it(name: str) -> None:
    module = importlib.import_module(f"planning_bot.commands.{name.replace('-', '_')}")

    assert module.command.name == name
    assert module.command.help


# Every module


def test_every_module_says_what_it_is_for() -> None:
    assert offenders(lambda tree: ast.get_docstring(tree) is None) == []


def test_every_module_is_short() -> None:
    lengths = {name: len((PACKAGE / name).read_text("utf-8").splitlines()) for name in TREES}

    assert {name: length for name, length in lengths.items() if length >= LONGER.get(name, 300)} == {}


def test_the_clock_is_read_in_one_place_and_time_is_an_argument_elsewhere() -> None:
    clock = re.compile(r"(.*\.)?(date|datetime)\.(today|now|utcnow)|time\.(time|localtime|gmtime)")

    found = offenders(lambda tree: any(clock.fullmatch(call) for call in calls(tree)))

    assert [name for name in found if layer(name) not in {"wiring.py", "session.py", "sandbox"}] == []


def test_below_the_session_nobody_knows_of_dry_runs() -> None:
    found = offenders(lambda tree: any("dry_run" in name.lower() for name in names(tree)))

    assert [name for name in found if layer(name) not in {"cli.py", "commands", "wiring.py", "session.py"}] == []


def test_nothing_prints_but_the_console_and_nothing_exits_but_the_boundary() -> None:
    assert offenders(lambda tree: "print" in calls(tree)) == []
    assert offenders(lambda tree: not {"sys.exit", "exit", "os._exit"}.isdisjoint(calls(tree))) == ["cli.py"]


def offenders(is_one: Callable[[ast.Module], bool]) -> list[str]:
    return [name for name, tree in TREES.items() if is_one(tree)]


def layer(name: str) -> str:
    """Give the folder in which a module stands, or its name at the top."""
    return name.split("/", 1)[0]


def calls(tree: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def names(tree: ast.Module) -> set[str]:
    """Give every name of a variable, attribute, argument, function or class."""
    kinds = ("id", "attr", "arg", "name")
    found = {getattr(node, kind, None) for node in ast.walk(tree) for kind in kinds}
    return {name for name in found if isinstance(name, str)}
