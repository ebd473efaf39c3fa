from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

    from .conftest import Api

BOARDS = "/groups/acme/boards"


@pytest.fixture
def board(api: Api) -> str:
    return f"{BOARDS}/{api.post(BOARDS, name='Build')['id']}"


def lists(api: Api, board: str) -> list[str]:
    return [found["label"]["name"] for found in api.get(f"{board}/lists")]


def test_a_board_is_made_by_name_and_scoped_by_a_second_request(api: Api, box: Sandbox, board: str) -> None:
    milestone = box.gitlab.milestone_id("acme", "18.10")
    found = api.put(board, milestone_id=milestone, labels="Deliverable,workflow::in dev", hide_backlog_list=True)
    assert found["milestone"]["title"] == "18.10"
    assert [label["name"] for label in found["labels"]] == ["Deliverable", "workflow::in dev"]
    assert [label["name"] for label in api.put(board, labels="Deliverable")["labels"]] == ["Deliverable"]
    assert api.get(board)["hide_backlog_list"] is True


def test_two_boards_may_have_one_name(api: Api, box: Sandbox, board: str) -> None:
    api.post(BOARDS, name="Build")
    assert [found["name"] for found in box.gitlab.boards("acme")] == ["Build", "Build"], board


def test_lists_are_added_at_the_end_and_make_room_for_one_that_moves(api: Api, board: str) -> None:
    names = ["Deliverable", "workflow::in dev", "workflow::in review"]
    ids = [api.post(f"{board}/lists", label_id=api.get(f"/groups/acme/labels/{name}")["id"])["id"] for name in names]
    assert lists(api, board) == names
    assert api.put(f"{board}/lists/{ids[2]}", position=0)["position"] == 0
    assert lists(api, board) == [names[2], *names[:2]]


def test_a_list_of_a_label_that_is_there_or_unknown_is_refused(api: Api, board: str) -> None:
    label = api.get("/groups/acme/labels/Deliverable")["id"]
    api.post(f"{board}/lists", label_id=label)
    assert api.call("POST", f"{board}/lists", json={"label_id": label}).status_code == 400
    assert api.call("POST", f"{board}/lists", json={"label_id": 999}).status_code == 400


def test_nothing_is_deleted(api: Api, board: str) -> None:
    assert api.call("DELETE", board).status_code == 501


def test_a_label_that_exists_above_is_not_made_again(api: Api) -> None:
    label = {"name": "Deliverable", "color": "#123456"}
    assert api.call("POST", "/groups/acme%2Fsearch/labels", json=label).status_code == 409
    assert api.post("/groups/acme/labels", name="missed:18.9", color="#123456")["name"] == "missed:18.9"
    assert api.call("POST", "/groups/acme/labels", json={"name": "x", "color": "red"}).status_code == 400
