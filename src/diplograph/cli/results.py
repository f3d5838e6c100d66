"""Results on the command line: what a query is asked of, its answer as a table or in a media type."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from diplograph import media
from diplograph import release as releases
from diplograph.changes import apply
from diplograph.cli import console
from diplograph.client.table import Table
from diplograph.documents import naming, provenance
from diplograph.documents.dates import between, in_words
from diplograph.engine import operations
from diplograph.engine.operations import Row, Solutions
from diplograph.engine.protocol import Answer, Operation, Queryable
from diplograph.engine.remote import ACCEPTED
from diplograph.engine.remote_tasks import write_answer
from diplograph.engine.upstream import ACCEPTED_AS
from diplograph.errors import EngineTimeout, EngineUnavailable, MalformedRdf
from diplograph.namespaces import EDTF, LANGUAGES, XSD, is_ours, short
from diplograph.queries.canned import Column, columns_of
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase

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


all_columns_option = click.option(
    "--all-columns",
    "every",
    is_flag=True,
    help="On a terminal, all columns of a canned query and not only those that are read first.",
)


def show(
    engine: Queryable,
    operation: Operation,
    form: str | None,
    output: Path | None,
    labels: Sequence[str],
    *,
    columns: Sequence[Column] = (),
) -> None:
    """Evaluates an operation and prints or writes its answer; `columns` are those that a terminal shows.

    Raises click.UsageError for a form that this kind of query has no answer in.
    """
    selecting = operation.form in ("select", "ask")
    offered = RESULT_MEDIA if selecting else GRAPH_MEDIA
    chosen = form or ("table" if selecting else "ttl")
    if chosen == "table" and operation.form == "select":
        print_table(engine, select(engine, operation), output, labels, columns)
    elif chosen == "table" and operation.form == "ask":
        answer = json.loads(engine.evaluate(operation, media.RESULTS_JSON).body)
        console.emit(f"{str(answer['boolean']).lower()}\n".encode(), output)
    elif chosen == PARQUET and operation.form == "select":
        console.emit(parquet(provenance.evaluate(engine, operation, media.RESULTS_JSON)), output)
    elif chosen in offered:
        console.emit(provenance.evaluate(engine, operation, offered[chosen]).body, output)
    else:
        raise click.UsageError(
            f"{operation.form.upper()} is answered in {', '.join(offered)}, not in {chosen}"
        )


def parquet(answer: Answer) -> bytes:
    """The rows of a SELECT query in Parquet, typed; click.UsageError without polars."""
    try:
        frame = Table.read(answer.body, "").to_polars()
    except ImportError as error:
        raise click.UsageError(str(error)) from error
    stream = BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def select(engine: Queryable, operation: Operation) -> Solutions:
    """The rows of a SELECT query."""
    return operations.solutions(provenance.evaluate(engine, operation, media.RESULTS_JSON).body)


def things(found: Solutions, columns: Iterable[str]) -> list[str]:
    """The distinct IRIs in some columns, in the order of their first row."""
    cells = (row.get(column) for row in found.rows for column in columns)
    return list(dict.fromkeys(str(cell) for cell in cells if isinstance(cell, URIRef)))


def print_table(
    engine: Queryable,
    found: Solutions,
    output: Path | None = None,
    languages: Sequence[str] = (),
    columns: Sequence[Column] = (),
) -> None:
    """Prints a table, things by their label in the first of some languages that has one.

    A terminal gets it as people read it: of a canned query some `columns`, things by their labels whether
    languages are named or not, dates in words. Whatever else reads it gets every column as it is.
    """
    if output is None and sys.stdout.isatty():
        _print_for_people(engine, found, languages, columns)
        return
    labels = look_up(engine, languages, things(found, found.variables)) if languages else {}
    rows = [[_cell(row.get(column), labels) for column in found.variables] for row in found.rows]
    if output:
        with output.open("w", encoding="utf-8") as stream:
            console.table(found.variables, rows, stream)
    else:
        console.table(found.variables, rows, sys.stdout)


def look_up(engine: Queryable, languages: Sequence[str], iris: Sequence[str]) -> dict[str, str]:
    """The labels of things by IRI, each in the first language that it has one in."""
    best: dict[str, tuple[int, str]] = {}
    operation = operations.operation(LABELS % operations.values("thing", iris))
    for row in select(engine, operation).rows:
        label = row["label"]
        if isinstance(label, Literal) and label.language in languages:
            candidate = (languages.index(label.language), str(label))
            best[str(row["thing"])] = min(best.get(str(row["thing"]), candidate), candidate)
    return {thing: label for thing, (_, label) in best.items()}


def _print_for_people(
    engine: Queryable, found: Solutions, languages: Sequence[str], columns: Sequence[Column]
) -> None:
    shown = columns or [Column(name, name) for name in found.variables]
    names = [name for column in shown for name in column.variables]
    is_elsewhere = isinstance(engine, Endpoint) and not languages  # which need not know of labels
    labels = {} if is_elsewhere else naming.labels(engine, things(found, names))
    rows = [[_told(row, column, labels, languages or LANGUAGES) for column in shown] for row in found.rows]
    console.table([column.head for column in shown], rows)
    if columns and (more := len(columns_of(found.variables, {})) - len(columns)):
        console.note(f"{more} more column{'s' if more > 1 else ''}: --all-columns")


def _told(row: Row, column: Column, labels: naming.Labels, languages: Sequence[str]) -> str:
    """A cell for people: a label, a date in words, or else the term as it is."""
    term = row.get(column.name)
    if isinstance(term, Literal) and term.datatype in (EDTF.EDTF, XSD.date):
        return in_words(str(term), languages[0])
    if isinstance(term, URIRef):
        label = naming.best(labels.get(str(term), {}), str(term), languages)[0]
        return in_words(label, languages[0])  # a time span is labelled by its date
    days = [str(row.get(name, "")) for name in column.bounds or ()]
    if term is None and any(days):
        return between(days[0], days[1], languages[0])
    is_list = isinstance(term, Literal) and is_ours(str(term))
    return "; ".join(map(short, str(term).split())) if is_list else _cell(term, {})


def _cell(term: Node | None, labels: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, URIRef):
        return labels.get(str(term)) or short(str(term))
    return f"_:{term}" if isinstance(term, BNode) else str(term)


@contextmanager
def opened(settings: Settings, files: Sequence[str] = ()) -> Iterator[Repository]:
    """The release, built first when the sources have changed, or some files; one worker is enough."""
    alone = replace(settings, workers=1)
    if files:
        with Repository.of_files(files, alone) as loose:
            yield loose
        return
    with console.progress() as progress:
        release = apply.prepare(alone, progress)
    with Repository.of_release(alone, release) as published:
        yield published


@contextmanager
def searched(settings: Settings) -> Iterator[Repository]:
    """The release, or the sources where they have changed since, whether they conform or not; says which.

    The last release is searched where the sources cannot be read.
    """
    alone, release = replace(settings, workers=1), releases.current(settings)
    with ExitStack() as held:
        if release is not None and releases.up_to_date(settings) and not release.damaged():
            yield held.enter_context(Repository.of_release(alone, release))
            return
        paths = chain.from_iterable(KnowledgeBase(settings.kb).graphs().values())
        try:
            found = Repository.of_files([str(path) for path in paths], alone)
            console.note("searched: the sources, which have changed since the last release")
        except MalformedRdf as error:
            if release is None:
                raise
            found = Repository.of_release(alone, release)
            console.note(f"searched: release {release.name}, for the sources cannot be read: {error.detail}")
        yield held.enter_context(found)


@contextmanager
def engine(
    endpoint: str | None,
    files: Sequence[str],
    kb: Path | None,
    timeout: float | None,
    *,
    rewrite: bool = True,
) -> Iterator[Queryable]:
    """An engine over what the options name; closed when the block ends."""
    if endpoint:
        yield Endpoint(endpoint, timeout or 60.0)
        return
    with opened(console.settings(kb, timeout=timeout, rewrite=rewrite), files) as published:
        yield published.engine


class Endpoint:
    """A SPARQL 1.1 endpoint elsewhere, asked by POST of a form, which Virtuoso reads too."""

    def __init__(self, url: str, timeout: float) -> None:
        """Takes an address and the most seconds to wait for an answer."""
        self.url = url
        self.timeout = timeout

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """The endpoint's answer, asked for as JSON or N-Triples and written in the media type here.

        Raises EngineUnavailable when it cannot be reached or refuses, EngineTimeout when it is too slow, and
        NotAcceptable for what the media type cannot hold.
        """
        start = time.perf_counter()
        accepted = ACCEPTED["bindings" if operation.form in ("select", "ask") else "graph"]
        try:
            response = httpx.post(
                self.url,
                data={"query": operation.text},
                headers={"Accept": accepted},
                timeout=timeout or self.timeout,
            )
        except httpx.TimeoutException as error:
            raise EngineTimeout(f"{self.url} did not answer in time.", hint="Raise --timeout.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EngineUnavailable(
                f"{self.url} cannot be asked: {error}", hint="Check the address."
            ) from error
        sent = self._refuse(response, accepted)
        content = response.content if sent == media else _written(response.content, sent, media)
        return Answer(content, media, None, True, time.perf_counter() - start)

    def _refuse(self, response: httpx.Response, accepted: str) -> str:
        """The media type of an answer that may be read. Raises EngineUnavailable for any other."""
        if not response.is_success:
            excerpt = response.text.strip()[:500]
            detail = f"{self.url} answered {response.status_code} {response.reason_phrase}. {excerpt}".strip()
            raise EngineUnavailable(detail, hint="Check the query and the address.")
        sent = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if sent not in ACCEPTED_AS[accepted.partition(",")[0]]:
            raise EngineUnavailable(f"{self.url} answered with {sent or 'no type'}, not {accepted}.")
        return str(sent)


def _written(content: bytes, sent: str, wanted: str) -> bytes:
    """An answer in another media type than it was sent in."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_bytes(content)
        limits = {"limit": None, "max_rows": None, "max_result": sys.maxsize}
        files = {"source": str(source), "target": str(target)}
        write_answer({**files, **limits, "sent": sent, "media": wanted})
        return target.read_bytes()
