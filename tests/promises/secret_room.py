"""A team that has every secret there is: two tokens, a Google key and the token made of it, a calendar's address."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.commands.team_files import SHEET
from tests.gateways.scripted import Scripted, raw
from tests.milestone import Milestone
from tests.support import CONFIG, GROUP, PM, PROJECT, TOKEN, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning_bot.sandbox import Sandbox
    from tests.support import FakeClock, Ran

CHANNEL, SLACK_TOKEN, KEY_FILE = "C0SEARCH01", 'xoxb-Canary+/4711=end&"x"', "google-key.json"
SECRET_PATH = "/calendar/ical/team%40example.com/private-c4n4ry0815secret/basic.ics"
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
    "DTSTART;VALUE=DATE:20260220\r\nDTEND;VALUE=DATE:20260221\r\nSUMMARY:kenji\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
EXTRAS = """\
    say_do: {{channel: C0SEARCH01}}
    capacity:
      sheet: {{key: SHEET, tab: Capacity}}
      pto: [{{ics: {{host: "HOST", url_from: TEAM_CALENDAR}}}}, {{sheet: {{key: SHEET, tab: PTO}}}}]
"""
# What carries each command out, so that it talks to every system that it knows; `{plan}` is a file.
LINES = (
    "check", "doctor", "create-issue --apply", "boards --out {plan}", "apply {plan}", "readiness --apply",
    "capacity --apply", "deliverables --apply", "status --milestone 18.9 --apply", "say-do --milestone 18.9 --apply",
    "close --milestone 18.9 --apply", "report {site}", "undo {journal} --dry-run",
    "run --apply", f"init --config {{made}} --url {{url}} --group {GROUP} --label group::search --project {PROJECT}",
)  # fmt: skip


@dataclass
class Room:
    """Where all of it is, and what is secret of it."""

    desk: Desk
    calendar: Scripted
    saved: bytes = b""
    ends: dict[str, int] = field(default_factory=dict)

    @property
    def box(self) -> Sandbox:
        """The servers."""
        return self.desk.box

    @property
    def environment(self) -> dict[str, str]:
        """What has to be exported."""
        folder = self.desk.folder
        return {
            "GITLAB_TOKEN": TOKEN,
            "SLACK_BOT_TOKEN": SLACK_TOKEN,
            "GOOGLE_APPLICATION_CREDENTIALS": str(folder / KEY_FILE),
            "TEAM_CALENDAR": f"{self.calendar.url}{SECRET_PATH}",
            "PLANNING_BOT_STATE": str(folder / "state"),
            "HOME": str(folder / "home"),
        }

    def furnish(self) -> None:
        """Fill the servers and write the files."""
        work = Milestone(self.desk)
        made, promised = "2025-12-20 +group::search @18.9 w2", "01-08 +Deliverable"
        work.issue(made, promised, "02-05 close")
        work.issue(made, promised)
        gitlab, box = self.box.gitlab, self.box
        gitlab.add_issue(
            PROJECT, "Ready", author=PM, weight=2, milestone="18.10", labels=["group::search", "type::bug"]
        )
        box.slack.add_token(SLACK_TOKEN)
        box.slack.add_channel(CHANNEL, "team-search")
        box.sheets.add(SHEET, {"PTO": [["username", "from", "to"], ["ana", "2026-02-16", "2026-02-17"]]})
        box.sheets.service_account_file(self.desk.folder).rename(self.desk.folder / KEY_FILE)
        servers = f"sheets: {{{{api_url: {box.url}/}}}}\nslack: {{{{api_url: {box.url}/slack/api/}}}}\nteams:"
        extras = EXTRAS.replace("SHEET", SHEET).replace("HOST", self.calendar.url.removeprefix("http://"))
        self.desk.configure(CONFIG.replace("teams:", servers) + extras)
        self.saved = box.save()

    def run(self, line: str, *more: str) -> Ran:
        """Run one of the lines."""
        state = self.desk.folder / "state"
        journals = sorted(state.rglob("*.jsonl")) if state.is_dir() else []
        files = {"plan": "plan.json", "site": "site", "made": "made", "journal": journals[-1] if journals else "none"}
        known = {name: str(self.desk.folder / path) for name, path in files.items()}
        words = [word.format(url=self.box.url, **known) for word in line.split()]
        return self.desk.run(*words, *more)

    def play(self) -> Iterator[tuple[str, Ran]]:
        """Run every line once, in its order."""
        for line in LINES:
            yield line, self.run(line, "-vv")

    @property
    def canaries(self) -> list[str]:
        """Everything that is secret by now; of the key its lines."""
        key = json.loads((self.desk.folder / KEY_FILE).read_text(encoding="utf-8"))["private_key"]
        lines = [line for line in key.splitlines() if len(line) >= 16 and not line.startswith("-----")]
        sent = [one.headers.get("Authorization", "") for one in self.box.requests if one.path.startswith("/v4/")]
        return [
            TOKEN,
            SLACK_TOKEN,
            f"{self.calendar.url}{SECRET_PATH}",
            SECRET_PATH,
            *lines,
            *{one[7:] for one in sent if one},
        ]


def furnished(box: Sandbox, folder: Path, clock: FakeClock, calendar: Scripted) -> Room:
    """Make a room."""
    calendar.answers = [raw(CALENDAR.encode(), kind="text/calendar")]
    room = Room(Desk(box, folder, clock), calendar)
    room.furnish()
    return room


def spellings(secret: str) -> list[str]:
    """Spell a secret in every way in which it may travel, base64 in each of its three alignments."""
    pairs = [f"{'x' * more}{secret}" for more in range(3)]
    coded = [base64.b64encode(pair.encode()).decode() for pair in (*pairs, f"oauth2:{secret}", f"{secret}:")]
    return [
        secret, quote(secret, safe=""), quote(secret), quote(quote(secret, safe=""), safe=""),
        quote(secret, safe="").replace("%2B", "%2b").replace("%2F", "%2f"), json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret))[3:-3], secret.replace("/", "\\/"), repr(secret.encode())[2:-1], *coded,
        *(text.replace("+", "-").replace("/", "_").rstrip("=") for text in coded),
    ]  # fmt: skip


def leaked(text: str, canaries: list[str]) -> list[str]:
    """Give the canaries of which a text holds anything, in any spelling."""
    return [secret for secret in canaries if any(part in text for part in _telling_parts(secret))]


def _telling_parts(secret: str) -> set[str]:
    """Give what of the spellings tells the secret: base64 shares its ends with what stands around it."""
    return {part[4:-4] if number > 8 else part for number, part in enumerate(spellings(secret))}
