"""Provenance of things: their evidence, what its passages say, where they stand, whose they are."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolution
from rdflib.term import Literal as Text
from rdflib.term import Node

from diplograph import media
from diplograph.documents import naming
from diplograph.documents.naming import Link, Namer, Value, iris_in
from diplograph.engine import admission, operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Answer, Engine, Operation, Queryable, Spool
from diplograph.errors import BadRequest, DoesNotConform
from diplograph.evidence import records
from diplograph.evidence.records import Quotation, quote
from diplograph.namespaces import PREFIXES, SCHEMA, is_ours, kind_of, split
from diplograph.sparql import results
from diplograph.translations import gettext

_TEXT = f"""PREFIX dg: <{PREFIXES["dg"]}>
PREFIX oa: <{PREFIXES["oa"]}>
PREFIX schema: <{PREFIXES["schema"]}>
SELECT ?thing ?document ?start ?end ?certainty ?sha256 ?evidence ?target WHERE {{
  $VALUES
  ?thing dg:evidence ?evidence .
  ?evidence oa:hasTarget ?target .
  OPTIONAL {{ ?evidence dg:certainty ?certainty }}
  OPTIONAL {{ ?target schema:sha256 ?sha256 }}
  OPTIONAL {{ ?target oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end }}
  OPTIONAL {{ ?target dg:sentenceNumber ?sentence }}
  OPTIONAL {{ ?target oa:hasSource ?source }}
  BIND(COALESCE(?source, ?target) AS ?document)
}}
ORDER BY ?thing ?document ?start ?evidence"""
_SPANS = f"""PREFIX dg: <{PREFIXES["dg"]}>
PREFIX oa: <{PREFIXES["oa"]}>
SELECT ?thing ?span ?document WHERE {{
  $VALUES
  ?thing dg:evidence ?evidence .
  ?evidence oa:hasTarget ?span .
  OPTIONAL {{ ?span oa:hasSource ?source }}
  BIND(COALESCE(?source, ?span) AS ?document)
}}"""
_PREFIXES = "".join(
    f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dcterms", "dg", "oa", "schema")
)
_PLACES = f"""{_PREFIXES}PREFIX rdf: <{PREFIXES["rdf"]}>
SELECT ?target ?document ?start ?end ?sha256 ?sentence ?fragment WHERE {{
  $VALUES
  OPTIONAL {{ ?target oa:hasSource ?source }}
  FILTER(BOUND(?source) || EXISTS {{ ?any oa:hasTarget ?target }})
  OPTIONAL {{ ?target schema:sha256 ?sha256 FILTER(BOUND(?source)) }}
  OPTIONAL {{ ?target dg:sentenceNumber ?sentence }}
  OPTIONAL {{ ?target oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end
    OPTIONAL {{ ?selector rdf:value ?fragment }} }}
  BIND(COALESCE(?source, ?target) AS ?document)
}} ORDER BY ?document ?start ?target"""
_RESTING = f"""{_PREFIXES}PREFIX prov: <{PREFIXES["prov"]}> PREFIX skos: <{PREFIXES["skos"]}>
SELECT ?target ?thing ?evidence ?certainty ?note ?says ?claimant ?status ?wording WHERE {{
  $VALUES
  {{ ?evidence oa:hasTarget ?target }} UNION {{ ?evidence prov:wasDerivedFrom ?target }}
  ?thing dg:evidence ?evidence
  OPTIONAL {{ ?evidence dg:certainty ?certainty }}
  OPTIONAL {{ ?evidence skos:note ?note }}
  OPTIONAL {{ ?thing dg:proposition ?says }}
  OPTIONAL {{ ?thing dg:claimedBy ?claimant }}
  OPTIONAL {{ ?thing dg:epistemicStatus ?status }}
  OPTIONAL {{ ?thing dg:wording ?wording }}
}} ORDER BY ?target ?thing ?evidence LIMIT 5000"""
_SOURCES = f"""{_PREFIXES}PREFIX foaf: <{PREFIXES["foaf"]}>
SELECT ?document ?title ?author ?publisher ?published ?address ?count ?length WHERE {{
  $VALUES
  OPTIONAL {{ ?document dcterms:title ?title }}
  OPTIONAL {{ ?document dcterms:creator ?author }}
  OPTIONAL {{ ?document dcterms:publisher ?publisher }}
  OPTIONAL {{ ?document dcterms:issued ?issued }}
  OPTIONAL {{ ?document dg:published ?span . ?span dg:edtf ?written }}
  OPTIONAL {{ ?document foaf:page ?address }}
  OPTIONAL {{ ?document dg:sentenceCount ?count }}
  OPTIONAL {{ ?document dg:codePointLength ?length }}
  BIND(COALESCE(?issued, ?written) AS ?published)
}} ORDER BY ?document ?title ?author ?publisher"""

FIRST = ("act", "claim")
"""The kinds that tell best what a passage says."""
REMARKS = ("discrepancy", "gap")
"""The kinds that say what a passage leaves open, which it does not say itself."""
EVIDENCE = "evidence"
"""The column that rows get."""
PORTION = 1000
"""How many rows of an answer, or things in them, are in memory while their evidence is looked up."""
_UNLIMITED = 1 << 62


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence for a thing: IRIs, and the passage in code points where there is one.

    `target` is what the evidence points to: a span of the document, or the document as a whole.
    """

    thing: str
    evidence: str
    target: str
    document: str
    start: int | None = None
    end: int | None = None
    certainty: str = ""
    sha256: str = ""
    sentence: int | None = None

    @property
    def spoken(self) -> str:
        """Passage and document in few words: `sentence 28, a1`."""
        name = split(self.document)[1]
        if self.start is None:
            return gettext("all of %(document)s", document=name)
        if self.sentence is None:
            return f"{self.start}–{self.end}, {name}"
        return gettext("sentence %(number)s, %(document)s", number=self.sentence, document=name)

    @property
    def address(self) -> str:
        """The document, or the passage in it as a range of characters (RFC 5147)."""
        return self.document if self.start is None else f"{self.document}#char={self.start},{self.end}"


def evaluate(
    engine: Queryable, operation: Operation, media_type: str, timeout: float | None = None
) -> Answer:
    """Evaluate an operation; where it has `statements` the rows end with a column `evidence`.

    A cell holds the spans that the things in those columns rest on, only of the row's own document where the
    operation names a column for it, each once, sorted and with one blank between them; it is empty where
    there is none. An answer of any length is read in portions.
    """
    if not operation.statements:
        return engine.evaluate(operation, media_type, timeout)
    answer = engine.evaluate(operation, media.RESULTS_JSON, timeout)
    with closing(answer):
        found = pyoxigraph.parse_query_results(answer.file(), QueryResultsFormat.JSON)
        if not isinstance(found, pyoxigraph.QuerySolutions):
            raise TypeError(operation.form)
        names = [variable.value for variable in found.variables]
        rows = _with_evidence(engine, found, operation)
        caps = results.Caps(_UNLIMITED)
        if not answer.complete:  # one row more than the limit has it marked as cut
            caps.limit = answer.rows
            rows = chain(rows, [[None] * (len(names) + 1)])
        content = Spool()
        for piece in results.bindings([*names, EVIDENCE], rows, media_type, caps):
            content.write(piece)
    return replace(answer, content=content, media=media_type)


def _with_evidence(
    engine: Queryable, rows: Iterable[QuerySolution], operation: Operation
) -> Iterator[results.Row]:
    """Yield the rows with their evidence, looked up for many of them at once."""
    held: list[tuple[QuerySolution, set[str], set[str] | None]] = []
    wanted: set[str] = set()
    for row in rows:
        things = {iri for column in operation.statements for iri in _things(row[column])}
        own = None if operation.document is None else set(_things(row[operation.document]))
        held.append((row, things, own))
        wanted |= things
        if len(held) >= PORTION or len(wanted) >= PORTION:
            yield from _extended(engine, held, wanted)
            held, wanted = [], set()
    yield from _extended(engine, held, wanted)


def _extended(
    engine: Queryable, rows: Iterable[tuple[QuerySolution, set[str], set[str] | None]], wanted: set[str]
) -> Iterator[results.Row]:
    spans = _spans(engine, wanted)
    for row, things, own in rows:
        told = (each for thing in things for each in spans.get(thing, ()))
        found = sorted({span for span, document in told if own is None or document in own})
        yield [*row, Literal(" ".join(found)) if found else None]


def _spans(engine: Queryable, things: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return what the evidence of some things points to, with its document, by their IRIs."""
    found: dict[str, list[tuple[str, str]]] = {}
    with admission.step():
        for batch in naming.batches(things):
            text = _SPANS.replace("$VALUES", operations.values("thing", batch))
            for row in operations.select(engine, text).rows:
                place = str(row["span"]), str(row["document"])
                found.setdefault(str(row["thing"]), []).append(place)
    return found


def _things(cell: results.Term | None) -> list[str]:
    """Return the IRI in a cell, or the IRIs of ours that are listed in it."""
    if isinstance(cell, NamedNode):
        return [cell.value]
    listed = cell.value.split(" ") if isinstance(cell, Literal) else []
    return listed if all(map(is_ours, listed)) else []


def evidence_query(things: Iterable[str]) -> str:
    """The query for the evidence of some things, by their IRIs."""
    return _TEXT.replace("$VALUES", operations.values("thing", things))


def evidence_of(engine: Engine, things: Iterable[str]) -> list[EvidenceItem]:
    """The evidence of some things, by their IRIs, in the order of thing, document and passage."""
    text = _TEXT.replace("?target WHERE", "?target ?sentence WHERE")
    return [_item(row) for row in _rows_about(engine, text, "thing", things)]


def _item(row: Row) -> EvidenceItem:
    return EvidenceItem(
        thing=str(row["thing"]),
        evidence=str(row["evidence"]),
        target=str(row["target"]),
        document=str(row["document"]),
        start=_number(row.get("start")),
        end=_number(row.get("end")),
        certainty=str(row.get("certainty", "")),
        sha256=str(row.get("sha256", "")),
        sentence=_number(row.get("sentence")),
    )


def _number(term: Node | None) -> int | None:
    return int(str(term)) if term is not None else None


@dataclass(frozen=True, slots=True)
class Source:
    """A document as readers know it; `address` is where it can be read, `length` in code points."""

    link: Link
    title: Value | None = None
    authors: tuple[Value, ...] = ()
    publishers: tuple[Value, ...] = ()
    published: Value | None = None
    address: str = ""
    sentences: int | None = None
    length: int | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Its title, else its label, and the language of that."""
        return (self.title.text, self.title.language) if self.title else (self.link.label, self.link.language)


@dataclass(frozen=True, slots=True)
class Statement:
    """What rests on a passage by one evidence: in our words, whose it is, and how surely it was read.

    `says` is the proposition of a claim, else the label, in a `language`, empty where it is not known.
    `wordings` are single words of the source.
    """

    thing: Link
    says: str
    language: str
    evidence: Link
    certainty: Link | None = None
    note: Value | None = None
    claimants: tuple[Link, ...] = ()
    statuses: tuple[Link, ...] = ()
    wordings: tuple[Value, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of the thing, empty where it is none of ours."""
        return kind_of(self.thing.iri)


@dataclass(frozen=True, slots=True)
class Passage:
    """What evidence points to: a span of a document, in code points, or the document as a whole.

    `statements` are all that rests on it, acts and claims first.
    """

    target: str
    source: Source
    start: int | None = None
    end: int | None = None
    sha256: str = ""
    sentence: int | None = None
    fragment: str = ""
    statements: tuple[Statement, ...] = ()

    @property
    def place(self) -> str:
        """Where it stands, in words: `Sentence 28 of 46`."""
        if self.start is None:
            return gettext("The document as a whole")
        if self.start == 0 and self.end == self.source.length:
            return gettext("The whole text")
        if self.sentence is None:
            return self._fragment or gettext("Characters %(first)s–%(last)s", first=self.start, last=self.end)
        if not self.source.sentences:
            return gettext("Sentence %(number)s", number=self.sentence)
        return gettext("Sentence %(number)s of %(count)s", number=self.sentence, count=self.source.sentences)

    @property
    def _fragment(self) -> str:
        """The row or the line that it is, as its format counts them; empty where it is neither."""
        kind, _, number = self.fragment.partition("=")
        if kind == "line":
            return gettext("Line %(number)s", number=number.rpartition(",")[2])
        return gettext("Row %(number)s", number=number) if kind == "row" else ""

    @property
    def language(self) -> str:
        """The language of the first that it says, empty where it says nothing or that is not known."""
        return next((one.language for one in self.statements), "")

    @property
    def name(self) -> str:
        """Where it stands and the first that it says."""
        what = next((one.says for one in self.statements), "")
        place = gettext("Sentence %(number)s", number=self.sentence) if self.sentence else self.place
        return ": ".join(part for part in (place, what) if part)


def passages(engine: Engine, targets: Iterable[str], languages: Sequence[str] = ()) -> dict[str, Passage]:
    """Return what some spans and documents are as evidence, by IRI; what is no evidence is left out."""
    wanted = list(targets)
    placed = _rows_about(engine, _PLACES, "target", wanted)
    resting = _rows_about(engine, _RESTING, "target", wanted)
    documents = {str(row["document"]) for row in placed}
    told = _rows_about(engine, _SOURCES, "document", documents)
    namer = Namer.of(engine, {*documents, *iris_in([*resting, *told])}, languages)
    sources = {iri: _source(namer, iri, rows) for iri, rows in _by(told, "document").items()}
    statements = _by(resting, "target")
    return {
        str(row["target"]): Passage(
            str(row["target"]),
            sources[str(row["document"])],
            _number(row.get("start")),
            _number(row.get("end")),
            str(row.get("sha256", "")),
            _number(row.get("sentence")),
            str(row.get("fragment", "")),
            _statements(namer, statements.get(str(row["target"]), ())),
        )
        for row in placed
    }


def names(
    engine: Engine, iris: Iterable[str], languages: Sequence[str] = ()
) -> tuple[naming.Labels, dict[str, Passage]]:
    """Return names for spans by what they say, for evidence by its passage, and these passages by IRI."""
    asked = set(iris)
    evidence = [iri for iri in asked if kind_of(iri) == "evidence"]
    text = f"{_PREFIXES}SELECT ?evidence ?target WHERE {{ $VALUES ?evidence oa:hasTarget ?target }}"
    targets = {
        str(row["evidence"]): str(row["target"]) for row in _rows_about(engine, text, "evidence", evidence)
    }
    spans = [iri for iri in asked if kind_of(iri) == "span"]
    found = passages(engine, {*spans, *targets.values()}, languages) if spans or targets else {}
    told = {iri: {found[iri].language: found[iri].name} for iri in spans if iri in found}
    for iri, target in targets.items():
        if target in found:
            told[iri] = {found[target].language: evidence_name(found[target], iri)}
    return told, found


def evidence_name(passage: Passage, evidence: str) -> str:
    """Return a name for one evidence of a passage: the place, and the first that rests on it."""
    mine = tuple(one for one in passage.statements if one.evidence.iri == evidence)
    name = replace(passage, statements=mine).name
    graded = next((one.certainty.label for one in mine if one.certainty), "")
    return gettext("%(name)s (certainty: %(grade)s)", name=name, grade=graded) if graded else name


def _rows_about(engine: Engine, text: str, variable: str, iris: Iterable[str]) -> list[Row]:
    return [
        row
        for batch in naming.batches(iris)
        for row in operations.select(engine, text.replace("$VALUES", operations.values(variable, batch))).rows
    ]


def _by(rows: Iterable[Row], name: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[name]), []).append(row)
    return found


def _source(namer: Namer, iri: str, rows: Sequence[Row]) -> Source:
    first = rows[0]
    return Source(
        namer.link(iri),
        namer.value(first["title"]) if "title" in first else None,
        tuple(namer.value(term) for term in _distinct(rows, "author")),
        tuple(namer.value(term) for term in _distinct(rows, "publisher")),
        namer.value(first["published"]) if "published" in first else None,
        str(first.get("address", "")),
        _number(first.get("count")),
        _number(first.get("length")),
    )


def _statements(namer: Namer, rows: Iterable[Row]) -> tuple[Statement, ...]:
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((str(row["thing"]), str(row["evidence"])), []).append(row)
    found = [_statement(namer, group) for group in grouped.values()]
    return tuple(sorted(found, key=_rank))


def _statement(namer: Namer, rows: Sequence[Row]) -> Statement:
    first = rows[0]
    thing, says = namer.link(str(first["thing"])), first.get("says")
    told = (str(says), says.language or "") if isinstance(says, Text) else thing.told
    return Statement(
        thing,
        *told,
        namer.link(str(first["evidence"])),
        namer.maybe(first.get("certainty")),
        namer.value(first["note"]) if "note" in first else None,
        tuple(namer.link(str(term)) for term in _distinct(rows, "claimant")),
        tuple(namer.link(str(term)) for term in _distinct(rows, "status")),
        tuple(namer.value(term) for term in _distinct(rows, "wording")),
    )


def _distinct(rows: Iterable[Row], name: str) -> list[Node]:
    return list(dict.fromkeys(row[name] for row in rows if name in row))


def _rank(statement: Statement) -> tuple[int, str]:
    order = [*FIRST, "", *REMARKS]
    return order.index(statement.kind if statement.kind in order else ""), statement.thing.iri


def quotations(engine: Engine, sources: Path | None, spans: Iterable[str]) -> dict[str, Quotation]:
    """Return the words of some spans by IRI, as far as their records can be used; the rest is left out.

    `sources` is the folder of the documents; without one nothing is quoted.
    """
    found: dict[str, Quotation] = {}
    for batch in naming.batches(spans) if sources else ():
        graph = operations.graph(engine, _text(batch))
        for document, recorded in records.spans_of(graph).items():
            try:
                known = records.document(graph, document)
                source = records.text_of(known, sources)
            except (DoesNotConform, BadRequest):  # no plain file name, or another encoding: nothing to quote
                continue
            language = str(graph.value(document, SCHEMA.inLanguage) or "")
            starts = records.sentences(source) if source and records.is_recorded(known, source) else []
            found |= {str(span.iri): quote(span, source, language, starts) for span in recorded}
    return found


def _text(spans: list[str]) -> str:
    return f"""{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }} WHERE {{
      {{ SELECT DISTINCT ?span WHERE {{ {operations.values("span", spans)}
           ?span oa:hasSource ?any ; schema:sha256 ?digest ; oa:hasSelector ?selector .
           ?any dcterms:identifier ?file ; dg:codePointLength ?length ; schema:sha256 ?hash }} }}
      {{ ?span ?p ?o BIND(?span AS ?s) VALUES ?p {{ oa:hasSource oa:hasSelector schema:sha256 }} }} UNION
      {{ ?span oa:hasSelector ?s . ?s ?p ?o VALUES ?p {{ oa:start oa:end }} }} UNION
      {{ ?span oa:hasSource ?s . ?s ?p ?o
         VALUES ?p {{ dcterms:identifier schema:inLanguage dg:codePointLength schema:sha256 }} }} }}"""
