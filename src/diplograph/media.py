"""Media types: those that are offered, their file suffixes, and the negotiation between them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from diplograph.errors import InvalidParameter, NotAcceptable, UnknownResource

JSON = "application/json"
RESULTS_JSON = "application/sparql-results+json"
RESULTS_XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
TURTLE = "text/turtle"
N_TRIPLES = "application/n-triples"
JSON_LD = "application/ld+json"
RDF_XML = "application/rdf+xml"
TRIG = "application/trig"
N_QUADS = "application/n-quads"
SARIF = "application/sarif+json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A registered media type and the file suffixes that mean it, without the dot, the first preferred."""

    name: str
    suffixes: tuple[str, ...]

    @property
    def suffix(self) -> str:
        """The suffix that we write."""
        return self.suffixes[0]


MEDIA_TYPES: tuple[MediaType, ...] = (
    MediaType(RESULTS_JSON, ("json", "srj")),
    MediaType(RESULTS_XML, ("xml", "srx")),
    MediaType(CSV, ("csv",)),
    MediaType(TSV, ("tsv",)),
    MediaType(HTML, ("html",)),
    MediaType(TEXT, ("txt",)),
    MediaType(MARKDOWN, ("md",)),
    MediaType(TURTLE, ("ttl",)),
    MediaType(N_TRIPLES, ("nt",)),
    MediaType(JSON_LD, ("jsonld",)),
    MediaType(RDF_XML, ("rdf", "owl")),
    MediaType(TRIG, ("trig",)),
    MediaType(N_QUADS, ("nq",)),
    MediaType(JSON, ("json",)),
    MediaType(SARIF, ("sarif",)),
)


def _offers(*names: str) -> Mapping[str, str]:
    suffixes = {media.name: media.suffix for media in MEDIA_TYPES}
    return MappingProxyType({name: suffixes[name] for name in names})


SELECT_TYPES = _offers(RESULTS_JSON, RESULTS_XML, CSV, TSV, HTML)
"""What a SELECT or ASK result is offered in, the default first: media type → suffix."""
GRAPH_TYPES = _offers(TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
"""What a graph is offered in."""
DOCUMENT_TYPES = _offers(TURTLE, N_TRIPLES, JSON_LD, RDF_XML, HTML)
"""What a document about a thing is offered in."""
RDF_TYPES = _offers(TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
"""What RDF is read in."""
REPORT_TYPES = _offers(JSON, TEXT, TURTLE, HTML, SARIF)
"""What a validation report is offered in."""

_JSON_MEANS = (RESULTS_JSON, JSON_LD)
_ALSO_NAMED = {
    "json": JSON_LD,
    "json-ld": JSON_LD,
    "n3": TURTLE,
    "ntriples": N_TRIPLES,
    "rdf+xml": RDF_XML,
    "turtle": TURTLE,
    "xml": RDF_XML,
}
"""What a parameter may call a format of graphs beside the suffixes of files; Turtle is N3 as well."""


def negotiate(accept: str | None, offers: Collection[str]) -> str:
    """Pick the offered media type that the client likes best (RFC 9110, 12.5.1).

    Without Accept the first offer is chosen. Each offer is judged by the most specific range that matches
    it; on a tie the more specific range wins, then the order of the offers. `application/json` stands for
    SPARQL JSON or JSON-LD where it is not itself offered. Raises NotAcceptable, naming the offers.
    """
    ranges = parse_accept_header(accept, MIMEAccept)
    if not ranges:
        return next(iter(offers))
    wanted = [(_range(value, offers), quality) for value, quality in ranges]
    best: tuple[float, int] = (0, -1)
    chosen = None
    for offer in offers:
        judged = _judge(offer, wanted)
        if judged[0] > 0 and judged > best:
            best, chosen = judged, offer
    if chosen is None:
        raise NotAcceptable("None of the accepted media types is offered.", offers=list(offers))
    return chosen


def by_suffix(suffix: str, offers: Collection[str]) -> str:
    """Return the offered media type of a file suffix, with or without its dot; UnknownResource if none."""
    wanted = suffix.removeprefix(".").lower()
    for media in MEDIA_TYPES:
        if wanted in media.suffixes and media.name in offers:
            return media.name
    known = [media.suffix for media in MEDIA_TYPES if media.name in offers]
    raise UnknownResource(f"Nothing is offered here with the suffix .{wanted}.", near=known)


def by_parameter(name: str, value: str, offers: Collection[str]) -> str:
    """Return the offered media type that a parameter says, by a suffix or in full.

    A plus sign that became a space, as it does in a query string, is still read. Raises InvalidParameter,
    listing the suffixes.
    """
    wanted = _range(value.strip().replace(" ", "+"), offers)
    for media in MEDIA_TYPES:
        if media.name in offers and wanted in (media.name, *media.suffixes):
            return media.name
    if (found := _ALSO_NAMED.get(wanted)) in offers:
        return str(found)
    known = ", ".join(media.suffix for media in MEDIA_TYPES if media.name in offers)
    detail = f"{name} is {value[:60]!r}: expected one of {known}, or the media type of one."
    raise InvalidParameter(detail, parameters=[name])


def _range(value: str, offers: Collection[str]) -> str:
    """Return the bare media range, with the alias of JSON replaced by what it stands for."""
    name = value.partition(";")[0].strip().lower()
    if name == JSON and JSON not in offers:
        return next((meant for meant in _JSON_MEANS if meant in offers), name)
    return name


def _judge(offer: str, wanted: list[tuple[str, float]]) -> tuple[float, int]:
    """Return the quality of an offer and how specific the range was that gave it (-1: no range)."""
    matches = [
        (specificity, quality) for name, quality in wanted if (specificity := _specificity(name, offer)) >= 0
    ]
    specificity, quality = max(matches, default=(-1, 0.0))
    return quality, specificity


def _specificity(media_range: str, offer: str) -> int:
    if media_range == offer:
        return 2
    if media_range == f"{offer.partition('/')[0]}/*":
        return 1
    return 0 if media_range in ("*/*", "*") else -1
