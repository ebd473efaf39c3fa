from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from planning_bot.sandbox import Fault
from tests.commands.team_files import MEMBERS, SHEET, TAB, TEAM_LABEL, key_file, section, settings, time_off, work
from tests.openapi import DOCUMENT, complaints
from tests.support import BOT, EM, GUEST_TOKEN, PM, PROJECT, STRANGER, Desk, Ran, count, end_state

if TYPE_CHECKING:
    from collections.abc import Callable

LOOKED_AT = 7  # the user, milestones, the team's open issues, three lists of the planning project, its issue's notes
FOUR_DAYS = ("ana,2026-02-19,2026-02-20", "ana,2026-02-23,2026-02-24")  # in two weeks
TO_SHEET = {"key": SHEET, "tab": "Capacity {{ milestone.title }}"}
NUMBER, COUNT = {"type": "number"}, {"type": "integer"}
MEMBER_NUMBERS = (
    "pto_days", "rotation_days", "available_days", "capacity_weight", "carryover_weight", "planned_weight",
    "remaining_weight",
)  # fmt: skip
TOTALS = ("available_days", "capacity_weight", "carryover_weight", "planned_weight", "remaining_weight")
WORDS = {
    "username": {"type": "string"},
    "name": {"type": "string"},
    "working": {"type": "string", "pattern": "^[^\n]+$"},
}
RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["members", "total", "oversized", "unweighted"],
    "properties": {
        "members": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [*WORDS, "weekdays", "holidays", *MEMBER_NUMBERS],
                "properties": {**WORDS, "weekdays": COUNT, "holidays": COUNT, **dict.fromkeys(MEMBER_NUMBERS, NUMBER)},
            },
        },
        "total": {"type": "object", "required": list(TOTALS), "properties": dict.fromkeys(TOTALS, NUMBER)},
        "oversized": {
            "type": "array",
            "items": {"required": ["reference", "weight"], "properties": {"weight": NUMBER}},
        },
        "unweighted": {"type": "array", "items": {"type": "string", "pattern": r"^[\w./-]+#\d+$"}},
    },
}


@pytest.fixture
def with_sheet(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a team whose capacity goes to a Sheet too."""
    desk.box.sheets.add(SHEET, {"PTO": []})
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file(desk)))
    settings(desk, capacity={"sheet": TO_SHEET})
    return desk


@pytest.fixture
def opened(desk: Desk) -> Desk:
    """Give a team whose planning issue is open."""
    settings(desk)
    assert desk.run("create-issue", "--apply").code == 0
    return desk


def answer(desk: Desk, *arguments: str) -> Any:
    """Give the result in JSON, which has the contract's form."""
    ran = desk.run("capacity", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    jsonschema.validate(ran.team["result"], RESULT)
    return ran.team["result"]


def numbers(result: Any) -> dict[str, tuple[float, ...]]:
    """Give weekdays, holidays, days off, rotation, available days and capacity of each member."""
    keys = ("weekdays", "holidays", "pto_days", "rotation_days", "available_days", "capacity_weight")
    return {member["username"]: tuple(member[key] for key in keys) for member in result["members"]}


def workings(result: Any) -> dict[str, str]:
    return {member["username"]: member["working"] for member in result["members"]}


# ---------------------------------------------------------------------------------------------- the numbers

FOUR_COUNTRIES = [
    {"username": "ana", "country": "NL"},
    {"username": "kenji", "country": "PL", "allocation": 0.5},
    {"username": "zed", "country": "US", "until": "2026-01-02"},
    {"username": "tomas", "country": "DE", "subdivision": "BY"},
]


def test_four_countries_over_christmas_in_four_weeks_agree_with_what_was_counted_on_paper(desk: Desk) -> None:
    """18.8: 20 weekdays, Monday 15 December to Friday 9 January."""
    away = time_off(desk, "ana,2025-12-18,2025-12-23", "kenji,2025-12-29,2025-12-31,0.5", "tomas,2026-01-05,2026-01-06")
    rotation = {"label": "Support", "username": "ana", "from": "2025-12-15", "to": "2025-12-19", "share": 0.5}
    settings(
        desk,
        members=FOUR_COUNTRIES,
        capacity={
            "pto": [away],
            "rotations": [rotation],
            "days_off": ["2025-12-31"],
            "buffer": 0.2,
            "focus_factor": 0.8,
        },
    )

    result = answer(desk, "--milestone", "18.8", "--today", "2025-12-10")

    # NL 25, 26 December, 1 January and the company's 31 December; PL 24 December and 6 January too; US 25 December,
    # 1 January, 31 December, to the 2nd 15 weekdays; BY 25, 26 December, 1, 6 January, 31 December.
    assert numbers(result) == {
        "ana": (20, 4, 4, 1.5, 10.5, 3.36),
        "kenji": (20, 6, 1, 0, 6.5, 2.08),
        "zed": (15, 3, 0, 0, 12, 3.84),
        "tomas": (20, 5, 1, 0, 14, 4.48),
    }
    then = "× 0.8 focus × 0.8 after buffer ÷ 2"
    assert workings(result) == {
        "ana": f"20 weekdays − 4 holidays − 4 PTO − 1.5 rotation = 10.5 days {then} = 3.36",
        "kenji": f"20 weekdays − 6 holidays − 1 PTO = 13 days × 0.5 allocation {then} = 2.08",
        "zed": f"15 weekdays − 3 holidays = 12 days {then} = 3.84",
        "tomas": f"20 weekdays − 5 holidays − 1 PTO = 14 days {then} = 4.48",
    }


def test_five_weeks_by_budget_count_the_share_of_the_whole_milestone(desk: Desk) -> None:
    """18.9: 25 weekdays, 12 January to 13 February; the US have 19 January off, the others nothing."""
    away = time_off(desk, "kenji,2026-01-12,2026-01-16")
    members = [*FOUR_COUNTRIES[:2], {"username": "zed", "country": "US"}, FOUR_COUNTRIES[3]]
    settings(desk, members=members, capacity={"pto": [away], "formula": "budget", "budget": 10})

    result = answer(desk, "--milestone", "current")

    assert numbers(result) == {
        "ana": (25, 0, 0, 0, 25, 10),
        "kenji": (25, 0, 5, 0, 10, 4),
        "zed": (25, 1, 0, 0, 24, 9.6),
        "tomas": (25, 0, 0, 0, 25, 10),
    }
    assert workings(result)["kenji"] == ("25 weekdays − 5 PTO = 20 days × 0.5 allocation ÷ 25 weekdays × budget 10 = 4")
    assert result["total"] == {
        "available_days": 84, "capacity_weight": 33.6, "carryover_weight": 0, "planned_weight": 0,
        "remaining_weight": 33.6,
    }  # fmt: skip


def test_carried_over_and_planned_work_is_taken_off(desk: Desk) -> None:
    settings(desk, capacity={"carryover_shares": {"workflow::in review": 0.25}})
    in_review, in_dev = ([TEAM_LABEL, stage] for stage in ("workflow::in review", "workflow::in dev"))
    review = work(desk, milestone="18.9", weight=2, assignees=["ana"], labels=in_review)
    shared = work(desk, milestone="18.8", weight=3, assignees=["ana", EM], labels=in_dev)
    bare = work(desk, milestone="18.9", assignees=["kenji"])
    work(desk, milestone="18.9", weight=3)
    work(desk, weight=2, assignees=["ana", "kenji"])
    large, none = work(desk, weight=5), work(desk)
    work(desk, weight=0)
    work(desk, milestone="Backlog", weight=9, assignees=["ana"])

    result = answer(desk)

    assert [(m["carryover_weight"], m["planned_weight"], m["remaining_weight"]) for m in result["members"]] == [
        (2, 1, 7),
        (0, 1, 4),
    ]
    assert result["total"]["remaining_weight"] == 11
    assert result["carried_over"] == [
        {"name": "workflow::in review", "weight": 0.5, "issues": [review], "weighted": 1},
        {"name": "workflow::in dev", "weight": 1.5, "issues": [shared], "weighted": 1},
        {"name": "not started", "weight": 0, "issues": [bare], "weighted": 0},
    ]
    assert (result["oversized"], result["unweighted"]) == ([{"reference": large, "weight": 5}], [none])
    assert (result["weighted"], result["candidates"]) == (3, 4)


def _closed(desk: Desk, day: str, weight: int | None, **parts: Any) -> int:
    box = desk.box
    now, box.now = box.now, datetime.fromisoformat(f"{day}T12:00+00:00")
    number = int(work(desk, milestone="18.8", weight=weight, state="closed", **parts).rpartition("#")[2])
    box.now = now
    return number


def _reopened(desk: Desk, number: int, *, closed_again: bool) -> None:
    for at, event in (("2026-01-13", "reopen"), ("2026-01-20", "close")):
        if event == "reopen" or closed_again:
            day = datetime.fromisoformat(f"{at}T12:00+00:00")
            desk.box.gitlab.edit_issue(PROJECT, number, by=PM, at=day, state_event=event)


def test_velocity_counts_what_was_closed_at_the_cut_off_whatever_became_of_it(desk: Desk) -> None:
    """18.8 had 20 days of Ana's and 10 of Kenji's, less five that Ana was away: 25."""
    away = time_off(desk, "ana,2025-12-15,2025-12-19", "ana,2026-02-16,2026-02-18")
    settings(desk, capacity={"pto": [away], "formula": "velocity", "velocity_milestones": 1})
    _closed(desk, "2026-01-09", 3)
    _reopened(desk, _closed(desk, "2026-01-08", 5), closed_again=True)
    _reopened(desk, _closed(desk, "2026-01-07", 2), closed_again=False)
    late = int(work(desk, milestone="18.8", weight=8, created_at=datetime(2026, 1, 5, tzinfo=UTC)).rpartition("#")[2])
    desk.box.gitlab.edit_issue(PROJECT, late, by=PM, at=datetime(2026, 1, 10, tzinfo=UTC), state_event="close")
    _closed(desk, "2026-01-12", 8)  # made after the cut-off
    _closed(desk, "2026-01-05", 8, labels=[])  # another team's
    _closed(desk, "2026-01-05", 8, issue_type="task")
    _closed(desk, "2026-01-05", None)
    number = _closed(desk, "2026-01-05", 13)
    desk.box.gitlab.close_as_duplicate(PROJECT, number, (PROJECT, 1), by=PM)

    ran = desk.run("capacity", "--format", "json")

    result = ran.team["result"]
    assert numbers(result) == {"ana": (20, 0, 3, 0, 17, 6.8), "kenji": (20, 0, 0, 0, 10, 4)}
    assert workings(result) == {
        "ana": "20 weekdays − 3 PTO = 17 days × 0.4 (10 weight ÷ 25 days before) = 6.8",
        "kenji": "20 weekdays × 0.5 allocation × 0.4 (10 weight ÷ 25 days before) = 4",
    }
    events = [request.path for request in ran.requests if "resource_state_events" in request.path]
    assert len(events) == 3  # of the two that were opened again, and of the one that was closed too late


def test_velocity_without_a_past_names_the_other_formulas(desk: Desk) -> None:
    settings(desk, capacity={"formula": "velocity"})
    ran = desk.run("capacity", "--milestone", "18.1", "--today", "2025-06-01", "--format", "json")
    assert ran.code == 2
    assert "days or budget" in ran.team["error"]["hint"]


def test_what_is_left_of_a_milestone_is_counted_from_a_day_on(desk: Desk) -> None:
    settings(desk, capacity={"pto": [time_off(desk, "ana,2026-03-03,2026-03-12")]})
    result = answer(desk, "--from", "2026-03-09")
    assert numbers(result) == {"ana": (5, 0, 4, 0, 1, 0.5), "kenji": (5, 0, 0, 0, 2.5, 1.25)}
    assert numbers(answer(desk, "--from", "2026-01-01")) == numbers(answer(desk))
    assert answer(desk, "--from", "2026-03-14")["total"]["capacity_weight"] == 0


def test_an_absence_is_tried_several_too_and_nothing_is_written(with_sheet: Desk) -> None:
    settings(with_sheet, capacity={"sheet": TO_SHEET, "pto": [time_off(with_sheet, "ana,2026-02-16,2026-02-17")]})
    with_sheet.run("create-issue", "--apply")
    before = end_state(with_sheet.box)
    tried = ["--what-if", "@Ana=2026-02-17..2026-02-20", "--what-if", "kenji=2026-03-02..2026-03-06,0.5"]
    ran = with_sheet.run("capacity", *tried, "--apply", "--format", "json")
    # 16 and 17 are off already, 17 to 20 are tried: five days in all
    assert numbers(ran.team["result"]) == {"ana": (20, 0, 5, 0, 15, 7.5), "kenji": (20, 0, 2.5, 0, 8.75, 4.375)}
    assert ran.team["plan"]["notices"] == [
        "more than a third of the team is away in the week of 2026-02-16: ana",
        "nothing is posted: an absence is only tried",
    ]
    assert (ran.code, ran.sent, end_state(with_sheet.box)) == (0, [], before)
    assert with_sheet.box.sheets.tabs(SHEET) == ["PTO"]


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        ("ana", "--what-if 'ana' names no absence"),
        ("ana=2026-02-16", "--what-if 'ana=2026-02-16' names no absence"),
        ("nobody=2026-02-16..2026-02-17", "'nobody' is no member"),
        ("ana=2026-02-16..2026-02-30", "there is no day 2026-02-30"),
        ("ana=16.02.2026..17.02.2026", "write a day as YYYY-MM-DD"),
        ("ana=2026-02-17..2026-02-16", "2026-02-16 is before 2026-02-17"),
        ("ana=2026-02-16..2026-02-17,2", "from 0 to 1"),
        ("ana=2026-02-16..2026-02-17,", "from 0 to 1"),
    ],
)
def test_an_absence_that_is_none_is_a_usage_error_before_any_request(desk: Desk, tried: str, said: str) -> None:
    ran = desk.run("capacity", "--what-if", "kenji=2026-02-16..2026-02-16", "--what-if", tried)
    assert (ran.code, ran.requests, said in ran.err) == (2, [], True), ran.err


def test_of_two_teams_an_absence_is_tried_for_the_one_whose_member_it_names(desk: Desk) -> None:
    settings(desk)
    file = json.loads(desk.config.read_text(encoding="utf-8"))
    file["teams"]["other"] = {**file["teams"]["search"], "name": "Other", "members": [{"username": "tomas"}]}
    desk.config.write_text(json.dumps(file), encoding="utf-8")
    ran = desk.run("capacity", "--what-if", "tomas=2026-02-16..2026-02-20", "--format", "json")
    assert ran.code == 0, ran.err
    weights = {team["team"]: team["result"]["total"]["capacity_weight"] for team in ran.json["teams"]}
    assert weights == {"search": 15, "other": 7.5}
    alone = desk.run("capacity", "--team", "search", "--what-if", "tomas=2026-02-16..2026-02-20")
    assert (alone.code, "its members: ana, kenji" in alone.err) == (2, True)


# ---------------------------------------------------------------------------------------------- time off


def test_a_day_in_three_sources_counts_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.box.sheets.add(SHEET, {"PTO": [["from", "to", "username", "share"], ["2026-02-16", "2026-02-18", "ana", ""]]})
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file(desk)))
    calendar = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//a//b//EN",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTAMP:20260101T000000Z",
    ]
    calendar += ["DTSTAMP:20260101T000000Z"]
    calendar += ["DTSTART;VALUE=DATE:20260218", "DTEND;VALUE=DATE:20260221", "SUMMARY:ana: surgery", "END:VEVENT"]
    (desk.folder / "team.ics").write_text("\r\n".join([*calendar, "END:VCALENDAR", ""]), encoding="utf-8")
    sources = [
        time_off(desk, "ana,2026-02-16,2026-02-16,0.5"),
        {"ics": "team.ics"},
        {"sheet": {"key": SHEET, "tab": "PTO"}},
    ]
    settings(desk, capacity={"pto": sources})
    desk.run("create-issue", "--apply")

    ran = desk.run("capacity", "--apply", "--format", "json")

    assert ran.code == 0, ran.err
    assert ran.team["result"]["members"][0]["pto_days"] == 5
    told = [ran.out, ran.err, str(desk.box.gitlab.dump())]
    assert [text for text in told if "surgery" in text] == []  # days, never reasons


def test_time_off_that_cannot_be_read_stops_it_with_every_place(with_sheet: Desk) -> None:
    desk = with_sheet
    desk.box.sheets.add(SHEET, {"PTO": [["username", "from", "to"], ["ana", "tomorrow", "2026-02-18"]]})
    sources = [
        time_off(desk, "ana,2026-02-16,2026-02-15", "kenji,16/02/2026,2026-02-20"),
        {"sheet": {"key": SHEET, "tab": "PTO"}},
        {"csv": "gone.csv"},
    ]
    settings(desk, capacity={"pto": sources, "sheet": TO_SHEET})
    desk.run("create-issue", "--apply")
    before = end_state(desk.box)

    ran = desk.run("capacity", "--apply")

    assert (ran.code, _only_the_token(ran)) == (2, True)
    places = re.findall(r"^(?:error: )?(pto\.csv:\d+|gone\.csv|tab PTO, row \d+)", ran.err, re.MULTILINE)
    assert sorted(places) == ["gone.csv", "pto.csv:2", "pto.csv:3", "tab PTO, row 2"]
    assert end_state(desk.box) == before
    assert desk.box.sheets.tabs(SHEET) == ["PTO"]


@pytest.mark.parametrize(("shared", "tab"), [({}, "PTO"), (None, "Holidays")], ids=["not shared", "no such tab"])
def test_time_off_in_a_sheet_that_is_not_there_is_never_none(
    with_sheet: Desk, shared: dict[str, str] | None, tab: str
) -> None:
    desk = with_sheet
    desk.box.sheets.add(SHEET, {"PTO": []}, shared_with=shared)
    settings(desk, capacity={"pto": [{"sheet": {"key": SHEET, "tab": tab}}], "sheet": TO_SHEET})
    desk.run("create-issue", "--apply")
    before = end_state(desk.box)
    ran = desk.run("capacity", "--apply", "--format", "json")
    assert (ran.code, _only_the_token(ran), end_state(desk.box)) == (1, True, before)
    assert ran.team["result"] is None
    assert desk.box.sheets.tabs(SHEET) == ["PTO"]


def test_a_row_of_somebody_in_no_team_is_told_and_not_posted(opened: Desk) -> None:
    settings(opened, capacity={"pto": [time_off(opened, "somebody,2026-02-16,2026-02-20")]})
    ran = opened.run("capacity", "--apply", "--format", "json")
    assert ran.team["plan"]["notices"] == ["pto.csv:2: 'somebody' is in no team"]
    assert "somebody" not in section(opened, "capacity")


# ---------------------------------------------------------------------------------------------- what is posted


def test_days_are_posted_with_the_working_and_references_alone(opened: Desk) -> None:
    settings(opened, capacity={"pto": [time_off(opened, *FOUR_DAYS)]})
    large = work(opened, "A very secret title", weight=5, confidential=True, assignees=["ana"])
    work(opened, "Another title")
    ran = opened.run("capacity", "--apply", "--format", "json")
    assert ran.code == 0, ran.err
    assert section(opened, "capacity").splitlines() == [
        "## Capacity",
        "",
        "**Search can carry 13 weight in 18.10**, counted by `days`; 8 of it is still free.",
        "",
        "| Engineer | Days | Capacity | Carry-over | Planned | Free |",
        "|---|--:|--:|--:|--:|--:|",
        "| Ana Ferreira | 16 | 8 | 0 | 5 | 3 |",
        "| Kenji Sato | 10 | 5 | 0 | 0 | 5 |",
        "| **All** | **26** | **13** | **0** | **5** | **8** |",
        "",
        "1 of 2 candidates are weighted.",
        "",
        "<details>",
        "<summary>How it is counted</summary>",
        "",
        "- Ana Ferreira: 20 weekdays − 4 PTO = 16 days ÷ 2 = 8",
        "- Kenji Sato: 20 weekdays × 0.5 allocation ÷ 2 = 5",
        "",
        "</details>",
        "",
        f"**To break down:** {large}+ (5).",
        "",
        f"**Without a weight:** {PROJECT}#3+.",
    ]
    told = [ran.out, ran.err, section(opened, "capacity"), *(n["body"] for n in opened.box.gitlab.notes(PROJECT, 1))]
    assert [text for text in told if "title" in text.replace('"title": "18.10"', "")] == []


def test_more_than_the_team_can_carry_is_said_as_such(opened: Desk) -> None:
    work(opened, weight=21, assignees=["ana"])
    assert opened.run("capacity", "--apply").code == 0
    told = "**Search can carry 15 weight in 18.10**, counted by `days`; 6 more than that is carried over and planned."
    assert told in section(opened, "capacity").splitlines()


def test_a_second_run_writes_nothing_though_days_have_passed(opened: Desk) -> None:
    assert opened.run("capacity", "--apply").code == 0
    before = end_state(opened.box)
    for today in ("2026-01-31", "2026-02-03", "2026-02-20"):
        ran = opened.run("capacity", "--milestone", "18.10", "--today", today, "--apply")
        assert (ran.code, ran.sent) == (0, [])
    assert end_state(opened.box) == before


def test_a_late_absence_is_told_against_the_numbers_posted_before_and_their_date(opened: Desk) -> None:
    away = time_off(opened, "ana,2026-02-16,2026-02-17")
    settings(opened, capacity={"pto": [away]})
    opened.run("capacity", "--apply")
    time_off(opened, "ana,2026-02-16,2026-02-17", "kenji,2026-03-02,2026-03-06")
    ran = opened.run("capacity", "--apply", "--today", "2026-02-05")
    told = "**Changed** against what was posted on Sat 31 Jan 2026: Kenji Sato 5 → 3.75."
    assert (ran.code, told in section(opened, "capacity").splitlines()) == (0, True)
    again = opened.run("capacity", "--apply", "--today", "2026-02-06")
    assert (again.code, again.sent) == (0, [])
    time_off(opened, "ana,2026-02-16,2026-02-18", "kenji,2026-03-02,2026-03-06")
    opened.run("capacity", "--apply", "--today", "2026-02-07")
    told = "**Changed** against what was posted on Thu 5 Feb 2026: Ana Ferreira 9 → 8.5."
    assert told in section(opened, "capacity").splitlines()
    assert len(opened.box.gitlab.notes(PROJECT, 1)) == 1


def test_a_record_that_was_lost_is_written_anew(opened: Desk) -> None:
    opened.run("capacity", "--apply")
    before = end_state(opened.box)
    opened.box._store.rows("DELETE FROM notes")  # noqa: SLF001 - a person deletes the note
    ran = opened.run("capacity", "--apply")
    assert (ran.code, [method for method, _ in ran.sent]) == (0, ["POST"])
    assert end_state(opened.box) == before
    assert opened.run("capacity", "--apply").sent == []


def test_the_record_of_a_rotated_token_is_read(opened: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    away = time_off(opened, "ana,2026-02-16,2026-02-17")
    settings(opened, capacity={"pto": [away]}, planning_issue={"project": PROJECT, "trusted_authors": [BOT]})
    opened.run("capacity", "--apply")
    gitlab = opened.box.gitlab
    gitlab.add_user("bot-2", "Bot", bot=True)
    gitlab.add_member("acme", "bot-2", access_level=40)
    gitlab.add_token("glpat-rotated-4712", "bot-2")
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-rotated-4712")
    assert opened.run("capacity", "--apply", "--today", "2026-02-02").sent == []
    time_off(opened, "ana,2026-02-16,2026-02-18")
    assert opened.run("capacity", "--apply", "--today", "2026-02-03").code == 0
    assert "posted on Sat 31 Jan 2026: Ana Ferreira 9 → 8.5." in section(opened, "capacity")
    assert sorted(note["author"]["username"] for note in gitlab.notes(PROJECT, 1)) == ["bot-2", BOT]
    assert opened.run("capacity", "--apply", "--today", "2026-02-04").sent == []


def test_a_strangers_record_counts_for_nothing(opened: Desk) -> None:
    data = '{"capacity":{"on":"2026-01-01","members":{"a":{"available_days":1,"capacity_weight":1}},"pto_days":900}}'
    marker = f"<!-- planning-bot: record team=search milestone={opened.box.gitlab.milestone_id('acme', '18.10')} -->"
    opened.box.gitlab.add_note(PROJECT, 1, STRANGER, f"{marker}\n\n<!-- planning-bot:data {data} -->")
    ran = opened.run("capacity", "--apply")
    assert ran.code == 0, ran.err
    assert "Changed" not in section(opened, "capacity")


def _in_section(old: str, new: str) -> Callable[[str], str]:
    return lambda description: re.sub(old, new, description, count=1, flags=re.DOTALL)


BEGIN, END = r"(<!-- planning-bot:begin capacity \w+ -->\n)", r"(\n<!-- planning-bot:end capacity -->)"


def test_a_section_that_a_person_edited_is_theirs(opened: Desk) -> None:
    opened.run("capacity", "--apply")
    description = opened.box.gitlab.issue(PROJECT, 1)["description"]
    edited = description.replace("Ana Ferreira", "Ana (part time)")
    opened.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=edited)
    before = end_state(opened.box)
    settings(opened, capacity={"pto": [time_off(opened, "ana,2026-02-16,2026-02-17")]})
    ran = opened.run("capacity", "--apply", "--format", "json")
    assert (ran.code, ran.sent, end_state(opened.box)) == (0, [], before)
    assert ran.team["plan"]["skipped"] == [
        {"target": f"{PROJECT}#1", "because": "section capacity: a person edited it"}
    ]


@pytest.mark.parametrize(("replaced", "is_back"), [(r"\1\2", True), ("", False)], ids=["emptied", "removed"])
def test_a_section_that_a_person_emptied_comes_back_and_one_without_markers_stays_away(
    opened: Desk, replaced: str, *, is_back: bool
) -> None:
    opened.run("capacity", "--apply")
    description = opened.box.gitlab.issue(PROJECT, 1)["description"]
    without = re.sub(f"{BEGIN}.*?{END}", replaced, description, count=1, flags=re.DOTALL)
    opened.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=without)
    assert opened.run("capacity", "--apply").code == 0
    assert opened.box.gitlab.issue(PROJECT, 1)["description"] == (description if is_back else without)
    assert opened.run("capacity", "--apply").sent == []


def test_without_a_planning_issue_the_result_is_told_and_the_sheet_is_written(with_sheet: Desk) -> None:
    ran = with_sheet.run("capacity", "--apply", "--format", "json")
    assert ran.code == 0, ran.err
    assert ran.team["plan"]["notices"] == [
        "milestone 18.10 has no planning issue yet, so nothing is posted: create-issue makes it"
    ]
    assert ran.team["result"]["total"]["capacity_weight"] == 15
    assert with_sheet.box.sheets.tabs(SHEET) == ["PTO", TAB]
    assert with_sheet.box.gitlab.issues(PROJECT) == []


def test_a_confidential_planning_issue_is_posted_to_as_well(desk: Desk) -> None:
    settings(desk, planning_issue={"project": PROJECT, "confidential": True})
    desk.run("create-issue", "--apply")
    assert desk.run("capacity", "--apply").code == 0
    assert section(desk, "capacity").startswith("## Capacity\n\n**Search can carry 15 weight")


def test_a_planning_issue_with_the_skip_label_is_left_alone(opened: Desk) -> None:
    opened.box.gitlab.edit_issue(PROJECT, 1, by=PM, add_labels=["planning-bot::skip"])
    before = end_state(opened.box)
    ran = opened.run("capacity", "--apply", "--format", "json")
    assert (ran.code, ran.sent, end_state(opened.box)) == (0, [], before)
    skipped = [{"target": f"{PROJECT}#1", "because": "it has the label planning-bot::skip"}]
    assert ran.team["plan"]["skipped"] == skipped


# ---------------------------------------------------------------------------------------------- limits


def _roster(size: int) -> list[dict[str, str]]:
    return [{"username": f"dev-{number:02}"} for number in range(size)]


@pytest.mark.parametrize(("left", "code"), [(33, 0), (32, 3)])
def test_a_roster_may_shrink_by_a_third_and_no_more(opened: Desk, left: int, code: int) -> None:
    settings(opened, members=_roster(50))
    opened.run("capacity", "--apply")
    before = end_state(opened.box)
    settings(opened, members=_roster(left))
    ran = opened.run("capacity", "--apply", "--format", "json")
    assert ran.code == code, ran.err
    if code:
        assert end_state(opened.box) == before
        assert ran.team["error"]["message"] == (
            "members shrank from 50 to 32 since 2026-01-31, by more than limits.max_shrink (0.34); nothing was written"
        )
        assert opened.run("capacity", "--dry-run").code == 0
        assert opened.run("capacity", "--apply", "--force").code == 0
    assert opened.run("capacity", "--apply").sent == []


@pytest.mark.parametrize(("left", "code"), [("2026-02-24", 0), ("2026-02-23", 3), (None, 3)])
def test_time_off_may_shrink_by_what_is_allowed_and_no_more(opened: Desk, left: str | None, code: int) -> None:
    limits = {"max_shrink": 0.3}
    settings(opened, capacity={"pto": [time_off(opened, "ana,2026-02-16,2026-02-27")]}, limits=limits)
    opened.run("capacity", "--apply")
    time_off(opened, *([f"ana,2026-02-16,{left}"] if left else []))
    ran = opened.run("capacity", "--apply")
    assert ran.code == code, ran.err
    shrank = "days of time off shrank from 10 to"
    assert (shrank in ran.err, ran.sent == []) == (bool(code), bool(code))
    assert opened.run("capacity", "--apply", "--force").code == 0


# ---------------------------------------------------------------------------------------------- the Sheet

HEADER = [
    "username", "name", "weekdays", "holidays", "pto_days", "rotation_days", "available_days", "capacity_weight",
    "carryover_weight", "planned_weight", "remaining_weight", "working", "planned_issues",
]  # fmt: skip


def test_the_sheet_has_a_row_for_each_member_with_their_plan_by_reference(with_sheet: Desk) -> None:
    one = work(with_sheet, "=HYPERLINK(secret)", weight=2, assignees=["ana"], confidential=True)
    other = work(with_sheet, "+1", weight=1, assignees=["kenji", "ana"])
    ran = with_sheet.run("capacity", "--apply")
    assert ran.code == 0, ran.err
    assert with_sheet.box.sheets.rows(SHEET, TAB) == [
        HEADER,
        ["ana", "Ana Ferreira", 20, 0, 0, 0, 20, 10, 0, 2.5, 7.5, "20 weekdays ÷ 2 = 10", f"{one} {other}"],
        [
            "kenji", "Kenji Sato", 20, 0, 0, 0, 10, 5, 0, 0.5, 4.5, "20 weekdays × 0.5 allocation ÷ 2 = 5", other,
        ],
    ]  # fmt: skip
    writes = [request for request in ran.requests if request.path.endswith("values:batchUpdate")]
    assert [request.body["valueInputOption"] for request in writes] == ["RAW"]
    assert "secret" not in ran.out + ran.err
    assert _only_the_token(with_sheet.run("capacity", "--apply"))


def _only_the_token(ran: Ran) -> bool:
    """Whether nothing was posted but for the exchange of a key for a token, which changes nothing."""
    return {path for _, path in ran.sent} <= {"/token"}


def test_a_persons_cells_beside_the_table_are_never_touched(with_sheet: Desk) -> None:
    sheets = with_sheet.box.sheets
    with_sheet.run("capacity", "--apply")
    for cell, value in {"N2": "ask her", "A6": "Our notes", "B6": "=SUM(H2:H3)"}.items():
        sheets.enter(SHEET, TAB, cell, value)
    settings(with_sheet, capacity={"sheet": TO_SHEET, "pto": [time_off(with_sheet, "ana,2026-02-16,2026-02-17")]})
    assert with_sheet.run("capacity", "--apply").code == 0
    rows = sheets.rows(SHEET, TAB, "FORMULA")
    assert (rows[1][7], rows[1][13], rows[5]) == (9, "ask her", ["Our notes", "=SUM(H2:H3)"])
    assert _only_the_token(with_sheet.run("capacity", "--apply"))


def test_where_a_person_writes_in_the_tables_place_it_is_left_out_and_said(with_sheet: Desk) -> None:
    with_sheet.box.sheets.add(SHEET, {TAB: [["Who is on call?"], ["ana"]]})
    with_sheet.run("create-issue", "--apply")
    ran = with_sheet.run("capacity", "--apply", "--format", "json")
    assert ran.code == 0, ran.err
    (skipped,) = ran.team["plan"]["skipped"]
    assert skipped["target"] == f"sheet {SHEET}, tab {TAB}"
    assert with_sheet.box.sheets.rows(SHEET, TAB) == [["Who is on call?"], ["ana"]]
    assert "can carry 15" in section(with_sheet, "capacity")


@pytest.mark.parametrize("shared", [{}, {"planning-bot@sandbox.iam.gserviceaccount.com": "reader"}])
def test_a_sheet_that_refuses_keeps_gitlabs_part_from_nothing(with_sheet: Desk, shared: dict[str, str]) -> None:
    with_sheet.run("create-issue", "--apply")
    with_sheet.box.sheets.add(SHEET, {"PTO": []}, shared_with=shared)
    ran = with_sheet.run("capacity", "--apply", "--format", "json")
    assert ran.code == 4
    assert ran.team["outcome"]["applied"] == 2
    assert [failed["target"] for failed in ran.team["outcome"]["failed"]] == [f"sheet {SHEET}, tab {TAB}"]
    assert "can carry 15" in section(with_sheet, "capacity")
    again = with_sheet.run("capacity", "--apply")
    assert again.code == 1  # nothing else was left to write


def test_a_sheet_that_does_not_exist_is_told(with_sheet: Desk) -> None:
    settings(with_sheet, capacity={"sheet": {"key": "gone", "tab": "A"}})
    with_sheet.run("create-issue", "--apply")
    assert [with_sheet.run("capacity", "--apply").code for _ in range(2)] == [4, 1]
    assert with_sheet.run("capacity", "--dry-run").code == 0


def test_a_sheet_without_a_key_file_is_a_usage_error(with_sheet: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    ran = with_sheet.run("capacity", "--apply")
    assert (ran.code, "GOOGLE_APPLICATION_CREDENTIALS is not set" in ran.err) == (2, True)


# ---------------------------------------------------------------------------------------------- how it speaks


def test_the_table_has_a_line_for_each_person_with_the_working(desk: Desk) -> None:
    settings(desk, capacity={"pto": [time_off(desk, *FOUR_DAYS)]})
    ran = desk.run("capacity", "--dry-run")
    assert ran.out.splitlines() == [
        "search · 18.10 (2026-02-14 to 2026-03-13)",
        "engineer  days  capacity  carry-over  planned  free  how it is counted",
        "ana         16         8           0        0     8  20 weekdays − 4 PTO = 16 days ÷ 2 = 8",
        "kenji       10         5           0        0     5  20 weekdays × 0.5 allocation ÷ 2 = 5",
        "all         26        13           0        0    13  0 of 0 candidates are weighted",
        "  notice  milestone 18.10 has no planning issue yet, so nothing is posted: create-issue makes it",
        "Plan: nothing to do",
    ]


class Terminal(io.StringIO):
    """A stream that is one."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        ("90", ["ana         16         8           0        0     8  20 weekdays − 4 PTO = 16 days ÷ 2 = 8"]),
        ("80", ["ana         16         8           0        0     8", "    20 weekdays − 4 PTO = 16 days ÷ 2 = 8"]),
    ],
)
def test_a_terminal_that_is_too_narrow_has_the_working_below(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: str, lines: list[str]
) -> None:
    monkeypatch.setattr("tests.support.io.StringIO", Terminal)
    monkeypatch.setenv("COLUMNS", columns)
    settings(desk, capacity={"pto": [time_off(desk, *FOUR_DAYS)]})
    ran = desk.run("capacity", "--dry-run", "--color", "never")
    assert ran.out.splitlines()[2 : 2 + len(lines)] == lines


def test_what_should_worry_somebody_is_a_notice_and_posted(opened: Desk) -> None:
    away = time_off(opened, "ana,2026-02-23,2026-02-27")
    members = [{**MEMBERS[0], "roles": ["backend"]}, MEMBERS[1]]
    settings(opened, members=members, capacity={"pto": [away]})
    ran = opened.run("capacity", "--apply", "--format", "json")
    warnings = [
        "nobody with the role backend is there from 2026-02-23 to 2026-02-27",
        "more than a third of the team is away in the week of 2026-02-23: ana",
    ]
    assert ran.team["plan"]["notices"] == warnings
    assert [line for line in section(opened, "capacity").splitlines() if line.startswith(">")] == [
        f"> {warning}" for warning in warnings
    ]


def test_the_past_is_a_reality_check_where_it_is_recorded(opened: Desk) -> None:
    number = opened.box.gitlab.milestone_id("acme", "18.8")
    ended = '{"ended":{"counts":{"handbook":[12,9]},"weight":[24,17]}}'
    marker = "<!-- planning-bot: {} team=search milestone={} -->"
    opened.box.gitlab.add_issue(
        PROJECT, "18.8", author=BOT, state="closed", labels=["Planning Issue"], milestone="18.8",
        description=marker.format("planning-issue", number),
    )  # fmt: skip
    note = f"{marker.format('record', number)}\n\n<!-- planning-bot:data {ended} -->"
    opened.box.gitlab.add_note(PROJECT, 2, BOT, note)
    ran = opened.run("capacity", "--apply")
    assert ran.code == 0, ran.err
    assert "weight completed before: 18.8 17" in ran.out.splitlines()
    assert "**Completed before:** 18.8 17." in section(opened, "capacity").splitlines()


def test_gitlab_without_weights_is_named(desk: Desk) -> None:
    settings(desk)
    work(desk)
    desk.box.tier = "free"
    ran = desk.run("capacity", "--format", "json")
    assert (
        "this GitLab keeps no weights (its Free tier has none), so every issue counts as unweighted"
        in (ran.team["plan"]["notices"])
    )


# ---------------------------------------------------------------------------------------------- requests


def test_the_number_of_requests_is_known(opened: Desk) -> None:
    work(opened, weight=2, assignees=["ana"])
    assert count(opened.run("capacity", "--dry-run").requests) == (LOOKED_AT, 0)
    assert count(opened.run("capacity", "--apply").requests) == (LOOKED_AT + 3, 2)
    assert count(opened.run("capacity", "--apply").requests) == (LOOKED_AT, 0)


def test_every_request_is_documented(opened: Desk) -> None:
    if not DOCUMENT.is_file():
        pytest.skip("GitLab's own description is not here")
    settings(opened, capacity={"formula": "velocity", "velocity_milestones": 1})
    _reopened(opened, _closed(opened, "2026-01-08", 5), closed_again=True)
    for _ in range(2):
        assert opened.run("capacity", "--apply").code == 0
    assert complaints(opened.box.requests) == []


def test_a_token_that_may_not_write_is_told_and_nothing_is_half_done(
    opened: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", GUEST_TOKEN)
    settings(opened, planning_issue={"project": PROJECT, "trusted_authors": [BOT]})
    ran = opened.run("capacity", "--apply", "--format", "json")
    assert ran.code in {1, 4}
    assert ran.team["outcome"]["failed"]
    assert section(opened, "capacity").startswith("## Capacity\n\n_`planning-bot capacity` writes this")


def test_a_saved_plan_is_carried_out_by_apply_and_is_stale_after_that(with_sheet: Desk) -> None:
    with_sheet.run("create-issue", "--apply")
    plan = with_sheet.folder / "plan.json"
    assert _only_the_token(with_sheet.run("capacity", "--out", str(plan)))
    applied = with_sheet.run("apply", str(plan))
    assert applied.code == 0, applied.err
    assert with_sheet.box.sheets.tabs(SHEET) == ["PTO", TAB]
    assert _only_the_token(with_sheet.run("capacity", "--apply"))
    assert with_sheet.run("apply", str(plan)).code == 3


def test_a_list_that_fails_stops_it(opened: Desk) -> None:
    opened.box.fail(Fault("500", path="/groups/acme%2Fsearch/issues", times=None))
    ran = opened.run("capacity", "--apply")
    assert (ran.code, ran.sent) == (1, [])
