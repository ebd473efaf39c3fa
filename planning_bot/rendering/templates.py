"""Jinja2, on a short leash: sandboxed, strict, escaped by default, and bounded in what it puts out.

Templates are looked for beside the team's configuration first (`templates/` there, then its own folder), then among
those that are shipped; `{% extends "default/planning_issue.md.j2" %}` reaches the shipped one from a team's own.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from pydantic import BaseModel

from planning_bot.domain.capacity import exact, shown
from planning_bot.errors import ConfigurationError
from planning_bot.rendering.escaping import markdown, plain, slack
from planning_bot.rendering.template_mistakes import mistakes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from planning_bot.errors import Problem

# GitLab takes a description of up to 1,048,576 characters (docs: api/issues).
_LONGEST = 1_000_000
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Templates:
    """The templates that the messages of a run are made from, each compiled once; several threads may use them."""

    def __init__(self, folder: Path) -> None:
        self._markdown = environment(folder, markdown)
        self._slack = environment(folder, slack)
        self._slack.filters["link"] = _slack_link
        self._line = functools.cache(environment(folder, plain).from_string)

    def render(self, name: str, facts: Mapping[str, object], sections: Mapping[str, str] | None = None) -> str:
        """Fill a Markdown template; `sections` are Markdown already, and stand there as they are.

        Raises ConfigurationError with the template's file and line.
        """
        ready = {key: Markup(text) for key, text in (sections or {}).items()}  # noqa: S704 - rendered here before
        return filled(name, lambda: self._markdown.get_template(name), {**facts, "sections": ready}).strip()

    def message(self, name: str, facts: Mapping[str, object]) -> str:
        """Fill a template of mrkdwn, the text of a Slack message. Raises ConfigurationError with file and line."""
        return filled(name, lambda: self._slack.get_template(name), facts).strip()

    def problems_of(self, name: str) -> list[Problem]:
        """Compile a template and those that are shipped, or stand in for them, and give what is wrong with them."""
        kinds = ("md", "mrkdwn", "html")
        shipped = sorted(path.name for kind in kinds for path in shipped_templates().glob(f"*.{kind}.j2"))
        return [problem for part in dict.fromkeys([name, *shipped]) for problem in self._problems(part)]

    def _problems(self, name: str) -> list[Problem]:
        try:
            with mistakes_of(name):
                (self._slack if name.endswith(".mrkdwn.j2") else self._markdown).get_template(name)
        except ConfigurationError as error:
            return error.problems
        return []

    def line(self, source: str, facts: Mapping[str, object]) -> str:
        """Fill a one-line text of the configuration, such as a title. Raises ConfigurationError."""
        return plain(filled("configuration", lambda: self._line(source), facts))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, in which the configuration is data: its values, and none of pydantic's methods.

    Jinja2 lets a template call whatever has no underscore in front, and pydantic's `parse_raw` unpickles.
    """

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Say whether a template may read an attribute."""
        if isinstance(obj, BaseModel):
            return attr in type(obj).model_fields or attr in _properties(type(obj))
        return super().is_safe_attribute(obj, attr, value)


@functools.cache
def _properties(model: type[BaseModel]) -> frozenset[str]:
    """Name the properties that a model of the program's own defines."""
    return frozenset(
        name
        for owner in model.__mro__
        if owner.__module__.startswith("planning_bot.")
        for name, value in vars(owner).items()
        if isinstance(value, property)
    )


def environment(folder: Path, escape: Callable[[object], str]) -> jinja2.Environment:
    """Give an environment in which every value that is put out goes through `escape`."""
    shipped = jinja2.FileSystemLoader(shipped_templates())
    sandbox = _Sandbox(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.FileSystemLoader([folder / "templates", folder]),
                jinja2.PrefixLoader({"default": shipped}),
                shipped,
            ]
        ),
        undefined=jinja2.StrictUndefined,
        # What a macro, a block or `safe` text gives is Markup and stays; everything else goes through `finalize`.
        autoescape=True,
        finalize=functools.partial(_finalized, escape),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    sandbox.filters["mention"] = _mention
    sandbox.filters["number"] = _number
    sandbox.filters["day"] = _day
    sandbox.filters["glql"] = _glql
    sandbox.filters["address"] = _address
    sandbox.filters["reference"] = _reference
    return sandbox


def _finalized(escape: Callable[[object], str], value: object) -> object:
    return value if isinstance(value, Markup | jinja2.Undefined) else Markup(escape(value))  # noqa: S704 - escaped


def _mention(username: str) -> Markup:
    """Write a user's name so that GitLab notifies them; only for people whom the configuration names."""
    return Markup(f"@{markdown(username)}".replace("\\_", "_"))  # noqa: S704 - escaped but for what names may hold


def _number(value: float) -> Markup:
    """Write days or a weight with as many decimals as it needs, at most two: 10, 10.5, 8.25."""
    return Markup(shown(exact(value)))  # noqa: S704 - digits, a point and a sign


def _day(day: date) -> str:
    """Write a date as people read it, the same in every locale: Sat 14 Feb 2026."""
    return f"{_WEEKDAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _address(url: str) -> Markup:
    """Write a web address as the target of a Markdown link; only http and https, and what is about to be created."""
    allowed = url.startswith(("https://", "http://", "known-after-apply/"))
    return Markup(re.sub(r"[\s<>()\\]", lambda char: f"%{ord(char[0]):02X}", url) if allowed else "#")  # noqa: S704


def _slack_link(text: object, url: str) -> Markup:
    """Write a link of Slack's: `<https://…|text>`; without the address where it is none that one can follow."""
    words = slack(text).replace("|", "\N{FULLWIDTH VERTICAL LINE}")
    if not url.startswith(("https://", "http://")):
        return Markup(words)  # noqa: S704 - escaped
    target = re.sub(r"[\s<>|]", lambda char: f"%{ord(char[0]):02X}", url).replace("&", "&amp;")
    return Markup(f"<{target}|{words}>")  # noqa: S704 - escaped


def _reference(reference: str) -> Markup:
    """Write an issue's reference so that GitLab shows its title to whoever may see it (docs: user/markdown)."""
    fits = re.fullmatch(r"[A-Za-z0-9_./-]+#[0-9]+", reference)
    return Markup(f"{reference}+" if fits else markdown(reference))  # noqa: S704 - a reference and nothing else


def _glql(text: str) -> Markup:
    """Write a text as a string of a GLQL query, inside of a code block (docs: user/glql)."""
    return Markup('"' + re.sub(r'["\\`]', "", plain(text)) + '"')  # noqa: S704 - no quote and no fence is left


def filled(name: str, find: Callable[[], jinja2.Template], facts: Mapping[str, object]) -> str:
    """Fill a template, up to a bound. Raises ConfigurationError with the template's file and line."""
    parts: list[str] = []
    length = 0
    with mistakes_of(name):
        for part in find().generate(**facts):
            length += len(part)
            if length > _LONGEST:
                raise ValueError(f"it puts out more than {_LONGEST:,} characters")
            parts.append(part)
    return "".join(parts)


@functools.cache
def shipped_templates() -> Path:
    """Find the templates that come with the program: in the package once installed, beside it in a checkout."""
    package = Path(str(importlib.resources.files("planning_bot")))
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
