"""RDF/XML: triples as XML 1.0, which comes back as it was; what XML cannot hold is an error.

Written here and not by Oxigraph, which writes text that no other reader takes: elements without a name for
properties and classes whose IRI ends in none, control characters, and CR, which every reader makes LF.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from html import escape as escape_html
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from diplograph.errors import NotAcceptable

escape = partial(escape_html, quote=False)
"""What `xml.sax.saxutils` has too, which imports all of HTTP for it: a worker starts a quarter faster."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold in any form (2.2)."""
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHAR = rf"{_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-"
_TAIL = re.compile(rf"(?s:.*)[^{_CHAR}]([{_CHAR}]*)")
_FIRST = re.compile(f"[{_START}]")
_LABEL = re.compile(f"(?!_)[{_START}][{_CHAR}]*")
_RESERVED = frozenset(
    _RDF + name
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("Description", "li", "aboutEach", "aboutEachPrefix", "bagID"),
    )
)
"""What as the name of an element means something else than the property (RDF 1.1 XML Syntax, 5.1 and 7.4)."""
_XMLNS = "http://www.w3.org/2000/xmlns/"
OTHERS = ("text/turtle", "application/n-triples", "application/ld+json")


def serialised(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """Write triples in their order, those of one subject that follow each other in one element.

    Raises NotAcceptable, at the latest with the last piece, for what RDF/XML cannot hold.
    """
    declared = dict(sorted({**prefixes, "rdf": _RDF}.items()))
    spaces = "".join(f' xmlns:{prefix}="{escape(space)}"' for prefix, space in declared.items())
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'.encode()
    short = {space: f"{prefix}:" for prefix, space in declared.items()}
    tags: dict[str, tuple[str, str]] = {}
    for subject, found in groupby(triples, key=lambda triple: triple.subject):
        lines = [f"\t<rdf:Description{_reference('about', subject)}>\n"]
        for triple in found:
            property_ = triple.predicate.value
            if property_ not in tags:
                tags[property_] = _tag(property_, short)
            lines.append(_element(*tags[property_], triple.object))
        yield "".join([*lines, "\t</rdf:Description>\n"]).encode()
    yield b"</rdf:RDF>\n"


def text(value: str, others: Sequence[str] = OTHERS) -> str:
    """Write the text of an element so that readers give all of it back.

    Raises NotAcceptable, which offers other media types, for characters that XML cannot hold.
    """
    found = NOT_XML.search(value)
    if found:
        raise _unfit(f"the character U+{ord(found[0]):04X} in the text {value[:100]!a}", others)
    return escape(value).replace("\r", "&#13;")


def _unfit(what: str, others: Sequence[str] = OTHERS) -> NotAcceptable:
    hint = f"Ask for another type: {', '.join(others)}."
    return NotAcceptable(f"XML cannot hold {what}.", offers=list(others), hint=hint)


def _element(tag: str, declaration: str, value: object) -> str:
    opened = f"\t\t<{tag}{declaration}"
    if not isinstance(value, Literal):
        return f"{opened}{_reference('resource', value)}/>\n"
    if value.direction is not None:
        raise _unfit(f"the direction of the text {value}")
    if value.language:
        opened += f' xml:lang="{value.language}"'
    elif value.datatype.value != _STRING:
        opened += f' rdf:datatype="{escape(value.datatype.value)}"'
    return f"{opened}>{text(value.value)}</{tag}>\n"


def _reference(attribute: str, term: object) -> str:
    if isinstance(term, NamedNode):
        return f' rdf:{attribute}="{escape(term.value)}"'
    if isinstance(term, BlankNode):
        return f' rdf:nodeID="{_label(term.value)}"'
    raise _unfit(f"the triple term {term}")


def _label(label: str) -> str:
    """Return the label of a blank node, as a name that no other label becomes where it is none in XML."""
    return label if _LABEL.fullmatch(label) else f"_{label.encode().hex()}"


def _tag(iri: str, short: Mapping[str, str]) -> tuple[str, str]:
    """Return the name of a property's element, and the declaration that it needs."""
    tail = _TAIL.fullmatch(iri)
    first = _FIRST.search(tail[1]) if tail else None
    if tail is None or first is None or iri in _RESERVED or iri.startswith(_XMLNS):
        raise _unfit(f"the property <{iri}>, which has no name there")
    local = tail[1][first.start() :]
    space = iri.removesuffix(local)
    return (short[space] + local, "") if space in short else (local, f' xmlns="{escape(space)}"')
