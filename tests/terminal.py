"""A terminal to run the program at: it answers questions, and shows what a person would have seen."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# stdin becomes the terminal of the session, so that Ctrl-C there is a signal.
_AT_ITS_TERMINAL = [
    sys.executable,
    "-c",
    "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from planning_bot.cli import main; main()",
]

_PATIENCE = 60  # seconds without a word
_REACTION = (
    0.05  # seconds: a signal in the instant before Python begins to read a line is not seen until that line ends
)


@dataclass
class Seen:
    """What a run at a terminal came to: its exit code, stdout, and all that was sent to the terminal."""

    code: int
    out: str
    sent: str

    @property
    def screen(self) -> list[str]:
        """The lines that stand on the terminal at the end."""
        rows, column = [""], 0
        for part in re.split(r"(\r|\n|\x1b\[[0-9;]*[A-Za-z])", self.sent):
            if part == "\r":
                column = 0
            elif part == "\n":
                rows.append("")
                column = 0
            elif part == "\x1b[K":
                rows[-1] = rows[-1][:column]
            elif not part.startswith("\x1b"):
                rows[-1] = rows[-1][:column] + part + rows[-1][column + len(part) :]
                column += len(part)
        return rows if rows[-1] else rows[:-1]


def at_a_terminal(
    arguments: Sequence[str],
    answers: Sequence[tuple[str, str]] = (),
    *,
    columns: int = 80,
    **variables: str,
) -> Seen:
    """Run the program with a terminal as stdin and stderr, and give each answer when its question has appeared.

    An answer is what is typed, a line's end included; the control character ETX is Ctrl-C.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), **variables}
    process = subprocess.Popen(  # noqa: S603 - ours
        [*_AT_ITS_TERMINAL, *arguments], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environ,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    sent, answered, waiting = b"", 0, list(answers)
    try:
        while select.select([ours], [], [], _PATIENCE)[0]:
            sent += os.read(ours, 65536)
            if waiting and waiting[0][0] in sent[answered:].decode("utf-8", "replace"):
                answered = len(sent)
                time.sleep(_REACTION)
                os.write(ours, waiting.pop(0)[1].encode())
    except OSError as error:
        if error.errno != errno.EIO:  # which says that the other side was closed
            raise
    else:
        process.kill()  # it waits for something that nobody types
    out, _ = process.communicate(timeout=_PATIENCE)
    os.close(ours)
    assert not waiting, f"never asked: {waiting[0][0]}; the terminal showed: {sent.decode()}"
    return Seen(process.returncode, out, sent.decode().replace("\r\n", "\n"))
