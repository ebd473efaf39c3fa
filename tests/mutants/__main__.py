"""Does the suite bite? `python -m tests.mutants [--near] [NAME…]` makes one mistake after the other.

Who notices? It works on a copy of the work tree in a temporary folder. The tests of a mutant's line are run first and,
should it survive them, the whole suite (not so with `--near`); the test that fails has to pass once the mistake is out
again. Prints a table; the exit code is 1 where a mutant survived, and 2 where a name is unknown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tests.mutants.mutants import MUTANTS, Mutant

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
COPIED = ("planning_bot", "tests", "templates", "config", "docs", ".ci")
_PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=no", "--no-header")
_BITTEN = re.compile(r"^(?:FAILED|ERROR) tests/([^\s\[]+)", re.MULTILINE)  # without the parameters


def main(arguments: list[str]) -> int:
    """Try the mutants of these names, or all; give the exit code."""
    names, near = [name for name in arguments if name != "--near"], "--near" in arguments
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    unknown = set(names) - {mutant.name for mutant in MUTANTS}
    if unknown:
        click.echo(f"no such mutant: {', '.join(sorted(unknown))}", err=True)
        return 2
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        _copied(copy)
        survivors = [mutant for mutant in chosen if not _is_bitten(mutant, copy, near=near)]
    bitten = len(chosen) - len(survivors)
    click.echo(f"{bitten} of {len(chosen)} mutants bitten in {time.monotonic() - begun:.0f} s")
    return 1 if survivors else 0


def _is_bitten(mutant: Mutant, copy: Path, *, near: bool) -> bool:
    """Make the mistake in the copy, and tell which test notices it."""
    file = copy / mutant.file
    right = file.read_text(encoding="utf-8")
    file.write_text(mutated(right, mutant), encoding="utf-8")
    who, where = _who_fails(copy, mutant.tests), ""
    if not who and not near:
        who, where = _who_fails(copy, ()), "elsewhere: "
    file.write_text(right, encoding="utf-8")
    told = f"{where}{who}" if who else f"SURVIVED: {mutant.breaks}"
    if who and _who_fails(copy, [who]):
        who, told = "", f"{who} FAILS WITHOUT IT TOO"
    click.echo(f"{mutant.name:32} {told}")
    return bool(who)


def mutated(text: str, mutant: Mutant) -> str:
    """Make the mistake in a file's text. Raises ValueError where its place is not there, or not the only one."""
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: {mutant.file} holds the old text {text.count(mutant.old)} times, not once")
    return text.replace(mutant.old, mutant.new)


def _copied(to: Path) -> None:
    without = shutil.ignore_patterns("__pycache__", ".venv")
    for name in COPIED:
        shutil.copytree(ROOT / name, to / name, ignore=without)
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy(file, to / file.name)


def _who_fails(copy: Path, tests: Iterable[str]) -> str:
    """Run tests in a copy, all where none are named; name the first that fails."""
    paths = [str(Path("tests", test)) for test in tests] or ["tests"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(  # noqa: S603 - ours
        [sys.executable, *_PYTEST, *paths], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode == 0:
        return ""
    found = _BITTEN.search(ran.stdout)
    if not found:
        raise RuntimeError(f"pytest ended with {ran.returncode}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return found[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
