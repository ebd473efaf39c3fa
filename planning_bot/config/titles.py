"""Titles with values in them: ``{{ team.name }} {{ milestone.title }} Planning``.

A title is one line, so it may hold values and filters and no program: what a template could compute without end is
refused here, before anybody renders it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from planning_bot.config.complaints import did_you_mean, quoted, wrong
from planning_bot.config.scalars import TEXT_SCHEMA, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import nodes

LONGEST = 255
NAMES = {
    "team": ("key", "name"),
    "milestone": ("title", "start_date", "due_date"),
}
FILTERS = frozenset({"capitalize", "lower", "replace", "title", "trim", "upper"})
_VALUES = re.compile(r"\{\{.*?\}\}")


def title(value: Any) -> str:
    """Read a template for one line."""
    template = text(value)
    if len(template) > LONGEST:
        raise wrong(f"write at most {LONGEST} characters; found {len(template)}")
    if "{" in template and (mistake := _mistake(template)):
        raise wrong(mistake)
    return template


def label_title(value: Any) -> str:
    """Read a template for the name of a label."""
    template = title(value)
    if "," in _VALUES.sub("", template):
        raise wrong(f"a label's name has no commas; found {quoted(template)}")
    return template


def _mistake(template: str) -> str | None:
    # Jinja2 is imported when a file is read: whoever imports the models alone does not wait for it.
    from jinja2 import TemplateError  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    try:
        tree = ImmutableSandboxedEnvironment().parse(template)
        return next(_mistakes(tree), None)
    except TemplateError as error:
        return f"not a Jinja2 template: {error.message}"
    except RecursionError:
        return "not a Jinja2 template: too many brackets in one another"


def _mistakes(node: nodes.Node) -> Iterator[str]:
    """Find what a title may not hold: parsed only, never compiled, since compiling computes constants."""
    match type(node).__name__:
        case "Template" | "Output" | "TemplateData" | "Const":
            pass
        case "Getattr" | "Getitem":
            yield from _attribute(node)
            return
        case "Name":
            yield _name(node.name)  # type: ignore[attr-defined]
        case "Filter" if (name := str(node.name)) not in FILTERS:  # type: ignore[attr-defined]
            hint = did_you_mean(name, FILTERS) or f"; there are {', '.join(sorted(FILTERS))}"
            yield f"unknown filter {quoted(name)}{hint}"
        case "Filter":
            pass
        case _:
            yield "a title holds text, {{ values }} and filters, and nothing else of Jinja2"
    for child in node.iter_child_nodes():
        yield from _mistakes(child)


def _attribute(node: Any) -> Iterator[str]:
    owner = getattr(node.node, "name", "") if type(node.node).__name__ == "Name" else ""
    attribute = getattr(node, "attr", None) or getattr(getattr(node, "arg", None), "value", "")
    if owner not in NAMES:
        yield _name(owner) if owner else "a title holds text, {{ values }} and filters, and nothing else of Jinja2"
    elif attribute not in NAMES[owner]:
        known = [f"{owner}.{name}" for name in NAMES[owner]]
        name = f"{owner}.{attribute}"
        yield f"unknown name {quoted(name)}{did_you_mean(name, known) or _all_names()}"


def _name(name: str) -> str:
    if name in NAMES:
        return f"{quoted(name)} is no value by itself{_all_names()}"
    return f"unknown name {quoted(name)}{did_you_mean(name, _known()) or _all_names()}"


def _known() -> list[str]:
    return [f"{owner}.{name}" for owner, names in NAMES.items() for name in names]


def _all_names() -> str:
    return f"; there are {', '.join(_known())}"


Title = Annotated[str, PlainValidator(title), WithJsonSchema(TEXT_SCHEMA)]
LabelTitle = Annotated[str, PlainValidator(label_title), WithJsonSchema(TEXT_SCHEMA)]
