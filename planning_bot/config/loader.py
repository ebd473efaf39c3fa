"""From a file to a configuration, or to everything that is wrong with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pydantic import ValidationError

from planning_bot.config.capacity import IcsSource, SecretAddress
from planning_bot.config.file import Config
from planning_bot.config.positions import key_path
from planning_bot.config.problems import problems_in
from planning_bot.config.secret_words import ADVICE, is_secret_value
from planning_bot.config.syntax import position
from planning_bot.config.yaml_nodes import read_document
from planning_bot.errors import ConfigurationError, Problem, UsageError
from planning_bot.redaction import learn_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning_bot.config.complaints import KeyPath
    from planning_bot.config.positions import Node
    from planning_bot.config.yaml_nodes import Document

LARGEST = 256 * 1024
HINT = "Name the file with --config FILE or the environment variable PLANNING_BOT_CONFIG."


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises UsageError where there is none, and ConfigurationError with every problem in it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no configuration file {path}.", HINT) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise UsageError(f"The configuration file {path} cannot be read: {reason}.", HINT) from None
    config = read(content, path)
    for variable in _secret_variables(config):
        learn_address(os.environ.get(variable, "").strip())
    return config


def read(content: bytes, path: Path) -> Config:
    """Read a configuration from the bytes of a file; raises ConfigurationError with every problem in them."""
    document = read_document(_decoded(content, str(path)), str(path))
    problems = [*document.problems, *_secrets(document.root, (), str(path)), *_reserved(document, str(path))]
    try:
        config = Config.of(document.root.data(), path)
    except ValidationError as error:
        reported = {(problem.line, problem.column) for problem in problems}
        found = problems_in(error, document.root, str(path))
        problems += [problem for problem in found if (problem.line, problem.column) not in reported]
    if problems:
        raise ConfigurationError(problems)
    return config


def _secret_variables(config: Config) -> Iterator[str]:
    """Name the environment variables that hold secret addresses."""
    for team in config.teams.values():
        for source in team.capacity.pto:
            if isinstance(source, IcsSource) and isinstance(source.ics, SecretAddress):
                yield source.ics.url_from


def _decoded(content: bytes, file: str) -> str:
    if len(content) > LARGEST:
        raise ConfigurationError([Problem(file, 1, 1, "", f"larger than {LARGEST // 1024} KB")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = position(content[: error.start].decode("utf-8-sig", "replace"), error.start)
        message = f"not UTF-8: the byte 0x{content[error.start]:02X}; save the file as UTF-8"
        raise ConfigurationError([Problem(file, line, column, "", message)]) from None


def _secrets(node: Node, path: KeyPath, file: str) -> Iterator[Problem]:
    """Find values that are secrets; the messages do not repeat them."""
    if isinstance(node.value, str) and is_secret_value(node.value):
        yield Problem(file, node.mark.line, node.mark.column, key_path(path), ADVICE)
    elif isinstance(node.value, list):
        for index, item in enumerate(node.value):
            yield from _secrets(item, (*path, index), file)
    elif isinstance(node.value, dict):
        for key, entry in node.value.items():
            yield from _secrets(entry.node, (*path, key), file)


def _reserved(document: Document, file: str) -> Iterator[Problem]:
    """A team's key stands before its map; Team.key is filled in from there."""
    root = document.root.value
    teams = root["teams"].node.value if isinstance(root, dict) and "teams" in root else None
    for name, team in teams.items() if isinstance(teams, dict) else ():
        if isinstance(team.node.value, dict) and "key" in team.node.value:
            mark = team.node.value["key"].key
            message = "unknown key 'key'; the team's key is the word before its settings"
            yield Problem(file, mark.line, mark.column, key_path(("teams", name, "key")), message)
