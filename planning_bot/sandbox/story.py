"""A team with a past: three milestones behind it, one running, one to be planned, and some seventy issues.

Everything is told in the order in which it happened, so that ids, numbers and events run with time. Nothing is
random, and nothing depends on the day on which it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from planning_bot.sandbox import story_data as data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planning_bot.sandbox.server import Sandbox
    from planning_bot.sandbox.sheets import Sheets

NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)
GROUP, PLANNING = "acme", "acme/search/planning"
PROJECTS = {name: f"acme/search/{name}" for name in ("planning", "engine", "frontend")}
TOKEN = "glpat-sandbox-planning-bot"  # noqa: S105 - of a server that ends with the program
SLACK_TOKEN, CHANNEL = "xoxb-sandbox-planning-bot", "C0SEARCH01"
BOTS = ("planning-bot", "milestone-keeper")
MANAGER, PRODUCT, KEEPER = "tomas.okafor", "mira.lindqvist", "milestone-keeper"
SHEET = "search-planning"
_CONFIG, _KEY = "planning-bot.yml", "google-key.json"
TEAM = ("group::search", "devops::find", "section::core")


@dataclass(frozen=True)
class Story:
    """Where the story plays, and how to take part."""

    url: str
    token: str
    today: date
    team: str
    sheets: Sheets

    def environment(self, folder: Path) -> dict[str, str]:
        """Give what has to be exported, once the files are written into this folder."""
        return {
            "GITLAB_TOKEN": self.token,
            "PLANNING_BOT_CONFIG": str(folder / _CONFIG),
            "GOOGLE_APPLICATION_CREDENTIALS": str(folder / _KEY),
            "SLACK_BOT_TOKEN": SLACK_TOKEN,
        }

    def write_files(self, folder: Path) -> Path:
        """Write the team's configuration, its time off, and the key of its Sheet; return the configuration's path."""
        (folder / "pto").mkdir(parents=True, exist_ok=True)
        (folder / "pto" / "search.csv").write_text(data.PTO, encoding="utf-8")
        self.sheets.service_account_file(folder).rename(folder / _KEY)
        path = folder / _CONFIG
        path.write_text(data.CONFIG.format(url=self.url), encoding="utf-8")
        return path


def tell_story(box: Sandbox) -> Story:
    """Fill a sandbox, and stop its clock on the morning on which 18.10 is to be planned."""
    _found(box)
    _Narrator(box).tell()
    box.slack.add_channel(CHANNEL, "team-search")
    box.slack.add_token(SLACK_TOKEN)
    box.now = NOW
    box.sheets.add(SHEET, {"On call": data.ON_CALL}, title="Search: planning")
    return Story(box.url, TOKEN, NOW.date(), "search", box.sheets)


def _table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _day(value: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{value[:10]}T{value[11:] or clock}").replace(tzinfo=UTC)


def _found(box: Sandbox) -> None:
    gitlab = box.gitlab
    box.now = _day("2025-05-05")
    gitlab.add_group(GROUP)
    for path in PROJECTS.values():
        gitlab.add_project(path)
    for username, name, level in _table(data.PEOPLE):
        gitlab.add_user(username, name, bot=username in BOTS)
        if int(level):
            gitlab.add_member(GROUP, username, access_level=int(level))
    gitlab.add_token(TOKEN, "planning-bot", scopes=("api",), expires_at="2026-12-31")
    for title, start, due in _table(data.MILESTONES):
        gitlab.add_milestone(GROUP, title, start=start or None, due=due or None)
    gitlab.close_milestone(GROUP, "18.1")
    for name, color in _table(data.LABELS):
        gitlab.add_label(GROUP, name, color=color)


class _Narrator:
    """Collects what happened to every issue, then lets it happen in order."""

    def __init__(self, box: Sandbox) -> None:
        self.gitlab = box.gitlab
        self.steps: list[tuple[datetime, int, Callable[[], object]]] = []
        self.places: dict[str, str] = {}
        self.numbers: dict[str, int] = {}
        self.dates = {title: (start, due) for title, start, due in _table(data.MILESTONES)}

    def tell(self) -> None:
        """Tell all tables."""
        for place in data.ROLES:
            for row in _table(data.WORK[place]):
                self._worked(place, *row)
            for number, row in enumerate(_table(data.CANDIDATES[place])):
                self._proposed(place, number, *row)
            for number, row in enumerate(_table(data.LATER[place])):
                self._put_off(place, number, *row)
        for title, when, who, what in _table(data.TWISTS):
            self._twist(title, _day(when), who, what)
        for title, when, who, body in data.NOTES:
            self._then(_day(when), partial(self._note, title, who, body, _day(when)))
        for _, _, step in sorted(self.steps, key=lambda step: step[:2]):
            step()
        for blocking, blocked in data.BLOCKS:
            self.gitlab.link_issues(self._at(blocking), self._at(blocked), "blocks")

    def _worked(self, place: str, *row: str) -> None:
        kind, priority, weight, who, milestones, end, title = row
        first, *later = milestones.split()
        start = _day(self.dates[first][0])
        self._opened(place, title, kind, who, start - timedelta(days=35))
        self._edit(title, start - timedelta(days=24), who, weight=int(weight))
        names = [f"priority::{priority}", data.ROLES[place]]
        self._edit(title, start - timedelta(days=14), PRODUCT, milestone=first, add_labels=names)
        self._edit(title, start - timedelta(days=10), MANAGER, add_labels=[data.STAGES["ready"]])
        self._edit(title, start - timedelta(days=3), MANAGER, add_labels=["Deliverable"], assignees=[who])
        if end != "ready":
            self._edit(title, start + timedelta(days=4), who, add_labels=[data.STAGES["in dev"]])
        for missed, following in zip(milestones.split(), later, strict=False):
            self._slipped(title, missed, following)
        if end == "in review":
            self._edit(title, NOW - timedelta(days=3), who, add_labels=[data.STAGES["in review"]])
        elif end not in data.STAGES:
            closed = _day(end, "15:30")
            self._edit(title, closed - timedelta(days=2), who, add_labels=[data.STAGES["in review"]])
            self._edit(title, closed, who, state_event="close")

    def _slipped(self, title: str, missed: str, following: str) -> None:
        # Other automation moves what is not done, labels it, and takes Deliverable off; the manager commits again.
        start = _day(self.dates[following][0], "03:00")
        self._edit(
            title, start, KEEPER, milestone=following, remove_labels=["Deliverable"],
            add_labels=[f"missed:{missed}", "missed-deliverable"],
        )  # fmt: skip
        again = start + timedelta(days=2, hours=6)
        self._edit(title, again, MANAGER, add_labels=["Deliverable"])

    def _proposed(self, place: str, number: int, *row: str) -> None:
        kind, priority, weight, stage, labels, who, title = row
        created = _day("2025-12-01", "09:15") + timedelta(days=number, minutes=7 * number)
        self._opened(place, title, kind, data.STRANGERS.get(title, who or PRODUCT), created)
        names = [data.STAGES[stage], f"priority::{priority}", data.ROLES[place], *filter(None, labels.split(","))]
        sorted_out = _day("2026-01-19", "10:00") + timedelta(hours=3 * number)
        people: dict[str, Any] = {"assignees": [who]} if who else {}
        self._edit(title, sorted_out, PRODUCT, milestone="18.10", add_labels=names, **people)
        if weight != "-":
            self._edit(title, sorted_out + timedelta(days=1), who or MANAGER, weight=int(weight))

    def _put_off(self, place: str, number: int, *row: str) -> None:
        kind, priority, stage, milestone, title = row
        created = _day("2025-11-03", "11:40") + timedelta(days=5 * number)
        self._opened(place, title, kind, PRODUCT, created)
        names = [data.STAGES[stage], f"priority::{priority}"]
        self._edit(title, created + timedelta(days=6), PRODUCT, milestone=milestone or None, add_labels=names)

    def _twist(self, title: str, at: datetime, who: str, what: str) -> None:
        verb, _, rest = what.partition(" ")
        effects: dict[str, dict[str, Any]] = {
            "close": {"state_event": "close"},
            "reopen": {"state_event": "reopen"},
            "weight": {"weight": int(rest) if rest.isdigit() else None},
            "milestone": {"milestone": rest},
            "+": {"add_labels": [rest]},
            "-": {"remove_labels": [rest]},
        }
        self._edit(title, at, who, **effects[verb])

    def _opened(self, place: str, title: str, kind: str, author: str, at: datetime) -> None:
        self.places[title] = PROJECTS[place]
        labels = [*TEAM, f"type::{kind}", "workflow::planning breakdown"]
        self._then(at, partial(self._open, title, author, labels, at))

    def _open(self, title: str, author: str, labels: list[str], at: datetime) -> None:
        self.numbers[title] = self.gitlab.add_issue(
            self.places[title], title, author=author, labels=labels, created_at=at,
            description=f"What we want: {title}.\n\n- [ ] Agreed\n- [ ] Built\n- [ ] Documented",
            confidential=title in data.CONFIDENTIAL,
        )  # fmt: skip

    def _edit(self, title: str, at: datetime, who: str, **changes: Any) -> None:
        self._then(at, lambda: self.gitlab.edit_issue(*self._at(title), by=who, at=at, **changes))

    def _note(self, title: str, who: str, body: str, at: datetime) -> None:
        self.gitlab.add_note(*self._at(title), who, body, at=at)

    def _at(self, title: str) -> tuple[str, int]:
        return self.places[title], self.numbers[title]

    def _then(self, at: datetime, step: Callable[[], object]) -> None:
        self.steps.append((at, len(self.steps), step))
