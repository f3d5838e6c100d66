"""Fixes: proposed mends for a closed list of findings, as edits of a text and as small differences."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph
from pyoxigraph import Literal, RdfFormat
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from rdflib import Graph, URIRef
from rdflib.term import Node

from diplograph.namespaces import DG, DGV, OA, RDF, SH, SKOS, XSD, kind_of, own, prefixes, split
from diplograph.rdf.reading import syntax_of
from diplograph.rdf.terms import EdtfDate, lexical_form, literal
from diplograph.validation.inputs import LabelIndex
from diplograph.validation.locate import Positions, Range, Text
from diplograph.validation.report import Edit, Finding, Fix, Report
from diplograph.validation.undefined import UNDEFINED, own_kind

_PREFIX = re.compile(r"^[ \t]*@?prefix[ \t]+([\w.-]*):[ \t]*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_LOCAL = re.compile(r"[A-Za-z_][\w-]*|[0-9][\w-]*")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_CONTEXT = 1
"""How many lines around a change are shown."""
NEAR = 3
ALIKE = 85
"""How alike, of 100, a known name is at least to one that is proposed for an unknown one."""
COUNTRIES = ("state", "polity")
"""Kinds of which another one is hardly ever meant, however alike the names."""
ONE_EDIT = 6
"""From how many letters on the name of a country may differ in one."""
ALIKE_CONCEPT = 45
TEMPLATE = "ev:SOURCE-START-END"
BOUNDS: Mapping[str, tuple[str, str]] = {
    str(DG.notBefore): (str(DG.notBefore), str(DG.notAfter)),
    str(OA.start): (str(OA.start), str(OA.end)),
}
_MIN_COUNT, _DATATYPE = str(SH.MinCountConstraintComponent), str(SH.DatatypeConstraintComponent)
_REVERSED = {str(SH[f"LessThan{name}ConstraintComponent"]) for name in ("", "OrEquals")}


def replacing(where: Range, text: str) -> Edit:
    """Return the edit that puts a text in the place of a range."""
    return Edit(where.line, where.column, where.end_line, where.end_column, text)


def inserting(line: int, column: int, text: str) -> Edit:
    """Return the edit that puts a text before a place."""
    return Edit(line, column, line, column, text)


def applied(text: str, fixes: Iterable[Fix]) -> tuple[str, list[Fix]]:
    """Return a text with fixes made, and which were: a fix that meets one made before is left out."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    made: list[Fix] = []
    taken: list[tuple[int, int, str]] = []
    for fix in fixes:
        spans = sorted((*_span(edit, starts), edit.text) for edit in fix.edits)
        if spans and not any(_meet(one, other) for one in spans for other in taken):
            taken += spans
            made.append(fix)
    for start, end, replacement in sorted(taken, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text, made


def difference(before: str, after: str) -> str:
    """Return what changed as a unified diff without its head; empty when nothing did."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=_CONTEXT, lineterm="")
    return "\n".join(list(lines)[2:])


def declared_in(text: str) -> Mapping[str, str]:
    """Return the namespaces that a Turtle text declares, each with its prefix."""
    return {namespace: prefix for prefix, namespace in _PREFIX.findall(text)}


def iri(name: str, declared: Mapping[str, str]) -> str:
    """Write an IRI as Turtle does, short where its prefix is declared."""
    space, local = split(name)
    if space in declared and _LOCAL.fullmatch(local):
        return f"{declared[space]}:{local}"
    return str(pyoxigraph.NamedNode(name))


def turtle_literal(lexical: str, datatype: str, declared: Mapping[str, str]) -> str:
    """Write a literal as Turtle does."""
    if datatype == str(XSD.integer) and _INTEGER.fullmatch(lexical):
        return lexical
    return f"{pyoxigraph.Literal(lexical)}^^{iri(datatype, declared)}"


def short(name: str) -> str:
    """Write an IRI with a prefix of ours, for a title."""
    return iri(name, {namespace: prefix for prefix, namespace in prefixes().items()})


def _span(edit: Edit, starts: list[int]) -> tuple[int, int]:
    first, last = starts[edit.line - 1], starts[edit.end_line - 1]
    return first + edit.column - 1, last + edit.end_column - 1


def _meet(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two edits touch the same characters, or insert at the same place."""
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]


@dataclass(frozen=True)
class _File:
    """A text with the places of its statements, and what judges it."""

    text: str
    at: Positions
    shapes: Graph
    known: LabelIndex

    @cached_property
    def declared(self) -> Mapping[str, str]:
        return declared_in(self.text)

    def object_of(self, finding: Finding, text: str) -> list[Edit]:
        """Return the edit that writes another object, none where the text does not state the one found."""
        where = self.at.of_triple(finding.focus or "", finding.path or "", finding.value or "")
        return [replacing(where, text)] if where else []


def proposed(report: Report, texts: Iterable[Text], shapes: Graph, known: LabelIndex) -> Report:
    """Return the report with a fix for each finding that one is known for and that stands in Turtle."""
    wanted = {finding.file for finding in report.findings if _may_have_one(finding)}
    files = {
        text.name: _file(text, shapes, known) for text in texts if text.name in wanted and _is_turtle(text)
    }
    found = [_with_fix(finding, files.get(finding.file)) for finding in report.findings]
    return replace(report, findings=found)


def _may_have_one(finding: Finding) -> bool:
    return (
        finding.line is not None
        and finding.change != "repaired"
        and (finding.path is not None or finding.shape == UNDEFINED)
    )


def _is_turtle(text: Text) -> bool:
    return syntax_of(text.syntax) in {RdfFormat.TURTLE, RdfFormat.TRIG}


def _file(text: Text, shapes: Graph, known: LabelIndex) -> _File:
    at = text.positions
    return _File(at.text, at, shapes, known)


def _with_fix(finding: Finding, file: _File | None) -> Finding:
    if file is None or not _may_have_one(finding):
        return finding
    for rule in RULES:
        if fix := rule(finding, file):
            after, _ = applied(file.text, [fix])
            return replace(finding, fix=replace(fix, diff=difference(file.text, after)))
    return finding


def evidence(finding: Finding, file: _File) -> Fix | None:
    """Propose a place for the evidence that a thing lacks; what it is only a reader of the source knows."""
    if finding.component != _MIN_COUNT or finding.path != str(DG.evidence):
        return None
    block = file.at.of_block(finding.focus or "")
    if block is None:
        return None
    template = f"<{own('evidence', 'SOURCE-START-END')}>"
    name = TEMPLATE if str(own("evidence", "")) in file.declared else template
    text = f" ;\n    {iri(str(DG.evidence), file.declared)} {name}"
    edit = inserting(block.end_line, block.end_column, text)
    return Fix("Name the evidence; diplograph evidence add makes it", (edit,), safe=False)


def datatype(finding: Finding, file: _File) -> Fix | None:
    """Propose the literal with the datatype that the shape wants, where its text is one of that type."""
    if finding.component != _DATATYPE:
        return None
    wanted = file.shapes.value(URIRef(finding.shape), SH.datatype)
    value = literal(finding.value)
    if wanted is None or value is None:
        return None
    if wanted == RDF.langString:
        made = tuple(file.object_of(finding, str(Literal(value.value, language="en"))))
        return Fix("Say that it is English", made, safe=False) if made else None
    form = lexical_form(str(wanted), value.value)
    if form is None:
        return None
    text = turtle_literal(form, str(wanted), file.declared)
    made = tuple(file.object_of(finding, text))
    return Fix(f"Write {text}", made, safe=form == value.value) if made else None


def reversed_bounds(finding: Finding, file: _File) -> Fix | None:
    """Propose to change places for a start and an end; safe where the date expression says the same."""
    pair = BOUNDS.get(finding.path or "")
    if finding.component not in _REVERSED or pair is None:
        return None
    said = {p: [s for s in file.at.about(finding.focus or "") if s.predicate == p] for p in pair}
    if any(len(found) != 1 for found in said.values()):
        return None
    first, last = (said[predicate][0] for predicate in pair)
    if first.object == last.object:
        return None
    texts = [file.text[slice(*statement.object_span)] for statement in (last, first)]
    spans = (first.object_span, last.object_span)
    made = tuple(replacing(file.at.range(span), text) for span, text in zip(spans, texts, strict=True))
    return Fix(
        "Let the bounds change places", made, safe=_is_dated(file, finding, (last.object, first.object))
    )


def _is_dated(file: _File, finding: Finding, bounds: tuple[str, str]) -> bool:
    """Whether the EDTF expression of a time span gives just these bounds."""
    values = [s.object for s in file.at.about(finding.focus or "") if s.predicate == str(DG.edtf)]
    expression = literal(values[0]) if len(values) == 1 else None
    spans = [EdtfDate.read(part) for part in expression.value.split("/")] if expression else []
    read = [literal(bound) for bound in bounds]
    if not spans or spans[0] is None or spans[-1] is None or None in read:
        return False
    told = [spans[0].first.isoformat(), spans[-1].last.isoformat()]
    return told == [bound.value for bound in read if bound]


def concept(finding: Finding, file: _File) -> Fix | None:
    """Propose a concept of the right scheme: one below a heading, else that with the nearest name."""
    scheme = _scheme(finding, file.shapes)
    value = finding.value or ""
    if scheme is None or value.startswith(('"', "_:")):
        return None
    headings = file.known.narrower
    leaves = [iri for iri in file.known.schemes.get(str(scheme), ()) if iri not in headings]
    near = sorted(headings.get(value, ())) or _nearest(value, leaves, ALIKE_CONCEPT)
    return _meant(finding, file, near, f" of the scheme {split(str(scheme))[1]}")


def unknown_name(finding: Finding, file: _File) -> Fix | None:
    """Propose the known things with the nearest names for one of ours that nothing defines."""
    value = finding.focus or ""
    is_concept = value.startswith(str(DGV))
    if finding.shape != UNDEFINED or not (is_concept or own_kind(value)) or value in file.known.things:
        return None
    if is_concept:
        concepts = {iri for members in file.known.schemes.values() for iri in members}
        return _meant(finding, file, _nearest(value, concepts, ALIKE))
    if kind_of(value) in COUNTRIES:
        return _meant(finding, file, _countries(value, file.known))
    space, name = split(value)
    alike = [iri for iri in file.known.things if iri.startswith(space)]
    namesakes = [iri for iri in file.known.things if kind_of(iri) and split(iri)[1] == name]
    return _meant(finding, file, list(dict.fromkeys([*sorted(namesakes), *_nearest(value, alike, ALIKE)])))


def _countries(value: str, known: LabelIndex) -> list[str]:
    """Return the states and polities that are called so, or so but for one letter of six and more."""
    countries = (iri for iri in sorted(known.things) if kind_of(iri) in COUNTRIES)
    wanted = split(value)[1]
    return [i for i in countries if is_called(wanted, (split(i)[1], *known.names.get(i, ())))][:NEAR]


def is_called(wanted: str, names: Iterable[str]) -> bool:
    """Whether a name is one of some, without case and accents, or one of them but for one letter of six."""
    plain = _plain(wanted)
    most = 1 if len(plain) >= ONE_EDIT else 0
    return any(OSA.distance(plain, _plain(text), score_cutoff=most) <= most for text in names)


def _plain(text: str) -> str:
    """Return a name without case, accents, punctuation and article."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.findall(r"\w+", bare.casefold())
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def _meant(finding: Finding, file: _File, near: Sequence[str], kind: str = "") -> Fix | None:
    if not near:
        return None
    text = iri(near[0], file.declared)
    if finding.shape == UNDEFINED:
        uses = file.at.naming(finding.focus or "")
        made = tuple(replacing(file.at.range(use.object_span), text) for use in uses)
    else:
        made = tuple(file.object_of(finding, text))
    names = ", ".join(short(iri) for iri in near[:NEAR])
    return Fix(f"Is {names}{kind} meant?", made, safe=False) if made else None


def _nearest(value: str, choices: Iterable[str], least: int) -> list[str]:
    names = {iri: split(iri)[1] for iri in sorted(choices) if iri != value}
    found = process.extract(split(value)[1], names, scorer=fuzz.ratio, score_cutoff=least, limit=NEAR)
    return [iri for _, _, iri in found]


def _scheme(finding: Finding, shapes: Graph) -> Node | None:
    """Return the scheme that a shape takes values from: by `sh:node` and the scheme that this wants."""
    for node in shapes.objects(URIRef(finding.shape), SH.node):
        for member in shapes.objects(node, SH.property):
            if (member, SH.path, SKOS.inScheme) in shapes:
                return shapes.value(member, SH.hasValue)
    return None


RULES: tuple[Callable[[Finding, _File], Fix | None], ...] = (
    evidence,
    datatype,
    reversed_bounds,
    concept,
    unknown_name,
)
