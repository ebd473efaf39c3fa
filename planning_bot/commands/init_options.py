"""The flags of `init`: each stands for a question that is asked at a terminal."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planning_bot.commands.options import Day
from planning_bot.planners.init_questions import QUESTIONS

SOURCE = "planning-bot/planning-bot"

if TYPE_CHECKING:
    from collections.abc import Callable


def init_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `init`."""
    options = [
        click.option("--url", help="Your GitLab, such as https://gitlab.example.com."),
        click.option("--group", metavar="PATH", help="The group that holds the team's issues."),
        *(
            click.option(
                question.flag,
                question.key,
                multiple=question.is_list,
                metavar=question.kind.upper(),
                help=f"{question.asks}.{' May be repeated.' if question.is_list else ''}",
            )
            for question in QUESTIONS
        ),
        click.option("--team", "key", metavar="KEY", help="The team's key in the file. Default: from its name."),
        click.option(
            "--output",
            "--config",
            "output",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Where the configuration goes, or the project's folder. Default: config/planning-bot.yml.",
        ),
        click.option(
            "--planning-bot",
            "source",
            metavar="PROJECT",
            help=f"Where planning-bot itself lies on this GitLab, for the pipeline. Default: {SOURCE}.",
        ),
        click.option("--ci/--no-ci", default=True, help="Write .gitlab-ci.yml too.", show_default=True),
        click.option("--overwrite", is_flag=True, help="Write over files that are there. Time off is never lost."),
        click.option("--ca-file", type=click.Path(path_type=Path, exists=True), help="Your certificate authority."),
        click.option("--proxy", metavar="ADDRESS", help="The only proxy to use."),
        click.option(
            "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True
        ),
        click.option("--today", type=Day(), help="Default: today."),
        click.option("-v", "--verbose", count=True, help="Say more: -v requests, -vv everything."),
        click.option("-q", "--quiet", is_flag=True, help="No progress."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
    ]
    return functools.reduce(lambda decorated, option: option(decorated), reversed(options), function)
