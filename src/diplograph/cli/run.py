"""`diplograph run`: a canned query with its parameters."""

import difflib
from collections.abc import Sequence
from pathlib import Path

import click

from diplograph import sparql
from diplograph.cli import console, engines, options, results
from diplograph.engine.protocol import Engine
from diplograph.errors import UnknownResource
from diplograph.queries import CannedQuery, QueryBook, emptiness
from diplograph.queries.emptiness import Reason
from diplograph.resources import grounds
from diplograph.vocab import short


@click.command
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--list", "listing", is_flag=True, help="List the canned queries and their parameters.")
@click.option("--show", is_flag=True, help="Print the SPARQL text with the values filled in; run nothing.")
@click.option("--evidence", is_flag=True, help="After the answer, the passages that each statement rests on.")
@results.format_option
@results.labels_option
@options.output
@options.timeout
@options.kb
def command(
    *,
    name: str | None,
    values: tuple[str, ...],
    listing: bool,
    show: bool,
    evidence: bool,
    form: str | None,
    labels: list[str],
    output: Path | None,
    timeout: float | None,
    kb: Path | None,
) -> None:
    """Run a canned query with its parameters.

    A parameter that takes several values is given several times: `run timeline one=japan other=russia`.
    """
    settings = options.settings(kb, timeout=timeout)
    folder = settings.kb / "queries" / "canned"
    if listing:
        _list(QueryBook.read(folder))
        return
    if name is None:
        raise click.UsageError("say NAME, or --list")
    if evidence and form not in (None, "table"):
        raise click.UsageError("--evidence goes with -r table")
    query = pick(folder, name)
    given = _raw(values)
    text = query.bind(given)
    if show:
        options.emit(text.encode(), output)
        return
    operation = sparql.operation(text)
    with engines.opened(settings) as published:
        if form not in (None, "table") or operation.form != "select":
            results.show(published.engine, operation, form, output, labels)
            return
        answer = results.select(published.engine, operation)
        results.print_table(published.engine, answer, output, labels)
        if not answer.rows:
            _explain(emptiness.reasons(published.engine, query, given))
        if evidence:
            _show_evidence(published.engine, results.things(answer, query.statements))


def pick(folder: Path, name: str) -> CannedQuery:
    """A canned query by name. Raises UnknownResource with near names."""
    book = QueryBook.read(folder)
    if name not in book:
        near = difflib.get_close_matches(name, book, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "See diplograph run --list."
        raise UnknownResource(f"There is no canned query {name!r}.", hint=hint)
    return book[name]


def _raw(values: Sequence[str]) -> dict[str, list[str]]:
    raw: dict[str, list[str]] = {}
    for item in values:
        key, equals, value = item.partition("=")
        if not equals:
            raise click.UsageError(f"{item!r} is not KEY=VALUE")
        raw.setdefault(key, []).append(value)
    return raw


def _list(book: QueryBook) -> None:
    rows = [[query.name, query.question or query.summary, _signature(query)] for query in book.values()]
    console.table(["name", "question", "parameters"], rows)


def _signature(query: CannedQuery) -> str:
    return " ".join(f"[{p.name}]" if p.optional or p.default else p.name for p in query.parameters.values())


def _explain(reasons: Sequence[Reason]) -> None:
    """Says on standard error which value lets nothing through."""
    for reason in reasons:
        near = f" (near: {', '.join(map(short, reason.near))})" if reason.near else ""
        facts = [f"nothing is named {short(iri)}{near}" for iri in reason.unknown]
        if reason.helps is not None:
            facts.append("there are rows without it" if reason.helps else "no rows without it either")
        console.note(f"{reason.parameter.name}={', '.join(reason.values)}: {'; '.join(facts)}")


def _show_evidence(engine: Engine, things: Sequence[str]) -> None:
    if things:
        results.print_table(engine, results.select(engine, sparql.operation(grounds.text(things))))
