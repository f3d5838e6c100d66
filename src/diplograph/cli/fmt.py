"""`diplograph fmt`: canonical Turtle, so that a difference shows nothing but meaning."""

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from diplograph import turtle
from diplograph.cli import console, options
from diplograph.errors import MalformedRdf


@click.command
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--check", is_flag=True, help="Write nothing; name the files that are not canonical.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.pass_context
def command(ctx: click.Context, files: tuple[str, ...], check: bool, diff: bool) -> None:
    """Bring Turtle files into canonical form.

    A folder stands for the Turtle files in it, `-` for standard input. Exits 1 when --check or --diff finds
    a file that is not canonical; a file that cannot be read is named, and none is written then.
    """
    if files == ("-",):
        click.echo(turtle.format_text(sys.stdin.read()), nl=False)
        return
    changed = [(path, old, new) for path, old, new in _formatted(options.paths(files)) if old != new]
    for path, old, new in changed:
        if diff:
            lines = difflib.unified_diff(_lines(old), _lines(new), f"{path}", f"{path} (canonical)")
            click.echo("".join(lines), nl=False)
        elif check:
            click.echo(f"{path}: not canonical")
        else:
            path.write_text(new, encoding="utf-8")
            console.note(f"formatted {path}")
    if changed and (check or diff):
        ctx.exit(1)


def _formatted(paths: list[Path]) -> list[tuple[Path, str, str]]:
    return [(path, text := _read(path), _canonical(path, text)) for path in _files(paths)]


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.ttl"))
        else:
            yield path


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRdf(f"Not UTF-8: {error.reason} at byte {error.start}.", file=str(path)) from error


def _canonical(path: Path, text: str) -> str:
    try:
        return turtle.format_text(text)
    except MalformedRdf as error:
        raise MalformedRdf(error.detail, **error.facts, file=str(path)) from error


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
