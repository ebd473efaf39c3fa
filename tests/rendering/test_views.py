from __future__ import annotations

import json

import pytest

from planning_bot.domain.change import (
    BoardColumn,
    BoardState,
    CreateBoard,
    CreateIssue,
    EditIssue,
    IssueDraft,
    IssueState,
    Named,
    RepairBoard,
    WriteNote,
    board_handle,
    known_after_apply,
)
from planning_bot.domain.milestone import DatedMilestone
from planning_bot.domain.plan import Outcome, Plan, Remark
from planning_bot.domain.results import CreateIssueResult
from planning_bot.domain.run import TeamReport
from planning_bot.errors import RefusedError
from planning_bot.rendering.views import as_json, as_markdown, error_text, outcome_text, plan_text, result_text
from tests.builders import PROJECT, dated
from tests.rendering.hostile import any_text, kinds, tokens

MILESTONE = Named(id=1810, name="18.10")
CREATE = CreateIssue(
    target=f"{PROJECT}: Search 18.10 Planning",
    because="milestone 18.10 starts on 2026-02-14 and has no planning issue",
    gives="planning-issue",
    marker="<!-- marker -->",
    after=IssueDraft(
        project=PROJECT,
        title="Search 18.10 Planning",
        description="<!-- marker -->\n\n# Themes\n",
        labels=("Planning Issue", "group::search"),
        milestone=MILESTONE,
        assignees=(Named(id=1, name="mira"), Named(id=2, name="tomas")),
        confidential=True,
        epic=Named(id=3, name="acme&1"),
    ),
)
EDIT = EditIssue(
    target=f"{PROJECT}#11",
    because="the planning issue of 18.10 is its neighbour",
    needs=("planning-issue",),
    before=IssueState(labels=("a",), milestone=None, sections={"links": "top\n-- old\n++ older\nbottom"}),
    after=IssueState(
        labels=("a", "b"),
        milestone=MILESTONE,
        sections={"links": f"top\n[next]({known_after_apply(board_handle('build'))})\n@@ new\nbottom"},
    ),
)
NOTE = WriteNote(target=f"{PROJECT}#7", because="its marker makes the issue findable", after="<!-- marker -->\n\ntext")
BUG = BoardColumn(label=Named(id=5, name="type::bug"))
BOARD = CreateBoard(
    target="acme/search: Build",
    because="boards.build: there is no board of that name",
    gives=board_handle("build"),
    group="acme/search",
    after=BoardState(name="Build", milestone=MILESTONE, labels=("Deliverable",), lists=(BUG,)),
)
REPAIR = RepairBoard(
    target="acme/search: Planning",
    because="boards.planning: it lacks type::bug",
    group="acme/search",
    board_id=31,
    before=BoardState(name="Planning", milestone=MILESTONE, labels=(), lists=(BoardColumn(list_id=4),)),
    after=BoardState(name="Planning", milestone=MILESTONE, labels=(), lists=(BoardColumn(list_id=4), BUG)),
)
PLAN = Plan(
    changes=(CREATE, EDIT, NOTE, BOARD, REPAIR),
    skipped=(Remark(target=f"{PROJECT}#9", because="section links: a person edited it"),),
    notices=("one thing to know",),
)
RESULT = CreateIssueResult(f"{PROJECT}#12", f"https://gitlab.test/{PROJECT}/-/issues/12", created=True)
OUTCOME = Outcome(
    applied=1,
    failed=(Remark(target=f"{PROJECT}#11", because="it was written, but label b was not set"),),
    unknown=(Remark(target=f"{PROJECT}#7", because="the answer was lost"),),
    skipped=(Remark(target=f"{PROJECT}#9", because="somebody changed it meanwhile: theirs stays"),),
)


def unpainted(text: str, style: str) -> str:
    assert style in {"", "bold", "red", "green", "yellow", "cyan"}
    return text


def painted(text: str, style: str) -> str:
    return f"<{style}>{text}</>" if style else text


def report(**parts: object) -> TeamReport:
    whole = {"team": "search", "milestone": dated(), "result": RESULT, "plan": PLAN}
    return TeamReport(**{**whole, **parts})  # type: ignore[arg-type]


def test_a_plan_as_text() -> None:
    assert (
        plan_text(PLAN, unpainted, in_full=False)
        == """\
  + create issue  acme/search/planning: Search 18.10 Planning
      because milestone 18.10 starts on 2026-02-14 and has no planning issue
      labels       Planning Issue, group::search
      milestone    18.10
      assignees    mira, tomas
      epic         acme&1
      confidential yes
      description
        +<!-- marker -->
        +
        +# Themes
  ~ edit issue  acme/search/planning#11
      because the planning issue of 18.10 is its neighbour
      labels       +b
      milestone    none → 18.10
      section links
         top
        --- old
        -++ older
        +[next](known after apply)
        +@@ new
         bottom
  + write note  acme/search/planning#7
      because its marker makes the issue findable
      note
        +<!-- marker -->
        +
        +text
  + create board  acme/search: Build
      because boards.build: there is no board of that name
      milestone    18.10
      scope        Deliverable
      lists
        +type::bug
  ~ repair board  acme/search: Planning
      because boards.planning: it lacks type::bug
      lists
         (a list of another kind)
        +type::bug
  left alone  acme/search/planning#9: section links: a person edited it
  notice  one thing to know
Plan: 5 changes"""
    )


def test_an_empty_plan_as_text() -> None:
    assert plan_text(Plan(), unpainted, in_full=False) == "Plan: nothing to do"


def test_a_plan_with_surprises_as_text() -> None:
    surprising = Plan(changes=(NOTE,), surprises=("7 of 8 members are gone",))

    assert plan_text(surprising, unpainted, in_full=False).splitlines()[-2:] == [
        "  surprise  7 of 8 members are gone: it needs --force",
        "Plan: 1 change",
    ]


def test_a_long_text_is_cut_unless_all_of_it_is_asked_for() -> None:
    long = NOTE.model_copy(update={"after": "\n".join(f"line {n}" for n in range(14))})

    short = plan_text(Plan(changes=(long,)), unpainted, in_full=False).splitlines()
    whole = plan_text(Plan(changes=(long,)), unpainted, in_full=True).splitlines()

    assert short[-3:] == ["        +line 11", "        … 2 more lines (-v shows all)", "Plan: 1 change"]
    assert whole[-3:] == ["        +line 12", "        +line 13", "Plan: 1 change"]


def test_a_plan_in_colours_says_the_same() -> None:
    small = Plan(changes=(EDIT,), skipped=PLAN.skipped, notices=("x",))

    assert (
        plan_text(small, painted, in_full=False)
        == """\
<yellow>  ~ edit issue  acme/search/planning#11</>
      because the planning issue of 18.10 is its neighbour
      labels       +b
      milestone    none → 18.10
      section links
         top
<red>        --- old</>
<red>        -++ older</>
<green>        +[next](known after apply)</>
<green>        +@@ new</>
         bottom
  <cyan>left alone</>  acme/search/planning#9: section links: a person edited it
  <cyan>notice</>  x
Plan: 1 change"""
    )


def test_a_result_as_text() -> None:
    assert result_text(report(), unpainted) == (
        "search · 18.10 (2026-02-14 to 2026-03-13)\n"
        "planning issue created: acme/search/planning#12  https://gitlab.test/acme/search/planning/-/issues/12"
    )


def test_a_result_that_is_yet_to_come_as_text() -> None:
    coming = report(result=CreateIssueResult(None, None, created=False), milestone=None)

    assert result_text(coming, painted) == "<bold>search</>\nthe planning issue does not exist yet"


def test_an_outcome_as_text() -> None:
    assert (
        outcome_text(OUTCOME, unpainted)
        == """\
  left alone  acme/search/planning#9: somebody changed it meanwhile: theirs stays
  failed  acme/search/planning#11: it was written, but label b was not set
  unknown  acme/search/planning#7: the answer was lost
Applied: 1 change
Run it again: what was done stays, and what is missing is planned anew."""
    )
    assert outcome_text(Outcome(applied=2), painted) == "Applied: 2 changes"


def test_an_error_as_text_has_what_to_do_below() -> None:
    assert error_text(RefusedError("too large", "use --force")) == "too large\nuse --force"
    assert error_text(RefusedError("too large")) == "too large"


def test_everything_as_markdown() -> None:
    plan = Plan(changes=(EDIT, BOARD), skipped=PLAN.skipped, notices=("n",))

    assert as_markdown([report(plan=plan, outcome=OUTCOME)]) == (
        r"""### search · 18.10 (2026-02-14 to 2026-03-13)

planning issue created: acme/search/planning\#12 https:\//gitlab.test/acme/search/planning/-/issues/12

**Plan:** 2 changes

- `~` edit issue `acme/search/planning#11`: the planning issue of 18.10 is its neighbour; labels: \+b; milestone: none → 18.10

<details><summary>section links</summary>

```diff
 top
--- old
-++ older
+[next](known after apply)
+@@ new
 bottom
```

</details>

- `+` create board `acme/search: Build`: boards.build: there is no board of that name; milestone: 18.10; scope: Deliverable

<details><summary>lists</summary>

```diff
+type::bug
```

</details>

- left alone: `acme/search/planning#9`: section links: a person edited it
- notice: n

**Applied:** 1 change

- left alone: `acme/search/planning#9`: somebody changed it meanwhile: theirs stays
- **failed**: `acme/search/planning#11`: it was written, but label b was not set
- **unknown**: `acme/search/planning#7`: the answer was lost"""  # noqa: E501 - as people get it
    )


def test_an_error_as_markdown() -> None:
    failed = TeamReport("search", error=RefusedError("too *large*", "use --force"))

    assert as_markdown([failed, failed]) == "\n\n".join(["### search\n\n**too \\*large\\*** use --force"] * 2)


def test_everything_as_json() -> None:
    whole = report(plan=Plan(changes=(EDIT,), notices=("ü",)), outcome=OUTCOME)

    assert json.loads(as_json("create-issue", [whole])) == {
        "version": 1,
        "command": "create-issue",
        "teams": [
            {
                "team": "search",
                "milestone": {"title": "18.10", "start_date": "2026-02-14", "due_date": "2026-03-13"},
                "result": {"reference": RESULT.reference, "web_url": RESULT.web_url, "created": True},
                "plan": {
                    "changes": [
                        {
                            "kind": "edit_issue",
                            "target": f"{PROJECT}#11",
                            "because": "the planning issue of 18.10 is its neighbour",
                            "gives": "",
                            "needs": ["planning-issue"],
                            "before": {
                                "labels": ["a"],
                                "milestone": None,
                                "sections": {"links": "top\n-- old\n++ older\nbottom"},
                            },
                            "after": {
                                "labels": ["a", "b"],
                                "milestone": {"id": 1810, "name": "18.10"},
                                "sections": {
                                    "links": f"top\n[next]({known_after_apply(board_handle('build'))})\n@@ new\nbottom"
                                },
                            },
                        }
                    ],
                    "skipped": [],
                    "notices": ["ü"],
                    "surprises": [],
                },
                "outcome": {
                    "applied": 1,
                    "failed": [{"target": f"{PROJECT}#11", "because": "it was written, but label b was not set"}],
                    "unknown": [{"target": f"{PROJECT}#7", "because": "the answer was lost"}],
                    "skipped": [{"target": f"{PROJECT}#9", "because": "somebody changed it meanwhile: theirs stays"}],
                },
            }
        ],
    }


def test_json_says_null_where_there_is_nothing_and_what_went_wrong() -> None:
    failed = TeamReport("search", error=RefusedError("too large", "use --force"))

    assert json.loads(as_json("create-issue", [failed], RefusedError("all of it"))) == {
        "version": 1,
        "command": "create-issue",
        "teams": [
            {
                "team": "search",
                "milestone": None,
                "result": None,
                "plan": None,
                "outcome": None,
                "error": {"code": "refused", "message": "too large", "hint": "use --force"},
            }
        ],
        "error": {"code": "refused", "message": "all of it", "hint": ""},
    }


def test_json_is_text_that_people_can_read() -> None:
    assert as_json("create-issue", []) == '{\n  "version": 1,\n  "command": "create-issue",\n  "teams": []\n}'
    assert '"ü"' in as_json("create-issue", [report(plan=Plan(notices=("ü",)))])


# Hostile text in every place


def hostile_plan(text: str) -> Plan:
    change = EDIT.model_copy(
        update={
            "target": text,
            "because": text,
            "after": IssueState(labels=(text,), milestone=Named(id=1, name=text), sections={text: text}),
        }
    )
    return Plan(changes=(change,), skipped=(Remark(target=text, because=text),), notices=(text,), surprises=(text,))


def hostile_report(text: str) -> TeamReport:
    remark = (Remark(target=text, because=text),)
    return report(
        team=text,
        milestone=DatedMilestone(1, text, dated().start_on, dated().due_on),
        result=CreateIssueResult(text, text, created=True),
        plan=hostile_plan(text),
        outcome=Outcome(applied=1, failed=remark, unknown=remark, skipped=remark),
    )


@any_text
def test_no_text_passes_for_a_line_of_the_programs_own_in_a_terminal(text: str) -> None:
    lines = plan_text(hostile_plan(text), unpainted, in_full=True).split("\n")

    heads = [line.split("  ")[1] for line in lines if line.startswith("  ") and line[2] != " "]
    assert heads == ["~ edit issue", "left alone", "notice", "surprise"]
    assert lines[-1] == "Plan: 1 change"
    assert not [char for line in lines for char in line if char < " " and char != "\t"]


@any_text
def test_no_text_becomes_a_link_an_image_or_html_in_markdown(text: str) -> None:
    source = as_markdown([hostile_report(text)])

    found = kinds(source)
    assert not {"link_open", "image", "html_inline", "hr", "blockquote_open", "table_open", "code_block"} & set(found)
    assert found.count("heading_open") == 1
    html = [token.content.split("<summary>")[0].strip() for token in tokens(source) if token.type == "html_block"]
    assert html in ([], ["<details>", "</details>"])
    assert not [line for line in source.split("\n") if line.startswith("/")]


@any_text
def test_json_holds_any_text_as_it_is(text: str) -> None:
    (team,) = json.loads(as_json("create-issue", [hostile_report(text)]))["teams"]

    assert team["plan"]["changes"][0]["target"] == text


@pytest.mark.parametrize("ticks", ["`", "```", "```````"])
def test_a_text_with_fences_stays_inside_of_its_fence(ticks: str) -> None:
    note = NOTE.model_copy(update={"after": f"{ticks}\n/close\n{ticks}"})

    source = as_markdown([report(plan=Plan(changes=(note,)))])

    (fence,) = [token.content for token in tokens(source) if token.type == "fence"]
    assert fence == f"+{ticks}\n+/close\n+{ticks}\n"
