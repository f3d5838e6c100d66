"""Namespaces: the prefixes and terms that the code mentions, and short names of IRIs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from types import MappingProxyType

from rdflib import Namespace, URIRef

BASE = "https://w3id.org/diplograph/"
DG = Namespace(f"{BASE}ontology#")
DGV = Namespace(f"{BASE}vocab/")
DGG = Namespace(f"{BASE}graph/")
DGS = Namespace(f"{BASE}shapes#")
ID = Namespace(f"{BASE}id/")
RULE = Namespace(f"{BASE}rule/")

DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
EDTF = Namespace("http://id.loc.gov/datatypes/edtf/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
OA = Namespace("http://www.w3.org/ns/oa#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

KIND_PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "account": "account",
        "act": "act",
        "activity": "activity",
        "agent": "agent",
        "asset": "asset",
        "body": "body",
        "claim": "claim",
        "discrepancy": "diff",
        "document": "doc",
        "evidence": "ev",
        "gap": "gap",
        "group": "group",
        "list": "list",
        "matter": "matter",
        "measure": "measure",
        "name": "name",
        "office": "office",
        "pair": "pair",
        "person": "person",
        "place": "place",
        "polity": "polity",
        "span": "span",
        "state": "state",
        "tenure": "tenure",
        "time": "time",
    }
)
"""The Turtle prefix of each kind of thing in the identifiers."""

KINDS: tuple[str, ...] = tuple(KIND_PREFIXES)

PREFIXES: Mapping[str, str] = MappingProxyType(
    {prefix: f"{ID}{kind}/" for kind, prefix in KIND_PREFIXES.items()}
    | {
        "dcat": str(DCAT),
        "dcterms": str(DCTERMS),
        "dg": str(DG),
        "dgg": str(DGG),
        "dgs": str(DGS),
        "dgv": str(DGV),
        "edtf": str(EDTF),
        "foaf": str(FOAF),
        "geo": str(GEO),
        "oa": str(OA),
        "owl": str(OWL),
        "prov": str(PROV),
        "rdf": str(RDF),
        "rdfs": str(RDFS),
        "schema": str(SCHEMA),
        "sh": str(SH),
        "skos": str(SKOS),
        "void": str(VOID),
        "xsd": str(XSD),
    }
)
"""Every prefix that our files and answers use; `prefixes` has those of another knowledge base."""

SHARED_KINDS = frozenset({"polity", "state"})
"""Kinds whose prefix is that of the package in every knowledge base: its reference things are meant."""
SPACE: ContextVar[str] = ContextVar("SPACE", default=BASE)
"""What the IRIs of the knowledge base at hand begin with."""

FOREIGN_PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "crm": "http://www.cidoc-crm.org/cidoc-crm/",
        "eli": "http://data.europa.eu/eli/ontology#",
        "eucountry": "http://publications.europa.eu/resource/authority/country/",
        "eulanguage": "http://publications.europa.eu/resource/authority/language/",
        "fabio": "http://purl.org/spar/fabio/",
        "lode": "http://linkedevents.org/ontology/",
        "org": "http://www.w3.org/ns/org#",
        "owltime": "http://www.w3.org/2006/time#",
        "rule": str(RULE),
        "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
        "skosxl": "http://www.w3.org/2008/05/skos-xl#",
        "vann": "http://purl.org/vocab/vann/",
        "wd": "http://www.wikidata.org/entity/",
        "yso": "http://www.yso.fi/onto/yso/",
    }
)
"""Prefixes of other vocabularies that answers in Turtle use; files write these IRIs out."""

LANGUAGES: tuple[str, ...] = ("en", "ja", "ru")
"""The languages of labels, the preferred one first."""

BUILT_GRAPHS: tuple[str, ...] = (str(DGG.closure), str(DGG.inferred), str(DGG.summary))
"""The named graphs that the build writes; all others come from files."""
MERGED = str(DGG.merged)
"""Where `push` puts the default graph on an engine that has none of its own; no part of the dataset."""
NOTHING = str(DGG.nothing)
"""A graph that never holds anything: how an empty list of graphs is said to another engine."""


@contextmanager
def in_space(base: str) -> Iterator[None]:
    """Have the knowledge base of a base IRI at hand while the block lasts."""
    token = SPACE.set(base)
    try:
        yield
    finally:
        SPACE.reset(token)


def spaces() -> tuple[str, ...]:
    """Return what IRIs of ours begin with: those of the knowledge base at hand, then those of the package."""
    return tuple(dict.fromkeys((SPACE.get(), BASE)))


def is_ours(iri: str) -> bool:
    """Tell whether an IRI is of the knowledge base at hand, or of the package."""
    return iri.startswith(spaces())


def own(kind: str, slug: str) -> URIRef:
    """Return the IRI that a thing of the knowledge base at hand has."""
    return URIRef(f"{SPACE.get()}id/{kind}/{slug}")


def kind_of(iri: str) -> str:
    """Return the kind of a thing by the form of its IRI, `…/id/KIND/SLUG`; empty for any other IRI."""
    space, _, slug = iri.rpartition("/")
    base, _, kind = space.rpartition("/")
    return kind if slug and base.endswith("/id") and kind in KIND_PREFIXES else ""


def prefixes() -> Mapping[str, str]:
    """Return every prefix, those of things as the knowledge base at hand has them.

    There `act:` and the like are its own things, and `graph:` its graphs; `state:` and `polity:` are those
    of the package.
    """
    return _prefixes(SPACE.get())


@lru_cache(maxsize=8)
def _prefixes(base: str) -> Mapping[str, str]:
    if base == BASE:
        return PREFIXES
    own_kinds = KIND_PREFIXES.keys() - SHARED_KINDS
    things = {KIND_PREFIXES[kind]: f"{base}id/{kind}/" for kind in own_kinds}
    return MappingProxyType({**PREFIXES, **things, "graph": f"{base}graph/"})


def split(iri: str) -> tuple[str, str]:
    """Return an IRI as its namespace, up to the last `/` or `#`, and its local name."""
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:cut], iri[cut:]


def short(iri: str) -> str:
    """Return an IRI as a prefixed name where its namespace is one of ours by prefix, else as it is."""
    space, name = split(iri)
    prefix = next((prefix for prefix, namespace in prefixes().items() if namespace == space), None)
    return f"{prefix}:{name}" if prefix and name else iri
