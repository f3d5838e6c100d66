"""`diplograph accept`: check, then add to the knowledge base, atomically."""

import os
import pwd
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click

from diplograph import release as releases
from diplograph.cli import console, options
from diplograph.cli.check import Iri
from diplograph.errors import BadRequest, DoesNotConform, MalformedRdf
from diplograph.intake.acceptance import accept
from diplograph.intake.edits import Edit
from diplograph.intake.requests import Outcome, Request
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, uploads
from diplograph.validation.renderings import to_text
from diplograph.vocab import DGG


@click.command
@click.argument("files", nargs=-1, metavar="FILE...", required=True)
@click.option("--graph", type=Iri(), help="The named graph that the file is; by default its name tells.")
@click.option("--add", is_flag=True, help="Add to the graph instead of replacing it.")
@click.option("-m", "--message", default="", help="Why, for the journal.")
@options.kb
@click.pass_context
def command(
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
    settings = options.settings(kb)
    base = KnowledgeBase(settings.kb)
    paths = options.paths(files)
    edits = [edit for path in paths for edit in _edits(base, path, graph, add=add)]
    if len({edit.graph for edit in edits}) < len(edits):
        raise BadRequest("Two files are the same graph.", hint="Accept one after the other, with --add.")
    own = frozenset(name for path in paths if (name := _own(base, path)) is not None)
    with guarded(ctx):
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
    name = graph or kb.graph_of(path) or str(DGG[path.stem])
    kb.graph_file(name)
    content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    suffix = ".ttl" if str(path) == "-" else path.suffix
    try:
        found = uploads.parse(content, suffix, name, len(content), len(content) + 1)
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
