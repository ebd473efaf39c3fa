"""Completion in the shell: what it offers, what it costs, and that nothing breaks it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from planning_bot.cli import COMMANDS
from tests.config.files import REQUIRED

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = [sys.executable, "-c", "from planning_bot.cli import main; main()"]
IMPORTED = """
import sys
from planning_bot.cli import group
try:
    group.main(["planning-bot"], prog_name="planning-bot")
except SystemExit:
    print(*sorted(name for name in sys.modules if name.startswith("planning_bot.")), file=sys.stderr)
"""
TEAMS = f"{REQUIRED}  ranking: {{}}\n  sé: {{}}\n"  # of which two are full of mistakes


def press_tab(folder: Path, *words: str, kind: str = "bash", program: list[str] = PROGRAM) -> tuple[list[str], str]:
    """Give what is offered for the last of the words, and what went to stderr."""
    variables = {
        "_PLANNING_BOT_COMPLETE": f"{kind}_complete",
        "COMP_WORDS": " ".join(["planning-bot", *words]),
        "COMP_CWORD": words[-1] if kind == "fish" else str(len(words)),
    }
    environ = {**{key: value for key, value in os.environ.items() if key != "PLANNING_BOT_CONFIG"}, **variables}
    done = subprocess.run(  # noqa: S603 - ours
        program, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    return [line for line in done.stdout.splitlines() if line], done.stderr


def configure(folder: Path, text: str | bytes) -> None:
    (folder / "config").mkdir(exist_ok=True)
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "config/planning-bot.yml").write_bytes(content)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_told_how_to_complete(tmp_path: Path, shell: str) -> None:
    if shell == "bash" and not shutil.which("bash"):
        pytest.skip("bash is asked for its version, and is not here")
    environ = {**os.environ, "_PLANNING_BOT_COMPLETE": f"{shell}_source"}
    done = subprocess.run(  # noqa: S603 - ours
        PROGRAM, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert f"_PLANNING_BOT_COMPLETE={shell}_complete" in done.stdout
    if checker := shutil.which(shell):
        checked = subprocess.run([checker, "-n"], input=done.stdout, capture_output=True, text=True, check=False)  # noqa: S603 - a shell that only reads
        assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not here")
def test_bash_completes_what_is_typed(tmp_path: Path) -> None:
    installed = tmp_path / "planning-bot"
    installed.write_text(f'#!/bin/sh\nexec {shlex.join(PROGRAM)} "$@"\n', encoding="utf-8")
    installed.chmod(0o755)
    typed = (
        'eval "$(_PLANNING_BOT_COMPLETE=bash_source planning-bot)";'
        ' COMP_WORDS=(planning-bot cap); COMP_CWORD=1; _planning_bot_completion planning-bot; echo "${COMPREPLY[@]}"'
    )

    done = subprocess.run(  # noqa: S603 - ours
        ["bash", "-c", typed],  # noqa: S607 - whichever there is
        cwd=tmp_path, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("capacity\n", "")


def test_commands_are_completed_by_name(tmp_path: Path) -> None:
    assert press_tab(tmp_path, "")[0] == [f"plain,{name}" for name in COMMANDS]
    assert press_tab(tmp_path, "re")[0] == [f"plain,{name}" for name in COMMANDS if name.startswith("re")]
    assert press_tab(tmp_path, "--ver")[0] == ["plain,--version"]


def test_zsh_and_fish_show_what_a_command_does(tmp_path: Path) -> None:
    assert press_tab(tmp_path, "say", kind="zsh")[0] == ["plain", "say-do", COMMANDS["say-do"]]
    assert "say-do" in "\n".join(press_tab(tmp_path, "say", kind="fish")[0])


def test_completing_a_commands_name_imports_none(tmp_path: Path) -> None:
    _, imported = press_tab(tmp_path, "ca", program=[sys.executable, "-c", IMPORTED])

    assert imported.split() == ["planning_bot.cli"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("capacity", "--mil"), ["--milestone"]),
        (("capacity", "--milestone", ""), ["current", "next", "previous"]),
        (("say-do", "--milestone", "p"), ["previous"]),
        (("status", "--format", ""), ["text", "markdown", "json"]),
        (("check", "--color", "a"), ["auto", "always"]),
        (("check", "--team", ""), ["custom-models", "ranking", "sé"]),
        (("capacity", "--team", "ranking", "--team", "c"), ["custom-models"]),
        (("close", "--config", "other.yml", "--team", ""), ["only-here"]),
    ],
)
def test_options_and_their_values_are_completed(tmp_path: Path, words: tuple[str, ...], offered: list[str]) -> None:
    configure(tmp_path, TEAMS)
    (tmp_path / "other.yml").write_text("teams: {only-here: }\n", encoding="utf-8")

    assert press_tab(tmp_path, *words) == ([f"plain,{word}" for word in offered], "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "teams: [",
        "teams: 7\n",
        "teams:\n  - a\n",
        "other: {}\n",
        b"\xff\xfe",
        "x" * 300_000,
        "a: &a [*a]\n",
        "\x00",
    ],
)
def test_a_configuration_with_mistakes_never_breaks_the_shell(tmp_path: Path, text: str | bytes) -> None:
    configure(tmp_path, text)

    assert press_tab(tmp_path, "check", "--team", "")[1] == ""


def test_without_a_configuration_no_team_is_offered(tmp_path: Path) -> None:
    assert press_tab(tmp_path, "check", "--team", "") == ([], "")
