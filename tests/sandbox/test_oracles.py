"""The sandbox against what GitLab itself says: its OpenAPI document, its schemas, its documented examples."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from planning_bot.sandbox.api import ROUTES

from .conftest import PROJECT, Api

if TYPE_CHECKING:
    from planning_bot.sandbox import Sandbox
    from planning_bot.sandbox.routing import Route

ORACLES = Path(__file__).parents[3] / "shared" / "oracles" / "gitlab"
pytestmark = pytest.mark.skipif(not ORACLES.is_dir(), reason="GitLab's own descriptions are not here")

ISSUE = "/projects/acme%2Fsearch%2Fplanning/issues/1"
SCHEMAS = {  # the path, its schema, whether it answers with a list of such
    "/user": ("user_basic", False),
    "/users": ("user_basic", True),
    "/users/1": ("user_basic", False),
    "/groups/acme/members/all": ("members", False),
    "/projects/acme%2Fsearch%2Fplanning/members/all": ("members", False),
    "/groups/acme/milestones": ("milestone", True),
    "/groups/acme/milestones/1": ("milestone", False),
    "/projects/acme%2Fsearch%2Fplanning/milestones?include_ancestors=true": ("milestone", True),
    "/groups/acme/issues": ("issue", True),
    "/projects/acme%2Fsearch%2Fplanning/issues": ("issue", True),
    ISSUE: ("issue", False),
    f"{ISSUE}/links": ("issue", True),
    f"{ISSUE}/notes": ("notes", False),
    "/groups/acme/boards": ("board", True),
    "/groups/acme/boards/1": ("board", False),
}
# Documented examples that are whole objects; keys that they have and an answer of today has not are given.
EXAMPLES: dict[str, tuple[str, set[str]]] = {
    "/api/v4/groups/5/boards": ("/groups/acme/boards", set()),
    "/api/v4/groups/5/boards/1": ("/groups/acme/boards/1", set()),
    "/api/v4/groups/5/boards/1/lists": ("/groups/acme/boards/1/lists", set()),
    "/api/v4/groups/5/boards/1/lists/1": ("/groups/acme/boards/1/lists/1", set()),
    "/api/v4/groups/5/milestones": ("/groups/acme/milestones", set()),
    "/api/v4/groups/5/milestones/12": ("/groups/acme/milestones/1", set()),
    "/api/v4/projects/5/milestones": ("/projects/acme%2Fsearch%2Fplanning/milestones", set()),
    "/api/v4/projects/1/members/all": ("/projects/acme%2Fsearch%2Fplanning/members/all", set()),
    # a priority is a project's (docs: api/labels)
    "/api/v4/groups/1/labels": ("/groups/acme/labels?with_counts=true", {"priority"}),
    "/api/v4/projects/1/labels": ("/projects/acme%2Fsearch%2Fplanning/labels?with_counts=true", set()),
    "/api/v4/projects/5/issues/11/resource_label_events": (f"{ISSUE}/resource_label_events", set()),
    "/api/v4/projects/5/issues/11/resource_milestone_events": (
        f"{ISSUE}/resource_milestone_events",
        {"milestone.project_id"},  # a group's milestone has a group_id
    ),
    "/api/v4/projects/5/issues/11/resource_state_events": (f"{ISSUE}/resource_state_events", set()),
    "/api/v4/projects/5/issues/11/resource_weight_events": (f"{ISSUE}/resource_weight_events", set()),
    # the schema of today knows no project_id in a note
    "/api/v4/projects/1/issues/2/notes": (f"{ISSUE}/notes", {"project_id", "author.email"}),
    "/api/v4/projects/4/issues/14/links": (f"{ISSUE}/links", set()),
}


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    text = (ORACLES / "openapi.yaml").read_text()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time
    return dict(yaml.load(text, Loader=loader))  # noqa: S506 - both are safe


@pytest.fixture
def full(box: Sandbox, api: Api) -> Api:
    """Give the sandbox one of everything, and an issue with a history."""
    gitlab = box.gitlab
    gitlab.add_milestone(PROJECT, "internal")
    gitlab.add_label(PROJECT, "own")
    gitlab.add_issue(
        PROJECT, "One", author="alice", labels=["Deliverable"], milestone="18.10", assignees=["rita"], weight=2
    )
    gitlab.add_issue(PROJECT, "Two", author="rita")
    gitlab.link_issues((PROJECT, 1), (PROJECT, 2), "blocks")
    gitlab.add_note(PROJECT, 1, "rita", "Really?")
    gitlab.edit_issue(PROJECT, 1, by="rita", state_event="close", title="The one", weight=3)
    gitlab.add_epic("acme", "Big", author="alice")
    board = api.post("/groups/acme/boards", name="Build")
    label = api.get("/groups/acme/labels/Deliverable")["id"]
    api.put("/groups/acme/boards/1", milestone_id=1, labels="Deliverable", assignee_id=1)
    api.post(f"/groups/acme/boards/{board['id']}/lists", label_id=label)
    return api


def described(openapi: dict[str, Any], route: Route) -> dict[str, Any]:
    shapes = {_shape(path): operations for path, operations in openapi["paths"].items()}
    operation = shapes["/api/v4" + _shape(route.path)][route.method.lower()]
    return dict(operation)


def _shape(path: str) -> str:
    return re.sub(r"\{\w+\}|:\w+", "{}", path)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_and_parameter_is_one_of_gitlabs(openapi: dict[str, Any], route: Route) -> None:
    operation = described(openapi, route)
    parameters = {found["name"] for found in operation.get("parameters", []) if found["in"] == "query"}
    assert route.query <= parameters
    body = operation.get("requestBody")
    assert route.body <= (set(_body(openapi, body)) if body else set())


def _body(openapi: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    schema = next(iter(body["content"].values()))["schema"]
    if "$ref" in schema:
        schema = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return dict(schema["properties"])


@pytest.mark.parametrize("path", SCHEMAS)
@pytest.mark.parametrize("tier", ["premium", "free"])
def test_answers_follow_gitlabs_schemas(full: Api, path: str, tier: str) -> None:
    full.box.tier = tier
    name, several = SCHEMAS[path]
    answer = full.get(path)
    assert answer
    schema = json.loads((ORACLES / "json-schemas" / f"{name}.json").read_text())
    for found in answer if several else [answer]:
        jsonschema.validate(found, schema)


def test_labels_of_issues_follow_gitlabs_schema(full: Api) -> None:
    schema = json.loads((ORACLES / "json-schemas" / "label_basic.json").read_text())
    issue = full.get("/groups/acme/issues", with_labels_details="true")[-1]
    jsonschema.validate(issue["labels"][0], schema)


@pytest.mark.parametrize("documented", EXAMPLES)
def test_answers_have_the_keys_of_the_documented_examples(full: Api, documented: str) -> None:
    path, gone = EXAMPLES[documented]
    answer = _first(full.get(path))
    for example in _examples("GET", documented):
        expected = {key for key in _keys(example) if answer.get(key.partition(".")[0], "") is not None}
        assert expected - gone <= _keys(answer)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/personal_access_tokens/self", "APIEntitiesPersonalAccessTokenWithLastUsedIps"),
        ("/groups/acme", "APIEntitiesGroupDetail"),
        ("/projects/acme%2Fsearch%2Fplanning", "APIEntitiesProjectWithAccess"),
        ("/groups/acme/members/all", "APIEntitiesMember"),
        ("/projects/acme%2Fsearch%2Fplanning/members/all", "APIEntitiesMember"),
        ("/users?username=alice", "APIEntitiesUserBasic"),
    ],
)
def test_answers_about_access_have_keys_of_gitlabs_only(
    full: Api, openapi: dict[str, Any], path: str, schema: str
) -> None:
    full.box.gitlab.archive(PROJECT)
    full.box.gitlab.delete_later("acme", "2026-03-01")
    full.box.gitlab.end_membership("rita", "2026-03-01")

    assert set(_first(full.get(path))) <= set(openapi["components"]["schemas"][schema]["properties"])


def _examples(method: str, path: str) -> list[dict[str, Any]]:
    lines = (ORACLES / "doc_examples.jsonl").read_text().splitlines()
    examples = [json.loads(line) for line in lines]
    found = [_first(one["body"]) for one in examples if (one["method"], one["path"]) == (method, path)]
    assert found
    return found


def _first(answer: Any) -> dict[str, Any]:
    return dict(answer[0] if isinstance(answer, list) else answer)


def _keys(found: dict[str, Any]) -> set[str]:
    below = {f"{key}.{name}" for key, value in found.items() if isinstance(value, dict) for name in value}
    return set(found) | below


def test_an_issue_has_the_keys_that_gitlab_com_sent(full: Api) -> None:
    records = [json.loads(line) for line in (ORACLES / "recorded_records.jsonl").read_text().splitlines()]
    recorded = next(record["data"] for record in records if record["stream"] == "issues")
    flattened = {"author_id", "assignee_id", "closed_by_id", "milestone_id"}  # by whoever recorded it
    full.box.tier = "free"
    issue = full.get(ISSUE)
    assert set(recorded) - flattened <= set(issue)
    assert "weight" not in recorded.keys() | issue.keys()
