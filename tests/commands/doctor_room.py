"""A room in the story of the sandbox, where all is well: for the tests of `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support import Desk

if TYPE_CHECKING:
    import pytest

    from tests.support import Ran

TOKEN, SLACK_TOKEN = "glpat-Canary+/4711=end", "xoxb-Canary+/4712=end"
PLANNING = "acme/search/planning"
HEALTHY = """\
search
GitLab
  ✓ token                         of planning-bot, with the scope api, until 2026-12-31
  ✓ group acme                    public; planning-bot is Maintainer
  ✓ project acme/search/planning  public, with issues; planning-bot is Maintainer
  ✓ people                        all 10 that the configuration names can be assigned
  ✓ labels                        all 28 that the configuration names exist
  ✓ the current milestone         18.9, 2026-01-10 to 2026-02-13, 25 weekdays
  ✓ the next milestone            18.10, 2026-02-14 to 2026-03-13, 20 weekdays
  ✓ milestones without dates      Next 1-3 releases, Next 4-6 releases, Backlog, Awaiting Customer
                                  Feedback
  ✓ plan of acme                  it has several boards with a scope (Premium or Ultimate)
Slack
  ✓ token                         of planning-bot, with the scopes that messages need
  ✓ channel team-search           public; planning-bot is in it
Google Sheet
  ✓ Sheet search-planning         planning-bot@sandbox.iam.gserviceaccount.com can read it (1 tab),
                                  and must be one of its editors
Time off
  ✓ time off in pto/search.csv    5 absences in the coming weeks
nothing to mend, 13 checked and good
"""


@dataclass
class Room(Desk):
    """A desk in the story of the sandbox, in which all is well, and the means to spoil it."""

    monkeypatch: pytest.MonkeyPatch | None = None

    def set(self, **variables: str) -> None:
        """Set environment variables; an empty one is not set."""
        assert self.monkeypatch
        for name, value in variables.items():
            if value:
                self.monkeypatch.setenv(name, value)
            else:
                self.monkeypatch.delenv(name)

    def edit(self, old: str, new: str) -> None:
        """Write something else into the configuration."""
        text = self.config.read_text("utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), "utf-8")

    def add(self, section: str) -> None:
        """Add lines to the team's part of the configuration."""
        with self.config.open("a", encoding="utf-8") as file:
            file.write(f"    {section}\n")

    def token_of(self, username: str, level: int = 0, **token: Any) -> None:
        """Use the token of another bot."""
        self.box.gitlab.add_user(username, bot=True)
        if level:
            self.box.gitlab.add_member("acme", username, access_level=level)
        self.use(username, **token)

    def use(self, username: str = "planning-bot", **token: Any) -> None:
        """Use another token."""
        self.box.gitlab.add_token("another-token", username, **token)
        self.set(GITLAB_TOKEN="another-token")

    def add_a_second_team(self, **changed: str) -> None:
        """Add a team like the first one, with some words changed."""
        text = self.config.read_text("utf-8")
        second = text[text.index("  search:\n") :].replace("  search:\n", "  second:\n").replace("Search", "Second")
        for old, new in changed.items():
            second = second.replace(old, new)
        self.config.write_text(text + second, "utf-8")

    def findings(self, *arguments: str) -> tuple[int, list[tuple[str, str, str]]]:
        """Give the exit code of a run, and of each finding severity, kind and target."""
        ran = self.run("doctor", "--format", "json", *arguments)
        return ran.code, [
            (found["severity"], found["kind"], found["target"])
            for team in ran.json["teams"]
            for found in team["result"]["findings"]
        ]


def written(ran: Ran) -> list[tuple[str, str]]:
    """Name the requests that may have changed something: all but the one for a token of Google's."""
    return [sent for sent in ran.sent if sent != ("POST", "/token")]
