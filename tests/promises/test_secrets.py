"""Promise 9: secrets go to the configured host, and into no output, whatever goes wrong."""

from __future__ import annotations

import inspect
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from google.auth import _exponential_backoff
from hypothesis import given
from hypothesis import strategies as st

from planning_bot import redaction
from planning_bot.errors import ServerError
from planning_bot.sandbox import Sandbox
from tests.gateways.scripted import Scripted
from tests.promises.secret_room import LINES, SECRET_PATH, SLACK_TOKEN, Room, furnished, leaked, spellings
from tests.support import TOKEN, FakeClock, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, FunctionType

    from tests.promises.conftest import Tally

# Which tell of what is raised in the others, and what is called while they do.
BOUNDARY = (
    "cli",
    "redaction",
    "errors",
    "commands.console",
    "commands.live_line",
    "commands.reporting",
    "rendering.escaping",
    "sandbox",
)


@pytest.fixture(scope="module")
def furnished_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Give a room in which every command has been carried out once."""
    with Sandbox() as box, Scripted() as calendar, pytest.MonkeyPatch.context() as patch:
        clock = FakeClock()
        patch.setattr("planning_bot.gateways.polite_session.Clock", lambda: clock)
        patch.setattr(_exponential_backoff, "time", clock)
        world(box)
        room = furnished(box, tmp_path_factory.mktemp("room"), clock, calendar)
        for name, value in room.environment.items():
            patch.setenv(name, value)
        yield room


@pytest.fixture
def room(furnished_room: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Give the room as it was at first."""
    for name, value in furnished_room.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("planning_bot.gateways.polite_session.Clock", lambda: furnished_room.desk.clock)
    furnished_room.box.restore(furnished_room.saved)
    return furnished_room


# Spellings


@pytest.mark.parametrize("secret", [TOKEN, SLACK_TOKEN, "glpat-plain_with_underscores", "pass&word<>'\"\\\\%$"])
def test_a_secret_is_taken_out_in_every_spelling(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", secret)
    for text in spellings(secret):
        assert leaked(redaction.redact(f"before {text} after, {text}"), [secret]) == [], text


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60), st.text(), st.text())
def test_whatever_the_secret_and_whatever_stands_around_it(secret: str, before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITLAB_TOKEN", secret)
        for text in spellings(secret):
            assert text not in redaction.redact(f"{before} {text} {after}")


def test_of_a_secret_address_its_parts_are_taken_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())
    redaction.learn_address(f"https://calendar.example.com{SECRET_PATH}?key=0123456789abcdef")
    told = redaction.redact(
        f"GET {SECRET_PATH} and private-c4n4ry0815secret and 0123456789abcdef on calendar.example.com"
    )
    assert told == "GET [secret] and [secret] and [secret] on calendar.example.com"


def test_what_is_short_or_no_secret_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())
    monkeypatch.setenv("GITLAB_TOKEN", "short")
    redaction.learn("", "x" * 7, "-----BEGIN PRIVATE KEY-----")
    assert redaction.redact("a short text, xxxxxxx, -----BEGIN PRIVATE KEY-----") == (
        "a short text, xxxxxxx, -----BEGIN PRIVATE KEY-----"
    )


def test_a_long_text_is_redacted_fast(room: Room) -> None:
    redaction.learn(*room.canaries)
    redaction.redact("warm")
    assert TOKEN not in redaction.redact("words and more words " * 20_000 + TOKEN)


# A run of every command


def test_no_secret_is_in_anything_that_a_run_leaves_or_says(room: Room) -> None:
    runs = dict(room.play())
    assert {line: ran.err for line, ran in runs.items() if ran.code and line != "doctor"} == {}
    said = [ran.out + ran.err for ran in runs.values()]
    files = [path for path in room.desk.folder.rglob("*") if path.is_file() and path.name != "google-key.json"]
    assert {path.suffix for path in files} >= {".json", ".jsonl", ".lock", ".html", ".yml"}
    texts = [*said, *(path.read_text(encoding="utf-8", errors="replace") for path in files)]
    texts += [str(room.box.gitlab.dump()), str(room.box.slack.dump()), str(room.box.sheets.dump())]
    canaries = room.canaries
    assert len(canaries) > 20
    for text in texts:
        assert leaked(text, canaries) == [], text[:200]


# Forced exceptions


def _called(room: Room) -> dict[str, list[tuple[FunctionType, str]]]:
    """Give the functions of every module that the lines call, each with the first line that calls it."""
    found: dict[Any, str] = {}
    at = [""]

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_globals.get("__name__", "").startswith("planning_bot."):
            found.setdefault(frame.f_code, at[0])

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        for line in LINES:
            at[0] = line
            room.run(line, "-vv")
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    functions: dict[str, list[tuple[FunctionType, str]]] = {}
    for name, module in sorted(sys.modules.items()):
        layer = name.removeprefix("planning_bot.")
        if not name.startswith("planning_bot.") or layer.startswith(BOUNDARY):
            continue
        owners = [module, *(thing for thing in vars(module).values() if inspect.isclass(thing))]
        for function in {one for owner in owners for one in map(_function, vars(owner).values()) if one}:
            if function.__module__ == name and function.__code__ in found:
                functions.setdefault(name, []).append((function, found[function.__code__]))
    return {name: sorted(known, key=lambda pair: pair[0].__qualname__) for name, known in functions.items()}


def _function(thing: object) -> FunctionType | None:
    inner = getattr(thing, "fget", None) or getattr(thing, "func", None) or getattr(thing, "__func__", None) or thing
    inner = inspect.unwrap(inner) if callable(inner) else inner
    return inner if inspect.isfunction(inner) and not inner.__closure__ else None


def _broken(number: int) -> Any:
    """Give the code of a function that raises with all that is secret, in one of three ways."""
    ways = ("RuntimeError(TOLD)", "ServerError('it broke: ' + TOLD, TOLD)", "KeyError(TOLD, TOLD.encode())")
    scope: dict[str, Any] = {}
    exec(  # noqa: S102 - a constant
        "def broken(*_, **__):\n import sys\n TOLD, ServerError = sys.planning_bot_told, sys.planning_bot_error\n"
        f" local = TOLD\n raise {ways[number % 3]} from ValueError(TOLD)",
        scope,
    )
    return scope["broken"].__code__


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["a sample", "all"])
def test_whatever_function_breaks_no_secret_is_told(
    room: Room, monkeypatch: pytest.MonkeyPatch, tally: Tally, *, every: bool
) -> None:
    functions = _called(room)
    canaries = room.canaries  # all that the program has read by now
    told = "; ".join(text for secret in canaries[:8] for text in spellings(secret))
    monkeypatch.setattr(sys, "planning_bot_told", told, raising=False)
    monkeypatch.setattr(sys, "planning_bot_error", ServerError, raising=False)
    assert len(functions) > 100
    broke, sample = 0, range(0, len(functions), 1 if every else 3)
    for number, (module, known) in enumerate(functions.items()):
        if number not in sample:
            continue
        for function, line in known if every else [known[number % len(known)]]:
            room.box.restore(room.saved)
            whole, function.__code__ = function.__code__, _broken(number)
            try:
                ran = room.run(line, "-vv", *(["--format", "json"] if number % 2 and "{site}" not in line else []))
            finally:
                function.__code__ = whole
            said = ran.out + ran.err + str(room.box.gitlab.dump()) + str(room.box.slack.dump())
            assert leaked(said, canaries) == [], (module, function.__qualname__)
            broke += "[secret]" in said
            tally("functions that raise with every secret")
        tally("modules of them")
    assert broke > len(sample) / 2
    for path in room.desk.folder.rglob("*.json*"):
        if path.name != "google-key.json":
            assert leaked(path.read_text(encoding="utf-8"), canaries) == [], path


def test_an_error_holds_no_secret_from_the_beginning_so_that_no_plan_or_message_does() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITLAB_TOKEN", TOKEN)
        error = ServerError(f"it broke with {TOKEN}", f"take {TOKEN} out")
    assert (error.message, error.hint, str(error)) == (
        "it broke with [secret]",
        "take [secret] out",
        "it broke with [secret]",
    )
