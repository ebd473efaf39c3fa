"""Promise 6: nothing is deleted or closed, and `undo` takes back what a run itself added, whatever the command."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.gateways.journal_file import load_journal
from planning_bot.planners.undo import STAYS
from planning_bot.sandbox import Fault
from tests.promises.cases import CASES, Case
from tests.promises.kills import killed
from tests.promises.stage import Stage, shape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support import Ran

UNDOABLE = [case for case in CASES if not case.name.startswith("undo")]
every_undoable = pytest.mark.parametrize("stage", UNDOABLE, indirect=True, ids=str)


@pytest.fixture
def journal(stage: Stage) -> Path:
    """Say where the journal of a case's run goes; it is not there yet."""
    file = stage.desk.folder / "journal.jsonl"
    file.unlink(missing_ok=True)
    return file


def undone(stage: Stage, journal: Path) -> Ran:
    return stage.desk.run("undo", str(journal), "--apply", "--format", "json")


def issues(state: Any) -> dict[tuple[str, str], Any]:
    """Give the issues of a state as people see them; GitLab keeps no account of empty lines at a text's end."""
    gitlab = state[0]
    return {
        (issue["project"], issue["title"]): {**issue, "notes": [], "description": (issue["description"] or "").rstrip()}
        for issue in gitlab["issues"]
    }


@every_undoable
def test_what_is_taken_back_is_as_it_was_before_and_the_rest_is_told_of(stage: Stage, journal: Path) -> None:
    assert stage.run("--journal", str(journal)).code == 0

    ran = undone(stage, journal)

    assert ran.code == 0, ran.err
    before, after = issues(stage.before), issues(stage.state())
    assert {name: after[name] for name in before} == before
    steps = load_journal(journal).teams["search"].steps
    left_alone = {(one["target"], one["because"]) for one in ran.team["result"]["left_alone"]}
    assert left_alone == {(step.target, STAYS[step.intent.does]) for step in steps if step.intent.does in STAYS}
    assert len(after) - len(before) == sum(step.intent.does == "create_issue" for step in steps)
    assert {one["target"] for one in ran.team["result"]["taken_back"]} == {
        step.target for step in steps if step.intent.does == "edit_issue"
    }
    assert ran.team["outcome"]["skipped"] == []


@every_undoable
def test_undone_twice_the_second_undo_writes_nothing(stage: Stage, journal: Path) -> None:
    stage.run("--journal", str(journal))
    undone(stage, journal)
    before = stage.state()

    again = undone(stage, journal)

    assert (again.code, again.sent) == (0, [])
    assert again.team["result"]["taken_back"] == []
    assert stage.state() == before


@every_undoable
def test_a_dry_run_takes_nothing_back(stage: Stage, journal: Path) -> None:
    stage.run("--journal", str(journal))
    before = stage.state()

    ran = stage.desk.run("undo", str(journal), "--dry-run")

    assert (ran.code, ran.sent) == (0, [])
    assert stage.state() == before


def _killed(stage: Stage, journal: Path, number: int, moment: str) -> None:
    """Have the case's run killed before or after its write of that number."""
    write = stage.writes[number]
    nth = sum(shape(*other) == shape(*write) for other in stage.writes[: number + 1])

    def kill() -> None:
        process.kill()
        process.wait()

    method, path = shape(*write)
    stage.desk.box.fail(Fault(method=method, path=path, nth=nth, **{moment: kill}))
    (line,) = stage.lines("", "--journal", str(journal))
    process = stage.desk.start(*line)
    _, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, err
    stage.desk.box.heal()


KILLED: list[Case] = [case for case in UNDOABLE if case.name in ("create", "adopt", "deliverables", "close")]


@pytest.mark.parametrize("stage", KILLED, indirect=True, ids=str)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_of_a_run_that_was_killed_all_that_happened_is_taken_back(stage: Stage, journal: Path, moment: str) -> None:
    for number in {0, len(stage.writes) // 2, len(stage.writes) - 1}:
        stage.reset()
        journal.unlink(missing_ok=True)
        _killed(stage, journal, number, moment)

        ran = undone(stage, journal)

        assert ran.code == 0, ran.err
        before, after = issues(stage.before), issues(stage.state())
        assert {name: after[name] for name in before} == before, (number, moment)
        assert any("the journal has no end" in notice for notice in ran.team["plan"]["notices"])


@pytest.mark.parametrize("stage", KILLED, indirect=True, ids=str)
def test_of_a_run_that_was_interrupted_all_that_happened_is_taken_back(stage: Stage, journal: Path) -> None:
    first_write = next(number for number, sent in enumerate(stage.sent, 1) if sent[0] != "GET")
    with killed(first_write, "written") as fired:
        stage.run("--journal", str(journal))
    assert fired
    assert not load_journal(journal).is_whole

    ran = undone(stage, journal)

    assert ran.code == 0, ran.err
    before, after = issues(stage.before), issues(stage.state())
    assert {name: after[name] for name in before} == before


@every_undoable
def test_a_journal_tells_what_became_of_each_change(stage: Stage, journal: Path) -> None:
    ran = stage.run("--journal", str(journal), "--format", "json")

    read = load_journal(journal)

    steps = read.teams["search"].steps
    assert read.is_whole
    assert [step.told.outcome for step in steps if step.told] == ["done"] * ran.team["outcome"]["applied"]
