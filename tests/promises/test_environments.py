"""The same under every time zone, locale and hash seed of the machine: a plan is made of what was read, and no more."""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest

from planning_bot.domain.ledger import end_of_day
from tests.histories import instant
from tests.milestone import Milestone
from tests.support import CONFIG, EM, PM, PROGRAM, PROJECT, STRANGER, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.promises.conftest import Tally

ZONES = sorted(available_timezones())
LINES = (
    "say-do --milestone 18.9",
    "deliverables --milestone 18.10",
    "capacity --milestone 18.10",
    "close --milestone 18.9",
)
LOCALES = ("C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8", "ja_JP.eucJP", "de_DE.ISO-8859-1")
COMMAS = {"LC_NUMERIC": "de_DE.UTF-8", "LC_TIME": "ar_EG.UTF-8"}


@pytest.fixture
def team(desk: Desk) -> Desk:
    """Give a team with a milestone that has ended and one to be planned, with an umlaut and a sharp s in its names."""
    work = Milestone(desk)
    work.planned()
    made, promised = "2025-12-20 +group::search @18.9 w2", "01-08 +Deliverable"
    work.issue(made, promised, "02-05 close", title="Grö\u00dfe")
    work.issue(made, promised, "02-01 +customer")
    work.issue(made, "01-20 +Deliverable")
    for number, weight in enumerate((1, 2, 2, 3)):
        labels = ["group::search", "workflow::ready for development", "type::bug"]
        desk.box.gitlab.add_issue(
            PROJECT, f"\u0130\u0131 {number}", author=PM, weight=weight, labels=labels, milestone="18.10"
        )
    (desk.folder / "pto.csv").write_text("username,from,to\nana,2026-02-16,2026-02-17\n", encoding="utf-8")
    desk.configure(
        CONFIG.replace("    name: Search", "    name: Stra\u00dfe") + "    capacity: {{pto: [csv: pto.csv]}}\n"
    )
    return desk


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Give a machine whose time zone may be set, and set it back."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def plans(desk: Desk, *forms: str) -> list[str]:
    """Plan with every line, and give what was told of it, and the saved plans."""
    told = []
    for line, form in itertools.product(LINES, forms):
        ran = desk.run(*line.split(), "--out", str(desk.folder / "plan.json"), "--format", form)
        assert ran.code == 0, ran.err
        told += [ran.out, (desk.folder / "plan.json").read_text(encoding="utf-8")]
    return told


@pytest.mark.parametrize(
    "zones", [ZONES[5::75], *(pytest.param(ZONES[at::10], marks=pytest.mark.nightly) for at in range(10))]
)
def test_plans_are_the_same_in_every_time_zone_of_the_machine(
    team: Desk, machine: pytest.MonkeyPatch, tally: Tally, zones: list[str]
) -> None:
    expected = plans(team, "json")
    for zone in zones:
        machine.setenv("TZ", zone)
        time.tzset()
        assert plans(team, "json") == expected, zone
        tally("time zones of the machine")


def test_a_day_ends_where_the_team_is_in_every_time_zone() -> None:
    """Also where clocks are changed at midnight, or a whole day was left out (Samoa, 2011-12-30)."""
    days = [date(2026, 1, 1) + timedelta(days=7 * n) for n in range(52)]
    changes = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2018, 11, 4)]
    for zone in map(ZoneInfo, ZONES):
        for day in (*days, *changes):
            end = end_of_day(day, zone)
            assert (end - timedelta(seconds=1)).astimezone(zone).date() == day, (zone, day)
            assert (end + timedelta(seconds=1)).astimezone(zone).date() > day, (zone, day)


def _environments(seeds: range) -> list[dict[str, str]]:
    ascii_only = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    settings = [COMMAS, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONOPTIMIZE": "1"}]
    settings += [{"LC_ALL": name, "LANG": name, **ascii_only} for name in LOCALES]
    return [{**settings[seed % len(settings)], "PYTHONHASHSEED": str(seed)} for seed in seeds]


@pytest.mark.parametrize("seeds", [range(4), pytest.param(range(100), marks=pytest.mark.nightly)], ids=["some", "many"])
def test_plans_are_the_same_whatever_the_locale_and_the_hash_seed(team: Desk, tally: Tally, seeds: range) -> None:
    """In processes of their own; what a terminal cannot show is escaped there, and the saved plan holds it."""
    (line,) = LINES[1:2]
    plan = team.folder / "plan.json"
    arguments = [*line.split(), "--config", str(team.config), "--today", team.day, "--out", str(plan)]
    saved: set[bytes] = set()
    told: set[bytes] = set()
    for settings in _environments(seeds):
        environment = {**os.environ, **settings}
        ran = subprocess.run(  # noqa: S603 - ours
            [*PROGRAM, *arguments], env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
        assert ran.returncode == 0, (settings, ran.stderr.decode(errors="replace"))
        saved.add(plan.read_bytes())
        if "utf-8" in settings.get("LC_ALL", "utf-8").lower() and "PYTHONIOENCODING" not in settings:
            told.add(ran.stdout)
        tally("locales and hash seeds")
    assert len(saved) == 1
    assert len(told) <= 1


def test_the_order_in_which_servers_list_changes_nothing(team: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from planning_bot.gateways.gitlab_connection import GitLabConnection  # noqa: PLC0415 - what is turned around

    team.box.gitlab.edit_issue(PROJECT, 2, by=STRANGER, at=instant("02-12"), weight=1)
    team.box.gitlab.edit_issue(PROJECT, 3, by=EM, at=instant("02-12"), assignees=["ana"])
    expected = plans(team, "text", "json")
    whole = GitLabConnection.get_all
    monkeypatch.setattr(GitLabConnection, "get_all", lambda *args, **query: whole(*args, **query)[::-1])
    assert plans(team, "text", "json") == expected
