"""Texts that come in another way: by a refusal, the configuration, the command line, time off, a record."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from google.auth import _exponential_backoff

from planning_bot.rendering.escaping import plain
from planning_bot.sandbox import Fault, faults
from tests.commands.team_files import SHEET, key_file, settings
from tests.promises.hostile_texts import EVERY, LONG, SURROGATES
from tests.promises.hostile_world import written
from tests.promises.test_hostile_text import FORMS, UNSEEN, harmless_at_a_terminal
from tests.support import CONFIG, Desk

if TYPE_CHECKING:
    from tests.promises.conftest import Tally

ONE_LINE = [re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text).strip() for text in EVERY]


@pytest.mark.parametrize("kind", ["401", "403", "404", "409", "500", "503", "429-bare", "html-200"])
def test_nothing_of_a_servers_refusal_is_repeated(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tally: Tally, kind: str
) -> None:
    body = json.dumps({"message": EVERY, "error": " ".join(EVERY), "error_description": list(LONG.values())[3]})
    monkeypatch.setitem(faults.INSTEAD, kind, replace(faults.INSTEAD[kind], body=body))
    for method in ("GET", "POST"):
        desk.box.heal()
        desk.box.fail(Fault(kind, method=method, times=None))
        for form in FORMS:
            ran = desk.run("create-issue", "--apply", "--format", form, "-vv")
            assert ran.code in {1, 4}, ran.err
            harmless_at_a_terminal(ran)
            assert "evil" not in ran.out + ran.err
            tally("refusals full of hostile texts")


def test_a_configuration_of_hostile_keys_and_values_is_told_line_by_line(desk: Desk) -> None:
    team = {
        "gitlab": {"group": "acme", "label": "x"},
        "members": [{"username": "ana"}],
        "planning_issue": {"project": "a/b"},
    }
    keys = dict.fromkeys(EVERY, 1)
    values = {
        "timezone": EVERY[3],
        "product_manager": EVERY[9],
        "milestones": {"pattern": "[" * 200},
        "members": list(EVERY),
    }
    for changed in (
        {**team, **keys},
        {**team, **values},
        {**team, "counterparts": dict.fromkeys(EVERY, "@all")},
        {**team, "name": SURROGATES[0]},
    ):
        content = {"gitlab": {"url": desk.box.url}, "teams": {"search": changed}}
        desk.config.write_text(written(content), encoding="utf-8")
        ran = desk.run("check", "--format", "text")
        assert ran.code == 2
        harmless_at_a_terminal(ran)
        told = [line for line in ran.err.split("\n") if line.strip()]
        assert len(told) > 1
        strange = [line for line in told[:-3] if not re.match(r".*planning-bot\.yml:\d+:\d+: |\s", line)]
        assert strange == []


@pytest.mark.parametrize("option", ["--milestone", "--team", "--today", "--adopt", "--config", "--format"])
def test_what_was_typed_is_repeated_harmlessly(desk: Desk, tally: Tally, option: str) -> None:
    for text in (*EVERY[::6], *SURROGATES):
        ran = desk.run("create-issue", f"{option}={text}", "--dry-run")
        assert ran.code in {1, 2} or not text.strip(), (text, ran.err)
        harmless_at_a_terminal(ran)
        (ran.out + ran.err).encode()
        tally("hostile arguments")


def test_usernames_of_time_off_are_told_as_notices_and_are_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file(desk)))
    monkeypatch.setattr(_exponential_backoff, "time", desk.clock)
    names = [text for text in dict.fromkeys(ONE_LINE) if plain(text).strip("@ ")]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    lines = ["username,from,to", *(f"{name},2026-02-16,2026-02-16" for name in quoted)]
    (desk.folder / "pto.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [["username", "from", "to"], *([name, "2026-02-16", "2026-02-16"] for name in names)]
    desk.box.sheets.add(SHEET, {"PTO": rows})
    events = [
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260217\r\nSUMMARY:{_escaped(name)}\r\n"
        f"ATTENDEE;CN=x:mailto:{re.sub('[^!-~]', '', name)}@example.com\r\nEND:VEVENT\r\n"
        for n, name in enumerate(names)
    ]
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{''.join(events)}END:VCALENDAR\r\n"
    (desk.folder / "pto.ics").write_text(calendar, encoding="utf-8", newline="")
    settings(desk, capacity={"pto": [{"csv": "pto.csv"}, {"ics": "pto.ics"}, {"sheet": {"key": SHEET, "tab": "PTO"}}]})
    assert desk.run("create-issue", "--apply").code == 0
    for form in FORMS:
        ran = desk.run("capacity", "--apply", "--format", form, "-vv")
        assert ran.code == 0, ran.err
        harmless_at_a_terminal(ran)
    (team,) = desk.run("capacity", "--dry-run", "--format", "json").json["teams"]
    assert {member["username"]: member["pto_days"] for member in team["result"]["members"]} == {"ana": 0, "kenji": 0}
    assert len(team["plan"]["notices"]) > 0
    page = desk.box.gitlab.issue("acme/search/planning", 1)["description"]
    assert UNSEEN.findall(page) == []
    assert "evil" not in page
    for _ in names:
        tally("names of time off")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")


def test_what_a_trusted_author_writes_into_a_record_is_no_more_than_numbers(desk: Desk) -> None:
    assert desk.run("create-issue", "--apply").code == 0
    marker = f"<!-- planning-bot: record team=search milestone={desk.box.gitlab.milestone_id('acme', '18.10')} -->"
    names = {text: {"available_days": 1e308, "capacity_weight": -1e308} for text in EVERY}
    data = {"capacity": {"on": "2026-01-30", "members": names, "pto_days": 1e308}, "commitment": list(EVERY)}
    safe = json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")
    desk.box.gitlab.add_note("acme/search/planning", 1, "mira", f"{marker}\n\n<!-- planning-bot:data {safe} -->")
    desk.configure(CONFIG)
    desk.box.gitlab.executed_quick_actions.clear()
    for form in FORMS:
        ran = desk.run("capacity", "--apply", "--force", "--format", form)
        assert ran.code == 0, ran.err
        harmless_at_a_terminal(ran)
    page = desk.box.gitlab.issue("acme/search/planning", 1)["description"]
    assert UNSEEN.findall(page) == []
    assert desk.box.gitlab.executed_quick_actions == []
