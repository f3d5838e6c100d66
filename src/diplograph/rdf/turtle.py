"""Turtle: read with its lexical forms and leading comments, and written in the one canonical form."""

import io
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph
from rdflib import OWL, RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.plugins.serializers.longturtle import LongTurtleSerializer

from diplograph.errors import MalformedRdf
from diplograph.namespaces import prefixes
from diplograph.rdf.terms import to_rdflib
from diplograph.rdf.turtle_tokens import tokens

_COMMENT = re.compile(r"#[^\n\r]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_NAMES = {"PREFIX": 2, "BASE": 1}
_BARE = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.double: re.compile(r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    XSD.boolean: re.compile(r"true|false"),
}
"""Lexical forms that Turtle reads without quotes as literals of just this datatype."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with the line that it stands on, counted from one."""

    text: str
    line: int
    in_head: bool


def remarks(text: str, *, of_head: bool = False) -> Iterator[Remark]:
    """Yield the comments of a text that is Turtle, all or `of_head`, which ends where a statement begins."""
    end, line, awaited, in_head = 0, 1, 0, True
    for token in tokens(text):
        for found in _COMMENT.finditer(text, end, token.start):
            yield Remark(found[0].strip(), line + text.count("\n", end, found.start()), in_head)
        line += text.count("\n", end, token.end)
        end = token.end
        word = token.text.upper().removeprefix("@")
        if awaited:
            awaited -= 1
        elif token.kind in ("word", "at") and word in _NAMES:
            awaited = _NAMES[word]
        elif token.text != ".":
            in_head = False
            if of_head:
                return


def parse(text: str, base: str | None = None) -> Graph:
    """Return the graph of a Turtle text, lexical forms kept, the prefixes of the text bound.

    Raises MalformedRdf with the position when it is not Turtle.
    """
    try:
        parser = pyoxigraph.parse(
            text.removeprefix("\ufeff"), format=pyoxigraph.RdfFormat.TURTLE, base_iri=base
        )
        triples = [(to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object)) for q in parser]
    except SyntaxError as error:
        raise malformed(error) from error
    graph = _empty(parser.prefixes.items())
    for triple in triples:
        graph.add(triple)
    return graph


def read(path: Path, base: str | None = None) -> Graph:
    """Return the graph of a Turtle file; MalformedRdf names the file and the position."""
    try:
        return parse(path.read_bytes().decode("utf-8"), base or path.resolve().as_uri())
    except UnicodeDecodeError as error:
        raise MalformedRdf(f"Not UTF-8: {error.reason} at byte {error.start}.", file=str(path)) from error
    except MalformedRdf as error:
        raise MalformedRdf(error.detail, **error.facts, file=str(path)) from error


def canonical_of(triples: Collection[Any], bound: Iterable[tuple[str, Any]] = ()) -> str:
    """Return the one text that stands for some triples, none of them twice, with prefixes where they help."""
    graph = _empty(bound)
    if (plain := _Plain(graph, None).written(triples)) is not None:
        return plain
    for triple in triples:
        graph.add(triple)
    return canonical(graph)


def canonical(source: Graph | str, first: str | None = None) -> str:
    """Return the one text that stands for a graph, or for the graph of a Turtle text.

    Comments above the first statement of a text are kept; all others are lost. `first` is the IRI of the
    subject that a graph begins with, where another order of subjects than that of all files is wanted.
    """
    if isinstance(source, str):
        graph = parse(source)
        return comments(source) + canonical(graph)
    graph = _empty(source.namespaces())
    if (plain := _Plain(graph, URIRef(first) if first else None).written(source)) is not None:
        return plain
    for triple in source:
        graph.add(triple)
    stream = io.BytesIO()
    serializer = _Serializer(graph)  # type: ignore[no-untyped-call]
    serializer.first = URIRef(first) if first else None
    serializer.serialize(stream, encoding="utf-8", canon=True)
    return stream.getvalue().decode("utf-8")


def format_text(text: str) -> str:
    """Return a Turtle text in canonical form, its lines ended as on Unix; a second pass changes nothing."""
    return canonical(unix_lines(text))


def unix_lines(text: str) -> str:
    """Return a text all of whose lines end as on Windows, as git writes them there, with line feeds alone.

    Where only some do, those that stand inside literals may be meant.
    """
    return text.replace("\r\n", "\n") if text.count("\n") == text.count("\r\n") else text


def malformed(error: SyntaxError) -> MalformedRdf:
    """Return the engine's syntax error as ours, with the position where it knows one."""
    detail = re.sub(r"^Parser error at line \d+ (between columns \d+ and \d+|column \d+): ", "", error.msg)
    if error.lineno is None:
        return MalformedRdf(detail)
    return MalformedRdf(detail, position={"line": error.lineno, "column": error.offset or 1})


def _empty(more: Iterable[tuple[str, Any]]) -> Graph:
    """Return a graph that knows our prefixes first and then the others, where they do not clash."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in [*prefixes().items(), *more]:
        graph.bind(prefix, namespace, override=False)
    return graph


def comments(text: str) -> str:
    """Return the comments of a Turtle text that the canonical form keeps: those above the first statement."""
    return "".join(f"{found.text}\n" for found in remarks(text.removeprefix("\ufeff"), of_head=True))


class _Serializer(LongTurtleSerializer):
    """`longturtle` without its losses: rdflib rounds doubles and rewrites decimals and booleans."""

    first: URIRef | None = None

    def orderSubjects(self) -> list[Any]:  # noqa: N802 - the name is rdflib's
        """Order subjects by IRI, the header of an ontology first, blank nodes last.

        rdflib puts those first that others do not mention: a new triple would move another block. In an
        IRI of ours the kind comes before the name. Readers look for the header of an ontology at the
        beginning, and so do tools that stop at it.
        """
        headers = set(self.store.subjects(RDF.type, OWL.Ontology))
        return sorted(
            self._subjects,
            key=lambda subject: (
                subject != self.first,
                subject not in headers,
                isinstance(subject, BNode),
                self._references[subject] if isinstance(subject, BNode) else 0,
                subject,
            ),
        )

    def canonize(self) -> None:
        """Fix the names of blank nodes and the order of insertion, without parsing anything again."""
        if not self._canon:
            return
        graph = Graph(bind_namespaces="none")
        graph.namespace_manager = self.store.namespace_manager
        for triple in sorted(_without_chance(self.store), key=_line):
            graph.add(triple)
        self.store = graph

    def isValidList(self, l_: Any) -> bool:  # noqa: N802 - the name is rdflib's
        """Whether a node may be written as a collection: its cells hold nothing else and nothing else them.

        rdflib asks less: it writes a cell twice or never where it is also named elsewhere, and goes round
        for ever in a circle of cells.
        """
        cells: set[Any] = set()
        while l_ != RDF.nil:
            said = sorted(str(predicate) for predicate, _ in self.store.predicate_objects(l_))
            if said != [str(RDF.first), str(RDF.rest)] or l_ in cells or l_ in self._serialized:
                return False
            if cells and self._references[l_] != 1:
                return False
            cells.add(l_)
            l_ = self.store.value(l_, RDF.rest)
        return bool(cells)

    def label(self, node: Any, position: int) -> str:
        """Write a literal by its lexical form, bare where Turtle reads it back as the same term."""
        if not isinstance(node, Literal):
            return str(super().label(node, position))  # type: ignore[no-untyped-call]
        bare = _BARE.get(URIRef(node.datatype)) if node.datatype else None
        if bare and bare.fullmatch(node):
            return str(node)
        return self._quoted(node)

    def _quoted(self, node: Literal) -> str:
        text = _quote(node)
        if node.language:
            return f"{text}@{node.language}"
        if node.datatype is None or node.datatype == XSD.string:
            return text
        short = self.get_pname(node.datatype, False)  # type: ignore[no-untyped-call]
        return f"{text}^^{short or node.datatype.n3()}"


class _Plain:
    """A writer of graphs without blank nodes: the same text as the serializer's, in a tenth of its time.

    The order and the prefixes are the serializer's own.
    """

    def __init__(self, graph: Graph, first: URIRef | None) -> None:
        """Take a graph for its prefixes, and the subject to begin with."""
        self._names = _Serializer(graph)  # type: ignore[no-untyped-call]
        self._first = first
        self._known: dict[Any, str | None] = {}

    def written(self, source: Iterable[Any]) -> str | None:
        """Return the text; None for what only the serializer can write."""
        found: dict[Any, dict[Any, list[Any]]] = {}
        for subject, predicate, value in source:
            if isinstance(subject, BNode) or isinstance(value, BNode) or value == RDF.nil:
                return None
            if predicate != RDF.type and self._name(predicate) is None:
                return None  # the serializer makes a prefix
            found.setdefault(subject, {}).setdefault(predicate, []).append(value)
        blocks = [self._block(one, found[one]) for one in sorted(found, key=partial(self._order, found))]
        if self._names._ns_rewrite:  # noqa: SLF001 - two prefixes that clash
            return None
        names = sorted(self._names.namespaces.items())
        return "".join([*(f"PREFIX {name}: <{iri}>\n" for name, iri in names), *blocks])

    def _order(self, found: dict[Any, dict[Any, list[Any]]], subject: Any) -> tuple[bool, bool, str]:
        is_header = OWL.Ontology in found[subject].get(RDF.type, ())
        return subject != self._first, not is_header, subject

    def _block(self, subject: Any, said: dict[Any, list[Any]]) -> str:
        lines = [self._line(one, said[one]) for one in self._names.sortProperties(said)]
        return f"\n{self._term(subject)}\n" + "".join(f"{line} ;\n" for line in lines) + ".\n"

    def _line(self, predicate: Any, values: list[Any]) -> str:
        name = "a" if predicate == RDF.type else self._name(predicate)
        if len(values) == 1:
            return f"    {name} {self._term(values[0])}"
        values.sort(key=_sort_form)  # what rdflib holds equal stays in this order
        values.sort()
        listed = " ,\n".join(f"        {self._term(one)}" for one in values)
        return f"    {name}\n{listed}"

    def _term(self, node: Any) -> str:
        if isinstance(node, Literal):
            if node.datatype:
                self._name(node.datatype)  # its prefix is declared where the literal is written bare, too
            return self._names.label(node, 2)
        return self._name(node) or str(node.n3())

    def _name(self, node: Any) -> str | None:
        if node not in self._known:
            self._known[node] = self._names.get_pname(node, False)  # type: ignore[no-untyped-call]
        return self._known[node]


def _without_chance(graph: Graph) -> Iterable[Any]:
    """Return the triples with canonical blank nodes; most graphs have none and need no work."""
    has_blank = any(isinstance(term, BNode) for triple in graph for term in triple)
    return to_canonical_graph(graph) if has_blank else graph


def _line(triple: Any) -> str:
    """Return the triple much as N-Triples has it, to sort by."""
    return " ".join(_sort_form(term) for term in triple)


def _sort_form(term: Any) -> str:
    if isinstance(term, Literal):
        return f'"{term}"@{term.language}' if term.language else f'"{term}"^^<{term.datatype or ""}>'
    return f"_:{term}" if isinstance(term, BNode) else f"<{term}>"


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04X}"


def _quote(text: str) -> str:
    """Quote as rdflib does, long quotes for text of several lines; what no editor shows is escaped."""
    escaped = _CONTROL.sub(_escape, text.replace("\\", "\\\\").replace("\r", "\\r"))
    if "\n" not in text:
        return '"' + escaped.replace('"', '\\"') + '"'
    escaped = escaped.replace('"""', '\\"\\"\\"')
    if escaped.endswith('"') and not escaped.endswith('\\"\\"\\"'):
        escaped = escaped[:-1] + '\\"'
    return f'"""{escaped}"""'
