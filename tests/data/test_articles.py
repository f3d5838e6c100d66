"""What holds in the graph of every article, whatever it tells.

What it tells stands in the answers to the questions and the canned queries, and nowhere else.
"""

import re
from collections import Counter
from itertools import chain

import pytest
from rdflib import RDF, SKOS, Graph, Literal, URIRef

from diplograph.evidence.records import sentence_of, sentences
from diplograph.namespaces import DG, DGV, ID, OA
from diplograph.rdf import turtle

PASSAGES = {DG.Evidence, OA.SpecificResource, OA.TextPositionSelector}
TIMES = (DG.when, DG.deadline, DG.completedWhen)
WORDS = (DG.wording, DG.quotedWords, DG.nameText)
MAIN = {DGV[name] for name in ("reported", "attributed", "alleged", "opinion", "interpretation", "inferred")}
SHORTEST = 40


def texts(graph: Graph, *properties: URIRef) -> list[str]:
    return [str(text) for prop in properties for text in graph.objects(None, prop)]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub("['’]", "", text.lower()))


def runs(text: str) -> set[tuple[str, ...]]:
    """Every eight words in a row."""
    found = words(text)
    return {tuple(found[start : start + 8]) for start in range(len(found) - 7)}


def test_everything_that_an_article_tells_has_evidence(article):
    bare = {
        thing
        for thing, kind in article.subject_objects(RDF.type)
        if kind not in PASSAGES and not article.value(thing, DG.evidence)
    }

    assert bare == set()


def test_every_passage_and_every_grade_of_it_is_evidence_for_something(article, meta):
    evidence = set(article.subjects(RDF.type, DG.Evidence))
    spans = set(article.subjects(RDF.type, OA.SpecificResource))

    assert evidence - set((article + meta).objects(None, DG.evidence)) == set()
    assert spans - set(article.objects(None, OA.hasTarget)) == set()


def test_no_two_statements_of_time_share_a_time(article):
    uses = Counter(time for prop in TIMES for time in article.objects(None, prop))

    assert [time for time, number in uses.items() if number > 1] == []


def test_every_act_that_took_place_has_one_time(article):
    taken_place = {DGV[name] for name in ("carried-out", "in-effect", "ordered", "announced")}
    for act, realisation in article.subject_objects(DG.realisation):
        if realisation in taken_place:
            assert len(list(article.objects(act, DG.when))) == 1, act


def test_every_claim_has_one_claimant_one_main_status_and_a_short_proposition(data):
    for claim in set(data.subjects(DG.epistemicStatus)):
        (_,) = data.objects(claim, DG.claimedBy)
        (proposition,) = data.objects(claim, DG.proposition)
        assert len(MAIN & set(data.objects(claim, DG.epistemicStatus))) == 1, claim
        assert 3 <= len(proposition.split()) <= 25, claim
        assert proposition.language == "en"


def test_curators_infer_and_nobody_else_does(article):
    inferred = set(article.subjects(DG.epistemicStatus, DGV.inferred))

    assert inferred == set(article.subjects(DG.claimedBy, ID["agent/curation"]))


def test_what_is_alleged_asserts_no_act(data):
    for claim in data.subjects(DG.epistemicStatus, DGV.alleged):
        assert (claim, DG.asserts, None) not in data, claim


def test_only_claims_contradict_one_another(data):
    for claim in chain.from_iterable(data.subject_objects(DG.contradicts)):
        assert claim.startswith(ID["claim/"]), claim


def test_notes_are_short_and_rest_on_no_outside_report(article):
    notes = texts(article, SKOS.note)

    assert [note for note in notes if len(note.split()) > 25] == []
    assert [note for note in notes if re.search("outside|no longer|former title", note.lower())] == []


def test_contested_soil_is_never_called_occupied(article):
    own = [str(o) for _, p, o in article if isinstance(o, Literal) and p not in WORDS]

    assert [text for text in own if re.search("occupied|occupation|liberated", text.lower())] == []


def test_no_article_says_where_a_contested_place_lies_or_who_administers_it(article, contested):
    assert not contested & set(article.subjects(DG.within))
    assert (None, DG.claimedAdministrator, None) not in article


@pytest.mark.sources
def test_every_passage_is_a_sentence_or_long_enough_to_be_found(article):
    for span in article.subjects(RDF.type, OA.SpecificResource):
        start, end = (article.value(span, OA.hasSelector / side).toPython() for side in (OA.start, OA.end))
        assert end - start >= SHORTEST or re.search(r"-s\d\d$", span), span


@pytest.mark.sources
def test_every_passage_says_which_sentence_it_is_part_of(root, article, article_name, article_text):
    count = int(turtle.read(root / "data/meta.ttl").value(ID[f"document/{article_name}"], DG.sentenceCount))
    starts = sentences(article_text)
    for span in article.subjects(RDF.type, OA.SpecificResource):
        start, end = (article.value(span, OA.hasSelector / side).toPython() for side in (OA.start, OA.end))
        number = sentence_of(starts, start, end)
        is_counted = number is not None and number <= count
        assert article.value(span, DG.sentenceNumber) == (Literal(number) if is_counted else None), span


@pytest.mark.sources
def test_words_given_as_the_articles_stand_in_it(article, article_text):
    assert [text for text in texts(article, *WORDS) if text.lower() not in article_text.lower()] == []


@pytest.mark.sources
def test_no_eight_words_in_a_row_are_the_articles(article, article_text):
    own = [str(o) for o in article.objects() if isinstance(o, Literal)]

    assert [text for text in own if runs(text) & runs(article_text)] == []
