"""Pages, answers and stories tell a number or a date no more exactly than its source does."""

import csv
import io
import shutil
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from answers import ROOT
from diplograph import repository
from diplograph.namespaces import PREFIXES
from diplograph.settings import Settings
from diplograph.web import create_app
from thing_pages import key_facts, page, section

ENGINES = ("embedded",)
PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
DOCUMENT = """
doc:{0} a dg:SourceDocument ; rdfs:label "Report {0}"@en ; dcterms:publisher "Example News" ;
  dcterms:issued "2018-06-30"^^xsd:date ; dcterms:language "en" ; foaf:page <https://news.example.org/{0}> .
ev:{0} a dg:Evidence ; oa:hasTarget doc:{0} ; oa:motivatedBy oa:linking ; dg:certainty dgv:high .
"""
ACT = """
act:{0} a dg:Expulsion ; rdfs:label "{0}"@en ; dg:actor state:japan ; dg:target state:russia ;
  dg:realisation dgv:ordered ; dg:form dgv:order-to-leave ; dg:when time:{0} ; dg:affects group:{0} ;
  dg:evidence ev:x1 .
group:{0} a dg:Group ; rdfs:label "group {0}"@en ; dg:represents state:russia ; dg:evidence ev:x1 ;
  dg:memberCount {1} ; dg:countQualifier dgv:{2} .
time:{0} a dg:TimeSpan ; dg:edtf "{3}"^^edtf:EDTF ; dg:dateBasis dgv:stated ; dg:evidence ev:x1 ;
  dg:notBefore "{4}"^^xsd:date ; dg:notAfter "{5}"^^xsd:date .
"""
DAY = ("2018-03-14", "2018-03-14")
ONE = (
    DOCUMENT.format("x1"),
    ACT.format("about", 150, "about", "2018-03-14T12:30:00Z", *DAY),
    ACT.format("earlier", 1400, "at-most", "2018-03-14T09:00:00Z", *DAY),
    ACT.format("spring", 40, "at-least", "2018-21", "2018-03-01", "2018-05-31"),
    """
act:hit a dg:Sanction ; rdfs:label "hit"@en ; dg:actor state:japan ; dg:target state:russia ;
  dg:realisation dgv:announced ; dg:when time:spring ; dg:imposes measure:hit ; dg:evidence ev:x1 .
measure:hit a dg:RestrictiveMeasure ; rdfs:label "a measure"@en ; dg:measureType dgv:asset-freeze ;
  dg:measureTarget group:about , group:spring ; dg:evidence ev:x1 .
claim:hit a dg:Claim ; rdfs:label "claim"@en ; dg:claimAbout act:hit ; dg:claimedBy state:russia ;
  dg:proposition "At least 300 people were hit."@en ; dg:epistemicStatus dgv:reported ;
  dg:claimedNumber 300 ; dg:countQualifier dgv:at-least ; dg:evidence ev:x1 .
""",
)
TWO = (DOCUMENT.format("x2"), "group:spring dg:memberCount 42 ; dg:evidence ev:x2 .")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    root = tmp_path_factory.mktemp("inexact")
    for name in ("ontology", "shapes", "queries"):
        (root / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "data", root / "data")
    for name, texts in (("x1", ONE), ("x2", TWO)):
        (root / "data" / f"{name}.ttl").write_text(PROLOGUE + "".join(texts), encoding="utf-8")
    settings = Settings.resolve(kb=root, environ={}, workers=1, base_url="https://data.example.org")
    with repository.load(settings) as loaded:
        yield create_app(loaded).test_client()


@pytest.mark.parametrize(
    ("language", "about", "most"),
    [
        ("en", "about 150", "at most 1,400"),
        ("ja", "約150", "1,400以下"),
        ("ru", "примерно 150", "не более 1 400"),
    ],
)
def test_page_of_a_group_and_of_an_act_tell_a_number_as_its_source_does(
    client: FlaskClient, language: str, about: str, most: str
) -> None:
    headers = {"Accept-Language": language}
    group = page(client, "group/about", **headers)
    act = page(client, "act/about", **headers)

    assert [about] in key_facts(group).values()
    assert [most] in key_facts(page(client, "group/earlier", **headers)).values()
    assert [about] in key_facts(act).values()
    assert about in section(act, "affected")[0]
    assert about in section(page(client, "measure/hit", **headers), "targets")[0]


def test_each_source_has_its_own_number(client: FlaskClient) -> None:
    facts = key_facts(page(client, "group/spring"))
    act = page(client, "act/spring")

    assert sorted(facts["How many"]) == ["42", "at least 40"]
    assert key_facts(act)["How many are affected"] == ["42", "the sources agree"]
    assert sorted(row[4] for row in section(act, "accounts") if len(row) > 1) == ["42", "at least 40"]


def test_claim_gives_its_number_as_it_was_said(client: FlaskClient) -> None:
    assert key_facts(page(client, "claim/hit"))["Number that it gives"] == ["at least 300"]
    assert key_facts(page(client, "act/hit"))["How many are affected"] == ["at least 300"]


def test_columns_of_answers_stay_whole_numbers_beside_how_exact_they_are(client: FlaskClient) -> None:
    rows = answer(client, "expulsions", by="japan", to="2018-12-31")

    assert [[row[name] for name in ("actLabel", "least", "most", "exactness")] for row in rows] == [
        ["spring", "42", "42", ""],
        ["earlier", "", "1400", ""],
        ["about", "150", "150", f"{PREFIXES['dgv']}about"],
    ]


def test_targets_of_sanctions_have_no_bound_that_no_source_gives(client: FlaskClient) -> None:
    rows = answer(client, "sanction-targets", sanction="hit")

    assert [(row["least"], row["most"], row["exactness"]) for row in rows] == [
        ("150", "150", f"{PREFIXES['dgv']}about"),
        ("40", "", ""),
    ]


def answer(client: FlaskClient, name: str, **given: str) -> list[dict[str, str]]:
    text = client.get(f"/queries/{name}.csv", query_string=given).get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            ["14 March 2018 at 12:30 UTC", "spring 2018", "Persons concerned: about 150.", "at most 1400."],
        ),
        ("ja", ["2018年3月14日 12:30 UTC", "2018年春", "約150人", "1400人以下"]),
        (
            "ru",
            ["14 марта 2018\N{NO-BREAK SPACE}г. в 12:30 UTC", "весна 2018", "примерно 150", "не более 1400"],
        ),
    ],
)
def test_story_of_two_states_tells_times_seasons_and_numbers_in_words(
    client: FlaskClient, language: str, texts: list[str]
) -> None:
    answered = client.get(f"/between/japan/russia?_lang={language}")
    text = answered.get_data(as_text=True)

    assert answered.status_code == 200
    assert [one for one in texts if one not in text] == []


def test_acts_of_one_day_stand_in_the_order_of_their_hours(client: FlaskClient) -> None:
    hours = {"2018-03-14T09:00:00Z", "2018-03-14T12:30:00Z"}
    rows = answer(client, "timeline", one="japan", other="russia")

    story = client.get("/between/japan/russia?_lang=en").get_data(as_text=True)

    assert [row["actLabel"] for row in rows if row["date"] in hours] == ["earlier", "about"]
    assert 0 < story.index("at 09:00 UTC") < story.index("at 12:30 UTC")
