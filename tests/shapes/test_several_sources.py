"""Several sources on one act, each in its own graph: they may differ, and each is held to one version."""

from collections.abc import Callable
from pathlib import Path

import pytest

from diplograph.namespaces import DGG, DGS
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, check

PREFIXES = """
PREFIX act: <https://w3id.org/diplograph/id/act/>
PREFIX claim: <https://w3id.org/diplograph/id/claim/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX dgg: <https://w3id.org/diplograph/graph/>
PREFIX dgv: <https://w3id.org/diplograph/vocab/>
PREFIX doc: <https://w3id.org/diplograph/id/document/>
PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
PREFIX ev: <https://w3id.org/diplograph/id/evidence/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX group: <https://w3id.org/diplograph/id/group/>
PREFIX matter: <https://w3id.org/diplograph/id/matter/>
PREFIX measure: <https://w3id.org/diplograph/id/measure/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX person: <https://w3id.org/diplograph/id/person/>
PREFIX place: <https://w3id.org/diplograph/id/place/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX state: <https://w3id.org/diplograph/id/state/>
PREFIX tenure: <https://w3id.org/diplograph/id/tenure/>
PREFIX time: <https://w3id.org/diplograph/id/time/>
PREFIX office: <https://w3id.org/diplograph/id/office/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
DOCUMENT = """
doc:{name} a dg:SourceDocument ; rdfs:label "a report"@en ; dcterms:publisher "an agency" ;
    foaf:page <https://example.org/{name}> ; dg:published time:published-{name} .
ev:{name} a dg:Evidence ; oa:hasTarget doc:{name} ; dg:certainty dgv:high .
"""
PUBLISHED = {"one": "2022-04-20", "two": "2022-06-01"}
PLANNED_TOUR = """
act:tour a dg:Visit ; rdfs:label "a tour"@en ; dg:actor state:japan ; dg:target state:indonesia ;
    dg:targetCount 3 ; dg:when time:tour ; dg:realisation dgv:planned ; dg:evidence ev:one .
"""
GROUP = """
group:some a dg:Group ; rdfs:label "some officials"@en ; dg:represents state:russia ; dg:memberCount 2 ;
    dg:evidence ev:one .
"""
TALKS = """
matter:talks a dg:Negotiation ; rdfs:label "talks"@en ; dg:hasParty state:japan , state:russia ;
    dg:stage dgv:ongoing ; dg:evidence ev:one .
"""
RETALIATION = """
act:cause a dg:Detention ; rdfs:label "a cause"@en ; dg:actor state:russia ; dg:target state:japan ;
    dg:when time:cause ; dg:realisation dgv:carried-out ; dg:evidence ev:one .
act:answer a dg:Protest ; rdfs:label "an answer"@en ; dg:actor state:japan ; dg:target state:russia ;
    dg:when time:answer ; dg:realisation dgv:carried-out ; dg:retaliatesFor act:cause ; dg:evidence ev:one .
claim:answer a dg:ResponseClaim ; rdfs:label "that answers this"@en ; dg:claimedBy state:japan ;
    dg:claimedResponse act:answer ; dg:claimedCause act:cause ; dg:epistemicStatus dgv:attributed ;
    dg:proposition "The one is an answer to the other."@en ; dg:evidence ev:one .
"""
EXPULSION = """
act:order a dg:Expulsion ; rdfs:label "an order"@en ; dg:actor state:japan ; dg:target state:russia ;
    dg:when time:order ; dg:deadline time:deadline ; dg:realisation dgv:ordered ; dg:evidence ev:one .
"""
SPEECH = """
act:speech a dg:Demand ; rdfs:label "a speech"@en ; dg:actor state:japan ; dg:target state:russia ;
    dg:speaker person:yoshimasa-hayashi ; dg:when time:speech ; dg:realisation dgv:carried-out ;
    dg:evidence ev:one .
tenure:minister a dg:Tenure ; rdfs:label "a term"@en ; dg:holder person:yoshimasa-hayashi ;
    dg:tenureOffice office:foreign-minister-of-japan ; dg:when time:term ; dg:evidence ev:one .
"""

SANCTION = """
act:ban a dg:Sanction ; rdfs:label "a ban"@en ; dg:actor state:japan ; dg:target state:russia ;
    dg:imposes measure:ban ; dg:when time:ban ; dg:realisation dgv:{} ; dg:evidence ev:one .
measure:ban a dg:RestrictiveMeasure ; rdfs:label "a ban on imports"@en ; dg:measureType dgv:import-ban ;
    dg:coversGoods dgv:oil ; dg:measureTarget state:russia ; dg:evidence ev:one .
claim:ban a dg:Claim ; rdfs:label "that there is a ban"@en ; dg:claimedBy state:russia ; dg:asserts act:ban ;
    dg:epistemicStatus dgv:attributed ; dg:proposition "There is a ban."@en ; dg:evidence ev:one .
"""

Found = Callable[[str, str], list[str]]


def span(name: str, day: str, source: str, *, end: str = "", edtf: str = "") -> str:
    """A time span with its bounds, by its own words or those of a source."""
    text = edtf or (f"{day}/{end}" if end else day)
    return f"""
time:{name} a dg:TimeSpan ; dg:dateBasis dgv:stated ; dg:evidence ev:{source} ; dg:edtf "{text}"^^edtf:EDTF ;
    dg:notBefore "{day}"^^xsd:date ; dg:notAfter "{end or day}"^^xsd:date .
"""


def source(name: str, text: str) -> str:
    """A named graph with what one source says, and its document."""
    day = span(f"published-{name}", PUBLISHED[name], name)
    return f"GRAPH dgg:{name} {{ {DOCUMENT.format(name=name)} {day} {text} }}\n"


TOUR = PLANNED_TOUR + span("tour", "2022-05-01", "one")


@pytest.fixture
def found(tmp_path: Path, judge: Callable[[Path], Report]) -> Found:
    """The shapes that find something once two sources have said something, each as often as it does."""

    def asked(first: str, second: str) -> list[str]:
        path = tmp_path / "sources.trig"
        path.write_text(PREFIXES + source("one", first) + source("two", second), encoding="utf-8")
        report = judge(path)
        assert report.uncovered == []
        names = [f.shape.removeprefix(DGS) for f in report.findings if f.change == "new"]
        return sorted(name for name in names if name != "UndescribedGraph")

    return asked


def test_later_source_may_say_that_what_was_planned_took_place(found: Found):
    second = "act:tour dg:realisation dgv:carried-out ; dg:targetCount 4 ; dg:evidence ev:two ."

    assert found(TOUR, second) == []


@pytest.mark.parametrize(
    ("stage", "expected"),
    [("in-effect", []), ("planned", ["Claim-asserts-unrealised", "Sanction-imposes-unrealised"])],
)
def test_later_source_may_say_that_what_was_imposed_came_to_nothing(
    found: Found, stage: str, expected: list[str]
):
    first = SANCTION.format(stage) + span("ban", "2022-04-01", "one")

    assert found(first, "act:ban dg:realisation dgv:abandoned ; dg:evidence ev:two .") == expected


def test_second_source_may_give_another_number_of_people_and_parts(found: Found):
    first = GROUP + 'place:isles a dg:Place ; rdfs:label "isles"@en ; dg:partCount 4 .'
    second = "group:some dg:memberCount 3 ; dg:evidence ev:two . place:isles dg:partCount 3 ."

    assert found(first, second) == []


def test_more_members_are_named_than_stated_only_if_no_source_states_as_many(found: Found):
    named = "group:some dg:hasMember state:china , state:mongolia , state:vietnam ; dg:memberCount {} ."

    assert found(GROUP, named.format(4)) == []
    assert found(GROUP, named.format(3)) == ["Group-memberCount-complete"]
    assert found(GROUP, named.format(1)) == ["Group-memberCount-members"]


def test_later_source_may_give_another_stage(found: Found):
    assert found(TALKS, "matter:talks dg:stage dgv:suspended ; dg:evidence ev:two .") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TOUR, "act:tour dg:realisation dgv:in-effect , dgv:ordered ."),
        (TOUR, "act:tour dg:targetCount 4 , 5 ."),
        (GROUP, "group:some dg:memberCount 3 , 4 ."),
        (TALKS, "matter:talks dg:stage dgv:suspended , dgv:stopped ."),
        ('place:isles a dg:Place ; rdfs:label "isles"@en .', "place:isles dg:partCount 4 , 3 ."),
    ],
    ids=["realisation", "targets", "members", "stage", "parts"],
)
def test_one_source_gives_one_value(found: Found, first: str, second: str):
    assert found(first, second) == ["OneValuePerGraph"]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (span("again", "2022-05-01", "two"), []),
        (span("again", "2022-05-01", "two", edtf="[2022-05-01]"), []),
        (span("again", "2022-05-02", "two"), ["UnexplainedDifference"]),
        (span("again", "2022-05-01", "two", end="2022-05-31", edtf="2022-05"), []),
        ("time:again a dg:TimeSpan ; dg:dateBasis dgv:date-unknown ; dg:evidence ev:two .", []),
    ],
    ids=["day", "bounds", "another-day", "month", "unknown"],
)
def test_times_of_two_sources_differ_by_what_they_say(found: Found, second: str, expected: list[str]):
    assert found(TOUR, f"act:tour dg:when time:again . {second}") == expected


@pytest.mark.parametrize(
    ("cause", "answer", "later", "expected"),
    [
        ("2022-04-01", "2022-04-10", "2022-03-20", []),
        ("2022-04-01", "2022-03-20", "2022-04-10", []),
        ("2022-04-01", "2022-04-01", "2022-04-10", []),
        ("2022-04-01", "2022-03-20", "2022-03-21", ["Retaliation-retaliatesFor-before"]),
        ("2022-04-01", "2022-04-01", "2022-03-20", ["Retaliation-retaliatesFor-overlap"]),
    ],
)
def test_retaliation_comes_before_its_cause_only_if_it_does_by_every_source(
    found: Found, cause: str, answer: str, later: str, expected: list[str]
):
    first = RETALIATION + span("cause", cause, "one") + span("answer", answer, "one")
    second = "act:answer dg:when time:answer-again ." + span("answer-again", later, "two")

    assert found(first, second) == sorted(["UnexplainedDifference", *expected])


@pytest.mark.parametrize(
    ("deadline", "expected"), [("2022-05-10", []), ("2022-04-20", ["Expulsion-deadline"] * 2)]
)
def test_deadline_lies_before_the_order_only_if_it_does_by_every_source(
    found: Found, deadline: str, expected: list[str]
):
    first = EXPULSION + span("order", "2022-04-27", "one") + span("deadline", deadline, "one")
    second = "act:order dg:deadline time:second ." + span("second", "2022-04-21", "two")

    assert found(first, second) == sorted(["UnexplainedDifference", *expected])


@pytest.mark.parametrize(
    ("spoken", "term", "expected"),
    [
        ("2022-04-01", "2021-01-01", []),
        ("2019-04-01", "2019-01-01", []),
        ("2019-04-01", "2021-01-01", ["OfficialAct-tenure-time"]),
    ],
)
def test_speaker_was_out_of_office_only_if_so_by_every_source(
    found: Found, spoken: str, term: str, expected: list[str]
):
    first = SPEECH + span("speech", "2018-04-01", "one") + span("term", "2020-01-01", "one", end="2023-01-01")
    second = "act:speech dg:when time:second . tenure:minister dg:when time:term-again ."
    second += span("second", spoken, "two") + span("term-again", term, "two", end="2023-01-01")

    assert found(first, second) == sorted(["UnexplainedDifference", *expected])


def test_planned_visit_that_one_source_saw_ahead_is_not_too_early_for_a_later_one(found: Found):
    assert found(TOUR, "act:tour dg:evidence ev:two .") == []


def test_possible_duplicate_is_told_once_however_many_times_the_sources_give(found: Found):
    twice = TOUR + PLANNED_TOUR.replace("act:tour", "act:tour-again")
    second = "act:tour dg:when time:second . act:tour-again dg:when time:second ."
    second += span("second", "2022-05-01", "two")

    assert found(twice, second) == ["Act-when-duplicate"]


def test_graph_that_nothing_describes_stands_where_its_file_begins(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "one.ttl"
    said = "act:fsb-detains-consul-2022 dg:realisation dgv:carried-out ; dg:evidence ev:bg24 ."
    path.write_text(PREFIXES + said, encoding="utf-8")

    report = check(KnowledgeBase(root), [path], graph=str(DGG.one))

    told = [(f.focus, f.file, f.line) for f in report.findings if f.shape == str(DGS.UndescribedGraph)]
    assert told == [(str(DGG.one), str(path), 1)]
