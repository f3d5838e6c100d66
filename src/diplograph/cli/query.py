"""`diplograph query`: SPARQL over the release, over files, or over an endpoint."""

import sys
from pathlib import Path

import click

from diplograph import sparql
from diplograph.cli import engines, options, results
from diplograph.cli.run import pick
from diplograph.engine.rewriting import statistics
from diplograph.engine.rewriting.rewriter import Rewriter, Rewriting
from diplograph.engine.rewriting.statistics import Statistics


@click.command
@click.argument("name", required=False, metavar="[NAME|-]")
@click.option("-q", "--query", "text", help="The query itself.")
@click.option(
    "-f", "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File with it."
)
@click.option(
    "-d", "--data", multiple=True, metavar="FILE", help="Ask these files, or IRI=FILE, and no release."
)
@click.option("--endpoint", metavar="URL", help="Ask a SPARQL endpoint elsewhere.")
@results.format_option
@results.labels_option
@options.output
@options.timeout
@options.rewrite
@click.option(
    "--explain", is_flag=True, help="Show what would be evaluated, and why, in place of the answer."
)
@options.kb
def command(
    *,
    name: str | None,
    text: str | None,
    file: Path | None,
    data: tuple[str, ...],
    endpoint: str | None,
    form: str | None,
    labels: list[str],
    output: Path | None,
    timeout: float | None,
    rewrite: bool,
    explain: bool,
    kb: Path | None,
) -> None:
    """Ask a SPARQL query of the release, of files or of an endpoint.

    NAME is a canned query with its defaults, `-` reads the query from standard input.
    """
    if sum(given is not None for given in (name, text, file)) != 1:
        raise click.UsageError("say one of NAME, -, -q TEXT or -f FILE")
    if data and endpoint:
        raise click.UsageError("say either --data or --endpoint")
    if name not in (None, "-"):
        text = pick(options.settings(kb).kb / "queries" / "canned", str(name)).bind({})
    elif file:
        text = file.read_text(encoding="utf-8")
    operation = sparql.operation(sys.stdin.read() if text is None else text)
    if explain:
        options.emit(_explained(operation.text, endpoint, data, kb, rewrite=rewrite).encode(), output)
        return
    with engines.engine(endpoint, data, kb, timeout, rewrite=rewrite) as engine:
        results.show(engine, operation, form, output, labels)


def _explained(
    text: str, endpoint: str | None, data: tuple[str, ...], kb: Path | None, *, rewrite: bool
) -> str:
    """The query as it would be evaluated, under a comment that says why."""
    if endpoint or not rewrite:
        why = "The endpoint gets it as it is." if endpoint else "Rewriting is switched off."
        found = Rewriting(text, False, why)
    else:
        with engines.opened(options.settings(kb), data) as published:
            counted = Statistics.read(published.release.path / statistics.FILE)
        found = Rewriter(counted or Statistics({}, {})).of(text)
    done = "Rewritten" if found.rewritten else "Evaluated as it is written"
    return f"# {done}. {found.why}\n{found.text.rstrip()}\n"
