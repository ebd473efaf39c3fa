"""`deliverables` over HTTP: what is selected, labelled, assigned and moved, and what a person's hand changes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox import Fault
from tests.commands.team_files import settings
from tests.support import EM, PM, PROJECT

if TYPE_CHECKING:
    from tests.support import Desk, Ran

ENGINE = "acme/search/engine"
TEAM, READY, IN_DEV = "group::search", "workflow::ready for development", "workflow::in dev"
EXTRA = (
    "Stretch", "backend", "frontend", "planning priority", "priority::1", "priority::2", "spike", "missed:18.8",
    "missed:18.9",
)  # fmt: skip
MEMBERS = [{"username": "ana", "name": "Ana Ferreira"}, {"username": "kenji", "name": "Kenji Sato", "allocation": 0.5}]


class Team:
    """The team of the world: in 18.10, of 20 weekdays, ana can carry 10 and kenji 5."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.box.gitlab.add_project(ENGINE)
        for name in EXTRA:
            desk.box.gitlab.add_label("acme", name)
        self.configure()

    def configure(self, **rules: Any) -> None:
        """Write the configuration with settings of deliverables, and with others."""
        members = rules.pop("members", MEMBERS)
        others = {name: rules.pop(name) for name in ("weights", "limits") if name in rules}
        settings(self.desk, members=members, deliverables=rules, **others)

    def issue(self, weight: int | None, *labels: str, **parts: Any) -> int:
        """Add an issue of the team's that is ready; other labels take the place of the ready one if one is a stage."""
        stage = [] if any(name.startswith("workflow::") for name in labels) else [READY]
        whole = {"milestone": "18.10", "author": PM, "title": "Work", "weight": weight, **parts}
        return self.desk.box.gitlab.add_issue(ENGINE, labels=[TEAM, *stage, *labels], **whole)

    def edit(self, number: int, **changes: Any) -> None:
        """Have the EM edit an issue."""
        self.desk.box.gitlab.edit_issue(ENGINE, number, by=EM, **changes)

    def seen(self, number: int) -> tuple[bool, list[str], str | None]:
        """Say of an issue whether it is a deliverable, who has it, and where it is."""
        shown = self.desk.box.gitlab.issue(ENGINE, number)
        people = [person["username"] for person in shown["assignees"]]
        return "Deliverable" in shown["labels"], people, shown["milestone"] and shown["milestone"]["title"]

    def run(self, *arguments: str, code: int = 0) -> Ran:
        """Run the command and carry its plan out."""
        ran = self.desk.run("deliverables", "--apply", "--format", "json", *arguments)
        assert ran.code == code, ran.err + ran.out
        return ran


@pytest.fixture
def work(desk: Desk) -> Team:
    return Team(desk)


def because(ran: Ran) -> dict[str, str]:
    return {one["reference"]: one["because"] for one in ran.team["result"]["left_out"]}


def ref(number: int) -> str:
    return f"{ENGINE}#{number}"


def test_what_fits_is_labelled_and_assigned_in_one_request_for_each_and_the_rest_moves_on(work: Team) -> None:
    numbers = [work.issue(3) for _ in range(6)]
    ran = work.run()
    assert [verb for verb, _ in ran.sent] == ["PUT"] * 6
    # ana takes 3 of 10, 3 of 7; kenji has 5 left when ana has 4.
    people = [work.seen(number) for number in numbers]
    assert people == [
        (True, ["ana"], "18.10"),
        (True, ["ana"], "18.10"),
        (True, ["kenji"], "18.10"),
        (True, ["ana"], "18.10"),
        (False, [], "18.11"),
        (False, [], "18.11"),
    ]
    result = ran.team["result"]
    assert [(one["reference"], one["assignee"], one["rank"]) for one in result["selected"]] == [
        (ref(numbers[0]), "ana", 1),
        (ref(numbers[1]), "ana", 2),
        (ref(numbers[2]), "kenji", 3),
        (ref(numbers[3]), "ana", 4),
    ]
    assert [(m["username"], m["capacity_weight"], m["assigned_weight"]) for m in result["members"]] == [
        ("ana", 10, 9),
        ("kenji", 5, 3),
    ]
    assert because(ran)[ref(numbers[4])] == "nobody has 3 left: it needs 2 days (1 weight) more of kenji"


def test_a_second_run_writes_nothing(work: Team) -> None:
    work.configure(stretch_label="Stretch")
    for weight in (3, 3, 2, 3, 1, 3, 2, 3, 3):
        work.issue(weight)
    assert work.run().writes
    assert work.run().writes == []


def test_a_run_a_day_later_adds_what_has_become_ready_and_moves_nothing_that_was_chosen(work: Team) -> None:
    first, late = work.issue(3), work.issue(2, "workflow::design")
    work.run()
    before = work.seen(first)
    work.edit(late, add_labels=[READY], remove_labels=["workflow::design"])
    work.desk.day = "2026-02-01"
    assert [path.rsplit("/", 1)[1] for _, path in work.run().sent] == [str(late)]
    assert work.seen(first) == before
    assert work.seen(late)[0]


def test_every_part_of_the_gate_has_its_sentence(work: Team) -> None:
    blocked = work.issue(1)
    work.desk.box.gitlab.link_issues((ENGINE, work.issue(1, "planning-bot::skip")), (ENGINE, blocked))
    cases = {
        work.issue(None): "it has no weight",
        work.issue(5): "weight 5 is above 3: break it down",
        work.issue(1, "workflow::design"): f"it lacks {READY}",
        work.issue(1, "workflow::blocked"): f"it lacks {READY}; blocked: workflow::blocked",
        blocked: f"blocked: {ref(blocked + 1)}",
        work.issue(1, "planning-bot::skip"): "it has the label planning-bot::skip",
        work.issue(1, assignees=[EM]): "it is assigned to tomas, who is no member of the team",
    }
    ran = work.run()
    assert {number: because(ran)[ref(number)] for number in cases} == cases
    assert ran.writes == []


def test_a_spike_needs_a_weight_but_not_to_be_ready(work: Team) -> None:
    spike = work.issue(1, "spike", "workflow::design")
    work.run()
    assert work.seen(spike)[0]


def test_the_order_is_slips_then_preference_then_priority_then_weight(work: Team) -> None:
    light, urgent = work.issue(1), work.issue(3, "priority::1")
    wanted, slipped = work.issue(3, "planning priority"), work.issue(3, "missed:18.8")
    ran = work.run()
    assert [one["reference"] for one in ran.team["result"]["selected"]] == [
        ref(number) for number in (slipped, wanted, urgent, light)
    ]


def test_a_slip_is_found_in_the_events_where_no_label_tells(work: Team) -> None:
    slipped = work.issue(2, milestone="18.8", created_at=_at("2025-12-10"))
    work.edit(slipped, add_labels=["Deliverable"], at=_at("2025-12-12"))
    work.edit(slipped, remove_labels=["Deliverable"], at=_at("2026-01-12"))
    work.edit(slipped, milestone="18.10", at=_at("2026-01-12"))
    work.edit(slipped, add_labels=["Deliverable"], at=_at("2026-01-20"))
    (one,) = work.run().team["result"]["selected"]
    assert one["because"] == "it is a deliverable already; slipped in 18.8, weight 2"


def test_the_plan_says_who_is_assigned(work: Team) -> None:
    work.issue(2)
    assert "assignees    +ana" in work.desk.run("deliverables", "--dry-run").out


def test_what_slipped_twice_is_listed_apart(work: Team) -> None:
    often = work.issue(1, "missed:18.8", "missed:18.9")
    ran = work.run()
    assert ran.team["result"]["slipped"] == [{"reference": ref(often), "milestones": ["18.8", "18.9"]}]


def test_the_manual_order_of_the_board_counts_where_it_is_named(work: Team) -> None:
    work.configure(order=["board"])
    first, second = work.issue(3), work.issue(1)
    ran = work.run()
    assert [one["reference"] for one in ran.team["result"]["selected"]] == [ref(first), ref(second)]


def test_roles_say_who_can_have_an_issue(work: Team) -> None:
    members = [{**MEMBERS[0], "roles": ["backend"]}, {**MEMBERS[1], "roles": ["frontend"]}]
    work.configure(members=members)
    both, left_out = [work.issue(3, "frontend") for _ in range(2)], work.issue(1, "backend")
    ran = work.run()
    assert [work.seen(number)[1] for number in (*both, left_out)] == [["kenji"], [], ["ana"]]
    assert "2 days (1 weight) more of kenji (frontend)" in because(ran)[ref(both[1])]


def test_an_assignee_is_never_removed_and_what_is_full_is_left_out(work: Team) -> None:
    numbers = [work.issue(3, assignees=["kenji"]) for _ in range(2)]
    shared = work.issue(2, assignees=["ana", "tomas"])
    ran = work.run()
    assert [work.seen(number) for number in (*numbers, shared)] == [
        (True, ["kenji"], "18.10"),
        (False, ["kenji"], "18.10"),
        (True, ["ana", "tomas"], "18.10"),
    ]
    assert because(ran)[ref(numbers[1])].startswith("it is assigned to kenji, who cannot take it on")


def test_what_is_in_progress_stays_though_it_does_not_fit(work: Team) -> None:
    work.configure(members=[{**MEMBERS[0], "allocation": 0.0}])
    number = work.issue(2, IN_DEV)
    work.run()
    assert work.seen(number) == (False, [], "18.10")


@pytest.mark.parametrize(("overflow", "title"), [("next_1_3", "Next 1-3 releases"), ("stay", "18.10")])
def test_the_overflow_goes_where_the_configuration_says(work: Team, overflow: str, title: str) -> None:
    work.configure(overflow=overflow, members=[{**MEMBERS[0], "allocation": 0.0}])
    number = work.issue(2)
    work.run()
    assert work.seen(number)[2] == title


def test_what_somebody_moved_back_stays(work: Team) -> None:
    work.configure(members=[{**MEMBERS[0], "allocation": 0.0}])
    number = work.issue(2)
    work.run()
    work.edit(number, milestone="18.10")
    ran = work.run()
    assert ran.writes == []
    assert any("somebody took it out" in notice for notice in ran.team["plan"]["notices"])


def test_after_the_freeze_nothing_is_moved(work: Team) -> None:
    work.configure(members=[{**MEMBERS[0], "allocation": 0.0}])
    number = work.issue(2)
    work.desk.day = "2026-02-20"
    work.desk.box.now = _at("2026-02-20")
    work.run("--milestone", "18.10")
    assert work.seen(number)[2] == "18.10"


def test_the_first_that_did_not_fit_are_stretch_until_they_are_a_fifth_of_the_capacity(work: Team) -> None:
    work.configure(stretch_label="Stretch", members=[MEMBERS[0]])
    numbers = [work.issue(2) for _ in range(7)]
    ran = work.run()
    assert [one["reference"] for one in ran.team["result"]["stretch"]] == [ref(numbers[5])]
    assert work.seen(numbers[5]) == (False, [], "18.10")
    assert work.seen(numbers[6])[2] == "18.11"


def test_a_deliverable_that_does_not_fit_stays_and_gets_nobody(work: Team) -> None:
    work.configure(members=[{**MEMBERS[0], "allocation": 0.0}])
    number = work.issue(2, "Deliverable")
    ran = work.run()
    assert work.seen(number) == (True, [], "18.10")
    assert any("does not fit" in notice for notice in ran.team["plan"]["notices"])


def test_room_is_kept_for_a_deliverable_that_nobody_has(work: Team) -> None:
    work.configure(members=[MEMBERS[1]])
    work.issue(3, "Deliverable")
    numbers = [work.issue(2) for _ in range(2)]
    ran = work.run()
    assert [work.seen(number)[0] for number in numbers] == [True, False]
    assert [one["assigned_weight"] for one in ran.team["result"]["members"]] == [2]
    assert f"{ref(1)} is a deliverable that nobody has: kenji can have it" in ran.team["plan"]["notices"]


def test_a_label_that_somebody_took_off_is_not_put_on_again(work: Team) -> None:
    number = work.issue(2)
    work.run()
    work.edit(number, remove_labels=["Deliverable"])
    assert work.run().writes == []


def test_without_assign_labels_are_all_that_is_written(work: Team) -> None:
    work.configure(assign=False)
    number = work.issue(2)
    work.run()
    assert work.seen(number) == (True, [], "18.10")
    assert work.run().writes == []


def test_a_member_who_cannot_be_assigned_is_a_sentence(work: Team) -> None:
    work.desk.box.gitlab.block_user("ana")
    number = work.issue(2)
    ran = work.run(code=4)
    assert [one["because"] for one in ran.team["outcome"]["failed"]] == ["it was written, but assignee ana was not set"]
    assert work.seen(number)[0]


def test_a_member_without_an_account_is_a_sentence(work: Team) -> None:
    work.configure(members=[{"username": "nobody.here"}])
    number = work.issue(2)
    ran = work.run()
    assert work.seen(number) == (True, [], "18.10")
    assert any("no user 'nobody.here'" in notice for notice in ran.team["plan"]["notices"])


def test_a_person_who_is_faster_is_left_alone(work: Team) -> None:
    number = work.issue(2)
    plan = work.desk.folder / "plan.json"
    work.desk.run("deliverables", "--out", str(plan))
    work.edit(number, weight=3)
    assert work.desk.run("apply", str(plan)).code == 3
    assert work.seen(number) == (False, [], "18.10")


def test_a_label_that_does_not_exist_is_an_error_before_anything_is_written(work: Team) -> None:
    work.configure(label="Committed")
    work.issue(2)
    ran = work.run(code=1)
    assert ran.writes == []
    assert "'Committed'" in ran.team["error"]["message"]


def test_tasks_and_confidential_titles(work: Team) -> None:
    task = work.issue(1, issue_type="task")
    secret = work.issue(1, confidential=True, title="The leak of the century")
    ran = work.run()
    assert (work.seen(task)[0], work.seen(secret)[0]) == (False, True)
    assert "leak" not in ran.out


def test_the_section_tells_each_engineer_their_budget_and_their_issues(work: Team) -> None:
    assert work.desk.run("create-issue", "--apply").code == 0
    numbers = [work.issue(3), work.issue(3, "Deliverable"), *(work.issue(3) for _ in range(4)), work.issue(9)]
    work.run()
    (page,) = [one for one in work.desk.box.gitlab.issues(PROJECT) if "18.10" in one["title"]]
    text = page["description"]
    assert "### Ana Ferreira\n\n6 of 10 weight. _20 weekdays" in text
    assert f"- {ref(numbers[6])}+: weight 9 is above 3: break it down" in text
    assert work.run().writes == []


def test_a_run_that_was_cut_short_is_finished_by_the_next(work: Team) -> None:
    numbers = [work.issue(2) for _ in range(3)]
    work.desk.box.fail(Fault("500-after", method="PUT"))
    work.desk.run("deliverables", "--apply")
    work.run()
    assert all(work.seen(number)[0] for number in numbers)


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
