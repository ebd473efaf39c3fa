"""Promise 9: secrets go to the configured host and nowhere else."""

from __future__ import annotations

import base64
import inspect
import socket
import sys
import threading
from types import FunctionType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.support import TOKEN, Desk

if TYPE_CHECKING:
    from types import FrameType

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
