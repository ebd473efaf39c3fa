"""The lower bounds that users are promised are those that .ci/run tries."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_set_that_is_tried_is_that_of_the_lower_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tried = (ROOT / "tests" / "lower_bounds.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in tried if not line.startswith("#")] == [
        dependency.replace(">=", "==") for dependency in project["dependencies"]
    ]
