"""The verbs that a curator works with before and while writing: find, new, evidence."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]


def test_find_tells_what_is_named_like_a_text(run: Run, shared_kb: Path) -> None:
    result = run("find", "エックス", kb=shared_kb)

    assert result.exit_code == 0
    assert result.stdout == "100.0  state:x  X  (エックス)\n"


def test_find_narrows_by_kind_and_gives_json(run: Run, shared_kb: Path) -> None:
    result = run("find", "expels x", "--kind", "act", "-r", "json", kb=shared_kb)

    assert [one["label"] for one in json.loads(result.stdout)] == ["X expels"]


def test_find_says_when_nothing_is_named_so(run: Run, shared_kb: Path) -> None:
    result = run("find", "unheard of", kb=shared_kb)

    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing is named" in result.stderr
