"""Names of things for readers: labels in their language, near names, and whether a thing was withdrawn."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Self

import pyoxigraph
from rdflib import Literal, URIRef
from rdflib.term import Node

from diplograph.documents import dates
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine, Queryable
from diplograph.errors import UnknownResource
from diplograph.namespaces import (
    BUILT_GRAPHS,
    DGG,
    KINDS,
    LANGUAGES,
    PREFIXES,
    is_ours,
    kind_of,
    short,
    spaces,
    split,
)
from diplograph.translations import LANGUAGE

BATCH = 500
DATE = 3
"""The rank among labels of the date that stands for a time span."""
NEAR = 5
MOST_NEAR = 20_000
"""Names among which near ones are looked for."""
SUMMARY = str(DGG.summary)
MENTIONED = "EXISTS { ?iri ?p ?o } || EXISTS { ?s ?q ?iri } || EXISTS { GRAPH ?iri { ?s ?p ?o } }"
"""Whether `?iri` is in use. Each look-up ends at the first triple, however many there are."""

Labels = dict[str, dict[str, str]]
Named = Callable[[str], Sequence[str]]
"""What finds the IRIs of things by a name, in spite of its spelling."""


def checked(iri: str) -> str:
    """Return the IRI; UnknownResource when it is not one, so that nothing else meets a query."""
    try:
        return pyoxigraph.NamedNode(iri).value
    except ValueError as error:
        raise UnknownResource("This is not an absolute IRI.", near=[]) from error


def exists(engine: Engine, iri: str) -> bool:
    """Tell whether any triple mentions an IRI, or it is the name of a graph that holds one."""
    return bool(existing(engine, [checked(iri)]))


def existing(engine: Engine, iris: Iterable[str]) -> set[str]:
    """Return those IRIs that any triple mentions, or that are the name of a graph that holds one."""
    found: set[str] = set()
    for batch in batches(iris):
        text = f"SELECT ?iri WHERE {{ {operations.values('iri', batch)} FILTER({MENTIONED}) }}"
        found |= {str(row["iri"]) for row in operations.select(engine, text).rows}
    return found


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a thing is not held any more, and the one that took its place, if any did."""

    reason: str
    replacement: str | None


def withdrawal(engine: Engine, iri: str) -> Withdrawal | None:
    """Return how a thing was withdrawn; None for one that stands."""
    text = f"""PREFIX dcterms: <{PREFIXES["dcterms"]}> PREFIX owl: <{PREFIXES["owl"]}>
        PREFIX skos: <{PREFIXES["skos"]}>
        SELECT ?replacement ?reason WHERE {{ {operations.values("this", [checked(iri)])}
          ?this owl:deprecated true
          OPTIONAL {{ ?this dcterms:isReplacedBy ?replacement }}
          OPTIONAL {{ ?this skos:changeNote ?reason }} }} ORDER BY ?reason LIMIT 1"""
    for row in operations.select(engine, text).rows:
        replacement = row.get("replacement")
        return Withdrawal(str(row.get("reason", "")), str(replacement) if replacement is not None else None)
    return None


def unknown(engine: Engine, iri: str, named: Named | None = None) -> UnknownResource:
    """Return the error that nothing is known under an IRI, with the nearest that are.

    Where none is spelled like it, these are the things that `named` finds by its words. Its facts are `near`,
    and `labels` of these by IRI.
    """
    found: Sequence[str] = near(engine, iri)
    if not found and named and is_ours(iri):
        found = named(split(iri)[1].replace("-", " "))
    nearest = list(found[:NEAR])
    names = {one: best(known, one)[0] for one, known in labels(engine, nearest).items()}
    return UnknownResource(f"Nothing is known about {iri}.", near=nearest, labels=names)


def near(engine: Engine, iri: str) -> list[str]:
    """Return known IRIs with the same name under another kind, then those spelled nearly alike."""
    space, name = split(iri)
    others = (f"{base}id/{kind}/{name}" for base in spaces() for kind in KINDS)
    same = _existing(engine, others) if is_ours(space) else []
    names = {split(known)[1]: known for known in _in_namespace(engine, space)}
    return list(dict.fromkeys([*same, *(names[found] for found in alike(name, names))]))[:NEAR]


def alike(name: str, names: Iterable[str]) -> list[str]:
    """Return the few of some names that are spelled nearly like another one, in any case."""
    by_fold = {one.casefold(): one for one in names}
    return [by_fold[one] for one in difflib.get_close_matches(name.casefold(), by_fold, NEAR)]


def labels(engine: Queryable, iris: Iterable[str]) -> Labels:
    """Return the labels by language: `rdfs:label`, else `skos:prefLabel`, else what there is in their place.

    That is the date of a time span, and the label of its source for an account.
    """
    found: Labels = {}
    for batch in batches(iris):
        text = f"""
            PREFIX dcterms: <{PREFIXES["dcterms"]}> PREFIX dg: <{PREFIXES["dg"]}>
            PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX skos: <{PREFIXES["skos"]}>
            SELECT ?thing ?rank ?label WHERE {{
              {operations.values("thing", batch)}
              {{ ?thing rdfs:label ?label BIND(1 AS ?rank) }} UNION
              {{ ?thing skos:prefLabel ?label BIND(2 AS ?rank) }} UNION
              {{ ?thing dg:edtf ?label BIND({DATE} AS ?rank) }} UNION
              {{ ?thing dg:accountOf ?act ; dcterms:source ?source . ?source rdfs:label ?label
                 BIND(4 AS ?rank) }}
            }} ORDER BY ?thing ?rank ?label"""
        for row in operations.select(engine, text).rows:
            if isinstance(label := row["label"], Literal):
                for language, text in _told(label, is_date=int(str(row["rank"])) == DATE):
                    found.setdefault(str(row["thing"]), {}).setdefault(language, text)
    return found


def _told(label: Literal, *, is_date: bool) -> Iterator[tuple[str, str]]:
    """Yield the languages of a label with its text; a date is told in each of ours, and as it is written."""
    yield label.language or "", str(label)
    if is_date:
        yield from ((language, dates.in_words(str(label), language)) for language in LANGUAGES)


def told_of(engine: Engine, iris: Iterable[str]) -> Labels:
    """Return the labels of what time spans date and accounts tell, of one thing for each, by language."""
    found: Labels = {}
    first: dict[str, str] = {}
    for batch in batches(iris):
        text = f"""PREFIX dg: <{PREFIXES["dg"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}>
            SELECT ?time ?thing ?label WHERE {{ {operations.values("time", batch)}
              VALUES ?property {{ dg:when dg:deadline dg:completedWhen dg:published dg:claimedTime dg:saidWhen
                dg:attestedAt }}
              {{ ?thing ?property ?time }} UNION {{ ?time dg:accountOf ?thing }}
              ?thing rdfs:label ?label }} ORDER BY ?time ?thing ?label"""
        for row in operations.select(engine, text).rows:
            time, thing, label = str(row["time"]), str(row["thing"]), row["label"]
            if isinstance(label, Literal) and first.setdefault(time, thing) == thing:
                found.setdefault(time, {}).setdefault(label.language or "", str(label))
    return found


def best(found: dict[str, str], iri: str, languages: Sequence[str] = ()) -> tuple[str, str]:
    """Return the label to show and its language; a thing without labels shows its short name.

    After the languages given comes the one that is spoken.
    """
    for language in (*languages, LANGUAGE.get(), *LANGUAGES, *sorted(found)):
        if language in found:
            return found[language], language
    return short(iri), ""


def batches(iris: Iterable[str]) -> Iterator[list[str]]:
    """Yield the distinct IRIs in parts small enough for one query."""
    rest = iter(sorted(set(iris)))
    while batch := list(islice(rest, BATCH)):
        yield batch


def _existing(engine: Engine, iris: Iterable[str]) -> list[str]:
    text = f"SELECT ?thing WHERE {{ {operations.values('thing', iris)} FILTER EXISTS {{ ?thing a ?type }} }}"
    return [str(row["thing"]) for row in operations.select(engine, text).rows]


def _in_namespace(engine: Engine, space: str) -> list[str]:
    start = pyoxigraph.Literal(space)
    inside = f"?thing a ?type FILTER(STRSTARTS(STR(?thing), {start}))"
    text = f"SELECT DISTINCT ?thing WHERE {{ {inside} }} LIMIT {MOST_NEAR}"
    found = [str(row["thing"]) for row in operations.select(engine, text).rows]
    return sorted(iri for iri in found if split(iri)[0] == space)


@dataclass(frozen=True, slots=True)
class Link:
    """An IRI with the label to show for it and the language of that label (empty: none known).

    Of a time span the label is its date in words, `edtf` the date as written, `of` the label of what it
    dates, in a language of its own; of an account `of` is the label of its act.
    """

    iri: str
    label: str
    language: str = ""
    edtf: str = ""
    of: str = ""
    of_language: str = ""

    @property
    def told(self) -> tuple[str, str]:
        """The label, of a date or an account behind what it is of, and the language of the first words."""
        return (f"{self.of}: {self.label}", self.of_language) if self.of else (self.label, self.language)


@dataclass(frozen=True, slots=True)
class Value:
    """One end of a triple: a link, or a literal with its language and datatype.

    A date is told in words, and `edtf` is how it is written. `graphs` are the named graphs that the triple
    stands in; it is inferred when only the build wrote it.
    """

    text: str
    link: Link | None = None
    language: str = ""
    datatype: str = ""
    graphs: tuple[str, ...] = ()
    edtf: str = ""

    @property
    def inferred(self) -> bool:
        """Whether no source states the triple."""
        return are_built(self.graphs)

    @property
    def computed(self) -> bool:
        """Whether only the summary of all sources has the triple."""
        return set(self.graphs) == {SUMMARY}


@dataclass(frozen=True, slots=True)
class Namer:
    """Turns terms into links and values, under the label in the first language that has one."""

    labels: Labels
    languages: Sequence[str] = ()
    told: Labels = field(default_factory=dict)

    @classmethod
    def of(cls, engine: Engine, iris: Iterable[str], languages: Sequence[str] = ()) -> Self:
        """Look up the labels of some IRIs, and of what the time spans and accounts among them are of."""
        named = list(iris)
        told = [iri for iri in named if kind_of(iri) in {"time", "account"}]
        return cls(labels(engine, named), languages, told_of(engine, told))

    def link(self, iri: str) -> Link:
        """An IRI under its label."""
        own = self.labels.get(iri, {})
        label, language = best(own, iri, self.languages)
        of = best(self.told[iri], iri, self.languages) if iri in self.told else ("", "")
        edtf = own.get("", "") if kind_of(iri) == "time" else ""
        return Link(iri, label, language, edtf, *of)

    def date(self, edtf: str) -> str:
        """A date in words, in the first language that can tell it."""
        return dates.in_words(edtf, next((tag for tag in self.languages if tag in dates.LANGUAGES), None))

    def maybe(self, term: Node | None) -> Link | None:
        """A term under its label when it is an IRI."""
        return self.link(str(term)) if isinstance(term, URIRef) else None

    def value(self, term: Node, graphs: Iterable[str] = ()) -> Value:
        """Any term, with the named graphs that state it."""
        where = tuple(sorted(graphs))
        if isinstance(term, URIRef):
            link = self.link(str(term))
            return Value(link.label, link, link.language, graphs=where, edtf=link.edtf)
        if isinstance(term, Literal):
            text, datatype = str(term), str(term.datatype or "")
            edtf = text if datatype in dates.DATATYPES else ""
            return Value(self.date(edtf) or text, None, term.language or "", datatype, where, edtf)
        return Value(str(term), graphs=where)


def are_built(graphs: Iterable[str]) -> bool:
    """Whether there are graphs, and the build wrote them all."""
    named = set(graphs)
    return bool(named) and named <= set(BUILT_GRAPHS)


def iris_in(rows: Iterable[Row]) -> set[str]:
    """The IRIs that some rows name."""
    return {str(term) for row in rows for term in row.values() if isinstance(term, URIRef)}
