from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning_bot.sandbox import Fault
from tests.support import GROUP, GUEST_TOKEN, ISSUES, PROJECT, TOKEN, Desk, count, environment

if TYPE_CHECKING:
    from tests.support import Ran

LOOKED_AT = 7  # the user, milestones, labels, boards, and the issues that are open, closed, or of the milestone
LISTS = {
    "Search: Planning 18.10": ["type::bug", "type::maintenance", "type::feature"],
    "Search: Build 18.10": [
        "workflow::ready for development", "workflow::in dev", "workflow::in review",
        "workflow::awaiting security release", "workflow::blocked",
    ],
    "Search: Next 1-3 releases": [
        "workflow::problem validation", "workflow::design", "workflow::solution validation",
        "workflow::planning breakdown", "workflow::ready for development",
    ],
    "Search: Next 4-6 releases": [
        "workflow::problem validation", "workflow::design", "workflow::solution validation",
        "workflow::planning breakdown", "workflow::ready for development",
    ],
}  # fmt: skip
SCOPES = {
    "Search: Planning 18.10": ("18.10", ["group::search"]),
    "Search: Build 18.10": ("18.10", ["Deliverable", "group::search"]),
    "Search: Next 1-3 releases": ("Next 1-3 releases", ["group::search"]),
    "Search: Next 4-6 releases": ("Next 4-6 releases", ["group::search"]),
}
PEOPLES = ("Planning Issue", "Sync Meeting", "planning-bot::skip")


def shown(desk: Desk) -> dict[str, tuple[Any, list[str], list[str]]]:
    """Give each board's milestone, labels and lists, by name."""
    return {
        board["name"]: (
            (board["milestone"] or {}).get("title"),
            sorted(label["name"] for label in board["labels"]),
            [column["label"]["name"] for column in board["lists"]],
        )
        for board in desk.box.gitlab.boards(GROUP)
    }


CONFIGURED = {name: (*SCOPES[name], LISTS[name]) for name in LISTS}


def test_four_boards_of_a_fresh_team_come_about_with_so_many_requests(desk: Desk) -> None:
    ran = desk.run("boards", "--apply", "--format", "json")

    assert ran.code == 0
    assert shown(desk) == CONFIGURED
    lists = sum(map(len, LISTS.values()))
    # Each board is looked up once more before it is created, then scoped, then given its lists.
    assert count(ran.requests) == (LOOKED_AT + 4, 4 + 4 + lists)
    urls = [f"{desk.box.url}/groups/{GROUP}/-/boards/{board['id']}" for board in ran.team["result"]["boards"]]
    assert ran.team["result"] == {
        "boards": [
            {"key": key, "name": name, "id": int(url.rpartition("/")[2]), "web_url": url, "created": True}
            for key, name, url in zip(("planning", "build", "next_1_3", "next_4_6"), LISTS, urls, strict=True)
        ]
    }


def test_a_run_that_changes_nothing_only_reads(desk: Desk) -> None:
    desk.run("boards", "--apply")

    again = desk.run("boards", "--apply", "--format", "json")

    assert (again.code, count(again.requests)) == (0, (LOOKED_AT, 0))
    assert [board["created"] for board in again.team["result"]["boards"]] == [False] * 4


def test_the_planning_issue_links_the_boards_whichever_command_runs_second(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    desk.run("boards", "--apply")
    linked = desk.box.gitlab.issue(PROJECT, 1)["description"]

    assert all(f"[{name}]({desk.box.url}/groups/{GROUP}/-/boards/" in linked for name in LISTS)
    assert "known-after-apply" not in linked
    assert desk.run("create-issue", "--apply").writes == []
    assert desk.run("boards", "--apply").writes == []


def test_the_boards_that_are_there_are_linked_when_the_issue_is_created(desk: Desk) -> None:
    desk.run("boards", "--apply")
    desk.run("create-issue", "--apply")

    linked = desk.box.gitlab.issue(PROJECT, 1)["description"]
    assert all(f"[{name}]({desk.box.url}/groups/{GROUP}/-/boards/" in linked for name in LISTS)
    assert desk.run("boards", "--apply").writes == []


def test_a_dry_run_only_reads_and_says_that_the_boards_are_not_there_yet(desk: Desk) -> None:
    ran = desk.run("boards", "--dry-run")

    assert (ran.code, ran.writes) == (0, [])
    assert "board not there yet: Search: Build 18.10" in ran.out
    assert "Plan: 4 changes" in ran.out


def test_a_tier_without_several_group_boards_is_told_which_has_them(desk: Desk) -> None:
    desk.box.tier = "free"

    ran = desk.run("boards", "--apply")

    assert ran.code == 1
    assert "several boards in a group need GitLab Premium or Ultimate" in ran.err


def test_a_token_that_may_not_write_boards_is_told_so(desk: Desk) -> None:
    with environment(GITLAB_TOKEN=GUEST_TOKEN):
        ran = desk.run("boards", "--apply")

    assert ran.code == 1
    assert "the token's user the Planner role" in ran.err


def test_a_board_that_was_cut_short_is_reported_in_part_and_repaired_by_the_next_run(desk: Desk) -> None:
    desk.box.fail(Fault("500", method="POST", path="/lists", nth=3, times=1))

    first, second = desk.run("boards", "--apply"), desk.run("boards", "--apply")

    assert (first.code, second.code) == (4, 0)
    assert "unknown" in first.err
    assert shown(desk) == CONFIGURED


def test_the_limit_on_new_objects_holds_exactly_and_is_lifted_by_force(desk: Desk) -> None:
    desk.configure(planning_issue="planning_issue: {{project: acme/search/planning}}\n    limits: {{max_creates: 3}}")
    refused = desk.run("boards", "--apply")
    assert (refused.code, refused.writes) == (3, [])
    assert "the plan has 4 new objects, and limits.max_creates is 3" in refused.err

    forced = desk.run("boards", "--apply", "--force")
    assert (forced.code, len(shown(desk))) == (0, 4)


def test_a_plan_exactly_at_the_limit_is_carried_out(desk: Desk) -> None:
    desk.configure(
        planning_issue="planning_issue: {{project: acme/search/planning}}\n"
        "    limits: {{max_creates: 4, max_changes: 4}}"
    )

    assert desk.run("boards", "--apply").code == 0


def as_a_person(desk: Desk, verb: str, path: str, body: dict[str, Any]) -> Any:
    """Do something by hand."""
    url = f"{desk.box.url}/api/v4/groups/acme%2Fsearch/boards{path}"
    answer = requests.request(verb, url, json=body, headers={"PRIVATE-TOKEN": TOKEN}, timeout=10)
    answer.raise_for_status()
    return answer.json()


def label_id(desk: Desk, name: str) -> int:
    return next(label["id"] for label in desk.box.gitlab.labels("acme") if label["name"] == name)


ANY_BOARD = st.tuples(
    st.sampled_from(sorted(LISTS)),
    st.sampled_from([None, "18.10", "18.9", "Backlog"]),
    st.sets(st.sampled_from(["group::search", "Deliverable", "Sync Meeting"])),
    st.integers(0, 7),
    st.randoms(use_true_random=False),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(boards=st.lists(ANY_BOARD, max_size=3, unique_by=lambda board: board[0]))
def test_from_any_state_one_run_makes_the_boards_as_configured_and_the_second_plans_nothing(
    desk: Desk, boards: list[Any]
) -> None:
    desk.box.__exit__(None, None, None)
    fresh = _fresh(desk)
    kept = {name: _arrange(fresh, name, *state) for name, *state in boards}

    first: Ran = fresh.run("boards", "--apply")
    second: Ran = fresh.run("boards", "--apply")

    assert (first.code, second.code, second.writes) == (0, 0, [])
    for name, (milestone, labels, lists) in shown(fresh).items():
        assert (milestone, labels) == SCOPES[name]
        assert [column for column in lists if column in LISTS[name]] == LISTS[name]
        persons = [column for column in kept.get(name, []) if column not in LISTS[name]]
        assert [column for column in lists if column not in LISTS[name]] == persons
    assert not [request for request in first.requests if request.method == "DELETE"]


def _fresh(desk: Desk) -> Desk:
    from planning_bot.sandbox import Sandbox  # noqa: PLC0415 - a world of its own for each example
    from tests.support import world  # noqa: PLC0415

    desk.box = Sandbox(now=None)
    desk.box.__enter__()
    world(desk.box)
    desk.configure()
    return desk


def _arrange(desk: Desk, name: str, milestone: str | None, labels: set[str], count: int, random: Any) -> list[str]:
    """Leave a board as a person might."""
    number = as_a_person(desk, "POST", "", {"name": name})["id"]
    body: dict[str, Any] = {"labels": ",".join(sorted(labels))} if labels else {}
    body |= {"milestone_id": desk.box.gitlab.milestone_id("acme", milestone)} if milestone else {}
    if body:
        as_a_person(desk, "PUT", f"/{number}", body)
    columns = random.sample([*LISTS[name], *PEOPLES], k=min(count, len(LISTS[name]) + len(PEOPLES)))
    for column in columns:
        as_a_person(desk, "POST", f"/{number}/lists", {"label_id": label_id(desk, column)})
    return columns


def test_the_issue_of_another_project_is_never_read(desk: Desk) -> None:
    ran = desk.run("boards", "--apply")

    assert {request.path for request in ran.reads if request.path.endswith("/issues")} == {ISSUES}
