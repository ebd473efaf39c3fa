"""The pretend Slack, and what the program sends, against Slack's own description of its API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from slack_sdk import WebClient

from planning_bot.sandbox import Sandbox
from planning_bot.sandbox.slack import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

ORACLES = Path(__file__).parents[3] / "shared" / "oracles" / "slack"
pytestmark = pytest.mark.skipif(not ORACLES.is_dir(), reason="what Slack says and answers is not here")

TOKEN, CHANNEL = "xoxb-sandbox", "C012345678"
LATER = {  # what came to these methods after the description was written (docs: reference/methods)
    "chat.postMessage": {"metadata"},
    "chat.update": {"metadata"},
    "conversations.history": {"include_all_metadata"},
}
LATER_ANSWERS = {"metadata", "edited", "files", "app_id"}


def described() -> Any:
    return json.loads((ORACLES / "web_api_2021.json").read_text())


def sample(name: str) -> Any:
    return json.loads((ORACLES / "samples" / f"{name}.json").read_text())


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_and_argument_is_one_of_slacks(name: str) -> None:
    tiers = json.loads((ORACLES / "rate_limit_tiers.json").read_text())
    assert name in tiers
    path = described()["paths"].get(f"/{name}")
    if path is None:  # the new upload
        return
    ((verb, operation),) = path.items()
    known = {found["name"] for found in operation["parameters"]}
    assert METHODS[name].arguments <= known | LATER.get(name, set())
    assert METHODS[name].reads == (verb == "get")


def _answers() -> dict[str, Callable[[WebClient, str], Any]]:
    return {
        "auth.test": lambda client, _: client.auth_test(),
        "chat.postMessage": lambda client, _: client.chat_postMessage(channel=CHANNEL, text="new", blocks=[]),
        "conversations.list": lambda client, _: client.conversations_list(),
        "conversations.info": lambda client, _: client.conversations_info(channel=CHANNEL),
        "conversations.history": lambda client, _: client.conversations_history(channel=CHANNEL),
        "chat.update": lambda client, ts: client.chat_update(channel=CHANNEL, ts=ts, text="newer"),
    }


@pytest.mark.parametrize("name", sorted(_answers()))
def test_answers_have_the_form_that_slack_describes(name: str) -> None:
    document = described()
    ((_, operation),) = document["paths"][f"/{name}"].items()
    schema = operation["responses"]["200"]["schema"]
    answer = _asked(name)
    jsonschema.Draft4Validator({**_lenient(schema), "definitions": _lenient(document["definitions"])}).validate(answer)


@pytest.mark.parametrize("name", [name for name in sorted(METHODS) if (ORACLES / "samples" / f"{name}.json").is_file()])
def test_answers_have_keys_that_real_ones_have(name: str) -> None:
    assert _keys(_asked(name)) <= _keys(sample(name))


def _asked(name: str) -> Any:
    with Sandbox(now=datetime(2026, 3, 14, 9, tzinfo=UTC)) as box:
        box.slack.add_channel(CHANNEL, "team-search")
        box.slack.add_token(TOKEN)
        client = WebClient(TOKEN, box.slack.api_url)
        ts = str(client.chat_postMessage(channel=CHANNEL, text="hello")["ts"])
        uploading = client.files_getUploadURLExternal(filename="a.png", length=1)
        if name == "files.getUploadURLExternal":
            return uploading.data
        if name == "files.completeUploadExternal":
            return client.files_upload_v2(filename="a.png", file=b"x", title="A", channel=CHANNEL).data
        return _answers()[name](client, ts).data


def _keys(answer: Any) -> set[str]:
    """Give the names of an answer, those of objects inside it as paths."""
    if isinstance(answer, list):
        return set().union(*(_keys(one) for one in answer[:1]))
    if not isinstance(answer, dict):
        return set()
    inner = {f"{key}.{name}" for key, value in answer.items() for name in _keys(value)}
    return {*answer, *inner} - {"file"} - {name for name in inner if name.startswith("file.")}


def _lenient(schema: Any) -> Any:
    """Take the description as JSON Schema: its lists of alternatives stand under `items`, and it is of 2021."""
    if isinstance(schema, list):
        return [_lenient(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("items"), list) and "type" not in schema:
        return {"anyOf": _lenient(schema["items"])}
    found = {key: _lenient(value) for key, value in schema.items() if key != "format"}
    if isinstance(found.get("properties"), dict) and found.get("additionalProperties") is False:
        found["properties"] = {**{name: {} for name in LATER_ANSWERS}, **found["properties"]}
    return found
