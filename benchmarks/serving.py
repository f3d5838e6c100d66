"""Serves one release as `diplograph serve` does, but never builds.

`python -m benchmarks.serving KB STATE PORT`

A release that was built without checks, or before the software changed, is served as it is.
"""

import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.dataset import TIMEOUT
from diplograph.cli.server import serve
from diplograph.release import current
from diplograph.settings import Settings


def main(kb: str, state: str, port: str) -> None:
    """Serves the current release of a state folder until it is told to end."""
    settings = replace(Settings.resolve(Path(kb), port=int(port), timeout=TIMEOUT), state=Path(state))
    release = current(settings)
    if release is None:
        raise SystemExit(f"There is no release in {state}.")
    serve(settings, release)


if __name__ == "__main__":
    main(*sys.argv[1:])
