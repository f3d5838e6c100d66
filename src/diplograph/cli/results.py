"""Results as the command line shows them: in a table with short names, or in a media type by its suffix."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Protocol

import click
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from diplograph import media, sparql
from diplograph.cli import console, options
from diplograph.client.table import Table
from diplograph.engine.protocol import Answer, Operation
from diplograph.sparql import Solutions
from diplograph.vocab import short

RESULT_MEDIA = {
    "json": media.RESULTS_JSON,
    "xml": media.RESULTS_XML,
    "csv": media.CSV,
    "tsv": media.TSV,
}
GRAPH_MEDIA = {"ttl": media.TURTLE, "nt": media.N_TRIPLES, "jsonld": media.JSON_LD, "rdf": media.RDF_XML}
PARQUET = "parquet"
FORMATS = ("table", *RESULT_MEDIA, PARQUET, *GRAPH_MEDIA)
LABELS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?label WHERE { %s ?thing rdfs:label ?label }"""

format_option = click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice(FORMATS),
    help="Form of the answer. [default: table, and ttl for graphs]",
)
labels_option = click.option(
    "--labels",
    metavar="LANGUAGES",
    default="",
    callback=lambda _context, _option, text: text.split(",") if text else [],
    help="Show things in tables by label, for example en,ja.",
)


class Asked(Protocol):
    """Whatever answers operations: an engine, or an endpoint elsewhere."""

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """The whole answer in the media type."""
        ...


def show(
    engine: Asked, operation: Operation, form: str | None, output: Path | None, labels: Sequence[str]
) -> None:
    """Evaluates an operation and prints or writes its answer.

    Raises click.UsageError for a form that this kind of query has no answer in.
    """
    selecting = operation.form in ("select", "ask")
    offered = RESULT_MEDIA if selecting else GRAPH_MEDIA
    chosen = form or ("table" if selecting else "ttl")
    if chosen == "table" and operation.form == "select":
        print_table(engine, select(engine, operation), output, labels)
    elif chosen == "table" and operation.form == "ask":
        answer = json.loads(engine.evaluate(operation, media.RESULTS_JSON).body)
        options.emit(f"{str(answer['boolean']).lower()}\n".encode(), output)
    elif chosen == PARQUET and operation.form == "select":
        options.emit(parquet(engine.evaluate(operation, media.RESULTS_JSON)), output)
    elif chosen in offered:
        options.emit(engine.evaluate(operation, offered[chosen]).body, output)
    else:
        raise click.UsageError(
            f"{operation.form.upper()} is answered in {', '.join(offered)}, not in {chosen}"
        )


def parquet(answer: Answer) -> bytes:
    """The rows of a SELECT query in Parquet, typed; click.UsageError without the extra `notebook`."""
    try:
        frame = Table.read(answer.body, "").to_polars()
    except ImportError as error:
        raise click.UsageError(str(error)) from error
    stream = BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def select(engine: Asked, operation: Operation) -> Solutions:
    """The rows of a SELECT query."""
    return sparql.solutions(engine.evaluate(operation, media.RESULTS_JSON).body)


def things(found: Solutions, columns: Iterable[str]) -> list[str]:
    """The distinct IRIs in some columns, in the order of their first row."""
    cells = (row.get(column) for row in found.rows for column in columns)
    return list(dict.fromkeys(str(cell) for cell in cells if isinstance(cell, URIRef)))


def print_table(
    engine: Asked, found: Solutions, output: Path | None = None, languages: Sequence[str] = ()
) -> None:
    """Prints a table, things by their label in the first of some languages that has one."""
    labels = look_up(engine, languages, things(found, found.variables)) if languages else {}
    rows = [[_cell(row.get(column), labels) for column in found.variables] for row in found.rows]
    if output:
        with output.open("w", encoding="utf-8") as stream:
            console.table(found.variables, rows, stream)
    else:
        console.table(found.variables, rows, sys.stdout)


def look_up(engine: Asked, languages: Sequence[str], iris: Sequence[str]) -> dict[str, str]:
    """The labels of things by IRI, each in the first language that it has one in."""
    best: dict[str, tuple[int, str]] = {}
    operation = sparql.operation(LABELS % sparql.values("thing", iris))
    for row in select(engine, operation).rows:
        label = row["label"]
        if isinstance(label, Literal) and label.language in languages:
            candidate = (languages.index(label.language), str(label))
            best[str(row["thing"])] = min(best.get(str(row["thing"]), candidate), candidate)
    return {thing: label for thing, (_, label) in best.items()}


def _cell(term: Node | None, labels: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, URIRef):
        return labels.get(str(term)) or short(str(term))
    return f"_:{term}" if isinstance(term, BNode) else str(term)
