"""Keys of JSON-LD that mean nothing: a processor drops them, with all that they say, without a word.

The engine tells which they are: it reads the document once more, with a vocabulary under everything, and what
it puts into that is what it drops without. A key that a context maps to null is dropped on purpose.
"""

import json
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyoxigraph
from pyoxigraph import Literal, RdfFormat

from diplograph.errors import DoesNotConform, TooComplex
from diplograph.namespaces import DGS, SH
from diplograph.rdf.reading import syntax_of, utf8
from diplograph.rdf.statements import Span
from diplograph.rdf.turtle import malformed
from diplograph.validation.locate import Text
from diplograph.validation.report import Finding, Report

KEYWORDS = frozenset(
    f"@{word}"
    for word in (
        *("base", "container", "context", "default", "direction", "graph", "id", "import", "included"),
        *("index", "json", "language", "list", "nest", "none", "prefix", "propagate", "protected"),
        *("reverse", "set", "type", "value", "version", "vocab"),
    )
)
"""https://www.w3.org/TR/json-ld11/#syntax-tokens-and-keywords"""
_UNDER = "urn:x-diplograph-dropped:"
_VOCABULARY = {"@vocab": _UNDER}
_IRI = re.compile(r"""[^\s<>"{}|\\^`:]+:[^\s<>"{}|\\^`]*""")
_UNSAFE = re.compile(r"[^\w.-]")
_KEY = re.compile(r'"((?:[^"\\]++|\\.)*+)"(\s*:)?')


def dropped(texts: Iterable[Text]) -> list[Finding]:
    """Return a finding, with its place, for each key of JSON-LD that is dropped and each node it is of.

    Raises TooComplex for a text that is nested too deep.
    """
    found: list[Finding] = []
    for text in texts:
        if syntax_of(text.syntax, text.content) == RdfFormat.JSON_LD:
            try:
                found += _dropped(text)
            except RecursionError as error:
                raise TooComplex("The JSON is nested too deep to tell what its keys mean.") from error
    return found


def require_mapped(text: Text) -> None:
    """Raise DoesNotConform, with the report, for a text with keys that are dropped."""
    if found := dropped([text]):
        detail = "Keys of JSON-LD mean nothing; nothing was changed."
        raise DoesNotConform(detail, report=Report.of(found).to_dict())


def _dropped(text: Text) -> Iterator[Finding]:
    source = utf8(text.content, RdfFormat.JSON_LD).decode("utf-8")
    document = json.loads(source, parse_int=_number, parse_float=_number)
    nodes: dict[str, dict[str, None]] = {}
    for key, node in _unmapped(document, text.base):
        nodes.setdefault(key, {})[node] = None
    spans, breaks = _spans(source), [-1, *(found.start() for found in re.finditer("\n", source))]
    for key, named in nodes.items():
        at = spans[key] if len(spans[key]) == len(named) else spans[key][:1] * len(named)
        for node, span in zip(named, at, strict=True):
            yield _placed(_finding(key, node), text.name, breaks, span)


def _number(digits: str) -> float | str:
    """Return a number that JSON can be written with again: of a key's value only counts that there is one."""
    value = float(digits)
    return value if math.isfinite(value) else digits


def _unmapped(document: Any, base: str) -> Iterator[tuple[str, str]]:
    """Yield each key that the engine drops, with the node that it is of.

    A term that a context maps to what means nothing itself is dropped as that.
    """
    keys: dict[str, str] = {}
    under = _over_vocabulary(document, keys)
    body = under if isinstance(under, dict) else {"@graph": under}
    body["@context"] = [_VOCABULARY, *_listed(body.get("@context", []))]
    try:
        quads = list(pyoxigraph.parse(json.dumps(body), RdfFormat.JSON_LD, base_iri=base))
    except SyntaxError as error:
        raise malformed(error) from error
    for quad in quads:
        if quad.predicate.value.startswith(_UNDER):
            end = quad.predicate.value.removeprefix(_UNDER)
            yield keys.get(end, end), str(quad.subject).strip("<>")


def _over_vocabulary(part: Any, keys: dict[str, str]) -> Any:
    """Return a part of a document in which no context ends the vocabulary, and every key can end an IRI.

    `keys` takes up which key each end stands for.
    """
    if isinstance(part, list):
        return [_over_vocabulary(item, keys) for item in part]
    if not isinstance(part, dict):
        return part
    made = {}
    for key, value in part.items():
        inner = _over_vocabulary(value, keys)
        if key == "@context":
            inner = [context for one in _listed(inner) for context in ((one,) if one else (one, _VOCABULARY))]
        made[_end(key, keys)] = _UNDER if key == "@vocab" and value is None else inner
    return made


def _end(key: str, keys: dict[str, str]) -> str:
    if key in KEYWORDS or _IRI.fullmatch(key):
        return key
    end = _UNSAFE.sub(lambda found: f"-{ord(found[0]):x}-", key)
    keys[end] = key
    return end


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _spans(source: str) -> dict[str, list[Span]]:
    """Return where each key stands, in the order of the text; where a text stands that is no key."""
    found: dict[str, list[Span]] = {}
    others: dict[str, list[Span]] = {}
    for token in _KEY.finditer(source):
        kind = found if token[2] else others
        kind.setdefault(json.loads(f'"{token[1]}"'), []).append((token.start(), token.end(1) + 1))
    return others | found


def _finding(key: str, node: str) -> Finding:
    return Finding(
        severity="violation",
        shape=str(DGS.KeyMapped),
        component=str(SH.ClosedConstraintComponent),
        focus=node,
        path=None,
        value=str(Literal(key)),
        message=f"The key {Literal(key)} of JSON-LD means nothing: what it says would be dropped.",
        cure="Map the key to a property in @context, or to null to leave out what it says.",
    )


def _placed(finding: Finding, file: str | None, breaks: Sequence[int], span: Span) -> Finding:
    """Return a finding at a range of a line; `breaks` are the line feeds, the first before the text."""
    start, end = span
    line = bisect_left(breaks, start)
    column = start - breaks[line - 1]
    last = column + end - start
    return replace(finding, file=file, line=line, column=column, end_line=line, end_column=last)
