"""Builds one knowledge base in a process of its own: `python -m benchmarks.building KB STATE (un)checked`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.dataset import settings
from diplograph.release import build
from diplograph.release.builder import _Build
from diplograph.validation import Report


def main(kb: str, state: str, how: str) -> None:
    """Builds a release, with the checks of shapes and counts or without them."""
    if how == "checked":
        build(settings(Path(kb), Path(state)))
        return
    with unchecked():
        build(settings(Path(kb), Path(state)))


@contextmanager
def unchecked() -> Iterator[None]:
    """Leaves validation out of builds in this block: it does not change what is in the store."""

    def nothing(build: _Build, *_: object) -> list[str]:
        (build.work / "report.json").write_text(Report.of([]).to_json(), encoding="utf-8")
        (build.work / "report.ttl").write_text("", encoding="utf-8")
        return []

    with patch.object(_Build, "_check", nothing):
        yield


if __name__ == "__main__":
    main(*sys.argv[1:])
