"""What a short file means."""

from __future__ import annotations

import pytest
import yaml

from planning_bot.config import Board, Config, CsvSource, Member, SheetTab, Team, When, load
from planning_bot.config.schedule import when

from .files import CONTRACT, EXAMPLE, REQUIRED, parsed, with_team

LISTS_OF_NEXT = (
    "workflow::problem validation",
    "workflow::design",
    "workflow::solution validation",
    "workflow::planning breakdown",
    "workflow::ready for development",
)


def team(setting: str = "weights: {}") -> Team:
    return with_team(setting).team("custom-models")


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract lies beside the checkout")
def test_the_contract_loads_as_it_stands_and_the_example_says_the_same() -> None:
    contract, example = load(CONTRACT), load(EXAMPLE)

    assert dict(contract) == dict(example)


def test_the_example_says_what_the_defaults_say() -> None:
    raw = yaml.safe_load(EXAMPLE.read_text())["teams"]["custom-models"]
    required = ("gitlab", "product_manager", "engineering_manager", "members")
    short = {
        **{key: raw[key] for key in required},
        "name": "Custom Models",
        "planning_issue": {"project": raw["planning_issue"]["project"]},
        "capacity": {"pto": raw["capacity"]["pto"]},
    }
    short_file = {"gitlab": {"url": "https://gitlab.com"}, "teams": {"custom-models": short}}

    assert dict(Config.model_validate(short_file)) == dict(load(EXAMPLE))


def test_the_example_names_a_pto_file_that_is_there() -> None:
    config = load(EXAMPLE)

    (source,) = config.team("custom-models").capacity.pto

    assert source == CsvSource(csv="pto/custom-models.csv")
    assert (config.path.parent / source.csv).read_text().startswith("username,from,to,share\n")


def test_names_default_to_the_key_and_the_username() -> None:
    assert (team().key, team().name) == ("custom-models", "custom-models")
    assert team().members == (Member(username="eduardobonet", name="eduardobonet"),)


def test_boards_follow_the_teams_label_and_that_of_deliverables() -> None:
    boards = team("deliverables: {label: Committed}").boards

    assert {key: board.labels for key, board in boards.items()} == {
        "planning": ("group::custom models",),
        "build": ("group::custom models", "Committed"),
        "next_1_3": ("group::custom models",),
        "next_4_6": ("group::custom models",),
    }


def test_next_boards_follow_the_titles_of_their_milestones() -> None:
    boards = team("milestones: {next_1_3: Soon, next_4_6: null}").boards

    assert list(boards) == ["planning", "build", "next_1_3"]
    assert boards["next_1_3"] == Board(
        name="{{ team.name }}: Soon",
        milestone="Soon",
        labels=("group::custom models",),
        lists=LISTS_OF_NEXT,
    )


def test_a_given_board_is_merged_with_its_default() -> None:
    build = team("boards: {build: {lists: [doing, done], milestone: null}}").boards["build"]

    assert build == Board(
        name="{{ team.name }}: Build {{ milestone.title }}",
        milestone=None,
        labels=("group::custom models", "Deliverable"),
        lists=("doing", "done"),
    )


def test_a_board_is_taken_out_by_null_and_another_added() -> None:
    boards = team("boards: {next_4_6: null, extra: {name: Bugs, lists: ['type::bug']}}").boards

    assert list(boards) == ["planning", "build", "next_1_3", "extra"]
    assert boards["extra"] == Board(name="Bugs", milestone=None, labels=("group::custom models",), lists=("type::bug",))


def test_the_schedule_is_merged_and_null_takes_a_command_out() -> None:
    schedule = team("schedule: {status: null, close: due + 3, boards: weekly Friday}").schedule

    assert schedule == {
        "create-issue": When("start", -14),
        "boards": When("weekly", weekday=4),
        "readiness": When("start", -10),
        "capacity": When("start", -7),
        "deliverables": When("start", -3),
        "say-do": When("due", 1),
        "close": When("due", 3),
    }


@pytest.mark.parametrize("text", ["start", "due", "start - 14", "due + 1", "weekly sunday"])
def test_a_moment_prints_as_it_is_written(text: str) -> None:
    assert str(when(text)) == text


def test_null_empties_maps_and_lists() -> None:
    changed = team(
        "deliverables: {preference: null, type_mix: {bug: null}}\n"
        "    boards: null\n    schedule: null\n    counterparts:"
    )

    assert (changed.deliverables.preference, changed.deliverables.type_mix) == ((), {})
    assert (changed.boards, changed.schedule, changed.counterparts) == ({}, {}, {})


def test_null_lifts_a_limit_and_leaves_a_label_out() -> None:
    changed = team("limits: {max_changes: null}\n    close: {missed_deliverable_label: ~}")

    assert (changed.limits.max_changes, changed.limits.max_creates) == (None, 10)
    assert (changed.close.missed_deliverable_label, changed.close.exempt_labels) == (None, ("security",))


@pytest.mark.parametrize(
    ("setting", "channel"),
    [
        ("say_do: {channel: C1}", "C1"),
        ("say_do: {channel: C1}\n    status: {}", "C1"),
        ("say_do: {channel: C1}\n    status: {channel: C2}", "C2"),
        ("say_do: {channel: C1}\n    status: {channel: null}", None),
        ("status: {}", None),
    ],
)
def test_the_status_goes_to_the_channel_of_say_do_unless_it_has_its_own(setting: str, channel: str | None) -> None:
    assert team(setting).status.channel == channel


def test_addresses_end_the_same_way_however_they_are_written() -> None:
    config = parsed(REQUIRED.replace("gitlab.com", "gitlab.com/") + "slack:\n  api_url: http://localhost:8080/api\n")

    assert config.gitlab.url == "https://gitlab.com"
    assert config.slack.api_url == "http://localhost:8080/api/"


def test_each_source_of_time_off_has_its_own_shape() -> None:
    pto = team(
        "capacity: {pto: [{csv: a.csv}, {ics: a.ics}, {ics: https://h/a.ics},"
        " {ics: {host: cal.example.com, url_from: CALENDAR}}, {sheet: {key: 18.10, tab: PTO}}]}"
    ).capacity.pto

    assert [source.model_dump() for source in pto] == [
        {"csv": "a.csv"},
        {"ics": "a.ics"},
        {"ics": "https://h/a.ics"},
        {"ics": {"host": "cal.example.com", "url_from": "CALENDAR"}},
        {"sheet": SheetTab(key="18.10", tab="PTO").model_dump()},
    ]
