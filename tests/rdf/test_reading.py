"""Which syntax a name tells, and the bytes of a file as UTF-8, whatever it came packed or encoded as."""

import gzip
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from diplograph.errors import MalformedRdf, TooLarge, UnsupportedMediaType
from diplograph.rdf import reading

TURTLE = '<urn:s> <urn:p> "東京" .\n'
XML = (
    '<?xml version="1.0" encoding="{}"?>\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:">'
    '<rdf:Description rdf:about="urn:s"><e:p>東京</e:p></rdf:Description></rdf:RDF>'
)


def values(content: bytes, syntax: RdfFormat) -> list[str]:
    return [quad.object.value for quad in parse(content, syntax)]


def read(folder: Path, name: str, content: bytes) -> list[str]:
    path = folder / name
    path.write_bytes(content)
    return values(*reading.read(path))


@pytest.mark.parametrize("suffix", reading.SUFFIXES)
def test_each_suffix_of_rdf_is_known_packed_and_in_capitals(suffix):
    known = reading.syntax_of(f"a.{suffix}")

    assert reading.syntax_of(f"A.B.{suffix.upper()}.GZ") == reading.syntax_of(f".{suffix}") == known
    assert reading.is_rdf(f"a.{suffix}.gz")
    assert not reading.is_rdf(suffix)


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a.gz", "a", "", "a.ttl.zip", "text/n3x", "a.n3"])
def test_what_is_no_suffix_of_rdf_is_refused_with_all_that_are(name):
    with pytest.raises(UnsupportedMediaType) as caught:
        reading.syntax_of(name)

    assert all(f".{suffix}" in caught.value.facts["hint"] for suffix in reading.SUFFIXES)


def test_owl_is_rdf_xml_or_turtle_by_what_it_holds(tmp_path):
    assert read(tmp_path, "a.owl", XML.format("UTF-8").encode()) == ["東京"]
    assert read(tmp_path, "b.owl", XML.partition("\n")[2].encode()) == ["東京"]
    assert read(tmp_path, "c.owl", TURTLE.encode()) == ["東京"]
    assert read(tmp_path, "d.owl", XML.format("UTF-16").encode("utf-16")) == ["東京"]


def test_owl_of_any_root_is_xml_and_an_iri_at_its_start_is_turtle():
    root = b'<owl:Class xmlns:owl="http://www.w3.org/2002/07/owl#"/>'

    for content in (root, b"\n<!--a--><r:RDF>", b"<my-rdf:RDF\nxmlns:my-rdf='urn:a'>"):
        assert reading.syntax_of("a.owl", content) == RdfFormat.RDF_XML
    for content in (b"<rdf> a <b> .", b"<rdf:RDF> a <b> .", b"# <a b>\n<c> a <b> ."):
        assert reading.syntax_of("a.owl", content) == RdfFormat.TURTLE


def test_declaration_of_nothing_but_spaces_is_read_at_once():
    spaces = " " * 500_000  # each tried as the start of a run of spaces would take minutes

    assert reading.utf8(f"<?xml{spaces}?>".encode("utf-16"), RdfFormat.RDF_XML).endswith(b" ?>")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_rdf_xml_is_read_in_both_encodings_that_xml_has(tmp_path, encoding):
    declared = "UTF-16" if "16" in encoding else "utf-8"

    assert read(tmp_path, "a.rdf", XML.format(declared).encode(encoding)) == ["東京"]
    assert read(tmp_path, "b.rdf.gz", gzip.compress(XML.format(declared).encode(encoding))) == ["東京"]


def test_other_syntaxes_in_utf_16_are_refused_truly(tmp_path):
    for name in ("a.ttl", "a.jsonld", "a.nt", "a.trig", "a.nq"):
        with pytest.raises(MalformedRdf, match="is written in UTF-8, and this is UTF-16") as caught:
            read(tmp_path, name, TURTLE.encode("utf-16"))

        assert caught.value.facts == {"hint": "Save it as UTF-8.", "file": str(tmp_path / name)}


def test_half_a_character_of_utf_16_is_refused():
    with pytest.raises(MalformedRdf, match="Not UTF-16"):
        reading.utf8(XML.encode("utf-16")[:-1], RdfFormat.RDF_XML)


def test_byte_order_mark_is_no_part_of_a_text(tmp_path):
    assert read(tmp_path, "a.ttl", TURTLE.encode("utf-8-sig")) == ["東京"]
    assert read(tmp_path, "a.ttl.gz", gzip.compress(TURTLE.encode("utf-8-sig"))) == ["東京"]


def test_file_unpacks_to_a_limit_and_no_further():
    packed = gzip.compress(b"x" * 5000)

    assert reading.unpacked("a.ttl.gz", packed, 5000) == b"x" * 5000
    with pytest.raises(TooLarge) as caught:
        reading.unpacked("a.ttl.gz", packed, 4999)
    assert caught.value.facts["limit"] == 4999


@pytest.mark.parametrize(
    "content", [b"", b"plain", gzip.compress(b"x" * 99)[:-9], b"\x1f\x8b" + b"\xff" * 20]
)
def test_what_is_named_packed_and_is_not_is_refused(content):
    if content:
        with pytest.raises(MalformedRdf, match="Not gzip"):
            reading.unpacked("a.ttl.gz", content)
    assert reading.unpacked("a.ttl", content) == content
