"""Documents about things: whole, labelled, told apart by graph, and kind to those who misspell."""

import pytest
from rdflib import RDF, RDFS, Literal, URIRef

from diplograph import documents, media
from diplograph.documents import document, provenance
from diplograph.engine import operations
from diplograph.engine.local import LocalEngine
from diplograph.engine.protocol import Operation
from diplograph.errors import UnknownResource
from diplograph.namespaces import BASE, DG, DGG, DGV, ID, OA, PREFIXES, SCHEMA, VOID
from diplograph.rdf import Dataset
from diplograph.settings import Settings

ANSWER, SPAN, REPORT = f"{ID}act/answer", f"{ID}span/a1-s1", f"{ID}document/bg01"
ACT, JAPAN = f"{ID}act/visit", f"{ID}state/japan"
A1 = """
act:visit a dg:Visit ; rdfs:label "Visit"@en ; dg:actor state:japan ; dg:evidence ev:a1-s1 , ev:a1-s2 .
act:visit dg:note "<b>" ; dg:when time:visit . time:visit dg:edtf "2022-04" .
act:answer a dg:Act ; rdfs:label "Answer"@en ; dg:inResponseTo act:visit .
ev:a1-s1 a dg:Evidence ; oa:hasTarget span:a1-s1 ; dg:certainty dgv:high .
ev:a1-s2 a dg:Evidence ; oa:hasTarget doc:bg01 ; dg:certainty dgv:low ; skos:note "hearsay"@en .
span:a1-s1 oa:hasSource doc:a1 ; oa:hasSelector span:a1-s1-position ; schema:sha256 "ab12" .
span:a1-s1-position a oa:TextPositionSelector ; oa:start 10 ; oa:end 80 .
doc:a1 rdfs:label "First article"@en . doc:bg01 rdfs:label "A report"@en .
"""
ENTITIES = """
state:japan a dg:State ; rdfs:label "Japan"@en , "日本"@ja , "Япония"@ru , "Japon"@fr .
state:russia a dg:State ; rdfs:label "Russia"@en . act:visit rdfs:label "Visit"@en .
dg:actor rdfs:label "actor"@en , "行為者"@ja . dgv:high skos:prefLabel "high"@en .
dg:Visit rdfs:label "visit"@en .
"""
META = "dgg:a1 rdfs:label 'First article as a graph'@en . [] dg:about state:russia ."


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("resources") / "store"
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    dataset = Dataset.create(path)
    for name, text in (("a1", A1), ("entities", ENTITIES), ("meta", META)):
        dataset.load((prologue + text).encode(), "ttl", str(DGG[name]))
    inferred = "act:visit a dg:Act ; dg:involves state:japan . state:japan dg:involvedIn act:visit ."
    dataset.load((prologue + inferred).encode(), "ttl", str(DGG.closure))
    many = "".join(f"<{ID}claim/c{i}> dg:claimAbout state:russia .\n" for i in range(document.INCOMING + 20))
    dataset.load((prologue + many).encode(), "ttl", str(DGG.background))
    dataset.write_default_merge()
    dataset.flush()
    dataset.close()
    with LocalEngine(path, Settings(kb=path, state=path, workers=1)) as engine:
        yield engine


@pytest.fixture(scope="module")
def act(engine):
    return documents.view(engine, ACT)


def values(view, predicate):
    return next((found.values for found in view.outgoing if found.predicate.iri == str(predicate)), ())


# The graph


def test_the_document_has_what_is_said_about_the_thing_and_what_points_at_it(engine):
    graph = documents.describe(engine, ACT)

    assert (URIRef(ACT), DG.actor, URIRef(JAPAN)) in graph
    assert (URIRef(f"{ID}act/answer"), DG.inResponseTo, URIRef(ACT)) in graph


def test_the_document_follows_evidence_to_the_passage_and_the_source(engine):
    graph = documents.describe(engine, ACT)
    position = URIRef(f"{ID}span/a1-s1-position")

    assert (position, OA.start, None) in graph
    assert (URIRef(f"{ID}span/a1-s1"), SCHEMA.sha256, Literal("ab12")) in graph
    assert (URIRef(f"{ID}document/a1"), RDFS.label, Literal("First article", lang="en")) in graph


def test_everything_mentioned_has_its_labels_in_our_languages_and_its_types(engine):
    graph = documents.describe(engine, ACT)
    labels = {label.language for label in graph.objects(URIRef(JAPAN), RDFS.label)}

    assert labels == {"en", "ja", "ru"}
    assert (URIRef(JAPAN), RDF.type, DG.State) in graph
    assert (DG.actor, RDFS.label, Literal("行為者", lang="ja")) in graph


def test_a_triple_of_two_graphs_stands_in_the_document_once(engine):
    assert len(list(documents.describe(engine, ACT).objects(URIRef(ACT), RDFS.label))) == 1


def test_too_many_incoming_triples_are_cut_and_the_document_says_so(engine):
    graph = documents.describe(engine, f"{ID}state/russia")
    page = URIRef(f"{BASE}doc/state/russia")

    assert len(list(graph.subjects(None, URIRef(f"{ID}state/russia"), unique=True))) == document.INCOMING + 1
    assert "first 500" in str(graph.value(page, RDFS.comment))


def test_a_named_graph_is_described_with_its_size(engine):
    graph = documents.describe(engine, str(DGG.a1))

    assert (DGG.a1, RDFS.label, Literal("First article as a graph", lang="en")) in graph
    assert int(graph.value(DGG.a1, VOID.triples)) == 26


# The view


def test_a_view_names_the_thing(act):
    assert (act.label, act.labels, act.kind, act.slug) == ("Visit", {"en": "Visit"}, "act", "visit")
    assert {link.iri: link.label for link in act.types} == {str(DG.Act): "dg:Act", str(DG.Visit): "visit"}


def test_values_are_grouped_by_predicate_types_first(act):
    predicates = [found.predicate.iri for found in act.outgoing]

    assert predicates[0] == str(RDF.type)
    assert len(predicates) == len(set(predicates))
    assert [value.link.iri for value in values(act, DG.actor)] == [JAPAN]


def test_each_triple_knows_its_graphs_and_whether_it_is_inferred(act):
    (label,) = values(act, RDFS.label)
    (involves,) = values(act, DG.involves)

    assert label.graphs == (str(DGG.a1), str(DGG.entities))
    assert not label.inferred
    assert involves.inferred
    assert [value.inferred for value in values(act, RDF.type)] == [False, True]


def test_literals_stay_text(act):
    (note,) = values(act, DG.note)

    assert (note.text, note.link, note.language) == ("<b>", None, "")


def test_incoming_links_have_labels(act):
    arriving = {found.predicate.iri: [value.text for value in found.values] for found in act.incoming}

    assert arriving == {str(DG.inResponseTo): ["Answer"], str(DG.involvedIn): ["Japan"]}
    assert act.complete


def test_passage_has_its_document_place_hash_and_what_rests_on_it(engine):
    found = provenance.passages(engine, [SPAN, REPORT, ACT])
    first, second = found[SPAN], found[REPORT]

    assert len(found) == 2
    assert (first.source.link.label, first.start, first.end, first.sha256) == (
        "First article",
        10,
        80,
        "ab12",
    )
    assert (second.source.link.label, second.start, second.end, second.sha256) == ("A report", None, None, "")
    assert first.name == "Characters 10–80: Visit"
    ((high,), (low,)) = first.statements, second.statements
    assert (high.thing.iri, high.certainty.label) == (ACT, "high")
    assert (low.certainty.iri, low.note.text) == (str(DGV.low), "hearsay")


def test_time_span_goes_by_its_date_in_words_and_what_it_dates(engine):
    (when,) = (e.values[0] for e in documents.view(engine, ACT).outgoing if e.predicate.iri == str(DG.when))

    assert (when.text, when.edtf, when.link.of) == ("April 2022", "2022-04", "Visit")


def test_labels_come_in_the_language_asked_for_first(engine):
    assert documents.view(engine, JAPAN).label == "Japan"
    assert documents.view(engine, JAPAN, ("ru",)).label == "Япония"
    assert documents.view(engine, JAPAN, ("de", "ja")).label == "日本"


def test_a_thing_without_label_shows_its_short_name(engine):
    assert documents.view(engine, f"{ID}evidence/a1-s1").label == "Characters 10–80: Visit (certainty: high)"


def test_a_view_says_when_more_points_here_than_it_lists(engine):
    assert not documents.view(engine, f"{ID}state/russia").complete


# What is not there


@pytest.mark.parametrize("read", [documents.describe, documents.view])
@pytest.mark.parametrize(
    ("iri", "near"),
    [
        (f"{ID}act/vist", ACT),
        (f"{ID}person/japan", JAPAN),
        (f"{ID}state/Japan", JAPAN),
        (f"{DGV}hihg", None),
        ("http://example.org/nothing", None),
    ],
)
def test_an_unknown_thing_comes_with_near_names(engine, read, iri, near):
    with pytest.raises(UnknownResource) as caught:
        read(engine, iri)

    assert caught.value.facts["near"] == ([near] if near else [])


HOSTILE = [
    "",
    "visit",
    "http://example.org/> . ?s ?p ?o } #",
    "http://example.org/a b",
    "http://example.org/\n",
    "\x00",
]


@pytest.mark.parametrize("read", [documents.describe, documents.view])
@pytest.mark.parametrize("iri", HOSTILE)
def test_what_is_not_an_iri_is_unknown_and_never_reaches_a_query(read, iri):
    with pytest.raises(UnknownResource):
        read(None, iri)


def rows_with_evidence(engine, text, *statements, **more):
    operation = Operation(text, "select", statements=statements, **more)
    return operations.solutions(provenance.evaluate(engine, operation, media.RESULTS_JSON).body)


def test_rows_end_with_the_spans_of_their_statements_sorted_and_each_once(engine):
    text = f"""SELECT ?one ?other {{ VALUES (?one ?other) {{
        (<{ACT}> <{ACT}>) (<{ANSWER}> UNDEF) (UNDEF "{ANSWER} {ACT}") ("{ACT} and more" 7) }} }}"""

    found = rows_with_evidence(engine, text, "one", "other")

    assert found.variables == ("one", "other", "evidence")
    both = Literal(f"{REPORT} {SPAN}")
    assert [row.get("evidence") for row in found.rows] == [both, None, both, None]


def test_evidence_is_that_of_the_named_columns_alone(engine):
    text = f"SELECT ?one ?other {{ VALUES (?one ?other) {{ (<{ACT}> <{ANSWER}>) }} }}"

    (row,) = rows_with_evidence(engine, text, "other").rows

    assert "evidence" not in row


def test_evidence_is_that_of_the_document_of_the_row_where_it_has_one(engine):
    text = (
        f"SELECT ?one ?document {{ VALUES (?one ?document) {{ (<{ACT}> <{REPORT}>) (<{ACT}> <{ANSWER}>) }} }}"
    )

    first, second = rows_with_evidence(engine, text, "one", document="document").rows

    assert first["evidence"] == Literal(REPORT)
    assert "evidence" not in second


@pytest.mark.parametrize("media_type", [media.CSV, media.TSV, media.RESULTS_XML])
def test_every_format_has_the_evidence(engine, media_type):
    operation = Operation(f"SELECT ?thing {{ VALUES ?thing {{ <{ACT}> }} }}", "select", statements=("thing",))

    answer = provenance.evaluate(engine, operation, media_type)

    assert answer.media == media_type
    assert f"{REPORT} {SPAN}" in answer.body.decode()


def test_an_answer_that_is_cut_stays_marked_with_its_evidence(engine):
    text = f"SELECT ?thing {{ VALUES ?thing {{ <{ACT}> <{ANSWER}> }} }}"

    operation = Operation(text, "select", limit=1, statements=("thing",))
    answer = provenance.evaluate(engine, operation, media.RESULTS_JSON)

    assert (answer.complete, len(operations.solutions(answer.body).rows)) == (False, 1)
    assert b'"complete":false' in answer.body


def test_an_answer_that_is_too_long_to_be_read_at_once_has_its_evidence(engine):
    claims = (
        f"?a dg:claimAbout ?x . ?b dg:claimAbout ?x . FILTER(?a != ?b) VALUES ?thing {{ <{ACT}> <{ANSWER}> }}"
    )
    text = f"PREFIX dg: <{DG}> SELECT ?a ?b ?thing {{ {claims} }} LIMIT 40000"

    operation = Operation(text, "select", statements=("a", "thing"))
    answer = provenance.evaluate(engine, operation, media.RESULTS_JSON)
    found = operations.solutions(answer.body)

    assert answer.size > operations.MAX_READ
    assert len(found.rows) == 40_000
    assert all(("evidence" in row) == (row["thing"] == URIRef(ACT)) for row in found.rows)
