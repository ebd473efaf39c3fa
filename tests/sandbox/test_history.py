from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .conftest import NOW, PROJECT, Api

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox

ISSUE = "/projects/acme%2Fsearch%2Fplanning/issues/1"


def label_events(api: Api) -> list[tuple[str, str | None]]:
    found = api.get(f"{ISSUE}/resource_label_events")
    return [(event["action"], event["label"] and event["label"]["name"]) for event in found]


def events(api: Api, kind: str, key: str) -> list[Any]:
    return [event[key] for event in api.get(f"{ISSUE}/resource_{kind}_events")]


def test_creation_and_edits_leave_events(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(
        PROJECT, "One", author="alice", labels=["Deliverable"], milestone="18.9", weight=1, created_at=NOW
    )
    box.gitlab.edit_issue(
        PROJECT, 1, by="rita", milestone="18.10", weight=None, remove_labels=["Deliverable"], add_labels=["late"]
    )
    box.gitlab.edit_issue(PROJECT, 1, by="rita", milestone=None)
    assert label_events(api) == [("add", "Deliverable"), ("add", "late"), ("remove", "Deliverable")]
    assert events(api, "weight", "weight") == [1, None]
    assert events(api, "milestone", "action") == ["add", "add", "remove"]
    titles = [milestone["title"] for milestone in events(api, "milestone", "milestone")]
    assert titles == ["18.9", "18.10", "18.10"]
    assert [user["username"] for user in events(api, "label", "user")] == ["alice", "rita", "rita"]
    assert events(api, "label", "created_at")[0] == "2026-01-31T09:00:00.000Z"


def test_what_does_not_change_leaves_no_event(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice", labels=["Deliverable"], weight=1)
    before = api.get(ISSUE)
    assert api.put(ISSUE, add_labels="Deliverable", weight=1, title="One") == before
    assert len(label_events(api)) == 1


def test_every_edit_moves_updated_at(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice")
    times = [api.put(ISSUE, title=f"Title {number}")["updated_at"] for number in range(3)]
    assert times == sorted(set(times))


def test_reopening_takes_closed_at_away_and_events_keep_it(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice")
    closed = api.put(ISSUE, state_event="close")
    reopened = api.put(ISSUE, state_event="reopen")
    assert (closed["closed_at"], reopened["closed_at"]) == (closed["updated_at"], None)
    assert events(api, "state", "state") == ["closed", "reopened"]


def test_a_scoped_label_takes_the_place_of_another(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice", labels=["workflow::in dev", "missed:18.8"])
    assert api.put(ISSUE, add_labels="workflow::in review")["labels"] == ["missed:18.8", "workflow::in review"]
    assert label_events(api)[-1] == ("remove", "workflow::in dev")


def test_a_renamed_label_has_always_had_its_new_name(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice", labels=["Deliverable"])
    box.gitlab.rename_label("acme", "Deliverable", "Committed")
    assert label_events(api) == [("add", "Committed")]


def test_a_deleted_label_leaves_events_without_a_name_and_no_removal(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice", labels=["Deliverable"])
    box.gitlab.delete_label("acme", "Deliverable")
    assert label_events(api) == [("add", None)]
    assert api.get(ISSUE)["labels"] == []


def test_a_moved_issue_is_closed_and_its_copy_starts_anew(api: Api, box: Sandbox) -> None:
    box.gitlab.add_project("acme/search/engine")
    box.gitlab.add_issue(PROJECT, "One", author="alice", labels=["Deliverable", "own"], weight=2, milestone="18.9")
    box.gitlab.edit_issue(PROJECT, 1, by="alice", milestone="18.10")
    assert box.gitlab.move_issue(PROJECT, 1, "acme/search/engine") == 1
    original, copy = api.get(ISSUE), box.gitlab.issue("acme/search/engine", 1)
    assert (original["state"], original["moved_to_id"]) == ("closed", copy["id"])
    assert (copy["state"], copy["labels"], copy["weight"]) == ("opened", ["Deliverable"], 2)
    assert len(box.gitlab.events("acme/search/engine", 1, "milestone")) == 1


def test_links_are_seen_from_both_ends(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice")
    box.gitlab.add_issue(PROJECT, "Two", author="alice")
    box.gitlab.link_issues((PROJECT, 1), (PROJECT, 2), "is_blocked_by")
    kinds = [(link["iid"], link["link_type"]) for link in api.get(f"{ISSUE}/links")]
    assert kinds == [(2, "is_blocked_by")]
    assert box.gitlab.issue(PROJECT, 2)["blocking_issues_count"] == 1


def test_system_notes_stand_between_those_of_people(api: Api, box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice")
    api.put(ISSUE, title="Two", assignee_ids=[1])
    api.post(f"{ISSUE}/notes", body="Done")
    bodies = [note["body"] for note in api.get(f"{ISSUE}/notes", sort="asc")]
    assert bodies == ["changed title from **{-One-}** to **{+Two+}**", "assigned to @alice", "Done"]
    assert [note["body"] for note in api.get(f"{ISSUE}/notes", activity_filter="only_comments")] == ["Done"]


def test_two_worlds_that_ended_alike_have_the_same_dump(box: Sandbox) -> None:
    box.gitlab.add_issue(PROJECT, "One", author="alice", labels=["Deliverable"])
    before = box.gitlab.dump()
    box.gitlab.edit_issue(PROJECT, 1, by="rita", state_event="close")
    assert box.gitlab.dump() != before
    box.gitlab.edit_issue(PROJECT, 1, by="rita", state_event="reopen")
    assert box.gitlab.dump() == before
