from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from google.auth import _exponential_backoff

from planning_bot.gateways import polite_session
from planning_bot.sandbox import Sandbox
from tests.promises.cases import KEY_FILE, SLACK_TOKEN, Case
from tests.promises.stage import Stage
from tests.support import TOKEN, Desk, FakeClock, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Tally = Callable[[str], None]
FIGURES = "promises"


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """Count what was tried; pytest sums it up at its end."""
    counted: Counter[str] = Counter()
    yield lambda what: counted.update([what])
    for what, number in counted.items():
        record_property(FIGURES, (what, number))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how much was tried."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]
    total: Counter[str] = Counter()
    for report in reports:
        total.update({value[0]: value[1] for name, value in report.user_properties if name == FIGURES})
    if total:
        terminalreporter.write_line("tried: " + ", ".join(f"{number} {what}" for what, number in total.items()))


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Case], Stage]]:
    """Give each case its own sandbox, once for all tests."""
    with contextlib.ExitStack() as stack:
        known: dict[str, Stage] = {}

        def made(case: Case) -> Stage:
            box = stack.enter_context(Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)))
            world(box)
            return Stage(case, Desk(box, tmp_path_factory.mktemp(case.name), FakeClock()))

        yield lambda case: known.get(case.name) or known.setdefault(case.name, made(case))


@pytest.fixture
def stage(
    request: pytest.FixtureRequest, stages: Callable[[Case], Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Give the stage of a case, at its start."""
    found = stages(request.param)
    for name in ("HOME", "XDG_STATE_HOME", "PLANNING_BOT_STATE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_BOT_TOKEN", SLACK_TOKEN)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(found.desk.folder / KEY_FILE))
    monkeypatch.setattr(polite_session, "Clock", lambda: found.desk.clock)
    # google-auth waits a few seconds of its own before it asks for a token again.
    monkeypatch.setattr(_exponential_backoff, "time", SimpleNamespace(sleep=found.desk.clock.sleep))
    if not found.start:
        found.set_up()
    found.reset()
    yield found
    found.reset()
