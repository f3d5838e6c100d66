"""Undefined names: one finding for each, and what only follows from it, told by assuming a definition."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse
from rapidfuzz import fuzz
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.namespaces import (
    BUILT_GRAPHS,
    DG,
    DGG,
    DGS,
    DGV,
    GEO,
    OA,
    OWL,
    PROV,
    RDF,
    RDFS,
    SH,
    SKOS,
    is_ours,
    kind_of,
    short,
    split,
)
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm
from diplograph.validation.report import Finding, Report

UNDEFINED = str(DGS.UndefinedName)
ASSUMED = str(DGG.assumed)
"""The graph of what is assumed; it is judged, and kept nowhere."""
CLASSES: Mapping[str, tuple[URIRef, ...]] = MappingProxyType(
    {
        "act": (DG.Act,),
        "activity": (DG.Event, PROV.Activity),
        "agent": (DG.Agent,),
        "asset": (DG.Asset,),
        "body": (DG.Organization,),
        "claim": (DG.Claim,),
        "discrepancy": (DG.Discrepancy,),
        "document": (DG.SourceDocument,),
        "evidence": (DG.Evidence,),
        "gap": (DG.Gap,),
        "group": (DG.Group,),
        "list": (DG.DesignationList,),
        "matter": (DG.StandingMatter,),
        "measure": (DG.RestrictiveMeasure,),
        "name": (DG.Name,),
        "office": (DG.Office,),
        "person": (DG.Person,),
        "place": (DG.Place, GEO.Geometry),
        "polity": (DG.Polity,),
        "span": (OA.SpecificResource, OA.TextPositionSelector),
        "state": (DG.State,),
        "tenure": (DG.Tenure,),
        "time": (DG.TimeSpan,),
    }
)
"""What the things of a kind are, by the widest classes; kinds that only a build names are left out."""
NEW: Mapping[str, str] = MappingProxyType(
    {
        **{kind: kind for kind in ("act", "asset", "body", "claim", "discrepancy", "gap", "group", "list")},
        **{kind: kind for kind in ("matter", "measure", "name", "office", "person", "place", "polity")},
        **{kind: kind for kind in ("state", "tenure", "time")},
        "document": "source",
    }
)
"""What `diplograph new` makes things of a kind by."""
ALIKE = 80
"""How alike, of 100, the name of a term is to one that may be meant."""
NEAR = 3
_TYPE = NamedNode(str(RDF.type))
_CLASHES = str(DGS.DisjointClasses)
_ELSEWHERE = frozenset({DefaultGraph(), *map(NamedNode, BUILT_GRAPHS)})
"""Where nothing is said in the words of a file."""
_FRAME = frozenset({NamedNode(str(DGG.ontology)), NamedNode(str(DGG.vocab))})
"""What the data is judged by: the things that it mentions are examples."""
_NAMES = """
PREFIX dgg: <https://w3id.org/diplograph/graph/>
SELECT DISTINCT ?name
WHERE {
  {
    SELECT DISTINCT ?name
    WHERE {
      GRAPH ?graph { ?thing ?path ?name }
      FILTER (?graph NOT IN (dgg:closure, dgg:inferred, dgg:summary, dgg:ontology, dgg:vocab))
    }
  }
  UNION
  {
    SELECT DISTINCT ?name
    WHERE {
      GRAPH ?graph { ?thing ?name ?value }
      FILTER (?graph NOT IN (dgg:closure, dgg:inferred, dgg:summary, dgg:ontology, dgg:vocab))
    }
  }
  FILTER (isIRI(?name))
  FILTER (REGEX(STR(?name), "^https://w3id.org/diplograph/(ontology#|vocab/)|/id/[a-z]+/[^/]+$"))
  FILTER NOT EXISTS {
    GRAPH ?own { ?name ?any ?what }
    FILTER (?own NOT IN (dgg:closure, dgg:inferred, dgg:summary))
  }
}
"""
_KINDS: Mapping[str, tuple[URIRef, ...]] = MappingProxyType(
    {
        "class": (OWL.Class,),
        "property": (OWL.ObjectProperty, OWL.DatatypeProperty),
        "concept": (SKOS.Concept,),
    }
)
_SAID, _TOLD = (RDFS.label, SKOS.altLabel), (SKOS.scopeNote, SKOS.definition)
_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|[^\w]+|_")


def found(loaded: Dataset, axioms: Graph, among: Iterable[OxigraphTerm] | None = None) -> list[Finding]:
    """Return a finding for each name of ours that is used and that nothing defines.

    Such are things and concepts that no statement is about, and classes and properties that the ontology
    lacks. `loaded` holds all named graphs; only names `among` some terms are looked at, where given.
    """
    if among is None:
        names: Iterable[OxigraphTerm] = (row["name"] for row in loaded.select(_NAMES))
    else:
        names = (name for name in among if not _is_told(loaded, name))
    wanted = (name for name in names if isinstance(name, NamedNode) and _is_ours(name.value))
    uses = {name: _uses(loaded, name) for name in wanted}
    return [_finding(name.value, used, axioms, loaded) for name, used in uses.items() if used]


def _is_ours(name: str) -> bool:
    return name.startswith((str(DG), str(DGV))) or own_kind(name) in CLASSES


def own_kind(name: str) -> str:
    """Return the kind of a thing of ours by its IRI, nothing for other IRIs."""
    return kind_of(name) if is_ours(name) else ""


def _is_told(loaded: Dataset, name: OxigraphTerm) -> bool:
    return any(quad.graph_name not in _ELSEWHERE for quad in loaded.matching(name, None, None))


def _uses(loaded: Dataset, name: NamedNode) -> list[Quad]:
    """Return the statements that use a name, as a term of the ontology only in the place of one."""
    if name.value.startswith(str(DG)):
        quads = [*loaded.matching(None, _TYPE, name), *loaded.matching(None, name, None)]
    else:
        quads = list(loaded.matching(None, None, name))
    return [quad for quad in quads if quad.graph_name not in _ELSEWHERE | _FRAME]


def _finding(name: str, uses: Sequence[Quad], axioms: Graph, loaded: Dataset) -> Finding:
    term = _term(name, uses)
    lacking = f"no {term} of the ontology" if term else "defined nowhere"
    terms = loaded.to_rdflib([str(DGG.vocab)]) if term == "concept" else axioms
    often = "once" if len(uses) == 1 else f"{len(uses)} times"
    return Finding(
        severity="violation",
        shape=UNDEFINED,
        component=str(SH.SPARQLConstraintComponent),
        focus=name,
        path=None,
        value=None,
        message=f"{short(name)} is {lacking}; used {often}.",
        cure=_term_cure(name, term, terms) if term else cure(name),
    )


def _term(name: str, uses: Sequence[Quad]) -> str:
    """Return what an undefined term of ours is used as, nothing for a thing."""
    if name.startswith(str(DGV)):
        return "concept"
    if not name.startswith(str(DG)):
        return ""
    return "class" if any(quad.predicate == _TYPE for quad in uses) else "property"


def cure(name: str) -> str:
    """Return what defines a thing of ours: the command that makes it, or the statement to add."""
    kind, slug = own_kind(name), split(name)[1]
    words = slug.replace("-", " ")
    label = words.title() if kind in ("person", "place", "polity", "state") else words.capitalize()
    if kind in NEW:
        member = " --lists MEMBER" if kind == "list" else ""
        return f'Make it: diplograph new {NEW[kind]} FILE --slug {slug} --label "{label}"{member}'
    if kind in ("evidence", "span"):
        return "Make it: diplograph evidence add FILE --source SOURCE --range START END"
    return f'Define it: {short(name)} a {short(str(CLASSES[kind][0]))} ; rdfs:label "{label}"@en .'


def _term_cure(name: str, term: str, axioms: Graph) -> str:
    near = meant(name, term, axioms)
    asked = f"Is {' or '.join(near)} meant? " if near else ""
    return f"{asked}Use a {term} of the ontology; a new one is defined in ontology/."


def meant(name: str, term: str, axioms: Graph) -> list[str]:
    """Return the classes, properties or concepts of ours that an unknown one may stand for, with labels.

    Those that are called much alike in any language, else those with a word of it in their names, else in
    their notes, else in their examples; three at most.
    """
    wanted = _words(split(name)[1])
    members = {one for kind in _KINDS[term] for one in axioms.subjects(RDF.type, kind)}
    terms = [one for one in members if str(one).startswith((str(DG), str(DGV)))]
    called = {one: [_words(split(str(one))[1]), *_texts(axioms, one, _SAID)] for one in terms}
    alike = {one: max(fuzz.ratio(wanted, text) for text in texts) for one, texts in called.items()}
    stems = [word[: max(5, len(word) - 5)] for word in wanted.split() if len(word) > 3]
    ranks = (
        [one for one in terms if alike[one] >= ALIKE],
        [one for one in terms if _has(stems, called[one])],
        [one for one in terms if _has(stems, _texts(axioms, one, _TOLD))],
        [one for one in terms if _has(stems, _texts(axioms, one, (SKOS.example,)))],
    )
    best = sorted(next(filter(None, ranks), []), key=lambda one: (-alike[one], str(one)))
    return [_described(axioms, one) for one in best[:NEAR]]


def _words(text: str) -> str:
    return " ".join(word for word in _BREAK.split(text) if word).casefold()


def _texts(axioms: Graph, term: Node, predicates: Iterable[URIRef]) -> list[str]:
    return [_words(str(text)) for predicate in predicates for text in axioms.objects(term, predicate)]


def _has(stems: Iterable[str], texts: Iterable[str]) -> bool:
    words = [word for text in texts for word in text.split()]
    return any(word.startswith(stem) for stem in stems for word in words)


def _described(axioms: Graph, term: Node) -> str:
    labels = (o for o in axioms.objects(term, RDFS.label) if isinstance(o, Literal) and o.language == "en")
    label = next(iter(sorted(labels)), None)
    return short(str(term)) + (f" ({label})" if label else "")


Instances = Callable[[str], Iterable[str]]
"""Gives the things that are said to be of a class."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is assumed of names that nothing defines: the triples, and the members of unknown classes."""

    names: frozenset[str]
    triples: tuple[Triple, ...]
    members: frozenset[str]

    @classmethod
    def on(cls, report: Report, instances: Instances, axioms: Graph) -> "Assumption":
        """Assume that an undefined thing is all that its kind may be, and an undefined concept in any scheme.

        A member of an unknown class is assumed to be what its kind is at least.
        """
        names = frozenset(f.focus for f in report.findings if f.shape == UNDEFINED and f.focus)
        terms = {name for name in names if name.startswith(str(DG))}
        members = frozenset(one for term in terms for one in instances(term) if own_kind(one) in CLASSES)
        concepts = {name for name in names if name.startswith(str(DGV))}
        schemes = sorted(instances(str(SKOS.ConceptScheme))) if concepts else []
        things = names - terms - concepts
        triples = [_typed(name, group) for name in things for group in _below(name, axioms)]
        triples += [_typed(name, SKOS.Concept) for name in concepts]
        triples += [_in_scheme(name, scheme) for name in concepts for scheme in schemes]
        triples += [_typed(name, CLASSES[own_kind(name)][0]) for name in members]
        return cls(names, tuple(triples), members)

    def settled(self, plain: Report, other: Report) -> Report:
        """Return a report without what only follows from undefined names, which it counts.

        `other` is the report with the assumption. What stays in it stays; of members of unknown classes it
        also tells what only shows now that something is known of them.
        """
        before, stays = {f.key for f in plain.findings}, {f.key for f in other.findings}
        kept = [f for f in plain.findings if f.shape == UNDEFINED or (f.key in stays and not self._lacks(f))]
        come = [f for f in other.findings if f.focus in self.members and f.key not in before]
        bare = [line for line in other.uncovered if not self._explains(line)]
        left = len(plain.findings) - len(kept) + len(plain.uncovered) - len(bare)
        made = Report.of([*kept, *come], bare, labels={**other.labels, **plain.labels})
        return replace(made, consequences=left, timings=plain.timings)

    def _lacks(self, finding: Finding) -> bool:
        """Whether a finding is about an undefined name itself, of which nothing else is said either."""
        return finding.focus in self.names and finding.shape != _CLASHES

    def _explains(self, line: str) -> bool:
        """Whether a triple is uncovered since its property, or the class that it gives, is undefined."""
        triple = next(iter(parse(line, RdfFormat.N_TRIPLES))).triple
        term = triple.object if triple.predicate == _TYPE else triple.predicate
        return isinstance(term, NamedNode) and term.value in self.names


def _below(name: str, axioms: Graph) -> Iterator[URIRef]:
    for wide in CLASSES[own_kind(name)]:
        below = axioms.transitive_subjects(RDFS.subClassOf, wide)
        yield from (group for group in below if isinstance(group, URIRef))


def _typed(name: str, group: URIRef) -> Triple:
    return Triple(NamedNode(name), _TYPE, NamedNode(group))


def _in_scheme(name: str, scheme: str) -> Triple:
    return Triple(NamedNode(name), NamedNode(str(SKOS.inScheme)), NamedNode(scheme))
