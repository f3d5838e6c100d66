"""`diplograph fmt`, `convert` and `dump`: RDF files read and written, by suffix."""

import difflib
import gzip
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import click
import pyoxigraph
from pyoxigraph import DefaultGraph, Quad, RdfFormat

from diplograph.changes import apply
from diplograph.cli import console
from diplograph.errors import MalformedRdf, UnknownResource, UnsupportedMediaType
from diplograph.namespaces import prefixes
from diplograph.queries.parameters import read_iri
from diplograph.rdf import Dataset, rdf_xml, reading, turtle
from diplograph.release import Release, durable
from diplograph.validation import jsonld_keys
from diplograph.validation.locate import Text

STDIN = "<stdin>"
GRAPH_SUFFIXES = ("ttl", "nt", "jsonld", "rdf")
DATASET_SUFFIXES = ("trig", "nq")
SUFFIXES = (*GRAPH_SUFFIXES, *DATASET_SUFFIXES)
SYNTAXES = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}


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
    def is_canonical(self) -> bool:
        """Whether nothing but line ends would change: git writes those of the system."""
        return turtle.unix_lines(self.old) == self.new

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
def fmt_command(
    ctx: click.Context, files: tuple[str, ...], *, check: bool, diff: bool, drop_comments: bool
) -> None:
    """Bring Turtle files into canonical form.

    A folder stands for the Turtle files in it, `-` for standard input. Comments above the first statement
    are kept; a file with others is refused, unless they are to be dropped: write remarks as triples. Exits 1
    when --check or --diff finds a file that is not canonical; when a file cannot be read or is refused, it
    exits 2 and writes none.
    """
    console.name_by(ctx)
    paths = list(_files(console.paths(files)))
    with ExitStack() as held:
        if not (check or diff):
            for folder in sorted({path.resolve().parent for path in paths if str(path) != "-"}):
                held.enter_context(durable.folder_lock(folder))
        _format(ctx, [_formatted(path) for path in paths], check=check, diff=diff, lossy=drop_comments)


def _format(ctx: click.Context, texts: Sequence[Formatted], *, check: bool, diff: bool, lossy: bool) -> None:
    """Write the texts, or tell what would change."""
    refused = [] if lossy else [text for text in texts if text.lost]
    for text in refused:
        _refuse(text)
    if refused:
        console.note("hint: write remarks as triples (skos:note), or say --drop-comments")
        ctx.exit(2)
    if check or diff:
        changed = [text for text in texts if not text.is_canonical]
        for text in changed:
            _told(text, diff=diff)
        ctx.exit(1 if changed else 0)
    for text in texts:
        if text.path is None or text.old != text.new:
            _write(text)


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
        content = reading.unpacked(name, content)
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
    body = text.new.encode("utf-8")
    packed = gzip.compress(body, mtime=0) if text.path.name.endswith(reading.PACKED) else body
    durable.replace(text.path.resolve(), packed, text.path.stat().st_mode & 0o777)
    console.note(f"formatted {text.path}")


def read(path: Path, suffix: str | None) -> list[Quad]:
    """The statements of a file, lexical forms kept; `-` is standard input and needs the suffix.

    Says which keys of JSON-LD mean nothing. Raises MalformedRdf with file and position.
    """
    stdin = str(path) == "-"
    if stdin and suffix is None:
        raise click.UsageError(f"the syntax of {STDIN} is not known: say --from {'|'.join(SUFFIXES)}")
    if stdin:
        syntax, base = SYNTAXES[suffix or ""], "urn:stdin"
        content = reading.utf8(sys.stdin.buffer.read(), syntax)
    else:
        base = path.resolve().as_uri()
        try:
            content, syntax = reading.read(path, suffix)
        except UnsupportedMediaType as error:
            raise click.UsageError(f"{error.detail} Say --from {'|'.join(SUFFIXES)}.") from error
    try:
        quads = list(pyoxigraph.parse(content, syntax, base_iri=base))
    except SyntaxError as error:
        found = turtle.malformed(error)
        raise MalformedRdf(found.detail, **found.facts, file=str(path)) from error
    for lost in jsonld_keys.dropped([Text(str(path), content, syntax.media_type, base)]):
        console.note(f"{lost.file}:{lost.line}:{lost.column}: {lost.message}")
    return quads


def write(quads: Sequence[Quad], suffix: str) -> bytes:
    """Statements in a syntax.

    Raises click.UsageError when it has no place for their named graphs, NotAcceptable for what RDF/XML cannot
    hold.
    """
    if suffix in DATASET_SUFFIXES:
        return _serialized(quads, suffix)
    if any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads):
        raise click.UsageError(f"there are named graphs, which {suffix} cannot hold: use trig or nq")
    triples = [quad.triple for quad in quads]
    if suffix == "rdf":
        return b"".join(rdf_xml.serialised(triples, prefixes()))
    return _serialized(triples, suffix)


def _serialized(statements: Iterable[Quad] | Iterable[pyoxigraph.Triple], suffix: str) -> bytes:
    used = None if suffix in ("nt", "nq") else dict(prefixes())
    return pyoxigraph.serialize(statements, format=SYNTAXES[suffix], prefixes=used) or b""


@click.command
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-r", "--to", type=click.Choice(SUFFIXES), help="Syntax to write. [default: that of -o, else ttl]"
)
@click.option(
    "-f", "--from", "source", type=click.Choice(SUFFIXES), help="Syntax to read. [default: by suffix]"
)
@console.output
@click.pass_context
def convert_command(
    ctx: click.Context, files: tuple[str, ...], to: str | None, source: str | None, output: Path | None
) -> None:
    """Convert RDF from one syntax to another; several files become one. `-` is standard input."""
    console.name_by(ctx)
    suffix = to or (output.suffix.removeprefix(".") if output else "ttl")
    if suffix not in SUFFIXES:
        raise click.UsageError(f"no RDF syntax has the suffix {suffix!r}: say --to")
    quads = [quad for path in console.paths(files) for quad in read(path, source)]
    console.emit(write(quads, suffix), output)


@click.command
@click.option("-r", "--to", type=click.Choice(SUFFIXES), help="Syntax. [default: trig, or ttl with --graph]")
@click.option("--graph", metavar="IRI", help="Only this named graph, for example dgg:a1.")
@console.output
@console.kb
def dump_command(to: str | None, graph: str | None, output: Path | None, kb: Path | None) -> None:
    """Write the whole release: N-Quads and TriG hold the named graphs, the others their merge."""
    with console.progress() as progress:
        release = apply.prepare(console.settings(kb), progress)
    body = _graph(release, graph, to or "ttl") if graph else _whole(release, to or "trig")
    console.emit(body, output)


def _whole(release: Release, suffix: str) -> bytes:
    prepared = release.dumps.get(f"diplograph.{suffix}.gz")
    if prepared:
        return gzip.decompress(prepared.read_bytes())
    merge = [quad for quad in _store(release).quads() if isinstance(quad.graph_name, DefaultGraph)]
    return write(merge, suffix)


def _graph(release: Release, name: str, suffix: str) -> bytes:
    try:
        iri = read_iri(name).value
    except ValueError as error:
        raise click.BadParameter(f"{name!r} is not an IRI", param_hint="--graph") from error
    store = _store(release)
    if iri not in store.graph_names():
        raise UnknownResource(f"There is no graph {iri}.", hint=f"Known: {', '.join(store.graph_names())}")
    quads = sorted(store.quads(iri), key=str)
    if suffix in DATASET_SUFFIXES:
        return write(quads, suffix)
    return write([Quad(quad.subject, quad.predicate, quad.object) for quad in quads], suffix)


def _store(release: Release) -> Dataset:
    return Dataset.open_read_only(release.store_path)
