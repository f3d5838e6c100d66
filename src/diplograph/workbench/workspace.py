"""Workspace: the knowledge base and the articles that a curator works on, and what is done there."""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from threading import RLock
from typing import Any

from rdflib import RDF, RDFS, Graph, URIRef

from diplograph import evidence
from diplograph.changes import accept as acceptance
from diplograph.changes import drafting
from diplograph.changes.blocks import KnownTerms, form_of
from diplograph.changes.drafting import SORTS, Lexicon, option
from diplograph.changes.edits import Edit, Request
from diplograph.changes.undo import undo
from diplograph.errors import DiplographError, DoesNotConform, InvalidParameter, UnknownResource
from diplograph.evidence import scaffold
from diplograph.evidence.agreement import recorded_disagreements
from diplograph.evidence.coverage import coverage, percent
from diplograph.evidence.records import spans_of
from diplograph.namespaces import DCTERMS, DG, DGG, OA, SCHEMA, kind_of, own, short, split
from diplograph.rdf import turtle
from diplograph.search.index import LONGEST
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, rdf_parsing
from diplograph.validation.fields import Field, Form
from diplograph.validation.report import Finding
from diplograph.workbench.entries import Composition, Entry, Remark, compose, fields_of, remark_of

OF_ONE_SOURCE = frozenset({"act", "claim", "measure", "group", "time", "gap", "discrepancy", "document"})
"""Kinds of things that stand in the graph of the article that tells of them; all others in `entities`."""
ENTITIES = "entities"
TEXTS = "*.txt"
UNLABELLED = Remark("label", "violation", "It has no label yet.", "Say what it is called.")
USUAL = frozenset({"when", "target", "claimAbout", "asserts", "represents"})
"""Fields of any class of a sort that most entries fill, beside those that are asked for."""
SHOWN = 8
"""How many things are proposed for what is typed."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its file, its record where it has one, and how much of it is covered.

    `problem` says why it cannot be read.
    """

    file: str
    slug: str = ""
    label: str = ""
    sentences: int = 0
    open: int = 0
    percent: float = 0.0
    disagreements: int = 0
    problem: str = ""


class Workspace:
    """A knowledge base and a folder of articles; whoever does something with them does it `at_hand`."""

    terms: KnownTerms

    def __init__(
        self, settings: Settings, sources: Path, who: str, disagreements: Path | None = None
    ) -> None:
        """Take the settings, the folder with the articles, and the name that changes are made under.

        `disagreements` is a file that `diplograph agree` wrote. Raises InvalidParameter for one that is none.
        """
        self.settings, self.sources, self._who = settings, sources, who
        self.base = KnowledgeBase(settings.kb)
        self.form: Form = form_of(self.base)
        self._lock, self._release = RLock(), ""
        self._differences, self._hashes = recorded_disagreements(disagreements) if disagreements else ([], {})

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Have it to oneself, as its files are now."""
        with self._lock:
            name = acceptance.base_of(self.settings).name
            if name != self._release:
                self.terms, self._release = KnownTerms(self.settings.kb, None), name
            yield

    def articles(self) -> list[Article]:
        """Return the articles: those that are recorded, then the texts of the folder that are not."""
        graph = self.terms.graph
        recorded = set(graph.subjects(SCHEMA.sha256)) & set(graph.subjects(DG.codePointLength))
        found = [self._article(URIRef(iri)) for iri in sorted(map(str, recorded))]
        files = {one.file for one in found}
        texts = sorted(path.name for path in self.sources.glob(TEXTS))
        return [*found, *(Article(name) for name in texts if name not in files)]

    def article(self, slug: str) -> dict[str, Any]:
        """Return the text of an article with its sentences, and what rests on each passage of it.

        Bounds are code points with the end excluded. Raises UnknownResource, BadRequest or DoesNotConform.
        """
        graph, iri = self.terms.graph, self._document(slug)
        sentences = coverage(graph, self.sources, iri)
        text = evidence.adding.recorded_text(graph, self.sources, iri)
        passages = [
            {"start": span.start, "end": span.end, "things": things}
            for span in spans_of(graph).get(iri, [])
            if (things := self._resting_on(URIRef(str(span.iri))))
        ]
        return {
            "slug": slug,
            "label": self._label(iri),
            "language": str(graph.value(iri, SCHEMA.inLanguage) or "en"),
            "text": text,
            "sentences": [{"start": one.start, "end": one.end, "open": not one.things} for one in sentences],
            "passages": sorted(passages, key=lambda one: (one["start"], one["end"])),
            "disagreements": self._disagreements(iri, len(text)),
            "percent": percent(sentences),
        }

    def article_label(self, slug: str) -> str:
        """Return what an article is called. Raises UnknownResource."""
        return self._label(self._document(slug))

    def describe_form(self, sort: str, group: URIRef) -> dict[str, Any]:
        """Return what a form for a class asks: its fields, those asked for first, and what they take."""
        fields = fields_of(self.form, group)
        classes = self.form.classes(*SORTS[sort].roots)
        general = {one.name for root in SORTS[sort].roots for one in self._fields(root)}
        usual = USUAL | {one.name for one in fields if one.name not in general}
        return {
            "sort": sort,
            "class": split(group)[1],
            "title": self._label(group),
            "classes": [{"name": split(one)[1], "label": self._label(one)} for one in classes],
            "fields": [*(self._described(one, group, usual) for one in fields), *self._beside(sort, fields)],
        }

    def suggest(self, group: URIRef, name: str, text: str) -> list[dict[str, str]]:
        """Return the things that a text may mean in a field: their short IRIs and labels, the best first."""
        one = next((each for each in self._fields(group) if option(each) == name), None)
        if not text.strip():
            return []
        classes, lexicon, names = one.classes if one else (DG.Agent,), self._lexicon(), self.terms.names
        alike = (each.iri for each in names.find(text[:LONGEST]))
        found = dict.fromkeys(each for each in chain(names.completions(text[:LONGEST]), alike))
        fitting = (URIRef(each) for each in found if lexicon.is_a(each, classes))
        return [{"value": short(each), "label": self._label(each)} for each in islice(fitting, SHOWN)]

    def preview(self, entry: Entry, slug: str) -> dict[str, Any]:
        """Return what would come of an entry: its Turtle, remarks, and whether it would be accepted."""
        made = self._made(entry, slug)
        remarks = made.remarks
        if not remarks:
            remarks = self._remarks(entry, made, acceptance.preview(self.settings, self._request(made, slug)))
        if not made.is_named and all(one.severity != "violation" for one in remarks):
            remarks = [*remarks, UNLABELLED]
        return self._told(made, remarks)

    def accept(self, entry: Entry, slug: str) -> dict[str, Any]:
        """Take an entry in, as `accept` does. Raises DoesNotConform with the remarks when it is not right."""
        made = self._made(entry, slug)
        _require_right(made)
        outcome = acceptance.accept(self.settings, self._request(made, slug))
        number = outcome.change.number if outcome.change else None
        return {"change": number, "thing": short(made.draft.iri), "label": made.draft.name.label}

    def undo(self, number: int) -> dict[str, Any]:
        """Take an accepted change back. Raises UnknownResource or Conflict."""
        outcome = undo(self.settings, number, self._who)
        return {"change": outcome.change.number if outcome.change else None}

    def record(self, file: str, entry: Entry) -> dict[str, Any]:
        """Record the text of a file as a source. Raises UnknownResource for a file that is not there."""
        if file not in {one.file for one in self.articles()}:
            raise UnknownResource(f"There is no {file[:80]} in the folder of articles.")
        made = compose(entry, self._lexicon())
        name = made.draft.name
        _require_right(made)
        made.draft.block += scaffold.source(name, self.sources / file)
        graph = self.base.graph_named(name.slug)
        described = drafting.description(name, URIRef(graph), self.terms.graph)
        edits = [self._edit(graph, made.draft.block), self._edit(str(DGG.meta), described)]
        acceptance.accept(self.settings, Request(edits, self._who, f"Record {name.label}"))
        return {"slug": name.slug}

    def _lexicon(self) -> Lexicon:
        return self.terms.lexicon(self.form)

    def _document(self, slug: str) -> URIRef:
        iri = own("document", slug)
        if (iri, SCHEMA.sha256, None) not in self.terms.graph:
            raise UnknownResource(f"There is no article {slug[:80]}.")
        return iri

    def _article(self, iri: URIRef) -> Article:
        graph = self.terms.graph
        file, slug = str(graph.value(iri, DCTERMS.identifier)), split(iri)[1]
        try:
            found = coverage(graph, self.sources, iri)
        except DiplographError as error:
            return Article(file, slug, self._label(iri), problem=error.detail)
        missing = sum(1 for one in found if not one.things)
        differences = len(self._disagreements(iri, found[-1].end)) if found else 0
        return Article(file, slug, self._label(iri), len(found), missing, percent(found), differences)

    def _disagreements(self, iri: URIRef, length: int) -> list[dict[str, Any]]:
        """What two coders say differently of an article, in the order of its text.

        The article may have another IRI where it was compared: then its text has the same hash.
        """
        digest = str(self.terms.graph.value(iri, SCHEMA.sha256))
        same = {str(iri), *(other for other, found in self._hashes.items() if found == digest)}
        found = []
        for one in self._differences:
            spans = [
                {"start": a, "end": b} for source, a, b in one.spans if source in same and a < b <= length
            ]
            if spans:
                told = {"feature": one.feature, "first": one.first, "second": one.second, "unit": one.unit}
                found.append({**told, "spans": spans})
        return sorted(found, key=lambda one: one["spans"][0]["start"])

    def _label(self, iri: URIRef) -> str:
        texts = self.terms.graph.objects(iri, RDFS.label)
        return next((str(one) for one in texts if getattr(one, "language", None) == "en"), split(iri)[1])

    def _resting_on(self, span: URIRef) -> list[dict[str, str]]:
        """What rests on a passage and has a name of its own, acts first."""
        graph = self.terms.graph
        proofs = graph.subjects(OA.hasTarget, span)
        things = {one for proof in proofs for one in graph.subjects(DG.evidence, proof)}
        named = [URIRef(str(one)) for one in things if (one, RDFS.label, None) in graph]
        found = [{"iri": short(one), "kind": kind_of(str(one)), "label": self._label(one)} for one in named]
        return sorted(found, key=lambda one: (one["kind"], one["label"]))

    def _fields(self, group: URIRef) -> list[Field]:
        return fields_of(self.form, group)

    def _described(self, one: Field, group: URIRef, usual: Set[str] = frozenset()) -> dict[str, Any]:
        concepts = self.form.fitting(one.scheme, group) if one.scheme else []
        kind = "concept" if one.scheme else "date" if one.is_time else "thing" if one.is_link else "text"
        return {
            "name": option(one),
            "title": one.title,
            "help": one.cure,
            "type": kind,
            "asked": one.is_asked,
            "single": one.is_single or one.is_time,
            "usual": one.name in usual,
            "choices": [{"value": split(each)[1], "label": self._label(each)} for each in concepts],
        }

    def _beside(self, sort: str, fields: Sequence[Field]) -> Iterator[dict[str, Any]]:
        """The fields of what is made beside the thing."""
        names = {one.name for one in fields}
        if {"affects", "realisation"} <= names:
            of_group = {option(one): one for one in self._fields(DG.Group)}
            yield _plain("count", "how many people", "How many people it affects, in digits.", usual=True)
            facts = {"title": "what these people are", "asked": False, "usual": True}
            yield self._described(of_group["role"], DG.Group) | facts
            yield _plain("of", "whom they represent", "By default an expulsion's target.", "thing")
        if "imposes" in names:
            types = {option(one): one for one in self._fields(DG.RestrictiveMeasure)}["measure-type"]
            facts = {
                "name": "measure",
                "title": "what it imposes",
                "asked": False,
                "single": False,
                "usual": True,
            }
            yield self._described(types, DG.RestrictiveMeasure) | facts
        if sort == "name":
            yield _plain("bearer", "who is called so", "What bears the name.", "thing", usual=True)

    def _made(self, entry: Entry, slug: str) -> Composition:
        """The block of an entry with the evidence that it rests on."""
        made = compose(entry, self._lexicon())
        draft = made.draft
        if made.is_named and (draft.iri, RDF.type, None) in self.terms.graph:
            text = f"{short(draft.iri)} is there already."
            made.remarks.append(Remark("label", "violation", text, "Say what tells it from that one."))
        if SORTS[entry.sort].kind not in OF_ONE_SOURCE:
            return made
        if not entry.passages:
            made.remarks.append(Remark("", "violation", "It rests on no passage.", "Choose one in the text."))
        known = Graph() + self.terms.graph if len(entry.passages) > 1 else self.terms.graph
        for one in entry.passages:
            place = partial(evidence.by_range, start=one.start, end=one.end)
            try:
                added = evidence.add(known, self.sources, self._document(slug), place, entry.certainty)
            except InvalidParameter as error:
                made.remarks.append(remark_of(error))
                continue
            draft.block += added.triples
            draft.block.add((draft.iri, DG.evidence, URIRef(added.evidence)))
            if len(entry.passages) > 1:
                known += added.triples
        draft.share_evidence()
        return made

    def _graph_of(self, made: Composition, slug: str) -> str:
        if kind_of(str(made.draft.iri)) not in OF_ONE_SOURCE:
            return self.base.graph_named(ENTITIES)
        described = set(map(str, self.terms.graph.subjects(DCTERMS.source, self._document(slug))))
        return next(iter(sorted(described & self.base.graphs().keys())), self.base.graph_named(slug))

    def _edit(self, graph: str, block: Graph) -> Edit:
        content = turtle.canonical(block).encode()
        triples = rdf_parsing.parse(content, "text/turtle", graph, len(content), len(block) + 1)
        return Edit(graph, "patch", tuple(triples[graph]))

    def _request(self, made: Composition, slug: str) -> Request:
        edit = self._edit(self._graph_of(made, slug), made.draft.block)
        return Request([edit], self._who, f"Add {short(made.draft.iri)}")

    def _remarks(self, entry: Entry, made: Composition, report: Report) -> list[Remark]:
        """The new findings as remarks, each beside the field that mends it."""
        options = {str(one.predicate): option(one) for one in self._fields(entry.group)}
        found = [one for one in report.findings if one.change == "new"]
        return [_remark(one, options, str(made.draft.iri)) for one in found]

    def _told(self, made: Composition, remarks: Sequence[Remark]) -> dict[str, Any]:
        return {
            "label": made.draft.name.label if made.is_named else "",
            "thing": short(made.draft.iri),
            "turtle": turtle.canonical(made.draft.block),
            "dates": made.dates,
            "remarks": [asdict(one) for one in remarks],
            "accepted": all(one.severity != "violation" for one in remarks),
        }


def _require_right(made: Composition) -> None:
    """Raise DoesNotConform with the remarks when an entry is not right or has no label."""
    remarks = made.remarks if made.is_named else [*made.remarks, UNLABELLED]
    if remarks:
        raise DoesNotConform("The entry is not right yet.", remarks=[asdict(one) for one in remarks])


def _plain(
    name: str, title: str, help_text: str, kind: str = "text", *, usual: bool = False
) -> dict[str, Any]:
    facts = {"name": name, "title": title, "help": help_text, "type": kind}
    return facts | {"asked": False, "single": True, "usual": usual, "choices": []}


def _remark(one: Finding, options: Mapping[str, str], focus: str) -> Remark:
    paths = [path.strip("<>") for path in (one.path or "").split("|")]
    beside = next((options[path] for path in paths if path in options), "") if one.focus == focus else ""
    return Remark(beside, one.severity, one.message, one.cure)
