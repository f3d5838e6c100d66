"""What is known under an IRI: its labels, whether it was withdrawn, and near names when it is nothing."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph
from rdflib import Literal

from diplograph import sparql
from diplograph.engine.protocol import Engine
from diplograph.errors import UnknownResource
from diplograph.vocab import ID, KINDS, LANGUAGES, PREFIXES, short, split

BATCH = 500
NEAR = 5
MOST = 20_000
"""Names among which near ones are looked for."""

Labels = dict[str, dict[str, str]]


def checked(iri: str) -> str:
    """Return the IRI; UnknownResource when it is not one, so that nothing else meets a query."""
    try:
        return pyoxigraph.NamedNode(iri).value
    except ValueError as error:
        raise UnknownResource("This is not an absolute IRI.", near=[]) from error


def exists(engine: Engine, iri: str) -> bool:
    """Tell whether any triple mentions an IRI, or it is the name of a graph that holds one."""
    values = sparql.values("iri", [checked(iri)])
    arms = "{ ?iri ?p ?o } UNION { ?s ?q ?iri } UNION { GRAPH ?iri { ?s ?p ?o } }"
    return sparql.ask(engine, f"ASK {{ {values} {arms} }}")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a thing is not held any more, and the one that took its place, if any did."""

    reason: str
    replacement: str | None


def withdrawal(engine: Engine, iri: str) -> Withdrawal | None:
    """Return how a thing was withdrawn; None for one that stands."""
    text = f"""PREFIX dcterms: <{PREFIXES["dcterms"]}> PREFIX owl: <{PREFIXES["owl"]}>
        PREFIX skos: <{PREFIXES["skos"]}>
        SELECT ?replacement ?reason WHERE {{ {sparql.values("this", [checked(iri)])}
          ?this owl:deprecated true
          OPTIONAL {{ ?this dcterms:isReplacedBy ?replacement }}
          OPTIONAL {{ ?this skos:changeNote ?reason }} }} ORDER BY ?reason LIMIT 1"""
    for row in sparql.select(engine, text).rows:
        replacement = row.get("replacement")
        return Withdrawal(str(row.get("reason", "")), str(replacement) if replacement is not None else None)
    return None


def unknown(engine: Engine, iri: str) -> UnknownResource:
    """Return the error that nothing is known under an IRI, with the nearest that are."""
    return UnknownResource(f"Nothing is known about {iri}.", near=near(engine, iri))


def near(engine: Engine, iri: str) -> list[str]:
    """Return known IRIs with the same name under another kind, then those spelled nearly alike."""
    space, name = split(iri)
    same = _known(engine, (f"{ID}{kind}/{name}" for kind in KINDS)) if space.startswith(ID) else []
    names = {split(known)[1]: known for known in _in_namespace(engine, space)}
    alike = [names[found] for found in difflib.get_close_matches(name, names, NEAR)]
    return list(dict.fromkeys([*same, *alike]))[:NEAR]


def labels(engine: Engine, iris: Iterable[str]) -> Labels:
    """Return the labels by language: `rdfs:label`, else `skos:prefLabel`, else the date of a time span."""
    found: Labels = {}
    for batch in batches(iris):
        text = f"""
            PREFIX dg: <{PREFIXES["dg"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX skos: <{PREFIXES["skos"]}>
            SELECT ?thing ?rank ?label WHERE {{
              {sparql.values("thing", batch)}
              {{ ?thing rdfs:label ?label BIND(1 AS ?rank) }} UNION
              {{ ?thing skos:prefLabel ?label BIND(2 AS ?rank) }} UNION
              {{ ?thing dg:edtf ?label BIND(3 AS ?rank) }}
            }} ORDER BY ?thing ?rank ?label"""
        for row in sparql.select(engine, text).rows:
            if isinstance(label := row["label"], Literal):
                found.setdefault(str(row["thing"]), {}).setdefault(label.language or "", str(label))
    return found


def best(found: dict[str, str], iri: str, languages: Sequence[str] = LANGUAGES) -> tuple[str, str]:
    """Return the label to show and its language; a thing without labels shows its short name."""
    for language in (*languages, *LANGUAGES, *sorted(found)):
        if language in found:
            return found[language], language
    return short(iri), ""


def batches(iris: Iterable[str]) -> Iterator[list[str]]:
    """Yield the distinct IRIs in parts small enough for one query."""
    rest = iter(sorted(set(iris)))
    while batch := list(islice(rest, BATCH)):
        yield batch


def _known(engine: Engine, iris: Iterable[str]) -> list[str]:
    text = f"SELECT ?thing WHERE {{ {sparql.values('thing', iris)} FILTER EXISTS {{ ?thing a ?type }} }}"
    return [str(row["thing"]) for row in sparql.select(engine, text).rows]


def _in_namespace(engine: Engine, space: str) -> list[str]:
    start = pyoxigraph.Literal(space)
    inside = f"?thing a ?type FILTER(STRSTARTS(STR(?thing), {start}))"
    text = f"SELECT DISTINCT ?thing WHERE {{ {inside} }} LIMIT {MOST}"
    found = [str(row["thing"]) for row in sparql.select(engine, text).rows]
    return sorted(iri for iri in found if split(iri)[0] == space)
