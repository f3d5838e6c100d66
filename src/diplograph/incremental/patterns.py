"""Triple patterns and what work reads: patterns that hold together, of queries, rules and shapes alike.

A changed triple matters only where it matches a pattern together with the patterns beside it. Filters and the
names of graphs are ignored, so that more seems to matter than does.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from pyoxigraph import NamedNode, Triple
from rdflib import RDF, BNode, Variable
from rdflib.term import Node

from diplograph.rdf import Dataset
from diplograph.rdf.dataset import as_stored
from diplograph.rdf.terms import OxigraphTerm, to_oxigraph
from diplograph.sparql.paths import Either, Path, Repeated, Sequential, Step

Slot = OxigraphTerm | str
"""A term, or a string for a variable."""
T = TypeVar("T")
TriplePattern = tuple[Slot, Slot, Slot]
Bindings = dict[str, OxigraphTerm]
Match = Callable[[OxigraphTerm | None, OxigraphTerm | None, OxigraphTerm | None], Iterable[Triple]]
"""How the triples of a pattern are found; None stands for any term."""
TYPE = Step(str(RDF.type))
ANY, _PROPERTY, _SUBJECT, _OBJECT = "*any", "*property", "*subject", "*object"
"""Variables that no query can name."""


class UnboundedError(Exception):
    """It cannot be told what a change matters to, or it is too much: all has to be done again."""


class Pattern(NamedTuple):
    """A property path pattern; a path of None is any property."""

    subject: Slot
    path: Path | None
    value: Slot

    @classmethod
    def of(cls, subject: Slot, path: Path | None, value: Slot) -> "Pattern":
        """Return a pattern, a property followed backwards turned round."""
        if isinstance(path, Step) and path.backwards:
            return cls(value, path.inverse(), subject)
        return cls(subject, path, value)


Group = tuple[Pattern, ...]
"""Patterns that hold together."""


class Read(NamedTuple):
    """A pattern that is looked for, and those that hold with it."""

    pattern: Pattern
    beside: Group


def each(group: Group, beside: Group = ()) -> Iterator[Read]:
    """Yield each pattern of a group as what is looked for with the others and those beside them."""
    for place, pattern in enumerate(group):
        yield Read(pattern, (*group[:place], *group[place + 1 :], *beside))


def triggers(read: Read) -> Iterator[tuple[TriplePattern, Group]]:
    """Yield the patterns of the triples that a read is made of, with what holds beside each."""
    (subject, path, value), beside = read
    if path is None:
        yield (subject, _PROPERTY, value), beside
    elif isinstance(path, Step):
        ends = (value, subject) if path.backwards else (subject, value)
        yield (ends[0], NamedNode(path.iri), ends[1]), beside
    elif isinstance(path, Either):
        for part in path.parts:
            yield from triggers(Read(Pattern(subject, part, value), beside))
    else:
        for before, iri in path.reads():
            way = Pattern(subject, before, _SUBJECT)
            yield (_SUBJECT, NamedNode(iri), _OBJECT), (*beside, read.pattern, way)


def variables(group: Iterable[Iterable[object]]) -> set[str]:
    """Return the variables of patterns."""
    return {slot for pattern in group for slot in pattern if isinstance(slot, str)}


def is_plain(path: Path | None) -> bool:
    """Tell whether a path is a property that is followed forwards."""
    return isinstance(path, Step) and not path.backwards


def may_be_empty(path: Path | None) -> bool:
    """Tell whether a path may lead from anything to itself, so that every node of the data has it."""
    if isinstance(path, Sequential):
        return all(map(may_be_empty, path.parts))
    if isinstance(path, Either):
        return any(map(may_be_empty, path.parts))
    return isinstance(path, Repeated) and (path.mark != "+" or may_be_empty(path.part))


def slot(term: Node) -> Slot:
    """Return a term of rdflib as the store has it; variables and blank nodes are variables."""
    if isinstance(term, Variable | BNode):
        return str(term) if isinstance(term, Variable) else f"_:{term}"
    return as_stored(to_oxigraph(term))


class Index(Generic[T]):
    """What goes with triple patterns, found by the triples that match them."""

    def __init__(self) -> None:
        """Begin without any."""
        self._known: defaultdict[tuple[Slot, Slot], dict[tuple[TriplePattern, T], None]] = defaultdict(dict)

    def add(self, pattern: TriplePattern, value: T) -> None:
        """Put a pattern by its property, and by its object where that is fixed."""
        key = tuple(ANY if isinstance(slot, str) else slot for slot in pattern[1:])
        self._known[key[0], key[1]][pattern, value] = None

    def matching(self, triple: Triple) -> Iterator[tuple[Bindings, T]]:
        """Yield what goes with each pattern that a triple matches, with how it binds the variables."""
        predicate, value = triple.predicate, triple.object
        for key in ((predicate, ANY), (predicate, value), (ANY, ANY), (ANY, value)):
            for pattern, own in self._known.get(key, ()):
                found = unified(pattern, triple, {})
                if found is not None:
                    yield found, own


def joined(patterns: Sequence[TriplePattern], bindings: Bindings, match: Match) -> Iterator[Bindings]:
    """Return the bindings under which all patterns match, the most definite pattern asked first."""
    if not patterns:
        yield bindings
        return
    chosen = max(patterns, key=lambda pattern: _definite(pattern, bindings))
    rest = [pattern for pattern in patterns if pattern is not chosen]
    for triple in match(*(value_of(slot, bindings) for slot in chosen)):
        found = unified(chosen, triple, bindings)
        if found is not None:
            yield from joined(rest, found, match)


def _definite(pattern: TriplePattern, bindings: Bindings) -> tuple[bool, int]:
    """Return what tells how few triples a pattern matches: one that is tied to what is known has fewest."""
    is_tied = any(isinstance(slot, str) and slot in bindings for slot in pattern)
    return is_tied, sum(value_of(slot, bindings) is not None for slot in pattern)


def unified(pattern: TriplePattern, triple: Triple, bindings: Bindings) -> Bindings | None:
    """Return the bindings under which a pattern is a triple, None when there are none."""
    found = dict(bindings)
    for slot, term in zip(pattern, (triple.subject, triple.predicate, triple.object), strict=True):
        if isinstance(slot, str):
            if found.setdefault(slot, term) != term:
                return None
        elif slot != term:
            return None
    return found


def value_of(slot: Slot, bindings: Bindings) -> OxigraphTerm | None:
    return bindings.get(slot) if isinstance(slot, str) else slot


def finder(*datasets: Dataset, without: Container[Triple] = frozenset()) -> Match:
    """Return how triples are found in several datasets, each once, and some not at all."""

    def match(
        subject: OxigraphTerm | None, predicate: OxigraphTerm | None, value: OxigraphTerm | None
    ) -> Iterator[Triple]:
        seen: set[Triple] = set()
        for dataset in datasets:
            for quad in dataset.matching(subject, predicate, value):
                triple = quad.triple
                if triple not in seen and triple not in without:
                    seen.add(triple)
                    yield triple

    return match
