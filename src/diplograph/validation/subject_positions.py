"""Positions of subjects in JSON-LD and RDF/XML, as far as the text itself names them.

In JSON-LD a subject is the object whose `@id` names it; the terms, the prefixes and the base of the contexts
at the top are followed. In RDF/XML it is the element with `rdf:about`, `rdf:ID` or `rdf:nodeID`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from pyoxigraph import RdfFormat

from diplograph.namespaces import RDF
from diplograph.rdf.statements import Span
from diplograph.rdf.turtle_tokens import resolved

_JSON = re.compile(r'"(?:[^"\\]++|\\.)*"|[{}:]')
_XML_BASE = "http://www.w3.org/XML/1998/namespace base"


def located(text: str, syntax: RdfFormat, base: str | None) -> Mapping[str, Span]:
    """Return the place of each subject that the text names, the first where it stands several times."""
    pairs = _of_json(text, base) if syntax == RdfFormat.JSON_LD else _of_xml(text, base)
    found: dict[str, Span] = {}
    for subject, span in sorted(pairs, key=lambda pair: pair[1]):
        found.setdefault(subject, span)
    return found


def _of_json(text: str, base: str | None) -> Iterator[tuple[str, Span]]:
    """Yield each node that has more than its name, with the place of the name."""
    context = _context(json.loads(text, parse_int=str))  # an int has at most 4,300 digits
    aliases = {"@id", *(name for name, meaning in context.items() if meaning == "@id")}
    stack: list[_Object] = []
    previous = ""
    for found in _JSON.finditer(text):
        mark = found[0]
        if mark == "{":
            stack.append(_Object())
        elif mark == ":":
            stack[-1].keys.append(json.loads(previous))
        elif mark == "}":
            node = stack.pop()
            if node.name and not node.name.startswith("@") and len(node.keys) > 1:
                yield _iri(node.name, context, context.get("@base", base)), node.span
        elif previous == ":" and stack[-1].keys[-1] in aliases:
            stack[-1].name, stack[-1].span = json.loads(mark), found.span()
        previous = mark


@dataclass(slots=True)
class _Object:
    keys: list[str] = field(default_factory=list)
    name: str | None = None
    span: Span = (0, 0)


def _context(document: Any) -> dict[str, str]:
    """Return what the terms of the contexts at the top mean, where that is an IRI or a keyword."""
    given = document.get("@context", {}) if isinstance(document, dict) else {}
    merged: dict[str, str] = {}
    for context in given if isinstance(given, list) else [given]:
        if isinstance(context, dict):
            merged |= {name: meaning for name, value in context.items() if (meaning := _expanded(value))}
    return merged


def _expanded(value: Any) -> str | None:
    found = value.get("@id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def _iri(name: str, context: Mapping[str, str], base: str | None) -> str:
    prefix, colon, local = name.partition(":")
    if colon and prefix in context and not local.startswith("//"):
        return context[prefix] + local
    return name if colon else resolved(name, base)


def _of_xml(text: str, base: str | None) -> Iterator[tuple[str, Span]]:
    """Yield each element that names its subject, with the place of its tag."""
    reader = _Elements(text, base)
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = lambda _, attributes: reader.start(parser, attributes)
    parser.EndElementHandler = lambda _: reader.bases.pop()
    with suppress(expat.ExpatError):  # RDF/XML may hold nothing at all, which is no XML
        parser.Parse(text.encode("utf-8"), True)
    yield from reader.found


class _Elements:
    def __init__(self, text: str, base: str | None) -> None:
        self.text, self.bases = text, [base]
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.found: list[tuple[str, Span]] = []

    def start(self, parser: expat.XMLParserType, attributes: Mapping[str, str]) -> None:
        """Take an element: its base holds for what is in it, and its name is a subject."""
        here = attributes.get(_XML_BASE)
        self.bases.append(self.bases[-1] if here is None else resolved(here, self.bases[-1]))
        name = self._subject(attributes)
        if name is not None:
            start = self.starts[parser.CurrentLineNumber - 1] + parser.CurrentColumnNumber
            self.found.append((name, (start, self.text.index(">", start) + 1)))

    def _subject(self, attributes: Mapping[str, str]) -> str | None:
        names = {key.removeprefix(f"{RDF} "): value for key, value in attributes.items()}
        if "nodeID" in names:
            return f"_:{names['nodeID']}"
        reference = f"#{names['ID']}" if "ID" in names else names.get("about")
        return None if reference is None else resolved(reference, self.bases[-1])
