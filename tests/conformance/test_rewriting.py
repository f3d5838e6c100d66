"""Every query of the suite that can be rewritten, rewritten: the answer stays the same."""

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, RdfFormat, Store

from conformance.collected import EVALUATED
from conformance.manifest import Case, iri_of
from diplograph.sparql.rewriting.rewriter import Rewriter
from diplograph.sparql.rewriting.statistics import Statistics

REWRITTEN = 22
FORMATS = {".ttl": RdfFormat.TURTLE, ".rdf": RdfFormat.RDF_XML, ".nt": RdfFormat.N_TRIPLES}
ALWAYS = Rewriter(Statistics({}, {}), least=0)


@pytest.mark.slow
def test_rewritten_queries_of_the_suite_have_the_same_answers(cases: list[Case]) -> None:
    done = 0
    for case in (case for case in cases if case.kind in EVALUATED):
        changed = ALWAYS.of(case.text)
        if changed.rewritten:
            done += 1
            assert answer(case, changed.text) == answer(case, case.text), case.name

    assert done == REWRITTEN


def answer(case: Case, text: str) -> Counter[tuple[str, ...]]:
    """The rows of a query over the data of its case; a blank node made for one has no name to compare."""
    store = Store()
    for path in case.data.default:
        store.load(path=path, format=FORMATS[path.suffix], base_iri=iri_of(path))
    assert not case.data.named
    found = store.query(text, base_iri=iri_of(case.query or Path()))
    return Counter(
        tuple("blank" if isinstance(term, BlankNode) else str(term) for term in row) for row in found
    )
