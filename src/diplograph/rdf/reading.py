"""Reading: the syntax of a file or an upload, and its bytes as UTF-8, unpacked within a bound."""

import codecs
import gzip
import io
import re
import zlib
from pathlib import Path

from pyoxigraph import RdfFormat

from diplograph.errors import DiplographError, MalformedRdf, TooLarge, UnsupportedMediaType

SUFFIXES = ("ttl", "nt", "jsonld", "rdf", "owl", "trig", "nq")
"""The suffixes of RDF; each may have `.gz` behind it."""
_ALSO = ("json", "xml")
"""Suffixes of much else that are taken for RDF where a file is named."""
PACKED = ".gz"
MAX_UNPACKED = 256 << 20
"""To how many bytes a packed file may unpack."""
_UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|<\0|\0<")
_ENCODING = re.compile(r"""(\A<\?xml[^>]*?)\sencoding\s*=\s*(?:"[^"]*"|'[^']*')""")
_XML = re.compile(rb"\s*<(!--|[^\s<>]+\s)")
"""A tag with white space in it, which no IRI of Turtle has."""


def syntax_of(name: str, content: bytes = b"<?xml") -> RdfFormat:
    """Return the syntax of a media type, a suffix, or the name of a file with these contents.

    What ends in `.owl` is RDF/XML, or Turtle where it is no XML. Raises UnsupportedMediaType with the
    suffixes that there are.
    """
    plain = name.split(";", maxsplit=1)[0].strip().lower()
    suffix = plain.removesuffix(PACKED).rpartition(".")[2]
    if suffix == "owl":
        return RdfFormat.RDF_XML if _XML.match(utf8(content, RdfFormat.RDF_XML)) else RdfFormat.TURTLE
    if "/" in plain:
        found = RdfFormat.from_media_type(plain)
    else:
        found = RdfFormat.from_extension(suffix) if suffix in (*SUFFIXES, *_ALSO) else None
    if found is None:
        listed = ", ".join(f".{known}" for known in SUFFIXES)
        raise UnsupportedMediaType(
            f"No RDF syntax is known as {name!r}.",
            hint=f"Name the file by its syntax: {listed}, each also with {PACKED} behind it.",
        )
    return found


def utf8(content: bytes, syntax: RdfFormat) -> bytes:
    """Return a text as UTF-8 without a byte order mark; MalformedRdf for what its syntax cannot be in."""
    if not _UTF_16.match(content):
        return content.removeprefix(codecs.BOM_UTF8)
    if syntax != RdfFormat.RDF_XML:
        raise MalformedRdf(
            f"{syntax.name} is written in UTF-8, and this is UTF-16.", hint="Save it as UTF-8."
        )
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    unmarked = "utf-16-be" if content.startswith(b"\0") else "utf-16-le"
    try:
        text = content.decode("utf-16" if marked else unmarked)
    except UnicodeDecodeError as error:
        raise MalformedRdf(f"Not UTF-16: {error.reason} at byte {error.start}.") from error
    return _ENCODING.sub(r'\1 encoding="UTF-8"', text).encode("utf-8")


def unpacked(name: str, content: bytes, limit: int = MAX_UNPACKED) -> bytes:
    """Return what a file holds, unpacked where its name ends in `.gz`; TooLarge for more bytes than a limit.

    Raises MalformedRdf for what is not gzip.
    """
    if not name.lower().endswith(PACKED):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            found = stream.read(limit + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise MalformedRdf(
            f"Not gzip: {error}.", hint=f"Take {PACKED} off the name, or pack the file."
        ) from error
    if len(found) > limit:
        raise TooLarge(f"The file unpacks to more than {limit} bytes.", limit=limit)
    return found


def is_rdf(name: str) -> bool:
    """Whether the name of a file ends in a suffix of RDF, packed or not."""
    _, dot, suffix = name.lower().removesuffix(PACKED).rpartition(".")
    return bool(dot) and suffix in SUFFIXES


def read(path: Path, suffix: str | None = None) -> tuple[bytes, RdfFormat]:
    """Return a file as UTF-8 and its syntax, by its name where no suffix is given.

    Raises UnsupportedMediaType, TooLarge, or MalformedRdf, with the file.
    """
    try:
        content = unpacked(path.name, path.read_bytes())
        syntax = syntax_of(suffix or path.name, content)
        return utf8(content, syntax), syntax
    except DiplographError as error:
        raise type(error)(error.detail, **error.facts, file=str(path)) from error
