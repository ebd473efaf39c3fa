"""The promises of the README, for every command that writes. A command is added by a line in `CASES`."""

from __future__ import annotations

import base64
import contextlib
import inspect
import itertools
import os
import re
import signal
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FunctionType
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import quote

import pytest
import requests
from requests.adapters import HTTPAdapter

from planning_bot.gateways import polite_session
from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.faults import KINDS
from tests.milestone import Milestone
from tests.support import (
    CONFIG,
    GROUP,
    PM,
    PROJECT,
    STRANGER,
    TOKEN,
    Desk,
    FakeClock,
    Ran,
    end_state,
    world,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType


# ---------------------------------------------------------------------------------------------- what is tried


def _with_neighbours(desk: Desk) -> None:
    """The milestones before and after have their planning issues, #1 and #2."""
    for title in ("18.9", "18.11"):
        assert desk.run("create-issue", "--milestone", title, "--apply").code == 0


def _with_an_issue_of_a_person(desk: Desk) -> None:
    _with_neighbours(desk)
    desk.box.gitlab.add_issue(PROJECT, "What we want in 18.10", author=PM, description="Our own words.\n")


def _with_an_issue_that_is_out_of_date(desk: Desk) -> None:
    _with_neighbours(desk)
    assert desk.run("create-issue", "--apply").code == 0
    desk.configure(CONFIG.replace("    members:", "    counterparts: {{Designer: ana}}\n    members:"))


TWO_BOARDS = """\
    boards:
      build: {{lists: ["workflow::in dev", "workflow::in review"]}}
      next_1_3: null
      next_4_6: null
"""


def _with_a_planning_issue(desk: Desk) -> None:
    desk.configure(CONFIG + TWO_BOARDS)
    assert desk.run("create-issue", "--apply").code == 0


def _with_boards_in_disorder(desk: Desk) -> None:
    _with_a_planning_issue(desk)
    lists = ["type::feature", "Sync Meeting", "type::bug"]
    desk.box.gitlab.add_board(GROUP, "Search: Planning 18.10", lists=[])
    for board in desk.box.gitlab.boards(GROUP):
        for position, name in enumerate(lists):
            label = next(one["id"] for one in desk.box.gitlab.labels("acme") if one["name"] == name)
            desk.box._store.insert("board_lists", board_id=board["id"], label_id=label, position=position)  # noqa: SLF001


def _with_candidates(desk: Desk) -> None:
    _with_a_planning_issue(desk)
    for title, weight, labels in (
        ("Unweighted", None, ["workflow::ready for development", "type::bug"]),
        ("Large", 8, ["workflow::ready for development", "type::feature"]),
        ("Ready", 2, ["workflow::ready for development", "type::feature"]),
    ):
        desk.box.gitlab.add_issue(
            PROJECT, title, author=PM, weight=weight, labels=["group::search", *labels], milestone="18.10"
        )


def _with_a_milestone_that_has_ended(desk: Desk) -> None:
    work = Milestone(desk)
    work.planned()
    made, promised = "2025-12-20 +group::search @18.9 w2", "01-08 +Deliverable"
    work.issue(made, promised, "02-05 close")
    work.issue(made, promised, "02-01 +customer")
    work.issue(made, promised, project=PROJECT)
    desk.box.gitlab.delete_label("acme", "missed:18.9")


@dataclass(frozen=True)
class Case:
    """A command line that writes, what was there before it, and the issue of it that is edited, if one is."""

    name: str
    line: tuple[str, ...]
    prepare: Callable[[Desk], None]
    edited: int | None = None

    def __str__(self) -> str:
        return self.name


CASES = [
    Case("create", ("create-issue",), _with_neighbours, edited=1),
    Case("adopt", ("create-issue", "--adopt", f"{PROJECT}#3"), _with_an_issue_of_a_person, edited=3),
    Case("update", ("create-issue",), _with_an_issue_that_is_out_of_date, edited=3),
    Case("boards", ("boards",), _with_a_planning_issue, edited=1),
    Case("boards-in-disorder", ("boards",), _with_boards_in_disorder, edited=1),
    Case("readiness", ("readiness",), _with_candidates, edited=1),
    Case("capacity", ("capacity",), _with_candidates, edited=1),
    Case("deliverables", ("deliverables",), _with_candidates, edited=1),
    Case("status", ("status", "--milestone", "18.9"), _with_a_milestone_that_has_ended, edited=1),
    Case("say-do", ("say-do",), _with_a_milestone_that_has_ended, edited=1),
    Case("close", ("close",), _with_a_milestone_that_has_ended, edited=2),
]


@dataclass
class Stage:
    """A case, ready to be tried again and again from the same start."""

    case: Case
    desk: Desk
    start: bytes = b""
    configuration: str = ""
    goal: Any = None
    sent: list[tuple[str, str]] = field(default_factory=list)
    gathered: int = 0

    def reset(self) -> None:
        """Go back to the start."""
        box = self.desk.box
        box._store._connection.deserialize(self.start)  # noqa: SLF001 - a second's work for each of a thousand trials
        box.heal()
        box.requests.clear()
        box.gitlab.executed_quick_actions.clear()
        self.desk.clock.waits.clear()
        self.desk.config.write_text(self.configuration, encoding="utf-8")

    def run(self, *more: str) -> Ran:
        """Carry the command out."""
        return self.desk.run(*self.case.line, "--apply", *more)

    def state(self) -> Any:
        """Give all that a run can change."""
        return end_state(self.desk.box)

    def shapes(self) -> dict[tuple[str, str], int]:
        """Give the distinct requests of the command, the numbers in their paths aside, with how many there are."""
        return dict(Counter(_shape(*sent) for sent in self.sent))


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Case], Stage]]:
    """Give each case its own sandbox, and have it played once without any fault."""
    with contextlib.ExitStack() as stack:
        known: dict[str, Stage] = {}

        def prepared(case: Case) -> Stage:
            box = stack.enter_context(Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)))
            world(box)
            stage = Stage(case, Desk(box, tmp_path_factory.mktemp(case.name), FakeClock()))
            stage.desk.configure()
            case.prepare(stage.desk)
            stage.start = box._store._connection.serialize()  # noqa: SLF001 - as above
            stage.configuration = stage.desk.config.read_text(encoding="utf-8")
            stage.gathered = len(stage.desk.run(*case.line, "--dry-run").requests)
            box.requests.clear()
            assert stage.run().code == 0
            stage.sent = [(request.method, request.path) for request in box.requests]
            stage.goal = stage.state()
            return stage

        yield lambda case: known.get(case.name) or known.setdefault(case.name, prepared(case))


@pytest.fixture
def stage(
    request: pytest.FixtureRequest, stages: Callable[[Case], Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Give the stage of a case, at its start."""
    for name, value in {"HOME": "home", "XDG_STATE_HOME": "state"}.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    clock: list[FakeClock] = [FakeClock()]
    monkeypatch.setattr(polite_session, "Clock", lambda: clock[0])
    found = stages(request.param)
    clock[0] = found.desk.clock
    found.reset()
    yield found
    found.reset()


every_case = pytest.mark.parametrize("stage", CASES, indirect=True, ids=str)


# ---------------------------------------------------------------------------------------------- 1. run twice


@every_case
def test_run_twice_the_second_run_writes_nothing(stage: Stage) -> None:
    first, second = stage.run(), stage.run()
    assert (first.code, second.code) == (0, 0)
    assert first.writes
    assert second.sent == []
    assert stage.state() == stage.goal


@every_case
def test_without_permission_to_write_only_reads_are_sent(stage: Stage) -> None:
    before = stage.state()
    ran = stage.desk.run(*stage.case.line, "--dry-run")
    assert (ran.code, ran.sent) == (0, [])
    assert stage.state() == before


# ---------------------------------------------------------------------------------------------- 2. killed


class KilledError(BaseException):
    """Not an Exception: nothing of the program may catch it, as nothing survives a kill."""


@contextlib.contextmanager
def killed(at: int, moment: str) -> Iterator[list[str]]:
    """Kill the program at its request of that number: before it, after its write, or after its answer."""
    lock, dead = threading.Lock(), threading.Event()
    fired: list[str] = []
    numbers = itertools.count(1)
    mine = threading.local()
    send_once, send = HTTPAdapter.send, requests.Session.send

    def strike(request: requests.PreparedRequest) -> None:
        dead.set()
        fired.append(f"{request.method} {request.path_url}")
        raise KilledError

    def on_the_wire(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        with lock:
            if dead.is_set():
                raise KilledError
            mine.number = next(numbers)
            if mine.number == at and moment == "before":
                strike(request)
        response = send_once(adapter, request, *args, **kwargs)
        if mine.number == at and moment == "written":
            response.close()
            strike(request)
        return response

    def answered(session: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> Any:
        response = send(session, request, **kwargs)
        if mine.number == at and moment == "answered":
            strike(request)
        return response

    with mock.patch.object(HTTPAdapter, "send", on_the_wire), mock.patch.object(requests.Session, "send", answered):
        yield fired


@every_case
@pytest.mark.parametrize("moment", ["before", "written", "answered"])
def test_killed_at_any_request_the_next_run_finishes_the_work(stage: Stage, moment: str) -> None:
    # After the answer to a read is before the request that follows: what gathers is struck once.
    for at in itertools.count(1 if moment == "before" else stage.gathered + 1):
        stage.reset()
        with killed(at, moment) as fired, contextlib.suppress(KilledError):
            stage.run()
        if not fired:
            break
        assert stage.run().code == 0, (at, fired)
        assert stage.state() == stage.goal, (at, fired)
    assert at == len(stage.sent) + 1


@every_case
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_is_killed_leaves_nothing_that_the_next_run_does_not_finish(stage: Stage, moment: str) -> None:
    def kill() -> None:
        process.kill()
        process.wait()

    writes = [sent for sent in stage.sent if sent[0] != "GET"]
    method, path = _shape(*(writes[0] if moment == "before" else writes[-1]))
    stage.desk.box.fail(Fault(method=method, path=path, **{moment: kill}))
    process = stage.desk.start(*stage.case.line, "--apply")
    _, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL, err
    stage.desk.box.heal()
    assert stage.run().code == 0
    assert stage.state() == stage.goal


# ---------------------------------------------------------------------------------------------- faults

REFUSED = {"401", "403", "404", "409", "redirect"}
LATER = {"429", "429-plain", "429-bare"}
UNKNOWN = set(KINDS) - REFUSED - LATER - {"callback"}
# Of the reads that gather, which all go the same way, a commit tries these once; what is left is for the night.
SAMPLE = {"429-plain", "500", "reset-before", "truncated", "null", "html-200", "401"}
DAILY = ("create", "boards")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    """Wait for answers as long as a busy machine takes, and hold back those that are to time out a little longer."""
    monkeypatch.setattr(polite_session, "READ_SECONDS", 20.0)
    stage.desk.box.hang = 0.9


def _is_daily(stage: Stage, fault: Fault) -> bool:
    first_write = next(number for number, (method, _) in enumerate(stage.sent) if method != "GET")
    gathers = all((fault.method, fault.path) != _shape(*sent) for sent in stage.sent[first_write - 1 :])
    if gathers:
        return stage.case.name == "create" and fault.kind in SAMPLE and fault.times == 1 and fault.nth == 1
    return stage.case.name in DAILY


def _shape(method: str, path: str) -> tuple[str, str]:
    """Give a request without the numbers in its path, which are any others in another run."""
    return method, re.sub(r"/\d+(?=/|$)", r"/\\d+", path) + "$"


def _faults(stage: Stage, kind: str, times: int | None) -> Iterator[Fault]:
    for (method, path), occurrences in stage.shapes().items():
        numbers = {1, occurrences} if times else {1}
        for nth in sorted(numbers):
            yield Fault(kind, method=method, path=path, nth=nth, times=times)


def _try(stage: Stage, fault: Fault) -> None:
    """Run with a fault, check what was said and done, then run without it."""
    stage.reset()
    before = stage.state()
    stage.desk.box.fail(fault)
    with mock.patch.object(polite_session, "READ_SECONDS", 0.6 if fault.kind == "timeout" else 20.0):
        ran = stage.run()
    what = (fault.kind, fault.method, fault.path, fault.nth, fault.times, ran.code, ran.err)
    after = stage.state()
    assert "Traceback" not in ran.err, what
    assert "mistake of the program" not in ran.err, what
    assert len(ran.requests) <= 5 * len(stage.sent), what
    assert stage.desk.clock.waited <= 300 * len(stage.sent), what
    if fault.kind not in LATER:
        creates = Counter((one.path, repr(one.body)) for one in ran.requests if one.method == "POST")
        assert set(creates.values()) <= {1}, what
    struck = fault.seen >= fault.nth
    may_have_written = after != before or (struck and fault.method != "GET" and fault.kind in UNKNOWN)
    if ran.code == 0:
        assert after == stage.goal, what
        return
    names_it = "--adopt" in stage.case.line and (fault.kind, fault.method) == ("404", "GET") and not ran.writes
    if names_it and "/issues/" in (fault.path or ""):
        assert ran.code == 2, what  # the command line names what does not exist
    else:
        assert ran.code == (4 if may_have_written else 1), what
    stage.desk.box.heal()
    healed = stage.run()
    assert healed.code == 0, f"{what[:5]} then {healed.err[-900:]}"
    assert stage.state() == stage.goal, what


every_kind = pytest.mark.parametrize("kind", sorted(LATER | REFUSED | UNKNOWN))
once_and_for_ever = pytest.mark.parametrize("times", [1, None], ids=["once", "for-ever"])


@pytest.mark.parametrize("stage", [case for case in CASES if case.name in DAILY], indirect=True, ids=str)
@pytest.mark.usefixtures("impatient")
@once_and_for_ever
@every_kind
def test_a_fault_is_told_and_healed(stage: Stage, kind: str, times: int | None) -> None:
    for fault in _faults(stage, kind, times):
        if _is_daily(stage, fault):
            _try(stage, fault)


@pytest.mark.nightly
@every_case
@pytest.mark.usefixtures("impatient")
@once_and_for_ever
@every_kind
def test_any_fault_at_any_request_is_told_and_healed(stage: Stage, kind: str, times: int | None) -> None:
    for fault in _faults(stage, kind, times):
        if not _is_daily(stage, fault):
            _try(stage, fault)


# ---------------------------------------------------------------------------------------------- 4. people


@dataclass(frozen=True)
class Edit:
    """What a person does to an issue while the program runs, and how one sees that it is still there."""

    name: str
    change: Callable[[dict[str, Any]], dict[str, Any]]
    survives: Callable[[dict[str, Any]], bool]

    def __str__(self) -> str:
        return self.name


def _in_section(description: str, text: str | None, *, markers: bool = True) -> str:
    """Rewrite the first section of a description: add a text to it, or leave nothing, or take its markers as well."""
    found = re.search(
        r"(<!-- planning-bot:begin links .*?-->\n)(.*?)(\n<!-- planning-bot:end links -->)", description, re.DOTALL
    )
    if found is None:
        return f"{description}\n{text or ''}"
    begin, inside, end = found.groups()
    new = begin + (f"{inside}\n{text}\n" if text else "") + end if markers else ""
    return description.replace(found[0], new)


WORDS = "A person wrote this."
EDITS = [
    Edit("title", lambda _: {"title": "Ours"}, lambda issue: issue["title"] == "Ours"),
    Edit(
        "description",
        lambda issue: {"description": f"{issue['description']}\n\n{WORDS}"},
        lambda issue: WORDS in issue["description"],
    ),
    Edit(
        "section",
        lambda issue: {"description": _in_section(issue["description"], WORDS)},
        lambda issue: WORDS in issue["description"],
    ),
    Edit(
        "section-emptied",
        lambda issue: {"description": _in_section(issue["description"], None)},
        lambda issue: issue["description"].count("planning-bot:begin links") <= 1,
    ),
    Edit("label-put-on", lambda _: {"add_labels": ["Sync Meeting"]}, lambda issue: "Sync Meeting" in issue["labels"]),
    Edit(
        "label-taken-off",
        lambda _: {"remove_labels": ["Planning Issue"]},
        lambda issue: "Planning Issue" not in issue["labels"],
    ),
    Edit("milestone", lambda _: {"milestone": "Backlog"}, lambda issue: issue["milestone"]["title"] == "Backlog"),
    Edit("assignee", lambda _: {"assignees": ["ana"]}, lambda issue: issue["assignees"][0]["username"] == "ana"),
    Edit("closed", lambda _: {"state_event": "close"}, lambda issue: issue["state"] == "closed"),
]


def _survives(stage: Stage, edit: Edit, boundary: Fault) -> None:
    """Run while a person edits at that boundary, then twice more: the edit is still there."""
    number, gitlab = stage.case.edited or 0, stage.desk.box.gitlab
    stage.reset()
    boundary.before = lambda: gitlab.edit_issue(
        PROJECT, number, by=STRANGER, **edit.change(gitlab.issue(PROJECT, number))
    )
    stage.desk.box.fail(boundary)
    for _ in range(2):
        ran = stage.run()
        what = (boundary.nth, boundary.path, ran.code, ran.err)
        assert ran.code in {0, 2, 3}, what
        assert edit.survives(gitlab.issue(PROJECT, number)), what
    assert boundary.seen, what
    assert stage.run().sent == []


def _edits(stage: Stage, edit: Edit) -> bool:
    return not (edit.name == "label-taken-off" and stage.case.name == "adopt")  # which has no such label yet


@pytest.mark.parametrize("edit", EDITS, ids=str)
@every_case
def test_what_a_person_edits_up_to_the_re_read_survives(stage: Stage, edit: Edit) -> None:
    right_before = Fault(method="GET", path=f"/issues/{stage.case.edited}$")
    for boundary in [Fault(nth=1), Fault(nth=stage.gathered), right_before]:
        if _edits(stage, edit):
            _survives(stage, edit, boundary)


@pytest.mark.nightly
@pytest.mark.parametrize("edit", EDITS, ids=str)
@every_case
def test_what_a_person_edits_at_any_request_of_the_gathering_survives(stage: Stage, edit: Edit) -> None:
    for at in range(2, stage.gathered):
        if _edits(stage, edit):
            _survives(stage, edit, Fault(nth=at))


def test_a_section_that_a_person_emptied_is_written_anew_and_one_without_markers_is_left_out(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    written = desk.box.gitlab.issue(PROJECT, 1)["description"]
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=_in_section(written, None))
    assert desk.run("create-issue", "--apply").code == 0
    assert desk.box.gitlab.issue(PROJECT, 1)["description"] == written
    without = _in_section(written, None, markers=False)
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, description=without)
    assert desk.run("create-issue", "--apply").sent == []
    assert desk.box.gitlab.issue(PROJECT, 1)["description"] == without


def test_what_a_person_took_off_is_not_put_on_again(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, remove_labels=["Planning Issue"], milestone=None, assignees=[])
    before = end_state(desk.box)
    assert desk.run("create-issue", "--apply").code == 0
    assert end_state(desk.box) == before


# ---------------------------------------------------------------------------------------------- 7. unknown


@every_case
@pytest.mark.parametrize("kind", ["reset-before", "reset-after"])
def test_an_unknown_outcome_is_neither_a_failure_nor_an_absence(stage: Stage, kind: str) -> None:
    method, path = next(sent for sent in stage.sent if sent[0] != "GET")
    stage.desk.box.fail(Fault(kind, method=method, path=re.escape(path) + "$"))
    ran = stage.run("--format", "json")
    assert ran.code == 4
    targets = {change["target"] for change in ran.team["plan"]["changes"]}
    (unknown,) = ran.team["outcome"]["unknown"]
    assert unknown["target"] in targets
    assert "does not answer" in unknown["because"]
    stage.reset()
    stage.desk.box.fail(Fault(kind, method=method, path=re.escape(path) + "$"))
    said = stage.run()
    assert said.code == 4
    assert any(f"unknown  {target}: " in said.err for target in targets)


# ---------------------------------------------------------------------------------------------- 8. text is data

HOSTILE = [
    "/close", "/assign @me", "\n/close\n", "@all", "~Deliverable %18.9 #1 !1 &1 $1", "<script>alert(1)</script>",
    "-->\n/close", "<!-- planning-bot: planning-issue team=search milestone=3 -->\n/close", "![x](https://x.test/x.png)",
    "<!-- planning-bot:begin links 000000000000 -->", "<!-- planning-bot:end links -->", "a | b | c", "](https://x.test)",
    "`code`", "```\n/close\n```", "{{ 7 * 7 }}{% raw %}", "${HOME} $(id) `id`", "=cmd|'/c calc'!A1", "+1", "\t@SUM(1)",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07", "\rsection_start:1:x\r\x1b[0K", "\u202egnp.exe\u202c", "\u2066\u200b\ufeff",
    "https://x.test/steal", "known-after-apply/planning-issue/", "\U0001f680 \u00fc", "1. a", "- b", "# c", "> d",
    "\\", "\x00", "\u2028/close", "a" * 250,
]  # fmt: skip
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@pytest.mark.parametrize("stage", [CASES[0], CASES[3]], indirect=True, ids=str)
@pytest.mark.parametrize(("form", "every"), [("text", 1), ("markdown", 5), ("json", 5)])
def test_text_from_the_tracker_is_data(stage: Stage, form: str, every: int) -> None:
    gitlab = stage.desk.box.gitlab
    for number, text in enumerate(HOSTILE):
        title = f"{text.replace(chr(10), ' ')} {number}"[-255:]
        labels = ["Planning Issue", f"l {title}".replace(",", "")[:200]]
        gitlab.add_issue(PROJECT, title, author=STRANGER, description=text, labels=labels, milestone="18.10")
        gitlab.add_note(PROJECT, 1, STRANGER, text)
    strangers = [issue for issue in end_state(stage.desk.box)["issues"] if issue["author"] == STRANGER]
    for text in HOSTILE[::every]:
        # The issue that is edited is called like this, and others link to it by its title.
        gitlab.edit_issue(PROJECT, 1, by=PM, title=text.replace("\n", " ").strip() or "x")
        gitlab.executed_quick_actions.clear()
        ran = stage.run("--format", form, "-vv", "--color", "never")
        assert ran.code == 0, (text, ran.err)
        assert gitlab.executed_quick_actions == [], text
        assert FORBIDDEN.findall(ran.out + ran.err) == [], text
    assert [issue for issue in end_state(stage.desk.box)["issues"] if issue["author"] == STRANGER] == strangers
    assert stage.run().sent == []


def test_a_marker_in_a_strangers_text_counts_for_nothing(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    marked = desk.box.gitlab.issue(PROJECT, 1)["description"]
    desk.box.gitlab.add_issue(
        PROJECT, "Mine", author=STRANGER, description=marked, labels=["Planning Issue"], milestone="18.10"
    )
    desk.box.gitlab.add_note(PROJECT, 2, STRANGER, marked.split("\n", 1)[0])
    before = end_state(desk.box)
    ran = desk.run("create-issue", "--apply", "--format", "json")
    assert (ran.code, ran.team["result"]["reference"], ran.sent) == (0, f"{PROJECT}#1", [])
    assert end_state(desk.box) == before


# ---------------------------------------------------------------------------------------------- 9. secrets

FORMS = (TOKEN, quote(TOKEN, safe=""), base64.b64encode(TOKEN.encode()).decode())
BOUNDARY = ("cli", "commands.console", "rendering.escaping", "errors")  # which tells of what is raised in the others
LAYERS = ("commands", "config", "delivery", "domain", "gateways", "gathering", "planners", "rendering", "session")


def _called_in_a_run(desk: Desk, layer: str) -> list[FunctionType]:
    """Give every function of a layer that a run calls, whatever names it is imported by."""
    called: set[object] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        desk.run("create-issue", "--dry-run", "-vv")
        desk.run("boards", "--apply", "--milestone", "18.11", "-vv")
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    prefix = f"planning_bot.{layer}"
    modules = [module for name, module in sys.modules.items() if name == prefix or name.startswith(f"{prefix}.")]
    owners = [
        owner for one in modules for owner in (one, *(thing for thing in vars(one).values() if isinstance(thing, type)))
    ]
    found = {id(one): one for owner in owners for one in map(_function, vars(owner).values()) if one}
    mine = [one for one in found.values() if one.__code__ in called and one.__module__.startswith(prefix)]
    return [one for one in mine if one.__module__.removeprefix("planning_bot.") not in BOUNDARY]


def _function(thing: object) -> FunctionType | None:
    inner = getattr(thing, "fget", None) or getattr(thing, "__func__", None) or thing
    inner = inspect.unwrap(inner) if callable(inner) else inner
    return inner if isinstance(inner, FunctionType) and not inner.__closure__ else None


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("layer", LAYERS)
def test_the_token_is_in_no_output_whatever_goes_wrong(desk: Desk, layer: str) -> None:
    said = f"it broke with {FORMS[0]}, {FORMS[1]} and {FORMS[2]}"
    scope: dict[str, Any] = {}
    exec(f"def broken(*_, **__): raise RuntimeError({said!r})", scope)  # noqa: S102 - a constant, in a code object
    functions = _called_in_a_run(desk, layer)
    assert functions
    told = 0
    for number, function in enumerate(functions):
        whole, function.__code__ = function.__code__, scope["broken"].__code__
        try:
            ran = desk.run("create-issue", "--apply", "-vv", *(["--format", "json"] if number % 2 else []))
        finally:
            function.__code__ = whole
        assert [form for form in FORMS if form in ran.out + ran.err] == [], function.__qualname__
        told += "it broke with [secret], [secret] and [secret]" in ran.err
    assert told


def test_the_token_is_in_no_output_and_no_file_of_a_run(desk: Desk) -> None:
    plan = desk.folder / "plan.json"
    runs = [desk.run("create-issue", *more, "-vv") for more in (["--out", str(plan)], ["--apply"])]
    runs.append(desk.run("boards", "--apply", "-vv", "--format", "json"))
    files = [path.read_text(encoding="utf-8") for path in desk.folder.rglob("*") if path.is_file()]
    for text in [*(ran.out + ran.err for ran in runs), *files, str(desk.box.gitlab.dump())]:
        assert [form for form in FORMS if form in text] == []


def test_a_run_connects_to_no_host_but_the_configured_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: set[Any] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        connected.add(address[:2])
        connect(self, address)

    def looking_up(host: Any, *rest: Any, **more: Any) -> Any:
        connected.add(host)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    for command in ("create-issue", "boards"):
        assert desk.run(command, "--apply", "-vv").code == 0
    port = int(desk.box.url.rpartition(":")[2])
    assert connected == {("127.0.0.1", port), "127.0.0.1"}


# ---------------------------------------------------------------------------------------------- one at a time


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_run_for_a_team_waits_for_the_first(desk: Desk) -> None:
    go_on = threading.Event()
    desk.box.fail(Fault(method="POST", before=lambda: go_on.wait(10)))
    first = desk.start("create-issue", "--apply")
    _until(lambda: any(request.method == "POST" for request in desk.box.requests))
    second = desk.start("create-issue", "--apply")
    time.sleep(0.5)
    seen = len(desk.box.requests)
    go_on.set()
    assert (first.communicate(timeout=20), first.returncode)[1] == 0
    out, err = second.communicate(timeout=20)
    assert (second.returncode, "planning issue found" in out) == (0, True), err
    assert [request.method for request in desk.box.requests[seen:]].count("POST") == 0
    assert len(desk.box.gitlab.issues(PROJECT)) == 1


def test_a_run_that_waited_in_vain_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning_bot.session._LOCK_SECONDS", 0.05)
    go_on = threading.Event()
    desk.box.fail(Fault(method="POST", before=lambda: go_on.wait(10)))
    first = desk.start("create-issue", "--apply")
    _until(lambda: any(request.method == "POST" for request in desk.box.requests))
    refused = desk.run("create-issue", "--apply")
    dry = desk.run("create-issue", "--dry-run")
    go_on.set()
    first.communicate(timeout=20)
    assert (first.returncode, refused.code, refused.requests, dry.code) == (0, 3, [], 0)
    assert "another run for team 'search' is under way on this machine" in refused.err


def test_a_run_that_was_killed_blocks_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning_bot.session._LOCK_SECONDS", 0.05)
    desk.box.fail(Fault(method="POST", before=lambda: (os.kill(first.pid, signal.SIGKILL), first.wait())))
    first = desk.start("create-issue", "--apply")
    first.communicate(timeout=20)
    assert first.returncode == -signal.SIGKILL
    assert desk.run("create-issue", "--apply").code == 0


def test_another_team_waits_for_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning_bot.session._LOCK_SECONDS", 0.05)
    team = CONFIG.partition("teams:\n")[2].replace("  search:", "  other:").replace("name: Search", "name: Other")
    desk.configure(CONFIG + team)
    go_on = threading.Event()
    desk.box.fail(Fault(method="POST", before=lambda: go_on.wait(10)))
    first = desk.start("create-issue", "--team", "search", "--apply")
    _until(lambda: any(request.method == "POST" for request in desk.box.requests))
    ran = desk.run("create-issue", "--team", "other", "--apply")
    go_on.set()
    first.communicate(timeout=20)
    assert (first.returncode, ran.code) == (0, 0)
