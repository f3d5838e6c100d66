"""`diplograph diff`: what one release, folder or file holds and another does not."""

from contextlib import nullcontext
from pathlib import Path

import click

from diplograph import comparison
from diplograph.cli import console, options
from diplograph.cli.check import Iri
from diplograph.delta import Delta
from diplograph.vocab import short

FORMS = ("text", "counts", "patch")


@click.command
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice(FORMS),
    default="text",
    show_default=True,
    help="Each triple, how many in each graph, or an RDF Patch.",
)
@click.option("--graph", "graphs", type=Iri(), multiple=True, help="Only this graph, for example dgg:a1.")
@options.quiet
@options.output
@options.kb
@click.pass_context
def command(
    ctx: click.Context,
    *,
    before: str,
    after: str,
    form: str,
    graphs: tuple[str, ...],
    quiet: bool,
    output: Path | None,
    kb: Path | None,
) -> None:
    """Compare two releases, folders or files: the triples that B adds to A and removes from it.

    A and B are files, folders of a release, of a knowledge base or of RDF files, or releases that are kept:
    current, 8 or more digits of an id, or a date. Exits with 1 when they differ.
    """
    settings = options.settings(kb)
    sides = (comparison.holding(settings, name) for name in (before, after))
    delta = _only(comparison.between(*sides), graphs)
    if not quiet:
        _print(delta, form, output)
    ctx.exit(1 if delta else 0)


def _only(delta: Delta, names: tuple[str, ...]) -> Delta:
    if not names:
        return delta
    sides = (delta.added, delta.removed)
    return Delta(*(frozenset(q for q in side if comparison.graph_of(q) in names) for side in sides))


def _print(delta: Delta, form: str, output: Path | None) -> None:
    if form == "counts":
        rows = [
            (short(graph) if graph else "default", f"+{added}", f"-{removed}")
            for graph, (added, removed) in comparison.counts(delta).items()
        ]
        with output.open("w", encoding="utf-8") if output else nullcontext() as stream:
            if rows:
                console.table(("graph", "added", "removed"), rows, stream)
        return
    lines = (
        comparison.patch(delta)
        if form == "patch"
        else (f"{sign} {text} ." for sign, text in comparison.lines(delta))
    )
    options.emit("".join(f"{line}\n" for line in lines).encode(), output)
