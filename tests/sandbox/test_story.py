from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml

from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.story import Story, tell_story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Sandbox, Story]]:
    with Sandbox() as box:
        yield box, tell_story(box)


def issues(box: Sandbox) -> list[dict[str, Any]]:
    return [issue for name in ("engine", "frontend") for issue in box.gitlab.issues(f"acme/search/{name}")]


def test_it_is_about_seventy_issues_with_a_past_and_none_of_the_future(told: tuple[Sandbox, Story]) -> None:
    box, story = told
    found = issues(box)
    assert 65 <= len(found) <= 75
    assert max(issue["updated_at"] for issue in found) < story.today.isoformat()
    assert box.gitlab.executed_quick_actions == []


def test_the_coming_milestone_has_candidates_of_every_kind(told: tuple[Sandbox, Story]) -> None:
    candidates = [issue for issue in issues(told[0]) if issue["milestone"] and issue["milestone"]["title"] == "18.10"]
    weights = {issue["weight"] for issue in candidates}
    labels = {label for issue in candidates for label in issue["labels"]}
    assert {None, 0, 1, 2, 3, 8} <= weights
    assert {"workflow::blocked", "spike", "security", "planning priority"} <= labels
    assert any(issue["confidential"] for issue in candidates)
    assert any(issue["title"].startswith("/close @all") for issue in candidates)


def test_milestones_slipped_and_were_made_up_for(told: tuple[Sandbox, Story]) -> None:
    box, _ = told
    slipped = [issue for issue in issues(box) if "missed-deliverable" in issue["labels"]]
    assert len(slipped) >= 4
    twice = next(issue for issue in slipped if issue["title"] == "Index comments on design documents")
    assert [label for label in twice["labels"] if label.startswith("missed:")] == ["missed:18.7", "missed:18.8"]


def test_events_run_with_time(told: tuple[Sandbox, Story]) -> None:
    box, _ = told
    for issue in issues(box):
        path, iid = issue["references"]["full"].split("#")
        for kind in ("label", "milestone", "state", "weight"):
            times = [event["created_at"] for event in box.gitlab.events(path, int(iid), kind)]
            assert times == sorted(times), issue["title"]


def test_its_token_is_the_bots(told: tuple[Sandbox, Story]) -> None:
    box, story = told
    headers = {"Authorization": f"Bearer {story.token}"}
    user = requests.get(f"{box.url}/api/v4/user", headers=headers, timeout=5).json()
    assert (user["username"], user["bot"]) == ("planning-bot", True)


def test_it_is_told_the_same_every_time(told: tuple[Sandbox, Story]) -> None:
    with Sandbox() as other:
        tell_story(other)
        assert other.gitlab.dump() == told[0].gitlab.dump()


def test_its_files_are_a_configuration_and_the_time_off(told: tuple[Sandbox, Story], tmp_path: Path) -> None:
    box, story = told
    path = story.write_files(tmp_path)
    config = yaml.safe_load(path.read_text())
    assert config["gitlab"]["url"] == box.url
    team = config["teams"][story.team]
    assert (path.parent / team["capacity"]["pto"][0]["csv"]).read_text().startswith("username,from,to")
    usernames = [member["username"] for member in team["members"]]
    names = {row["username"] for row in members(box, story)}
    assert {*usernames, team["product_manager"], team["engineering_manager"]} <= names


def members(box: Sandbox, story: Story) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {story.token}"}
    url = f"{box.url}/api/v4/groups/acme/members/all?per_page=100"
    return list(requests.get(url, headers=headers, timeout=5).json())
