"""The search page: things by kind, each with its date and context; a part of them is called one."""

import html
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from diplograph.namespaces import ID, KINDS
from diplograph.repository import Repository
from diplograph.search.index import MOST
from diplograph.settings import Settings
from diplograph.web import create_app
from diplograph.web.search import FIRST, HEADINGS

USUAL_ENGINES = ("embedded",)
PAGE = {"Accept": "text/html"}
FACET = re.compile(r'<li><a href="([^"]+)"(?: aria-current="page")?>([^<]+)</a> (\d+)</li>')
HIT = re.compile(r"<li>\n<p>.*?</li>", re.DOTALL)


def shown(client: FlaskClient, **query: str) -> str:
    return client.get("/search", query_string=query, headers=PAGE).get_data(as_text=True)


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)


def test_every_kind_of_thing_has_a_heading() -> None:
    assert set(KINDS) | {"point", "term"} == set(HEADINGS)


def test_things_stand_by_kind_who_acts_before_acts_and_these_before_names(client: FlaskClient) -> None:
    found = headings(shown(client, q="japan"))

    assert found[0] == "States"
    assert found[-1] == "Names"
    assert found == [heading for heading in HEADINGS.values() if heading in found]
    assert found.index("Acts") < found.index("Claims")


def test_an_act_is_told_with_its_class_its_date_in_words_and_who_did_it_to_whom(client: FlaskClient) -> None:
    page = shown(client, q="Japan expels eight Russian officials", kind="act")

    hit = HIT.findall(page)[0]
    assert "/doc/act/japan-expels-eight-russians-2022-04" in hit
    assert '<span class="kind">expulsion</span>' in hit
    assert '<span class="kind" title="2022-04-08">8 April 2022</span>' in hit
    assert re.sub(r"<[^>]+>", "", hit).count("Who: Japan; Against or to whom: Russia") == 1


@pytest.mark.parametrize("text", ["japan", "kishida", "act"])
def test_no_label_stands_twice_and_no_date_as_a_code(client: FlaskClient, text: str) -> None:
    hits = HIT.findall(shown(client, q=text))

    for hit in hits:
        first, *others = (html.unescape(one).strip() for one in re.findall(r">([^<>]*[^<>\s][^<>]*)<", hit))
        assert first not in others
        assert not any(re.match(r"\[|\d{4}-\d{2}", one) for one in (first, *others))
    assert hits


def test_kinds_are_links_with_the_counts_of_what_they_lead_to(client: FlaskClient) -> None:
    (_, _, every), *facets = FACET.findall(shown(client, q="japan"))

    assert sum(int(count) for _, _, count in facets) == int(every)
    for address, heading, count in facets:
        query = {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(address)).query).items()}
        page = shown(client, **query)
        assert headings(page) == [heading]
        assert len(HIT.findall(page)) == int(count)


def test_a_part_of_what_is_found_is_called_one_and_leads_to_the_rest(client: FlaskClient) -> None:
    page = shown(client, q="japan")

    (count,) = (count for _, heading, count in FACET.findall(page) if heading == "Acts")
    assert int(count) > FIRST
    assert re.search(rf'The first {FIRST} of {count}\.\n<a href="/search\?q=japan&amp;kind=act">', page)
    assert "The first" not in shown(client, q="japan", kind="act")


def test_of_more_things_of_one_kind_than_are_shown_the_page_counts_all(
    settings: Settings, tmp_path: Path
) -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    file = tmp_path / "acts.ttl"
    file.write_text(
        "".join(f'<{ID}act/v{n}> {label} "visit {n}"@en .\n' for n in range(MOST + 20)), encoding="utf-8"
    )
    with Repository.of_files([str(file)], settings) as repository:
        page = shown(create_app(repository).test_client(), q="visit", kind="act")

    assert f"The first {MOST} of {MOST + 20}.\n" in page
    assert len(HIT.findall(page)) == MOST


def test_programs_are_told_that_they_get_a_part(client: FlaskClient) -> None:
    many = client.get("/search", query_string={"q": "japan"})
    few = client.get("/search", query_string={"q": "japan", "kind": "act"})

    assert (many.headers["Result-Complete"], few.headers["Result-Complete"]) == ("false", "true")
    assert len(many.json["results"]["bindings"]) == MOST
    assert {one["thing"]["value"].startswith(ID["act/"]) for one in few.json["results"]["bindings"]} == {True}


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("JP", "state/japan"),
        ("jpn", "state/japan"),
        ("Q17", "state/japan"),
        ("EU", "polity/european-union"),
        ("SUHH", "state/soviet-union"),
        ("RU-CE", "polity/chechnya"),
        ("Итуруп", "place/iturup"),
        ("択捉島", "place/iturup"),
        ("USSR", "state/soviet-union"),
        ("Советский Союз", "state/soviet-union"),
        ("Siam", "state/thailand"),
        ("США", "state/united-states"),
        ("米国", "state/united-states"),
        ("Russian Federation", "state/russia"),
    ],
)
def test_a_code_an_old_or_a_foreign_name_finds_its_thing_first(
    client: FlaskClient, text: str, thing: str
) -> None:
    first = json.loads(client.get("/search", query_string={"q": text}).data)["results"]["bindings"][0]

    assert (first["thing"]["value"], float(first["score"]["value"])) == (str(ID[thing]), 100.0)


def test_expulsions_are_no_explanations(client: FlaskClient) -> None:
    page = shown(client, q="expulsions")

    assert "#Expulsion" in page
    assert "explain" not in page


@pytest.mark.parametrize("text", ["Kiev", "Fellini"])
def test_where_nothing_is_found_the_page_says_what_to_do(client: FlaskClient, text: str) -> None:
    page = shown(client, q=text)

    assert f"Nothing here has a name like “{text}”" in page
    assert "Try fewer words" in page
    assert ("Did you mean" in page, "/doc/body/kyiv-post" in page) == ((text == "Kiev"),) * 2


def test_where_only_other_kinds_are_found_the_page_names_them(client: FlaskClient) -> None:
    page = shown(client, q="kishida", kind="state")

    assert "Nothing of this kind has a name like" in page
    assert ("People", "1") in {(heading, count) for _, heading, count in FACET.findall(page)}


def test_labels_and_dates_are_in_the_language_that_was_asked_for(client: FlaskClient) -> None:
    page = shown(client, q="japan", _lang="ja")

    assert re.search(r'<a href="/doc/state/japan\?_lang=ja"[^>]*lang="ja">日本</a>', page)
    assert "2022年4月8日" in page
    assert "_lang=ja" in FACET.findall(page)[1][0]


def test_a_kind_that_there_is_not_is_refused_naming_those_that_there_are(client: FlaskClient) -> None:
    problem = json.loads(client.get("/search", query_string={"q": "japan", "kind": "country"}).data)

    assert (problem["status"], problem["parameters"]) == (400, ["kind"])
    assert "state" in problem["detail"]
