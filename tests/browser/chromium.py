"""Chromium by its own protocol, over the pipe that it offers (`--remote-debugging-pipe`): no library, no port.

with Chromium(folder) as browser:
    tab = browser.open("file:///…", width=390, dark=True)
    tab.tell("document.title"), tab.asked, tab.said
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from .eyes import FLAGS, NAMES

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 60
_DOMAINS = ("Page", "Runtime", "Log", "Network")
_SAYING = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}


class Chromium:
    """A headless browser, for as long as a test lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left = b""
        self._number = 0
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        chromium = next(filter(None, map(shutil.which, NAMES)), None)
        assert chromium, "these tests need Chromium: apt-get install chromium"
        theirs, self._ours = map(_out_of_the_way, os.pipe())
        self._answers, their_answers = map(_out_of_the_way, os.pipe())
        # A shell puts the pipe where Chromium looks for it: at the descriptors 3 and 4.
        line = f'exec "$@" 3<&{theirs} 4>&{their_answers}'
        flags = [*FLAGS, f"--user-data-dir={self._folder / 'profile'}", "--remote-debugging-pipe", "about:blank"]
        self._process = subprocess.Popen(  # noqa: S603 - Chromium, at pages of ours
            ["/bin/bash", "-c", line, "bash", chromium, *flags],
            pass_fds=(theirs, their_answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(their_answers)
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(timeout=_PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._ours)
            os.close(self._answers)

    def open(self, url: str, *, width: int = 1200, dark: bool = False, media: str = "") -> Tab:
        """Open a page in a tab of its own, and wait until it is loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in _DOMAINS:
            tab.call(f"{domain}.enable")
        tab.resize(width)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        tab.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        tab.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in tab.events):
            self._events.append(self._receive())
        return tab

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Ask Chromium for something, and give its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        os.write(self._ours, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._number:
            self._events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def events(self, session: str) -> list[dict[str, Any]]:
        """Give what a tab told so far."""
        return [event for event in self._events if event.get("sessionId") == session]

    def _receive(self) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self._left:
            assert select.select([self._answers], [], [], max(end - time.monotonic(), 0))[0], "Chromium does not answer"
            content = os.read(self._answers, 1 << 16)
            assert content, "Chromium has ended"
            self._left += content
        message, self._left = self._left.split(b"\0", 1)
        received: dict[str, Any] = json.loads(message)
        return received


def _out_of_the_way(descriptor: int) -> int:
    """Give a descriptor another number than those that Chromium looks at."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


@dataclass
class Tab:
    """A page that is open."""

    browser: Chromium
    session: str

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something about this page."""
        return self.browser.call(method, self.session, **parameters)

    def resize(self, width: int) -> None:
        """Give its screen another width, in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )

    def tell(self, expression: str) -> Any:
        """Give what an expression comes to in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it told so far."""
        return self.browser.events(self.session)

    @property
    def asked(self) -> list[str]:
        """The addresses that it asked for, its own first."""
        told = [event["params"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in told]

    @property
    def said(self) -> list[dict[str, Any]]:
        """What stands in its console."""
        return [event["params"] for event in self.events if event["method"] in _SAYING]

    def picture(self) -> bytes:
        """Give the whole page as a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def pdf(self) -> bytes:
        """Give the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])
