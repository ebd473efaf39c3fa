from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planning_bot.sandbox import Sandbox

from .conftest import PROJECT, Api, fill

if TYPE_CHECKING:
    from pathlib import Path

ISSUES = "/projects/acme%2Fsearch%2Fplanning/issues"


def test_groups_and_projects_go_by_path_or_id(api: Api) -> None:
    assert api.get("/groups/acme%2Fsearch") == api.get("/groups/2")
    assert api.get("/projects/acme%2Fsearch%2Fplanning") == api.get("/projects/1")
    assert api.call("GET", "/projects/acme%2Fnone").json() == {"message": "404 Project Not Found"}


def test_single_objects_that_are_not_there_are_404(api: Api) -> None:
    api.post("/groups/acme/boards", name="Build")
    for path in (
        "/users/99", "/groups/acme/milestones/99", "/groups/acme/labels/none", "/groups/acme/epics/9",
        "/groups/acme/boards/99", "/groups/acme/boards/1/lists/9", f"{ISSUES}/9", f"{ISSUES}/x",
    ):  # fmt: skip
        assert api.call("GET", path).status_code == 404, path


def test_the_version_is_told_in_both_places(api: Api, box: Sandbox) -> None:
    assert api.get("/version")["version"] == api.get("/metadata")["version"]
    assert api.get("/metadata")["enterprise"] is True
    box.tier = "free"
    assert api.get("/metadata")["enterprise"] is False


def test_an_issue_can_belong_to_an_epic(api: Api, box: Sandbox) -> None:
    iid = box.gitlab.add_epic("acme", "Faster search", author="rita")
    epic = api.get(f"/groups/acme/epics/{iid}")
    issue = api.post(ISSUES, title="One", epic_id=epic["id"])
    assert (epic["title"], issue["epic_iid"], issue["epic"]["title"]) == ("Faster search", iid, "Faster search")


def test_a_milestone_is_expired_after_its_due_date(api: Api, box: Sandbox) -> None:
    path = f"/groups/acme/milestones/{box.gitlab.milestone_id('acme', '18.9')}"
    box.now = datetime(2026, 2, 13, 23, tzinfo=UTC)
    assert api.get(path)["expired"] is False
    box.now = datetime(2026, 2, 14, 0, tzinfo=UTC)
    assert api.get(path)["expired"] is True


def test_labels_of_projects_come_with_a_groups_when_asked_for(api: Api, box: Sandbox) -> None:
    box.gitlab.add_label(PROJECT, "own")
    names = [
        label["name"]
        for label in api.get("/groups/acme/labels", include_descendant_groups="true", only_group_labels="false")
    ]
    assert names == ["Deliverable", "own", "workflow::in dev", "workflow::in review"]


def test_a_duplicate_names_the_issue_that_it_repeats(api: Api, box: Sandbox) -> None:
    for title in ("One", "Again"):
        box.gitlab.add_issue(PROJECT, title, author="alice")
    box.gitlab.close_as_duplicate(PROJECT, 2, (PROJECT, 1), by="rita")
    issue = api.get(f"{ISSUES}/2")
    assert issue["state"] == "closed"
    assert issue["_links"]["closed_as_duplicate_of"] == f"{box.url}/api/v4/projects/1/issues/1"


def test_bodies_are_json(api: Api) -> None:
    assert api.call("POST", ISSUES, data={"title": "One"}).status_code == 501
    headers = {"Authorization": "Bearer alice-token", "Content-Type": "application/json"}
    assert api.raw("POST", ISSUES, headers, b"{").status_code == 400


def test_a_file_keeps_the_state(tmp_path: Path) -> None:
    database = str(tmp_path / "sandbox.db")
    with Sandbox(database=database) as box:
        fill(box)
        box.gitlab.add_issue(PROJECT, "One", author="alice")
        before = box.gitlab.dump()
    with Sandbox(database=database) as box:
        assert box.gitlab.dump() == before
