"""Drafting: a new thing made of words, the names, codes and dates in them read as the graph knows them."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode
from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.documents.date_parsing import edtf_of
from diplograph.errors import InvalidParameter, UnknownResource
from diplograph.evidence.scaffold import SLUG, Name, thing, time_span
from diplograph.namespaces import (
    DCTERMS,
    DG,
    DGV,
    SPACE,
    VOID,
    kind_of,
    own,
    short,
    split,
)
from diplograph.queries.parameters import read_iri
from diplograph.rdf import Dataset
from diplograph.rdf.terms import fold, to_rdflib
from diplograph.search.index import EXACT, LONGEST, Candidate, NameIndex
from diplograph.validation.fields import Field, Form
from diplograph.validation.fixes import COUNTRIES, is_called
from diplograph.validation.undefined import NEW, cure

LONGEST_SHOWN = 80
NEAR = 5
"""How many things or concepts are named where a word means none."""
STATED = "stated"
"""How a date was obtained, where nothing else is said."""
_WHOLE, _DECIMAL = re.compile(r"[+-]?\d{1,18}"), re.compile(r"[+-]?\d{1,18}(\.\d{1,9})?")
_TAGGED = re.compile(r"(?s)(.*)@(ar|de|en|es|fr|he|hi|it|ja|ko|pl|pt|ru|tr|uk|zh)(?:-[A-Za-z0-9]{2,8})*")
_ADDRESS = re.compile(r"https?://\S+")
_ASSETS = ("vessel:", "ship:", "aircraft:")
"""How a name may begin that is taken for one of a kind: what it names is an asset."""
_IN_WORDS = {RDFS.label, SKOS.altLabel, SKOS.note, SKOS.definition, SKOS.scopeNote}


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of things that can be made: the kind of their addresses, their classes, and the usual class."""

    kind: str
    roots: tuple[URIRef, ...]
    usual: URIRef


def _sort(kind: str, root: str, usual: str = "") -> Sort:
    return Sort(kind, (DG[root],), DG[usual or root])


SORTS: Mapping[str, Sort] = {
    "act": _sort("act", "Act"),
    "sanction": _sort("act", "Sanction"),
    "claim": _sort("claim", "Claim"),
    "measure": _sort("measure", "RestrictiveMeasure"),
    "list": _sort("list", "DesignationList"),
    "matter": _sort("matter", "StandingMatter"),
    "instrument": _sort("matter", "Instrument"),
    "state": _sort("state", "State"),
    "polity": _sort("polity", "Polity"),
    "body": _sort("body", "Organization"),
    "person": _sort("person", "Person"),
    "group": _sort("group", "Group"),
    "office": _sort("office", "Office", "PublicOffice"),
    "tenure": _sort("tenure", "Tenure"),
    "place": _sort("place", "Place"),
    "asset": _sort("asset", "Asset"),
    "name": _sort("name", "Name"),
    "time": _sort("time", "TimeSpan"),
    "source": _sort("document", "SourceDocument"),
    "gap": _sort("gap", "Gap"),
    "discrepancy": _sort("discrepancy", "Discrepancy"),
}
"""What can be made, each with its kind and class: a concept is made otherwise, in the vocabulary."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known before something new is made: all graphs, what classes say, and how to find names."""

    dataset: Dataset
    form: Form
    names: Callable[[], NameIndex]
    read: dict[tuple[URIRef, URIRef, str], Node] = field(default_factory=dict, compare=False)
    """What words of a field of a class meant before: a table says the same in thousands of rows."""

    def is_defined(self, iri: URIRef) -> bool:
        """Tell whether something says what a thing is."""
        return any(self.values(iri, RDF.type))

    def is_a(self, iri: str, classes: Sequence[URIRef]) -> bool:
        """Tell whether a thing is of one of some classes, or of any where there are none."""
        allowed = set(self.form.classes(*classes))
        return not classes or not allowed.isdisjoint(self.values(URIRef(iri), RDF.type))

    def values(self, subject: URIRef, predicate: URIRef) -> Iterator[Node]:
        """Yield what is said of a thing by a property, in any graph."""
        for quad in self.dataset.matching(NamedNode(subject), NamedNode(predicate), None):
            yield to_rdflib(quad.object)


@dataclass(slots=True)
class Draft:
    """A new thing in the making: its block, which grows by what its values need."""

    lexicon: Lexicon
    name: Name
    kind: str
    group: URIRef
    with_entities: bool = False
    basis: URIRef = DGV[STATED]
    block: Graph = field(default_factory=Graph)
    promised: Container[URIRef] = frozenset()
    """Things that are made beside it, by whoever makes several at once."""

    @property
    def iri(self) -> URIRef:
        """The IRI of the thing."""
        return own(self.kind, self.name.slug)

    def begin(self) -> None:
        """Put the thing into the block, with its class and its label."""
        self.block += thing(self.kind, self.name, self.group, {})

    def put(self, one: Field, texts: Iterable[str]) -> None:
        """Give the thing some values of a field.

        Raises InvalidParameter for what is no value of it, UnknownResource for what nothing defines.
        """
        given = list(texts)
        if one.is_time and len(given) > 1:
            raise self._wrong(one, "is said once: another date is another source's, or an interval a/b")
        for text in given:
            self.block.add((self.iri, one.predicate, self._value(one, text.strip())))

    def take_basis(self, text: str) -> None:
        """Say how the dates of the thing were obtained. Raises InvalidParameter for no such concept."""
        fields = {one.predicate: one for one in self.lexicon.form.fields(DG.TimeSpan)}
        if DG.dateBasis in fields:
            self.basis = self._concept(fields[DG.dateBasis], text)

    def has_any(self, predicates: Iterable[URIRef]) -> bool:
        """Tell whether the thing has a value of one of some properties."""
        return any((self.iri, each, None) in self.block for each in predicates)

    def add_group(self, count: int, role: str | None = None, side: str | None = None) -> None:
        """Put in the people whom an act affects, by their number and their side.

        Those whom an expulsion affects are on the side of its target, where nothing else is said.
        """
        group = Draft(self.lexicon, self.name, "group", DG.Group, self.with_entities)
        group.begin()
        group.block.add((group.iri, DG.memberCount, Literal(count)))
        fields = {one.predicate: one for one in self.lexicon.form.fields(DG.Group)}
        group.put(fields[DG.role], [role] if role else [])
        group.put(fields[DG.represents], [side] if side else [])
        targets = list(self.block.objects(self.iri, DG.target))
        if self.group == DG.Expulsion and not side and len(targets) == 1:
            group.block.add((group.iri, DG.represents, targets[0]))
        told = [group.block.value(group.iri, predicate) for predicate in (DG.role, DG.represents)]
        names = ", ".join(self._label(one) for one in told if isinstance(one, URIRef))
        label = f"{count} {'person' if count == 1 else 'people'}{f' ({names})' if names else ''}"
        group.block.set((group.iri, RDFS.label, Literal(label, lang="en")))
        self.block += group.block
        self.block.add((self.iri, DG.affects, group.iri))

    def add_bearer(self, text: str) -> None:
        """Say what bears the name that is made."""
        has_name = Field(DG.hasName, "bearer", "Name what is called so.", is_link=True)
        self.block.add((self._thing(has_name, text), DG.hasName, self.iri))

    def add_measure(self, kind: str) -> None:
        """Put in a measure that a sanction imposes on its targets, by the type of the measure."""
        slug = f"{self.name.slug}-{split(kind.replace(':', '/'))[1]}"
        measure = Draft(
            self.lexicon, Name(slug, f"{self.name.label}: {kind}"), "measure", DG.RestrictiveMeasure
        )
        measure.begin()
        fields = {one.predicate: one for one in self.lexicon.form.fields(DG.RestrictiveMeasure)}
        measure.put(fields[DG.measureType], [kind])
        for target in self.block.objects(self.iri, DG.target):
            measure.block.add((measure.iri, DG.measureTarget, target))
        self.block += measure.block
        self.block.add((self.iri, DG.imposes, measure.iri))

    def share_evidence(self) -> None:
        """Give the dates, groups and measures that were made beside the thing its evidence."""
        proofs = list(self.block.objects(self.iri, DG.evidence))
        for subject in set(self.block.subjects(RDF.type, None)):
            if kind_of(str(subject)) in ("group", "measure", "time"):
                for proof in proofs:
                    self.block.add((subject, DG.evidence, proof))

    def _value(self, one: Field, text: str) -> Node:
        if not text:
            raise self._wrong(one, "is empty")
        if one.is_time and not text.startswith("time:") and not _ADDRESS.match(text):
            return self._time(one, text)
        if one.datatype is not None and one.scheme is None:
            return self._literal(one, text)
        if one.scheme is not None or one.is_link:
            return self._looked_up(one, text)
        if _ADDRESS.fullmatch(text):
            return URIRef(text)
        return self._text(text) if one.predicate in _IN_WORDS else Literal(text)

    def _looked_up(self, one: Field, text: str) -> Node:
        """The concept or the thing that words mean, looked for once."""
        key = (self.group, one.predicate, text)
        if key in self.lexicon.read:
            return self.lexicon.read[key]
        found = self._thing(one, text) if one.scheme is None else self._concept(one, text)
        if self.lexicon.is_defined(found):
            self.lexicon.read[key] = found
        return found

    def _wrong(self, one: Field, what: str, problems: Sequence[str] = ()) -> InvalidParameter:
        return InvalidParameter(
            f"--{option(one)} {what}.", parameters=[option(one)], problems=list(problems), hint=one.cure
        )

    def _time(self, one: Field, text: str) -> URIRef:
        slug = self.name.slug if one.predicate == DG.when else f"{self.name.slug}-{option(one)}"
        self.block += time_span(slug, edtf_of(text), self.basis)
        return own("time", slug)

    def _concept(self, one: Field, text: str) -> URIRef:
        """The concept that a notation, a label or an IRI means."""
        scheme = one.scheme or DGV[""]
        fitting = self.lexicon.form.fitting(scheme, self.group)
        wanted = fold(text.removeprefix("dgv:").replace("-", " "))
        for concept in fitting:
            labels = {fold(str(label)) for label in self.lexicon.values(concept, SKOS.prefLabel)}
            codes = {
                fold(str(code).replace("-", " ")) for code in self.lexicon.values(concept, SKOS.notation)
            }
            if text == str(concept) or wanted in labels | codes | {fold(split(concept)[1].replace("-", " "))}:
                return concept
        listed = [f"{split(each)[1]}  {self._label(each)}" for each in fitting]
        raise self._wrong(one, f"is {text!r}, which is none of these", listed)

    def _label(self, iri: URIRef) -> str:
        texts = (one for one in self.lexicon.values(iri, RDFS.label) if isinstance(one, Literal))
        return next((str(one) for one in texts if one.language == "en"), "")

    def _literal(self, one: Field, text: str) -> Literal:
        if one.datatype in (XSD.integer, XSD.positiveInteger):
            if not _WHOLE.fullmatch(text):
                raise self._wrong(one, f"is {text!r}, which is no whole number{_without_commas(text)}")
            return Literal(text, datatype=XSD.integer)
        if one.datatype == XSD.decimal:
            if not _DECIMAL.fullmatch(text):
                raise self._wrong(one, f"is {text!r}, which is no number{_without_commas(text)}")
            plain = text.rstrip("0").rstrip(".") if "." in text else text  # the form that a store keeps
            return Literal(plain, datatype=XSD.decimal)
        if one.datatype == RDF.langString:
            return self._text(text)
        return Literal(text, datatype=None if one.datatype == XSD.string else one.datatype)

    def _text(self, text: str) -> Literal:
        """A text in its language, which follows an @; English where none does."""
        tagged = _TAGGED.fullmatch(text)
        return Literal(tagged[1], lang=tagged[2]) if tagged else Literal(text, lang="en")

    def _thing(self, one: Field, text: str) -> URIRef:
        """The thing that an IRI, a name or a code means."""
        if ":" in text:
            if text.startswith(_ASSETS):
                meant = f"asset:{text.partition(':')[2]}"
                raise self._wrong(one, f"is {text!r}: vessels and aircraft are assets, so {meant}")
            try:
                iri = URIRef(read_iri(text).value)
            except ValueError as error:
                raise self._wrong(one, f"is {text!r}, which is not an IRI") from error
            return self._defined(one, iri)
        names = self.lexicon.names()
        found = [each for each in names.find(text[:LONGEST]) if self._is_meant(one, each)]
        exact = [each for each in found if each.score >= EXACT]
        if len(exact) == 1:
            return URIRef(exact[0].iri)
        near = exact or [each for each in found if _may_be_meant(text, each, names)]
        told = [f"{short(each.iri)}  {each.label}" for each in near[:NEAR]]
        if exact:
            raise self._wrong(one, f"is {text!r}, the name of several: say which", told)
        raise self._unknown(one, text, told)

    def _is_meant(self, one: Field, found: Candidate) -> bool:
        return self.lexicon.is_a(found.iri, one.classes)

    def _defined(self, one: Field, iri: URIRef) -> URIRef:
        """A thing that is defined already, in this block, or from now on."""
        if iri in self.promised or self.lexicon.is_defined(iri) or (iri, RDF.type, None) in self.block:
            return iri
        kind, slug = kind_of(str(iri)), split(iri)[1]
        fitting = [each for each in fitting_sorts(self.lexicon.form, one.classes) if each.kind == kind]
        if not self.with_entities or iri != own(kind, slug) or not SLUG.fullmatch(slug) or not fitting:
            raise self._unknown(one, short(iri), (), cure(str(iri)) if kind in NEW else "")
        self.block.add((iri, RDF.type, fitting[0].usual))
        self.block.add((iri, RDFS.label, Literal(slug.replace("-", " ").capitalize(), lang="en")))
        return iri

    def _unknown(self, one: Field, text: str, near: Sequence[str], made: str = "") -> UnknownResource:
        kinds = ", ".join(sorted({each.kind for each in fitting_sorts(self.lexicon.form, one.classes)}))
        made = made or "Try another name or a code (JP, JPN, Q17); diplograph new makes what is not there"
        fits = f"of this knowledge base and of a kind that fits ({kinds})"
        hint = f"{made}, as does --with-entities of an IRI {fits}."
        detail = f"--{option(one)} is {text[:LONGEST_SHOWN]}, which nothing defines."
        return UnknownResource(detail, parameters=[option(one)], problems=list(near), hint=hint)


def fitting_sorts(form: Form, classes: Sequence[URIRef]) -> list[Sort]:
    """Return the sorts of things that may be a value of one of some classes, all where there are none."""
    allowed = form.classes(*classes)
    return [sort for sort in SORTS.values() if not classes or sort.usual in allowed]


def _without_commas(text: str) -> str:
    """How to write a number whose digits are in groups, nothing for any other text."""
    bare = re.sub(r"[, _'\u00a0\u202f]", "", text)
    return f": write {bare}" if bare != text and _DECIMAL.fullmatch(bare) else ""


def _may_be_meant(text: str, found: Candidate, names: NameIndex) -> bool:
    """Whether to propose what was found by a name: another country than one that is called so never is."""
    return kind_of(found.iri) not in COUNTRIES or is_called(text, (n.text for n in names.names(found.iri)))


def option(one: Field) -> str:
    """Return the name of the option of a field, in words with hyphens."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", one.name).lower()


def description(name: Name, graph: URIRef, known: Graph) -> Graph:
    """Return what the meta graph says of a graph that is the first to have a source: of which it is.

    Its licence is that of the dataset, where that has one.
    """
    block = Graph()
    block.add((graph, RDF.type, VOID.Dataset))
    block.add((graph, RDFS.label, Literal(f"What is taken from: {name.label}", lang="en")))
    block.add((graph, DCTERMS.source, own("document", name.slug)))
    for dataset in known.subjects(DCTERMS.title):
        for licence in known.objects(dataset, DCTERMS.license):
            block.set((graph, DCTERMS.license, licence))
    return block


def concept_block(graph: Graph, name: Name, scheme: URIRef, broader: str | None, definition: str) -> Graph:
    """Return a new concept of a scheme, at its top or under another concept of it.

    Raises InvalidParameter for what is no scheme, or no concept of it.
    """
    if (scheme, RDF.type, SKOS.ConceptScheme) not in graph:
        known = sorted(short(str(one)) for one in graph.subjects(RDF.type, SKOS.ConceptScheme))
        detail = f"{short(str(scheme))} is no scheme."
        raise InvalidParameter(detail, parameters=["scheme"], problems=known, hint="Take one of these.")
    block, iri = Graph(), URIRef(f"{SPACE.get()}vocab/{name.slug}")
    block.add((iri, RDF.type, SKOS.Concept))
    for predicate in (RDFS.label, SKOS.prefLabel):
        block.add((iri, predicate, Literal(name.label, lang="en")))
    block.add((iri, RDFS.isDefinedBy, URIRef(f"{SPACE.get()}vocab")))
    block.add((iri, SKOS.definition, Literal(definition, lang="en")))
    block.add((iri, SKOS.inScheme, scheme))
    block.add((iri, SKOS.notation, Literal(name.slug)))
    if broader is None:
        block.add((iri, SKOS.topConceptOf, scheme))
        return block
    if (URIRef(broader), SKOS.inScheme, scheme) not in graph:
        detail = f"{short(broader)} is no concept of {short(str(scheme))}."
        raise InvalidParameter(detail, parameters=["broader"], hint="Take a concept of the same scheme.")
    block.add((iri, SKOS.broader, URIRef(broader)))
    return block
