"""`doctor`, as people type it: what is good, each kind of finding over HTTP, several teams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from planning_bot import cli
from planning_bot.sandbox.story import CHANNEL
from tests.commands import ailments
from tests.commands.doctor_room import HEALTHY, PLANNING, written
from tests.openapi import DOCUMENT, complaints
from tests.support import end_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.doctor_room import Room

# What is good


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


def test_the_json_is_as_its_schema_says(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["schema", "--results"])
    schema = json.loads(capsys.readouterr().out)["properties"]["doctor"]
    for spoil in (ailments.blocked, ailments.no_key_file, ailments.default_gone):
        spoil(room)

    jsonschema.validate(room.run("doctor", "--format", "json").team["result"], schema)


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


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="GitLab's own description is not here")
def test_every_request_is_one_that_gitlab_documents(room: Room) -> None:
    for spoil in (ailments.label_gone, ailments.role_misspelt, ailments.no_epic):
        spoil(room)

    ran = room.run("doctor", "--fix", "--apply")

    to_gitlab = [request for request in ran.requests if request.path.startswith("/api/v4/")]
    assert len(to_gitlab) > 20
    assert complaints(to_gitlab) == []


def test_a_team_that_is_not_there_is_said_to_programs_too(room: Room) -> None:
    ran = room.run("doctor", "--team", "serach", "--format", "json")

    assert (ran.code, ran.requests, ran.json["teams"]) == (2, [], [])
    assert ran.json["error"]["message"].startswith("There is no team 'serach'")


# Each kind of finding

FINDING, NOTE = "finding", "note"
GROUP, PROJECT, PTO = "group acme", f"project {PLANNING}", "time off in pto/search.csv"
FOUND: dict[Callable[[Room], None], list[tuple[str, str, str]]] = {
    ailments.scope: [(FINDING, "token_scope", "token")],
    ailments.reads_nothing: [(FINDING, "refused", "GitLab")],
    ailments.ends_soon: [(FINDING, "token_expires", "token")],
    ailments.tells_nothing: [(NOTE, "token_untold", "token")],
    ailments.guest: [(FINDING, "role", GROUP), (FINDING, "role", PROJECT)],
    ailments.stranger: [(FINDING, "role", GROUP), (FINDING, "role", PROJECT)],
    ailments.membership_ends: [(FINDING, "role_expires", GROUP), (FINDING, "role_expires", PROJECT)],
    ailments.archived_group: [(FINDING, "archived", GROUP)],
    ailments.archived_project: [(FINDING, "archived", PROJECT)],
    ailments.group_goes: [(FINDING, "marked_for_deletion", GROUP)],
    ailments.project_goes: [(FINDING, "marked_for_deletion", PROJECT)],
    ailments.no_issues: [(FINDING, "project_issues", PROJECT)],
    ailments.no_group: [(FINDING, "unreadable", "group acne"), (FINDING, "unreadable", "project acne/search/planning")],
    ailments.no_project: [(FINDING, "unreadable", "project acme/search/plans")],
    ailments.other_spelling: [(FINDING, "spelling", "project acme/Search/planning")],
    ailments.outside: [(FINDING, "project_outside", "project elsewhere/planning")],
    ailments.no_epic: [(FINDING, "epic", "epic acme&99")],
    ailments.no_such_person: [(FINDING, "person_missing", "user mira")],
    ailments.blocked: [(FINDING, "person_inactive", "user ana.ferreira")],
    ailments.deactivated: [(FINDING, "person_inactive", "user dana.reyes")],
    ailments.no_member: [(FINDING, "person_no_member", "user zed_1987")],
    ailments.label_gone: [(FINDING, "label_missing", "label Deliverable")],
    ailments.label_elsewhere: [(FINDING, "label_missing", "label Deliverable")],
    ailments.role_misspelt: [(FINDING, "label_unknown", "label fronted")],
    ailments.default_gone: [(NOTE, "label_unknown", "label planning-bot::skip")],
    ailments.no_backlog: [(FINDING, "milestone_missing", "milestone Some day")],
    ailments.board_of_nothing: [(FINDING, "milestone_missing", "milestone v18.10")],
    ailments.title_twice: [(FINDING, "milestone_ambiguous", "milestone Backlog")],
    ailments.planned_twice: [(FINDING, "milestone_ambiguous", "milestone 18.10")],
    ailments.no_dates: [(NOTE, "milestone_dates", "milestones without both dates")],
    ailments.off_the_rule: [(NOTE, "release_rule", "milestone 18.12")],
    ailments.free: [(FINDING, "board_tier", "plan of acme")],
    ailments.free_with_a_board: [(FINDING, "board_tier", "plan of acme")],
    ailments.old_boards: [(NOTE, "old_boards", "boards")],
    ailments.no_slack_token: [(FINDING, "no_credentials", "token")],
    ailments.slack_token_revoked: [(FINDING, "unreadable", "token")],
    ailments.may_not_post: [(FINDING, "slack_scope", "token")],
    ailments.may_not_list: [(FINDING, "slack_scope", "token"), (FINDING, "unreadable", "channel team-search")],
    ailments.may_not_upload: [(NOTE, "slack_scope", "token")],
    ailments.may_not_read_private: [(FINDING, "slack_scope", "token")],
    ailments.channel_archived: [(FINDING, "slack_channel", "channel team-search")],
    ailments.not_invited: [(FINDING, "slack_channel", "channel team-search")],
    ailments.no_channel: [(FINDING, "unreadable", "channel team-serach")],
    ailments.no_key_file: [(FINDING, "no_credentials", "Sheet search-planning")],
    ailments.key_is_none: [(FINDING, "no_credentials", "Sheet search-planning")],
    ailments.not_shared: [(FINDING, "refused", "Sheet search-planning")],
    ailments.no_sheet: [(FINDING, "unreadable", "Sheet 18LhwZpsJ6G")],
    ailments.rows_wrong: [(FINDING, "time_off", PTO)],
    ailments.no_file: [(FINDING, "time_off", PTO)],
    ailments.somebody_elses: [(NOTE, "time_off", PTO)],
    ailments.pto_tab_gone: [(FINDING, "unreadable", "time off in tab Away of Sheet search-planning")],
    ailments.calendar_address_missing: [
        (FINDING, "time_off", "time off in the calendar on calendar.example.com (TEAM_CALENDAR)")
    ],
    ailments.calendar_of_no_key: [(FINDING, "no_credentials", "Sheet search-planning")],
    ailments.unencrypted: [(FINDING, "unreadable", "GitLab")],
    ailments.no_certificates: [(FINDING, "unreadable", "GitLab")],
    ailments.no_certificate_in_it: [(FINDING, "unreadable", "GitLab")],
}


@pytest.mark.parametrize("spoil", FOUND, ids=lambda spoil: spoil.__name__)
def test_what_is_wrong_is_found_with_a_way_to_mend_it_and_nothing_else_is(
    room: Room, spoil: Callable[[Room], None]
) -> None:
    spoil(room)
    try:
        ran = room.run("doctor", "--format", "json")
    finally:
        room.box.tier = "premium"

    findings = ran.team["result"]["findings"]
    assert [(found["severity"], found["kind"], found["target"]) for found in findings] == FOUND[spoil]
    assert ran.code == any(found["severity"] == FINDING for found in findings)
    assert [found for found in findings if min(len(found["because"]), len(found["hint"])) < 15] == []
    assert "Traceback" not in ran.err


def test_all_that_is_wrong_is_told_in_one_run(room: Room) -> None:
    for spoil in (
        ailments.ends_soon,
        ailments.no_issues,
        ailments.no_epic,
        ailments.blocked,
        ailments.label_gone,
        ailments.channel_archived,
        ailments.not_shared,
        ailments.rows_wrong,
    ):
        spoil(room)

    code, found = room.findings()

    assert (code, [kind for _, kind, _ in found]) == (
        1,
        ["token_expires", "project_issues", "epic", "person_inactive", "label_missing", "slack_channel", "refused",
         "time_off"],
    )  # fmt: skip


def test_long_after_the_last_milestone_there_is_neither_a_current_nor_a_next_one(room: Room) -> None:
    room.use(expires_at=None)

    assert room.findings("--today", "2027-05-01") == (
        1,
        [(FINDING, "milestone_missing", "the current milestone"), (FINDING, "milestone_missing", "the next milestone")],
    )


def test_a_certificate_that_is_not_trusted_says_where_its_authority_goes(room: Room) -> None:
    ailments.unencrypted(room)

    assert (
        "does not answer (SSLError)\n    → is its certificate of an authority of your own? name that in"
        in room.run("doctor").out
    )


def test_an_epic_that_can_be_read_is_good(room: Room) -> None:
    number = room.box.gitlab.add_epic("acme", "Plans", author="tomas.okafor")
    room.edit("project: acme/search/planning", f"project: acme/search/planning\n      epic: acme&{number}")

    ran = room.run("doctor")

    assert ran.code == 0
    assert f"  ✓ epic acme&{number}" in ran.out


def test_of_a_source_that_is_all_wrong_the_first_ten_places_are_named(room: Room) -> None:
    rows = "".join(f"ana.ferreira,2026-02-{day},never\n" for day in range(10, 22))
    (room.folder / "pto" / "search.csv").write_text(f"username,from,to\n{rows}", "utf-8")

    _, found = room.findings()
    out = room.run("doctor").out

    assert len(found) == 11
    assert "  ✗ time off in pto/search.csv: pto/search.csv:2: to: write a day as YYYY-MM-DD" in out
    assert "  ✗ time off in pto/search.csv: 2 more places cannot be read\n" in out


def test_somebody_who_has_left_the_team_may_have_left_gitlab_too(room: Room) -> None:
    room.box.gitlab.block_user("ana.ferreira")
    room.edit("roles: [backend], country: PT", "roles: [backend], country: PT, until: 2025-12-31")

    assert room.findings() == (0, [])


def test_a_planning_project_that_more_people_see_than_the_group_is_worth_knowing(room: Room) -> None:
    ailments.more_visible(room)

    code, found = room.findings()

    assert (NOTE, "project_visibility", "project closed/planning") in found
    assert code == 1  # nobody is a member there, and there are neither labels nor milestones


def test_an_empty_group_does_not_show_its_plan(room: Room) -> None:
    ailments.more_visible(room)

    unchecked = room.run("doctor", "--format", "json").team["result"]["unchecked"]

    assert unchecked == [
        {
            "server": "gitlab",
            "target": "plan of closed",
            "because": "neither a board nor an issue is there that would show it",
        }
    ]


def test_labels_of_a_tree_are_looked_for_where_they_are_used(room: Room) -> None:
    room.box.gitlab.delete_label("acme", "security")  # is only read: anywhere in the tree will do
    room.box.gitlab.add_label("acme/search/engine", "security")

    assert room.findings() == (0, [])


def test_a_team_without_slack_sheet_and_time_off_needs_no_tokens_for_them(room: Room) -> None:
    for line in ("say_do:\n      channel: team-search", "pto:\n        - csv: pto/search.csv"):
        room.edit(line, f"{line.partition(':')[0]}: {{}}" if "say" in line else "pto: []")
    text = room.config.read_text("utf-8")
    room.config.write_text("".join(row for row in text.splitlines(True) if "sheet: {" not in row), "utf-8")
    room.set(SLACK_BOT_TOKEN="", GOOGLE_APPLICATION_CREDENTIALS="")

    ran = room.run("doctor", "--format", "json")

    assert (ran.code, {one["server"] for one in ran.team["result"]["checked"]}) == (0, {"gitlab"})
    assert all(request.path.startswith("/api/v4/") for request in ran.requests)


# Several teams


def test_what_teams_share_is_told_with_the_first(room: Room) -> None:
    room.add_a_second_team()
    ailments.label_gone(room)
    room.use(scopes=("read_api",))

    ran = room.run("doctor", "--format", "json")

    first, second = (team["result"] for team in ran.json["teams"])
    assert [found["target"] for found in first["findings"]] == ["token", "label Deliverable"]
    assert (second["findings"], second["checked"]) == ([], [])
    assert second["unchecked"] == [
        {"server": "gitlab", "target": "token", "because": "as with team search"},
        {"server": "gitlab", "target": "label Deliverable", "because": "as with team search"},
    ]


def test_what_is_a_teams_own_is_told_with_it(room: Room) -> None:
    room.add_a_second_team(**{"mira.lindqvist": "nobody"})

    ran = room.run("doctor", "--format", "json")

    first, second = (team["result"]["findings"] for team in ran.json["teams"])
    assert (ran.code, first, [found["target"] for found in second]) == (1, [], ["user nobody"])
    assert room.run("doctor", "--team", "search").code == 0


# For people


def test_the_marks_have_colours_which_can_be_switched_off(room: Room) -> None:
    ailments.blocked(room)
    ailments.default_gone(room)

    assert {mark: f"\x1b[{code}m{mark}\x1b[0m" in room.run("doctor", "--color", "always").out
            for mark, code in (("✓", 32), ("✗", 31), ("!", 33))} == dict.fromkeys("✓✗!", True)  # fmt: skip
    assert "\x1b" not in room.run("doctor", "--color", "never").out


def test_as_markdown_it_keeps_its_columns(room: Room) -> None:
    ran = room.run("doctor", "--format", "markdown")

    team, _, rest = HEALTHY.partition("\n")
    assert ran.out == f"### {team}\n\n```\n{rest}```\n"


def test_names_from_elsewhere_move_no_cursor(room: Room) -> None:
    room.box.gitlab.add_milestone("acme", "18.9", start="2026-01-10", due="2026-02-13")
    room.box.slack.add_channel(CHANNEL, "team-search", members=("U0PERSON",))
    room.edit('label: "group::search"', 'label: "group::\\u202esearch"')

    ran = room.run("doctor")

    assert ran.code == 1
    assert not any(char in ran.out for char in "\x1b\u202e")
