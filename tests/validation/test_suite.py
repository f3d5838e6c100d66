"""The W3C SHACL test suite, core and SPARQL: queries first or pySHACL alone, the report is the same."""

import os
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, Graph, Namespace

from diplograph.rdf.terms import to_rdflib
from diplograph.validation.shapes import Shapes
from validation.compared import both

CHECKOUT = Path(__file__).resolve().parents[2]
SUITE = Path(os.environ.get("DIPLOGRAPH_W3C", CHECKOUT / ".." / "shared" / "w3c")).resolve() / "shacl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
AT_LAST_REVIEW = {"core": 98, "sparql": 23}
EXCLUDED = {
    "sparql/node/prefixes-001": "declares a prefix in an ontology that is imported; imports are not followed",
}
"""Cases that are not run, each with its reason."""


def triples(path):
    """The triples of a file; blank nodes keep their names, so that shapes and data of one file share them."""
    content = path.read_bytes()
    return [quad.triple for quad in parse(content, format=RdfFormat.TURTLE, base_iri=path.as_uri())]


def graph(found):
    made = Graph(bind_namespaces="none")
    for triple in found:
        made.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    return made


def cases():
    """Each case by its name: the files of its data and of its shapes."""
    found = {}
    for path in sorted(SUITE.rglob("*.ttl")):
        if path.name == "manifest.ttl" or b"sht:Validate" not in path.read_bytes():
            continue
        made = graph(triples(path))
        for case in made.subjects(RDF.type, SHT.Validate):
            action = made.value(case, MF.action)
            files = [made.value(action, SHT[part]) for part in ("dataGraph", "shapesGraph")]
            name = f"{path.parent.relative_to(SUITE).as_posix()}/{str(case).rpartition('/')[2]}"
            found[name] = [Path(str(file).removeprefix("file://")) for file in files]
    return found


CASES = cases() if SUITE.is_dir() else {}
without_suite = pytest.mark.skipif(not CASES, reason="the W3C test suites are not at hand: DIPLOGRAPH_W3C")


@without_suite
def test_every_case_of_the_suite_is_collected_and_no_exclusion_is_stale():
    assert Counter(name.split("/")[0] for name in CASES) == AT_LAST_REVIEW
    assert EXCLUDED.keys() <= CASES.keys()


@without_suite
@pytest.mark.parametrize("name", sorted(CASES.keys() - EXCLUDED.keys()))
@pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning")
def test_report_is_the_one_of_pyshacl_alone(name):
    data, shapes = CASES[name]

    fast, alone = both(Shapes(graph(triples(shapes)), ()), triples(data))

    assert fast == alone
