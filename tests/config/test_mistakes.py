"""Each class of mistake: where it is, and what to write instead."""

from __future__ import annotations

import pytest

from planning_bot.config.secret_words import ADVICE

from .files import REQUIRED, parsed, problems, problems_with

NAMES = "there are team.key, team.name, milestone.title, milestone.start_date, milestone.due_date"
NO_PROGRAM = "a title holds text, {{ values }} and filters, and nothing else of Jinja2"
MAP = "write a map here, 'key: value' line by line"
WHOLE = "write a whole number, such as 3, without quotes"
NUMBER = "write a number, such as 0.5, without quotes"
MOMENT = "write a day such as 'start - 14', 'due + 1' or 'weekly monday'"
PATH = "write the path, such as gitlab-org/gitlab, without an address or slashes around it"
SOURCE = "write one source here: csv, ics or sheet, such as 'csv: pto/team.csv'"
TOO_LONG = "x" * 256


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("wieghts: {}", "12:5: wieghts: unknown key 'wieghts'; did you mean 'weights'?"),
        (
            "weights: {x: 1}",
            "12:15: weights.x: unknown key 'x'; there are days_per_weight, largest, spike_label, unweighted_labels",
        ),
        ("key: me", "12:5: key: unknown key 'key'; the team's key is the word before its settings"),
        ("say_do: {headline: handbok}", "12:24: say_do.headline: unknown variant 'handbok'; did you mean 'handbook'?"),
        ("capacity: {formula: x}", "12:25: capacity.formula: unknown formula 'x'; write one of days, budget, velocity"),
        ("close: {unfinished: nxt}", "12:25: close.unfinished: unknown choice 'nxt'; did you mean 'next'?"),
        ("deliverables: {overflow: sty}", "12:30: deliverables.overflow: unknown choice 'sty'; did you mean 'stay'?"),
        (
            "deliverables: {order: [wight]}",
            "12:28: deliverables.order[0]: unknown order 'wight'; did you mean 'weight'?",
        ),
        (
            "deliverables: {order: [board, board]}",
            "12:35: deliverables.order[1]: 'board' stands here twice; keep the first",
        ),
        (
            "schedule: {craete-issue: start}",
            "12:16: schedule.craete-issue: unknown command 'craete-issue'; did you mean 'create-issue'?",
        ),
    ],
)
def test_words_that_the_program_does_not_know(setting: str, problem: str) -> None:
    assert problems_with(setting) == [problem]


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("weights: null", f"12:14: weights: {MAP}; found null"),
        ("weights: [a]", f"12:14: weights: {MAP}; found a list"),
        ("boards: []", f"12:13: boards: {MAP}; found a list"),
        ("boards: {build: x}", f"12:21: boards.build: {MAP}; found x"),
        ("counterparts: x", f"12:19: counterparts: {MAP}; found x"),
        ("capacity: {rotations: x}", "12:27: capacity.rotations: write a list here, such as [a, b]; found x"),
        ("name: [a]", "12:11: name: write text here; found a list"),
        ("name: {a: b}", "12:11: name: write text here; found a map"),
        ("name: null", "12:11: name: write text here; found null"),
        ("name: ' '", "12:11: name: write text here; found an empty one"),
        ('name: "a\\tb"', "12:11: name: write one line without control characters; found 'a\\tb'"),
        ('name: "\\ud800"', "12:11: name: write one line without control characters; found '\\ud800'"),
        ("weights: {largest: 3.0}", f"12:24: weights.largest: {WHOLE}; found 3.0"),
        ("weights: {largest: '3'}", f"12:24: weights.largest: {WHOLE}; found '3'"),
        ("weights: {largest: 0x1F}", f"12:24: weights.largest: {WHOLE}; found 0x1F"),
        ("weights: {largest: 1_000}", f"12:24: weights.largest: {WHOLE}; found 1_000"),
        ("weights: {largest: 1:30}", f"12:24: weights.largest: {WHOLE}; found 1:30"),
        ("weights: {largest: null}", f"12:24: weights.largest: {WHOLE}; found null"),
        ("weights: {largest: true}", f"12:24: weights.largest: {WHOLE}; found true"),
        ("capacity: {budget: .nan}", f"12:24: capacity.budget: {NUMBER}; found .nan"),
        ("capacity: {budget: inf}", f"12:24: capacity.budget: {NUMBER}; found inf"),
        ("capacity: {budget: 1e3}", f"12:24: capacity.budget: {NUMBER}; found 1e3"),
        ("capacity: {budget: '5'}", f"12:24: capacity.budget: {NUMBER}; found '5'"),
        ("capacity: {holidays: yes}", "12:26: capacity.holidays: write true or false, without quotes; found yes"),
        ("capacity: {holidays: on}", "12:26: capacity.holidays: write true or false, without quotes; found on"),
        ("capacity: {holidays: 'true'}", "12:26: capacity.holidays: write true or false, without quotes; found 'true'"),
        ("capacity: {days_off: [2024-1-1]}", "12:27: capacity.days_off[0]: write a date as YYYY-MM-DD; found 2024-1-1"),
        ("capacity: {days_off: [20241223]}", "12:27: capacity.days_off[0]: write a date as YYYY-MM-DD; found 20241223"),
        ("capacity: {days_off: [2024-02-30]}", "12:27: capacity.days_off[0]: no such day: 2024-02-30"),
        ("capacity: {pto: [x]}", f"12:22: capacity.pto[0]: {SOURCE}"),
        ("capacity: {pto: [{csv: a, ics: b}]}", f"12:22: capacity.pto[0]: {SOURCE}"),
        ("capacity: {pto: [{sheet: {key: a}}]}", "12:23: capacity.pto[0].sheet.tab: is missing; the tab's name"),
        ("capacity: {sheet: {tab: x}}", "12:16: capacity.sheet.key: is missing; the key in the Sheet's address"),
        ("boards: {extra: {lists: []}}", "12:14: boards.extra.name: is missing; template of its name"),
    ],
)
def test_values_of_another_type(setting: str, problem: str) -> None:
    assert problems_with(setting) == [problem]


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("weights: {largest: 0}", "12:24: weights.largest: write a positive number; found 0"),
        (
            "weights: {days_per_weight: 0}",
            "12:32: weights.days_per_weight: write a number of days above 0; found 0",
        ),
        ("capacity: {budget: -1}", "12:24: capacity.budget: write 0 or a positive number; found -1"),
        ("capacity: {velocity_milestones: 0}", "12:37: capacity.velocity_milestones: write a positive number; found 0"),
        ("capacity: {buffer: 15}", "12:24: capacity.buffer: write a share from 0 to 1, such as 0.5; found 15"),
        ("say_do: {commit_day: -1}", "12:26: say_do.commit_day: write 0 or a positive number; found -1"),
        ("limits: {max_changes: -1}", "12:27: limits.max_changes: write 0 or a positive number; found -1"),
        ("limits: {max_shrink: 1.5}", "12:26: limits.max_shrink: write a share from 0 to 1, such as 0.5; found 1.5"),
        (
            "deliverables: {type_mix: {bug: -5}}",
            "12:36: deliverables.type_mix.bug: write a percentage from 0 to 100; found -5",
        ),
        (
            "deliverables: {type_mix: {bug: 60, feature: 50}}",
            "12:30: deliverables.type_mix: the percentages add up to 110; write at most 100 in all",
        ),
        ("name: x\n    timezone: CET1", "13:15: timezone: unknown time zone 'CET1'; did you mean 'CET'?"),
        (
            "timezone: Europe/Amsterdm",
            "12:15: timezone: unknown time zone 'Europe/Amsterdm'; did you mean 'Europe/Amsterdam'?",
        ),
        (
            "timezone: ../etc/passwd",
            "12:15: timezone: unknown time zone '../etc/passwd'; write one such as Europe/Amsterdam",
        ),
        ("product_manager: '@me'", "12:22: product_manager: write the username without the @: 'me'"),
        (
            "product_manager: a b",
            "12:22: product_manager: not a GitLab username: 'a b'; it has letters, digits, '_', '.' and '-'",
        ),
        (
            "milestones: {pattern: '('}",
            ("12:27: milestones.pattern: not a regular expression: missing ), unterminated subpattern at position 0"),
        ),
        (
            f"milestones: {{pattern: {TOO_LONG}}}",
            "12:27: milestones.pattern: write at most 200 characters; found 256",
        ),
        (
            "boards: {build: {labels: ['a,b']}}",
            (
                "12:31: boards.build.labels[0]: a label's name has no commas;"
                " write each label as an item of its own; found 'a,b'"
            ),
        ),
        ("close: {missed_label: 'a,b'}", "12:27: close.missed_label: a label's name has no commas; found 'a,b'"),
        ("boards: {a b: {name: x}}", "12:14: boards.a b: a key has letters, digits, '-', '_' and '.'; found 'a b'"),
        (
            "schedule: {close: due}",
            "12:23: schedule.close: close is for a milestone that has ended: write due + 1 or later, not due",
        ),
        (
            "schedule: {say-do: start}",
            "12:24: schedule.say-do: say-do is for a milestone that has ended: write due + 1 or later, not start",
        ),
        (
            "schedule: {capacity: start + 3}",
            "12:26: schedule.capacity: capacity is of no use after the freeze (start + 2): write an earlier day",
        ),
        (
            "schedule: {status: due + 1}",
            "12:24: schedule.status: status is of no use after a milestone's due date: write an earlier day",
        ),
        ("schedule: {close: due + 367}", f"12:23: schedule.close: {MOMENT}; found due + 367"),
        (
            "schedule: {close: weekly mondy}",
            "12:23: schedule.close: unknown day of the week 'mondy'; did you mean 'monday'?",
        ),
        (
            "capacity: {rotations: [{label: Support, username: me, from: 2024-12-02, to: 2024-12-03}]}",
            "12:55: capacity.rotations[0].username: 'me' is no member of this team",
        ),
        (
            "capacity: {rotations: [{label: On call, username: eduardobonet, from: 2024-12-02, to: 2024-12-01}]}",
            "12:91: capacity.rotations[0].to: 2024-12-01 is before 'from' (2024-12-02); write a day on or after it",
        ),
        (
            "capacity: {pto: [{ics: {host: https://cal.example.com, url_from: CALENDAR}}]}",
            (
                "12:35: capacity.pto[0].ics.host: write the host alone, such as calendar.example.com,"
                " without https:// or a path"
            ),
        ),
        (
            "capacity: {pto: [{ics: {host: cal.example.com, url_from: https://x}}]}",
            (
                "12:62: capacity.pto[0].ics.url_from: write the name of an environment variable, such as TEAM_CALENDAR;"
                " the address stays out of the file"
            ),
        ),
        (
            "capacity: {pto: [{ics: http://cal.example.com/a.ics}]}",
            "12:28: capacity.pto[0].ics: write https://; http is for this machine alone (127.0.0.1, ::1, localhost)",
        ),
    ],
)
def test_values_that_make_no_sense(setting: str, problem: str) -> None:
    assert problems_with(setting) == [problem]


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("{{ milestone.titel }}", "unknown name 'milestone.titel'; did you mean 'milestone.title'?"),
        ("{{ milestone['titel'] }}", "unknown name 'milestone.titel'; did you mean 'milestone.title'?"),
        ("{{ milestone.__class__ }}", "unknown name 'milestone.__class__'; did you mean 'milestone.due_date'?"),
        ("{{ sprint }}", f"unknown name 'sprint'; {NAMES}"),
        ("{{ team }}", f"'team' is no value by itself; {NAMES}"),
        ("{{ team.name | uper }}", "unknown filter 'uper'; did you mean 'upper'?"),
        ("{{ 9**9**9 }}", NO_PROGRAM),
        ("{{ team.name * 9 }}", NO_PROGRAM),
        ("{{ team.name.format() }}", NO_PROGRAM),
        ("{% for a in team.name %}{% endfor %}", NO_PROGRAM),
        ("{{ team.name", "not a Jinja2 template: unexpected end of template, expected 'end of print statement'."),
        ("{{ " + "(" * 240 + " }}", "not a Jinja2 template: too many brackets in one another"),
        (TOO_LONG, "write at most 255 characters; found 256"),
    ],
)
def test_templates_of_one_line(title: str, problem: str) -> None:
    assert problems_with(f'boards: {{build: {{name: "{title}"}}}}') == [f"12:28: boards.build.name: {problem}"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://gitlab.com", "write https://; http is for this machine alone (127.0.0.1, ::1, localhost)"),
        ("http://127.0.0.1.example.com", "write https://; http is for this machine alone (127.0.0.1, ::1, localhost)"),
        (
            "https://me:word@gitlab.com",
            "an address holds no user and no password here; secrets come from the environment",
        ),
        ("https://gitlab.com/?a=b", "write the address without what follows '?' or '#'"),
        ("https://gitlab.com/#a", "write the address without what follows '?' or '#'"),
        ("gitlab.com", "write a whole address, such as https://gitlab.example.com"),
        ("ftp://gitlab.com", "write a whole address, such as https://gitlab.example.com"),
        ("https://[", "write a whole address, such as https://gitlab.example.com"),
        ("https://gitlab.com:99999", "write a whole address, such as https://gitlab.example.com"),
        ("https://gitlab.com\\@evil.com", "write a whole address, such as https://gitlab.example.com"),
    ],
)
def test_addresses_that_are_not_safe(url: str, problem: str) -> None:
    assert problems(REQUIRED.replace("https://gitlab.com", url)) == [f"2:8: gitlab.url: {problem}"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2:8080", "http://localhost:1", "http://[::1]:3", "https://host/gitlab"]
)
def test_addresses_that_are(url: str) -> None:
    assert parsed(REQUIRED.replace("https://gitlab.com", url)).gitlab.url == url


LABEL = '"group::custom models"'
PROJECT = "gitlab-org/custom-models"
MEMBER = "      - username: eduardobonet"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "      group: gitlab-org\n",
            "",
            (
                "5:5: teams.custom-models.gitlab.group: is missing;"
                " the group whose issues, milestones, labels and boards are the team's"
            ),
        ),
        (
            "group: gitlab-org",
            "group: /gitlab-org",
            (
                "6:14: teams.custom-models.gitlab.group: write the path, such as gitlab-org/ai-powered,"
                " without an address or slashes around it; found '/gitlab-org'"
            ),
        ),
        (
            LABEL,
            "'a, b'",
            (
                "7:14: teams.custom-models.gitlab.label: a label's name has no commas;"
                " write each label as an item of its own; found 'a, b'"
            ),
        ),
        (
            PROJECT,
            "https://gitlab.com/a/b",
            f"11:16: teams.custom-models.planning_issue.project: {PATH}; found 'https://gitlab.com/a/b'",
        ),
        (PROJECT, "single", f"11:16: teams.custom-models.planning_issue.project: {PATH}; found 'single'"),
        (
            PROJECT,
            "a/b\n      epic: 13440",
            (
                "12:13: teams.custom-models.planning_issue.epic: write an epic's reference, such as gitlab-org&13440;"
                " found '13440'"
            ),
        ),
        (
            PROJECT,
            "a/b\n      template: ../x.j2",
            (
                "12:17: teams.custom-models.planning_issue.template: write the name of a template file,"
                " without a folder above it; found '../x.j2'"
            ),
        ),
        (MEMBER, "      []", "9:7: teams.custom-models.members: write at least one; found none"),
        (MEMBER, "      [a]", f"9:8: teams.custom-models.members[0]: {MAP}; found a"),
        (
            MEMBER,
            "      - username: a\n      - username: A",
            "10:19: teams.custom-models.members[1].username: 'A' is in the team already; keep one of them",
        ),
        (
            MEMBER,
            "      - username: a\n        country: nl",
            (
                "10:18: teams.custom-models.members[0].country: write a country's two capital letters, such as NL;"
                " found 'nl'"
            ),
        ),
        (
            MEMBER,
            "      - username: a\n        allocation: 1.1",
            "10:21: teams.custom-models.members[0].allocation: write a share from 0 to 1, such as 0.5; found 1.1",
        ),
        (
            MEMBER,
            "      - username: a\n        from: 2024-01-02\n        until: 2024-01-01",
            (
                "11:16: teams.custom-models.members[0].until: 2024-01-01 is before 'from' (2024-01-02);"
                " write a day on or after it"
            ),
        ),
        (
            "custom-models:\n",
            "custom models:\n",
            "4:3: teams.custom models: a key has letters, digits, '-', '_' and '.'; found 'custom models'",
        ),
        ("gitlab:\n  url", "gitlba: {}\ngitlab:\n  url", "1:1: gitlba: unknown key 'gitlba'; did you mean 'gitlab'?"),
    ],
)
def test_what_is_required(old: str, new: str, problem: str) -> None:
    assert problems(REQUIRED.replace(old, new, 1)) == [problem]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1: write a map here, 'key: value' line by line; found null"]),
        ("- a", ["1:1: write a map here, 'key: value' line by line; found a list"]),
        ("gitlab: {url: https://h}\nteams: {}", ["2:8: teams: write at least one; found none"]),
        (b"a: \xff", ["1:4: not UTF-8: the byte 0xFF; save the file as UTF-8"]),
        (b" " * 300_000, ["1:1: larger than 256 KB"]),
        ("a: b\nc: \0", ["2:4: not valid YAML: the control character U+0000"]),
        ('a: "\\UFFFFFFFF"', ["1:7: not valid YAML: no character has this number"]),
        ("a:\n\tb: c", ["2:1: not valid YAML: a tab; indent with spaces"]),
        ("a: b: c", ["1:5: not valid YAML: a second ': ' in one line; put text that holds ': ' in quotes"]),
        ("a: 'b", ["1:6: not valid YAML: quotes or brackets are opened before this, and not closed"]),
        ("a: [b", ["1:6: not valid YAML: a ',' or the ']' of a list is missing before this"]),
        ("a: @b", [("1:4: not valid YAML: a value cannot start with '@'; write a username without it,"
                   " other text in quotes")]),
        ("a: b\n---\nc: d", ["2:1: a second document starts here; write one document to a file"]),
        ("a: *b", ["1:4: a: nothing before this is named &b"]),
        ("a: &b [*b]", ["1:8: a[0]: nothing before this is named &b"]),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [" + "*b, " * 17 + "]",
         ["3:69: c[16]: more than 50 aliases in all; write the values out"]),
        ("a:\n  <<: {b: c}", ["2:3: a: merge keys (<<) are not read; write the keys out"]),
        ("? [a]\n: b", ["1:3: a key is text; found a map, a list or an alias in place of one"]),
        ("[" * 100_000, ["1:34: more than 32 maps and lists in one another"]),
        ("a: " + "{b: " * 30_000, ["1:132: more than 32 maps and lists in one another"]),
    ],
)  # fmt: skip
def test_text_that_is_no_configuration(text: str | bytes, expected: list[str]) -> None:
    assert problems(text) == expected


def test_a_key_that_stands_twice() -> None:
    assert problems_with("name: a\n    name: b") == [
        "13:5: name: stands here twice, first in line 12; keep one of them"
    ]


def test_a_tag() -> None:
    assert problems_with("name: !!python/name:os.system x") == [
        "12:11: name: takes no YAML tag; write the value without '!!python/name:os.system'"
    ]


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("token: CANARY", "12:5: token"),
        ("slack_password: {a: CANARY}", "12:5: slack_password"),
        ("name: glpat-CANARY12345", "12:11: name"),
        ("status: {channel: xoxb-1234-CANARY}", "12:23: status.channel"),
        ("gitlab_url: https://me:glpat-CANARY12345@host", "12:17: gitlab_url"),
    ],
)
def test_a_secret_is_reported_and_never_repeated(setting: str, place: str) -> None:
    assert problems_with(setting)[-1] == f"{place}: {ADVICE}"
    assert "CANARY" not in "".join(problems_with(setting))


@pytest.mark.parametrize(
    "where", ["glpat-CANARY12345: x", "a: https://me:CANARY@host", "boards: {glpat-CANARY12345: x}"]
)
def test_no_message_holds_a_secret(where: str) -> None:
    assert "CANARY" not in "".join(problems_with(where))


def test_two_teams_whose_planning_issues_would_have_one_title() -> None:
    second = REQUIRED.split("teams:\n")[1].replace("custom-models:", "second:")
    same = (REQUIRED + second).replace("project: gitlab-org/custom-models", "project: a/b\n      title: Planning")

    assert problems(same) == [
        (
            "21:14: teams.second.planning_issue.title: teams 'custom-models' and 'second' would give their"
            " planning issues the same title in one project; put {{ team.name }} into it"
        )
    ]
    assert list(parsed(same.replace("title: Planning", "title: '{{ team.key }}'")).teams) == ["custom-models", "second"]


def test_five_mistakes_at_once() -> None:
    text = (
        REQUIRED.replace("https", "http").replace("group: gitlab-org", "grup: gitlab-org")
        + "    timezone: Europe/Amsterdm\n"
        + "    weights: {largest: big}\n"
    )

    assert problems(text) == [
        "2:8: gitlab.url: write https://; http is for this machine alone (127.0.0.1, ::1, localhost)",
        (
            "5:5: teams.custom-models.gitlab.group: is missing;"
            " the group whose issues, milestones, labels and boards are the team's"
        ),
        "6:7: teams.custom-models.gitlab.grup: unknown key 'grup'; did you mean 'group'?",
        "12:15: teams.custom-models.timezone: unknown time zone 'Europe/Amsterdm'; did you mean 'Europe/Amsterdam'?",
        f"13:24: teams.custom-models.weights.largest: {WHOLE}; found big",
    ]
