"""The words of passages, for a service that was started with the sources at hand."""

from collections.abc import Iterable
from pathlib import Path

from diplograph import sparql
from diplograph.engine.protocol import Engine
from diplograph.errors import BadRequest, DoesNotConform
from diplograph.evidence import records
from diplograph.evidence.quoting import Quotation, quote
from diplograph.resources import known
from diplograph.vocab import DCTERMS, PREFIXES

_PREFIXES = "".join(
    f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dcterms", "dg", "oa", "schema")
)


def quotations(engine: Engine, sources: Path, spans: Iterable[str]) -> dict[str, Quotation]:
    """Return the words of some spans by IRI, as far as their records can be used; the rest is left out."""
    found: dict[str, Quotation] = {}
    for batch in known.batches(spans):
        graph = sparql.graph(engine, _text(batch))
        for document, recorded in records.spans_of(graph).items():
            try:
                source = records.text_of(records.document(graph, document), sources)
            except (DoesNotConform, BadRequest):  # no plain file name, or another encoding: nothing to quote
                continue
            language = str(graph.value(document, DCTERMS.language) or "")
            found |= {str(span.iri): quote(span, source, language) for span in recorded}
    return found


def _text(spans: list[str]) -> str:
    return f"""{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }} WHERE {{
      {{ SELECT DISTINCT ?span WHERE {{ {sparql.values("span", spans)}
           ?span oa:hasSource ?any ; schema:sha256 ?digest ; oa:hasSelector ?selector .
           ?any dcterms:identifier ?file ; dg:codePointLength ?length ; schema:sha256 ?hash }} }}
      {{ ?span ?p ?o BIND(?span AS ?s) VALUES ?p {{ oa:hasSource oa:hasSelector schema:sha256 }} }} UNION
      {{ ?span oa:hasSelector ?s . ?s ?p ?o VALUES ?p {{ oa:start oa:end }} }} UNION
      {{ ?span oa:hasSource ?s . ?s ?p ?o
         VALUES ?p {{ dcterms:identifier dcterms:language dg:codePointLength schema:sha256 }} }} }}"""
