"""Sentences in the making: they take from triples what they say, and remember which triples these were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rdflib import Literal, URIRef
from rdflib.term import Node

from diplograph.documents.dates import in_words
from diplograph.documents.verb_table import Verb
from diplograph.documents.verbs import WORDINGS, Wording
from diplograph.namespaces import DG, DGV, RDFS, SKOS, kind_of, short

Triple = tuple[Node, Node, Node]
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text and language, the triples it is made from, and the names and values in it.

    `about` is the thing that it tells of, with its label and the language of that; `rests_on` are the things
    whose evidence it has. `verb` is the row of the table: a class and a stage, or "details" and a name.
    """

    text: str
    language: str
    about: str
    label: tuple[str, str]
    rests_on: tuple[str, ...]
    verb: tuple[str, str]
    triples: frozenset[Triple]
    slots: tuple[str, ...]


class Index:
    """Triples by subject and property, in a fixed order."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Sort the triples."""
        self._values: dict[tuple[str, str], list[Node]] = {}
        self._subjects: dict[tuple[str, str], list[str]] = {}
        for subject, predicate, value in sorted(set(triples), key=_place):
            self._values.setdefault((str(subject), str(predicate)), []).append(value)
            self._subjects.setdefault((str(predicate), str(value)), []).append(str(subject))

    def values(self, subject: str, predicate: str) -> Sequence[Node]:
        """Return the values of a property of a thing, by their IRIs."""
        return self._values.get((subject, predicate), ())

    def subjects(self, predicate: str, value: str) -> Sequence[str]:
        """Return the things that have a value of a property, by their IRIs."""
        return self._subjects.get((predicate, value), ())


def _place(triple: Triple) -> tuple[str, ...]:
    """Where a triple stands in the fixed order."""
    subject, predicate, value = triple
    kind = (value.language or "", str(value.datatype or "")) if isinstance(value, Literal) else ()
    return (str(subject), str(predicate), str(value), *kind)


class NoLabelError(Exception):
    """A name has no label in the language of a sentence."""


@dataclass(slots=True)
class Draft:
    """A sentence in the making: what it has taken from the triples so far."""

    index: Index
    language: str
    verb: tuple[str, str] = ("", "")
    rests_on: tuple[str, ...] = ()
    used: set[Triple] = field(default_factory=set)
    slots: list[str] = field(default_factory=list)

    @property
    def wording(self) -> Wording:
        """The words of its language."""
        return WORDINGS[self.language]

    def all(self, subject: str, predicate: str) -> list[Node]:
        """Take every value of a property."""
        values = self.index.values(subject, predicate)
        self.used |= {(URIRef(subject), URIRef(predicate), value) for value in values}
        return list(values)

    def one(self, subject: str, predicate: str) -> str:
        """Take the first value of a property; empty where there is none."""
        value = next(iter(self.index.values(subject, predicate)), None)
        if value is None:
            return ""
        self.used.add((URIRef(subject), URIRef(predicate), value))
        return str(value)

    def slot(self, text: str) -> str:
        """Put a label or a value into the sentence."""
        self.slots.append(text)
        return text

    def label(self, iri: str) -> str:
        """Take the label of a thing. Raises NoLabelError where there is none in a language but English."""
        found = labels_of(self.index, iri)
        own = next((one for one in found if one[2].language == self.language), None)
        if own is None and self.language != ENGLISH:
            raise NoLabelError
        own = own or next(iter(found), None)
        if own is None:
            return self.slot(short(iri))
        self.used.add(own)
        text = self.slot(line(str(own[2])))
        if self.language != ENGLISH:
            return text
        if kind_of(iri) == "agent":  # one without a name, described by a noun
            return f"the {text[0].lower()}{text[1:]}"
        return f"the {text}" if self._is_definite(iri, text) else text

    def _is_definite(self, iri: str, text: str) -> bool:
        """Whether an English sentence says "the": of organs of a state, and of states named by a noun."""
        if text.lower().startswith("the "):
            return False
        if self.one(iri, str(DG.organOf)):
            return True
        is_polity = kind_of(iri) in {"state", "polity"}
        return is_polity and not self.wording.articles.isdisjoint(text.split())

    def labels(self, subject: str, name: str) -> str:
        """Take the labels of all values of a property of ours, as a list in words."""
        return self.listed([self.label(str(value)) for value in self.all(subject, str(DG[name]))])

    def listed(self, texts: Sequence[str]) -> str:
        """Join some texts as a list in words."""
        head, tail = texts[:-1], texts[-1:]
        return self.wording.last.join(filter(None, [self.wording.comma.join(head), *tail]))

    def finished(self, text: str, about: str, label: tuple[str, str]) -> Sentence:
        """The sentence, with a capital letter and a full stop."""
        stop = "" if text.endswith((self.wording.full_stop, ".")) else self.wording.full_stop
        whole = f"{text[0].upper()}{text[1:]}{stop}"
        used, slots = frozenset(self.used), tuple(self.slots)
        return Sentence(whole, self.language, about, label, self.rests_on, self.verb, used, slots)

    def date(self, edtf: str) -> str:
        """Put a date into the sentence, in words."""
        return self.slot(in_words(edtf, self.language))

    def row(self, act: str) -> str:
        """Take the class of an act, and the way to the narrowest class with a row; empty where none has."""
        name, way = narrowest(self.index, act, self.wording)
        self.used |= set(way)
        return name

    def text(self, subject: str, predicate: str) -> str:
        """Take a text in the language of the sentence. Raises NoLabelError as labels do."""
        texts = [one for one in self.index.values(subject, predicate) if isinstance(one, Literal)]
        own = next((one for one in texts if one.language == self.language), None)
        if own is None and self.language != ENGLISH:
            raise NoLabelError
        own = own or next(iter(texts), None)
        if own is None:
            return ""
        self.used.add((URIRef(subject), URIRef(predicate), own))
        return self.slot(line(str(own)))


def labels_of(index: Index, iri: str) -> list[tuple[Node, Node, Literal]]:
    """The labels of a thing, English ones first."""
    found = [
        (URIRef(iri), predicate, value)
        for predicate in (RDFS.label, SKOS.prefLabel)
        for value in index.values(iri, str(predicate))
        if isinstance(value, Literal) and str(value).strip()
    ]
    return sorted(found, key=lambda one: one[2].language != ENGLISH)


def has_label(index: Index, iri: str, language: str) -> bool:
    """Whether a thing has a label in a language; in English any label does."""
    found = labels_of(index, iri)
    return any(one[2].language == language for one in found) or (language == ENGLISH and bool(found))


def best_label(index: Index, iri: str, language: str) -> tuple[str, str]:
    """The label of a thing for a link, in a language if there is one, and the language of it."""
    found = labels_of(index, iri)
    own = next((one[2] for one in found if one[2].language == language), None)
    own = own or next((one[2] for one in found), None)
    return (line(str(own)), own.language or "") if own is not None else (short(iri), "")


def narrowest(index: Index, act: str, wording: Wording) -> tuple[str, tuple[Triple, ...]]:
    """The narrowest class of an act that has a row, and the triples that lead to it; by name of two."""
    ways: dict[str, tuple[Triple, ...]] = {
        str(kind): ((URIRef(act), DG.summaryKind, kind),) for kind in index.values(act, str(DG.summaryKind))
    }
    waiting = list(ways)
    for one in waiting:  # grows while it is walked: the nearest classes come first
        for above in index.values(one, str(RDFS.subClassOf)):
            if str(above) not in ways:
                ways[str(above)] = (*ways[one], (URIRef(one), RDFS.subClassOf, above))
                waiting.append(str(above))
    rows = {one for one in ways if one.startswith(str(DG)) and _verb(wording, one)}
    wider = {one for low in rows for one in rows if one != low and one in _above(index, low)}
    chosen = min(rows - wider, key=lambda one: (len(ways[one]), one), default=None)
    return (chosen.removeprefix(str(DG)), ways[chosen]) if chosen else ("", ())


def _above(index: Index, kind: str) -> set[str]:
    found = {kind}
    waiting = [kind]
    for one in waiting:
        new = {str(above) for above in index.values(one, str(RDFS.subClassOf))} - found
        found |= new
        waiting += new
    return found - {kind}


def _verb(wording: Wording, kind: str) -> Verb | None:
    return wording.verbs.get(kind.removeprefix(str(DG)))


def local(iri: str) -> str:
    """The name of a concept in the vocabulary."""
    return iri.removeprefix(str(DGV))


def line(text: str) -> str:
    """A text without line breaks and other spaces in a row."""
    return " ".join(text.split())
