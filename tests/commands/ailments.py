"""What can go wrong in a room in which all is well, one thing each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox import Fault
from planning_bot.sandbox.sheets import ACCOUNT
from planning_bot.sandbox.story import CHANNEL, SHEET
from tests.commands.doctor_room import PLANNING, SLACK_TOKEN

if TYPE_CHECKING:
    from tests.commands.doctor_room import Room


def scope(room: Room) -> None:
    room.use(scopes=("read_api",))


def reads_nothing(room: Room) -> None:
    room.use(scopes=("read_user", "read_repository"))


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


def unencrypted(room: Room) -> None:
    room.edit(f"  url: {room.box.url}", f"  url: {room.box.url.replace('http:', 'https:')}")


def calendar_of_no_key(room: Room) -> None:
    room.edit("- csv: pto/search.csv", "- sheet: {key: search-planning, tab: Away}")
    no_key_file(room)


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
