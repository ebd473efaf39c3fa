"""The report's folder: pages are put in place whole, what is gone is taken away, and nothing else is touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planning_bot.domain.report import MARK
from planning_bot.errors import UsageError
from planning_bot.gateways.report_folder import ReportFolder

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = f"<!doctype html>\n{MARK}\n"
FIRST = {"index.html": f"{PAGE}1", "search/18.9.html": f"{PAGE}2"}


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def put(path: Path, pages: dict[str, str], kept: set[str] | None = None) -> None:
    folder = ReportFolder(path)
    folder.open()
    folder.put(pages, kept or set())


def test_the_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    put(tmp_path / "a" / "b", FIRST)
    assert files(tmp_path / "a" / "b") == FIRST


def test_a_page_is_written_anew_and_one_that_is_gone_is_taken_away_with_its_folder(tmp_path: Path) -> None:
    put(tmp_path, FIRST)
    second = {"index.html": f"{PAGE}3", "apply/18.10.html": f"{PAGE}4"}
    put(tmp_path, second)
    assert files(tmp_path) == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["apply", "index.html"]


def test_what_is_not_the_reports_stays(tmp_path: Path) -> None:
    put(tmp_path, FIRST)
    theirs = {"search/notes.html": "mine", "search/18.9.txt": PAGE, "logo.svg": "<svg/>", "own/a/b.html": PAGE}
    for name, text in theirs.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    put(tmp_path, {"index.html": PAGE})
    assert files(tmp_path) == {"index.html": PAGE, **theirs}


def test_pages_of_teams_that_were_not_looked_at_stay(tmp_path: Path) -> None:
    put(tmp_path, FIRST)
    put(tmp_path, {"index.html": PAGE}, kept={"search"})
    assert "search/18.9.html" in files(tmp_path)


@pytest.mark.parametrize("name", ["index.html", "search/18.9.html"])
def test_a_file_that_is_somebody_elses_is_not_replaced_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("a page of mine")
    with pytest.raises(UsageError, match=f"{name} is no page of the report; nothing was written"):
        put(tmp_path, FIRST)
    assert files(tmp_path) == {name: "a page of mine"}


def _a_file(path: Path) -> Path:
    path.write_text("text")
    return path


def _below_a_file(path: Path) -> Path:
    return _a_file(path) / "public"


def _where_nobody_writes(_: Path) -> Path:
    return Path("/proc/planning-bot")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (_a_file, "is a file, and the report needs a folder"),
        (_below_a_file, "cannot be written to: Not a directory"),
        (_where_nobody_writes, "cannot be written to: No such file or directory"),
    ],
)
def test_a_folder_that_cannot_be_written_to_is_told_at_once(
    where: Callable[[Path], Path], says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=says) as told:
        ReportFolder(where(tmp_path / "public")).open()
    assert "planning-bot report DIR" in told.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_told_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="cannot be written to: Permission denied"):
        ReportFolder(tmp_path).open()


def test_a_file_where_a_teams_folder_belongs_is_told(tmp_path: Path) -> None:
    _a_file(tmp_path / "search")
    with pytest.raises(UsageError, match="cannot be written to"):
        put(tmp_path, FIRST)


def test_the_draft_of_a_run_that_was_killed_is_swept_away_and_that_of_one_under_way_is_not(tmp_path: Path) -> None:
    for name in ("killed", "under-way"):
        put(tmp_path / f".planning-bot-{name}", FIRST)
    os.utime(tmp_path / ".planning-bot-killed", (1, 1))
    put(tmp_path, FIRST)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".planning-bot-under-way", "index.html", "search"]
    assert files(tmp_path / ".planning-bot-under-way") == FIRST


def test_nothing_is_left_behind_by_a_run_that_fails_half_way(tmp_path: Path) -> None:
    put(tmp_path, FIRST)
    (tmp_path / "zoo").write_text("a file")
    with pytest.raises(UsageError):
        put(tmp_path, {"index.html": f"{PAGE}5", "zoo/18.9.html": f"{PAGE}6"})
    assert files(tmp_path) == {**FIRST, "zoo": "a file"}


def test_a_page_is_put_in_place_whole_and_the_first_page_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        assert self.read_text("utf-8").startswith(PAGE)
        order.append(target.relative_to(tmp_path).as_posix())
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    put(tmp_path, FIRST)
    assert order == ["search/18.9.html", "index.html"]
