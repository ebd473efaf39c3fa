"""A browser's eyes: headless Chromium looks at a page, and tells what it drew, said and asked for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--enable-logging=stderr", "--window-size=1200,900",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What became of a page."""

    screenshot: Path
    console: list[str]
    asked: set[str]

    @property
    def inked(self) -> float:
        """The share of the picture's bytes that differ from their neighbours: next to nothing on a blank page."""
        content, data, at = self.screenshot.read_bytes(), b"", 8
        while at < len(content):
            length = int.from_bytes(content[at : at + 4])
            if content[at + 4 : at + 8] == b"IDAT":
                data += content[at + 8 : at + 8 + length]
            at += length + 12
        pixels = zlib.decompress(data)
        return 1 - pixels.count(0) / len(pixels)


def look(url: str, folder: Path) -> Seen:
    """Open a page, and wait until it is drawn."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    assert chromium, "these tests need Chromium: apt-get install chromium"
    picture, log = folder / "page.png", folder / "net.json"
    line = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}"]
    done = subprocess.run(  # noqa: S603 - Chromium, at a page of ours
        [*line, f"--screenshot={picture}", url],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert picture.is_file(), done.stderr
    return Seen(picture, re.findall(r"CONSOLE[:(]\d+\)?\] (.*)", done.stderr), _asked(log))


def _asked(log: Path) -> set[str]:
    """Name the hosts that pages asked for something; what Chromium asks for by itself has no web origin."""
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    begun = [event["params"] for event in events if "initiator" in event.get("params", {})]
    urls = [params["url"] for params in begun if params["initiator"].startswith("http")]
    return {urlsplit(url).hostname or url for url in urls}
