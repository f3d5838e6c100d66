"""Rows: what one row says, made a block that rests on the row, or on the page that the row names."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import get_close_matches

from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef

from diplograph.changes.drafting import SORTS, Draft, option
from diplograph.documents.dates import in_words
from diplograph.errors import DiplographError, InvalidParameter
from diplograph.evidence.adding import CERTAINTIES
from diplograph.evidence.scaffold import Name, time_span
from diplograph.namespaces import DCTERMS, DG, DGV, OA, PROV, SCHEMA, own, split
from diplograph.rdf.terms import EdtfDate
from diplograph.tables import codes
from diplograph.tables.codes import Coded
from diplograph.tables.mapping import AFFECTS, PARTS, Rule, Template
from diplograph.tables.reading import Row
from diplograph.tables.records import FRAGMENT, Record, Recorder, Triple, wrong
from diplograph.tables.values import CellError, Context, Problem, edtf, edtf_of_parts
from diplograph.validation.fields import Field

_NO = {"", "0", "no", "false", "n"}
"""What a cell says that a measure was not imposed."""


def record_of(recorder: Recorder, rule: Rule, row: Row, key: str) -> tuple[Record | None, list[Problem]]:
    """Return what a rule makes of a row, or None with all that is wrong with its cells."""
    return _Making(recorder, rule, row, recorder.slug(key)).made()


class _Making:
    """The making of one record."""

    def __init__(self, recorder: Recorder, rule: Rule, row: Row, slug: str) -> None:
        self._all, self._rule, self._row, self._slug = recorder, rule, row, slug
        self._at = Context(row)
        self._problems: list[Problem] = []
        self._values = recorder.values

    def made(self) -> tuple[Record | None, list[Problem]]:
        span = self._when()
        coded = self._coded()
        group = self._class() if coded is None else self._all.told_by_code(self._rule, coded.group)
        if group is None:
            return None, self._problems
        name = Name(self._slug, self._slug)
        draft = Draft(
            self._all.lexicon, name, SORTS[self._rule.kind].kind, group, promised=self._all.promised
        )
        draft.begin()
        if span is not None:
            draft.block += span
            draft.block.add((draft.iri, DG.when, own("time", self._slug)))
        self._fields(draft)
        if coded is not None:
            self._put_coded(draft, coded)
        self._beside(draft)
        self._name(draft)
        self._threatened(draft)
        self._claimed(draft)
        places = self._evidence(draft)
        answered = self._text(self._rule.answers.get("row"))
        if self._problems:
            return None, self._problems
        return Record(draft.iri, frozenset(draft.block), frozenset(places), answered), []

    def _coded(self) -> Coded | None:
        """What a code of events says, where the row is told by one; a problem where it is none."""
        told = {name: self._text(template) for name, template in self._rule.coded.items()}
        if not told:
            return None
        found = codes.said(told.get("scheme", ""), told.get("code", ""), told.get("mode", ""))
        if found is None:
            column = next(iter(self._rule.coded["code"].columns), "")
            scheme, code = told.get("scheme", "").upper(), self._row.cells.get(column, "")
            text = f"{code!r} is no code of {scheme}."
            self._problems.append(Problem(column, code, text, "docs/codes.md lists the codes."))
            return codes.ANYTHING
        return found

    def _put_coded(self, draft: Draft, coded: Coded) -> None:
        """Put in what a code says besides the class; what a wider class has not, the code alone keeps."""
        known = {option(one): one for one in self._all.lexicon.form.fields(draft.group)}
        topics = [("topic", topic) for topic in coded.topic.split()]
        for name, value in (("event-code", coded.event), (coded.field, coded.value), *topics):
            if name in known and value:
                with suppress(InvalidParameter):
                    draft.put(known[name], [value])

    def _threatened(self, draft: Draft) -> None:
        """Make the act that is only threatened, beside the threat."""
        name = self._text(self._rule.threatens)
        if draft.group != DG.Threat:
            return
        group = self._all.class_of(self._rule, name or "Act")
        act = own("act", f"{self._slug}-threatened")
        label = str(draft.block.value(draft.iri, RDFS.label))
        draft.block.add((act, RDF.type, group))
        draft.block.add((act, RDFS.label, Literal(f"What is threatened: {label}", lang="en")))
        draft.block.add((act, DG.realisation, DGV.threatened))
        for predicate in (DG.actor, DG.target):
            for value in draft.block.objects(draft.iri, predicate):
                draft.block.add((act, predicate, value))
        draft.block.add((draft.iri, DG.threatens, act))

    def _claimed(self, draft: Draft) -> None:
        """Make the claim that somebody makes of the act, who is whoever publishes the table."""
        told = {name: self._text(template) for name, template in self._rule.claim.items()}
        if not told:
            return
        claim, label = own("claim", self._slug), str(draft.block.value(draft.iri, RDFS.label))
        by = URIRef(told["by"]) if told.get("by") else self._all.publisher()
        draft.block.add((claim, RDF.type, DG.Claim))
        draft.block.add((claim, RDFS.label, Literal(f"Claim: {label}", lang="en")))
        draft.block.add((claim, DG.claimedBy, by))
        draft.block.add((claim, DG.epistemicStatus, DGV[told.get("status") or "attributed"]))
        draft.block.add((claim, DG.proposition, Literal(told.get("proposition") or label, lang="en")))
        draft.block.add((claim, DG.asserts, draft.iri))

    def _class(self) -> URIRef | None:
        if self._rule.group is None:
            return None
        name = self._text(self._rule.group)
        try:
            if name:
                return self._all.class_of(self._rule, name)
            self._missing("class", self._rule.group)
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
                raise wrong(f"a {split(draft.group)[1]} has no {name!r}; near: {', '.join(near) or 'none'}")
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
                wrong = (
                    error
                    if isinstance(error, DiplographError)
                    else InvalidParameter(
                        f"{told['count']!r} is no number of people.", hint="Write it in digits."
                    )
                )
                self._problem(template, told["count"], wrong)
        for kind, template in self._rule.measures.items():
            if self._text(template).lower() not in _NO:
                try:
                    draft.add_measure(kind)
                except DiplographError as error:
                    self._problem(template, kind, error)

    def _name(self, draft: Draft) -> None:
        template = self._rule.texts.get("label")
        label = " ".join(self._text(template).split())
        if not label and template is not None and self._rule.kind != "act":
            self._missing("label", template)
        label = label or self._proposed(draft)
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
        return ", ".join(
            sorted(self._values.label(str(one)) for one in draft.block.objects(draft.iri, predicate))
        )

    def _evidence(self, draft: Draft) -> set[Triple]:
        """Rest the thing on its row, or on the page that the row names; return its place in the table."""
        certainty = self._text(self._rule.texts.get("certainty")) or CERTAINTIES[0]
        if certainty not in CERTAINTIES:
            self._problem(self._rule.texts["certainty"], certainty, wrong(f"certainty is {certainty!r}"))
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
        for beside in (own("act", f"{self._slug}-threatened"), own("claim", self._slug)):
            if (beside, RDF.type, None) in draft.block:
                draft.block.add((beside, DG.evidence, evidence))
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
