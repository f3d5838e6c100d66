"""`diplograph fmt`: canonical Turtle, so that a difference shows nothing but meaning."""

import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import click

from diplograph import turtle
from diplograph.cli import console, options
from diplograph.errors import MalformedRdf
from diplograph.intake import disk

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file with its text as it is and in canonical form; None is standard input."""

    path: Path | None
    old: str
    new: str

    @property
    def name(self) -> str:
        """The name to print."""
        return STDIN if self.path is None else str(self.path)

    @property
    def lost(self) -> list[turtle.Remark]:
        """The comments that the canonical form has no place for."""
        return [found for found in turtle.remarks(self.old.removeprefix("\ufeff")) if not found.in_head]


@click.command
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--check", is_flag=True, help="Write nothing; name the files that are not canonical.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--drop-comments", is_flag=True, help="Leave out comments below the first statement.")
@click.pass_context
def command(
    ctx: click.Context, files: tuple[str, ...], *, check: bool, diff: bool, drop_comments: bool
) -> None:
    """Bring Turtle files into canonical form.

    A folder stands for the Turtle files in it, `-` for standard input. Comments above the first statement
    are kept; a file with others is refused, unless they are to be dropped: write remarks as triples. Exits 1
    when --check or --diff finds a file that is not canonical; when a file cannot be read or is refused, it
    exits 2 and writes none.
    """
    texts = [_formatted(path) for path in _files(options.paths(files))]
    refused = [] if drop_comments else [text for text in texts if text.lost]
    for text in refused:
        _refuse(text)
    if refused:
        console.note("hint: write remarks as triples (skos:note), or say --drop-comments")
        ctx.exit(2)
    changed = [text for text in texts if text.old != text.new]
    for text in texts if files == ("-",) and not (check or diff) else changed:
        _told(text, diff=diff) if check or diff else _write(text)
    if changed and (check or diff):
        ctx.exit(1)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.ttl"))
        else:
            yield path


def _formatted(path: Path) -> Formatted:
    """Read a file as bytes: line ends inside literals are content."""
    stdin = str(path) == "-"
    content = sys.stdin.buffer.read() if stdin else path.read_bytes()
    name = STDIN if stdin else str(path)
    try:
        old = content.decode("utf-8")
        return Formatted(None if stdin else path, old, turtle.format_text(old))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        position = {"line": line, "column": error.start - content.rfind(b"\n", 0, error.start)}
        raise MalformedRdf(f"Not UTF-8: {error.reason}.", file=name, position=position) from error
    except MalformedRdf as error:
        raise MalformedRdf(error.detail, **error.facts, file=name) from error


def _refuse(text: Formatted) -> None:
    for comment in text.lost:
        console.complain(f"{text.name}:{comment.line}: this comment would be dropped: {comment.text}")


def _told(text: Formatted, *, diff: bool) -> None:
    """Say where a file begins to differ from its canonical form, or show all that differs."""
    old, new = text.old.splitlines(keepends=True), text.new.splitlines(keepends=True)
    if diff:
        lines = difflib.unified_diff(old, new, text.name, f"{text.name} (canonical)")
        click.echo("".join(lines), nl=False)
        return
    first = next(number for number, (a, b) in enumerate(zip_longest(old, new), 1) if a != b)
    click.echo(f"{text.name}:{first}: not canonical")


def _write(text: Formatted) -> None:
    if text.path is None:
        click.echo(text.new, nl=False)
        return
    disk.replace(text.path.resolve(), text.new, text.path.stat().st_mode & 0o777)
    console.note(f"formatted {text.path}")
