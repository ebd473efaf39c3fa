"""The journal's file: where it goes, who may read it, when it goes again, and what happens where it cannot be."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from planning_bot.domain.change import EditIssue, IssueState
from planning_bot.domain.delivered import Fate, Present
from planning_bot.domain.journal import Began
from planning_bot.domain.plan import Plan, TeamPlan
from planning_bot.errors import UsageError
from planning_bot.gateways import journal_file
from planning_bot.gateways.journal_file import KEPT, JournalFile, load_journal, prune
from tests.support import PM, PROJECT, TOKEN, Desk

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 2, 11, 6, 30, tzinfo=UTC)
BEGAN = Began(program="0.1.0", command="capacity", server="https://gitlab.test", teams=("search",), at=NOW)
CHANGE = EditIssue(
    target="acme/x#1", because="b", before=IssueState(labels=()), after=IssueState(labels=("Deliverable",))
)
PLAN = TeamPlan(team="search", milestone=None, plan=Plan(changes=(CHANGE,)))


def journal(folder: Path, chosen: Path | None = None) -> JournalFile:
    return JournalFile(BEGAN, folder / "journals", chosen, lambda: NOW, str)


def record(kept: JournalFile, number: int = 0) -> None:
    recorder = kept.record(PLAN, "acme", "bot", "capacity")
    recorder.intends(number, CHANGE, Present(CHANGE.before))
    recorder.tells(number, CHANGE, Fate(applied=1))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "journals").iterdir())


# Where it goes


def test_nothing_is_made_before_there_is_anything_to_write_down(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    kept.check()
    kept.close()

    assert (list(tmp_path.iterdir()), kept.told) == ([], "")


def test_it_goes_into_the_folder_of_the_state_for_its_owner_alone(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    record(kept)
    kept.close()

    (name,) = files(tmp_path)
    assert name == f"20260211T063000Z-capacity-{os.getpid()}.jsonl"
    assert stat.S_IMODE((tmp_path / "journals").stat().st_mode) == 0o700
    assert kept.path
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert load_journal(kept.path).is_whole
    assert kept.told == f"what was written stands in a journal; to take it back: planning-bot undo {kept.path}"


def test_two_runs_in_one_second_have_one_each(tmp_path: Path) -> None:
    for _ in range(3):
        kept = journal(tmp_path)
        record(kept)
        kept.close()

    assert [name.removesuffix(".jsonl")[-2:] for name in files(tmp_path)][:2] == ["-2", "-3"]


def test_it_goes_where_somebody_wants_it_and_is_never_written_over(tmp_path: Path) -> None:
    chosen = tmp_path / "a journal.jsonl"
    kept = journal(tmp_path, chosen)
    record(kept)
    kept.close()
    assert kept.told.endswith(f"planning-bot undo '{chosen}'")

    with pytest.raises(UsageError, match="exists, and a journal is never written over"):
        journal(tmp_path, chosen).check()
    with pytest.raises(UsageError, match="nothing was written"):
        record(journal(tmp_path, chosen))
    assert len(load_journal(chosen).teams["search"].steps) == 1


def test_a_folder_that_is_not_there_is_noticed_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        journal(tmp_path, tmp_path / "none" / "j.jsonl").check()


# Line by line


def test_each_line_is_in_the_file_before_the_next_step(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    recorder = kept.record(PLAN, "acme", "bot", "capacity")
    assert kept.path
    seen = [kept.path.read_text().count("\n")]
    recorder.intends(0, CHANGE, Present(CHANGE.before))
    seen.append(kept.path.read_text().count("\n"))
    recorder.tells(0, CHANGE, Fate(applied=1))
    seen.append(kept.path.read_text().count("\n"))
    kept.close()

    assert seen == [2, 3, 4]


def test_several_threads_write_whole_lines(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    threads = [threading.Thread(target=record, args=(kept, number)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept.close()

    assert kept.path
    found = load_journal(kept.path)
    assert found.is_whole
    assert len(found.teams["search"].steps) == 40


# What cannot be written


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "journals").mkdir(mode=0o500)

    with pytest.raises(UsageError, match="no journal can be kept in"):
        record(journal(tmp_path))


def test_a_folder_that_is_a_file_stops_the_run_before_its_first_write(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "state" / "planning-bot").mkdir(parents=True)
    (tmp_path / "state" / "planning-bot" / "journals").write_text("")

    ran = desk.run("create-issue", "--apply")

    assert (ran.code, ran.sent) == (2, [])
    assert "no journal can be kept in" in ran.err
    assert "name a file with --journal FILE" in ran.err


def test_a_journal_that_exists_stops_the_run_before_its_first_request(desk: Desk) -> None:
    (desk.folder / "j.jsonl").write_text("mine")

    ran = desk.run("create-issue", "--apply", "--journal", str(desk.folder / "j.jsonl"))

    assert (ran.code, ran.requests) == (2, [])
    assert (desk.folder / "j.jsonl").read_text() == "mine"


@dataclass
class FullDisk:
    """A disk that takes so many writes, then a part of one, then no more."""

    left: int

    def write(self, descriptor: int, content: bytes) -> int:
        """Write as a full disk does."""
        self.left -= 1
        if self.left > 0:
            return os_write(descriptor, content)
        if self.left == 0:
            return os_write(descriptor, content[: len(content) // 2])
        raise OSError(28, "No space left on device")


os_write = os.write


@pytest.mark.parametrize("lines", [3, 4, 5])
def test_a_disk_that_fills_up_ends_the_journal_and_not_the_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr(journal_file.os, "write", FullDisk(lines).write)

    ran = desk.run("create-issue", "--apply", "--journal", str(desk.folder / "j.jsonl"), "--format", "json")
    monkeypatch.undo()

    assert ran.code == 0
    assert [issue["title"] for issue in desk.box.gitlab.dump()["issues"]] == ["Search 18.10 Planning"]
    notices = ran.team["plan"]["notices"]
    assert any("could not be written any further: No space left on device" in notice for notice in notices) is (
        lines < 5
    )
    assert not load_journal(desk.folder / "j.jsonl").is_whole


@pytest.mark.parametrize("lines", [1, 2])
def test_a_disk_that_is_full_stops_the_run_before_its_first_write(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr(journal_file.os, "write", FullDisk(lines).write)

    ran = desk.run("create-issue", "--apply")

    assert (ran.code, ran.sent) == (2, [])
    assert "No space left on device; nothing was written" in ran.err


# What is kept


def touch(folder: Path, days: int, command: str = "run", number: int = 1) -> None:
    at = NOW - timedelta(days=days)
    (folder / f"{at:%Y%m%dT%H%M%SZ}-{command}-{number}.jsonl").write_text("")


def test_what_is_old_goes_and_what_is_no_journal_stays(tmp_path: Path) -> None:
    for days in (0, 1, 90, 91, 400):
        touch(tmp_path, days)
    for name in ("notes.txt", "20200101T000000Z.jsonl", "20200101T000000Z-run-1.jsonl.bak"):
        (tmp_path / name).write_text("")

    prune(tmp_path, NOW)

    left = sorted(path.name for path in tmp_path.iterdir())
    assert [name[:8] for name in left if name.endswith("-run-1.jsonl")] == ["20251113", "20260210", "20260211"]
    assert {"notes.txt", "20200101T000000Z.jsonl", "20200101T000000Z-run-1.jsonl.bak"} < set(left)


def test_so_many_are_kept_with_the_next_one(tmp_path: Path) -> None:
    for number in range(KEPT + 30):
        touch(tmp_path, 1, number=number + 1000)

    prune(tmp_path, NOW)

    assert len(list(tmp_path.iterdir())) == KEPT - 1


def test_a_name_that_only_resembles_a_date_is_no_journals(tmp_path: Path) -> None:
    (tmp_path / "20261399T999999Z-run-1.jsonl").write_text("")

    prune(tmp_path, NOW)

    assert len(list(tmp_path.iterdir())) == 1


# A run


def test_a_dry_run_and_a_run_with_nothing_to_do_keep_none(desk: Desk, tmp_path: Path) -> None:
    desk.run("create-issue", "--dry-run")
    assert not (tmp_path / "state" / "planning-bot" / "journals").exists()
    first = desk.run("create-issue", "--apply")
    second = desk.run("create-issue", "--apply")

    assert ("journal" in first.err, "journal" in second.err) == (True, False)
    assert len(list((tmp_path / "state" / "planning-bot" / "journals").iterdir())) == 1


def test_no_secret_is_in_it_even_where_somebody_wrote_one_into_a_title(desk: Desk) -> None:
    for milestone in ("18.9", "18.10"):
        desk.run("create-issue", "--milestone", milestone, "--apply")
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, title=f"Planning {TOKEN}")

    ran = desk.run("create-issue", "--apply", "--journal", str(desk.folder / "j.jsonl"))

    text = (desk.folder / "j.jsonl").read_text()
    assert ran.code == 0
    assert ("Planning [secret]" in text, TOKEN in text) == (True, False)
    assert load_journal(desk.folder / "j.jsonl").is_whole
