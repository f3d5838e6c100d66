"""The first page and About: what the release covers, counted; what took place apart from what did not."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from diplograph.namespaces import PREFIXES
from diplograph.repository import Repository
from diplograph.web import create_app
from diplograph.web.overview import MOST_STATES, OTHERS, by_theme

HTML = {"Accept": "text/html"}
DG = f"PREFIX dg: <{PREFIXES['dg']}> PREFIX dgv: <{PREFIXES['dgv']}> PREFIX rdfs: <{PREFIXES['rdfs']}>"
REALISED = (
    "SELECT DISTINCT ?act ?label { ?act a dg:RealisedAct ; rdfs:label ?label FILTER(LANG(?label) = 'en') }"
)
OTHER_ACTS = """SELECT DISTINCT ?act ?label { ?act a dg:Act ; rdfs:label ?label FILTER(LANG(?label) = 'en')
    FILTER NOT EXISTS { ?act a dg:RealisedAct } }"""


def rows(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.get(
        "/sparql", query_string={"query": f"{DG} {query}"}, headers={"Accept": "application/json"}
    )
    return [
        {name: value["value"] for name, value in row.items()} for row in answer.json["results"]["bindings"]
    ]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def section(html: str, heading: str) -> str:
    return html.split(f"<h2>{heading}</h2>")[1].split("</section>", maxsplit=1)[0]


@pytest.fixture(scope="module")
def home(app) -> str:
    return app.test_client().get("/", headers=HTML).text


@pytest.fixture(scope="module")
def about(app) -> str:
    return app.test_client().get("/about", headers=HTML).text


def test_first_page_names_the_busiest_states_and_counts_the_others(home: str, client: FlaskClient) -> None:
    found = rows(
        client,
        """SELECT ?label (COUNT(DISTINCT ?act) AS ?n) { ?act dg:summaryActor|dg:summaryTarget ?state .
           ?state a dg:State ; rdfs:label ?label FILTER(LANG(?label) = 'en') }
           GROUP BY ?state ?label ORDER BY DESC(?n) ?state""",
    )
    scope = words(home).split("This release holds")[1].split("How it is made")[0]

    assert all(row["label"] in scope for row in found[:MOST_STATES])
    assert f"and {len(found) - MOST_STATES} other states" in scope


def test_first_page_tells_years_and_sources(home: str, client: FlaskClient) -> None:
    [found] = rows(client, "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a dg:PinnedDocument }")
    [every] = rows(client, "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a dg:SourceDocument }")
    scope = words(home).split("This release holds")[1].split("How it is made")[0]

    assert f"read from {found['n']} articles" in scope
    assert f"what {int(every['n']) - int(found['n'])} other reports say" in scope
    assert re.search(r"\(mostly \d{4}, the earliest of \d{4}\)", scope)


def test_first_page_counts_what_took_place_apart_from_what_did_not(home: str, client: FlaskClient) -> None:
    numbers = {
        unescape(name): int(value)
        for name, value in re.findall(r"<div><dt>([^<]+)</dt><dd>(\d+)</dd></div>", home)
    }
    unrealised = rows(client, "SELECT DISTINCT ?act { ?act a dg:UnrealisedAct }")
    every = rows(client, "SELECT DISTINCT ?act { ?act a dg:Act }")

    assert numbers["took place"] == len(rows(client, REALISED))
    assert numbers["planned, promised, threatened or called for"] == len(unrealised)
    assert sum(list(numbers.values())[:3]) == len(every)


def test_list_of_the_newest_acts_has_none_that_did_not_take_place(home: str, client: FlaskClient) -> None:
    newest = section(home, "The newest acts that took place")
    not_done = section(home, "Announced, planned or threatened")

    assert newest.count("<li>") == 8
    assert all(row["label"] not in unescape(newest) for row in rows(client, OTHER_ACTS))
    assert all(row["label"] in unescape(not_done) for row in rows(client, OTHER_ACTS))


def test_dates_of_the_newest_acts_are_in_words_with_the_code_beside(home: str) -> None:
    newest = section(home, "The newest acts that took place")

    assert '<span title="2022-09-30/2022-10-04">from 30 September to 4 October 2022</span>' in newest
    assert not re.search(r">\s*\[?\d{4}-\d{2}", newest)


def test_first_page_shows_one_answer_with_its_picture(home: str) -> None:
    featured = home.split('<section class="featured"')[1].split("</section>", maxsplit=1)[0]

    assert "<svg" in featured
    assert 'href="/queries/reciprocal-expulsions"' in featured


@pytest.mark.parametrize("path", ["/", "/queries"])
def test_questions_stand_under_their_themes(path: str, client: FlaskClient, published: Repository) -> None:
    page = unescape(client.get(path, headers=HTML).text)
    themes = by_theme(published.queries.values())

    assert OTHERS not in themes
    assert sorted(query.name for own in themes.values() for query in own) == sorted(published.queries)
    for theme, queries in themes.items():
        own = re.split(rf"<h[23]>{theme}</h[23]>", page)[1].split("</section>")[0]
        assert all(f'/queries/{query.name}"' in own for query in queries)


def test_about_tells_method_sources_what_it_is_not_keepers_and_how_to_cite(about: str) -> None:
    headings = re.findall(r"<h2>([^<]+)</h2>", about)

    assert headings == ["How it is made", "Sources", "What it is not", "Who keeps it", "How to cite"]
    assert all(name in about for name in ("Wikidata", "GDELT", "PLOVER", "OpenSanctions"))


def test_about_names_every_article_that_was_read(about: str, client: FlaskClient) -> None:
    every = "?d a dg:PinnedDocument ; rdfs:label ?label FILTER(LANG(?label) = 'en')"
    articles = rows(client, f"SELECT ?label {{ {every} }}")

    assert articles
    assert all(row["label"] in unescape(about) for row in articles)


def test_about_is_one_click_from_every_page_and_cites_the_release(
    about: str, client: FlaskClient, published: Repository
) -> None:
    assert f"Release {published.release.name}" in about
    for path in ("/", "/search", "/doc/state/japan.html", "/limits"):
        assert 'href="/about"' in client.get(path, headers=HTML).text


@pytest.mark.parametrize("path", ["/", "/doc/act/russia-expels-motoki-2022.html"])
def test_page_describes_itself_for_link_previews(path: str, client: FlaskClient) -> None:
    page = client.get(path, headers=HTML).text
    found = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page))

    assert found["description"] == found["og:description"]
    assert len(found["description"]) > 40
    preview = client.get(urlsplit(found["og:image"]).path)
    assert (preview.status_code, preview.content_type) == (200, "image/png")


def test_address_of_the_project_is_on_every_page_once_it_has_one(published: Repository) -> None:
    def project(url: str | None) -> list[str]:
        settings = replace(published.settings, project_url=url)
        page = create_app(replace(published, settings=settings)).test_client().get("/limits", headers=HTML)
        return re.findall(r'<a href="([^"]+)"[^>]*>The project</a>', page.text)

    assert project("https://example.org/diplograph") == ["https://example.org/diplograph"]
    assert project(None) == []
