"""The terminal: messages, progress and tables, and the options that several verbs take.

Rich is imported when one of these is shown.
"""

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from diplograph.errors import DiplographError
from diplograph.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


WIDE = 100_000
WIDEST_NAME = 34
"""Columns of a name with its value beside it; the value of a longer one begins below."""
LEAST, COMFORTABLE, GAP = 12, 24, 3
"""On a terminal: the least width of a column, one in which text is read well, and the gap between two."""


def name_by(ctx: click.Context, _: click.Parameter | None = None, folder: Path | None = None) -> Path | None:
    """Have names be those of the knowledge base that is meant while a command is read and runs."""
    if not ctx.resilient_parsing:
        from diplograph.namespaces import in_space  # noqa: PLC0415 - loads rdflib, which not every command needs
        from diplograph.sources import KnowledgeBase  # noqa: PLC0415 - so does this

        ctx.with_resource(in_space(KnowledgeBase(Settings.resolve(folder).kb).base))
    return folder


kb = click.option(
    "--kb",
    type=click.Path(file_okay=False, path_type=Path),
    is_eager=True,  # other options take names
    callback=name_by,
    help="Folder of the knowledge base. [default: DIPLOGRAPH_KB, else the one that the current folder is in,"
    " else the checkout, else the copy installed]",
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


def end_quietly() -> None:
    """Have signals that stop end this command as they end a service: with exit code 0, without a word."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))


def complain(text: str) -> None:
    """An error on standard error, in colour where NO_COLOR and the terminal allow it."""
    line = import_module("rich.text").Text.assemble(("error: ", "bold red"), text)
    _console(sys.stderr).print(line, soft_wrap=True)


def note(text: str) -> None:
    """A diagnostic on standard error."""
    click.echo(text, err=True)


def report(error: DiplographError) -> None:
    """An error in plain words: where, what, each problem, and the cure.

    Problems that are findings about the data go to standard output.
    """
    complain(f"{place(error)}{error.detail}")
    problems = cast("Sequence[str]", error.facts.get("problems", ()))
    for problem in problems:
        click.echo(problem, err=not error.facts.get("findings"))
    note(f"hint: {error.hint}")


def place(error: DiplographError) -> str:
    """Where an error is: `file:line:column: `, as far as it is known."""
    position = error.facts.get("position")
    parts = [error.facts.get("file")]
    if isinstance(position, dict):
        parts += [position.get("line"), position.get("column")]
    known = ":".join(str(part) for part in parts if part is not None)
    return f"{known}: " if known else ""


@contextmanager
def progress() -> Iterator[Callable[[str, float], None] | None]:
    """A progress bar on standard error while the block runs; nothing when that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    rich = import_module("rich.progress")
    with rich.Progress(console=_console(sys.stderr), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda phase, fraction: bar.update(task, description=phase, completed=fraction)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], stream: Any = None) -> None:
    """A table on standard output, as wide as it needs to be; on a terminal it keeps to the width of that.

    There no column is under 12 characters and no word is folded: where that does not fit, a row is a block.
    """
    stream = stream or sys.stdout
    console = _console(stream)
    widths = _widths(columns, rows, console.width) if stream.isatty() else [None] * len(columns)
    if widths is None:
        _blocks(columns, rows, console)
        return
    made = import_module("rich.table").Table(
        box=import_module("rich.box").SIMPLE_HEAD, pad_edge=False, show_edge=False
    )
    text = import_module("rich.text").Text
    for column, width in zip(columns, widths, strict=True):
        made.add_column(text(column), overflow="fold", width=width)
    for row in rows:
        made.add_row(*map(text, row))
    console.print(made)


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int | None] | None:
    """The width of each column on a terminal; None where there is no room for them side by side."""
    cells = list(zip(columns, *rows, strict=True))
    wanted = [
        max(LEAST, *(_length(line) for text in column for line in text.splitlines())) for column in cells
    ]
    found = [
        max(min(most, COMFORTABLE), *map(_longest_word, column))
        for most, column in zip(wanted, cells, strict=True)
    ]
    spare = width - sum(found) - GAP * (len(cells) - 1)
    if spare < 0:
        return None
    order = sorted(range(len(cells)), key=lambda place: wanted[place] - found[place])
    for number, place in enumerate(order):
        more = min(wanted[place] - found[place], spare // (len(order) - number))
        found[place] += more
        spare -= more
    return [*found]


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], console: "Console") -> None:
    """Each row as lines of a head and what stands under it; empty cells are left out."""
    text = import_module("rich.text").Text
    indent = max(map(_length, columns)) + 2
    for number, row in enumerate(rows):
        if number:
            console.print()
        for head, cell in zip(columns, row, strict=True):
            is_below = _longest_word(cell) > console.width - indent
            start = f"{head}\n  " if is_below else f"{head}{' ' * (indent - _length(head))}"
            inset = 2 if is_below else indent
            lines = text(cell).wrap(console, console.width - inset, overflow="fold") if cell else ()
            if lines:
                whole = f"\n{' ' * inset}".join(line.plain.rstrip() for line in lines)
                console.print(text(f"{start}{whole}"), soft_wrap=True)


def _longest_word(text: str) -> int:
    """How wide the longest word is; a text of wide letters, as Japanese, may be folded anywhere."""
    words = (word for word in text.split() if _length(word) == len(word))
    return max(map(len, words), default=0)


def _length(text: str) -> int:
    """How many columns of a terminal a text takes."""
    width: int = import_module("rich.cells").cell_len(text)
    return width


def is_read(output: Path | None = None) -> bool:
    """Whether a person reads the answer: standard output is a terminal, and no file takes it."""
    return output is None and sys.stdout.isatty()


def linked(text: str, iri: str = "", style: str = "") -> "Text":
    """A text that leads to an IRI on terminals that know links (OSC 8)."""
    found = import_module("rich.style").Style
    made: Text = import_module("rich.text").Text(text, found.parse(style) + found(link=iri or None))
    return made


def block(head: "Text | str", text: "Text | str" = "") -> None:
    """Print a text behind its head, wrapped between words; further lines begin where the text began.

    A word that is too wide is left to the terminal, which keeps it whole when it is copied; a text of wide
    letters, as Japanese, may be folded anywhere.
    """
    out = _console(sys.stdout)
    made = import_module("rich.text").Text
    before, behind = (part if isinstance(part, made) else made(part) for part in (head, text))
    room = out.width - before.cell_len
    if _longest_word(behind.plain) > room:
        out.print(before + behind, soft_wrap=True)
        return
    for line in behind.wrap(out, max(room, 1)) or [behind]:
        line.rstrip()
        out.print(before + line, soft_wrap=True)
        before = made(" " * before.cell_len)


def pairs(rows: Sequence[tuple["Text", "Text | str"]], indent: int = 2) -> None:
    """Print names with their values beside them, or below where the width does not do for that."""
    made = import_module("rich.text").Text
    wide = max((name.cell_len for name, _ in rows if name.cell_len <= WIDEST_NAME), default=0) + 2
    room = _console(sys.stdout).width - indent - wide
    for name, value in rows:
        longest = max((made(word).cell_len for word in str(value).split()), default=0)
        head = made(" " * indent) + name
        if name.cell_len < wide and longest <= room:
            head.pad_right(indent + wide - head.cell_len)
            block(head, value)
        else:
            block(head)
            block(" " * (indent + 2), value)


def _console(stream: Any) -> "Console":
    width = None if stream.isatty() else WIDE
    console: Console = import_module("rich.console").Console(file=stream, width=width, highlight=False)
    return console


def settings(folder: Path | None, *, writes: bool = False, **overrides: Any) -> Settings:
    """The settings for a command; values that are None stay as they are by default.

    One that `writes` says which knowledge base that is to. Where another version of the package is installed
    than the one that the knowledge base extends, it is told with what to do.
    """
    found = Settings.resolve(folder, **overrides)
    if writes:
        note(f"knowledge base {found.kb}")
    from diplograph.sources import KnowledgeBase  # noqa: PLC0415 - loads rdflib, which not every command needs

    if outdated := KnowledgeBase(found.kb).outdated():
        note(f"warning: {outdated}")
    return found


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
