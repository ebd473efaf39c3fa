"""What the README shows is what the program does."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from planning_bot import cli

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def without_port(text: str) -> str:
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)


def test_the_excerpt_of_the_demo_is_what_the_demo_says(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["demo", "--no-keep"])
    said = without_port(capsys.readouterr().out)
    (excerpt,) = blocks("console")
    parts = without_port(excerpt).strip().split("\n\n")
    places = [said.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_the_table_has_every_command() -> None:
    section = README.split("## Commands")[1].split("##")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == list(cli.COMMANDS)


def test_the_configuration_to_begin_with_has_no_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, *_ = blocks("yaml")
    file = tmp_path / "planning-bot.yml"
    file.write_text(text, encoding="utf-8")
    assert cli.run(["check", "--config", str(file)]) == 0, capsys.readouterr().err


def test_the_time_off_that_is_shown_has_no_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, more, *_ = blocks("yaml")
    (tmp_path / "planning-bot.yml").write_text(text + textwrap.indent(more, "    "), encoding="utf-8")
    assert cli.run(["check", "--config", str(tmp_path / "planning-bot.yml")]) == 0, capsys.readouterr().err


def test_the_template_that_extends_the_shipped_one_has_no_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, *_ = blocks("yaml")
    (template,) = blocks("jinja")
    (tmp_path / "planning-bot.yml").write_text(text, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "planning_issue.md.j2").write_text(template, encoding="utf-8")
    assert cli.run(["check", "--config", str(tmp_path / "planning-bot.yml")]) == 0, capsys.readouterr().err


def test_what_it_points_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).exists()] == []
