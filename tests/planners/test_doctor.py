"""The decisions of `doctor`, from facts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.access import Account, Bot, Channel, Membership, Place, Token
from planning_bot.domain.change import CreateLabel
from planning_bot.domain.checkup import Checkup, GitLabFacts, Inside, Key, SlackFacts
from planning_bot.domain.doctor import Checked, DoctorResult, Finding, Unchecked
from planning_bot.errors import ServerError
from planning_bot.planners.doctor import color_of, diagnose, plan_fix
from planning_bot.planners.doctor_access import find_token
from planning_bot.planners.doctor_labels import NamedLabel, named_labels
from planning_bot.planners.doctor_people import people_of
from planning_bot.planners.doctor_servers import find_slack
from tests.builders import BOT, EM, GROUP, PM, PROJECT, TODAY, PlainWords, board, label, milestone, team

ME = Account(1, BOT)
KEY = Key(Token(frozenset({"api"})), ME)
PEOPLE = {name: Account(number, name) for number, name in enumerate(("ana", "kenji", PM, EM), 2)}
TITLES = ("18.8", "18.9", "18.10", "18.11", "Next 1-3 releases", "Next 4-6 releases", "Backlog",
          "Awaiting Customer Feedback")  # fmt: skip
DOWN = ServerError("https://gitlab.test does not answer", "check the network")


def inside(**parts: Any) -> Inside:
    names = [named.name for named in named_labels(team())]
    whole = Inside(
        milestones=tuple(milestone(title) for title in TITLES),
        boards=(),
        roles={1: Membership(40), **{account.id: Membership(30) for account in PEOPLE.values()}},
        labels={name: label(name) for name in names},
        scoped_boards=True,
    )
    return replace(whole, **parts)


def facts(**parts: Any) -> GitLabFacts:
    whole = GitLabFacts(
        key=KEY,
        group=Place(GROUP, "private"),
        project=Place(PROJECT, "private"),
        people=PEOPLE,
        project_roles={1: Membership(40)},
        inside=inside(),
    )
    return replace(whole, **parts)


def found(today: date = TODAY, **parts: Any) -> DoctorResult:
    return diagnose(team(), Checkup(facts(**parts)), today, PlainWords())


def kinds(result: DoctorResult) -> list[tuple[str, str]]:
    return [(finding.kind, finding.target) for finding in result.findings]


def test_where_all_is_well_nothing_is_found() -> None:
    result = found()

    assert (result.findings, result.unchecked) == ((), ())
    assert [one.target for one in result.checked] == [
        "token", f"group {GROUP}", f"project {PROJECT}", "people", "labels", "the current milestone",
        "the next milestone", "milestones without dates", f"plan of {GROUP}",
    ]  # fmt: skip


# The token


@pytest.mark.parametrize(
    ("days", "said"),
    [(31, None), (30, "in 30 days"), (2, "in 2 days"), (1, "in 1 day"), (0, "in 0 days")],
)
def test_a_token_is_to_be_renewed_from_thirty_days_before_its_end_on(days: int, said: str | None) -> None:
    ends = TODAY + timedelta(days=days)
    (verdict,) = find_token(Key(Token(frozenset({"api"}), ends), ME), TODAY)

    if said is None:
        assert verdict == Checked("gitlab", "token", f"of {BOT}, with the scope api, until {ends}")
    else:
        assert isinstance(verdict, Finding)
        assert (verdict.kind, verdict.because) == ("token_expires", f"it stops working on {ends}, {said}")


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_token_that_tells_nothing_of_itself_is_a_note(status: int) -> None:
    (verdict,) = find_token(Key(ServerError("no", status=status), ME), TODAY)

    assert isinstance(verdict, Finding)
    assert (verdict.kind, verdict.severity) == ("token_untold", "note")


def test_a_token_without_an_end_is_good() -> None:
    assert list(find_token(KEY, TODAY)) == [Checked("gitlab", "token", f"of {BOT}, with the scope api, without an end")]


@pytest.mark.parametrize(
    ("level", "is_enough"), [(0, False), (5, False), (10, False), (15, True), (20, True), (30, True), (50, True)]
)
def test_planner_is_the_least_role_that_is_enough(level: int, *, is_enough: bool) -> None:
    roles = {1: Membership(level), **{account.id: Membership(30) for account in PEOPLE.values()}}

    result = found(inside=inside(roles=roles))

    assert kinds(result) == ([] if is_enough else [("role", f"group {GROUP}")])


def test_an_administrator_needs_no_role() -> None:
    roles = {account.id: Membership(30) for account in PEOPLE.values()}
    key = Key(KEY.token, replace(ME, is_admin=True))

    result = found(key=key, project_roles={}, inside=inside(roles=roles))

    assert result.findings == ()
    assert Checked("gitlab", f"group {GROUP}", f"private; {BOT} is an administrator") in result.checked


# What cannot be read


def test_a_gitlab_that_does_not_answer_is_one_finding() -> None:
    result = diagnose(team(), Checkup(DOWN), TODAY, PlainWords())

    assert result == DoctorResult(
        (Finding("gitlab", "unreadable", "GitLab", DOWN.message, DOWN.hint),),
        (),
        (Unchecked("gitlab", "all that is there", "GitLab could not be asked"),),
    )


def test_a_group_that_cannot_be_read_is_one_finding_too() -> None:
    missing = ServerError(f"group {GROUP!r} does not exist", "check the name", status=404)

    result = found(group=missing, inside=None)

    assert kinds(result) == [("unreadable", f"group {GROUP}")]
    assert result.unchecked == (Unchecked("gitlab", "labels, milestones and boards", f"{GROUP} could not be read"),)


def test_what_fails_for_one_reason_is_told_once() -> None:
    failing = inside(milestones=DOWN, boards=DOWN, scoped_boards=DOWN, roles=DOWN)

    result = found(inside=failing)

    assert kinds(result) == [("unreadable", f"members of {GROUP}")]
    assert {one.target for one in result.unchecked} == {"members", "milestones", f"plan of {GROUP}", "boards"}


# Labels


def test_a_label_is_named_once_with_every_key_and_what_is_written_has_to_be_there() -> None:
    named = {one.name: one for one in named_labels(team())}

    assert named["workflow::in dev"] == NamedLabel("workflow::in dev", ("boards.build.lists",), is_needed=True)
    assert named["group::search"].keys[:2] == ("gitlab.label", "boards.planning.labels")
    assert named["Deliverable"].keys == ("deliverables.label", "boards.build.labels")
    assert named["spike"] == NamedLabel("spike", ("weights.spike_label",), is_needed=False, is_default=True)
    assert "missed:{{ milestone.title }}" not in named


def test_a_label_that_somebody_chose_is_a_finding_and_one_of_a_default_is_a_note() -> None:
    own = team(deliverables={"preference": ["planning priority", "urgent"]}, close={"missed_deliverable_label": None})
    labels = {named.name: label(named.name) for named in named_labels(own)}
    gone = inside(labels={**labels, "urgent": None, "planning priority": None})

    result = diagnose(own, Checkup(facts(inside=gone)), TODAY, PlainWords())

    assert [(f.kind, f.target, f.severity) for f in result.findings] == [
        ("label_unknown", "label planning priority", "note"),
        ("label_unknown", "label urgent", "finding"),
    ]


def test_the_fix_creates_what_has_to_be_there_in_the_teams_group() -> None:
    labels = inside().labels
    gone = inside(labels={**labels, "Deliverable": None, "workflow::in dev": None, "spike": None})
    result = found(inside=gone)

    changes = plan_fix(team(), result).changes

    assert [(type(change), change.target) for change in changes] == [
        (CreateLabel, f"{GROUP}: Deliverable"),
        (CreateLabel, f"{GROUP}: workflow::in dev"),
    ]
    assert plan_fix(team(), found()).changes == ()


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_labels_of_one_scope_have_one_colour(scope: str, one: str, other: str) -> None:
    one, other = one.replace(":", ""), other.replace(":", "")

    assert color_of(f"{scope}::{one}") == color_of(f"{scope}::{other}")
    assert color_of(one) == color_of(other) == "#6699CC"


# Milestones and boards


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 1, 31), []),
        (date(2025, 12, 12), ["the current milestone"]),  # the day before the first of them
        (date(2026, 4, 10), ["the next milestone"]),  # the last day of the last
        (date(2026, 4, 11), ["the current milestone", "the next milestone"]),
    ],
)
def test_a_milestone_that_is_needed_and_is_not_there(today: date, missing: list[str]) -> None:
    assert kinds(found(today)) == [("milestone_missing", target) for target in missing]


@pytest.mark.parametrize(("today", "expected"), [(TODAY, ["milestone 18.11"]), (date(2026, 4, 12), [])])
def test_dates_that_differ_from_the_others_are_told_while_they_can_be_corrected(
    today: date, expected: list[str]
) -> None:
    odd = replace(milestone("18.11"), due_on=date(2026, 4, 11))
    several = inside(milestones=(*(milestone(title) for title in (*TITLES, "19.0", "19.2") if title != "18.11"), odd))

    result = found(today, inside=several)

    assert [one.target for one in result.findings if one.kind == "release_rule"] == expected


def test_milestones_that_a_team_does_not_have_are_not_missed() -> None:
    without = team(milestones={"next_1_3": None, "next_4_6": None, "backlog": None, "awaiting_feedback": None})
    few = inside(milestones=tuple(milestone(title) for title in ("18.9", "18.10")))

    assert diagnose(without, Checkup(facts(inside=few)), TODAY, PlainWords()).findings == ()


def test_boards_of_milestones_long_gone_are_told_by_their_names() -> None:
    names = ("Search: Planning 18.8", "Search: Build 18.8", "Search: Next 1-3 releases", "Planning 18.8")
    there = inside(boards=tuple(board(name, number) for number, name in enumerate(names, 1)))

    assert "old_boards" not in dict(kinds(found(date(2026, 4, 9), inside=there)))
    (old,) = (one for one in found(date(2026, 4, 10), inside=there).findings if one.kind == "old_boards")
    assert old.severity == "note"
    assert "2 boards of milestones that ended more than 90 days ago: Search: Planning 18.8, Search: Build 18.8" in (
        old.because
    )


def test_a_board_that_is_called_the_same_for_every_milestone_is_never_old() -> None:
    static = team(boards={"planning": {"name": "The milestone"}})
    there = inside(boards=(board("The milestone"),))

    result = diagnose(static, Checkup(facts(inside=there)), date(2026, 4, 10), PlainWords())

    assert "old_boards" not in dict(kinds(result))


@pytest.mark.parametrize(("has", "expected"), [(True, []), (False, [("board_tier", f"plan of {GROUP}")]), (None, [])])
def test_a_plan_without_several_boards_is_found_where_it_shows(*, has: bool | None, expected: list[object]) -> None:
    assert kinds(found(inside=inside(scoped_boards=has))) == expected


def test_one_board_without_a_scope_needs_no_plan() -> None:
    keys = ("planning", "build", "next_4_6")
    one = team(boards={**dict.fromkeys(keys), "next_1_3": {"name": "Next", "milestone": None, "labels": []}})

    result = diagnose(one, Checkup(facts(inside=inside(scoped_boards=False))), TODAY, PlainWords())

    assert result.findings == ()


# People


def test_everybody_is_named_once_by_the_first_key() -> None:
    several = team(counterparts={"Designer": "dana", "Test engineer": "ANA"}, engineering_manager="kenji")

    assert people_of(several) == {
        "ana": "members", "kenji": "members", PM: "product_manager", "dana": "counterparts.Designer",
    }  # fmt: skip


# Slack


@pytest.mark.parametrize(
    ("scopes", "is_private", "missing"),
    [
        ({"chat:write", "channels:read", "channels:history"}, False, ""),
        ({"chat:write", "groups:read", "groups:history"}, True, ""),
        ({"channels:read", "channels:history"}, False, "chat:write"),
        ({"chat:write", "channels:read", "channels:history"}, True, "groups:read, groups:history"),
        ({"chat:write", "groups:read", "groups:history"}, False, "channels:read, channels:history"),
    ],
)
def test_a_private_channel_needs_scopes_of_its_own(scopes: set[str], *, is_private: bool, missing: str) -> None:
    channel = Channel("C1", "team-search", is_member=True, is_private=is_private)
    seen = SlackFacts(Bot(BOT, frozenset({*scopes, "files:write"})), {"team-search": channel})

    said = [verdict.because for verdict in find_slack(team(), seen) if isinstance(verdict, Finding)]

    assert said == ([f"it lacks {missing}: messages cannot be posted, or not be found again"] if missing else [])


def test_scopes_that_slack_does_not_tell_are_not_missed() -> None:
    seen = SlackFacts(Bot(BOT), {"team-search": Channel("C1", "team-search", is_member=True)})

    assert [type(verdict) for verdict in find_slack(team(), seen)] == [Checked, Checked]
