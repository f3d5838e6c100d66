"""Health: health, version and limits, for whoever runs the service."""

from __future__ import annotations

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
from diplograph.validation.rdf_parsing import MAX_IRI
from diplograph.web import connections, request_parsing, responses
from diplograph.web.addresses import absolute, address
from diplograph.web.graph_store import WRONG_TOKENS

READY = Operation("ASK { ?s ?p ?o }", "ask", ours=True)
PROBE_SECONDS = 2.0
REMOTE = {
    "engine_connect_seconds": CONNECT_SECONDS,
    "engine_grace_seconds": GRACE_SECONDS,
}


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
        return responses.Facts("Live", {"status": "live"}).respond(keep=False)

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
        return responses.Facts("Ready", values).respond(keep=False)

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
        return responses.Facts("Version", values).respond()

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
        return responses.Facts("Limits", values, lead="Times in seconds, sizes in bytes.").respond()

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
