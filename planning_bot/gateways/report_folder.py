"""The door to the report's folder: pages are put in place one by one, whole; what is not the report's is left alone."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from planning_bot.domain.report import INDEX, MARK
from planning_bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_HEAD = 1000
_DRAFT = ".planning-bot-"
_A_RUN_AT_MOST = 3600
_HINT = "name a folder that you may write to: planning-bot report DIR"


class ReportFolder:
    """A folder in which pages of the report may stand beside other files."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> None:
        """Make the folder, and see that it can be written to. Raises UsageError where it cannot."""
        if self._path.exists() and not self._path.is_dir():
            raise UsageError(f"{self._path} is a file, and the report needs a folder", _HINT)
        with self._trouble():
            self._path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._path):
                pass

    def put(self, pages: Mapping[str, str], kept: Collection[str]) -> None:
        """Put pages in place by their paths, the first page last, and take away those that are gone.

        Of the folders in `kept` nothing is taken away. Raises UsageError where a page would replace a file that is
        not the report's, before anything is written, or where the folder cannot be written to.
        """
        foreign = [name for name in pages if (self._path / name).exists() and not _is_ours(self._path / name)]
        if foreign:
            raise UsageError(
                f"{self._path / foreign[0]} is no page of the report; nothing was written",
                "move it away, or name another folder: planning-bot report DIR",
            )
        with self._trouble(), tempfile.TemporaryDirectory(prefix=_DRAFT, dir=self._path) as draft:
            self._sweep(Path(draft))
            for name, text in pages.items():
                _write(Path(draft, name), text)
            for name in sorted(pages, key=lambda name: name == INDEX):
                (self._path / name).parent.mkdir(exist_ok=True)
                Path(draft, name).replace(self._path / name)
            for gone in self._gone(pages, kept):
                gone.unlink()
                with contextlib.suppress(OSError):  # something else is in it
                    gone.parent.rmdir()

    def _sweep(self, draft: Path) -> None:
        """Take away the drafts of runs that were killed: those that are older than this one by far."""
        for path in self._path.glob(f"{_DRAFT}*"):
            if path.stat().st_mtime < draft.stat().st_mtime - _A_RUN_AT_MOST:
                shutil.rmtree(path)

    def _gone(self, pages: Mapping[str, str], kept: Collection[str]) -> list[Path]:
        """Find the pages of an earlier report that this one does not have."""
        found = (path for path in self._path.glob("[!.]*/*.html") if path.parent.name not in kept)
        return [path for path in found if path.relative_to(self._path).as_posix() not in pages and _is_ours(path)]

    @contextlib.contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(f"{self._path} cannot be written to: {error.strerror or error}", _HINT) from error


def _is_ours(path: Path) -> bool:
    """Whether a file carries the report's mark."""
    try:
        with path.open("rb") as file:
            return MARK.encode() in file.read(_HEAD)
    except OSError:
        return False


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    # A lone surrogate, which no encoding has, was taken out when the text was made harmless.
    path.write_text(text, encoding="utf-8", newline="\n")
