"""Health: health, version and limits, for whoever runs the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from platform import python_version

from flask import Blueprint, Response

from diplograph import __version__, media, search
from diplograph.engine.protocol import Operation
from diplograph.engine.scheduling import SLICE, most_of_client
from diplograph.errors import DiplographError, EngineUnavailable
from diplograph.repository import Repository
from diplograph.settings import CONNECT_SECONDS, GRACE_SECONDS
from diplograph.sparql.guard import MAX_QUERY, MAX_TOKENS
from diplograph.translations import gettext, gettext_noop, number
from diplograph.validation.rdf_parsing import MAX_IRI
from diplograph.web import connections, request_parsing, responses
from diplograph.web.addresses import absolute, address
from diplograph.web.graph_store import WRONG_TOKENS

READY = Operation("ASK { ?s ?p ?o }", "ask", ours=True)
PROBE_SECONDS = 2.0
ENGINES = gettext_noop({"embedded": "embedded", "remote": "remote"})
REMOTE = {
    "engine_connect_seconds": CONNECT_SECONDS,
    "engine_grace_seconds": GRACE_SECONDS,
}


LIMITS: tuple[tuple[str, Mapping[str, str]], ...] = gettext_noop(
    (
        (
            "A query",
            {
                "query_seconds": "Time, waiting included",
                "query_memory_bytes": "Memory",
                "query_text_bytes": "Length of its text",
                "query_tokens": "Words and marks in its text",
                "short_query_processor_seconds": "Processor time up to which it is a short one",
                "reconciliation_queries": "Queries in one batch of reconciliation",
            },
        ),
        (
            "An answer",
            {
                "result_bytes": "Size of a result",
                "result_rows": "Rows of a result",
                "answers_under_way_bytes": "All answers that wait to be sent",
                "answers_under_way_bytes_per_client": "Those of one client",
                "kept_answers_bytes": "Answers kept in memory to be sent again",
            },
        ),
        (
            "What is sent to the service",
            {
                "upload_bytes": "RDF to be checked or added",
                "upload_triples": "Triples in it",
                "upload_iri_characters": "Characters of one IRI in it",
                "form_bytes": "A form",
                "form_fields": "Fields of a form",
                "form_parts": "Parts of a form with files",
                "form_part_heads_bytes": "Head of one part",
                "request_head_bytes": "Head of a request",
                "request_head_seconds": "Time to send the head",
                "refused_body_read_bytes": "Read of a body that is refused",
                "refused_body_read_seconds": "Time to read it",
            },
        ),
        (
            "A report of a check",
            {
                "report_findings": "Findings that it lists",
                "report_uncovered_triples": "Triples without a shape that it lists",
            },
        ),
        (
            "One client",
            {
                "queries_per_client": "Queries that run or wait",
                "running_queries_per_client": "Queries that run",
                "processor_seconds_per_client_and_minute": "Processor time in a minute",
                "processor_seconds_per_client_at_once": "Processor time at once, after a pause",
                "wrong_tokens_per_client_and_minute": "Wrong tokens in a minute",
                "connections_per_client": "Connections",
                "least_bytes_per_second": "Least that is sent or taken in a second",
                "slow_reader_seconds": "Time for which it may take less",
                "slow_sender_seconds": "Time for which it may send less and take nothing",
                "loopback_clients_are_limited": "Clients on the same machine are limited, too",
            },
        ),
        (
            "The service",
            {
                "workers": "Queries that run at the same time",
                "waiting_queries": "Queries that wait",
                "connections": "Connections",
                "engine": "Engine",
                "engine_connect_seconds": "Time to connect to the engine",
                "engine_grace_seconds": "Time added for the engine to stop by itself",
            },
        ),
    )
)
"""Each limit in words for people, by what it is of; programs read the names."""


@dataclass(frozen=True, slots=True)
class Health:
    """Reports on the service itself."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the reports."""
        pages = Blueprint("operations", __name__)
        pages.add_url_rule("/health/live", view_func=self.live)
        pages.add_url_rule("/health/ready", view_func=self.ready)
        pages.add_url_rule("/version", view_func=self.version)
        pages.add_url_rule("/limits", view_func=self.limits)
        pages.add_url_rule("/robots.txt", view_func=self.robots)
        return pages

    def live(self) -> Response:
        """Says that the process answers."""
        return responses.Facts(gettext_noop("Live"), {"status": "live"}).respond(keep=False)

    def ready(self) -> Response:
        """Says whether a release is open and the engine answers a query."""
        try:
            answer = self.repository.engine.evaluate(READY, media.RESULTS_JSON, PROBE_SECONDS)
        except DiplographError as error:
            raise EngineUnavailable(f"The engine does not answer: {error.title}.") from error
        values = {
            "status": "ready",
            "release": self.repository.release.name,
            "elapsed": round(answer.elapsed, 4),
        }
        return responses.Facts(gettext_noop("Ready"), values).respond(keep=False)

    def version(self) -> Response:
        """Names the software and the release in service."""
        release = self.repository.release
        values = {
            "software": "diplograph",
            "version": __version__,
            "python": python_version(),
            "release": release.id,
            "name": release.name,
            "created": release.manifest["created"],
        }
        return responses.Facts(gettext_noop("Version"), values).respond()

    def limits(self) -> Response:
        """Prints every limit in force; times in seconds, sizes in bytes."""
        settings = self.repository.settings
        values = {
            "query_seconds": settings.timeout,
            "query_memory_bytes": settings.memory,
            "query_text_bytes": MAX_QUERY,
            "query_tokens": MAX_TOKENS,
            "result_bytes": settings.max_result,
            "result_rows": settings.max_rows,
            "answers_under_way_bytes": settings.max_under_way,
            "answers_under_way_bytes_per_client": settings.max_under_way_per_client,
            "upload_bytes": settings.max_upload,
            "upload_triples": settings.max_upload_triples,
            "upload_iri_characters": MAX_IRI,
            "form_bytes": request_parsing.MAX_FORM,
            "form_fields": request_parsing.MAX_FIELDS,
            "form_parts": request_parsing.MAX_PARTS,
            "form_part_heads_bytes": request_parsing.MAX_PART_HEADS,
            "report_findings": settings.max_findings,
            "report_uncovered_triples": settings.max_findings,
            "reconciliation_queries": search.MAX_BATCH,
            "refused_body_read_bytes": request_parsing.DRAIN,
            "refused_body_read_seconds": request_parsing.DRAIN_SECONDS,
            "request_head_bytes": settings.max_head,
            "request_head_seconds": settings.head_seconds,
            "connections": settings.most_connections,
            "connections_per_client": None if settings.trusted_proxies else settings.connections_per_client,
            "least_bytes_per_second": settings.least_rate,
            "slow_reader_seconds": connections.SENDING,
            "slow_sender_seconds": settings.patience,
            "kept_answers_bytes": settings.max_cache,
            "workers": settings.workers,
            "engine": "remote" if settings.engine else "embedded",
            **(REMOTE if settings.engine else {}),
            "waiting_queries": settings.queue_length,
            "queries_per_client": settings.queries_per_client,
            "running_queries_per_client": most_of_client(settings.workers),
            "short_query_processor_seconds": SLICE,
            "processor_seconds_per_client_and_minute": settings.client_seconds,
            "processor_seconds_per_client_at_once": settings.client_burst,
            "wrong_tokens_per_client_and_minute": WRONG_TOKENS,
            "loopback_clients_are_limited": settings.limit_loopback,
        }
        if responses.accept(responses.FACTS_TYPES) == media.HTML:
            return responses.page("limits.html", title=gettext("Limits"), parts=list(in_parts(values)))
        return responses.Facts("Limits", values).respond()

    def robots(self) -> Response:
        """Tells crawlers what to leave alone."""
        lines = [
            "User-agent: *",
            f"Disallow: {address('/sparql')}",
            f"Disallow: {address('/validate')}",
            f"Sitemap: {absolute('/sitemap.xml')}",
            "",
        ]
        return responses.send("\n".join(lines), media.TEXT)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as people read it: what it is of, how much, and the name that programs know it by."""

    says: str
    amount: str
    name: str


def in_parts(values: Mapping[str, object]) -> Iterator[tuple[str, list[Limit]]]:
    """The limits in force under the headings of LIMITS."""
    for heading, known in LIMITS:
        yield (
            gettext(heading),
            [
                Limit(gettext(says), amount(name, values[name]), name)
                for name, says in known.items()
                if name in values
            ],
        )


def amount(name: str, value: object) -> str:
    """A limit with its unit, which its name tells: seconds, bytes, or else a number of something."""
    if value is None:
        return gettext("no limit")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if not isinstance(value, int | float):
        return gettext(ENGINES.get(str(value), str(value)))
    if name == "least_bytes_per_second":
        return gettext("%(size)s a second", size=responses.size(int(value)))
    if "_bytes" in name:
        return responses.size(int(value))
    return gettext("%(seconds)s s", seconds=number(value)) if "seconds" in name else number(value)
