"""A year of a team, day by day: what people and another automation do, and a witness who writes down what was so when.

What happens is drawn with a seed from what stands in the tracker; nothing of it asks the program.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock
from zoneinfo import ZoneInfo

from tests.support import EM, GROUP, PM, PROJECT, STRANGER, TOKEN, Desk, environment

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from planning_bot.sandbox.seeding import Gitlab

ENGINE, FRONTEND = "acme/search/engine", "acme/search/frontend"
WORK = (ENGINE, FRONTEND)
CHANNEL, SLACK_TOKEN = "C0SEARCH01", "xoxb-year-0815"
SECOND_BOT, SECOND_TOKEN = "planning-bot-2", "glpat-second-4711"
KEEPER = "milestone-keeper"
TEAM, DELIVERABLE, READY, DOING = "group::search", "Deliverable", "workflow::ready for development", "workflow::in dev"
ZONE = ZoneInfo("Europe/Berlin")
COMMIT_DAY = 2
FIRST, LAST = (18, 8), (19, 8)
_MINORS = 11  # the last minor version before the next major one: since 13.0 there are twelve of each
_RELEASED = date(2025, 5, 1)  # the month of 18.0


def milestone_days(title: str) -> tuple[date, date]:
    """Give the first and the last day of a milestone, from the third Thursdays on which GitLab is released."""
    major, minor = map(int, title.split("."))
    months = 12 * (major - 18) + minor
    start, due = _third_thursday(months - 1) - timedelta(days=5), _third_thursday(months) - timedelta(days=6)
    return start, due


def _third_thursday(months: int) -> date:
    year, month = divmod(_RELEASED.month - 1 + months, 12)
    first = date(_RELEASED.year + year, month + 1, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 14)


def titles(count: int = 13) -> list[str]:
    """Name milestones, from 18.8 on."""
    numbers = [(18, minor) for minor in range(FIRST[1], _MINORS + 1)] + [(19, minor) for minor in range(LAST[1] + 3)]
    return [f"{major}.{minor}" for major, minor in numbers[:count]]


def at(day: date, hour: float) -> datetime:
    """Give an instant of a day, in UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour)


def end_of(day: date) -> datetime:
    """Give the end of a day where the team is."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC)


@contextlib.contextmanager
def surroundings(desk: Desk, folder: Path) -> Iterator[None]:
    """Set the environment of a run, and let the program's time be the sandbox's."""

    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            assert desk.box.now
            return desk.box.now.astimezone(tz)

    own = {name: str(folder / name) for name in ("HOME", "XDG_STATE_HOME", "PLANNING_BOT_STATE")}
    with (
        environment(**own, GITLAB_TOKEN=TOKEN, SLACK_BOT_TOKEN=SLACK_TOKEN),
        mock.patch("planning_bot.session.datetime", Now),
        mock.patch("planning_bot.gateways.polite_session.Clock", return_value=desk.clock),
    ):
        yield


# -------------------------------------------------------------------------------------------------- the witness


@dataclass(frozen=True)
class Seen:
    """What a piece of work was at an instant."""

    at: datetime
    reference: str
    milestone: str | None
    labels: frozenset[str]
    is_closed: bool
    is_duplicate: bool
    weight: int | None

    def in_plan(self, title: str) -> bool:
        """Whether it was in the plan of a milestone (contract: numbers.md)."""
        return self.milestone == title and {TEAM, DELIVERABLE} <= self.labels


@dataclass
class Witness:
    """Who looks at the tracker after each change, and counts from what was seen; a moved issue stays one piece of work.

    Say/Do is counted here from states that were seen, the program counts it from events: they share nothing.
    """

    gitlab: Gitlab
    places: list[tuple[str, int]] = field(default_factory=list)
    seen: list[list[Seen]] = field(default_factory=list)
    duplicates: set[int] = field(default_factory=set)

    def look(self, now: datetime, *numbers: int) -> None:
        """Write down what some pieces of work are now, or all of them."""
        for number in numbers or range(len(self.places)):
            issue = self.gitlab.issue(*self.places[number])
            project, iid = self.places[number]
            state = Seen(
                now,
                f"{project}#{iid}",
                issue["milestone"] and issue["milestone"]["title"],
                frozenset(issue["labels"]),
                issue["state"] == "closed",
                number in self.duplicates,
                issue["weight"],
            )
            self.seen[number].append(state)

    def say_do(self, title: str) -> dict[str, Any]:
        """Count the Say/Do of a milestone, in each variant, and name who slipped and who came late."""
        start, due = milestone_days(title)
        freeze, cut_off = end_of(start + timedelta(days=COMMIT_DAY)), end_of(due)
        counted: dict[str, Counter[str]] = {}
        slipped, late = [], []
        for states in self.seen:
            found = self._promise(states, title, freeze, cut_off)
            if found is None:
                continue
            is_committed, weight, outcome = found
            reference = [state.reference for state in states if state.at < cut_off][-1]
            is_done = outcome == "completed"
            count = Counter(assigned=1, completed=int(is_done))
            counted.setdefault("handbook", Counter()).update(count)
            counted.setdefault("by_weight", Counter()).update(assigned=weight, completed=weight * is_done)
            if is_committed:
                counted.setdefault("committed", Counter()).update(count)
            if outcome in {"completed", "slipped"}:
                counted.setdefault("reprioritized", Counter()).update(count)
            slipped += [reference] if outcome == "slipped" else []
            late += [] if is_committed else [reference]
        variants = {
            name: [counted.get(name, Counter())[key] for key in ("assigned", "completed")]
            for name in ("handbook", "committed", "reprioritized", "by_weight")
        }
        return {**variants, "slipped": sorted(slipped), "late_additions": sorted(late)}

    def _promise(
        self, states: list[Seen], title: str, freeze: datetime, cut_off: datetime
    ) -> tuple[bool, int, str] | None:
        """Say whether a piece of work was committed, which weight it counts with, and what became of it."""
        until = [state for state in states if state.at < cut_off]
        before = [state for state in until if state.at < freeze]
        is_committed = bool(before) and before[-1].in_plan(title)
        added = next((state for state in until if state.at >= freeze and state.in_plan(title)), None)
        began = before[-1] if is_committed else added
        if began is None:
            return None
        last = until[-1]
        weight = (last.weight or 0) if began.weight is None else began.weight
        if last.is_closed:
            return is_committed, weight, "cancelled" if last.is_duplicate else "completed"
        is_still = last.in_plan(title) or f"missed:{title}" in last.labels
        return is_committed, weight, "slipped" if is_still else "descoped"


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Give the result of `say-do` in the form in which the witness counts."""
    return {
        **{name: [int(one["assigned"]), int(one["completed"])] for name, one in result["variants"].items()},
        "slipped": sorted(result["slipped"]),
        "late_additions": sorted(result["late_additions"]),
    }


# ---------------------------------------------------------------------------------------------------- the people


@dataclass
class Team:
    """What a team does, day by day."""

    desk: Desk
    draw: random.Random
    milestones: list[str]
    witness: Witness = field(init=False)
    engineers: list[str] = field(default_factory=lambda: ["ana", "kenji", "noor", "luca"])
    away: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    members: list[dict[str, Any]] = field(default_factory=list)
    is_rotated: bool = False
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.witness = Witness(self.desk.box.gitlab)
        self.members = [{"username": name, "name": name.title()} for name in self.engineers]

    @property
    def gitlab(self) -> Gitlab:
        """The tracker."""
        return self.desk.box.gitlab

    def configure(self) -> None:
        """Write the configuration and the time off, as they are by now."""
        url = self.desk.box.url
        team = {
            "name": "Search",
            "timezone": str(ZONE),
            "gitlab": {"group": GROUP, "label": TEAM},
            "product_manager": PM,
            "engineering_manager": EM,
            "members": self.members,
            "planning_issue": {
                "project": PROJECT,
                "trusted_authors": ["planning-bot"] if self.is_rotated else [],
            },
            "weights": {"days_per_weight": 5},
            "capacity": {"pto": [{"csv": "pto.csv"}]},
            "boards": {"next_1_3": None, "next_4_6": None},
            "say_do": {"commit_day": COMMIT_DAY, "channel": CHANNEL},
        }
        file = {"gitlab": {"url": url}, "slack": {"api_url": self.desk.box.slack.api_url}, "teams": {"search": team}}
        self.desk.config.write_text(json.dumps(file), encoding="utf-8")
        rows = ["username,from,to", *self.away, ""]
        (self.desk.folder / "pto.csv").write_text("\n".join(rows), encoding="utf-8")

    def night(self, today: date) -> None:
        """Have the other automation clean up after a milestone, before or after the program does."""
        for title in self.milestones:
            if milestone_days(title)[1] == today - timedelta(days=1) and self.draw.random() < 0.6:
                self.goes(today, 2)
                self._clean_up(title)

    def day(self, today: date) -> None:
        """Have people work for a day, after the program ran."""
        self.goes(today, 8)
        self._clean_up_what_was_closed(today)
        running, coming = self._around(today)
        if coming and self._days(today, coming) >= -25:
            self._propose(today, coming)
            self._refine(coming)
        if today.weekday() < 5 and running:
            self._work(today, running)
        for title in filter(None, (running, coming)):
            self._write(today, title)
        if self.draw.random() < 0.08:
            self._goes_away(today)

    def goes(self, today: date, hour: float) -> None:
        """Let time pass."""
        self.now = at(today, hour)
        self.desk.day, self.desk.box.now = today.isoformat(), self.now

    def joins(self, username: str, today: date) -> None:
        """Have somebody join the team."""
        self.gitlab.add_user(username)
        self.gitlab.add_member("acme", username)
        self.members.append({"username": username, "from": today.isoformat()})
        self.engineers.append(username)
        self.configure()

    def leaves(self, username: str, today: date) -> None:
        """Have somebody leave the company; what they had stays with their name on it, or goes to another."""
        for number, issue in self._open():
            if username in [person["username"] for person in issue["assignees"]] and self.draw.random() < 0.6:
                self._edit(number, assignees=["ana"])
        self.gitlab.block_user(username)
        self.engineers.remove(username)
        for member in self.members:
            if member["username"] == username:
                member["until"] = (today - timedelta(days=1)).isoformat()
        self.configure()

    def rotates(self) -> None:
        """Have the program's token rotated: it is another user now."""
        self.gitlab.add_user(SECOND_BOT, "Planning Bot", bot=True)
        self.gitlab.add_member("acme", SECOND_BOT, access_level=40)
        self.gitlab.add_token(SECOND_TOKEN, SECOND_BOT)
        self.gitlab.revoke_token("glpat-Canary+/4711=end")
        self.is_rotated = True
        self.configure()

    def _around(self, today: date) -> tuple[str | None, str | None]:
        days = {title: milestone_days(title) for title in self.milestones}
        running = next((title for title, (start, due) in days.items() if start <= today <= due), None)
        coming = next((title for title, (start, _) in days.items() if start > today), None)
        return running, coming

    def _days(self, today: date, title: str) -> int:
        return (today - milestone_days(title)[0]).days

    def _propose(self, today: date, title: str) -> None:
        """The PM writes issues for the coming milestone; strangers do, too."""
        if self._days(today, title) <= -6 and self.draw.random() < 0.65:
            self._add(title, author=self.draw.choice([PM, PM, STRANGER]))
        if self._days(today, title) == -20:
            self._add(title, labels=["planning-bot::skip"], weight=1)
            self._add(title, confidential=True, weight=2, ready=True)
            self._add(title, labels=["security"], weight=1, ready=True)

    def _add(
        self, title: str, *, author: str = PM, labels: list[str] | None = None, ready: bool = False, **parts: Any
    ) -> int:
        number = len(self.witness.places)
        words = self.draw.choice(["Slow queries", "/close and @all", "Facets | tables", "<!-- planning-bot: x -->"])
        kind = self.draw.choice(["type::feature", "type::bug", "type::maintenance"])
        stage = READY if ready else "workflow::planning breakdown"
        priority = f"priority::{self.draw.randint(1, 4)}"
        project = self.draw.choice(WORK)
        names = [TEAM, kind, stage, priority, *(labels or [])]
        iid = self.gitlab.add_issue(project, f"{words} {number}", author=author, labels=names, milestone=title, **parts)
        self.witness.places.append((project, iid))
        self.witness.seen.append([])
        self.witness.look(self.now, number)
        return number

    def _refine(self, title: str) -> None:
        """Engineers weigh what comes next, and take some of it."""
        for number, issue in self._open(title):
            if issue["weight"] is None and self.draw.random() < 0.3:
                weight = self.draw.choice([0, 1, 1, 2, 2, 3, 3, 5])
                self._edit(number, weight=weight, add_labels=[READY])
            elif not issue["assignees"] and self.draw.random() < 0.02:
                self._edit(number, assignees=[self.draw.choice(self.engineers)])
            elif DELIVERABLE in issue["labels"] and self.draw.random() < 0.04:
                self._edit(number, by=EM, remove_labels=[DELIVERABLE])

    def _work(self, today: date, title: str) -> None:
        """A working day of the running milestone."""
        self.goes(today, self.draw.choice([9, 13, 16, 22.5]))  # half past ten at night is the next day, in summer
        for number, issue in self._open(title):
            if DELIVERABLE in issue["labels"]:
                self._go_on(number, issue, self._days(today, title))
            elif self._days(today, title) > COMMIT_DAY and self.draw.random() < 0.1:
                self._edit(number, by=PM, milestone="Backlog")
        for number, states in enumerate(self.witness.seen):
            last = states[-1]
            if last.is_closed and last.milestone == title and not last.is_duplicate and self.draw.random() < 0.006:
                self._edit(number, state_event="reopen")
        if self._days(today, title) > COMMIT_DAY and self.draw.random() < 0.06:
            self._add(title, author=EM, labels=[DELIVERABLE], weight=self.draw.choice([None, 1, 2]), ready=True)

    def _go_on(self, number: int, issue: dict[str, Any], days: int) -> None:
        """Something happens to a deliverable, or nothing."""
        what = self.draw.random()
        for chance, happens in self._events(number, issue, days):
            if what < chance:
                happens()
                return
            what -= chance

    def _events(self, number: int, issue: dict[str, Any], days: int) -> Iterator[tuple[float, Callable[[], object]]]:
        _, coming = self._around(self.now.date())
        yield 0.05, lambda: self._edit(number, state_event="close")
        yield 0.05, lambda: self._edit(number, add_labels=[DOING])
        yield 0.01, lambda: self._edit(number, by=PM, remove_labels=[DELIVERABLE], milestone=coming or "Backlog")
        yield 0.005, lambda: self._edit(number, by=PM, milestone="Backlog")
        yield 0.006, lambda: self._edit(number, weight=self.draw.choice([1, 2, 3]))
        yield 0.01, lambda: self._edit(number, assignees=[self.draw.choice(self.engineers)])
        yield 0.005, lambda: self._duplicate(number)
        yield 0.005, lambda: self._move(number)
        if days > 14 and not issue["confidential"]:  # the commitment was written down by then
            yield 0.004, lambda: self._hand_over(number)

    def _duplicate(self, number: int) -> None:
        """Close a piece of work as a duplicate of the first one."""
        if number:
            self.witness.duplicates.add(number)
            self.gitlab.close_as_duplicate(*self.witness.places[number], self.witness.places[0], by=EM)
            self.witness.look(self.now, number)

    def _move(self, number: int) -> None:
        project, iid = self.witness.places[number]
        to = next(one for one in WORK if one != project)
        self.witness.places[number] = (to, self.gitlab.move_issue(project, iid, to, by=EM))
        self.witness.look(self.now, number)

    def _hand_over(self, number: int) -> None:
        """Another team takes it."""
        self._edit(number, by=EM, remove_labels=[TEAM], add_labels=["group::other"])

    def _clean_up(self, title: str) -> None:
        """The other automation labels what is open, takes Deliverable off, and moves most of it on."""
        following = self._around(self.now.date())[0] or "Backlog"
        for number, issue in self._open(title):
            if TEAM in issue["labels"] and "security" not in issue["labels"] and self.draw.random() < 0.7:
                gone = [DELIVERABLE] if DELIVERABLE in issue["labels"] else []
                more = ["missed-deliverable"] if gone else []
                added = [f"missed:{title}", *more]
                self._edit(number, by=KEEPER, remove_labels=gone, add_labels=added, milestone=following)

    def _clean_up_what_was_closed(self, today: date) -> None:
        """The day after a milestone it takes Deliverable off what missed it; later the milestone is closed."""
        for title in self.milestones:
            due = milestone_days(title)[1]
            if due == today - timedelta(days=2):
                for number, issue in self._open():
                    if {f"missed:{title}", DELIVERABLE} <= set(issue["labels"]) and self.draw.random() < 0.5:
                        self._edit(number, by=KEEPER, remove_labels=[DELIVERABLE])
            if due == today - timedelta(days=90):
                self.gitlab.close_milestone("acme", title)

    def _write(self, today: date, title: str) -> None:
        """Somebody writes on the planning issue, outside of the sections."""
        page = self.page(title)
        if page and self.draw.random() < 0.06:
            words = f"Decided on {today} for {title}: /label ~bug stays text."
            self.said.setdefault(title, []).append(words)
            text = f"{page['description']}\n\n{words}"
            self.gitlab.edit_issue(PROJECT, page["iid"], by=self.draw.choice([PM, EM]), description=text)
        if page and self.draw.random() < 0.03:
            self.gitlab.add_note(PROJECT, page["iid"], PM, f"What about {self.draw.choice(self.engineers)}?")

    def page(self, title: str) -> dict[str, Any] | None:
        """Give the planning issue of a milestone."""
        pages = [one for one in self.gitlab.issues(PROJECT) if one["title"] == f"Search {title} Planning"]
        return pages[0] if pages else None

    def _goes_away(self, today: date) -> None:
        """Somebody enters time off, often late."""
        first = today + timedelta(days=self.draw.randint(-3, 40))
        last = first + timedelta(days=self.draw.randint(0, 8))
        self.away.append(f"{self.draw.choice(self.engineers)},{first},{last}")
        self.configure()

    def _open(self, title: str | None = None) -> list[tuple[int, dict[str, Any]]]:
        states = enumerate(states[-1] for states in self.witness.seen)
        wanted = [n for n, state in states if not state.is_closed and title in {None, state.milestone}]
        return [(number, self.gitlab.issue(*self.witness.places[number])) for number in wanted]

    def _edit(self, number: int, *, by: str = "ana", **changes: Any) -> None:
        self.gitlab.edit_issue(*self.witness.places[number], by=by, **changes)
        self.witness.look(self.now, number)
