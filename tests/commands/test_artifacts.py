from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support import Desk


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def linked(folder: Path) -> dict[str, str]:
    (links,) = read(folder, "annotations.json").values()
    return {link["external_link"]["label"]: link["external_link"]["url"] for link in links}


def test_the_answer_is_kept_and_people_read_the_text(desk: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "some" / "folder"
    ran = desk.run("create-issue", "--apply", "--artifacts", str(kept))
    assert ran.out.startswith("search · 18.10")
    answer = read(kept, "answer.json")
    assert answer["teams"][0]["result"]["reference"] == "acme/search/planning#1"
    assert desk.run("create-issue", "--apply", "--artifacts", str(kept), "--format", "json").json == read(
        kept, "answer.json"
    )


def test_the_boards_the_planning_issue_and_the_report_are_linked(desk: Desk, tmp_path: Path) -> None:
    with environment(PLANNING_BOT_REPORT_URL="https://acme.pages.example/"):
        desk.run("create-issue", "--apply", "--artifacts", str(tmp_path))
        assert linked(tmp_path) == {
            "Report": "https://acme.pages.example/",
            "search: acme/search/planning#1": f"{desk.box.url}/acme/search/planning/-/issues/1",
        }
    desk.run("boards", "--apply", "--artifacts", str(tmp_path))
    assert set(linked(tmp_path)) == {f"search: {board['name']}" for board in desk.box.gitlab.boards("acme/search")}


def test_a_run_links_its_planning_issue_on_days_without_work_too(desk: Desk, tmp_path: Path) -> None:
    assert desk.run("run", "--apply").code == 0
    quiet = desk.run("run", "--apply", "--artifacts", str(tmp_path))
    assert (quiet.code, quiet.writes) == (0, [])
    assert f"{desk.box.url}/acme/search/planning/-/issues/1" in linked(tmp_path).values()


def test_an_error_is_kept_as_well(desk: Desk, tmp_path: Path) -> None:
    with environment(GITLAB_TOKEN=None):
        ran = desk.run("boards", "--apply", "--artifacts", str(tmp_path))
    assert ran.code == 2
    assert read(tmp_path, "answer.json")["error"]["message"] == "GITLAB_TOKEN is not set"
    assert linked(tmp_path) == {}


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_done(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = desk.run("boards", "--apply", "--artifacts", str(tmp_path / "file" / "folder"))
    assert (ran.code, ran.requests) == (2, [])
    assert "file/folder cannot be made: Not a directory" in ran.err


def test_what_doctor_and_undo_find_is_kept_too(desk: Desk, tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    desk.run("create-issue", "--apply", "--journal", str(journal))
    desk.run("doctor", "--artifacts", str(tmp_path / "doctor"))
    desk.run("undo", str(journal), "--artifacts", str(tmp_path / "undo"))
    assert [read(tmp_path / name, "answer.json")["command"] for name in ("doctor", "undo")] == ["doctor", "undo"]
