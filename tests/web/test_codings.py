"""Packed answers: the coding that the client likes best, tagged by the bytes that are sent."""

import gzip
import hashlib

import pytest
import zstandard
from flask.testing import FlaskClient

from diplograph.errors import NotAcceptable
from diplograph.web import headers

LONG = "/doc/act/japan-expels-eight-russians-2022-04.ttl"
SHORT = "/health/live"
UNPACK = {
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "identity": bytes,
}


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "gzip"),
        ("br", "identity"),
        ("*", "zstd"),
        ("*;q=0.5, gzip", "gzip"),
        ("zstd;q=0.2, gzip;q=0.8", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("gzip;q=0", "identity"),
        ("identity", "identity"),
        ("identity;q=0.5, gzip;q=0.4", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0, identity", "identity"),
    ],
)
def test_coding_is_the_one_liked_best(header: str, coding: str) -> None:
    assert headers.settle(header) == coding


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "identity;q=0, br", "br, *;q=0"])
def test_client_that_takes_nothing_of_ours_is_refused(header: str) -> None:
    with pytest.raises(NotAcceptable):
        headers.settle(header)


@pytest.mark.parametrize("coding", UNPACK)
def test_packed_answer_holds_the_same_text_and_has_its_own_tag(client: FlaskClient, coding: str) -> None:
    plain = client.get(LONG)

    for _ in range(2):
        packed = client.get(LONG, headers={"Accept-Encoding": coding})
        assert packed.headers.get("Content-Encoding", "identity") == coding
        assert UNPACK[coding](packed.data) == plain.data
        assert packed.headers["ETag"] == f'"{hashlib.sha256(packed.data).hexdigest()}"'
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert "Accept-Encoding" in packed.vary


def test_tag_of_another_coding_does_not_match(client: FlaskClient) -> None:
    tags = {
        coding: client.get(LONG, headers={"Accept-Encoding": coding}).headers["ETag"] for coding in UNPACK
    }

    assert len(set(tags.values())) == len(UNPACK)
    for coding in UNPACK:
        for other, tag in tags.items():
            answer = client.get(LONG, headers={"Accept-Encoding": coding, "If-None-Match": tag})
            assert answer.status_code == (304 if coding == other else 200)


def test_tag_of_a_graph_names_the_coding(client: FlaskClient) -> None:
    path = "/graphs?graph=https://w3id.org/diplograph/graph/a1"
    plain = client.get(path).headers["ETag"]
    packed = client.get(path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]

    assert plain.endswith('-identity"')
    assert packed == plain.replace("identity", "gzip")


def test_head_of_a_packed_answer_is_that_of_get(client: FlaskClient) -> None:
    got, head = (client.open(LONG, method=m, headers={"Accept-Encoding": "gzip"}) for m in ("GET", "HEAD"))

    assert head.data == b""
    for name in ("ETag", "Content-Length", "Content-Encoding"):
        assert head.headers[name] == got.headers[name]


def test_small_answer_stays_as_it_is_unless_that_is_refused(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get(SHORT, headers={"Accept-Encoding": "gzip"}).headers

    packed = client.get(SHORT, headers={"Accept-Encoding": "gzip, identity;q=0"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"live" in gzip.decompress(packed.data)


def test_refusing_everything_is_406_with_the_codings(client: FlaskClient) -> None:
    answer = client.get(LONG, headers={"Accept-Encoding": "identity;q=0"})

    assert answer.status_code == 406
    assert "zstd, gzip, identity" in answer.get_json()["hint"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_download_that_is_packed_already_is_left_alone(client: FlaskClient) -> None:
    address = client.get("/dumps", headers={"Accept": "application/json"}).get_json()[0]["address"]

    answer = client.get(address, headers={"Accept-Encoding": "gzip, zstd"})

    assert "Content-Encoding" not in answer.headers
    assert answer.data == client.get(address).data


def test_style_sheet_is_packed_and_its_parts_are_not(client: FlaskClient) -> None:
    whole = client.get("/static/style.css")
    packed = client.get("/static/style.css", headers={"Accept-Encoding": "gzip"})
    part = client.get("/static/style.css", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"})

    assert gzip.decompress(packed.data) == whole.data
    assert (part.status_code, part.data) == (206, whole.data[:10])
    tag = packed.headers["ETag"]
    again = client.get("/static/style.css", headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert again.status_code == 304


def test_result_of_a_posted_query_is_packed(client: FlaskClient) -> None:
    query = {"query": "SELECT * { ?s ?p ?o } LIMIT 100"}
    plain = client.post("/sparql", data=query)
    packed = client.post("/sparql", data=query, headers={"Accept-Encoding": "zstd"})

    assert UNPACK["zstd"](packed.data) == plain.data
