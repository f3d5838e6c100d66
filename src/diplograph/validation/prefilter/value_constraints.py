"""Constraint components on single value nodes, each as one SPARQL expression."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph
from rdflib import RDF, RDFS, XSD, Graph, URIRef
from rdflib.term import BNode, Literal, Node

from diplograph.namespaces import SH
from diplograph.rdf.terms import to_oxigraph
from diplograph.sparql import paths
from diplograph.sparql.paths import InexpressibleError, Path, iri, members
from diplograph.sparql.patterns import Pattern, chain, is_portable
from diplograph.validation.validation_graph import is_kept

Leaf = Callable[[Graph, Node, Node, str, bool], str]
_KINDS: Mapping[Node, str] = {
    SH.IRI: "isIRI({0})",
    SH.BlankNode: "isBlank({0})",
    SH.Literal: "isLiteral({0})",
    SH.BlankNodeOrIRI: "(isBlank({0}) || isIRI({0}))",
    SH.BlankNodeOrLiteral: "(isBlank({0}) || isLiteral({0}))",
    SH.IRIOrLiteral: "(isIRI({0}) || isLiteral({0}))",
}
_DAY = r"[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?"
_FORMS: Mapping[Node, str] = {
    XSD.integer: "^-?[0-9]+$",
    XSD.decimal: r"^-?[0-9]+(\\.[0-9]+)?$",
    XSD.boolean: "^(true|false)$",
    XSD.date: f"^{_DAY}$",
    XSD.dateTime: f"^{_DAY}T{_TIME}$",
}
"""Lexical forms that rdflib and the engine both read, if the day is one of its month."""
_LAST: Mapping[Node, str] = {
    XSD.date: f'"9999-12-31"^^<{XSD.date}>',
    XSD.dateTime: f'"9999-12-31T00:00:00Z"^^<{XSD.dateTime}>',
}
_NUMBERS = f"(<{XSD.integer}>, <{XSD.decimal}>)"
_SPECIAL = {RDFS.Literal, RDFS.Datatype, RDF.HTML, RDF.XMLLiteral}
_DOUBTFUL = ((r"\\[wWdD]", "[^ -~]"), (r"\\[sS]", r"[\\x1C-\\x1F]"))
"""Classes of characters, and the characters that Python and the engine may class otherwise."""


def term(node: Node) -> str:
    """Write a term of the shapes; InexpressibleError for one that the engine would read as another."""
    if isinstance(node, BNode):
        raise InexpressibleError
    if isinstance(node, URIRef):
        return f"<{iri(node)}>"
    try:
        found = to_oxigraph(node)
    except (TypeError, ValueError) as error:
        raise InexpressibleError from error
    if not isinstance(found, pyoxigraph.Literal) or not is_kept(found):
        raise InexpressibleError
    return str(found)


def either(parts: Iterable[str]) -> str:
    """Return the expression that one of some expressions is true."""
    found = list(dict.fromkeys(part for part in parts if part != "false"))
    if "true" in found:
        return "true"
    return f"({' || '.join(found)})" if found else "false"


def negation(expression: str) -> str:
    """Return the expression that another is false."""
    known = {"true": "false", "false": "true"}
    return known.get(expression) or f"!({expression})"


def guarded(expression: str, *, sure: bool) -> str:
    """Return an expression that never ends in an error: who cannot tell suspects, and is not sure."""
    return f"COALESCE({expression}, {'false' if sure else 'true'})"


def unknown(*, sure: bool) -> str:
    """Return what is said of a value when nothing is known."""
    return "false" if sure else "true"


def _class(shapes: Graph, _: Node, parameter: Node, value: str, sure: bool) -> str:  # noqa: ARG001
    path = f"<{RDF.type}>/<{RDFS.subClassOf}>*" if sure else f"<{RDF.type}>"
    return f"NOT EXISTS {{ {value} {path} {term(parameter)} }}"


def _datatype(shapes: Graph, _: Node, parameter: Node, value: str, sure: bool) -> str:  # noqa: ARG001
    name = term(parameter)
    if parameter in _SPECIAL:
        return unknown(sure=sure)
    if parameter == RDF.langString:
        return f'(!isLiteral({value}) || LANG({value}) = "")'
    other = f"(!isLiteral({value}) || DATATYPE({value}) != {name})"
    if sure or parameter == XSD.string:
        return guarded(other, sure=sure)
    if parameter in _FORMS:
        bound = f" && {value} <= {_LAST[parameter]}" if parameter in _LAST else ""
        return guarded(f'({other} || !(REGEX(STR({value}), "{_FORMS[parameter]}"){bound}))', sure=False)
    known = str(parameter).startswith((str(XSD), str(RDF), str(RDFS)))
    return "true" if known else guarded(other, sure=False)


def _node_kind(shapes: Graph, _: Node, parameter: Node, value: str, sure: bool) -> str:  # noqa: ARG001
    if parameter not in _KINDS:
        raise InexpressibleError
    return "!" + _KINDS[parameter].format(value)


def _in(shapes: Graph, _: Node, parameter: Node, value: str, sure: bool) -> str:  # noqa: ARG001
    found = [term(member) for member in members(shapes, parameter)]
    return negation(either(f"sameTerm({value}, {member})" for member in found))


def _length(mark: str) -> Leaf:
    def leaf(shapes: Graph, _: Node, parameter: Node, value: str, sure: bool) -> str:  # noqa: ARG001
        length = integer(parameter)
        blank = "" if (mark, length) == ("<", 0) else f"isBlank({value}) || "
        return guarded(f"({blank}STRLEN(STR({value})) {mark} {length})", sure=sure)

    return leaf


def _pattern(shapes: Graph, shape: Node, parameter: Node, value: str, sure: bool) -> str:
    flags = {str(flag) for flag in shapes.objects(shape, SH.flags)}
    text = str(parameter)
    if sure or not isinstance(parameter, Literal) or not flags <= {"", "i"} or len(flags) > 1:
        return unknown(sure=sure)
    if not is_portable(text):
        return unknown(sure=sure)
    pattern, flag = str(pyoxigraph.Literal(text)), str(pyoxigraph.Literal("".join(flags)))
    doubts = [chars for kind, chars in _DOUBTFUL if re.search(kind, text) or "i" in flags]
    parts = [f"isBlank({value})", *(f'REGEX(STR({value}), "{chars}")' for chars in doubts)]
    return guarded(either([*parts, f"!REGEX(STR({value}), {pattern}, {flag})"]), sure=False)


def _language_in(shapes: Graph, _: Node, parameter: Node, value: str, sure: bool) -> str:
    ranges = [str(member).lower() for member in members(shapes, parameter) if isinstance(member, Literal)]
    if "*" in ranges or not ranges:
        return unknown(sure=sure)
    tags = ", ".join(str(pyoxigraph.Literal(tag)) for tag in ranges)
    tag = f"LCASE(LANG({value}))"
    primary = f'STRBEFORE({tag}, "-")'
    matches = f'(LANG({value}) != "" && ({tag} IN ({tags}) || {primary} IN ({tags})))'
    return guarded(f"(!isLiteral({value}) || !{matches})", sure=sure)


def _bound(mark: str) -> Leaf:
    def leaf(shapes: Graph, _: Node, parameter: Node, value: str, sure: bool) -> str:  # noqa: ARG001
        if sure or not isinstance(parameter, Literal):
            return unknown(sure=sure)
        return suspected(value, mark, term(parameter), parameter.datatype)

    return leaf


def suspected(value: str, mark: str, other: str, datatype: Node | None) -> str:
    """Return the expression that a comparison may fail: only dates and exact numbers are relied on."""
    if datatype in (XSD.integer, XSD.decimal):
        trusted = f"DATATYPE({value}) IN {_NUMBERS}"
    elif datatype == XSD.date:
        trusted = f"DATATYPE({value}) = <{XSD.date}> && STRLEN(STR({value})) = 10"
    else:
        return "true"
    return guarded(f"!({trusted} && {value} {mark} {other})", sure=False)


def integer(parameter: Node) -> int:
    """Return a count that a shape gives; InexpressibleError when it is none."""
    if not isinstance(parameter, Literal) or not isinstance(parameter.value, int) or parameter.value < 0:
        raise InexpressibleError
    return int(parameter.value)


LEAVES: Mapping[Node, Leaf] = {
    SH["class"]: _class,
    SH.datatype: _datatype,
    SH.nodeKind: _node_kind,
    SH["in"]: _in,
    SH.minLength: _length("<"),
    SH.maxLength: _length(">"),
    SH.pattern: _pattern,
    SH.languageIn: _language_in,
    SH.minInclusive: _bound(">="),
    SH.minExclusive: _bound(">"),
    SH.maxInclusive: _bound("<="),
    SH.maxExclusive: _bound("<"),
}


@dataclass(frozen=True)
class Scope:
    """A shape at a node: the variable of the node, and the path to its value nodes if it has one."""

    shape: Node
    focus: str
    path: Path | None
    depth: int


def reached(place: Scope, value: str, condition: str) -> str:
    """Return the expression that a value node, named by a variable, meets a condition."""
    test = "" if condition == "true" else f"FILTER({condition})"
    steps = [Pattern(place.focus, place.path or paths.HERE, value)]
    return f"EXISTS {{ {chain(steps, frozenset({place.focus}), test)} }}"


def both(parts: Iterable[str]) -> str:
    """Return the expression that all of some expressions are true."""
    return negation(either(negation(part) for part in parts))
