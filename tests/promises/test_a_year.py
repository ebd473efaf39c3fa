"""A year of daily runs: thirteen milestones, people at work, faults, schedules that were missed or came twice."""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.faults import KINDS
from tests.builders import FIELD_GUIDE
from tests.promises.hands import check_hands, check_nothing_twice, issues_of, key_of, text_of_people
from tests.promises.year import (
    CHANNEL,
    KEEPER,
    SECOND_BOT,
    SECOND_TOKEN,
    SLACK_TOKEN,
    WORK,
    Team,
    milestone_days,
    surroundings,
    titles,
    told,
)
from tests.support import BOT, GROUP, PROJECT, Desk, FakeClock, Ran, environment, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOTS = (BOT, SECOND_BOT)
HANGS = {"timeout", "callback"}  # an answer that never comes takes real time; `reset-after` is its like
TROUBLES = sorted(set(KINDS) - HANGS)
MOST_OF_A_QUIET_DAY = 12  # requests
AFTER = timedelta(days=2)  # what the last milestone still needs


def test_the_milestones_are_those_of_the_field_guide() -> None:
    ours = {title: tuple(day.isoformat() for day in milestone_days(title)) for title in FIELD_GUIDE}
    assert ours == {title: (start, due) for title, (start, due, _) in FIELD_GUIDE.items()}


@dataclass
class Year:
    """Daily runs of the program in the life of a team."""

    team: Team
    draw: random.Random
    milestones: list[str]
    quiet: list[tuple[date, int]] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    ratios: dict[str, dict[str, Any]] = field(default_factory=dict)
    tried: Counter[str] = field(default_factory=Counter)

    @property
    def desk(self) -> Desk:
        """Where the program is run."""
        return self.team.desk

    def lives(self, since: date, until: date) -> None:
        """Let the days pass."""
        for number in range((until - since).days + 1):
            today = since + timedelta(days=number)
            self.team.night(today)
            self._morning(today)
            self.team.day(today)

    def _morning(self, today: date) -> None:
        self.team.goes(today, 6)
        if self.draw.random() < 0.06:
            self.tried["days without a run"] += 1
            return
        if self.draw.random() < 0.1:
            self._with_a_fault(today)
            return
        ran = self._run(today)
        assert ran.code == 0, (today, ran.code, _why(ran))
        if self.draw.random() < 0.06:
            self.tried["days with two runs"] += 1
            again = self._run(today)
            assert (again.code, again.sent) == (0, []), (today, again.err)

    def _with_a_fault(self, today: date) -> None:
        fault = Fault(
            self.draw.choice(TROUBLES),
            method=self.draw.choice([None, "GET", "POST", "PUT"]),
            nth=self.draw.choice([1, 1, 2, 3, 5, 8, 13]),
            times=self.draw.choice([1, 1, 3, None]),
        )
        self.desk.box.fail(fault)
        ran = self._run(today)
        assert ran.code in {0, 1, 4}, (today, fault, ran.code, ran.err)
        assert "Traceback" not in ran.err, (today, fault, ran.err)
        assert "mistake of the program" not in ran.err, (today, fault, ran.err)
        self.desk.box.heal()
        self.tried["days with a fault"] += bool(fault.seen)

    def _run(self, today: date) -> Ran:
        """Run the program, and hold what it did against what may be done."""
        places = (*WORK, PROJECT)
        before = issues_of(self.desk.box, places)
        ran = self.desk.run("run", "--apply", "--format", "json")
        self.codes[ran.code] += 1
        self.requests.append(len(ran.requests))
        if ran.writes:
            after = issues_of(self.desk.box, places)
            check_hands(before, after, BOTS)
            check_nothing_twice(self.desk.box, after, [CHANNEL], BOTS)
            self.team.witness.look(self.team.now)
        result = ((ran.team["result"] or ran.team.get("partial")) if ran.out else None) or {}
        for task in result.get("results", ()):
            if task["command"] == "say-do" and task["result"]:
                self.ratios[task["milestone"]] = told(task["result"])
        if ran.code == 0 and not result["due"]:
            self._is_quiet(today, ran)
        return ran

    def _is_quiet(self, today: date, ran: Ran) -> None:
        if ran.team["plan"]["changes"]:  # on the day after a freeze, or soon after: the commitment
            self.tried["commitments alone"] += 1
            assert len(ran.sent) == 1, today
            return
        assert ran.sent == [], today
        different = {
            (one.path, json.dumps(one.query, sort_keys=True)) for one in ran.requests
        }  # a read that is tried again is one
        self.quiet.append((today, len(different)))


def _why(ran: Ran) -> Any:
    """Say what failed."""
    return ran.err if not ran.out else (ran.team.get("error"), ran.team.get("outcome"), ran.err[-900:])


@contextlib.contextmanager
def _year(count: int, folder: Path, seed: int) -> Iterator[Year]:
    """Give a team with so many milestones, and two more to come."""
    milestones = titles(count)
    dates: dict[str, tuple[str | None, str | None]] = {
        "Next 1-3 releases": (None, None), "Next 4-6 releases": (None, None), "Backlog": (None, None)
    }  # fmt: skip
    for title in titles(count + 2):
        start, due = milestone_days(title)
        dates[title] = (start.isoformat(), due.isoformat())
    clock = FakeClock()
    with Sandbox(now=datetime(2025, 11, 1, tzinfo=UTC)) as box:
        world(box, dates)
        desk = Desk(box, folder, clock)
        for project in WORK:
            box.gitlab.add_project(project)
        for name in ("noor", "luca", KEEPER):
            box.gitlab.add_user(name)
            box.gitlab.add_member("acme", name)
        named = [f"priority::{number}" for number in range(1, 5)] + [f"missed:{title}" for title in milestones[::2]]
        for name in ("missed-deliverable", "security", "group::other", "planning priority", *named):
            box.gitlab.add_label("acme", name)
        box.slack.add_token(SLACK_TOKEN)
        box.slack.add_channel(CHANNEL, "team-search")
        draw = random.Random(seed)  # noqa: S311 - no secret: the same year again
        team = Team(desk, draw, milestones)
        team.configure()
        with surroundings(desk, folder):
            yield Year(team, random.Random(seed + 1), milestones)  # noqa: S311 - likewise


def _check_the_end(year: Year) -> None:
    """Hold what stands at the end against what was seen."""
    team, box = year.team, year.desk.box
    boards = Counter(board["name"] for board in box.gitlab.boards(GROUP))
    messages = {key_of(message) for message in box.slack.messages(CHANNEL)}
    for title in year.milestones:
        page = team.page(title)
        assert page, title
        assert (boards[f"Search: Planning {title}"], boards[f"Search: Build {title}"]) == (1, 1)
        for section in ("links", "capacity", "deliverables", "status", "say-do"):
            assert page["description"].count(f"planning-bot:begin {section} ") == 1, (title, section)
        assert [line for line in text_of_people(page) if line.startswith("Decided")] == team.said.get(title, [])
        number = box.gitlab.milestone_id("acme", title)
        assert f"say-do search {number}" in messages
        counted = team.witness.say_do(title)
        assert counted["handbook"][0] > 3, title  # a milestone of which nothing is promised would show nothing
        assert year.ratios[title] == counted, title
        later = year.desk.run("say-do", "--milestone", title, "--dry-run", "--format", "json")
        assert told(later.team["result"]) == counted, title
        left = [one["milestone"] and one["milestone"]["title"] for _, one in team._open(title)]  # noqa: SLF001
        assert len(left) <= 8, title
    assert year.tried["commitments alone"] <= len(year.milestones)
    assert box.gitlab.executed_quick_actions == []


def _check_the_requests(year: Year) -> None:
    """Quiet days need few requests, at the end of a year no more than when the first milestones had planning issues."""
    counts = dict(year.quiet)
    assert max(counts.values()) <= MOST_OF_A_QUIET_DAY, counts
    if len(year.milestones) < 6:
        return
    most = {title: max(count for day, count in counts.items() if _is_in(title, day)) for title in year.milestones}
    assert max(most[title] for title in year.milestones[-3:]) <= max(most[title] for title in year.milestones[2:5]), (
        most
    )


def _is_in(title: str, day: date) -> bool:
    start, due = milestone_days(title)
    return start <= day <= due


def test_two_milestones_of_daily_runs(tmp_path: Path) -> None:
    with _year(2, tmp_path, seed=15) as year:
        first, last = milestone_days("18.8")[0] - timedelta(days=25), milestone_days("18.9")[1] + AFTER
        year.lives(first, last)
        _check_the_end(year)
        _check_the_requests(year)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [1])
def test_a_year_of_daily_runs(tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()
    with _year(13, tmp_path, seed) as year:
        first, last = milestone_days("18.8")[0] - timedelta(days=25), milestone_days("19.8")[1] + AFTER
        rotated, joined, left = date(2026, 5, 20), date(2026, 4, 1), date(2026, 8, 3)
        year.lives(first, joined - timedelta(days=1))
        year.team.joins("ines", joined)
        year.lives(joined, rotated - timedelta(days=1))
        year.team.rotates()
        with environment(GITLAB_TOKEN=SECOND_TOKEN):
            year.lives(rotated, left - timedelta(days=1))
            year.team.leaves("kenji", left)
            year.lives(left, last)
            _check_the_end(year)
        _check_the_requests(year)
    with capsys.disabled():
        print(json.dumps(_figures(year, time.monotonic() - begun)))  # noqa: T201 - the README's figures


def _figures(year: Year, seconds: float) -> dict[str, Any]:
    quiet = [count for _, count in year.quiet]
    return {
        "runs": sum(year.codes.values()),
        "exit codes": dict(year.codes),
        **year.tried,
        "quiet days": len(quiet),
        "requests of a quiet day": [min(quiet), max(quiet)],
        "requests of a run": [sum(year.requests) / len(year.requests), max(year.requests)],
        "issues": len(year.team.witness.places),
        "seconds": round(seconds),
    }
