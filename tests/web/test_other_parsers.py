"""Every representation says the same to parsers that are not ours: raptor, N3.js and jsonld.js."""

import json
import shutil
import subprocess

import pyoxigraph
import pytest
from flask import Flask
from pyoxigraph import CanonicalizationAlgorithm, RdfFormat

from diplograph import media
from node import run

ENGINES = ("embedded",)
pytestmark = pytest.mark.slow
DOCUMENTS = (
    *("/doc/act/russia-expels-motoki-2022", "/doc/state/japan", "/doc/place/islands-1"),
    *("/doc/person/tatsunori-motoki", "/doc/claim/a1-ownership-settled", "/doc/document/a2"),
    *(
        "/doc/evidence/a1-s17",
        "/doc/measure/a1-rouble-payment",
        "/vocab/plover-sanction-expel",
        "/graph/a1",
        "/dataset",
    ),
    *("/ontology", "/vocab", "/shapes"),
)
RAPTOR = {media.TURTLE: "turtle", media.N_TRIPLES: "ntriples", media.RDF_XML: "rdfxml"}
BASE = "https://data.example.org/"


def graph(text: str) -> set[str]:
    """The triples of N-Triples or N-Quads without graphs, blank nodes with canonical labels."""
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text, format=RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@pytest.fixture(scope="module")
def documents(app: Flask) -> dict[str, dict[str, str]]:
    """Each document in every format that it is offered in."""
    client, found = app.test_client(), {}
    for path in DOCUMENTS:
        answers = {name: client.get(f"{path}.{suffix}") for name, suffix in media.GRAPH_TYPES.items()}
        found[path] = {name: answer.get_data(as_text=True) for name, answer in answers.items()}
    for path in ("/.well-known/void", "/.well-known/sparql-examples"):
        answers = {name: client.get(path, headers={"Accept": name}) for name in media.GRAPH_TYPES}
        found[path] = {name: answer.get_data(as_text=True) for name, answer in answers.items()}
    return found


def test_raptor_reads_turtle_n_triples_and_rdf_xml_as_the_same_graph(
    documents: dict[str, dict[str, str]],
) -> None:
    rapper = shutil.which("rapper") or pytest.skip("raptor's rapper is not installed")
    for path, texts in documents.items():
        expected = graph(texts[media.N_TRIPLES])
        for name, syntax in RAPTOR.items():
            command = [rapper, "-q", "-i", syntax, "-o", "ntriples", "-", BASE]
            done = subprocess.run(command, input=texts[name].encode(), capture_output=True, check=True)
            assert graph(done.stdout.decode()) == expected, (path, name, done.stderr)


def test_n3_and_jsonld_in_javascript_read_the_same_graph(documents: dict[str, dict[str, str]]) -> None:
    wanted = [
        (path, name, texts[name])
        for path, texts in documents.items()
        for name in (media.TURTLE, media.N_TRIPLES, media.JSON_LD)
    ]
    sent = [{"text": text, "media": name, "base": BASE} for _, name, text in wanted]
    for (path, name, _), read in zip(wanted, json.loads(run("read.mjs", json.dumps(sent))), strict=True):
        assert graph(read) == graph(documents[path][media.N_TRIPLES]), (path, name)
