"""Files of the user: one is read, up to a size; all of several are written, or none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from planning_bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Undone = contextlib.ExitStack


def read_text(file: Path, largest: int, what: str, hint: str) -> str:
    """Read a text that somebody names, such as a plan. Raises UsageError with the hint, which says what to name."""
    try:
        with file.open("rb") as opened:
            content = opened.read(largest + 1)
        text = content.decode()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"{file} cannot be read: {reason}", hint) from error
    if len(content) > largest:
        raise UsageError(f"{file} is larger than any {what}", hint)
    return text


def write_all(files: Mapping[Path, str]) -> None:
    """Write files, and the folders that they need; in place of what stands there, if something does.

    Each is complete beside its place before the first goes there. Raises UsageError where one cannot be written; then
    everything is as it was before.
    """
    with contextlib.ExitStack() as undone:
        waiting: dict[Path, Path] = {}
        for path, text in files.items():
            with _named(path):
                waiting[path] = _written_beside(path, text, undone)
        for path, new in waiting.items():
            with _named(path):
                undone.callback(_put_back, path, path.read_bytes() if path.exists() else None)
                new.replace(path)
        undone.pop_all()


def _written_beside(path: Path, text: str, undone: Undone) -> Path:
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir()
            undone.callback(_if_possible, folder.rmdir)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    undone.callback(_if_possible, partial(new.unlink, missing_ok=True))
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    new.chmod(0o666 & ~_mask())  # as any new file, where a temporary one is its owner's alone
    return new


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(before)


def _if_possible(undo: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):
        undo()


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror or error}; nothing was written", "name another place: --output"
        ) from error
