"""View of a thing for its page: statements with labels, told apart by graph and by origin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib.term import Node

from diplograph.documents import naming, provenance
from diplograph.documents.document import INCOMING, summarised
from diplograph.documents.naming import Link, Namer, Value, iris_in
from diplograph.documents.provenance import Passage
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine
from diplograph.namespaces import RDF, kind_of, split

TYPE = str(RDF.type)


@dataclass(frozen=True, slots=True)
class Property:
    """A predicate and all values that stand with it."""

    predicate: Link
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ResourceView:
    """Everything that a page about a thing shows.

    `told` is its heading and the language of that: the label, of a time span behind what it dates.
    `kind` and `slug` are None for an IRI that is not one of our identifiers. `complete` is False when more
    may point here than `incoming` lists. `passages` are those of the spans and evidence that it names.
    """

    iri: str
    label: str
    language: str
    told: tuple[str, str]
    labels: dict[str, str]
    kind: str | None
    slug: str | None
    types: tuple[Link, ...]
    outgoing: tuple[Property, ...]
    incoming: tuple[Property, ...]
    passages: Mapping[str, Passage]
    complete: bool = True


def view(engine: Engine, iri: str, languages: Sequence[str] = ()) -> ResourceView:
    """Return what a page about an IRI shows, labels in the first language that has one.

    Raises UnknownResource, with near names, when nothing is known about it.
    """
    this = naming.checked(iri)
    rows = _rows(engine, f"{operations.values('thing', [this])} ?thing ?predicate ?other")
    arriving = _rows(engine, _arriving(this))
    if not (rows or arriving or naming.exists(engine, this)):
        raise naming.unknown(engine, iri)
    named = {this, *iris_in([*rows, *arriving])}
    namer = Namer.of(engine, named, languages)
    names, passages = provenance.names(engine, named, languages)
    namer.labels.update(names)
    kind, slug = _identifier(this)
    types = dict.fromkeys(str(row["other"]) for row in rows if str(row["predicate"]) == TYPE)
    return ResourceView(
        iri=this,
        label=namer.link(this).label,
        language=namer.link(this).language,
        told=namer.link(this).told,
        labels=namer.labels.get(this, {}),
        kind=kind,
        slug=slug,
        types=tuple(namer.link(found) for found in types),
        outgoing=_properties(rows, namer),
        incoming=_properties(arriving, namer),
        passages=passages,
        complete=len({(row["predicate"], row["other"]) for row in arriving}) < INCOMING,
    )


def _arriving(iri: str) -> str:
    return f"""{{ SELECT ?thing ?predicate ?other WHERE {{ {operations.values("thing", [iri])}
        ?other ?predicate ?thing FILTER(isIRI(?other)) }}
        ORDER BY {summarised("?other", "?predicate")} ?predicate ?other LIMIT {INCOMING} }}
        BIND(1 AS ?arrives)"""


def _rows(engine: Engine, pattern: str) -> list[Row]:
    """Return the triples of a pattern, one row for each named graph that a triple stands in."""
    there = "?other ?predicate ?thing" if "?arrives" in pattern else "?thing ?predicate ?other"
    text = (
        f"""SELECT ?predicate ?other ?graph WHERE {{ {pattern} OPTIONAL {{ GRAPH ?graph {{ {there} }} }} }}"""
    )
    return operations.select(engine, text).rows


def _properties(rows: Iterable[Row], namer: Namer) -> tuple[Property, ...]:
    """Group rows by predicate and value; types come first, then predicates by label."""
    grouped: dict[str, dict[Node, set[str]]] = {}
    for row in rows:
        graphs = grouped.setdefault(str(row["predicate"]), {}).setdefault(row["other"], set())
        if "graph" in row:
            graphs.add(str(row["graph"]))
    found = [_property(predicate, values, namer) for predicate, values in grouped.items()]
    return tuple(sorted(found, key=lambda entry: (entry.predicate.iri != TYPE, entry.predicate.label)))


def _property(predicate: str, values: dict[Node, set[str]], namer: Namer) -> Property:
    shown = [namer.value(term, graphs) for term, graphs in values.items()]
    ordered = sorted(shown, key=lambda value: (value.inferred, value.text, value.language))
    return Property(namer.link(predicate), tuple(ordered))


def _identifier(iri: str) -> tuple[str | None, str | None]:
    kind = kind_of(iri)
    return (kind, split(iri)[1]) if kind else (None, None)
