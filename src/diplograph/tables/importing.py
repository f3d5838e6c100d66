"""Importing: a table made a graph of acts and claims, held against what an earlier edition of it made."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.changes.blocks import KnownTerms
from diplograph.errors import BadRequest, InvalidParameter
from diplograph.evidence.scaffold import Name, thing, time_span
from diplograph.namespaces import DCTERMS, DG, DGS, DGV, FOAF, PROV, SCHEMA, SPACE, kind_of, own, split
from diplograph.rdf import turtle
from diplograph.release import durable
from diplograph.tables.mapping import Rule, TableMap
from diplograph.tables.reading import BEYOND, MEDIA, Row, Table, canonical_cells
from diplograph.tables.records import Answer, Pinned, Record, Recorder, Triple
from diplograph.tables.rows import record_of
from diplograph.tables.values import CellError, Context, Problem
from diplograph.validation.fields import Form
from diplograph.validation.report import Finding, Report

MOST_PROBLEMS = 1000
"""How many cells with something wrong are listed."""
EVERY = 500
"""After how many rows progress is told."""
CELL = str(DGS.TableCell)
PLACES = ("span", "evidence", "time", "group", "measure")
"""Kinds of things that are made beside a record."""
Progress = Callable[[str, float], None]


@dataclass(slots=True)
class Counts:
    """What became of rows: records that are new, changed, as before, gone from the table and withdrawn."""

    rows: int = 0
    untaken: int = 0
    merged: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: list[str] = field(default_factory=list)
    withdrawn: int = 0


@dataclass(slots=True)
class Import:
    """What a table makes: the triples, what is wrong with its cells, and what became of its rows.

    `extract` is the text to be pinned in place of a table that is no text in UTF-8, one row a line. Where it
    `rests_on_pages`, the table is only the way by which they came.
    """

    triples: set[Triple]
    report: Report
    counts: Counts
    unused: Sequence[str]
    document: Name
    extract: Path | None = None
    rests_on_pages: bool = False


def import_table(  # noqa: PLR0913 - the table, the map, and what is known
    path: Path,
    table_map: TableMap,
    terms: KnownTerms,
    form: Form,
    *,
    sources: Path,
    withdraw: bool = False,
    progress: Progress | None = None,
) -> Import:
    """Make a graph of a table by a map; `terms` know the file that an earlier edition was written to.

    `sources` is the folder for the extract of a table that is no text in UTF-8. Raises InvalidParameter for
    a map that does not fit the table, BadRequest for a table that cannot be read.
    """
    table = Table(path, table_map.layout)
    made = _Importing(table, table_map, terms, form, sources, progress)
    return made.run(withdraw=withdraw)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The first row of a key."""

    number: int
    cells: str


class _Importing:
    """One import."""

    def __init__(  # noqa: PLR0913, PLR0917 - as above
        self,
        table: Table,
        table_map: TableMap,
        terms: KnownTerms,
        form: Form,
        sources: Path,
        progress: Progress | None,
    ) -> None:
        self.table, self.map, self.terms = table, table_map, terms
        self.sources, self.progress = sources, progress
        self.digest, self.size = _hashed(table.path)
        self.name = Name.of(table_map.source["label"], table_map.slug)
        self.document = own("document", self.name.slug)
        pinned = Pinned(self.document, is_csv=table.is_pinned_as_text and table.format in ("csv", "tsv"))
        self.recorder = Recorder(table_map, terms.lexicon(form), pinned, terms.own_graphs)
        self.records: dict[URIRef, Record] = {}
        self.labels: dict[URIRef, str] = {}
        self.made_by: dict[URIRef, int] = {}
        self.answering: list[tuple[Rule, Row, Record]] = []
        self.awaited: dict[URIRef, Row] = {}
        self.findings: list[Finding] = []
        self.counts = Counts()
        self.seen: dict[tuple[int, str], _Seen] = {}
        self.length, self.digest_of_extract = 0, ""

    def run(self, *, withdraw: bool) -> Import:
        extract = None
        if self.map.names_things_of_several_kinds:
            self._look_ahead()
        if self.table.is_pinned_as_text:
            self._take(self.table.rows())
            self.length = self._text_length()
        else:
            extract = self.sources / f"{self.name.slug}-{self.digest[:8]}.jsonl"
            extract.parent.mkdir(parents=True, exist_ok=True)
            self._take_extracted(extract)
        if not self.counts.rows:
            hint = "Look at its format, and for XML at the name of the records."
            raise BadRequest(f"{self.table.path.name} has no row.", hint=hint)
        self._link()
        triples = set(chain(self.recorder.documents, self._described(extract)))
        for record in self.records.values():
            triples |= record.triples
            triples |= record.places
        triples |= self._kept(withdraw=withdraw)
        report = Report.of(self.findings, limit=MOST_PROBLEMS)
        rests_on_pages = any(rule.source for rule in self.map.rules)
        return Import(triples, report, self.counts, self._unused(), self.name, extract, rests_on_pages)

    def _take_extracted(self, extract: Path) -> None:
        """Take the rows of a table that is no text; its extract is there only once nothing is wrong."""
        part = extract.with_name(f".{extract.name}.part")
        try:
            self._take(self._extracted(part))
            if not self.findings:
                durable.rename(part, extract)
        finally:
            part.unlink(missing_ok=True)

    def _look_ahead(self) -> None:
        """Read of what kind the things are that rows make."""
        for row in self.table.rows():
            for rule in self.recorder.rules(row):
                with suppress(CellError):
                    self.recorder.kinds[self.recorder.key(rule, row)] = rule.kind

    def _text_length(self) -> int:
        with self.table.path.open(encoding="utf-8", newline="") as text:
            return sum(len(piece) for piece in iter(lambda: text.read(1 << 20), ""))

    def _extracted(self, extract: Path) -> Iterator[Row]:
        """Yield the rows of a table that is no text, each with its place in the extract that is written.

        The extract has what the map takes, and nothing else: a list tells more of people than is kept.
        """
        at, line, taken = 0, 0, self.map.columns()
        hasher = hashlib.sha256()
        with extract.open("w", encoding="utf-8", newline="") as file:
            for row in self.table.rows():
                place = {"row": row.number} | ({"sheet": row.sheet} if row.sheet else {})
                kept = {head: cell for head, cell in row.cells.items() if head in taken}
                cells = canonical_cells(replace(row, cells=kept))
                text = f'{{"cells":{cells},{json.dumps(place, ensure_ascii=False)[1:-1]}}}'
                file.write(text + "\n")
                hasher.update(f"{text}\n".encode())
                line += 1
                digest = hashlib.sha256(text.encode()).hexdigest()
                yield replace(row, line=line, start=at, end=at + len(text), digest=digest)
                at += len(text) + 1
        self.length, self.digest_of_extract = at, hasher.hexdigest()

    def _take(self, rows: Iterable[Row]) -> None:
        is_first = True
        for row in rows:
            if is_first:
                self._require_columns()
                is_first = False
            self.counts.rows += 1
            if self.progress and self.counts.rows % EVERY == 0:
                self.progress(f"row {self.counts.rows}", min(0.99, row.end / max(self.size, 1)))
            if BEYOND in row.cells:
                text, cure = (
                    "The row has more cells than there are heads.",
                    "Quote cells with a delimiter in them.",
                )
                self._found(row, Problem("", row.cells[BEYOND], text, cure))
                continue
            rules = list(self.recorder.rules(row))
            self.counts.untaken += not rules
            for rule in rules:
                self._record(rule, row)

    def _require_columns(self) -> None:
        """Hold the map to the heads of the table. Raises InvalidParameter for columns that it has not."""
        heads = self.table.heads
        missing = sorted(self.map.columns() - set(heads)) if heads else []
        if missing:
            problems = [
                f"{one}: near {', '.join(get_close_matches(one, heads, n=3)) or 'none'}" for one in missing
            ]
            raise InvalidParameter(
                f"The table has no column {', '.join(map(repr, missing))} that the map takes.",
                parameters=["map"],
                problems=problems,
                hint=f"Its columns are {', '.join(heads)}.",
            )

    def _record(self, rule: Rule, row: Row) -> None:
        try:
            key = self.recorder.key(rule, row)
        except CellError as error:
            self._found(row, error.problem)
            return
        which = self.map.rules.index(rule)
        cells = canonical_cells(row)
        first = self.seen.setdefault((which, key), _Seen(row.number, cells))
        if first.number != row.number:
            if rule.once:
                return
            self._repeated(rule, row, first, is_same=first.cells == cells)
            return
        record, problems = record_of(self.recorder, rule, row, key)
        for problem in dict.fromkeys(problems):
            self._found(row, problem)
        if record is not None:
            self._keep(rule, row, record)

    def _keep(self, rule: Rule, row: Row, record: Record) -> None:
        """Take a record in, with what is to be looked at once all are known."""
        if record.iri in self.records:
            self._same_name(rule, row, record.iri)
            return
        self.records[record.iri] = record
        self.made_by[record.iri] = row.number
        self.labels[record.iri] = next(
            str(value) for one, path, value in record.triples if one == record.iri and path == RDFS.label
        )
        if record.answered:
            self.answering.append((rule, row, record))
        if self.recorder.promised:
            for iri in record.names() & self.recorder.promised:
                self.awaited.setdefault(iri, row)

    def _same_name(self, rule: Rule, row: Row, iri: URIRef) -> None:
        """Tell of a row whose key another rule took. Raises InvalidParameter for two rules for one row."""
        if self.made_by[iri] == row.number:
            detail = f"Two rules of the map make {iri}: give each a key of its own."
            raise InvalidParameter(detail, parameters=["map"])
        self._repeated(rule, row, _Seen(self.made_by[iri], ""), is_same=False)

    def _repeated(self, rule: Rule, row: Row, first: _Seen, *, is_same: bool) -> None:
        if is_same and self.map.merges_duplicates:
            self.counts.merged += 1
            return
        column = next(iter(rule.key.columns), "") if rule.key else ""
        what = "says the same as" if is_same else "has the key of"
        text = f"Row {row.number} {what} row {first.number}."
        cure = "Take one out, or say `duplicates: merge` in the map." if is_same else "Give each its own key."
        self._found(row, Problem(column, row.cells.get(column, ""), text, cure))

    def _found(self, row: Row, problem: Problem) -> None:
        heads = self.table.heads
        column = heads.index(problem.column) + 1 if problem.column in heads else None
        where = f"row {row.number}" + (f", column {problem.column!r}" if problem.column else "")
        near = f" Near: {'; '.join(problem.near)}." if problem.near else ""
        line = row.line if self.table.is_text else row.number
        self.findings.append(
            Finding(
                severity="violation",
                shape=CELL,
                component=CELL,
                focus=None,
                path=None,
                value=json.dumps(problem.value, ensure_ascii=False),
                message=f"{where}: {problem.text}{near}",
                cure=problem.cure or "Mend the cell, or the map.",
                file=str(self.table.path),
                line=line,
                column=column,
                end_line=line,
                end_column=None if column is None else column + 1,
            )
        )

    def _link(self) -> None:
        """Join each row to the row that it answers; tell of things that rows name and none makes."""
        for iri, row in self.awaited.items():
            if iri not in self.records:
                text = f"No row makes {iri}, which this one names."
                self._found(row, Problem("", str(iri), text, "Look at the key, and at what rows are taken."))
        coders = own("agent", f"{self.map.slug}-coders")
        for rule, row, record in self.answering:
            cause = self.recorder.iri(rule, record.answered)
            told = rule.answers
            at = Context(row)
            if cause not in self.records:
                column = next(iter(told["row"].columns), "")
                text = f"There is no row with the key {record.answered!r}."
                self._found(row, Problem(column, record.answered, text, "Name the key of another row."))
                continue
            relation = (
                self.recorder.values.text(told["relation"], at) if "relation" in told else "inResponseTo"
            )
            status = self.recorder.values.text(told["status"], at) if "status" in told else "reported"
            linked = Answer(record, cause, relation, status, coders)
            triples = linked.triples(self.labels[record.iri], self.labels[cause])
            self.records[record.iri] = replace(record, triples=record.triples | triples)

    def _described(self, extract: Path | None) -> Graph:
        """The table as a document: what it is, whose, when, and under which terms."""
        source, iri = self.map.source, self.document
        block = thing("document", self.name, DG.PinnedDocument, {})
        name = extract.name if extract else self.table.path.name
        media = MEDIA["jsonl" if extract else self.table.format]
        digest = self.digest_of_extract if extract else self.digest
        facts: list[tuple[URIRef, Literal | URIRef]] = [
            (DCTERMS["format"], Literal(media)),
            (DCTERMS.identifier, Literal(name)),
            (SCHEMA.sha256, Literal(digest)),
            (DG.codePointLength, Literal(self.length)),
            (SCHEMA.copyrightNotice, Literal(source.get("rights", "none stated"), lang="en")),
            (SCHEMA.inLanguage, Literal(source.get("language", "en"))),
            (DCTERMS.publisher, Literal(source["publisher"])),
        ]
        facts += [(FOAF.page, URIRef(source["page"]))] if source.get("page") else []
        facts += [(DCTERMS.license, URIRef(source["licence"]))] if source.get("licence") else []
        facts += [(SKOS.note, Literal(source["note"], lang="en"))] if source.get("note") else []
        for predicate, value in facts:
            block.add((iri, predicate, value))
        block += time_span(f"{self.name.slug}-published", source["published"], DGV.stated)
        block.add((iri, DG.published, own("time", f"{self.name.slug}-published")))
        if extract:
            block += self._original(iri)
        if self.answering:
            coders = Name(f"{self.map.slug}-coders", f"Coders of: {source['label']}")
            block += thing("agent", coders, DG.Agent, {})
        return block

    def _original(self, extract: URIRef) -> Graph:
        """The file that an extract was made of, by its hash."""
        name = Name(f"{self.name.slug}-file", f"File of: {self.name.label}")
        block, iri = thing("document", name, PROV.Entity, {}), own("document", f"{self.name.slug}-file")
        block.add((iri, DCTERMS.identifier, Literal(self.table.path.name)))
        block.add((iri, DCTERMS["format"], Literal(MEDIA[self.table.format])))
        block.add((iri, SCHEMA.sha256, Literal(self.digest)))
        block.add((extract, PROV.wasDerivedFrom, iri))
        return block

    def _unused(self) -> list[str]:
        """The columns that the map does not take."""
        return [head for head in self.table.heads if head not in self.map.columns()]

    def _kept(self, *, withdraw: bool) -> set[Triple]:
        """Count what is new, changed and as before; return what is gone from the table, unless withdrawn."""
        old = turtle.parse(self.terms.text) if self.terms.text else Graph()
        before = {one for one in old.subjects(RDF.type, None) if self._is_record(old, one)}
        for iri, record in self.records.items():
            if iri not in before:
                self.counts.new += 1
            elif all(triple in old for triple in record.triples):
                self.counts.same += 1
            else:
                self.counts.changed += 1
        self.counts.gone = gone = sorted(str(one) for one in before - self.records.keys())
        if withdraw:
            self.counts.withdrawn = len(gone)
            return set()
        kept = {triple for iri in gone for triple in _closed(old, URIRef(iri))}
        return self._of_earlier_edition(old, kept)

    def _of_earlier_edition(self, old: Graph, kept: set[Triple]) -> set[Triple]:
        """Have what is kept rest on the edition that has it, under a name of its own."""
        digest = str(old.value(self.document, SCHEMA.sha256))
        if digest == str(self.digest_of_extract or self.digest):
            return kept
        slug, earlier = self.name.slug, f"{self.name.slug}-{digest[:8]}"
        renamed = {own("document", slug): own("document", earlier)}
        renamed |= {own("document", f"{slug}-file"): own("document", f"{earlier}-file")}
        renamed |= {own("time", f"{slug}-published"): own("time", f"{earlier}-published")}

        def name(term: Node) -> Node:
            return renamed.get(term, term) if isinstance(term, URIRef) else term

        return {(name(subject), predicate, name(value)) for subject, predicate, value in kept}

    def _is_record(self, graph: Graph, iri: object) -> bool:
        """Whether a thing of an earlier edition came of a row: it bears the table's name and has evidence."""
        text = str(iri)
        is_named = text.startswith(SPACE.get()) and split(text)[1].startswith(f"{self.map.slug}-")
        kind = kind_of(text)
        is_answer = kind == "claim" and split(text)[1].endswith("-answers")
        return (
            is_named and kind not in PLACES and not is_answer and (URIRef(text), DG.evidence, None) in graph
        )


def _closed(graph: Graph, thing_of_it: URIRef) -> Iterator[Triple]:
    """Yield what a graph says of a thing, and of what it is made of, sources included."""
    waiting, done = [thing_of_it], set[URIRef]()
    while waiting:
        one = waiting.pop()
        if one in done:
            continue
        done.add(one)
        for triple in graph.triples((one, None, None)):
            yield triple
            value = triple[2]
            if isinstance(value, URIRef) and kind_of(str(value)) in (*PLACES, "document"):
                waiting.append(value)
        waiting += [one for one in graph.subjects(DG.claimedResponse, one) if isinstance(one, URIRef)]


def _hashed(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest, path.stat().st_size
