"""Every request of the SPARQL protocol's cases, sent as it is written down."""

import re

import pytest

from conformance import outcome
from conformance.collected import to_run
from conformance.exchange import exchanges
from conformance.manifest import Case
from conformance.services import Service

pytestmark = pytest.mark.slow
FORMATS = {
    "boolean": {"application/sparql-results+xml", "application/sparql-results+json"},
    "tabular": {*outcome.RESULTS, "text/csv"},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}


@pytest.mark.parametrize("case", to_run("ProtocolTest"))
def test_request_is_answered_as_the_protocol_says(case: Case, service: Service) -> None:
    for exchange in exchanges(case):
        answer = exchange.send(service)

        assert re.fullmatch("|".join(exchange.statuses), str(answer.status_code)), answer.text
        media = answer.headers["Content-Type"].partition(";")[0]
        if wanted := exchange.expects("expectedFormat"):
            assert media in FORMATS[wanted]
            outcome.parsed(answer.content, media)
        if truth := exchange.expects("expectedBoolean"):
            assert outcome.parsed(answer.content, media) == outcome.Boolean(truth == "true")
