"""Content negotiation: one table for every route."""

import pytest

from diplograph import media
from diplograph.errors import InvalidParameter, NotAcceptable, UnknownResource
from diplograph.media import (
    DOCUMENT_TYPES,
    GRAPH_TYPES,
    REPORT_TYPES,
    SELECT_TYPES,
    by_parameter,
    by_suffix,
    negotiate,
)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

CHOICES = [
    # what the client sends, what is offered, what it gets
    (None, SELECT_TYPES, media.RESULTS_JSON),
    ("", SELECT_TYPES, media.RESULTS_JSON),
    (None, GRAPH_TYPES, media.TURTLE),
    (None, REPORT_TYPES, media.JSON),
    ("*/*", GRAPH_TYPES, media.TURTLE),
    ("text/csv", SELECT_TYPES, media.CSV),
    ("TEXT/CSV", SELECT_TYPES, media.CSV),
    ("text/csv; charset=utf-8", SELECT_TYPES, media.CSV),
    ("text/*", SELECT_TYPES, media.CSV),
    ("application/json", SELECT_TYPES, media.RESULTS_JSON),
    ("application/json", GRAPH_TYPES, media.JSON_LD),
    ("application/json", REPORT_TYPES, media.JSON),
    ("application/json;q=0.4, text/turtle;q=0.3", GRAPH_TYPES, media.JSON_LD),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', GRAPH_TYPES, media.JSON_LD),
    (BROWSER, DOCUMENT_TYPES, media.HTML),
    (BROWSER, SELECT_TYPES, media.HTML),
    (BROWSER, GRAPH_TYPES, media.TURTLE),
    ("application/rdf+xml, text/turtle;q=0.9", GRAPH_TYPES, media.RDF_XML),
    ("application/rdf+xml;q=0.5, text/turtle;q=0.9", GRAPH_TYPES, media.TURTLE),
    ("text/turtle;q=0, */*", GRAPH_TYPES, media.N_TRIPLES),
    ("text/csv;q=0.2, */*;q=0.8", SELECT_TYPES, media.RESULTS_JSON),
    ("*/*, application/rdf+xml", GRAPH_TYPES, media.RDF_XML),
    ("image/png, text/turtle;q=0.1", GRAPH_TYPES, media.TURTLE),
    ("text/html, image/gif, image/jpeg, *;q=0.2", GRAPH_TYPES, media.TURTLE),
]


@pytest.mark.parametrize(("accept", "offers", "chosen"), CHOICES)
def test_the_client_gets_what_it_likes_best_of_what_is_offered(accept, offers, chosen):
    assert negotiate(accept, offers) == chosen


@pytest.mark.parametrize(
    "accept", ["image/png", "text/turtle;q=0", "application/trig", "*/*;q=0", "text/html"]
)
def test_nothing_acceptable_is_an_error_that_lists_the_offers(accept):
    with pytest.raises(NotAcceptable) as caught:
        negotiate(accept, GRAPH_TYPES)

    assert caught.value.facts["offers"] == list(GRAPH_TYPES)


@pytest.mark.parametrize(
    ("value", "offers", "chosen"),
    [
        ("csv", SELECT_TYPES, media.CSV),
        ("JSON", SELECT_TYPES, media.RESULTS_JSON),
        ("srx", SELECT_TYPES, media.RESULTS_XML),
        ("application/sparql-results+json", SELECT_TYPES, media.RESULTS_JSON),
        ("application/sparql-results json", SELECT_TYPES, media.RESULTS_JSON),
        ("application/json", SELECT_TYPES, media.RESULTS_JSON),
        ("text/csv; charset=utf-8", SELECT_TYPES, media.CSV),
        ("text/html", SELECT_TYPES, media.HTML),
        ("ttl", DOCUMENT_TYPES, media.TURTLE),
        ("nt", DOCUMENT_TYPES, media.N_TRIPLES),
        ("json", DOCUMENT_TYPES, media.JSON_LD),
        ("xml", DOCUMENT_TYPES, media.RDF_XML),
        ("application/rdf+xml", DOCUMENT_TYPES, media.RDF_XML),
    ],
)
def test_a_parameter_names_an_offer_by_suffix_or_in_full(value, offers, chosen):
    assert by_parameter("format", value, offers) == chosen


@pytest.mark.parametrize(
    ("value", "offers"),
    [("ttl", SELECT_TYPES), ("csv", GRAPH_TYPES), ("text/plain", GRAPH_TYPES), ("pdf", SELECT_TYPES)],
)
def test_a_parameter_that_names_no_offer_is_told_all_of_them(value, offers):
    with pytest.raises(InvalidParameter, match=", ".join(offers.values())) as refused:
        by_parameter("format", value, offers)

    assert refused.value.facts["parameters"] == ["format"]


@pytest.mark.parametrize("offers", [SELECT_TYPES, GRAPH_TYPES, DOCUMENT_TYPES, REPORT_TYPES])
def test_every_offer_can_be_had_by_name_and_by_suffix(offers):
    for name, suffix in offers.items():
        assert negotiate(name, offers) == name
        assert by_suffix(suffix, offers) == by_suffix(f".{suffix}", offers) == name


def test_a_suffix_means_what_is_offered_there():
    assert by_suffix("json", SELECT_TYPES) == media.RESULTS_JSON
    assert by_suffix("json", REPORT_TYPES) == media.JSON


def test_an_unknown_suffix_is_an_unknown_resource_that_names_the_known_ones():
    with pytest.raises(UnknownResource) as caught:
        by_suffix("pdf", GRAPH_TYPES)

    assert caught.value.facts["near"] == ["ttl", "nt", "jsonld", "rdf"]


def test_offers_cannot_be_changed():
    with pytest.raises(TypeError):
        SELECT_TYPES["image/png"] = "png"
