"""Documents of what a build sums up: an act with its accounts and pairs, and nothing stated pushed out."""

import pytest
from rdflib import Literal, URIRef

from diplograph import documents
from diplograph.documents import document
from diplograph.engine.local import LocalEngine
from diplograph.namespaces import DCTERMS, DG, DGG, DGV, ID, PREFIXES, RDF, SCHEMA
from diplograph.rdf import Dataset
from diplograph.settings import Settings

ACT, ACCOUNT, REPORT = f"{ID}act/x", f"{ID}account/x--a1", f"{ID}document/report"
A1 = """
act:x a dg:Act ; rdfs:label "X acts"@en ; dg:when time:x ; dg:actor state:x ; dg:target state:y .
time:x dg:edtf "[..2022-10-31]" ; dg:notAfter "2022-10-31"^^xsd:date .
claim:late dg:claimAbout act:x ; dcterms:source doc:report . doc:report rdfs:label "A report"@en .
"""
SUMMARY = """
act:x dg:summaryDate "2022-09-26" ; dg:sourceCount 1 ; dg:summaryActor state:x ;
  dg:earliestBegin "2022-09-26"^^xsd:date ; dg:latestBegin "2022-09-26"^^xsd:date .
account:x--a1 a dg:Account ; dg:accountOf act:x ; dg:carrier dgg:a1 ; dcterms:source doc:report ;
  dg:accountTime time:x .
pair:x--y a dg:ReciprocalPair ; dg:firstAct act:x ; dg:secondAct act:y ; dg:pairBasis dgv:asserted-pair .
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("summaries") / "store"
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    many = "".join(
        f"account:m{i} dg:accountOf act:m{i} ; dcterms:source doc:report .\n"
        for i in range(document.INCOMING + 20)
    )
    dataset = Dataset.create(path)
    for name, text in (("a1", A1), ("summary", SUMMARY + many)):
        dataset.load((prologue + text).encode(), "ttl", str(DGG[name]))
    dataset.write_default_merge()
    dataset.flush()
    dataset.close()
    with LocalEngine(path, Settings(kb=path, state=path, workers=1)) as engine:
        yield engine


def test_the_document_of_an_act_has_its_summary_its_accounts_and_its_pairs(engine):
    graph = documents.describe(engine, ACT)

    assert (URIRef(ACT), DG.summaryDate, Literal("2022-09-26")) in graph
    assert (URIRef(ACCOUNT), DCTERMS.source, URIRef(REPORT)) in graph
    assert (URIRef(ACCOUNT), DG.carrier, DGG.a1) in graph
    assert (URIRef(f"{ID}time/x"), DG.edtf, Literal("[..2022-10-31]")) in graph
    assert (URIRef(f"{ID}pair/x--y"), DG.pairBasis, DGV["asserted-pair"]) in graph


def test_the_accounts_of_others_are_not_in_the_document_of_their_source(engine):
    graph = documents.describe(engine, REPORT)

    assert (None, DG.accountOf, None) not in graph


def test_what_is_stated_is_listed_before_the_accounts_when_too_much_points_here(engine):
    claim, source = URIRef(f"{ID}claim/late"), URIRef(REPORT)
    view = documents.view(engine, REPORT)

    assert (claim, DCTERMS.source, source) in documents.describe(engine, REPORT)
    assert any(value.text == "claim:late" for found in view.incoming for value in found.values)
    assert not view.complete


def test_a_view_tells_what_is_computed_from_what_is_stated(engine):
    found = {entry.predicate.iri: entry.values for entry in documents.view(engine, ACT).outgoing}

    assert all(value.computed for value in found[str(DG.summaryDate)])
    assert not any(value.computed or value.inferred for value in found[str(DG.when)])
    assert not any(value.computed for value in found[str(RDF.type)])


def test_an_account_bears_the_label_of_its_source(engine):
    assert documents.view(engine, ACCOUNT).label == "A report"


def test_the_day_of_an_act_in_schema_org_is_that_of_its_summary(engine):
    graph = documents.describe(engine, ACT, "schema")

    assert [str(day) for day in graph.objects(URIRef(ACT), SCHEMA.startTime)] == ["2022-09-26"]
