"""Provenance of things in an answer: their evidence with source and place, and the words of the passages."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolution
from rdflib.term import Node

from diplograph import media
from diplograph.documents import naming
from diplograph.engine import admission, operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Answer, Engine, Operation, Queryable, Spool
from diplograph.errors import BadRequest, DoesNotConform
from diplograph.evidence import records
from diplograph.evidence.records import Quotation, quote
from diplograph.namespaces import BASE, PREFIXES, SCHEMA, short
from diplograph.sparql import results

_TEXT = f"""PREFIX dg: <{PREFIXES["dg"]}>
PREFIX oa: <{PREFIXES["oa"]}>
PREFIX schema: <{PREFIXES["schema"]}>
SELECT ?thing ?document ?start ?end ?certainty ?sha256 ?evidence ?target WHERE {{
  $VALUES
  ?thing dg:evidence ?evidence .
  ?evidence oa:hasTarget ?target .
  OPTIONAL {{ ?evidence dg:certainty ?certainty }}
  OPTIONAL {{ ?target schema:sha256 ?sha256 }}
  OPTIONAL {{ ?target oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end }}
  OPTIONAL {{ ?target oa:hasSource ?source }}
  BIND(COALESCE(?source, ?target) AS ?document)
}}
ORDER BY ?thing ?document ?start ?evidence"""
_SPANS = f"""PREFIX dg: <{PREFIXES["dg"]}>
PREFIX oa: <{PREFIXES["oa"]}>
SELECT ?thing ?span ?document WHERE {{
  $VALUES
  ?thing dg:evidence ?evidence .
  ?evidence oa:hasTarget ?span .
  OPTIONAL {{ ?span oa:hasSource ?source }}
  BIND(COALESCE(?source, ?span) AS ?document)
}}"""
_PREFIXES = "".join(
    f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dcterms", "dg", "oa", "schema")
)

EVIDENCE = "evidence"
"""The column that rows get."""
PORTION = 1000
"""How many rows of an answer, or things in them, are in memory while their evidence is looked up."""
_UNLIMITED = 1 << 62


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence for a thing: IRIs, and the passage in code points where there is one.

    `target` is what the evidence points to: a span of the document, or the document as a whole.
    """

    thing: str
    evidence: str
    target: str
    document: str
    start: int | None = None
    end: int | None = None
    certainty: str = ""
    sha256: str = ""

    @property
    def place(self) -> str:
        """Document and passage in few characters: `doc:a1 120–245`."""
        name = short(self.document)
        return name if self.start is None else f"{name} {self.start}–{self.end}"

    @property
    def address(self) -> str:
        """The document, or the passage in it as a range of characters (RFC 5147)."""
        return self.document if self.start is None else f"{self.document}#char={self.start},{self.end}"


def evaluate(
    engine: Queryable, operation: Operation, media_type: str, timeout: float | None = None
) -> Answer:
    """Evaluate an operation; where it has `statements` the rows end with a column `evidence`.

    A cell holds the spans that the things in those columns rest on, only of the row's own document where the
    operation names a column for it, each once, sorted and with one blank between them; it is empty where
    there is none. An answer of any length is read in portions.
    """
    if not operation.statements:
        return engine.evaluate(operation, media_type, timeout)
    answer = engine.evaluate(operation, media.RESULTS_JSON, timeout)
    with closing(answer):
        found = pyoxigraph.parse_query_results(answer.file(), QueryResultsFormat.JSON)
        if not isinstance(found, pyoxigraph.QuerySolutions):
            raise TypeError(operation.form)
        names = [variable.value for variable in found.variables]
        rows = _with_evidence(engine, found, operation)
        caps = results.Caps(_UNLIMITED)
        if not answer.complete:  # one row more than the limit has it marked as cut
            caps.limit = answer.rows
            rows = chain(rows, [[None] * (len(names) + 1)])
        content = Spool()
        for piece in results.bindings([*names, EVIDENCE], rows, media_type, caps):
            content.write(piece)
    return replace(answer, content=content, media=media_type)


def _with_evidence(
    engine: Queryable, rows: Iterable[QuerySolution], operation: Operation
) -> Iterator[results.Row]:
    """Yield the rows with their evidence, looked up for many of them at once."""
    held: list[tuple[QuerySolution, set[str], set[str] | None]] = []
    wanted: set[str] = set()
    for row in rows:
        things = {iri for column in operation.statements for iri in _things(row[column])}
        own = None if operation.document is None else set(_things(row[operation.document]))
        held.append((row, things, own))
        wanted |= things
        if len(held) >= PORTION or len(wanted) >= PORTION:
            yield from _extended(engine, held, wanted)
            held, wanted = [], set()
    yield from _extended(engine, held, wanted)


def _extended(
    engine: Queryable, rows: Iterable[tuple[QuerySolution, set[str], set[str] | None]], wanted: set[str]
) -> Iterator[results.Row]:
    spans = _spans(engine, wanted)
    for row, things, own in rows:
        told = (each for thing in things for each in spans.get(thing, ()))
        found = sorted({span for span, document in told if own is None or document in own})
        yield [*row, Literal(" ".join(found)) if found else None]


def _spans(engine: Queryable, things: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return what the evidence of some things points to, with its document, by their IRIs."""
    found: dict[str, list[tuple[str, str]]] = {}
    with admission.step():
        for batch in naming.batches(things):
            text = _SPANS.replace("$VALUES", operations.values("thing", batch))
            for row in operations.select(engine, text).rows:
                place = str(row["span"]), str(row["document"])
                found.setdefault(str(row["thing"]), []).append(place)
    return found


def _things(cell: results.Term | None) -> list[str]:
    """Return the IRI in a cell, or the IRIs of ours that are listed in it."""
    if isinstance(cell, NamedNode):
        return [cell.value]
    listed = cell.value.split(" ") if isinstance(cell, Literal) else []
    return listed if all(iri.startswith(BASE) for iri in listed) else []


def evidence_query(things: Iterable[str]) -> str:
    """The query for the evidence of some things, by their IRIs."""
    return _TEXT.replace("$VALUES", operations.values("thing", things))


def evidence_of(engine: Engine, things: Iterable[str]) -> list[EvidenceItem]:
    """The evidence of some things, by their IRIs, in the order of thing, document and passage."""
    found = [
        row
        for batch in naming.batches(things)
        for row in operations.select(engine, evidence_query(batch)).rows
    ]
    return [_item(row) for row in found]


def _item(row: Row) -> EvidenceItem:
    return EvidenceItem(
        thing=str(row["thing"]),
        evidence=str(row["evidence"]),
        target=str(row["target"]),
        document=str(row["document"]),
        start=_number(row.get("start")),
        end=_number(row.get("end")),
        certainty=str(row.get("certainty", "")),
        sha256=str(row.get("sha256", "")),
    )


def _number(term: Node | None) -> int | None:
    return int(str(term)) if term is not None else None


def quotations(engine: Engine, sources: Path, spans: Iterable[str]) -> dict[str, Quotation]:
    """Return the words of some spans by IRI, as far as their records can be used; the rest is left out."""
    found: dict[str, Quotation] = {}
    for batch in naming.batches(spans):
        graph = operations.graph(engine, _text(batch))
        for document, recorded in records.spans_of(graph).items():
            try:
                source = records.text_of(records.document(graph, document), sources)
            except (DoesNotConform, BadRequest):  # no plain file name, or another encoding: nothing to quote
                continue
            language = str(graph.value(document, SCHEMA.inLanguage) or "")
            found |= {str(span.iri): quote(span, source, language) for span in recorded}
    return found


def _text(spans: list[str]) -> str:
    return f"""{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }} WHERE {{
      {{ SELECT DISTINCT ?span WHERE {{ {operations.values("span", spans)}
           ?span oa:hasSource ?any ; schema:sha256 ?digest ; oa:hasSelector ?selector .
           ?any dcterms:identifier ?file ; dg:codePointLength ?length ; schema:sha256 ?hash }} }}
      {{ ?span ?p ?o BIND(?span AS ?s) VALUES ?p {{ oa:hasSource oa:hasSelector schema:sha256 }} }} UNION
      {{ ?span oa:hasSelector ?s . ?s ?p ?o VALUES ?p {{ oa:start oa:end }} }} UNION
      {{ ?span oa:hasSource ?s . ?s ?p ?o
         VALUES ?p {{ dcterms:identifier schema:inLanguage dg:codePointLength schema:sha256 }} }} }}"""
