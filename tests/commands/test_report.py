"""`report` over HTTP: the pages that it writes, what stands on them, and what it does where something is missing."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from planning_bot.domain.report import ReportResult
from planning_bot.domain.results import RESULTS
from planning_bot.sandbox import Fault
from tests.commands.team_files import settings, time_off
from tests.milestone import ENGINE, Milestone
from tests.openapi import DOCUMENT, complaints
from tests.support import CONFIG, GROUP, TOKEN, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support import Ran

MADE = "2025-12-20 +group::search @18.9 w2"
PROMISED = (MADE, "01-08 +Deliverable")


@pytest.fixture
def work(desk: Desk) -> Milestone:
    """Give the milestone on its eleventh day, a Tuesday."""
    work = Milestone(desk)
    desk.day = "2026-01-20"
    return work


def public(desk: Desk) -> Path:
    return desk.folder / "public"


def report(desk: Desk, *arguments: str) -> Ran:
    return desk.run("report", str(public(desk)), *arguments)


def words(desk: Desk, page: str) -> str:
    """Give a page as one reads it, without its tags."""
    text = (public(desk) / page).read_text("utf-8").partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def rows(desk: Desk, page: str, heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading."""
    text = (public(desk) / page).read_text("utf-8")
    section = next(part for part in text.split("<section")[1:] if f">{heading}</h2>" in part)
    table = section[section.index("<table>") : section.index("</table>")]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("<tr")[1:]]
    return [[" ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in row] for row in cells]


def heading(desk: Desk, page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", (public(desk) / page).read_text("utf-8"), re.DOTALL)
    assert found
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[1])).split())


# The site


def test_it_writes_a_page_for_each_milestone_around_today_and_one_of_all_teams(work: Milestone) -> None:
    ran = report(work.desk, "--format", "json")
    assert (ran.code, ran.writes) == (0, [])
    pages = ["search/18.1.html", "search/18.8.html", "search/18.9.html", "search/18.10.html"]
    assert ran.team == {
        "team": "search", "milestone": None, "result": {"pages": pages},
        "plan": {"changes": [], "skipped": [], "notices": [], "surprises": []}, "outcome": None,
    }  # fmt: skip
    written = {
        path.relative_to(public(work.desk)).as_posix() for path in public(work.desk).rglob("*") if path.is_file()
    }
    assert written == {"index.html", *pages}


def test_the_result_has_the_form_that_the_schema_describes(work: Milestone) -> None:
    result = report(work.desk, "--format", "json").team["result"]
    assert TypeAdapter(RESULTS["report"]).validate_python(result) == ReportResult(tuple(result["pages"]))


def test_people_are_told_where_it_begins(work: Milestone) -> None:
    ran = report(work.desk)
    assert ran.out.splitlines() == [
        "search", "search/18.1.html", "search/18.8.html", "search/18.9.html", "search/18.10.html"
    ]  # fmt: skip
    assert f"the report begins at {public(work.desk)}/index.html" in ran.err


def test_without_a_folder_it_is_public(work: Milestone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.desk.folder)
    assert work.desk.run("report").code == 0
    assert (work.desk.folder / "public" / "index.html").is_file()


def test_the_same_day_gives_the_same_bytes_and_a_milestone_that_is_gone_takes_its_page_along(work: Milestone) -> None:
    work.issue(*PROMISED, "01-15 close")
    report(work.desk)
    first = {path: path.read_bytes() for path in public(work.desk).rglob("*.html")}
    report(work.desk)
    assert {path: path.read_bytes() for path in public(work.desk).rglob("*.html")} == first
    (public(work.desk) / "CNAME").write_text("plans.example.com")
    work.desk.day = "2026-06-01"
    report(work.desk)
    assert {path.name for path in public(work.desk).rglob("*") if path.is_file()} == {
        "CNAME", "index.html", "18.9.html", "18.10.html", "18.11.html"
    }  # fmt: skip


def test_the_team_may_have_a_template_of_its_own(work: Milestone) -> None:
    folder = work.desk.folder / "templates"
    folder.mkdir()
    (folder / "report_milestone.html.j2").write_text(
        '{% extends "default/report_milestone.html.j2" %}{% block footer %}<p>Ours</p>{% endblock %}'
    )
    assert report(work.desk).code == 0
    assert "Ours" in words(work.desk, "search/18.9.html")
    (folder / "report_milestone.html.j2").write_text("{% extends %}")
    ran = work.desk.run("check")
    assert (ran.code, "report_milestone.html.j2:1" in ran.err) == (2, True)


# The pages


def test_the_page_of_a_running_milestone(work: Milestone) -> None:
    done = work.issue(*PROMISED, "01-15 close", title="Index diagrams")
    work.issue(*PROMISED, "01-16 +workflow::blocked", title="Sort results", assignees=["ana"])
    work.issue(MADE, "01-14 +Deliverable", title="Search by author")
    assert report(work.desk).code == 0
    page = "search/18.9.html"
    assert heading(work.desk, page) == "Search 18.9 · day 11 of 35 · 1 of 3 deliverables done"
    assert rows(work.desk, page, "Burn-up")[0] == [
        "Day", "Weight in the plan", "Weight done", "Issues in the plan", "Issues done"
    ]  # fmt: skip
    assert rows(work.desk, page, "Burn-up")[4:7] == [
        ["13 Jan", "4", "0", "2", "0"],
        ["14 Jan", "6", "0", "3", "0"],
        ["15 Jan", "6", "2", "3", "1"],
    ]
    assert rows(work.desk, page, "Build board") == [
        ["List", "Issues", "Weight"],
        ["Open, in no list", "1", "2"],
        ["workflow::ready for development", "0", "0"],
        ["workflow::in dev", "0", "0"],
        ["workflow::in review", "0", "0"],
        ["workflow::awaiting security release", "0", "0"],
        ["workflow::blocked", "1", "2"],
        ["Closed", "1", "2"],
        ["In the plan", "3", "6"],
    ]
    assert rows(work.desk, page, "Capacity and open work")[1:] == [
        ["Ana Ferreira", "19.0", "9.5", "0.0", "2.0", "7.5"],
        ["Kenji Sato", "9.5", "4.8", "0.0", "0.0", "4.8"],
        ["Team", "28.5", "14.3", "0.0", "2.0", "12.3"],
    ]
    assert rows(work.desk, page, "At risk")[1:] == [[f"Sort results {ENGINE}#2", "blocked by workflow::blocked"]]
    assert rows(work.desk, page, "Say/Do")[1:] == [
        ["18.9 so far", "33 % 1 of 3", "50 % 1 of 2", "33 % 1 of 3", "33 % 2 of 6", ""]
    ]
    assert rows(work.desk, page, "Added late")[1:] == [[f"Search by author {ENGINE}#3", "2", "14 Jan", "open"]]
    assert rows(work.desk, page, "Every deliverable")[-1] == [f"Index diagrams {ENGINE}#{done}", "2", "done 15 Jan"]


def test_the_page_of_an_ended_milestone(work: Milestone) -> None:
    work.issue(*PROMISED, "02-05 close", title="Index diagrams")
    work.issue(*PROMISED, "02-14T03:00 @18.10 -Deliverable +missed:18.9", title="Sort results")
    work.desk.day = "2026-02-20"
    assert report(work.desk).code == 0
    page = "search/18.9.html"
    assert heading(work.desk, page) == "Search 18.9 · ended on 13 Feb · Say/Do 50 %, 1 of 2"
    assert rows(work.desk, page, "Say/Do")[1:] == [
        ["18.9", "50 % 1 of 2", "50 % 1 of 2", "50 % 1 of 2", "50 % 2 of 4", "50 % 1 of 2"]
    ]
    assert rows(work.desk, page, "Slipped")[1:] == [[f"Sort results {ENGINE}#2", "1", "18.9"]]
    assert rows(work.desk, page, "Every deliverable")[1:] == [
        [f"Sort results {ENGINE}#2", "2", "slipped"],
        [f"Index diagrams {ENGINE}#1", "2", "done 5 Feb"],
    ]
    assert "None was posted on a planning issue" in words(work.desk, page)


def test_an_ended_milestone_shows_the_capacity_and_the_say_do_that_are_recorded(work: Milestone) -> None:
    desk = work.desk
    desk.day = "2026-01-08"
    work.planned()
    assert desk.run("capacity", "--milestone", "18.9", "--apply").code == 0
    number = work.issue(*PROMISED, "02-05 close")
    desk.day = "2026-02-14"
    assert desk.run("say-do", "--apply").code == 0
    work.edit(number, "02-20 -group::search")
    report(desk)
    assert rows(desk, "search/18.9.html", "Capacity") == [
        ["Person", "Days", "Capacity"], ["Ana Ferreira", "25.0", "12.5"], ["Kenji Sato", "12.5", "6.3"],
        ["Team", "37.5", "18.8"],
    ]  # fmt: skip
    assert "Posted on Thu 8 Jan 2026; a weight of 2 was committed, and 2 done" in words(desk, "search/18.9.html")
    assert rows(desk, "search/18.9.html", "Say/Do")[1][1] == "100 % 1 of 1"
    assert "Planning issue" in words(desk, "search/18.9.html")


def test_the_page_of_the_next_milestone(work: Milestone) -> None:
    work.issue("2025-12-20 +group::search @18.10 w3", "01-15 +Deliverable", assignees=["ana"])
    work.issue("2025-12-20 +group::search @18.10")
    report(work.desk)
    page = "search/18.10.html"
    assert heading(work.desk, page) == "Search 18.10 · starts in 25 days · 1 deliverable chosen"
    assert "2 1 weighted open issues" in " ".join(_figures(work.desk, page))
    assert rows(work.desk, page, "Capacity and open work")[1] == ["Ana Ferreira", "20.0", "10.0", "0.0", "3.0", "7.0"]


def _figures(desk: Desk, page: str) -> list[str]:
    text = (public(desk) / page).read_text("utf-8")
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)
    return [unescape(re.sub(r"<[^>]*>", "", f"{value} {name}")) for name, value in found]


def test_titles_are_told_in_the_order_of_time_and_18_10_is_not_18_1(work: Milestone) -> None:
    report(work.desk)
    text = (public(work.desk) / "index.html").read_text("utf-8")
    assert re.findall(r'href="(search/[^"]*)">18', text) == [
        "search/18.1.html", "search/18.8.html", "search/18.9.html", "search/18.10.html"
    ]  # fmt: skip


# What is not told


def test_a_title_that_may_not_be_told_is_on_no_page_and_its_issue_is_not_linked(work: Milestone) -> None:
    work.desk.box.gitlab.add_project("acme/search/vault", visibility="private")
    work.issue(*PROMISED, title="The leak", confidential=True)
    work.issue(*PROMISED, title="The merger", project="acme/search/vault")
    report(work.desk)
    pages = "".join(path.read_text("utf-8") for path in public(work.desk).rglob("*.html"))
    assert [title for title in ("The leak", "The merger") if title in pages] == []
    assert [row[0] for row in rows(work.desk, "search/18.9.html", "Every deliverable")[1:]] == [
        f"{ENGINE}#1", "acme/search/vault#1"
    ]  # fmt: skip
    assert "/issues/1" not in pages


def test_no_reason_of_time_off_gets_onto_a_page(desk: Desk) -> None:
    (desk.folder / "pto.csv").write_text(
        "username,from,to,reason\nana,2026-02-16,2026-02-20,surgery\n", encoding="utf-8"
    )
    (desk.folder / "pto.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART;VALUE=DATE:20260223\r\nDTEND;VALUE=DATE:20260224\r\nSUMMARY:kenji: court hearing\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n",
        encoding="utf-8",
    )
    settings(desk, capacity={"pto": [{"csv": "pto.csv"}, {"ics": "pto.ics"}]})
    assert report(desk).code == 0
    assert rows(desk, "search/18.10.html", "Capacity and open work")[1][1] == "15.0"
    pages = "".join(path.read_text("utf-8") for path in public(desk).rglob("*.html"))
    assert [word for word in ("surgery", "court", "hearing") if word in pages] == []


def test_no_secret_gets_onto_a_page(work: Milestone) -> None:
    work.issue(*PROMISED, title=f"Rotate {TOKEN}")
    report(work.desk)
    pages = "".join(path.read_text("utf-8") for path in public(work.desk).rglob("*.html"))
    assert TOKEN not in unescape(pages)
    assert "Rotate [secret]" in pages


# What is missing


def test_where_no_milestone_runs_it_shows_what_comes_and_says_so(desk: Desk) -> None:
    desk.day = "2025-10-01"
    ran = report(desk, "--format", "json")
    assert (ran.code, ran.team["result"]["pages"]) == (0, ["search/18.1.html", "search/18.8.html"])
    assert "No milestone is running." in words(desk, "index.html")


def test_without_any_delivery_milestone_the_first_page_says_so(desk: Desk) -> None:
    settings(desk, milestones={"pattern": "Q[1-4]"})
    ran = report(desk, "--format", "json")
    assert (ran.code, ran.team["result"]["pages"]) == (0, [])
    assert "There is no delivery milestone yet" in words(desk, "index.html")


def test_without_planning_issue_work_or_history_the_pages_say_so(desk: Desk) -> None:
    desk.day = "2026-01-20"
    assert report(desk).code == 0
    page = words(desk, "search/18.9.html")
    for sentence in (
        "nothing promised yet", "no planning issue yet", "Nothing was in the plan so far.",
        "No deliverable is on it yet.", "There is no history yet", "Added late Nothing.",
    ):  # fmt: skip
        assert sentence in page


def test_an_edition_without_weights_is_counted_in_issues(work: Milestone) -> None:
    work.desk.box.tier = "free"
    work.issue("2025-12-20 +group::search @18.9", "01-08 +Deliverable", "01-15 close")
    work.desk.box.fail(Fault("404", method="GET", path="resource_weight_events"))
    assert report(work.desk).code == 0
    text = (public(work.desk) / "search/18.9.html").read_text("utf-8")
    assert "Burn-up of 18.9 by issues" in text
    assert "0 of 1 have a weight" in text


# What goes wrong

TWO_TEAMS = (
    CONFIG
    + """\
  gone:
    name: Gone
    gitlab: {{group: nowhere, label: "group::gone"}}
    members: [{{username: ana}}]
    planning_issue: {{project: acme/gone}}
"""
)


def test_a_team_that_fails_is_named_and_the_others_have_their_pages(work: Milestone) -> None:
    work.desk.configure(TWO_TEAMS)
    ran = report(work.desk, "--format", "json")
    search, gone = ran.json["teams"]
    assert ran.code == 1
    assert (len(search["result"]["pages"]), gone["result"], gone["error"]["code"]) == (4, None, "server")
    page = words(work.desk, "index.html")
    assert "2 teams" in page
    assert "Gone It could not be read: group 'nowhere' does not exist" in page
    assert "day 11 of 35" in page


def test_the_earlier_pages_of_a_team_that_fails_stay(work: Milestone) -> None:
    report(work.desk)
    work.desk.box.fail(Fault("403", method="GET", path="resource_label_events"))
    work.issue(*PROMISED)
    assert report(work.desk).code == 1
    assert (public(work.desk) / "search/18.9.html").is_file()
    assert "It could not be read" in words(work.desk, "index.html")


def test_time_off_that_cannot_be_read_is_told_without_what_stands_in_it(desk: Desk) -> None:
    settings(desk, capacity={"pto": [time_off(desk, "ana,when the baby comes,2026-02-20,")]})
    ran = report(desk)
    assert (ran.code, "pto.csv:2" in ran.err) == (2, True)
    page = words(desk, "index.html")
    assert "what is wrong stands in the run's own output" in page
    assert "baby" not in page


def test_a_title_that_stands_for_two_milestones_is_told(desk: Desk) -> None:
    desk.box.gitlab.add_milestone(GROUP, "18.8", start="2025-12-13", due="2026-01-09")
    desk.day = "2026-01-20"
    ran = report(desk, "--format", "json")
    assert (ran.code, ran.team["error"]["code"]) == (2, "usage")
    assert "'18.8' is ambiguous" in words(desk, "index.html")


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_read(desk: Desk) -> None:
    public(desk).write_text("a file")
    ran = report(desk, "--format", "json")
    assert (ran.code, ran.requests) == (2, [])
    assert ran.json["error"]["message"] == f"{public(desk)} is a file, and the report needs a folder"
    assert public(desk).read_text() == "a file"


def test_a_page_of_somebody_elses_is_not_replaced(desk: Desk) -> None:
    public(desk).mkdir()
    (public(desk) / "index.html").write_text("ours since 2009")
    ran = report(desk)
    assert (ran.code, "index.html is no page of the report; nothing was written" in ran.err) == (2, True)
    assert [path.name for path in public(desk).iterdir()] == ["index.html"]


def test_without_a_token_it_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITLAB_TOKEN")
    ran = report(desk)
    assert (ran.code, "GITLAB_TOKEN is not set" in ran.err) == (2, True)


def test_an_unknown_team_is_an_error_of_the_command_line(desk: Desk) -> None:
    assert report(desk, "--team", "nobody").code == 2


# How it asks


def test_each_thing_is_asked_for_once(work: Milestone) -> None:
    work.planned()
    for number in (work.issue(*PROMISED), work.issue(*PROMISED, "01-15 close")):
        work.edit(number, "01-16 w3")
    ran = report(work.desk)
    asked = Counter((request.path, json.dumps(request.query, sort_keys=True)) for request in ran.reads)
    assert [one for one, count in asked.items() if count > 1] == []
    assert ran.writes == []


def test_of_a_second_team_in_the_same_group_little_more_is_asked(work: Milestone) -> None:
    work.issue(*PROMISED)
    alone = len(report(work.desk).reads)
    other = CONFIG.split("teams:\n")[1].replace("  search:", "  find:").replace("name: Search", "name: Find")
    work.desk.configure(CONFIG + other)
    assert len(report(work.desk).reads) < 1.2 * alone


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="GitLab's own description is not here")
def test_every_request_is_documented(work: Milestone) -> None:
    work.planned()
    work.issue(*PROMISED, "01-16 w3")
    assert report(work.desk).code == 0
    assert complaints(work.desk.box.requests) == []


def test_what_slipped_twice_and_is_open_stands_on_the_first_page(work: Milestone) -> None:
    number = work.issue(
        "2025-12-10 +group::search +Deliverable @18.8 w2",
        "01-10 @18.9",
        "02-14 @18.11 -Deliverable",
        title="Sort results",
    )
    work.desk.day = "2026-02-20"
    report(work.desk)
    assert f"split or drop Sort results {ENGINE}#{number} 18.8, 18.9" in words(work.desk, "index.html")


def test_pages_of_a_team_that_was_not_asked_for_stay_and_those_of_one_that_is_no_more_go(work: Milestone) -> None:
    other = CONFIG.split("teams:\n")[1].replace("  search:", "  find:").replace("name: Search", "name: Find")
    work.desk.configure(CONFIG + other)
    report(work.desk)
    report(work.desk, "--team", "search")
    assert (public(work.desk) / "find" / "18.9.html").is_file()
    work.desk.configure()
    report(work.desk)
    assert not (public(work.desk) / "find").exists()


def test_a_merge_request_is_told_the_pages_in_markdown(work: Milestone) -> None:
    assert "search/18.10.html" in report(work.desk, "--format", "markdown").out.splitlines()
