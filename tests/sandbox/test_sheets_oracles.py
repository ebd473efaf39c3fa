"""The pretend Google Sheets against the real one: recorded conversations, and the API's own description."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from planning_bot.sandbox.sheets import ROUTES

from .sheets import Google, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning_bot.sandbox import Sandbox
    from planning_bot.sandbox.sheets_api import Route

ORACLES = Path(__file__).parents[3] / "shared" / "oracles" / "sheets"
pytestmark = pytest.mark.skipif(not ORACLES.is_dir(), reason="what Google says and answers is not here")

PRIVATE = "1jIKzPs8LsiZZdLdeMEP-5ZIHw6RkjiOmj1LrJN706Yc"  # a sheet that is not shared with whoever recorded
CHANGING = {"sheetId", "spreadsheetId", "title", "spreadsheetUrl", "defaultFormat", "spreadsheetTheme"}


@pytest.fixture
def google(box: Sandbox, tmp_path: Path) -> Google:
    return connect(box, tmp_path)


def conversations() -> list[Path]:
    return sorted((ORACLES / "recordings").glob("*.json")) if ORACLES.is_dir() else []


@pytest.mark.parametrize("recording", conversations(), ids=lambda path: path.stem)
def test_the_sandbox_answers_as_the_real_one_did(google: Google, recording: Path) -> None:
    compared = 0
    for said, answered in _spoken(google, recording):
        assert said[0] == answered[0]
        assert _steady(said[1]) == _steady(answered[1])
        compared += 1
    assert compared


def _spoken(google: Google, recording: Path) -> Iterator[tuple[tuple[int, Any], tuple[int, Any]]]:
    """Say again what was said, up to what the sandbox does not know; a file of Drive's is a new spreadsheet."""
    google.box.sheets.add(PRIVATE, shared_with={})
    for turn in json.loads(recording.read_text())["interactions"]:
        asked, status = turn["request"], turn["response"]["status"]["code"]
        where, answer = urlsplit(asked["uri"]), turn["response"]["body"]["string"]
        if where.hostname == "www.googleapis.com":
            if asked["method"] == "POST":
                google.box.sheets.add(json.loads(answer)["id"])
            continue
        path = f"{where.path.removeprefix('/v4/spreadsheets/')}?{where.query}"
        body = json.loads(asked["body"]) if asked.get("body") else None
        ours = google.call(asked["method"], path, json=body)
        if ours.status_code == 501:
            return
        yield (status, json.loads(answer)), (ours.status_code, ours.json())


def _steady(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {key: "" if key in CHANGING else _steady(value) for key, value in answer.items()}
    return [_steady(item) for item in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path.pattern}")
def test_every_route_and_parameter_is_one_of_googles(route: Route) -> None:
    document = json.loads((ORACLES / "sheets.v4.json").read_text())
    spreadsheets = document["resources"]["spreadsheets"]
    methods = [*spreadsheets["methods"].values(), *spreadsheets["resources"]["values"]["methods"].values()]
    (method,) = [found for found in methods if (found["httpMethod"], _shape(found["path"])) == _key(route)]
    known = {name for name, found in method["parameters"].items() if found["location"] == "query"}
    assert route.query <= known | document["parameters"].keys()
    schema = document["schemas"][method["request"]["$ref"]] if "request" in method else {}
    assert route.body <= schema.get("properties", {}).keys()


def _key(route: Route) -> tuple[str, str]:
    return route.method, route.path.pattern.replace("(?P<range>[^/]+)", "{}")


def _shape(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path.removeprefix("v4/spreadsheets/{spreadsheetId}"))
