"""The dataset: graphs, their merge and their hashes."""

import pyoxigraph
import pytest

from diplograph.errors import EngineUnavailable, MalformedQuery, MalformedRdf, UnsupportedMediaType
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import canonical_lines

A, B = "http://example.org/graph/a", "http://example.org/graph/b"
PREFIX = b"PREFIX ex: <http://example.org/> "
BOTH_WAYS = "SELECT * WHERE { ?s <http://example.org/p> ?o . ?s <http://example.org/p> ?o }"


@pytest.fixture
def dataset():
    found = Dataset.memory()
    found.load(PREFIX + b"ex:x ex:p 1 , ex:y .", "ttl", A)
    found.load(PREFIX + b"ex:x ex:p ex:y . ex:z ex:q 'b' .", "text/turtle", B)
    return found


def test_the_default_graph_is_the_merge_with_each_triple_once(dataset):
    dataset.write_default_merge()

    assert len(dataset) == 4 + 3
    assert len(dataset.select(BOTH_WAYS)) == 2


def test_writing_the_merge_again_changes_nothing_and_forgets_what_is_gone(dataset):
    dataset.write_default_merge()
    dataset.write_default_merge()

    assert len(dataset) == 7


def test_graph_names_are_the_named_graphs(dataset):
    dataset.write_default_merge()

    assert dataset.graph_names() == [A, B]


def test_blank_nodes_of_two_loads_never_meet():
    found = Dataset.memory()
    for graph in (A, B):
        found.load(PREFIX + b"_:x ex:p 1 .", "ttl", graph)
    found.write_default_merge()

    assert len(found) == 4
    assert found.canonical_lines(A) == found.canonical_lines(B)


def test_canonical_lines_ignore_order_names_of_blank_nodes_and_other_graphs(dataset):
    other = Dataset.memory()
    other.load(PREFIX + b"ex:x ex:p ex:y , 1 .", "ttl", "http://example.org/graph/c")

    assert other.canonical_lines("http://example.org/graph/c") == dataset.canonical_lines(A)
    assert dataset.canonical_lines(A) != dataset.canonical_lines(B)


def test_the_hash_is_that_of_the_sorted_canonical_lines():
    quads = pyoxigraph.parse(b'<a:s> <a:p> "\\n\\t\\u00e9", _:b . _:b <a:p> 1 .', pyoxigraph.RdfFormat.TURTLE)

    assert canonical_lines(quads) == [
        '<a:s> <a:p> "\\n\\té" .\n'.encode(),
        b"<a:s> <a:p> _:c14n0 .\n",
        b'_:c14n0 <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    ]


def test_select_leaves_unbound_variables_out(dataset):
    rows = dataset.select("SELECT ?a ?b WHERE { BIND(1 AS ?a) }")

    assert [set(row) for row in rows] == [{"a"}]


def test_construct_and_ask_answer(dataset):
    dataset.write_default_merge()

    assert len(dataset.construct("CONSTRUCT { ?s a ?o } WHERE { ?s ?p ?o }")) == 3
    assert dataset.ask("ASK { ?s ?p 1 }")


@pytest.mark.parametrize("text", ["SELECT", "ASK {}"])
def test_a_query_of_another_form_is_malformed(dataset, text):
    with pytest.raises(MalformedQuery):
        dataset.select(text)


def test_a_broken_file_is_named_with_its_position(tmp_path):
    path = tmp_path / "broken.ttl"
    path.write_text("<http://a/a> <http://a/b>\n oops .", encoding="utf-8")

    with pytest.raises(MalformedRdf) as caught:
        Dataset.memory().load(path, graph=A)

    assert caught.value.facts == {"file": str(path), "position": {"line": 2, "column": 2}}


def test_datasets_bring_their_own_graphs():
    found = Dataset.memory()
    found.load(b"<a:g> { <a:s> <a:p> 1 } <a:s> <a:p> 2 .", "trig")

    assert (found.graph_names(), len(found)) == (["a:g"], 2)


def test_an_unknown_syntax_is_refused():
    with pytest.raises(UnsupportedMediaType, match="docx"):
        Dataset.memory().load(b"", "docx")


def test_a_backup_can_be_read_while_the_original_is_written(tmp_path):
    original = Dataset.create(tmp_path / "live")
    original.load(PREFIX + b"ex:x ex:p 1 .", "ttl", A)
    original.backup(tmp_path / "frozen")
    original.load(PREFIX + b"ex:x ex:p 2 .", "ttl", A)

    assert len(Dataset.open_read_only(tmp_path / "frozen")) == 1
    assert len(original) == 2
    original.close()


def test_a_closed_store_can_be_opened_again(tmp_path):
    first = Dataset.create(tmp_path / "store")
    first.load(PREFIX + b"ex:x ex:p 1 .", "ttl", A)
    first.flush()
    first.close()

    assert len(Dataset.create(tmp_path / "store")) == 1


def test_a_store_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(EngineUnavailable):
        Dataset.open_read_only(tmp_path / "nowhere")


def test_graphs_merge_into_one_for_rdflib(dataset):
    assert len(dataset.to_rdflib([A, B])) == 3
    assert len(dataset.to_rdflib([A])) == 2


def test_a_dump_holds_the_named_graphs_only(dataset, tmp_path):
    dataset.write_default_merge()
    dataset.dump(tmp_path / "all.nq", "nq")

    assert len((tmp_path / "all.nq").read_text(encoding="utf-8").splitlines()) == 4
