from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import PROJECT, Api

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

ISSUES = "/projects/acme%2Fsearch%2Fplanning/issues"


def test_an_unknown_token_is_401(box: Sandbox) -> None:
    response = Api(box, "wrong").call("GET", "/user")
    assert (response.status_code, response.json()) == (401, {"message": "401 Unauthorized"})


def test_a_revoked_and_an_expired_token_say_so(api: Api, box: Sandbox) -> None:
    box.gitlab.add_token("old", "alice", expires_at="2026-01-31")
    box.gitlab.revoke_token("rita-token")
    expired, revoked = Api(box, "old").call("GET", "/user"), api.by("rita").call("GET", "/user")
    assert (expired.status_code, revoked.status_code) == (401, 401)
    assert "expired" in expired.json()["error_description"]
    assert "revoked" in revoked.json()["error_description"]


def test_read_api_reads_and_does_not_write(box: Sandbox) -> None:
    box.gitlab.add_token("reader", "alice", scopes=("read_api",))
    reader = Api(box, "reader")
    assert reader.get("/personal_access_tokens/self")["scopes"] == ["read_api"]
    response = reader.call("POST", ISSUES, json={"title": "x"})
    assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope")


def test_a_blocked_user_is_403(api: Api, box: Sandbox) -> None:
    box.gitlab.block_user("alice")
    assert api.call("GET", "/user").status_code == 403


def test_a_private_group_does_not_exist_for_strangers(api: Api, box: Sandbox) -> None:
    box.gitlab.add_group("secret", visibility="private")
    box.gitlab.add_project("secret/one", visibility="private")
    for path in ("/groups/secret", "/groups/secret/boards", "/projects/secret%2Fone/issues"):
        assert api.call("GET", path).status_code == 404


def test_confidential_issues_are_for_planners_their_author_and_their_assignees(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "Secret", author="otto", confidential=True)
    for username, status in {"rita": 200, "gus": 404, "otto": 200}.items():
        assert api.by(username).call("GET", f"{ISSUES}/1").status_code == status
        assert len(api.by(username).get("/groups/acme/issues")) == (status == 200)
    box.gitlab.edit_issue(PROJECT, 1, by="alice", assignees=["gus"])
    assert api.by("gus").call("GET", f"{ISSUES}/1").status_code == 200


def test_an_issue_of_somebody_else_is_not_a_guests_to_edit(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "Theirs", author="alice")
    assert api.by("gus").call("PUT", f"{ISSUES}/1", json={"title": "Mine"}).status_code == 403
    assert api.by("rita").put(f"{ISSUES}/1", title="Ours")["title"] == "Ours"


def test_strangers_and_blocked_users_are_not_assigned_and_nobody_is_told(api: Api, box: Sandbox) -> None:
    box.gitlab.block_user("rita")
    ids = [api.get("/users", username=name)[0]["id"] for name in ("otto", "rita", "gus")]
    issue = api.post(ISSUES, title="One", assignee_ids=ids)
    assert [user["username"] for user in issue["assignees"]] == ["gus"]


def test_a_milestone_of_another_tree_is_none(api: Api, box: Sandbox) -> None:
    box.gitlab.add_group("other")
    number = box.gitlab.add_milestone("other", "18.10")
    assert api.post(ISSUES, title="One", milestone_id=number)["milestone"] is None


@pytest.mark.parametrize("username", ["gus", "otto"])
def test_labels_and_boards_are_not_for_guests_and_strangers(api: Api, username: str) -> None:
    api = api.by(username)
    label = {"name": "New", "color": "#000000"}
    assert api.call("POST", "/groups/acme/labels", json=label).status_code == 403
    assert api.call("POST", "/groups/acme/boards", json={"name": "New"}).status_code == 403


def test_notes_of_others_are_not_theirs_to_change(api: Api) -> None:
    api.post(ISSUES, title="One")
    note = api.post(f"{ISSUES}/1/notes", body="Mine")
    assert api.by("rita").call("PUT", f"{ISSUES}/1/notes/{note['id']}", json={"body": "Ours"}).status_code == 403
    assert api.put(f"{ISSUES}/1/notes/{note['id']}", body="Still mine")["body"] == "Still mine"


def test_internal_notes_are_for_planners(api: Api) -> None:
    api.post(ISSUES, title="One")
    api.post(f"{ISSUES}/1/notes", body="Between us", internal=True)
    assert len(api.by("rita").get(f"{ISSUES}/1/notes")) == 1
    assert api.by("gus").get(f"{ISSUES}/1/notes") == []


def test_an_account_tells_its_state(api: Api, box: Sandbox) -> None:
    box.gitlab.block_user("gus")
    box.gitlab.block_user("rita", state="deactivated")
    found = {name: api.get("/users", username=name)[0]["state"] for name in ("alice", "gus", "rita")}
    assert found == {"alice": "active", "gus": "blocked", "rita": "deactivated"}


def test_groups_and_projects_tell_whether_they_can_be_worked_in(api: Api, box: Sandbox) -> None:
    path = "/projects/acme%2Fsearch%2Fplanning"
    keys = ("archived", "marked_for_deletion_on", "issues_enabled", "issues_access_level")
    assert [api.get(path)[key] for key in keys] == [False, None, True, "enabled"]
    box.gitlab.archive(PROJECT)
    box.gitlab.delete_later(PROJECT, "2026-03-01")
    box.gitlab.turn_issues_off(PROJECT)
    assert [api.get(path)[key] for key in keys] == [True, "2026-03-01", False, "disabled"]
    box.gitlab.archive("acme")
    assert api.get("/groups/acme")["archived"] is True


def test_a_membership_may_have_an_end(api: Api, box: Sandbox) -> None:
    box.gitlab.end_membership("rita", "2026-03-01")
    ends = {row["username"]: row["expires_at"] for row in api.get("/groups/acme/members/all")}
    assert ends == {"alice": None, "rita": "2026-03-01", "gus": None}


def test_what_is_not_there_cannot_be_changed(box: Sandbox) -> None:
    for change in (lambda: box.gitlab.archive("acme/nothing"), lambda: box.gitlab.block_user("nobody")):
        with pytest.raises(LookupError, match="no"):
            change()
