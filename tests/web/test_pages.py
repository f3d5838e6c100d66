"""Pages and descriptions: home, documents, downloads, operations."""

import gzip
import hashlib
import html
import json
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, VOID

from diplograph.repository import Repository
from diplograph.web import create_app

BASE_URL = "https://data.example.org"
PAGE = {"Accept": "text/html"}


def hrefs(page: str) -> set[str]:
    found = {href.replace("&amp;", "&").partition("#")[0] for href in re.findall(r'href="([^"]+)"', page)}
    return {href for href in found if href.startswith("/")}


@pytest.mark.parametrize(
    "start", ["/", "/queries", "/graphs", "/dumps", "/docs", "/problems", "/validate", "/sparql"]
)
def test_every_link_on_a_page_answers(client: FlaskClient, start: str) -> None:
    page = client.get(start, headers=PAGE).get_data(as_text=True)

    broken = {
        href
        for href in hrefs(page)
        if client.get(href, headers=PAGE, follow_redirects=True).status_code not in {200, 406}
    }
    assert broken == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "start",
    ["/doc/act/japan-expels-eight-russians-2022-04.html", "/ontology.html", "/vocab.html", "/graph/a1.html"],
)
def test_every_link_on_a_document_answers(client: FlaskClient, start: str) -> None:
    page = client.get(start).get_data(as_text=True)

    assert {
        href for href in hrefs(page) if client.head(href, headers=PAGE).status_code not in {200, 303}
    } == set()


def test_home_shows_figures_queries_and_the_newest_acts(client: FlaskClient, published: Repository) -> None:
    page = client.get("/").get_data(as_text=True)

    assert re.search(r"<dt>took place</dt><dd>\d+</dd>", page)
    assert all(f'href="/queries/{name}"' in page for name in published.queries)
    assert page.count('href="/doc/act/') >= 5
    assert '<html lang="en">' in page


def test_ontology_page_has_an_anchor_for_every_term(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/ontology.ttl").data, format="turtle")
    page = client.get("/ontology.html").get_data(as_text=True)

    ours = [str(term) for term in set(graph.subjects(RDF.type, None)) if "diplograph/ontology#" in str(term)]
    assert len(ours) > 100
    assert [iri for iri in ours if f'id="{iri.partition("#")[2]}"' not in page] == []


def test_vocabulary_page_has_an_anchor_for_every_concept(client: FlaskClient) -> None:
    page = client.get("/vocab.html").get_data(as_text=True)

    assert all(f'id="{slug}"' in page for slug in ("realisation", "carried-out", "epistemic", "alleged"))


def test_context_makes_plain_json_into_our_terms(client: FlaskClient) -> None:
    context = json.loads(client.get("/context.jsonld").data)["@context"]

    assert context["actor"] == {"@id": "dg:actor", "@type": "@id"}
    assert context["act"] == "https://w3id.org/diplograph/id/act/"


def test_void_gives_absolute_addresses_of_this_service(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")

    assert (None, VOID.sparqlEndpoint, URIRef(f"{BASE_URL}/sparql")) in graph
    dumps = {str(dump) for dump in graph.objects(None, VOID.dataDump)}
    assert dumps
    assert all(client.get(dump.removeprefix(BASE_URL)).status_code == 200 for dump in dumps)


def test_examples_hold_every_canned_query_as_it_can_be_run(
    client: FlaskClient, published: Repository
) -> None:
    sh = "http://www.w3.org/ns/shacl#"
    graph = Graph().parse(data=client.get("/.well-known/sparql-examples").data, format="turtle")

    examples = set(graph.subjects(RDF.type, URIRef(f"{sh}SPARQLExecutable")))
    assert len(examples) == len(published.queries)
    text = next(iter(graph.objects(None, URIRef(f"{sh}select"))))
    assert client.post("/sparql", data={"query": str(text)}).status_code == 200


def test_download_is_a_file_with_length_and_checksum(client: FlaskClient) -> None:
    entry = next(entry for entry in json.loads(client.get("/dumps").data) if ".nq" in entry["file"])

    response = client.get(entry["address"])

    assert response.mimetype == "application/gzip"
    assert "Content-Encoding" not in response.headers
    assert int(response.headers["Content-Length"]) == entry["size"]
    assert hashlib.sha256(response.data).hexdigest() == entry["sha256"]
    assert b"<https://w3id.org/diplograph/graph/a1>" in gzip.decompress(response.data)


def test_part_of_a_download_can_be_had(client: FlaskClient) -> None:
    address = json.loads(client.get("/dumps").data)[0]["address"]

    part = client.get(address, headers={"Range": "bytes=0-9"})

    assert (part.status_code, len(part.data)) == (206, 10)
    assert client.get(address, headers={"Range": "bytes=999999999-"}).status_code == 416


def test_unknown_download_is_404(client: FlaskClient) -> None:
    assert client.get("/dumps/manifest.json").status_code == 404


def test_openapi_describes_every_route_and_every_canned_query(
    client: FlaskClient, app: Flask, published: Repository
) -> None:
    document = json.loads(client.get("/openapi.json").data)

    routes = {
        (re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/static/")
    }
    assert document["openapi"].startswith("3.1")
    assert routes <= {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert all(operation["summary"] for path in document["paths"].values() for operation in path.values())
    for name, query in published.queries.items():
        parameters = document["paths"][f"/queries/{name}"]["get"]["parameters"]
        own = [p["name"] for p in parameters if p["name"][0] != "_" and p["name"] != "version"]
        assert own == list(query.parameters)


def test_openapi_names_the_project_where_it_is_at_home_somewhere(published: Repository) -> None:
    settings = replace(published.settings, project_url="https://example.org/diplograph")
    told, silent = (
        json.loads(create_app(repository).test_client().get("/openapi.json").data)["info"]
        for repository in (replace(published, settings=settings), published)
    )

    assert told["contact"] == {"url": "https://example.org/diplograph"}
    assert "contact" not in silent


def test_sitemap_lists_pages_that_exist(client: FlaskClient) -> None:
    addresses = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").get_data(as_text=True))

    assert len(addresses) > 100
    assert all(address.startswith(BASE_URL) for address in addresses)
    assert all(client.head(address.removeprefix(BASE_URL)).status_code == 200 for address in addresses[::200])


def test_robots_learn_where_the_sitemap_is(client: FlaskClient) -> None:
    assert f"Sitemap: {BASE_URL}/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)


def test_readiness_names_the_release(client: FlaskClient, published: Repository) -> None:
    ready = json.loads(client.get("/health/ready").data)

    assert (ready["status"], ready["release"]) == ("ready", published.release.name)
    assert client.get("/health/ready").headers["Cache-Control"] == "no-store"


def test_limits_in_force_are_printed(client: FlaskClient, published: Repository) -> None:
    limits = json.loads(client.get("/limits").data)

    assert limits["query_seconds"] == published.settings.timeout
    assert limits["upload_bytes"] == published.settings.max_upload


def test_search_finds_things_by_a_part_of_their_label_in_any_language(client: FlaskClient) -> None:
    for text in ("japan", "日本", "ЯПОНИЯ"):
        rows = json.loads(client.get("/search", query_string={"q": text}).data)["results"]["bindings"]
        assert "https://w3id.org/diplograph/id/state/japan" in {row["thing"]["value"] for row in rows}


def test_search_finds_misspelled_names_and_tells_how_well_they_fit(client: FlaskClient) -> None:
    rows = json.loads(client.get("/search", query_string={"q": "Fumyo Kisida"}).data)["results"]["bindings"]

    assert rows[0]["label"]["value"] == "Fumio Kishida"
    assert 60 <= float(rows[0]["score"]["value"]) < 100


def test_search_shows_the_name_that_was_found_beside_the_label(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "北方領土"}, headers=PAGE).get_data(as_text=True)

    assert 'lang="ja">北方領土</span>' in page
    assert "/doc/place/islands-1" in page


def test_search_for_nothing_is_a_bad_request_for_programs_and_a_form_for_people(client: FlaskClient) -> None:
    assert client.get("/search").status_code == 400
    assert client.get("/search", headers=PAGE).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sparql", "/queries", "/validate", "/doc/state/japan.html"])
def test_page_has_one_heading_a_main_part_and_a_way_past_the_navigation(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path, headers=PAGE).get_data(as_text=True)

    assert page.count("<h1") == 1
    assert '<main id="content">' in page
    assert 'href="#content"' in page


def test_graphs_are_told_by_their_names_and_what_the_build_derives_apart(client: FlaskClient) -> None:
    page = client.get("/graphs", headers=PAGE).text
    stated, _, derived = page.partition("Derived from these by the build")

    assert re.search(r">What the first article says</a></th><td><code>a1</code></td>", stated)
    assert [name for name in ("closure", "inferred", "summary") if f"<code>{name}</code>" in derived] != []
    assert '<th scope="col" class="number">Triples</th>' in stated
    assert re.search(r'<td class="number">\d,\d{3}<', stated)


def test_downloads_have_their_size_in_words_and_sums_to_check(client: FlaskClient) -> None:
    page = client.get("/dumps", headers=PAGE).text
    entry = client.get("/dumps", headers={"Accept": "application/json"}).get_json()[0]

    assert re.search(rf'title="{entry["size"]:,} bytes">[\d.,]+ (kB|KiB|MB|MiB)</td>', page)
    assert f"{entry['sha256']}  {entry['file']}\n" in page


def test_releases_have_the_day_that_they_were_built_in_words(client: FlaskClient) -> None:
    page = client.get("/versions", headers=PAGE).text
    created = client.get("/versions", headers={"Accept": "application/json"}).get_json()[0]["created"]

    graphs = client.get("/graphs", headers={"Accept": "application/json"}).get_json()
    assert f'class="number">{sum(graph["triples"] for graph in graphs):,}<' in page
    assert re.search(rf'title="{re.escape(created)}">\d+ [A-Z][a-z]+ \d{{4}}, \d\d:\d\d UTC<', page)


def test_interface_is_told_by_what_one_wants_to_do(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    page = client.get("/docs", headers=PAGE).text

    told = set(re.findall(r"<h3><code>([A-Z]+) (/[^<]*)</code></h3>", page))
    canned = {"/queries/" + name for name in re.findall(r"<code>([a-z-]+)</code></h3>", page)}
    stated = {(m.upper(), path) for path, methods in document["paths"].items() for m in methods}
    suffixed = {(method, path) for method, path in stated - told if path not in canned}
    assert all((method, path.rpartition(".")[0]) in told for method, path in suffixed)
    assert told <= stated
    groups = re.split(r"<h2[^>]*>", page)
    assert next(part for part in groups if part.startswith("Ask the graph")).count("GET /sparql<") == 1
    assert "<code>timeout</code>" in page
    assert "Sends application/x-www-form-urlencoded, or application/sparql-query" in page
    assert not re.search("<|>|:(?!//)", "".join(path for _, path in told))
    assert [path for path in document["paths"] if re.search("[<>()]", path)] == []


def test_interface_has_a_request_to_try_at_each_address_that_reads(client: FlaskClient) -> None:
    page = client.get("/docs", headers=PAGE).text

    sections = re.findall(r"<h3><code>([A-Z]+ [^<]+)</code></h3>(.*?)</section>", page, re.DOTALL)
    without = [name for name, text in sections if "Try <a" not in text and "curl" not in text]
    assert without == ["GET /changes/{number}", "GET /changes/{number}/{side}"]  # nothing was changed


@pytest.mark.parametrize("term", ["dg:Expulsion", "dg:inResponseTo", "dgv:carried-out"])
def test_count_of_use_is_that_of_the_query_it_leads_to(client: FlaskClient, term: str) -> None:
    page = client.get("/vocab.html" if term.startswith("dgv") else "/ontology.html").text

    found = re.search(rf'href="(/sparql\?[^"]*)" aria-label="([\d,]+) \w+ with {term}"', page)
    assert found is not None
    rows = client.get(html.unescape(found[1]), headers={"Accept": "text/csv"}).text.splitlines()[1:]
    assert len(rows) == int(found[2].replace(",", "")) > 0


def test_ontology_has_a_tree_and_a_picture_of_its_classes(client: FlaskClient) -> None:
    page = client.get("/ontology.html").text
    tree = page[page.index('class="tree"') : page.index('id="picture"')]
    picture = page[page.index("<svg") : page.index("</svg>")]

    below = tree[tree.index(">dg:DiplomaticAct<") : tree.index(">dg:MilitaryAct<")]
    assert ">dg:Expulsion<" in below
    assert tree.count(">dg:Negotiation<") == 2  # it is of two kinds
    assert ">dg:Event<" in picture
    assert "actingBody, actor, affects, " in picture
    assert "style=" not in picture


@pytest.mark.parametrize(
    ("path", "text", "shown", "left_out"),
    [
        ("/ontology", "expuls", "Expulsion", "Sanction"),
        ("/ontology", "КОНФИСК", "", "Expulsion"),
        ("/vocab", "alleged", "alleged", "carried-out"),
        ("/shapes", "target", "Act-target", "Place-within"),
    ],
)
def test_reference_is_searched_by_a_parameter(
    client: FlaskClient, path: str, text: str, shown: str, left_out: str
) -> None:
    page = client.get(path, query_string={"q": text}, headers=PAGE).text

    assert f'value="{text}"' in page
    assert f"1 terms with “{text}”" not in page
    assert not shown or f'id="{shown}"' in page
    assert f'id="{left_out}"' not in page


def test_shapes_tell_what_they_judge_and_how_much_of_it(client: FlaskClient) -> None:
    page = client.get("/shapes.html").text

    acts = page[page.index('<h2 translate="no">Act</h2>') : page.index('id="Act"')]
    assert re.search(r'Judges every <a href="/ontology#Act"[^>]*>dg:Act</a> \(<a class="count"', acts)
    assert '<h2 translate="no">Place</h2>' in page


WORDS_OF_BEFORE = (
    *("Ask the graph anything that reads", "Way of being hit", "Event code", "pinned document", "part in it"),
    *("how far it got", "left as they were", ">Ground<", "Lag min", "Lag max", ">Interface<"),
)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/sparql", ["Write a SPARQL query"]),
        ("/queries/sanction-targets?_columns=all", ["How it affects the target"]),
        ("/doc/act/japan-expels-eight-russians-2022-04", ["PLOVER", "SANCTION", "Stage"]),
        ("/doc/document/a1", ["source text (fixed version)"]),
        ("/queries/officials?_columns=all", ["Reason given"]),
        ("/queries/reciprocal-expulsions", ["Days between (at least)", "Days between (at most)"]),
        ("/docs", ["<h1>API</h1>"]),
        ("/ontology.html", ["role"]),
    ],
)
def test_page_has_the_words_of_readers_and_none_of_the_model_alone(
    client: FlaskClient, path: str, words: list[str]
) -> None:
    page = client.get(path, headers=PAGE).text

    assert [word for word in words if word not in page] == []
    assert [word for word in WORDS_OF_BEFORE if word in page] == []
