"""Locations of findings: the wrong triple, or the block of a subject that lacks one, as ranges of a text."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Quad, RdfFormat, Triple

from diplograph.namespaces import DGS, SH
from diplograph.rdf.reading import syntax_of, utf8
from diplograph.rdf.statements import Span, Statement, aligned, quads, statements, written
from diplograph.rdf.turtle import malformed
from diplograph.validation import subject_positions
from diplograph.validation.report import Finding, Location, Report

_EXACT = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
Parsed = Mapping[str, list[Triple]]
_UNDESCRIBED = str(DGS.UndescribedGraph)
_STEP = re.compile(r"<([^>]*)>")
_COUNTED = {str(SH[f"{name}ConstraintComponent"]) for name in ("MaxCount", "QualifiedMaxCount", "UniqueLang")}
_MISSING = {str(SH[f"{name}ConstraintComponent"]) for name in ("MinCount", "QualifiedMinCount", "HasValue")}


@dataclass(frozen=True, slots=True)
class Range:
    """A range of a text: lines and columns count from one, columns in code points, the end is excluded."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Positions:
    """The places of the statements of one text; where there are none, only subjects have a place.

    Terms are written as findings write them: an IRI as it is, `_:name`, a literal in N-Triples.
    """

    text: str
    statements: tuple[Statement, ...]
    blocks: Mapping[str, Span]

    def of_triple(self, subject: str, predicate: str, value: str) -> Range | None:
        """Return the range of the object of a triple, where it is first stated."""
        wanted = normal(value)
        for statement in self.about(subject):
            if statement.predicate == predicate and statement.object == wanted:
                return self.range(statement.object_span)
        return None

    def of_subject(self, subject: str) -> Range | None:
        """Return the range of the term that begins the subject's first block."""
        span = self.blocks.get(subject)
        return None if span is None else self.range(span)

    def of_block(self, subject: str) -> Range | None:
        """Return the range from the subject's term to the end of the last object of its first block."""
        start = self.blocks.get(subject)
        ends = [s.object_span[1] for s in self.about(subject) if s.subject_span == start]
        return self.range((start[0], max(ends))) if start and ends else None

    def about(self, subject: str) -> list[Statement]:
        """Return the statements about a subject in the order of the text."""
        return self._about.get(subject, [])

    def naming(self, value: str) -> list[Statement]:
        """Return the statements that have a term as their object, in the order of the text."""
        return self._naming.get(normal(value), [])

    def range(self, span: Span) -> Range:
        """Return the lines and columns of offsets into the text."""
        return Range(*self._place(span[0]), *self._place(span[1]))

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    @cached_property
    def _about(self) -> Mapping[str, list[Statement]]:
        return _grouped((s.subject, s) for s in self.statements)

    @cached_property
    def _naming(self) -> Mapping[str, list[Statement]]:
        return _grouped((s.object, s) for s in self.statements)


def read(text: str, syntax: str, base: str | None = None, parsed: Parsed | None = None) -> Positions:
    """Return the positions of a text in a syntax, given as a media type or a file suffix.

    `parsed` is what `rdf_parsing.parse` made of the same bytes with this base as its graph: blank nodes then
    go by its names. Raises MalformedRdf when it cannot be parsed, and when the statements that are found with
    their places are not the graph that the engine reads.
    """
    content, form = text.removeprefix("\ufeff"), syntax_of(syntax, text.encode("utf-8"))
    reference = _quads(content, form, base)
    names = _names(reference, base, parsed) if parsed else {}
    if form not in _EXACT:
        return Positions(content, (), subject_positions.located(content, form, base))
    found = list(quads(content) if form == RdfFormat.N_QUADS else statements(content, base))
    names |= {ours: names.get(theirs, theirs) for ours, theirs in aligned(found, reference).items()}
    named = tuple(_renamed(statement, names) for statement in found) if names else tuple(found)
    blocks: dict[str, Span] = {}
    for statement in named:
        blocks.setdefault(statement.subject, statement.subject_span)
    return Positions(content, named, blocks)


def normal(term: str) -> str:
    """Return a term as statements write it: literals in N-Triples, whatever quotes they came in."""
    if not term.startswith('"'):
        return term
    quad = next(iter(pyoxigraph.parse(f"<urn:s> <urn:p> {term} .", RdfFormat.TURTLE)))
    return str(quad.object)


def _quads(text: str, syntax: RdfFormat, base: str | None) -> list[Quad]:
    try:
        return list(pyoxigraph.parse(text, syntax, base_iri=base))
    except SyntaxError as error:
        raise malformed(error) from error


def _names(reference: Iterable[Quad], base: str | None, parsed: Parsed) -> dict[str, str]:
    """Return what `parsed` calls each blank node: the same parser read the same text in the same order."""
    names: dict[str, str] = {}
    streams = {graph: iter(triples) for graph, triples in parsed.items()}
    for quad in reference:
        graph = base if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value
        triple = next(streams.get(graph or "", iter(())), None)
        if triple is not None:
            pairs = ((quad.subject, triple.subject), (quad.object, triple.object))
            names |= {str(old): str(new) for old, new in pairs if isinstance(old, BlankNode)}
    return names


def _renamed(statement: Statement, names: Mapping[str, str]) -> Statement:
    subject, value = statement.subject, statement.object
    if not subject.startswith("_:") and not value.startswith("_:"):
        return statement
    return statement._replace(subject=names.get(subject, subject), object=names.get(value, value))


def _grouped(pairs: Iterable[tuple[str, Statement]]) -> Mapping[str, list[Statement]]:
    groups: dict[str, list[Statement]] = defaultdict(list)
    for key, statement in pairs:
        groups[key].append(statement)
    return groups


Ranked = tuple[int, Range]


@dataclass(frozen=True)
class Text:
    """A text that was validated: the name to print, its bytes and its syntax.

    `base` is the graph that it was parsed for, `parsed` what `rdf_parsing.parse` made of it then.
    """

    name: str | None
    content: bytes
    syntax: str
    base: str
    parsed: Parsed = field(default_factory=dict)

    @cached_property
    def positions(self) -> Positions:
        """Where the statements stand: read when first asked for."""
        text = utf8(self.content, syntax_of(self.syntax, self.content)).decode("utf-8")
        return read(text, self.syntax, self.base, self.parsed)


def located(report: Report, texts: Iterable[Text]) -> Report:
    """Return the report with a place for each finding and each uncovered triple that the texts hold.

    The texts are read only when there is something to place. A graph that nothing describes has its place
    where its text begins.
    """
    given = list(texts)
    begins = {text.base: Location(text.name, 1, 1) for text in reversed(given)}
    findings = [
        _at(finding, begins.get(finding.focus or "") if finding.shape == _UNDESCRIBED else None)
        for finding in report.findings
    ]
    if all(finding.line is not None for finding in findings) and not report.uncovered:
        return replace(report, findings=findings)
    known = [(text.name, text.positions) for text in given]
    findings = [_placed(finding, known) for finding in findings]
    return replace(
        report, findings=findings, uncovered_at=[_stated(line, known) for line in report.uncovered]
    )


def _at(finding: Finding, place: Location | None) -> Finding:
    if place is None or finding.line is not None:
        return finding
    return replace(finding, file=place.file, line=place.line, column=place.column)


def _placed(finding: Finding, texts: Sequence[tuple[str | None, Positions]]) -> Finding:
    """Return the finding at the best place in any text: the triple, else the subject, else a mention."""
    if finding.line is not None:
        return finding
    ranked = [(*found, name) for name, at in texts if (found := _ranked(finding, at))]
    if not ranked:
        return finding
    _, where, name = min(ranked, key=lambda item: item[0])
    return replace(
        finding,
        file=name,
        line=where.line,
        column=where.column,
        end_line=where.end_line,
        end_column=where.end_column,
    )


def _ranked(finding: Finding, at: Positions) -> Ranked | None:
    """Return the best place of a finding in a text, and how good it is: the lower the better."""
    for rank, found in enumerate(_choices(finding, at)):
        if found:
            return rank, at.range(found[0])
    return None


def _choices(finding: Finding, at: Positions) -> Iterator[list[Span]]:
    """Yield the places of a finding, the best first: its triple, its subject, where it is spoken of."""
    focus, path = finding.focus or "", finding.path or ""
    steps = _STEP.findall(path) if "<" in path else [path]
    said = [s for s in at.about(focus) if s.predicate in steps]
    if finding.value is not None:
        yield from _with_value(finding.value, focus, said, at)
    is_said = finding.component not in _MISSING and (finding.value is None or len(said) == 1)
    yield _objects(said[::-1] if finding.component in _COUNTED else said) if is_said else []
    yield [at.blocks[focus]] if focus in at.blocks else []
    if finding.value is not None:
        yield _objects([s for s in at.naming(finding.value) if s.predicate in steps])
        yield _objects(at.naming(finding.value))
    yield _objects(at.naming(focus))
    yield _objects(s for s in at.statements if s.predicate == focus)


def _with_value(value: str, focus: str, said: list[Statement], at: Positions) -> Iterator[list[Span]]:
    """Yield where the value is given: by the focus, at the end of the path, or as what names the focus."""
    reached = {focus, *(s.object for s in said)}
    yield _objects([s for s in at.naming(value) if s in said])
    yield _objects([s for s in at.naming(value) if s.subject in reached])
    yield _objects([s for s in at.about(normal(value)) if s.object in reached])


def _objects(found: Iterable[Statement]) -> list[Span]:
    return [statement.object_span for statement in found]


def _stated(line: str, texts: Sequence[tuple[str | None, Positions]]) -> Location | None:
    """Return where a triple in N-Triples is stated, or else its subject."""
    triple = next(iter(pyoxigraph.parse(line, pyoxigraph.RdfFormat.N_TRIPLES)))
    terms = written(triple.subject), triple.predicate.value, written(triple.object)
    for name, at in texts:
        if where := at.of_triple(*terms) or at.of_subject(terms[0]):
            return Location(name, where.line, where.column)
    return None
