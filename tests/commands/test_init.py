from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from planning_bot import cli
from planning_bot.config import load
from planning_bot.sandbox import Fault, Sandbox
from planning_bot.sandbox.story import GROUP, TOKEN, tell_story
from tests.openapi import DOCUMENT, complaints
from tests.support import BOT, Desk, Ran
from tests.terminal import at_a_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning_bot.config import Team
    from tests.support import FakeClock

ENGINEERS = ("ana.ferreira", "jonas.weber", "priya.nair", "lucas.martin", "emily.carter", "kenji.sato")
FILES = ("config/planning-bot.yml", "config/planning-bot.schema.json", "config/pto/search.csv", ".gitlab-ci.yml")
COMMIT = (
    "commit these files to a project on GitLab, and add to it: a variable GITLAB_TOKEN, masked and protected,"
    " and a pipeline schedule, once a day"
)
BARE = ("--label", "group::lab", "--member", "ana.ferreira", "--project", "acme/search/planning")


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Iterator[Desk]:
    """Give a desk beside the group of the demo, in an empty folder."""
    for name in ("NO_COLOR", "PLANNING_BOT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PLANNING_BOT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    with Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)) as box:
        tell_story(box)
        box.gitlab.add_group("bare")
        box.gitlab.add_member("bare", BOT, access_level=40)
        yield Desk(box, tmp_path / "project", clock)


def init(desk: Desk, *arguments: str, group: str = GROUP) -> Ran:
    """Run it without a terminal, in the desk's folder."""
    target = [] if "--output" in arguments else ["--config", "config/planning-bot.yml"]
    return desk.run("init", "--url", desk.box.url, "--group", group, "--today", "2026-01-31", *target, *arguments)


def written(desk: Desk) -> list[str]:
    """Name the files in the desk's folder."""
    return sorted(path.relative_to(desk.folder).as_posix() for path in desk.folder.rglob("*") if not path.is_dir())


def team(desk: Desk, file: str = "config/planning-bot.yml") -> Team:
    """Read the one team that was written."""
    (found,) = load(desk.folder / file).teams.values()
    return found


def result(ran: Ran) -> Any:
    assert ran.code == 0, ran.err
    (found,) = ran.json["teams"]
    return found["result"]


# ------------------------------------------------------------------------------------- a group with everything


def test_it_finds_the_team_of_the_demo_as_people_would_write_it_down(story: Desk, tmp_path: Path) -> None:
    ran = init(story)

    assert ran.code == 0, ran.err
    found, known = team(story), tell_team(story, tmp_path)
    assert found.model_copy(update={"members": ()}) == known.model_copy(
        update={
            "timezone": "UTC", "counterparts": {}, "members": (), "capacity": found.capacity,
            "say_do": found.say_do, "status": found.status,
            "deliverables": known.deliverables.model_copy(update={"type_mix": {}}),
        }
    )  # fmt: skip
    assert [(each.username, each.name, each.roles) for each in found.members] == [
        (each.username, each.name, each.roles) for each in known.members
    ]
    assert [source.model_dump() for source in found.capacity.pto] == [{"csv": "pto/search.csv"}]
    assert (found.say_do.channel, found.status.channel) == (None, None)


def tell_team(desk: Desk, tmp_path: Path) -> Team:
    """Read the configuration that the demo comes with."""
    from planning_bot.sandbox.story_data import CONFIG  # noqa: PLC0415 - for this alone

    file = tmp_path / "demo.yml"
    file.write_text(CONFIG.format(url=desk.box.url), encoding="utf-8")
    return load(file).teams["search"]


def test_what_it_wrote_passes_check_and_plans_the_next_milestone(story: Desk) -> None:
    init(story)

    check = story.run("check", "--config", "config/planning-bot.yml")
    capacity = story.run("capacity", "--config", "config/planning-bot.yml", "--today", "2026-01-31", "--dry-run")
    plan = story.run("create-issue", "--config", "config/planning-bot.yml", "--today", "2026-01-31", "--dry-run")

    assert (check.code, check.out) == (
        0,
        "search\nno mistake found: 6 members, 4 boards, 8 scheduled commands\n",
    )
    assert capacity.code == 0, capacity.err
    assert plan.code == 0, plan.err
    assert "Search 18.10 Planning" in plan.out


def test_it_says_what_it_wrote_and_guessed_and_what_comes_next(story: Desk) -> None:
    assert result(init(story, "--format", "json")) == {
        "files": list(FILES),
        "guessed": [
            {"setting": setting, "values": values, "because": because}
            for setting, values, because in (
                ("label", ["group::search"], "the only label of its kind in the group"),
                ("name", ["Search"], "from the label"),
                ("engineering_manager", ["tomas.okafor"], "the only Maintainer or Owner in the group"),
                (
                    "product_manager",
                    ["mira.lindqvist"],
                    "wrote 27 of the team's 69 latest issues, is assigned to none",
                ),
                ("members", list(ENGINEERS), "assigned to the team's latest issues"),
                ("project", ["acme/search/planning"], "by its name"),
                ("pattern", [r"\d+\.\d+"], "7 of 7 milestones with dates are called so"),
                ("deliverable_label", ["Deliverable"], "by its name"),
                ("ready_label", ["workflow::ready for development"], "by its name"),
                ("in_progress_labels", ["workflow::in dev", "workflow::in review"], "by their names"),
                ("blocked_labels", ["workflow::blocked"], "by its name"),
                (
                    "planning-bot",
                    ["planning-bot/planning-bot"],
                    "for the pipeline: where planning-bot itself lies",
                ),
            )
        ],
        "missing": [],
        "next_steps": [
            "planning-bot check",
            "planning-bot doctor",
            "planning-bot create-issue --dry-run",
            COMMIT,
        ],
    }


def test_its_answer_is_what_the_schema_of_results_says(story: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    answer = init(story, "--format", "json").json
    cli.run(["schema", "--results"])
    schema = json.loads(capsys.readouterr().out)["properties"]["init"]

    (told,) = answer["teams"]
    jsonschema.validate(told["result"], schema)
    assert {key: told[key] for key in told if key not in {"result", "plan"}} == {
        "team": "search",
        "milestone": None,
        "outcome": None,
    }


def test_it_only_reads_and_asks_what_gitlab_documents(story: Desk) -> None:
    ran = init(story)

    assert ran.writes == []
    assert len(ran.reads) < 25
    if DOCUMENT.is_file():
        assert complaints(ran.reads) == []


def test_beside_the_configuration_stand_its_schema_an_empty_list_of_time_off_and_the_pipeline(story: Desk) -> None:
    init(story)

    assert written(story) == sorted(FILES)
    text = (story.folder / FILES[0]).read_text("utf-8")
    schema = json.loads((story.folder / FILES[1]).read_text("utf-8"))
    assert text.startswith("# yaml-language-server: $schema=planning-bot.schema.json\n")
    jsonschema.validate(yaml.safe_load(text), schema)
    assert (story.folder / FILES[2]).read_text("utf-8") == "username,from,to,share\n"
    pipeline = yaml.safe_load((story.folder / FILES[3]).read_text("utf-8"))
    assert pipeline == {
        "include": [
            {
                "component": "$CI_SERVER_FQDN/planning-bot/planning-bot/planning-bot@0.1.0",
                "inputs": {
                    "package": "git+https://$CI_SERVER_FQDN/planning-bot/planning-bot.git@0.1.0",
                    "config": "config/planning-bot.yml",
                },
            }
        ]
    }


def test_the_pipelines_inputs_are_those_that_the_component_takes(story: Desk) -> None:
    init(story)

    (included,) = yaml.safe_load((story.folder / ".gitlab-ci.yml").read_text("utf-8"))["include"]
    spec, _ = yaml.load_all((cli_templates() / "planning-bot.yml").read_text("utf-8"), _Lenient)
    assert included["inputs"].keys() <= spec["spec"]["inputs"].keys()
    needed = {name for name, rules in spec["spec"]["inputs"].items() if "default" not in (rules or {})}
    assert needed <= included["inputs"].keys()


class _Lenient(yaml.SafeLoader):
    """Reads GitLab's own tags as nothing."""


_Lenient.add_constructor("!reference", lambda _loader, _node: None)


def cli_templates() -> Path:
    from planning_bot.rendering.templates import shipped_templates  # noqa: PLC0415 - for this alone

    return shipped_templates()


def test_every_line_of_the_configuration_is_one_that_a_person_can_read(story: Desk) -> None:
    init(story)

    text = (story.folder / FILES[0]).read_text("utf-8")
    assert 'label: "group::search"  # the only label of its kind in the group' in text
    assert "engineering_manager: tomas.okafor  # the only Maintainer or Owner in the group" in text
    assert "roles: [backend]" in text
    assert max(len(line) for line in text.splitlines()) < 200
    assert text.isascii()


# ----------------------------------------------------------------------------------------------- what is given


def test_flags_go_before_guesses(story: Desk) -> None:
    answer = result(
        init(
            story, "--format", "json", "--label", "customer", "--name", "Search & Find", "--team", "find",
            "--product-manager", "dana.reyes", "--engineering-manager", "victor.hale", "--member", "ana.ferreira",
            "--member", "zed_1987", "--project", "acme/search/engine", "--milestone-pattern", r"18\.\d+",
            "--deliverable-label", "spike", "--ready-label", "security", "--in-progress-label", "backend",
            "--blocked-label", "frontend", "--channel", "#search", "--planning-bot", "acme/planning-bot",
        )
    )  # fmt: skip

    found = team(story)
    assert (found.key, found.name, found.gitlab.label) == ("find", "Search & Find", "customer")
    assert (found.product_manager, found.engineering_manager) == ("dana.reyes", "victor.hale")
    assert found.usernames == ("ana.ferreira", "zed_1987")
    assert (found.planning_issue.project, found.milestones.pattern) == ("acme/search/engine", r"18\.\d+")
    assert (found.deliverables.label, found.deliverables.ready_label) == ("spike", "security")
    assert (found.deliverables.in_progress_labels, found.deliverables.blocked_labels) == (("backend",), ("frontend",))
    assert (found.say_do.channel, found.status.channel) == ("#search", "#search")
    assert answer["guessed"] == []
    assert "$CI_SERVER_FQDN/acme/planning-bot/planning-bot@" in (story.folder / ".gitlab-ci.yml").read_text("utf-8")
    assert [gap["what"] for gap in answer["missing"]] == ["zed_1987 as a member of the group"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--member", "nobody"), "--member: there is no user 'nobody' on this GitLab"),
        (("--product-manager", "nobody"), "--product-manager: there is no user 'nobody' on this GitLab"),
        (("--project", "acme/none"), "--project: there is no project 'acme/none', or the token's user may not see it"),
        (("--member", "@ana"), "--member: write the username without the @: 'ana'"),
        (("--label", "a, b"), "--label: a label's name has no commas"),
        (("--milestone-pattern", "("), "--milestone-pattern: not a regular expression"),
        (("--name", " "), "--name: write text here; found an empty one"),
        (("--team", "a team"), "--team: a key has letters, digits"),
        (("--planning-bot", "nowhere"), "--planning-bot: write the path, such as gitlab-org/gitlab"),
        (("--url", "http://gitlab.example.com"), "--url: write https://"),
        (("--proxy", "nowhere"), "--proxy: write a whole address"),
        (("--group", "/acme/"), "--group: write the path, such as gitlab-org/ai-powered"),
        (("--name", "glpat-0123456789abcdef"), "--name: secrets come from the environment"),
    ],
)
def test_a_flag_that_makes_no_sense_is_named(story: Desk, given: tuple[str, str], told: str) -> None:
    ran = init(story, *given)

    assert ran.code == 2
    assert ran.err.splitlines()[-2 if "  → " in ran.err else -1].startswith(f"error: {told}")
    assert written(story) == []


def test_who_is_missing_without_a_terminal_is_named_by_flag(story: Desk) -> None:
    nothing = story.run("init", "--config", "config/planning-bot.yml")
    bare = init(story, group="bare")

    assert (nothing.code, bare.code) == (2, 2)
    assert nothing.err.startswith("error: --url, --group are needed: no terminal to ask at, and no guess\n")
    assert "error: --label, --member, --project are needed: no terminal to ask at, and no guess\n" in bare.err
    assert written(story) == []


def test_of_several_teams_none_is_guessed_and_all_are_named(story: Desk) -> None:
    story.box.gitlab.add_label(GROUP, "group::ranking")

    ran = init(story)

    assert ran.code == 2
    assert ran.err.splitlines()[-2:] == [
        "error: --label is needed: no terminal to ask at, and no guess",
        "  → labels of teams in acme: group::ranking, group::search",
    ]


# -------------------------------------------------------------------------------------------------- a bare group


def test_what_a_bare_group_lacks_is_left_out_and_told(story: Desk) -> None:
    answer = result(init(story, *BARE, "--format", "json", group="bare"))

    found = team(story)
    assert found.gitlab.label == "group::lab"
    assert found.boards["build"].lists == ()
    assert sorted(found.boards) == ["build", "planning"]
    assert found.planning_issue.labels == ()
    assert found.milestones.model_dump() == {
        "pattern": r"\d+\.\d+", "next_1_3": None, "next_4_6": None, "backlog": None, "awaiting_feedback": None,
    }  # fmt: skip
    assert (found.deliverables.label, found.deliverables.ready_label) == ("Deliverable", None)
    assert (found.deliverables.in_progress_labels, found.deliverables.blocked_labels) == ((), ())
    assert (found.close.missed_deliverable_label, found.close.exempt_labels) == (None, ())
    assert [gap["what"] for gap in answer["missing"]] == [
        "the label group::lab",
        "the label Deliverable",
        "a label for ready_label",
        "a label for in_progress_labels",
        "a label for blocked_labels",
        "a label for planning issues",
        "a milestone that starts after today",
        "a milestone for next_1_3, next_4_6, backlog, awaiting_feedback",
        "ana.ferreira as a member of the group",
    ]
    assert answer["next_steps"][1] == "planning-bot doctor --fix"
    assert story.run("check", "--config", "config/planning-bot.yml").code == 0


# ------------------------------------------------------------------------------------------------------- people


def test_bots_the_blocked_guests_and_the_tokens_own_user_are_no_engineers(story: Desk) -> None:
    gitlab = story.box.gitlab
    gitlab.add_group("crew")
    for username, level, bot in (
        ("renovate", 30, True), ("group_42_bot_0a1b", 30, False), ("blocked", 30, False), ("guest", 10, False),
        ("dev", 30, False), ("lead", 40, False),
    ):  # fmt: skip
        gitlab.add_user(username, bot=bot)
        gitlab.add_member("crew", username, access_level=level)
    gitlab.add_member("crew", BOT, access_level=30)
    gitlab.block_user("blocked")
    gitlab.add_label("crew", "group::crew")
    gitlab.add_project("crew/work")

    init(story, group="crew")

    found = team(story)
    assert (found.usernames, found.engineering_manager, found.product_manager) == (("dev",), "lead", None)


# --------------------------------------------------------------------------------------------------- the files


@pytest.mark.parametrize("there", FILES)
def test_a_file_that_is_there_is_never_overwritten_unasked(story: Desk, there: str) -> None:
    file = story.folder / there
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine\n", encoding="utf-8")

    ran = init(story)

    assert ran.code == 2
    assert f"error: {there} is there already; nothing was written\n" in ran.err
    assert (written(story), file.read_text("utf-8")) == ([there], "mine\n")


def test_every_file_that_is_there_is_named_before_anything_is_asked_of_the_server(story: Desk) -> None:
    init(story)
    before = {file: (story.folder / file).read_bytes() for file in FILES}

    ran = init(story)

    assert ran.err == (
        "error: config/planning-bot.yml, config/planning-bot.schema.json, .gitlab-ci.yml are there already;"
        " nothing was written\n"
        "  → --output names another place, --no-ci leaves .gitlab-ci.yml alone, --overwrite writes over them\n"
    )
    assert ran.requests == []
    assert before == {file: (story.folder / file).read_bytes() for file in FILES}


def test_with_overwrite_it_writes_over_all_but_time_off(story: Desk) -> None:
    init(story)
    (story.folder / FILES[0]).write_text("teams: {}\n", encoding="utf-8")
    (story.folder / FILES[2]).write_text("username,from,to\nana.ferreira,2026-02-16,2026-02-20\n", encoding="utf-8")

    assert init(story, "--overwrite").code == 0

    assert team(story).usernames == ENGINEERS
    assert "2026-02-20" in (story.folder / FILES[2]).read_text("utf-8")


def test_without_the_pipeline_that_file_is_left_alone(story: Desk) -> None:
    (story.folder / ".gitlab-ci.yml").write_text("mine: {}\n", encoding="utf-8")

    assert init(story, "--no-ci").code == 0

    assert (story.folder / ".gitlab-ci.yml").read_text("utf-8") == "mine: {}\n"


def test_output_may_be_a_folder_or_a_file_elsewhere(story: Desk) -> None:
    folder = init(story, "--output", "new", "--format", "json")
    file = init(story, "--output", "plans/team.yml", "--format", "json")

    assert result(folder)["files"] == [f"new/{name}" for name in FILES]
    assert result(folder)["next_steps"][0] == "planning-bot check --config new/config/planning-bot.yml"
    assert result(file)["files"] == [
        "plans/team.yml", "plans/planning-bot.schema.json", "plans/pto/search.csv", "plans/.gitlab-ci.yml",
    ]  # fmt: skip
    pipeline = yaml.safe_load((story.folder / "plans/.gitlab-ci.yml").read_text("utf-8"))
    assert pipeline["include"][0]["inputs"]["config"] == "team.yml"


def test_the_environment_names_the_place_as_for_every_command(story: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNING_BOT_CONFIG", "teams/ours.yml")

    ran = story.run("init", "--url", story.box.url, "--group", GROUP, "--output", "teams/ours.yml", "--format", "json")

    assert result(ran)["next_steps"][0] == "planning-bot check"


def test_a_certificate_authority_goes_into_the_file_by_its_place_beside_it(story: Desk) -> None:
    (story.folder / "ca.pem").touch()

    ran = init(story, "--ca-file", "ca.pem")

    assert ran.code == 0, ran.err
    assert load(story.folder / FILES[0]).gitlab.ca_file == "../ca.pem"


@pytest.mark.parametrize("blocked", ["config", "config/pto", "config/pto/search.csv", ".gitlab-ci.yml"])
def test_where_one_file_cannot_be_written_none_is(story: Desk, blocked: str) -> None:
    place = story.folder / blocked
    place.parent.mkdir(parents=True, exist_ok=True)
    if blocked in FILES:
        place.mkdir()
        (place / "something").touch()
    else:
        place.touch()
    before = written(story)

    ran = init(story, "--overwrite")

    assert ran.code == 2
    assert ran.err.splitlines()[-2].startswith(f"error: {blocked}")
    assert ran.err.splitlines()[-2].endswith("; nothing was written")
    assert written(story) == before


# ------------------------------------------------------------------------------------------- what goes wrong


def test_a_group_that_is_not_there_is_a_mistake_of_the_command_line(story: Desk) -> None:
    ran = init(story, "--format", "json", group="acme/none")

    assert ran.code == 2
    assert "there is no group 'acme/none', or the token's user may not see it" in ran.err
    assert (ran.json["teams"], ran.json["error"]["code"]) == ([], "usage")
    assert written(story) == []


def test_without_a_token_nothing_is_asked(story: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITLAB_TOKEN")

    ran = init(story)

    assert (ran.code, ran.requests) == (2, [])
    assert ran.err == f"error: GITLAB_TOKEN is not set\n  → export a token for {story.box.url} with the scope api\n"


def test_a_token_that_is_not_accepted_ends_it(story: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-revoked-long-ago")

    ran = init(story)

    assert ran.code == 1
    assert "GITLAB_TOKEN is not accepted" in ran.err
    assert written(story) == []


LISTS = ("/groups/acme$", "/labels", "/milestones", "/members", "/acme/projects", "/boards", "/user$")


@pytest.mark.parametrize(
    ("path", "kind"), [*((path, "403") for path in (*LISTS, "/issues", "/users/")), ("/boards", "404")]
)
def test_what_the_token_may_not_see_is_told_and_not_guessed(story: Desk, path: str, kind: str) -> None:
    story.box.fail(Fault(kind, path=path, times=None))

    ran = init(
        story, "--format", "json", "--label", "group::search", "--member", "ana.ferreira",
        "--project", "acme/search/planning",
    )  # fmt: skip

    unread = [gap for gap in result(ran)["missing"] if "could not be read" in gap["remedy"]]
    assert len(unread) == (path != "/users/")  # who is a bot is but a doubt
    assert story.run("check", "--config", "config/planning-bot.yml").code == 0


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *((path, "500") for path in LISTS),
        *(("/labels", kind) for kind in ("502-html", "reset-before", "truncated", "empty", "null", "html-200", "401")),
    ],
)
def test_what_the_server_failed_to_say_is_not_taken_for_nothing(story: Desk, path: str, kind: str) -> None:
    story.box.fail(Fault(kind, path=path, times=None))

    ran = init(story)

    assert ran.code == 1
    assert ran.err.count("error: ") == 1
    assert "Traceback" not in ran.err
    assert written(story) == []


@pytest.mark.parametrize("kind", ["500", "429", "truncated", "reset-before", "502-html"])
def test_a_passing_failure_is_survived(story: Desk, kind: str) -> None:
    story.box.fail(Fault(kind, path="/labels"))

    ran = init(story)

    assert ran.code == 0, ran.err


# ----------------------------------------------------------------------------------------------- at a terminal


ASKED = (
    "address of your GitLab", "group's path", "label of the team's issues", "team's name",
    "engineering manager's username", "product manager's username", "engineers' usernames",
    "project of the planning issues", "titles of milestones", "what the team commits to", "what can be started",
    "what is being worked on", "what is blocked", "Slack channel",
)  # fmt: skip


def questions(desk: Desk, **answers: str) -> list[tuple[str, str]]:
    """Give an answer for each question: the address, the group, and what is asked for by a word of the question."""
    known = {"address": desk.box.url, "path": GROUP, **answers}
    return [(asked, next((f"{known[word]}\n" for word in known if word in asked), "\n")) for asked in ASKED]


def test_at_a_terminal_enter_takes_what_looking_found(story: Desk) -> None:
    seen = at_a_terminal(["init", "--today", "2026-01-31"], questions(story), columns=120)

    assert seen.code == 0, seen.sent
    assert written(story) == sorted(FILES)
    asked = team(story)
    init(story, "--overwrite")
    assert asked == team(story)
    assert re.findall(r"^  (\S+) +\S+ +for the pipeline", seen.out, re.MULTILINE) == ["planning-bot"]
    assert seen.out.count("by its name") == 0
    assert "(the only label of its kind in the group) [group::search]: " in seen.sent


def test_at_a_terminal_answers_count_and_a_dash_is_nothing(story: Desk) -> None:
    answers = {"engineers'": "ana.ferreira @jonas.weber", "product": "-", "what is blocked": "-", "Slack": "#search"}

    seen = at_a_terminal(["init"], questions(story, **answers))

    assert seen.code == 0, seen.sent
    found = team(story)
    assert (found.usernames, found.product_manager) == (("ana.ferreira", "jonas.weber"), None)
    assert (found.deliverables.blocked_labels, found.say_do.channel) == ((), "#search")


def test_at_a_terminal_what_is_wrong_is_asked_again(story: Desk) -> None:
    asked = questions(story, **{"engineers'": "nobody"})
    at = ASKED.index("engineers' usernames")
    asked[at + 1 : at + 1] = [("there is no user 'nobody'", "ana.ferreira\n")]

    seen = at_a_terminal(["init"], asked)

    assert seen.code == 0, seen.sent
    assert team(story).usernames == ("ana.ferreira",)


def test_at_a_terminal_what_flags_say_is_not_asked(story: Desk) -> None:
    line = ["init", "--url", story.box.url, "--group", GROUP, "--label", "group::search", "--member", "ana.ferreira"]

    seen = at_a_terminal(line, [(asked, answer) for asked, answer in questions(story) if asked not in seen_by(line)])

    assert seen.code == 0, seen.sent
    assert team(story).usernames == ("ana.ferreira",)


def seen_by(line: list[str]) -> set[str]:
    words = {"--url": ASKED[0], "--group": ASKED[1], "--label": ASKED[2], "--member": ASKED[6]}
    return {words[flag] for flag in line if flag in words}


@pytest.mark.parametrize("at", [0, 6, 13])
def test_at_a_terminal_ctrl_c_writes_nothing(story: Desk, at: int) -> None:
    asked = [*questions(story)[:at], (ASKED[at], "\x03")]

    seen = at_a_terminal(["init"], asked)

    assert (seen.code, written(story)) == (130, [])


def test_in_another_format_nothing_is_asked(story: Desk) -> None:
    seen = at_a_terminal(["init", "--format", "json", "--url", story.box.url, "--group", GROUP])

    assert seen.code == 0, seen.sent
    assert json.loads(seen.out)["teams"][0]["team"] == "search"


def test_the_commands_that_come_next_can_be_typed_as_they_stand(story: Desk) -> None:
    answer = result(init(story, "--output", "a folder", "--format", "json"))

    check = shlex.split(answer["next_steps"][0])
    done = subprocess.run(  # noqa: S603 - ours
        [*check_program(), *check[1:]], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert (check[0], done.returncode) == ("planning-bot", 0), done.stderr


def check_program() -> list[str]:
    from tests.support import PROGRAM  # noqa: PLC0415 - for this alone

    return PROGRAM
