"""A team of which every name is somebody's attack: labels, milestones, people, boards, channel, time off, titles.

Each place gets a text of its own, and in another world another one. What the configuration refuses for a place stays
as it is by default.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from planning_bot.config import Config
from planning_bot.sandbox import Sandbox
from tests.commands.team_files import SHEET
from tests.histories import instant
from tests.promises.hostile_texts import EVERY
from tests.support import BOT, EM, GROUP, PM, PROJECT, STRANGER, TOKEN, Desk, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning_bot.sandbox.seeding import Gitlab
    from tests.support import FakeClock

ENGINE = "acme/search/engine"
CHANNEL, SLACK_TOKEN, KEY_FILE = "C0SEARCH01", "xoxb-Canary+/4711=end", "google-key.json"
PLANS = (
    "create-issue --milestone current",
    "create-issue",
    "boards",
    "readiness",
    "capacity",
    "deliverables",
    "status",
)
ENDS = ("say-do", "close")  # after the milestone
PEOPLE = (BOT, PM, EM, "ana", "kenji", STRANGER)
PLANNING, ENDED = "2026-01-31", "2026-02-14"
MILESTONES = (  # a key, first day, last day
    ("before", "2025-12-13", "2026-01-09"),
    ("current", "2026-01-10", "2026-02-13"),
    ("next", "2026-02-14", "2026-03-13"),
    ("later", "2026-03-14", "2026-04-10"),
    ("next_1_3", None, None),
    ("next_4_6", None, None),
    ("backlog", None, None),
)
# Where a label of the configuration stands.
LABELS: dict[str, tuple[str, ...]] = {
    "team": ("gitlab", "label"),
    "page": ("planning_issue", "labels"),
    "deliverable": ("deliverables", "label"),
    "stretch": ("deliverables", "stretch_label"),
    "breakdown": ("deliverables", "planning_breakdown_label"),
    "ready": ("deliverables", "ready_label"),
    "doing": ("deliverables", "in_progress_labels"),
    "blocked": ("deliverables", "blocked_labels"),
    "preferred": ("deliverables", "preference"),
    "priority": ("deliverables", "priorities"),
    "spike": ("weights", "spike_label"),
    "unweighted": ("weights", "unweighted_labels"),
    "cancelled": ("say_do", "cancelled_labels"),
    "missed": ("close", "missed_label"),
    "unfinished": ("close", "missed_deliverable_label"),
    "exempt": ("close", "exempt_labels"),
    "skip": ("limits", "skip_label"),
}


@contextlib.contextmanager
def open_world(folder: Path, clock: FakeClock, number: int, size: int) -> Iterator[World]:
    """Build a world of this number, with that many issues, in the environment of its commands."""
    variables = {
        "GITLAB_TOKEN": TOKEN,
        "SLACK_BOT_TOKEN": SLACK_TOKEN,
        "GOOGLE_APPLICATION_CREDENTIALS": str(folder / KEY_FILE),
        "PLANNING_BOT_STATE": str(folder),
        "HOME": str(folder),
    }
    titles = tuple(EVERY[(size * number + n) % len(EVERY)] for n in range(size))
    with Sandbox() as box, environment(**variables):
        found = World(box, Desk(box, folder, clock), number, titles)
        found.build()
        box.sheets.service_account_file(folder).rename(folder / KEY_FILE)
        box.gitlab.executed_quick_actions.clear()
        yield found


@dataclass
class World:
    """One of the worlds: `number` says which text stands where, `titles` what the issues are called."""

    box: Sandbox
    desk: Desk
    number: int
    titles: tuple[str, ...]
    names: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)
    _places: int = 0

    def build(self) -> None:
        """Fill the servers and write the files."""
        team = self._team()
        self.desk.config.write_text(written(self._file(team)), encoding="utf-8")
        self.box.now = datetime(2025, 12, 1, 9, tzinfo=UTC)
        self._found(self.box.gitlab)
        self.desk.box.now = instant("01-31T09:00")
        self.box.slack.add_token(SLACK_TOKEN)
        self.box.slack.add_channel(CHANNEL, self._text() or "team")
        self.box.sheets.add(
            SHEET, {"PTO": [["username", "from", "to", "why"], ["ana", "2026-02-16", "2026-02-17", self._text()]]}
        )
        self._files()
        self._work()

    def after_the_milestone(self) -> None:
        """Let the milestone end: a third of it is done, another one taken out."""
        self.desk.day = ENDED
        self.box.now = instant("02-14T09:00")
        gitlab = self.box.gitlab
        for number in range(1, len(self.titles) + 1):
            if number % 3 == 0:
                gitlab.edit_issue(ENGINE, number, by=EM, at=instant("02-05"), state_event="close")
            if number % 3 == 1:
                gitlab.edit_issue(
                    ENGINE, number, by=STRANGER, at=instant("02-06"), remove_labels=[self.names["deliverable"]]
                )

    def _text(self) -> str:
        """Give the text of the next place."""
        self._places += 1
        text = EVERY[(29 * self.number + 37 * self._places) % len(EVERY)]
        self.placed.add(text)
        return text

    def _name(self, key: str, default: str) -> str:
        """Give a name that GitLab can store: a hostile one with a number, so that no two are the same."""
        text = re.sub(r"[,\ud800-\udfff]", "", self._text())[:200]
        self.names[key] = f"{text} {default}".strip()
        return self.names[key]

    def _team(self) -> dict[str, Any]:
        """Make the team's settings, place by place; what is refused there is left out."""
        team: dict[str, Any] = {
            "gitlab": {"group": GROUP, "label": "group::search"},
            "product_manager": PM,
            "engineering_manager": EM,
            "members": [{"username": "ana"}, {"username": "kenji"}],
            "planning_issue": {"project": PROJECT},
            "milestones": {"pattern": r"(?s).* n\d"},
            "say_do": {"channel": CHANNEL},
            "limits": {"max_changes": None, "max_creates": None},
            "capacity": {
                "sheet": {"key": SHEET, "tab": "Capacity"},
                "pto": [{"csv": "pto.csv"}, {"ics": "pto.ics"}, {"sheet": {"key": SHEET, "tab": "PTO"}}],
            },
        }
        for number, (key, path) in enumerate(LABELS.items()):
            name = self._name(key, f"l{number}")
            many = path[-1].endswith(("labels", "preference", "priorities"))
            if not self._set(team, path, [name] if many else name):
                self.names[key] = f"l{number}"
                self._set(team, path, [f"l{number}"] if many else f"l{number}")
        for key in ("feature", "bug"):
            if not self._set(team, ("deliverables", "type_mix"), {self._name(key, key): 60}):
                self.names[key] = key
                self._set(team, ("deliverables", "type_mix"), {key: 60})
        self._set(team, ("boards", "planning", "lists"), [self.names["bug"], self.names["feature"]])
        for key in ("next_1_3", "next_4_6", "backlog"):
            if not self._set(team, ("milestones", key), self._name(key, key)):
                self.names[key] = key
                self._set(team, ("milestones", key), key)
        self._set(team, ("name",), self._text())
        self._set(team, ("boards", "planning", "name"), self._text() + " {{ milestone.title }}")
        self._set(team, ("planning_issue", "title"), self._text() + " {{ milestone.title }}")
        self._set(team, ("capacity", "sheet"), {"key": SHEET, "tab": self._text() + " {{ milestone.title }}"})
        self._set(team, ("counterparts",), {self._text(): "kenji"})
        self._set(
            team,
            ("capacity", "rotations"),
            [{"label": self._text(), "username": "ana", "from": "2026-02-18", "to": "2026-02-18"}],
        )
        for number, username in enumerate(("ana", "kenji")):
            member = {"username": username, "name": self._text(), "roles": [self._name(f"role{number}", f"r{number}")]}
            if not self._set(team, ("members",), [*team["members"][:number], member, *team["members"][number + 1 :]]):
                self.names[f"role{number}"] = f"r{number}"
        return team

    def _set(self, team: dict[str, Any], path: tuple[str, ...], value: Any) -> bool:
        """Set a setting, if the configuration takes it."""
        changed = json.loads(json.dumps(team))
        into = changed
        for key in path[:-1]:
            into = into.setdefault(key, {})
        into[path[-1]] = value
        try:
            Config.of(self._file(changed), self.desk.config)
        except ValidationError:
            self.refused.append(".".join(path))
            return False
        team.clear()
        team.update(changed)
        return True

    def _file(self, team: dict[str, Any]) -> dict[str, Any]:
        url = self.box.url
        servers = {"gitlab": {"url": url}, "sheets": {"api_url": f"{url}/"}, "slack": {"api_url": f"{url}/slack/api/"}}
        return {**servers, "teams": {"search": team}}

    def _found(self, gitlab: Gitlab) -> None:
        gitlab.add_group(GROUP)
        for project in (PROJECT, ENGINE):
            gitlab.add_project(project)
        for username in PEOPLE:
            gitlab.add_user(username, self._text() or username, bot=username == BOT)
            if username != STRANGER:
                gitlab.add_member("acme", username, access_level=40)
        gitlab.add_token(TOKEN, BOT)
        for number, (key, start, due) in enumerate(MILESTONES):
            title = self.names.get(key) or self._name(key, f"n{number}")
            gitlab.add_milestone("acme", title, start=start, due=due)
        defaults = (
            "type::bug",
            "type::feature",
            "type::maintenance",
            "workflow::in dev",
            "workflow::in review",
            "workflow::ready for development",
        )
        others = (
            "workflow::problem validation",
            "workflow::design",
            "workflow::solution validation",
            "workflow::blocked",
        )
        labels = [name for key, name in self.names.items() if key not in {one for one, *_ in MILESTONES}]
        for name in dict.fromkeys(
            [*labels, *defaults, *others, "workflow::planning breakdown", "workflow::awaiting security release"]
        ):
            gitlab.add_label("acme", name)

    def _files(self) -> None:
        """Write time off with what people put beside it."""
        rows = [["username", "from", "to", "share", "why"], ["ana", "2026-02-19", "2026-02-19", "0.5", self._text()]]
        lines = (
            ",".join('"' + re.sub(r"[\x00-\x1f]", " ", cell).replace('"', '""') + '"' for cell in row) for row in rows
        )
        (self.desk.folder / "pto.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        why = (
            re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", self._text())
            .replace("\\", "\\\\")
            .replace(",", "\\,")
            .replace(";", "\\;")
        )
        (self.desk.folder / "pto.ics").write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
            f"DTSTART;VALUE=DATE:20260220\r\nDTEND;VALUE=DATE:20260221\r\nSUMMARY:kenji {why}\r\n"
            "END:VEVENT\r\nEND:VCALENDAR\r\n",
            encoding="utf-8",
            newline="",
        )

    def _work(self) -> None:
        """Let strangers open issues: half of them promised for the milestone that runs, all proposed for the next."""
        gitlab, name = self.box.gitlab, self.names
        for number, title in enumerate(self.titles):
            labels = [name["team"], name["doing"] if number % 2 else name["ready"]]
            parts = {"author": STRANGER, "description": title, "created_at": instant("2025-12-20"), "weight": 1}
            made = gitlab.add_issue(ENGINE, stored(title), labels=labels, milestone=name["current"], **parts)
            at = instant("2026-01-08" if number % 4 else "2026-01-20")
            gitlab.edit_issue(ENGINE, made, by=STRANGER, at=at, add_labels=[name["deliverable"]])
            gitlab.add_note(ENGINE, made, STRANGER, title)
        kinds = [
            name[key]
            for key in ("ready", "doing", "blocked", "breakdown", "spike", "preferred", "priority", "role0", "feature")
        ]
        for number, title in enumerate(self.titles):
            labels = [name["team"], *([kinds[0]] if number % 2 else []), kinds[number % len(kinds)]]
            assignees = ["ana"] if number % 5 == 0 else []
            weight = None if number % 7 == 0 else 1 + number % 3
            gitlab.add_issue(
                ENGINE,
                stored(title),
                author=STRANGER,
                labels=labels,
                milestone=name["next"],
                assignees=assignees,
                weight=weight,
            )


def stored(title: str) -> str:
    """Give a title as GitLab can store it: not empty, and no longer than 255 characters."""
    return title[:255] if title[:255].strip() else "x"


def written(content: Any) -> str:
    """Write JSON that is YAML as well: what YAML does not take as it is, is escaped."""
    text = json.dumps(content, ensure_ascii=False)
    return re.sub(
        r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]", lambda char: f"\\u{ord(char[0]):04x}", text
    )
