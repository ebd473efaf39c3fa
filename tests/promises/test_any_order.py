"""All commands in any order, between people's edits, faults, kills, `undo` and old plans: the promises hold after each.

A commit tries a few dozen steps, the same every time; the night draws many (`--hypothesis-profile nightly`).
"""

from __future__ import annotations

import contextlib
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.faults import KINDS
from tests.commands.team_files import settings as configure
from tests.milestone import LABELS
from tests.promises.hands import check_hands, check_nothing_twice, issues_of, people_of, text_of_people
from tests.promises.kills import MOMENTS, killed
from tests.promises.year import CHANNEL, ENGINE, SLACK_TOKEN, TEAM, surroundings
from tests.support import EM, GROUP, PM, PROJECT, STRANGER, Desk, FakeClock, Ran, end_state, world

if TYPE_CHECKING:
    from tests.promises.hands import Issues

PLACES = (ENGINE, PROJECT)
FIRST_DAY, LAST_DAY = date(2026, 1, 31), date(2026, 3, 20)
COMMANDS = ("create-issue", "boards", "readiness", "capacity", "deliverables", "status", "say-do", "close", "run")
UNDATED = {"run"}
WORDS = "A person wrote this. /close"
IS_NIGHT = settings.default is not None and settings.default.max_examples > 100

commands = st.sampled_from(COMMANDS)
milestones = st.sampled_from([None, "18.9", "18.10"])
numbers = st.integers(1, 10)  # eight issues of work, and two planning issues
labels = st.sampled_from(["Deliverable", "workflow::in dev", "customer", "missed:18.9", "planning-bot::skip", TEAM])


class AnyOrder(RuleBasedStateMachine):
    """A team and its program, one step after the other."""

    @initialize()
    def opens(self) -> None:
        """A group with a milestone that runs, one that comes, and work in both."""
        self.stack = contextlib.ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.box = self.stack.enter_context(Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)))
        self.desk = Desk(self.box, self.folder, FakeClock())
        self.stack.enter_context(surroundings(self.desk, self.folder))
        self.day = FIRST_DAY
        self.theirs: set[tuple[str, str]] = set()  # an issue, and a label or a person that somebody put there
        self.off: set[tuple[str, str]] = set()  # an issue, and a label that somebody took off
        self.plan: Path | None = None
        self._fill()

    def teardown(self) -> None:
        """Stop the servers."""
        if hasattr(self, "stack"):
            self.stack.close()

    def _fill(self) -> None:
        world(self.box)
        gitlab = self.box.gitlab
        gitlab.add_project(ENGINE)
        for name in (*LABELS, "spike"):
            if name != "missed:18.9":
                gitlab.add_label("acme", name)
        gitlab.add_label("acme", "missed:18.9")
        self.box.slack.add_token(SLACK_TOKEN)
        self.box.slack.add_channel(CHANNEL, "team-search")
        configure(self.desk, say_do={"channel": CHANNEL}, limits={"max_changes": 40})
        text = self.desk.config.read_text(encoding="utf-8")
        slack = f'{{"slack": {{"api_url": "{self.box.slack.api_url}"}}, '
        self.desk.config.write_text(slack + text.removeprefix("{"), encoding="utf-8")
        for number in range(1, 9):
            gitlab.add_issue(
                ENGINE,
                f"/close @all *{number}*",
                author=(PM, STRANGER)[number % 2],
                labels=[TEAM, "type::bug", *(["workflow::ready for development"] if number % 4 else [])],
                milestone="18.9" if number < 4 else "18.10",
                weight=number % 4 or None,
            )
        for number in (1, 2):
            gitlab.edit_issue(ENGINE, number, by=EM, add_labels=["Deliverable"], assignees=["ana"])
            self.theirs |= {(f"{ENGINE}#{number}", "Deliverable"), (f"{ENGINE}#{number}", "ana")}
        self._goes_on()
        for title in ("18.9", "18.10"):
            assert self.desk.run("create-issue", "--milestone", title, "--apply").code == 0

    # --------------------------------------------------------------------------------------------- the program

    @rule(command=commands, milestone=milestones)
    def is_carried_out(self, command: str, milestone: str | None) -> None:
        """A command writes what it has to; once more, it writes nothing."""
        ran = self._run(command, *_about(command, milestone), "--apply")
        assert ran.code in {0, 2, 3}, ran.err
        if ran.code == 0:
            again = self._run(command, *_about(command, milestone), "--apply")
            assert (again.code, again.sent) == (0, []), again.err

    @rule(command=commands, milestone=milestones)
    def is_only_looked_at(self, command: str, milestone: str | None) -> None:
        """Without permission nothing is written."""
        ran = self._run(command, *_about(command, milestone))
        assert (ran.code in {0, 2, 3}, ran.sent) == (True, []), ran.err

    @rule(
        command=commands,
        kind=st.sampled_from(sorted(set(KINDS) - {"timeout", "callback"})),
        method=st.sampled_from([None, "GET", "POST", "PUT"]),
        nth=numbers,
        times=st.sampled_from([1, 3, None]),
    )
    def meets_a_fault(self, command: str, kind: str, method: str | None, nth: int, times: int | None) -> None:
        """A server fails."""
        self.box.fail(Fault(kind, method=method, nth=nth, times=times))
        ran = self._run(command, "--apply")
        self.box.heal()
        assert ran.code in {0, 1, 2, 3, 4}, ran.err
        assert "mistake of the program" not in ran.err, ran.err

    @rule(command=commands, at=st.integers(1, 40), moment=st.sampled_from(MOMENTS))
    def is_killed(self, command: str, at: int, moment: str) -> None:
        """The run ends at some request."""
        with self._watched(), killed(at, moment):
            self.desk.run(command, "--apply")

    @rule(command=commands, milestone=milestones)
    def is_planned(self, command: str, milestone: str | None) -> None:
        """Somebody saves a plan for later."""
        file = self.folder / "plan.json"
        ran = self._run(command, *_about(command, milestone), "--out", str(file))
        assert (ran.code in {0, 2, 3}, ran.sent) == (True, []), ran.err
        self.plan = file if file.exists() else None

    @precondition(lambda self: self.plan)
    @rule()
    def applies_the_old_plan(self) -> None:
        """The plan is applied, or refused as a whole where anything has changed since."""
        before = end_state(self.box)
        ran = self._run("apply", str(self.plan))
        assert ran.code in {0, 3}, ran.err
        assert ran.code == 0 or end_state(self.box) == before

    @rule()
    def takes_the_last_run_back(self) -> None:
        """`undo` takes back what a run added, and nothing of a person's."""
        journals = sorted((self.folder / "PLANNING_BOT_STATE" / "journals").glob("*.jsonl"))
        if not journals:
            return
        before, words = issues_of(self.box, PLACES), self._words()
        ran = self.desk.run("undo", str(journals[-1]), "--apply")
        assert ran.code in {0, 2, 3}, ran.err
        self._check_undone(before, issues_of(self.box, PLACES))
        assert self._words() == words
        self._check_theirs()
        if ran.code == 0:
            assert self.desk.run("undo", str(journals[-1]), "--apply").sent == []

    # ---------------------------------------------------------------------------------------------- the people

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        """Time goes on, up to the day after the second milestone."""
        self.day = min(LAST_DAY, self.day + timedelta(days=days))
        self._goes_on()

    @rule(number=numbers, label=labels)
    def puts_a_label_on(self, number: int, label: str) -> None:
        """Somebody labels an issue, which takes off another of the same scope."""
        self._label(number, add_labels=[label])

    @rule(number=numbers, label=labels)
    def takes_a_label_off(self, number: int, label: str) -> None:
        """Somebody takes a label off."""
        self._label(number, remove_labels=[label])

    @rule(number=numbers, people=st.lists(st.sampled_from(["ana", "kenji", STRANGER]), max_size=2, unique=True))
    def assigns(self, number: int, people: list[str]) -> None:
        """Somebody says whose it is."""
        was = people_of(self._issue(number))
        self._edit(number, assignees=people)
        reference, now = self._reference(number), people_of(self._issue(number))
        self.theirs -= {(reference, name) for name in was - now}
        self.theirs |= {(reference, name) for name in now - was}

    @rule(number=numbers, milestone=st.sampled_from(["18.9", "18.10", "18.11", "Backlog", None]))
    def moves(self, number: int, milestone: str | None) -> None:
        """Somebody moves an issue."""
        self._edit(number, milestone=milestone)

    @rule(number=numbers, event=st.sampled_from(["close", "reopen"]))
    def closes_or_opens(self, number: int, event: str) -> None:
        """Somebody closes an issue, or opens it again."""
        self._edit(number, state_event=event)

    @rule(number=numbers, weight=st.sampled_from([None, 0, 1, 3, 8]))
    def weighs(self, number: int, weight: int | None) -> None:
        """Somebody gives an issue a weight."""
        self._edit(number, weight=weight)

    @rule(where=st.sampled_from(["outside", "inside", "emptied", "markers"]))
    def writes_on_a_page(self, where: str) -> None:
        """Somebody writes on a planning issue: beside a section or in it, or takes one out."""
        for page in self.box.gitlab.issues(PROJECT)[:1]:
            self.box.gitlab.edit_issue(PROJECT, page["iid"], by=PM, description=_edited(page["description"], where))

    @rule()
    def writes_a_note(self) -> None:
        """Somebody quotes what the program wrote."""
        for page in self.box.gitlab.issues(PROJECT)[:1]:
            marker = page["description"].partition("\n")[0]
            self.box.gitlab.add_note(PROJECT, page["iid"], STRANGER, f"{marker}\n\nIs this yours?")

    @rule(title=st.sampled_from(["Ours", "/close", "Search 18.11 Planning"]))
    def renames_a_page(self, title: str) -> None:
        """Somebody gives a planning issue another title."""
        for page in self.box.gitlab.issues(PROJECT)[:1]:
            self.box.gitlab.edit_issue(PROJECT, page["iid"], by=EM, title=title)

    @rule()
    def puts_a_list_on_a_board(self) -> None:
        """Somebody gives a board a list of their own."""
        for board in self.box.gitlab.boards(GROUP)[:1]:
            if "customer" not in [one["label"]["name"] for one in board["lists"]]:
                self.box.gitlab.add_list("acme", board["id"], "customer")

    # -------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def nothing_is_there_twice(self) -> None:
        """One of each page, record, board, label and message; no text was a command."""
        if hasattr(self, "box"):
            check_nothing_twice(self.box, issues_of(self.box, PLACES), [CHANNEL])

    def _run(self, command: str, *arguments: str) -> Ran:
        with self._watched():
            ran = self.desk.run(command, *arguments)
        assert "Traceback" not in ran.err, ran.err
        assert ran.code != 3 or ran.sent == [] or command == "run", ran.err
        return ran

    @contextlib.contextmanager
    def _watched(self) -> Any:
        """Hold what a run leaves behind against what stood there."""
        before, boards = issues_of(self.box, PLACES), self._lists()
        words = self._words()
        yield
        check_hands(before, issues_of(self.box, PLACES))
        assert self._words() == words
        now = self._lists()
        assert [board for board, lists in boards.items() if not lists <= now.get(board, set())] == []
        self._check_theirs()

    def _check_undone(self, before: Issues, after: Issues) -> None:
        assert before.keys() == after.keys()
        for reference, was in before.items():
            now = after[reference]
            kept = ("title", "state", "weight", "confidential")
            assert {key: now[key] for key in kept} == {key: was[key] for key in kept}, reference
            assert set(now["labels"]) <= set(was["labels"]), reference
            assert people_of(now) <= people_of(was), reference
            assert text_of_people(now) == text_of_people(was), reference

    def _label(self, number: int, **changes: Any) -> None:
        """Have somebody change labels, and remember what became of them."""
        before = self._issue(number)
        self._edit(number, **changes)
        after, reference = self._issue(number), self._reference(number)
        gone = {(reference, name) for name in set(before["labels"]) - set(after["labels"])}
        come = {(reference, name) for name in set(after["labels"]) - set(before["labels"])}
        self.theirs, self.off = (self.theirs - gone) | come, (self.off - come) | gone

    def _check_theirs(self) -> None:
        for reference, name in self.theirs:
            project, _, iid = reference.rpartition("#")
            issue = self.box.gitlab.issue(project, int(iid))
            assert name in {*issue["labels"], *people_of(issue)}, (reference, name)
        for reference, name in self.off:
            project, _, iid = reference.rpartition("#")
            assert name not in self.box.gitlab.issue(project, int(iid))["labels"], (reference, name)

    def _words(self) -> list[int]:
        """Count what people wrote on the planning issues, in sections and beside them."""
        return [page["description"].count(WORDS) for page in self.box.gitlab.issues(PROJECT)][:2]

    def _lists(self) -> dict[int, set[str]]:
        return {
            board["id"]: {one["label"]["name"] for one in board["lists"]} for board in self.box.gitlab.boards(GROUP)
        }

    def _goes_on(self) -> None:
        self.desk.day = self.day.isoformat()
        self.box.now = datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=UTC)

    def _place(self, number: int) -> tuple[str, int]:
        pages = len(self.box.gitlab.issues(PROJECT))
        return (ENGINE, number) if number <= 8 else (PROJECT, number - 8) if number - 8 <= pages else (ENGINE, 1)

    def _reference(self, number: int) -> str:
        project, iid = self._place(number)
        return f"{project}#{iid}"

    def _issue(self, number: int) -> dict[str, Any]:
        return self.box.gitlab.issue(*self._place(number))

    def _edit(self, number: int, **changes: Any) -> None:
        self.box.gitlab.edit_issue(*self._place(number), by=EM, **changes)


def _about(command: str, milestone: str | None) -> list[str]:
    return ["--milestone", milestone] if milestone and command not in UNDATED else []


def _edited(text: str, where: str) -> str:
    """Edit a description outside of its sections or in the first, or take its text or its markers away."""
    lines = text.splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith("<!-- planning-bot:begin ")]
    ends = [number for number, line in enumerate(lines) if line.startswith("<!-- planning-bot:end ")]
    if where == "outside" or not begins or not ends:
        return f"{text}\n\n{WORDS}"
    first, last = begins[0], ends[0]
    inside = {"inside": [*lines[first:last], WORDS, lines[last]], "emptied": [lines[first], lines[last]], "markers": []}
    return "\n".join([*lines[:first], *inside[where], *lines[last + 1 :]])


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=400 if IS_NIGHT else 12,
    stateful_step_count=40 if IS_NIGHT else 14,
    derandomize=not IS_NIGHT,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
