"""Provenance of things in an answer: their evidence with source and place, and the words of the passages."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib.term import Node

from diplograph.documents import naming
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine
from diplograph.errors import BadRequest, DoesNotConform
from diplograph.evidence import records
from diplograph.evidence.records import Quotation, quote
from diplograph.namespaces import PREFIXES, SCHEMA, short

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
_PREFIXES = "".join(
    f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dcterms", "dg", "oa", "schema")
)


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
