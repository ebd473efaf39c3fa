from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from jinja2 import Environment

from planning_bot.gateways import polite_session
from planning_bot.rendering import charts
from planning_bot.sandbox import Sandbox
from tests.support import TOKEN, Desk, FakeClock, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A commit waits for few examples of each property, a night for many: pytest --hypothesis-profile nightly.
settings.register_profile("commit", max_examples=40, deadline=None)
settings.register_profile("nightly", max_examples=2000, deadline=None)
settings.load_profile("commit")

FIGURES = "figures"  # the property of a test under which it says how much it tried


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how much was tried. Here, as the process that has the terminal reads no other conftest under xdist."""
    total: Counter[str] = Counter()
    for report in (one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)):
        for name, counted in report.user_properties:
            total.update(counted if name == FIGURES else {})
    if total:
        terminalreporter.write_line("tried: " + ", ".join(f"{number} {what}" for what, number in total.items()))


@pytest.fixture(autouse=True, scope="session")
def _once() -> Iterator[None]:
    """Compile a template and draw a picture once, not in each of the thousands of runs: a third of their time."""
    known: dict[str, Any] = {}

    def compile_(self: Environment, source: Any, *names: Any, **rest: Any) -> Any:
        # What `finalize` makes of a constant is part of the code.
        escape = getattr(self.finalize, "args", [None])[0]
        key = repr((getattr(escape, "__code__", escape), source, names, rest))
        if key not in known:
            known[key] = compiled(self, source, *names, **rest)
        return known[key]

    def draw(*facts: Any) -> bytes:
        if repr(facts) not in known:
            known[repr(facts)] = drawn(*facts)
        return bytes(known[repr(facts)])

    compiled, drawn = Environment.compile, charts.draw_history
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_)
        patch.setattr(charts, "draw_history", draw)
        yield


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Give the clock of every session that is opened without one of its own."""
    fake = FakeClock()
    monkeypatch.setattr(polite_session, "Clock", lambda: fake)
    return fake


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Iterator[Desk]:
    """Give a desk with the world of `tests.support` in its sandbox, and a home of its own."""
    for name in ("NO_COLOR", "FORCE_COLOR", "PLANNING_BOT_CONFIG", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    with Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)) as box:
        world(box)
        desk = Desk(box, tmp_path, clock)
        desk.configure()
        yield desk
