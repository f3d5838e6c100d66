"""Options and arguments that several verbs take."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from diplograph.settings import Settings

kb = click.option(
    "--kb",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the knowledge base. [default: DIPLOGRAPH_KB, else the checkout, else the copy installed]",
)
output = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file instead."
)
timeout = click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), help="Most seconds for a query."
)
rewrite = click.option(
    "--rewrite/--no-rewrite", default=True, help="Whether queries may be evaluated in a quicker form."
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code tells.")


def settings(folder: Path | None, **overrides: Any) -> Settings:
    """The settings for a command; values that are None stay as they are by default."""
    return Settings.resolve(folder, **overrides)


def paths(patterns: Sequence[str]) -> list[Path]:
    """The files that the arguments name; a pattern with `*` that the shell left alone is expanded.

    Raises click.BadParameter for one that names nothing. `-` is kept: it stands for standard input.
    """
    found: list[Path] = []
    for pattern in patterns:
        known = pattern == "-" or Path(pattern).exists()
        matches = [Path(pattern)] if known else _expanded(pattern)
        if not matches:
            raise click.BadParameter(f"there is no file {pattern!r}", param_hint="FILE")
        found += matches
    return found


def _expanded(pattern: str) -> list[Path]:
    start = Path(pattern).anchor
    return sorted(Path(start or ".").glob(pattern.removeprefix(start)))


def emit(body: bytes, target: Path | None) -> None:
    """Writes an answer to a file, or to standard output."""
    if target:
        target.write_bytes(body)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    if sys.stdout.isatty() and not body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
