"""`doctor`, as people type it: each kind of finding over HTTP, what is good, what could not be asked, and `--fix`."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import filelock
import pytest

from planning_bot.gateways import this_machine
from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.sheets import ACCOUNT
from planning_bot.sandbox.story import CHANNEL, SHEET, Story, tell_story
from tests.support import Desk, FakeClock, end_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support import Ran

TOKEN, SLACK_TOKEN = "glpat-Canary+/4711=end", "xoxb-Canary+/4712=end"
PLANNING = "acme/search/planning"


@dataclass
class Room(Desk):
    """A desk in the story of the sandbox, which is healthy, and the means to spoil it."""

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

    def findings(self, *arguments: str) -> tuple[int, list[tuple[str, str, str]]]:
        """Give the exit code of a run, and of each finding severity, kind and target."""
        ran = self.run("doctor", "--format", "json", *arguments)
        return ran.code, [
            (found["severity"], found["kind"], found["target"])
            for team in ran.json["teams"]
            for found in team["result"]["findings"]
        ]


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Sandbox, Story, bytes]]:
    with Sandbox() as box:
        story = tell_story(box)
        box.gitlab.add_token(TOKEN, "planning-bot", expires_at="2026-12-31")
        box.slack.add_token(SLACK_TOKEN)
        yield box, story, box.save()


@pytest.fixture
def room(told: tuple[Sandbox, Story, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Room:
    box, story, saved = told
    box.restore(saved)
    box.slack.add_token(SLACK_TOKEN)
    story.write_files(tmp_path)
    room = Room(box, tmp_path, clock, monkeypatch=monkeypatch)
    room.set(**story.environment(tmp_path), PLANNING_BOT_STATE=str(tmp_path / "state"))
    room.set(GITLAB_TOKEN=TOKEN, SLACK_BOT_TOKEN=SLACK_TOKEN)
    return room


def written(ran: Ran) -> list[tuple[str, str]]:
    """Name the requests that may have changed something: all but the one for a token of Google's."""
    return [sent for sent in ran.sent if sent != ("POST", "/token")]


# What is good

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


def test_a_healthy_configuration_has_nothing_to_mend_and_says_what_was_checked(room: Room) -> None:
    ran = room.run("doctor")

    assert (ran.code, written(ran)) == (0, [])
    assert ran.out == HEALTHY


def test_the_same_for_programs(room: Room) -> None:
    ran = room.run("doctor", "--format", "json")

    assert set(ran.team) == {"team", "milestone", "result", "plan", "outcome"}
    assert (ran.code, ran.team["milestone"], ran.team["outcome"]) == (0, None, None)
    assert (ran.team["result"]["findings"], ran.team["result"]["unchecked"]) == ([], [])
    assert {one["server"] for one in ran.team["result"]["checked"]} == {"gitlab", "slack", "sheet", "time_off"}
    assert {"server": "gitlab", "target": "labels", "found": "all 28 that the configuration names exist"} in ran.team[
        "result"
    ]["checked"]


def test_of_a_large_configuration_each_thing_is_asked_once(room: Room) -> None:
    text = room.config.read_text("utf-8")
    one = text[text.index("  search:\n") :]
    others = "".join(one.replace("  search:\n", f"  team{n}:\n").replace("Search", f"Team {n}") for n in range(10))
    room.config.write_text(text + others, "utf-8")

    alone, together = room.run("doctor", "--team", "search"), room.run("doctor")

    assert (alone.code, together.code) == (0, 0)
    assert len(together.requests) == len(alone.requests)
    assert sum(one.path.endswith("/labels") for one in alone.requests) == 1


def test_a_run_sends_nothing_but_reads_and_leaves_everything_as_it_was(room: Room) -> None:
    before = end_state(room.box)
    room.box.gitlab.delete_label("acme", "Deliverable")
    after = end_state(room.box)

    ran = room.run("doctor")

    assert (ran.code, written(ran), end_state(room.box)) == (1, [], after)
    assert before != after


# Each kind of finding


def scope(room: Room) -> None:
    room.use(scopes=("read_api",))


def ends_soon(room: Room) -> None:
    room.use(expires_at="2026-03-02")


def tells_nothing(room: Room) -> None:
    room.box.fail(Fault("404", path="/personal_access_tokens/self", times=None))


def guest(room: Room) -> None:
    room.token_of("guest-bot", 10)


def stranger(room: Room) -> None:
    room.token_of("strange-bot")


def membership_ends(room: Room) -> None:
    room.box.gitlab.end_membership("planning-bot", "2026-02-10")


def archived_group(room: Room) -> None:
    room.box.gitlab.archive("acme")


def archived_project(room: Room) -> None:
    room.box.gitlab.archive(PLANNING)


def group_goes(room: Room) -> None:
    room.box.gitlab.delete_later("acme", "2026-02-20")


def project_goes(room: Room) -> None:
    room.box.gitlab.delete_later(PLANNING, "2026-02-20")


def no_issues(room: Room) -> None:
    room.box.gitlab.turn_issues_off(PLANNING)


def no_group(room: Room) -> None:
    room.edit("group: acme", "group: acne")
    room.edit("project: acme/search", "project: acne/search")


def no_project(room: Room) -> None:
    room.edit("project: acme/search/planning", "project: acme/search/plans")


def other_spelling(room: Room) -> None:
    room.edit("project: acme/search/planning", "project: acme/Search/planning")


def outside(room: Room) -> None:
    room.box.gitlab.add_project("elsewhere/planning")
    room.box.gitlab.add_member("elsewhere", "planning-bot", access_level=40)
    room.edit("project: acme/search/planning", "project: elsewhere/planning")


def more_visible(room: Room) -> None:
    room.box.gitlab.add_group("closed", visibility="private")
    room.box.gitlab.add_member("closed", "planning-bot", access_level=40)
    room.box.gitlab.add_project("closed/planning")
    room.edit("project: acme/search/planning", "project: closed/planning")
    room.edit("group: acme", "group: closed")


def no_epic(room: Room) -> None:
    room.edit("project: acme/search/planning", "project: acme/search/planning\n      epic: acme&99")


def no_such_person(room: Room) -> None:
    room.edit("product_manager: mira.lindqvist", "product_manager: mira")


def blocked(room: Room) -> None:
    room.box.gitlab.block_user("ana.ferreira")


def deactivated(room: Room) -> None:
    room.box.gitlab.block_user("dana.reyes", state="deactivated")


def no_member(room: Room) -> None:
    room.edit("product_manager: mira.lindqvist", "product_manager: zed_1987")


def label_gone(room: Room) -> None:
    room.box.gitlab.delete_label("acme", "Deliverable")


def label_elsewhere(room: Room) -> None:
    room.box.gitlab.delete_label("acme", "Deliverable")
    room.box.gitlab.add_label(PLANNING, "Deliverable")


def role_misspelt(room: Room) -> None:
    room.edit("roles: [frontend], country: FR", "roles: [fronted], country: FR")


def default_gone(room: Room) -> None:
    room.box.gitlab.delete_label("acme", "planning-bot::skip")


def no_backlog(room: Room) -> None:
    room.add("milestones: {backlog: Some day}")


def board_of_nothing(room: Room) -> None:
    room.add('boards: {planning: {milestone: "v{{ milestone.title }}"}}')


def title_twice(room: Room) -> None:
    room.box.gitlab.add_milestone("acme", "Backlog")


def planned_twice(room: Room) -> None:
    room.box.gitlab.add_milestone("acme", "18.10", start="2026-02-14", due="2026-03-13")


def no_dates(room: Room) -> None:
    room.box.gitlab.add_milestone("acme", "18.12", start="2026-04-11")


def off_the_rule(room: Room) -> None:
    room.box.gitlab.add_milestone("acme", "18.12", start="2026-04-11", due="2026-05-14")


def free(room: Room) -> None:
    room.box.tier = "free"


def free_with_a_board(room: Room) -> None:
    room.box.tier = "free"
    room.box.gitlab.add_board("acme", "Development")


def old_boards(room: Room) -> None:
    for title in ("18.1", "18.8"):  # the second ended three weeks ago
        room.box.gitlab.add_board("acme", f"Search: Build {title}")


def no_slack_token(room: Room) -> None:
    room.set(SLACK_BOT_TOKEN="")


def slack_token_revoked(room: Room) -> None:
    room.box.slack.refuse_token(SLACK_TOKEN)


def may_not_post(room: Room) -> None:
    room.box.slack.add_token(SLACK_TOKEN, scopes=("channels:read", "groups:read", "channels:history", "files:write"))


def may_not_list(room: Room) -> None:
    room.box.slack.add_token(SLACK_TOKEN, scopes=("chat:write", "files:write"))


def may_not_upload(room: Room) -> None:
    room.box.slack.add_token(SLACK_TOKEN, scopes=("chat:write", "channels:read", "channels:history", "groups:read"))


def may_not_read_private(room: Room) -> None:
    room.box.slack.add_channel(CHANNEL, "team-search", is_private=True)
    scopes = ("chat:write", "channels:read", "channels:history", "groups:read", "files:write")
    room.box.slack.add_token(SLACK_TOKEN, scopes=scopes)


def channel_archived(room: Room) -> None:
    room.box.slack.archive(CHANNEL)


def not_invited(room: Room) -> None:
    room.box.slack.add_channel(CHANNEL, "team-search", members=("U0PERSON",))


def no_channel(room: Room) -> None:
    room.edit("channel: team-search", "channel: team-serach")


def no_key_file(room: Room) -> None:
    room.set(GOOGLE_APPLICATION_CREDENTIALS="")


def key_is_none(room: Room) -> None:
    (room.folder / "google-key.json").write_text("{}", "utf-8")


def not_shared(room: Room) -> None:
    room.box.sheets.share(SHEET, ACCOUNT, None)


def no_sheet(room: Room) -> None:
    room.edit("key: search-planning", "key: 18LhwZpsJ6G")


def rows_wrong(room: Room) -> None:
    (room.folder / "pto" / "search.csv").write_text("username,from,to\nana.ferreira,2026-02-16,16.2.2026\n", "utf-8")


def no_file(room: Room) -> None:
    (room.folder / "pto" / "search.csv").unlink()


def somebody_elses(room: Room) -> None:
    (room.folder / "pto" / "search.csv").write_text("username,from,to\nzed,2026-02-16,2026-02-16\n", "utf-8")


def pto_tab_gone(room: Room) -> None:
    room.edit("- csv: pto/search.csv", "- sheet: {key: search-planning, tab: Away}")


def calendar_address_missing(room: Room) -> None:
    room.edit("- csv: pto/search.csv", "- ics: {host: calendar.example.com, url_from: TEAM_CALENDAR}")


def no_certificates(room: Room) -> None:
    room.edit("sheets:\n", "  ca_file: ours.pem\nsheets:\n")


def no_certificate_in_it(room: Room) -> None:
    (room.folder / "ours.pem").write_text("nothing", "utf-8")
    no_certificates(room)


FINDING, NOTE = "finding", "note"
GROUP, PROJECT, PTO = "group acme", f"project {PLANNING}", "time off in pto/search.csv"
FOUND: dict[Callable[[Room], None], list[tuple[str, str, str]]] = {
    scope: [(FINDING, "token_scope", "token")],
    ends_soon: [(FINDING, "token_expires", "token")],
    tells_nothing: [(NOTE, "token_untold", "token")],
    guest: [(FINDING, "role", GROUP), (FINDING, "role", PROJECT)],
    stranger: [(FINDING, "role", GROUP), (FINDING, "role", PROJECT)],
    membership_ends: [(FINDING, "role_expires", GROUP), (FINDING, "role_expires", PROJECT)],
    archived_group: [(FINDING, "archived", GROUP)],
    archived_project: [(FINDING, "archived", PROJECT)],
    group_goes: [(FINDING, "marked_for_deletion", GROUP)],
    project_goes: [(FINDING, "marked_for_deletion", PROJECT)],
    no_issues: [(FINDING, "project_issues", PROJECT)],
    no_group: [(FINDING, "unreadable", "group acne"), (FINDING, "unreadable", "project acne/search/planning")],
    no_project: [(FINDING, "unreadable", "project acme/search/plans")],
    other_spelling: [(FINDING, "spelling", "project acme/Search/planning")],
    outside: [(FINDING, "project_outside", "project elsewhere/planning")],
    no_epic: [(FINDING, "epic", "epic acme&99")],
    no_such_person: [(FINDING, "person_missing", "user mira")],
    blocked: [(FINDING, "person_inactive", "user ana.ferreira")],
    deactivated: [(FINDING, "person_inactive", "user dana.reyes")],
    no_member: [(FINDING, "person_no_member", "user zed_1987")],
    label_gone: [(FINDING, "label_missing", "label Deliverable")],
    label_elsewhere: [(FINDING, "label_missing", "label Deliverable")],
    role_misspelt: [(FINDING, "label_unknown", "label fronted")],
    default_gone: [(NOTE, "label_unknown", "label planning-bot::skip")],
    no_backlog: [(FINDING, "milestone_missing", "milestone Some day")],
    board_of_nothing: [(FINDING, "milestone_missing", "milestone v18.10")],
    title_twice: [(FINDING, "milestone_ambiguous", "milestone Backlog")],
    planned_twice: [(FINDING, "milestone_ambiguous", "milestone 18.10")],
    no_dates: [(NOTE, "milestone_dates", "milestones without both dates")],
    off_the_rule: [(NOTE, "release_rule", "milestone 18.12")],
    free: [(FINDING, "board_tier", "plan of acme")],
    free_with_a_board: [(FINDING, "board_tier", "plan of acme")],
    old_boards: [(NOTE, "old_boards", "boards")],
    no_slack_token: [(FINDING, "no_credentials", "token")],
    slack_token_revoked: [(FINDING, "unreadable", "token")],
    may_not_post: [(FINDING, "slack_scope", "token")],
    may_not_list: [(FINDING, "slack_scope", "token"), (FINDING, "unreadable", "channel team-search")],
    may_not_upload: [(NOTE, "slack_scope", "token")],
    may_not_read_private: [(FINDING, "slack_scope", "token")],
    channel_archived: [(FINDING, "slack_channel", "channel team-search")],
    not_invited: [(FINDING, "slack_channel", "channel team-search")],
    no_channel: [(FINDING, "unreadable", "channel team-serach")],
    no_key_file: [(FINDING, "no_credentials", "Sheet search-planning")],
    key_is_none: [(FINDING, "no_credentials", "Sheet search-planning")],
    not_shared: [(FINDING, "refused", "Sheet search-planning")],
    no_sheet: [(FINDING, "unreadable", "Sheet 18LhwZpsJ6G")],
    rows_wrong: [(FINDING, "time_off", PTO)],
    no_file: [(FINDING, "time_off", PTO)],
    somebody_elses: [(NOTE, "time_off", PTO)],
    pto_tab_gone: [(FINDING, "unreadable", "time off in tab Away of Sheet search-planning")],
    calendar_address_missing: [
        (FINDING, "time_off", "time off in the calendar on calendar.example.com (TEAM_CALENDAR)")
    ],
    no_certificates: [(FINDING, "unreadable", "GitLab")],
    no_certificate_in_it: [(FINDING, "unreadable", "GitLab")],
}


@pytest.mark.parametrize("spoil", FOUND, ids=lambda spoil: spoil.__name__)
def test_each_thing_that_is_wrong_is_found_and_nothing_else_is(room: Room, spoil: Callable[[Room], None]) -> None:
    spoil(room)
    try:
        code, found = room.findings()
    finally:
        room.box.tier = "premium"

    assert found == FOUND[spoil]
    assert code == any(severity == FINDING for severity, _, _ in found)


@pytest.mark.parametrize("spoil", FOUND, ids=lambda spoil: spoil.__name__)
def test_each_finding_says_what_was_found_and_how_to_mend_it(room: Room, spoil: Callable[[Room], None]) -> None:
    spoil(room)
    try:
        ran = room.run("doctor", "--format", "json")
    finally:
        room.box.tier = "premium"

    for found in ran.team["result"]["findings"]:
        assert len(found["because"]) > 15, found
        assert len(found["hint"]) > 15, found
    assert "Traceback" not in ran.err
