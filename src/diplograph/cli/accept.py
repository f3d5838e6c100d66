"""`diplograph accept`, `changes`, `undo` and `token`: what changes the knowledge base, and who may."""

import os
import pwd
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click
from pyoxigraph import RdfFormat

from diplograph import release as releases
from diplograph.changes.accept import accept
from diplograph.changes.edits import Edit, Outcome, Request
from diplograph.changes.journal import Change, Journal
from diplograph.changes.tokens import Tokens
from diplograph.changes.undo import undo
from diplograph.cli import console
from diplograph.cli.check import Iri
from diplograph.errors import BadRequest, DoesNotConform, MalformedRdf, ReadOnly
from diplograph.namespaces import short
from diplograph.rdf import reading
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, jsonld_keys, rdf_parsing
from diplograph.validation.locate import Text
from diplograph.validation.renderings import to_text
from diplograph.validation.validator import graph_named


@click.command
@click.argument("files", nargs=-1, metavar="FILE...", required=True)
@click.option("--graph", type=Iri(), help="The named graph that the file is; by default its name tells.")
@click.option("--add", is_flag=True, help="Add to the graph instead of replacing it.")
@click.option("-m", "--message", default="", help="Why, for the journal.")
@console.kb
@click.pass_context
def accept_command(
    ctx: click.Context,
    *,
    files: tuple[str, ...],
    graph: str | None,
    add: bool,
    message: str,
    kb: Path | None,
) -> None:
    """Check files in the context of the knowledge base and take them in, all or none.

    FILE is the named graph of its name (`a3.ttl` is dgg:a3), or the one that --graph says, and replaces what
    that graph holds. A file of data/ that was edited in place is accepted as it is. When a shape objects,
    or covers a triple not, nothing changes and the exit code is 1.
    """
    settings = console.settings(kb, writes=True)
    base = KnowledgeBase(settings.kb)
    paths = console.paths(files)
    own = frozenset(name for path in paths if (name := _own(base, path)) is not None)
    with guarded(ctx):
        edits = [edit for path in paths for edit in _edits(base, path, graph, add=add)]
        if len({edit.graph for edit in edits}) < len(edits):
            raise BadRequest("Two files are the same graph.", hint="Accept one after the other, with --add.")
        told(settings, accept(settings, Request(edits, whoami(), message, in_place=own)))


@contextmanager
def guarded(ctx: click.Context) -> Iterator[None]:
    """Shows the report when the data does not conform, and leaves with exit code 1."""
    try:
        yield
    except DoesNotConform as error:
        _show(error)
        ctx.exit(1)


def told(settings: Settings, outcome: Outcome) -> None:
    """Says what became of a request, and has the dumps made that a large new release still lacks."""
    if outcome.change is None:
        console.note("nothing to change: the graph holds just that")
        return
    for graph, facts in outcome.change.graphs.items():
        click.echo(f"change {outcome.change.number}: {graph} +{facts.added} -{facts.removed}")
    console.note(f"release {outcome.release} is current")
    release = releases.current(settings)
    if release is not None:
        releases.complete(release)


def whoami() -> str:
    """The name of the user who runs the command."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _edits(kb: KnowledgeBase, path: Path, graph: str | None, *, add: bool) -> Sequence[Edit]:
    name = graph or graph_named(kb, path)
    kb.graph_file(name)
    if str(path) == "-":
        content, syntax = sys.stdin.buffer.read(), RdfFormat.TURTLE
    else:
        content, syntax = reading.read(path)
    try:
        found = rdf_parsing.parse(content, syntax.media_type, name, len(content), len(content) + 1)
        jsonld_keys.require_mapped(Text(str(path), content, syntax.media_type, name))
    except MalformedRdf as error:
        raise MalformedRdf(error.detail, **error.facts, file=str(path)) from error
    for each in found:
        kb.graph_file(each)
    return [Edit(each, "patch" if add else "put", tuple(triples)) for each, triples in found.items()]


def _own(kb: KnowledgeBase, path: Path) -> str | None:
    """The path of a file of data/ below the knowledge base, None for any other file."""
    if kb.graph_of(path) is None:
        return None
    return path.resolve().relative_to(kb.root.resolve()).as_posix()


def _show(error: DoesNotConform) -> None:
    if "report" in error.facts:
        click.echo(to_text(Report.from_json(cast("dict[str, Any]", error.facts["report"]))).rstrip("\n"))
        console.complain("nothing was changed")
    else:
        console.report(error)


@click.command
@click.argument("number", type=click.IntRange(1), metavar="[ID]", required=False)
@console.kb
def changes_command(number: int | None, kb: Path | None) -> None:
    """List the accepted changes, the newest first, or show the triples of one.

    Of one change, what it added is printed as N-Quads behind `+`, what it removed behind `-`.
    """
    journal = Journal(console.settings(kb).state)
    if number is None:
        rows = [row for change in reversed(journal.changes()) for row in _rows(change)]
        console.table(("ID", "when", "who", "graph", "change", "message"), rows)
        return
    content = journal.content(journal.find(number))
    for sign, text in (("-", content.removed), ("+", content.added)):
        for line in text.splitlines():
            click.echo(f"{sign} {line}")


def _rows(change: Change) -> list[tuple[str, ...]]:
    return [
        (str(change.number), change.at, change.who, short(graph), f"+{f.added} -{f.removed}", change.message)
        for graph, f in change.graphs.items()
    ]


@click.command
@click.option("--name", metavar="WHO", help="Make a token for this holder and print it, once.")
@click.option("--revoke", metavar="WHO", help="End the token of this holder.")
@click.option("--list", "listed", is_flag=True, help="List who holds a token, and since when.")
@console.kb
def token_command(name: str | None, revoke: str | None, listed: bool, kb: Path | None) -> None:
    """Make, list and revoke the bearer tokens that allow writing.

    A token is printed when it is made and never again: only a salted hash of it is kept. The name is what
    the journal records with each change.
    """
    if [name is not None, revoke is not None, listed].count(True) != 1:
        raise click.UsageError("give one of --name, --revoke and --list")
    settings = console.settings(kb, writes=not listed)
    if settings.read_only:
        raise ReadOnly(f"The knowledge base at {settings.kb} cannot be written.")
    tokens = Tokens(settings.state)
    if listed:
        console.table(("since", "name"), [(token.created, token.name) for token in tokens.all()])
    elif revoke is not None:
        tokens.revoke(revoke)
        console.note(f"{revoke} can no longer write")
    elif name is not None:
        click.echo(tokens.create(name))
        console.note("keep it safe: it is not shown again")


@click.command
@click.argument("number", type=click.IntRange(1), metavar="ID")
@click.option("-m", "--message", default="", help="Why, for the journal.")
@console.kb
@click.pass_context
def undo_command(ctx: click.Context, number: int, message: str, kb: Path | None) -> None:
    """Take an accepted change back, by the number that `diplograph changes` lists.

    The inverse change is checked like any other; what rests on the change has to be taken back first.
    """
    with guarded(ctx):
        settings = console.settings(kb, writes=True)
        told(settings, undo(settings, number, whoami(), message))
