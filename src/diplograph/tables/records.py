"""Records: what a row says, as blocks of triples with the row, or the page that it names, as evidence."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import urlsplit

from pyoxigraph import NamedNode
from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.changes.drafting import SORTS, Draft, Lexicon, Sort, option
from diplograph.documents.dates import in_words
from diplograph.errors import DiplographError, InvalidParameter
from diplograph.evidence.adding import CERTAINTIES
from diplograph.evidence.scaffold import Name, time_span
from diplograph.namespaces import DCTERMS, DG, DGV, FOAF, OA, PROV, SCHEMA, kind_of, own, split
from diplograph.rdf.terms import EdtfDate, fold
from diplograph.tables.mapping import AFFECTS, PARTS, Rule, TableMap, Template
from diplograph.tables.reading import Row, canonical_cells
from diplograph.tables.values import CellError, Context, Problem, Values, edtf, edtf_of_parts
from diplograph.validation.fields import Field

LONGEST_SLUG = 60
FRAGMENT = {"csv": "http://www.rfc-editor.org/rfc/rfc7111", "line": "http://www.rfc-editor.org/rfc/rfc5147"}
"""What says how a fragment names rows of CSV, and lines of any other text."""
Triple = tuple[Node, Node, Node]
_NO = {"", "0", "no", "false", "n"}
"""What a cell says that a measure was not imposed."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a row made: the thing, all triples of it, and those that say where it stands in the table."""

    iri: URIRef
    triples: frozenset[Triple]
    places: frozenset[Triple] = frozenset()
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Pinned:
    """The table as a source: its document, whether rows are bounded in it, and what a fragment of it says."""

    iri: URIRef
    is_csv: bool


@dataclass
class Recorder:
    """What makes records of rows by a map."""

    table_map: TableMap
    lexicon: Lexicon
    pinned: Pinned
    own_graphs: frozenset[str] = frozenset()
    values: Values = field(init=False)
    documents: Graph = field(default_factory=lambda: Graph(bind_namespaces="none"))
    _sources: dict[str, URIRef] = field(default_factory=dict)
    _classes: dict[str, dict[str, URIRef]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold the map to the classes and fields that there are. Raises InvalidParameter."""
        self.values = Values(self.table_map, self.lexicon)
        for rule in self.table_map.rules:
            if rule.kind not in SORTS:
                raise _wrong(f"kind is {rule.kind!r}, none of {', '.join(SORTS)}")
            if not rule.group.columns:
                self.class_of(rule, "".join(map(str, rule.group.parts)))

    def rules(self, row: Row) -> Iterator[Rule]:
        """Yield the rules that are for a row."""
        for rule in self.table_map.rules:
            cells = {column: row.cells.get(column, "") for column in rule.wanted}
            if all(cells[name] in texts if texts else cells[name] for name, texts in rule.wanted.items()):
                yield rule

    def key(self, rule: Rule, row: Row) -> str:
        """Return what makes a row the same row in another edition: its key, else the hash of its cells.

        The number of the row never does. Raises CellError for a row without the key that the map names.
        """
        if rule.key is None:
            taken = self.table_map.columns()
            cells = {name: cell for name, cell in row.cells.items() if name in taken}
            return hashlib.sha256(canonical_cells(Row(0, 0, cells)).encode()).hexdigest()[:12]
        text = self.values.text(rule.key, Context(row))
        if not text:
            column = next(iter(rule.key.columns), "key")
            raise CellError(Problem(column, "", "The row has no key.", "Give each row one, or leave `key:` out."))
        return text

    def slug(self, key: str) -> str:
        """Return what the names of a record end with: the key, with a hash where a name cannot be the key."""
        plain = fold(key).replace(" ", "-")
        if plain == key and len(key) <= LONGEST_SLUG:
            return f"{self.table_map.slug}-{key}"
        tag = hashlib.sha256(key.encode()).hexdigest()[:8]
        return f"{self.table_map.slug}-{f'{plain[:LONGEST_SLUG]}-{tag}'.lstrip('-')}"

    def record(self, rule: Rule, row: Row, key: str) -> tuple[Record | None, list[Problem]]:
        """Return what a rule makes of a row, and all that is wrong with its cells."""
        return _Making(self, rule, row, self.slug(key)).made()

    def iri(self, rule: Rule, key: str) -> URIRef:
        """Return the IRI that the record of a key has."""
        return own(SORTS[rule.kind].kind, self.slug(key))

    def class_of(self, rule: Rule, name: str) -> URIRef:
        """Return the class of a name. Raises InvalidParameter for none of the kind."""
        if rule.kind not in self._classes:
            found = self.lexicon.form.classes(*SORTS[rule.kind].roots)
            self._classes[rule.kind] = {split(one)[1]: one for one in found}
        known = self._classes[rule.kind]
        if name not in known:
            near = get_close_matches(name, known, n=3)
            raise _wrong(f"there is no class {name!r} of this kind; near: {', '.join(near) or 'none'}")
        return known[name]

    def source(self, page: str, told: dict[str, str]) -> URIRef:
        """Return the document at an address; one that no other graph knows is put among the documents."""
        if page not in self._sources:
            self._sources[page] = self._known(page) or self._new(page, told)
        return self._sources[page]

    def _known(self, page: str) -> URIRef | None:
        for quad in self.lexicon.dataset.matching(None, NamedNode(FOAF.page), NamedNode(page)):
            is_own = isinstance(quad.graph_name, NamedNode) and quad.graph_name.value in self.own_graphs
            if not is_own and isinstance(quad.subject, NamedNode) and kind_of(quad.subject.value) == "document":
                return URIRef(quad.subject.value)
        return None

    def _new(self, page: str, told: dict[str, str]) -> URIRef:
        block, iri = _document(page, told)
        self.documents += block
        return iri


def _wrong(what: str) -> InvalidParameter:
    return InvalidParameter(f"The map: {what}.", parameters=["map"], hint="docs/importing.md tells what maps say.")


def _document(page: str, told: dict[str, str]) -> tuple[Graph, URIRef]:
    """A document that is only known by its address. Raises InvalidParameter for a date that is none."""
    address = urlsplit(page)
    host = (address.hostname or "").removeprefix("www.")
    words = fold(f"{host} {address.path.rstrip('/').rpartition('/')[2].partition('.')[0]}")[:LONGEST_SLUG]
    slug = f"{words.strip().replace(' ', '-')}-{hashlib.sha256(page.encode()).hexdigest()[:6]}"
    block, iri = Graph(), own("document", slug)
    block.add((iri, RDF.type, DG.SourceDocument))
    block.add((iri, RDFS.label, Literal(told.get("label") or f"Page of {host}: {page}"[:200], lang="en")))
    block.add((iri, FOAF.page, URIRef(page)))
    block.add((iri, DCTERMS.publisher, Literal(told.get("publisher") or host)))
    if told.get("published"):
        block += time_span(f"{slug}-published", told["published"], DGV.stated)
        block.add((iri, DG.published, own("time", f"{slug}-published")))
    return block, iri


class _Making:
    """The making of one record."""

    def __init__(self, recorder: Recorder, rule: Rule, row: Row, slug: str) -> None:
        self._all, self._rule, self._row, self._slug = recorder, rule, row, slug
        self._at = Context(row)
        self._problems: list[Problem] = []
        self._values = recorder.values

    def made(self) -> tuple[Record | None, list[Problem]]:
        span = self._when()
        group = self._class()
        if group is None:
            return None, self._problems
        draft = Draft(self._all.lexicon, Name(self._slug, self._slug), SORTS[self._rule.kind].kind, group)
        draft.begin()
        if span is not None:
            draft.block += span
            draft.block.add((draft.iri, DG.when, own("time", self._slug)))
        self._fields(draft)
        self._beside(draft)
        self._name(draft)
        places = self._evidence(draft)
        answered = self._text(self._rule.answers.get("row"))
        if self._problems:
            return None, self._problems
        return Record(draft.iri, frozenset(draft.block), frozenset(places), answered), []

    def _class(self) -> URIRef | None:
        name = self._text(self._rule.group)
        try:
            return self._all.class_of(self._rule, name) if name else self._missing("class", self._rule.group)
        except InvalidParameter as error:
            self._problem(self._rule.group, name, error)
            return None

    def _missing(self, what: str, template: Template) -> None:
        if not self._problems:
            column = next(iter(template.columns), what)
            self._problems.append(Problem(column, "", f"The row says no {what}.", f"Fill {column}."))

    def _text(self, template: Template | None) -> str:
        """What a template says; a problem of it is kept."""
        if template is None:
            return ""
        try:
            return self._values.text(template, self._at)
        except CellError as error:
            self._problems.append(error.problem)
            return ""

    def _texts(self, template: Template) -> list[str]:
        try:
            return self._values.texts(template, self._at)
        except CellError as error:
            self._problems.append(error.problem)
            return []

    def _problem(self, template: Template, value: str, error: DiplographError) -> None:
        column = next(iter(template.columns), "")
        cell = self._row.cells.get(column, value)
        near = error.facts.get("problems")
        lines = tuple(str(one) for one in near) if isinstance(near, Sequence) else ()
        self._problems.append(Problem(column, cell, error.detail, error.hint, lines[:5]))

    def _when(self) -> Graph | None:
        """The time span, which comes first: what codes mean depends on the year."""
        if not self._rule.when:
            return None
        first, last = (self._date(name) for name in ("from", "to"))
        text = self._date("edtf") or (f"{first or '..'}/{last or '..'}" if first or last else "")
        if first and first == last:
            text = first
        if not text:
            return None
        template = next(iter(self._rule.when.values()))
        basis = self._text(self._rule.when.get("basis")) or "stated"
        try:
            span = time_span(self._slug, text, DGV[basis])
        except InvalidParameter as error:
            self._problem(template, text, error)
            return None
        wording = self._text(self._rule.when.get("wording"))
        if wording:
            span.add((own("time", self._slug), DG.wording, Literal(wording, lang=self._language())))
        read = EdtfDate.read(text.strip("[]").replace("..", "/").split("/")[0])
        self._at.year = read.year if read else None
        return span

    def _language(self) -> str:
        return self._all.table_map.source.get("language", "en")

    def _date(self, name: str) -> str:
        """A date of the map in EDTF, of one cell or of its parts."""
        when = self._rule.when
        parts = [when.get(f"{name}.{part}") for part in PARTS]
        if any(parts):
            return edtf_of_parts(*(self._text(part) for part in parts))
        template = when.get(name)
        text = self._text(template)
        if not text or template is None:
            return ""
        try:
            return edtf(text, self._all.table_map.dates, next(iter(template.columns), ""))
        except CellError as error:
            self._problems.append(error.problem)
            return ""

    def _fields(self, draft: Draft) -> None:
        known = {option(one): one for one in self._all.lexicon.form.fields(draft.group)}
        for name, templates in self._rule.fields.items():
            one = known.get(name)
            if one is None:
                near = get_close_matches(name, known, n=3)
                raise _wrong(f"a {split(draft.group)[1]} has no {name!r}; near: {', '.join(near) or 'none'}")
            for template in templates:
                for text in self._texts(template):
                    self._put(draft, one, text, template)

    def _put(self, draft: Draft, one: Field, text: str, template: Template) -> None:
        try:
            draft.put(one, [text])
        except DiplographError as error:
            self._problem(template, text, error)

    def _beside(self, draft: Draft) -> None:
        """Put in the people that the act affects, and its measures."""
        told = {name: self._text(self._rule.affects.get(name)) for name in AFFECTS}
        if told["count"]:
            try:
                count = int(told["count"])
                draft.add_group(count, told["role"] or None, told["represents"] or None)
                if told["qualifier"]:
                    draft.block.add((own("group", self._slug), DG.countQualifier, DGV[told["qualifier"]]))
            except (DiplographError, ValueError) as error:
                template = self._rule.affects["count"]
                wrong = error if isinstance(error, DiplographError) else InvalidParameter(
                    f"{told['count']!r} is no number of people.", hint="Write it in digits."
                )
                self._problem(template, told["count"], wrong)
        for kind, template in self._rule.measures.items():
            if self._text(template).lower() not in _NO:
                try:
                    draft.add_measure(kind)
                except DiplographError as error:
                    self._problem(template, kind, error)

    def _name(self, draft: Draft) -> None:
        label = " ".join(self._text(self._rule.texts.get("label")).split()) or self._proposed(draft)
        for subject in set(draft.block.subjects(RDF.type, None)):
            own_label = draft.block.value(subject, RDFS.label)
            if own_label is not None and str(own_label).startswith(self._slug):
                rest = str(own_label).removeprefix(self._slug)
                draft.block.set((subject, RDFS.label, Literal(f"{label}{rest}", lang="en")))
        note = self._text(self._rule.texts.get("note"))
        if note:
            draft.block.add((draft.iri, SKOS.note, Literal(note, lang=self._language())))

    def _proposed(self, draft: Draft) -> str:
        """A label of who does what to whom and when."""
        by, to = (self._named(draft, one) for one in (DG.actor, DG.target))
        kind = self._values.label(str(draft.group))
        span = draft.block.value(draft.iri, DG.when)
        when = [in_words(str(one)) for one in draft.block.objects(span, DG.edtf)] if span is not None else []
        return ", ".join([f"{by}: {kind}{f' ({to})' if to else ''}" if by else kind.capitalize(), *when])

    def _named(self, draft: Draft, predicate: URIRef) -> str:
        return ", ".join(sorted(self._values.label(str(one)) for one in draft.block.objects(draft.iri, predicate)))

    def _evidence(self, draft: Draft) -> set[Triple]:
        """Rest the thing on its row, or on the page that the row names; return what places it in the table."""
        certainty = self._text(self._rule.texts.get("certainty")) or CERTAINTIES[0]
        if certainty not in CERTAINTIES:
            self._problem(self._rule.texts["certainty"], certainty, _wrong(f"certainty is {certainty!r}"))
            return set()
        evidence, span = own("evidence", self._slug), own("span", self._slug)
        places = set(self._span(span))
        block: set[Triple] = {
            (evidence, RDF.type, DG.Evidence),
            (evidence, OA.motivatedBy, OA.linking),
            (evidence, DG.certainty, DGV[certainty]),
        }
        told = {name: self._text(template) for name, template in self._rule.source.items()}
        if told.get("page"):
            try:
                document = self._all.source(told["page"], told)
            except InvalidParameter as error:
                self._problem(self._rule.source["page"], told["page"], error)
                return set()
            block |= {(evidence, OA.hasTarget, document), (evidence, PROV.wasDerivedFrom, span)}
        else:
            block.add((evidence, OA.hasTarget, span))
        for triple in block:
            draft.block.add(triple)
        draft.block.add((draft.iri, DG.evidence, evidence))
        draft.share_evidence()
        return places

    def _span(self, span: URIRef) -> Iterator[Triple]:
        """The place of the row: code points, and the row in the form that its format has for it."""
        row, pinned = self._row, self._all.pinned
        place = own("span", f"{self._slug}-position")
        yield span, RDF.type, OA.SpecificResource
        yield span, OA.hasSource, pinned.iri
        yield span, OA.hasSelector, place
        yield span, SCHEMA.sha256, Literal(row.digest)
        yield place, RDF.type, OA.TextPositionSelector
        yield place, RDF.type, OA.FragmentSelector
        for predicate, offset in ((OA.start, row.start), (OA.end, row.end)):
            yield place, predicate, Literal(str(offset), datatype=XSD.integer)
        fragment = f"row={row.number}" if pinned.is_csv else f"line={row.line - 1},{row.line}"
        yield place, RDF.value, Literal(fragment)
        yield place, DCTERMS.conformsTo, URIRef(FRAGMENT["csv" if pinned.is_csv else "line"])


def answer(
    record: Record, cause: URIRef, relation: str, status: str, claimed_by: URIRef, names: tuple[str, str]
) -> set[Triple]:
    """Return that a record answers an act, with the claim that says so. Raises InvalidParameter."""
    slug = split(record.iri)[1]
    claim = own("claim", f"{slug}-answers")
    evidence = [value for subject, path, value in record.triples if subject == record.iri and path == DG.evidence]
    found: set[Triple] = {
        (record.iri, DG[relation], cause),
        (claim, RDF.type, DG.ResponseClaim),
        (claim, RDFS.label, Literal(f"{names[0]} answers: {names[1]}", lang="en")),
        (claim, DG.claimedCause, cause),
        (claim, DG.claimedResponse, record.iri),
        (claim, DG.claimedBy, claimed_by),
        (claim, DG.epistemicStatus, DGV[status]),
        (claim, DG.proposition, Literal(f"{names[0]} is the answer to: {names[1]}.", lang="en")),
    }
    return found | {(claim, DG.evidence, one) for one in evidence}

