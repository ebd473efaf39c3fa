"""`undo` over HTTP: what a run added is taken back, and what anybody touched since stays."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.gateways.journal_file import load_journal
from planning_bot.planners.undo import STAYS
from planning_bot.sandbox import Fault
from tests.commands.team_files import TEAM_LABEL, section, settings
from tests.commands.test_deliverables import ENGINE, Team
from tests.milestone import Milestone
from tests.support import BOT, CONFIG, EM, GROUP, GUEST_TOKEN, PM, PROJECT, TOKEN, Desk, Ran, end_state

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER = CONFIG.partition("teams:\n")[2].replace("  search:", "  other:").replace("name: Search", "name: Other")


def journal_of(ran: Ran) -> Path:
    """Give the journal that a run told of."""
    found = re.search(r"to take it back: planning-bot undo (\S+)$", ran.err, re.MULTILINE)
    assert found, ran.err
    return Path(found[1])


@dataclass
class Chosen:
    """A run of `deliverables`: of two issues, #1 got the label and ana, #2 did not fit and moved on."""

    desk: Desk
    journal: Path

    def undo(self, *arguments: str, code: int = 0) -> Ran:
        """Take it back."""
        ran = self.desk.run("undo", str(self.journal), "--apply", "--format", "json", *arguments)
        assert ran.code == code, ran.err
        return ran

    def edit(self, number: int, by: str = EM, **changes: Any) -> None:
        """Have somebody edit an issue."""
        self.desk.box.gitlab.edit_issue(ENGINE, number, by=by, **changes)

    def seen(self, number: int) -> tuple[bool, list[str], str | None]:
        """Say of an issue whether it is a deliverable, who has it, and where it is."""
        shown = self.desk.box.gitlab.issue(ENGINE, number)
        people = [person["username"] for person in shown["assignees"]]
        return "Deliverable" in shown["labels"], people, shown["milestone"] and shown["milestone"]["title"]


@pytest.fixture
def chosen(desk: Desk) -> Chosen:
    desk.run("create-issue", "--apply")
    team = Team(desk)
    team.configure(members=[{"username": "ana"}], weights={"largest": 10})
    team.issue(8)
    team.issue(9)
    ran = desk.run("deliverables", "--apply")
    assert ran.code == 0, ran.err
    chosen = Chosen(desk, journal_of(ran))
    assert chosen.seen(1) == (True, ["ana"], "18.10")
    assert chosen.seen(2) == (False, [], "18.11")
    return chosen


def left_alone(ran: Ran) -> list[tuple[str, str]]:
    return [(one["target"], one["because"]) for one in ran.team["result"]["left_alone"]]


# What is taken back


def test_labels_assignees_moves_and_sections_are_taken_back_and_that_is_told(chosen: Chosen) -> None:
    ran = chosen.undo()

    assert chosen.seen(1) == (False, [], "18.10")
    assert chosen.seen(2) == (False, [], "18.10")
    assert "writes this on" in section(chosen.desk, "deliverables")
    assert ran.team["milestone"]["title"] == "18.10"
    assert ran.team["result"] == {
        "command": "deliverables",
        "taken_back": [
            {"target": f"{ENGINE}#1", "what": "off: Deliverable; unassigned: ana"},
            {"target": f"{ENGINE}#2", "what": "back to 18.10"},
            {"target": f"{PROJECT}#1", "what": "as it was: section deliverables"},
        ],
        "left_alone": [],
    }
    assert ran.team["outcome"]["applied"] == 3


def test_each_is_one_request_that_names_what_goes_and_nothing_else(chosen: Chosen) -> None:
    ran = chosen.undo()

    assert [request.method for request in ran.writes] == ["PUT"] * 3
    milestone = chosen.desk.box.gitlab.issue(ENGINE, 1)["milestone"]["id"]
    bodies = {request.path.partition("/projects/")[2]: request.body for request in ran.writes}
    assert bodies.pop("acme%2Fsearch%2Fplanning/issues/1").keys() == {"description"}
    assert bodies == {
        "acme%2Fsearch%2Fengine/issues/1": {"remove_labels": "Deliverable", "assignee_ids": [0]},
        "acme%2Fsearch%2Fengine/issues/2": {"milestone_id": milestone},
    }


def test_at_a_terminal_it_reads_as_what_goes_off_and_what_comes_back(chosen: Chosen) -> None:
    ran = chosen.desk.run("undo", str(chosen.journal), "--dry-run")

    assert (ran.code, ran.sent) == (0, [])
    assert "taken back of `deliverables`:" in ran.out
    assert re.search(r"  - take back  acme/search/engine#1\n      because `deliverables` of \d{4}-", ran.out)
    assert "      labels       -Deliverable\n      assignees    -ana\n" in ran.out
    assert "      milestone    18.11 → 18.10\n" in ran.out
    assert ran.out.endswith("Plan: 3 changes\n")


def test_a_label_that_came_by_adoption_goes_and_the_milestone_with_it(desk: Desk) -> None:
    number = desk.box.gitlab.add_issue(PROJECT, "What we want", author=PM, description="Our own words.")
    before = end_state(desk.box)["issues"]
    ran = desk.run("create-issue", "--adopt", f"{PROJECT}#{number}", "--apply")

    undone = desk.run("undo", str(journal_of(ran)), "--apply")

    assert undone.code == 0, undone.err
    (after,) = end_state(desk.box)["issues"]
    assert after["notes"] != []
    assert [{**after, "notes": []}] == before
    assert f"  {STAYS['write_note']}\n    {PROJECT}#{number}\n" in undone.out


def test_after_an_undo_the_command_does_it_all_again_when_it_is_told_to(chosen: Chosen) -> None:
    done = end_state(chosen.desk.box)
    ran = chosen.undo()
    assert "the command does all of this again when somebody runs it by hand" in ran.team["plan"]["notices"][0]

    chosen.desk.run("deliverables", "--apply")

    assert end_state(chosen.desk.box) == done


def test_after_an_undo_with_a_persons_token_it_counts_as_taken_off_by_that_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.box.gitlab.add_token("glpat-of-the-em", EM)
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-of-the-em")
    number = Team(desk).issue(2)
    ran = desk.run("deliverables", "--apply")

    undone = desk.run("undo", str(journal_of(ran)), "--apply")

    assert "counts as taken off by that person" in undone.err
    assert desk.run("deliverables", "--apply").sent == []
    assert desk.box.gitlab.issue(ENGINE, number)["labels"] == ["group::search", "workflow::ready for development"]


def test_what_close_did_is_taken_back_and_done_again_by_the_next_close(desk: Desk) -> None:
    work = Milestone(desk)
    number = work.issue("2025-12-20 +group::search @18.9 w2", "01-08 +Deliverable")
    before = work.shown(number)
    ran = desk.run("close", "--apply")
    closed = work.shown(number)

    assert desk.run("undo", str(journal_of(ran)), "--apply").code == 0
    after = work.shown(number)
    assert desk.run("close", "--apply").code == 0
    again = work.shown(number)

    for key in ("labels", "milestone", "assignees", "state", "description"):
        assert (after[key], again[key]) == (before[key], closed[key])


# What somebody touched since


TOUCHES: dict[str, tuple[Callable[[Chosen], None], int, tuple[bool, list[str], str | None], list[str]]] = {
    "the label was taken off": (
        lambda chosen: chosen.edit(1, remove_labels=["Deliverable"]),
        1, (False, [], "18.10"), ["the label Deliverable is off already"],
    ),
    "the label was taken off and put on again": (
        lambda chosen: (
            chosen.edit(1, remove_labels=["Deliverable"]), chosen.edit(1, add_labels=["Deliverable"])
        )[0],
        1, (True, [], "18.10"), ["somebody touched the label Deliverable since"],
    ),
    "somebody else has it": (
        lambda chosen: chosen.edit(1, assignees=["kenji"]),
        1, (False, ["kenji"], "18.10"), ["ana is unassigned already"],
    ),
    "ana was taken off it and put on again": (
        lambda chosen: (chosen.edit(1, assignees=[]), chosen.edit(1, assignees=["ana"]))[0],
        1, (False, ["ana"], "18.10"), ["somebody changed the assignees since"],
    ),
    "kenji joined in": (
        lambda chosen: chosen.edit(1, assignees=["ana", "kenji"]),
        1, (False, ["ana", "kenji"], "18.10"), ["somebody changed the assignees since"],
    ),
    "it was closed": (
        lambda chosen: chosen.edit(1, state_event="close"),
        1, (True, ["ana"], "18.10"), ["somebody closed it since"],
    ),
    "it was told to be left alone": (
        lambda chosen: chosen.edit(1, add_labels=["planning-bot::skip"]),
        1, (True, ["ana"], "18.10"), ["it has the label planning-bot::skip"],
    ),
    "it was moved on": (
        lambda chosen: chosen.edit(2, milestone="Backlog"),
        2, (False, [], "Backlog"), ["somebody moved it since: it stays in Backlog"],
    ),
    "it was taken out of any milestone": (
        lambda chosen: chosen.edit(2, milestone=None),
        2, (False, [], None), ["somebody moved it since: it stays in no milestone"],
    ),
    "it was moved back and on again": (
        lambda chosen: (chosen.edit(2, milestone="18.10"), chosen.edit(2, milestone="18.11"))[0],
        2, (False, [], "18.11"), ["somebody moved it since: it stays in 18.11"],
    ),
    "it was moved back": (
        lambda chosen: chosen.edit(2, milestone="18.10"),
        2, (False, [], "18.10"), ["it is back to 18.10 already"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("touch", "number", "seen", "reasons"), TOUCHES.values(), ids=TOUCHES)
def test_what_somebody_touched_since_stays_and_that_is_told(
    chosen: Chosen,
    touch: Callable[[Chosen], None],
    number: int,
    seen: tuple[bool, list[str], str | None],
    reasons: list[str],
) -> None:
    touch(chosen)

    ran = chosen.undo()

    assert chosen.seen(number) == seen
    assert [(f"{ENGINE}#{number}", reason) for reason in reasons] == [
        found for found in left_alone(ran) if found[0] == f"{ENGINE}#{number}"
    ][: len(reasons)]
    other = 3 - number
    assert chosen.seen(other) == (False, [], "18.10")


def test_what_another_run_of_the_same_user_put_on_again_stays(chosen: Chosen) -> None:
    chosen.edit(1, by=BOT, remove_labels=["Deliverable"])
    chosen.edit(1, by=BOT, add_labels=["Deliverable"])

    ran = chosen.undo()

    assert chosen.seen(1) == (True, [], "18.10")
    assert (f"{ENGINE}#1", "somebody touched the label Deliverable since") in left_alone(ran)


def describe(desk: Desk, change: Callable[[str], str]) -> str:
    text = desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert change(text) != text
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=change(text))
    return change(text)


SECTIONS: dict[str, tuple[Callable[[str], str], str]] = {
    "edited": (lambda text: text.replace("Search commits to", "Search may do"), "a person edited it"),
    "emptied": (
        lambda text: re.sub(
            r"(begin deliverables \w+ -->\n).*?(<!-- planning-bot:end deliv)", r"\1\n\2", text, flags=re.DOTALL
        ),
        "a person deleted its text: it is to be written anew",
    ),
    "without markers": (
        lambda text: text.replace("planning-bot:end deliverables", ""), "its markers are gone: it is left out"
    ),
    "twice": (
        lambda text: text + "\n\n<!-- planning-bot:begin deliverables 0123456789ab -->\nx\n"
        "<!-- planning-bot:end deliverables -->\n",
        "it stands there more than once",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), SECTIONS.values(), ids=SECTIONS)
def test_a_section_that_somebody_touched_stays_as_they_left_it(
    chosen: Chosen, change: Callable[[str], str], reason: str
) -> None:
    text = describe(chosen.desk, change)

    ran = chosen.undo()

    assert chosen.desk.box.gitlab.issue(PROJECT, 1)["description"].rstrip() == text.rstrip()
    assert (f"{PROJECT}#1", f"section deliverables: {reason}") in left_alone(ran)
    assert chosen.seen(1) == (False, [], "18.10")


def test_a_section_that_a_later_run_wrote_anew_stays(chosen: Chosen) -> None:
    chosen.edit(1, weight=10)
    chosen.desk.run("deliverables", "--apply")
    text = section(chosen.desk, "deliverables")

    ran = chosen.undo()

    assert section(chosen.desk, "deliverables") == text
    assert (f"{PROJECT}#1", "section deliverables: it was written anew since") in left_alone(ran)


def test_what_people_write_around_a_section_stays(chosen: Chosen) -> None:
    describe(chosen.desk, lambda text: text.replace("## Themes", "## Themes\n\nFaster search."))

    chosen.undo()

    text = chosen.desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert "Faster search." in text
    assert "Search commits to" not in text


def test_an_issue_that_is_gone_is_told_of(chosen: Chosen) -> None:
    chosen.desk.box.fail(Fault("404", path=r"/issues/2$", times=None))

    ran = chosen.undo()

    assert left_alone(ran) == [(f"{ENGINE}#2", "it is not there any more, or the token's user may not see it")]
    assert chosen.seen(1) == (False, [], "18.10")


def test_an_issue_that_cannot_be_read_stops_all_of_it(chosen: Chosen) -> None:
    chosen.desk.box.fail(Fault("403", path=r"/issues/2$", times=None))

    ran = chosen.undo(code=1)

    assert ran.sent == []


def test_what_somebody_touches_between_look_and_write_stays(chosen: Chosen) -> None:
    before_the_re_read = Fault(method="GET", path=r"engine/issues/1$", nth=2)
    before_the_re_read.before = lambda: chosen.edit(1, assignees=["kenji"])
    chosen.desk.box.fail(before_the_re_read)

    ran = chosen.undo()

    assert chosen.seen(1) == (True, ["kenji"], "18.10")
    assert [one["target"] for one in ran.team["outcome"]["skipped"]] == [f"{ENGINE}#1"]


def test_a_token_that_was_rotated_takes_back_what_the_old_one_did(
    chosen: Chosen, monkeypatch: pytest.MonkeyPatch
) -> None:
    gitlab = chosen.desk.box.gitlab
    gitlab.add_user("group_1_bot_2", "Planning Bot", bot=True)
    gitlab.add_member("acme", "group_1_bot_2", access_level=40)
    gitlab.add_token("glpat-the-next-one", "group_1_bot_2")
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-the-next-one")
    chosen.desk.box.now = datetime(2026, 2, 3, 9, tzinfo=UTC)

    chosen.undo()

    assert [chosen.seen(1), chosen.seen(2)] == [(False, [], "18.10")] * 2


# What cannot be taken back


def test_what_stays_is_told_of_with_what_a_person_may_do(desk: Desk) -> None:
    made = desk.run("create-issue", "--apply")
    boards = desk.run("boards", "--apply")

    issue = desk.run("undo", str(journal_of(made)), "--apply", "--format", "json")
    undone = desk.run("undo", str(journal_of(boards)), "--apply", "--format", "json")

    assert left_alone(issue) == [
        (f"{PROJECT}#1", "an issue is never deleted or closed: close it by hand if nobody needs it")
    ]
    assert (issue.sent, desk.box.gitlab.issue(PROJECT, 1)["state"]) == ([], "opened")
    assert len(desk.box.gitlab.boards(GROUP)) == 4
    assert {because for _, because in left_alone(undone)} == {
        "a board is never deleted: delete it by hand if nobody uses it"
    }
    assert [one["what"] for one in undone.team["result"]["taken_back"]] == ["as it was: section links"]


def test_of_a_confidential_planning_issue_no_text_is_kept_and_its_section_stays(desk: Desk) -> None:
    settings(desk, planning_issue={"project": PROJECT, "confidential": True})
    made = desk.run("create-issue", "--apply")
    ran = desk.run("capacity", "--apply")
    text = section(desk, "capacity")

    undone = desk.run("undo", str(journal_of(ran)), "--apply", "--format", "json")

    assert "18.10 Planning" not in journal_of(made).read_text()
    assert "Ana Ferreira" not in journal_of(ran).read_text()
    assert (undone.code, undone.sent, section(desk, "capacity")) == (0, [], text)
    assert (f"{PROJECT}#1", "section capacity: nothing of a confidential issue's text is kept") in left_alone(undone)


def test_the_title_of_a_confidential_candidate_is_in_no_journal(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    number = Team(desk).issue(2, title="A hole in the login", confidential=True)

    text = journal_of(desk.run("deliverables", "--apply")).read_text()

    assert f"{ENGINE}#{number}" in text
    assert "A hole" not in text


# Which journals are refused


def altered(chosen: Chosen, change: Callable[[str], str]) -> str:
    file = chosen.desk.folder / "altered.jsonl"
    text = chosen.journal.read_text(encoding="utf-8")
    assert change(text) != text
    file.write_text(change(text), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (lambda text: text.replace("Deliverable", "group::search"), 3, "was altered after it was written: line"),
        (lambda text: text.replace(text.splitlines()[2] + "\n", ""), 3, "was altered after it was written: line 3"),
        (lambda text: text.replace('"version": 1', '"version": 2'), 2, "is a journal of version 2"),
        (lambda text: text.partition("\n")[2], 3, "was altered"),
        (lambda _: "", 2, "is not a journal"),
        (lambda _: "{}\n", 2, "is not a journal: line 1 is none of one"),
        (lambda _: "[" * 100_000 + "\n", 2, "is not a journal: line 1 is none of one"),
    ],
)
def test_what_is_no_journal_or_was_altered_is_refused_before_anything_is_read(
    chosen: Chosen, change: Callable[[str], str], code: int, told: str
) -> None:
    ran = chosen.desk.run("undo", altered(chosen, change), "--apply", "--format", "json")

    assert (ran.code, ran.requests) == (code, [])
    assert told in ran.err
    assert told in ran.json["error"]["message"]


def test_a_journal_that_is_not_there_is_a_mistake_of_the_command_line(desk: Desk) -> None:
    ran = desk.run("undo", str(desk.folder / "none.jsonl"), "--apply")

    assert (ran.code, ran.requests) == (2, [])
    assert "cannot be read: No such file or directory" in ran.err


def test_a_journal_that_was_cut_off_in_its_last_line_serves_as_far_as_it_goes(chosen: Chosen) -> None:
    text = chosen.journal.read_text()
    for cut in (len(text) - 1, len(text) - 100, text.rindex('{"kind": "outcome"') + 40):
        file = chosen.desk.folder / "cut.jsonl"
        file.write_text(text[:cut])
        ran = chosen.desk.run("undo", str(file), "--dry-run", "--format", "json")
        assert len(ran.team["plan"]["changes"]) == 3
        assert "the journal has no end" in ran.team["plan"]["notices"][0]


def test_a_journal_of_another_server_is_refused(chosen: Chosen) -> None:
    chosen.desk.config.write_text(CONFIG.format(url="https://gitlab.elsewhere.test"))

    ran = chosen.desk.run("undo", str(chosen.journal), "--apply")

    assert (ran.code, ran.requests) == (2, [])
    assert f"the journal is of {chosen.desk.box.url}" in ran.err


def test_a_journal_of_a_team_that_the_configuration_does_not_have_is_refused(chosen: Chosen) -> None:
    chosen.desk.configure(CONFIG.replace("  search:", "  find:"))

    ran = chosen.desk.run("undo", str(chosen.journal), "--apply")

    assert (ran.code, ran.requests) == (2, [])
    assert "search" in ran.err


def test_a_journal_of_a_team_of_that_name_in_another_group_is_refused(chosen: Chosen) -> None:
    settings(chosen.desk, gitlab={"group": "acme/other", "label": TEAM_LABEL})

    ran = chosen.desk.run("undo", str(chosen.journal), "--apply")

    assert (ran.code, ran.requests) == (2, [])
    assert "the journal is of a team 'search' of acme/search, and the configuration has one of acme/other" in ran.err


def test_the_journal_of_an_undo_is_refused(chosen: Chosen) -> None:
    first = chosen.desk.run("undo", str(chosen.journal), "--apply", "--journal", str(chosen.desk.folder / "undo.jsonl"))
    assert f"what was taken back stands in a journal: {chosen.desk.folder}/undo.jsonl" in first.err

    ran = chosen.desk.run("undo", str(chosen.desk.folder / "undo.jsonl"), "--apply")

    assert (ran.code, ran.sent) == (3, [])
    assert "this is the journal of an undo" in ran.err


def test_a_journal_names_the_plan_by_the_sum_that_a_saved_one_has(desk: Desk) -> None:
    plan, journal = desk.folder / "plan.json", desk.folder / "journal.jsonl"
    desk.run("create-issue", "--apply", "--out", str(plan), "--journal", str(journal))

    (planned,) = load_journal(journal).teams["search"].plans

    assert planned.sha256 == json.loads(plan.read_text())["sha256"]
    assert (planned.user, planned.group, planned.changes) == (BOT, GROUP, 1)


# A plan like any other


def test_it_is_saved_reviewed_and_applied_as_any_plan(chosen: Chosen) -> None:
    plan = chosen.desk.folder / "plan.json"
    saved = chosen.desk.run("undo", str(chosen.journal), "--out", str(plan))

    ran = chosen.desk.run("apply", str(plan), "--journal", str(chosen.desk.folder / "undo.jsonl"))

    assert (saved.code, saved.sent, ran.code) == (0, [], 0)
    assert chosen.seen(1) == (False, [], "18.10")
    assert chosen.desk.run("undo", str(chosen.desk.folder / "undo.jsonl"), "--apply").code == 3
    assert chosen.desk.run("apply", str(plan)).code == 3


def test_a_saved_undo_is_stale_once_somebody_touched_anything_of_it(chosen: Chosen) -> None:
    plan = chosen.desk.folder / "plan.json"
    chosen.desk.run("undo", str(chosen.journal), "--out", str(plan))
    chosen.edit(1, assignees=["kenji"])

    ran = chosen.desk.run("apply", str(plan))

    assert (ran.code, ran.sent) == (3, [])
    assert "the plan is stale" in ran.err


def test_a_limit_refuses_it_and_force_lifts_the_limit(chosen: Chosen) -> None:
    settings(chosen.desk, limits={"max_changes": 2})

    refused = chosen.desk.run("undo", str(chosen.journal), "--apply")
    assert (refused.code, refused.sent) == (3, [])
    assert "the plan has 3 changes, and limits.max_changes is 2" in refused.err

    chosen.undo("--force")
    assert chosen.seen(1) == (False, [], "18.10")


def test_what_the_token_may_not_take_back_is_told(chosen: Chosen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", GUEST_TOKEN)

    ran = chosen.undo(code=1)

    assert len(ran.team["outcome"]["failed"]) == 3
    assert chosen.seen(1) == (True, ["ana"], "18.10")


# Several teams


@pytest.fixture
def two_teams(desk: Desk) -> Chosen:
    desk.configure(CONFIG + OTHER)
    desk.run("create-issue", "--apply")
    ran = desk.run("capacity", "--apply")
    assert ran.code == 0, ran.err
    return Chosen(desk, journal_of(ran))


def test_one_journal_holds_what_was_done_for_all_teams(two_teams: Chosen) -> None:
    ran = two_teams.undo()

    assert [team["team"] for team in ran.json["teams"]] == ["search", "other"]
    assert [team["outcome"]["applied"] for team in ran.json["teams"]] == [1, 1]
    assert len(list(two_teams.journal.parent.glob("*-capacity-*"))) == 1


def test_one_team_of_several_is_taken_back_alone(two_teams: Chosen) -> None:
    ran = two_teams.undo("--team", "other")

    assert [team["team"] for team in ran.json["teams"]] == ["other"]
    titles = {two_teams.desk.box.gitlab.issue(PROJECT, number)["title"]: number for number in (1, 2)}
    assert "writes this on" in section(two_teams.desk, "capacity", titles["Other 18.10 Planning"])
    assert "writes this on" not in section(two_teams.desk, "capacity", titles["Search 18.10 Planning"])


def test_a_team_that_the_journal_does_not_have_is_a_mistake_of_the_command_line(chosen: Chosen) -> None:
    chosen.desk.configure(CONFIG + OTHER)

    ran = chosen.desk.run("undo", str(chosen.journal), "--team", "other", "--apply")

    assert (ran.code, ran.requests) == (2, [])
    assert "the journal has nothing of team 'other'" in ran.err


# Secrets


def test_no_secret_and_no_reason_of_time_off_is_in_a_journal(desk: Desk) -> None:
    (desk.folder / "pto.csv").write_text("username,from,to,reason\nana,2026-02-16,2026-02-17,surgery\n")
    settings(desk, capacity={"pto": [{"csv": "pto.csv"}]})
    made = desk.run("create-issue", "--apply")
    ran = desk.run("capacity", "--apply")
    assert ran.code == 0, ran.err

    texts = [journal_of(one).read_text() for one in (made, ran)]

    assert "Ana Ferreira" in texts[1]
    assert not [text for text in texts if TOKEN in text or "surgery" in text]


# A day's run


def test_a_days_run_has_one_journal_and_what_was_taken_back_of_it_the_next_one_does_not_do_again(desk: Desk) -> None:
    desk.day = "2026-02-12"
    team = Team(desk)
    chosen = [team.issue(3) for _ in range(5)]
    first = desk.run("run", "--apply")
    assert first.code == 0, first.err
    assert [team.seen(number)[0] for number in chosen] == [True] * 4 + [False]

    undone = desk.run("undo", str(journal_of(first)), "--apply")
    again = desk.run("run", "--apply")

    assert undone.code == 0, undone.err
    assert "nothing is due on 2026-02-12" in again.out
    assert (again.code, again.sent) == (0, [])
    assert [team.seen(number) for number in chosen] == [(False, [], "18.10")] * 5
    for name in ("readiness", "capacity", "deliverables"):
        assert "writes this on" in section(desk, name, 2)
