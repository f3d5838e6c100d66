"""The page of a canned query: pick-lists, evidence, downloads, citation; one file for all of it."""

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from diplograph.queries import QueryBook
from diplograph.release import Release
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import answers, canned, create_app

USUAL_ENGINES = ("embedded",)
PAGE = {"Accept": "text/html"}
SOURCE = Path(__file__).resolve().parents[2] / "src" / "diplograph"
OFFERS_ALL = {"vocab"}
"""Kinds whose options are a whole scheme, also what no act has."""


def page(client: FlaskClient, address: str) -> str:
    response = client.get(address, headers=PAGE)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def links(html: str, text: str) -> list[str]:
    found = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', html)
    return [unescape(address) for address, label in found if label.startswith(text)]


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).get_data(as_text=True))))


def test_form_offers_what_the_data_holds_by_label(client: FlaskClient) -> None:
    html = page(client, "/queries/sanctions?imposer=japan&type=import-ban")

    assert '<input type="checkbox" name="imposer" value="japan" checked> Japan' in html
    assert '<input type="checkbox" name="imposer" value="russia"> Russia' in html
    assert '<option value="import-ban" selected>import ban</option>' in html
    assert '<option value="russia">Russia</option>' in html
    assert '<option value="european-union">European Union</option>' in page(client, "/queries/timeline")


def test_fields_have_the_type_of_their_parameter(client: FlaskClient) -> None:
    html = page(client, "/queries/expulsions?from=2022-04-01")

    assert re.search(r'<input id="p-from" type="date" name="from" value="2022-04-01">', html)
    assert re.search(r'<select id="p-series" name="series">\s*<option value="true">yes</option>', html)


def test_each_value_that_a_form_offers_gives_rows(client: FlaskClient, published: Repository) -> None:
    empty = [
        (query.name, parameter.name, option.value)
        for query in published.queries.values()
        for parameter in query.parameters.values()
        if parameter.options_query and not OFFERS_ALL.intersection(parameter.kinds)
        for option in canned.offered(published.engine, parameter)[:3]
        if not rows(client, f"/queries/{query.name}.csv?{parameter.name}={option.value}")
        and query.name != "timeline"  # of two states, and not any two dealt with each other
    ]

    assert empty == []


def test_example_of_every_query_has_the_rows_that_its_header_tells(
    client: FlaskClient, published: Repository
) -> None:
    found = {
        name: len(rows(client, f"/queries/{name}.csv?{urlencode(query.example_values(), doseq=True)}"))
        for name, query in published.queries.items()
    }

    assert {name: query.rows for name, query in published.queries.items() if found[name] < query.rows} == {}
    assert [name for name, query in published.queries.items() if query.rows == 0] == []


def test_value_that_is_not_offered_stays_in_the_form(client: FlaskClient) -> None:
    html = page(client, "/queries/reciprocal-expulsions?state=mongolia")

    assert '<option value="mongolia" selected>mongolia</option>' in html
    unlike = page(client, "/queries/reciprocal-expulsions?state=state:mongolia")
    assert '<option value="mongolia" selected>mongolia</option>' in unlike


def test_link_to_the_csv_says_above_the_table_how_many_rows_it_holds(client: FlaskClient) -> None:
    html = page(client, "/queries/sanctions?imposer=japan&target=&type=")

    [address] = links(html, "CSV, ")
    count = int(re.search(r">CSV, (\d+) rows?<", html)[1])  # type: ignore[index]
    assert address == "/queries/sanctions.csv?imposer=japan"
    assert html.index(">CSV, ") < html.index("<table>")
    assert len(rows(client, address)) == count


def test_count_is_of_the_whole_answer_where_the_page_shows_a_part(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = len(rows(client, "/queries/sanctions.csv?imposer=japan"))
    monkeypatch.setattr(answers, "PAGE_ROWS", 2)
    html = page(client, "/queries/sanctions?imposer=japan&_timeout=9")

    assert f">CSV, {whole} rows<" in html
    assert f"The first 2 rows of {whole}" in html
    limited = page(client, "/queries/sanctions?imposer=japan&_limit=3")
    assert links(limited, "CSV, 3 rows") == ["/queries/sanctions.csv?imposer=japan&_limit=3"]


def test_spans_listed_in_one_cell_go_by_their_places(client: FlaskClient) -> None:
    html = page(client, "/queries/expulsions")

    assert re.search(r'<li><a href="/doc/span/[^"]+"[^>]*>sentence \d+, a1</a></li>', html)


def test_page_shows_where_the_sources_say_what_the_rows_say(client: FlaskClient) -> None:
    html = page(client, "/queries/reciprocal-expulsions").partition('id="evidence"')[2]

    assert ">Japan expels eight Russian officials</a>" in html
    assert ">Not Only Disputed Kuril Islands: Ties Between Russia, Japan Soured Considerably</a>" in html
    assert ">Grzegorz Kuczyński</a> · published by" in html
    assert re.search(r'<a href="/doc/span/a1-s28"[^>]*>Sentence 28 of 46</a>', html)
    assert "The texts are not reproduced here." in html
    assert re.search(r"<code>[0-9a-f]{64}</code>", html)


@pytest.mark.sources
def test_page_quotes_the_passages_of_the_rows_where_the_texts_are_at_hand(
    settings: Settings, release: Release, sources_dir: Path
) -> None:
    with Repository.of_release(replace(settings, passages=sources_dir), release) as repository:
        html = page(create_app(repository).test_client(), "/queries/reciprocal-expulsions")

    assert len(re.findall(r'<blockquote class="passage" lang="en">.*?<mark>[^<]{40,}</mark>', html)) > 4
    assert "not reproduced" not in html


def test_permalink_names_the_release_and_gives_the_same_answer(
    client: FlaskClient, published: Repository
) -> None:
    address = links(page(client, "/queries/sanctions?imposer=japan"), "Permalink")[0]

    assert address == f"/queries/sanctions?imposer=japan&version={published.release.name}"
    assert rows(client, address.replace("?", ".csv?")) == rows(client, "/queries/sanctions.csv?imposer=japan")


def test_answer_is_cited_with_query_parameters_and_release(
    client: FlaskClient, published: Repository
) -> None:
    asked = "?imposer=japan&type=import-ban"
    [item] = json.loads(client.get(f"/queries/sanctions.csl.json{asked}").data)
    entry = client.get(f"/queries/sanctions.bib{asked}")
    bibtex = entry.get_data(as_text=True)

    assert item["URL"].endswith(f"/queries/sanctions{asked}&version={published.release.name}")
    assert (item["type"], item["version"]) == ("dataset", published.release.name)
    assert "imposer = japan; type = import-ban" in item["note"]
    assert bibtex.startswith(f"@misc{{{item['id']},")
    assert f"url = {{{item['URL']}}}" in bibtex
    assert bibtex.count("{") == bibtex.count("}")
    assert entry.headers["Content-Disposition"] == 'attachment; filename="sanctions.bib"'
    html = page(client, f"/queries/sanctions{asked}")
    assert bibtex in unescape(html)


def test_release_is_named_by_version_or_by_its_older_name(client: FlaskClient, published: Repository) -> None:
    address, name = "/queries/sanctions.csv", published.release.name

    answers_by_name = {
        client.get(f"{address}?{spelled}={name}").get_data() for spelled in ("version", "_version")
    }
    statuses = [
        client.get(f"{address}?{asked}").status_code
        for asked in (f"version={name}&_version={name}", f"version={'0' * 16}", f"_version={'0' * 16}")
    ]

    assert answers_by_name == {client.get(address).get_data()}
    assert statuses == [400, 404, 404]


def test_page_says_that_an_address_of_this_machine_leads_nobody_else_there(
    client: FlaskClient, published: Repository
) -> None:
    local = create_app(replace(published, settings=replace(published.settings, base_url=None)))
    told = "For others to reach it, it has to be served with <code>--base-url</code>"

    assert told in page(local.test_client(), "/queries/expulsions")
    assert told not in page(client, "/queries/expulsions")


def reasons(html: str) -> list[str]:
    found = html.partition("No rows: ")[2].partition("</ul>")[0].partition("<ul>")[2]
    return [re.sub(r"<[^>]*>", "", unescape(one)).strip() for one in found.split("<li>")[1:]]


def test_empty_answer_says_which_value_nothing_matches(client: FlaskClient) -> None:
    html = page(client, "/queries/sanctions?imposer=mongolia&type=import-ban")
    imposer, kind = reasons(html)

    assert imposer == "Imposed by: mongolia. There are rows without it."
    assert kind == "Kind of measure: import ban. Without it there are none either."
    assert links(html, "without it") == ["/queries/sanctions?type=import-ban"]


def test_page_of_a_value_that_names_nothing_is_its_form_with_what_is_near(client: FlaskClient) -> None:
    response = client.get("/queries/timeline?one=japan&other=moscw&unrealised=false", headers=PAGE)
    html = response.get_data(as_text=True)

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert not {"Content-Location", "ETag", "Link"} & set(response.headers.keys())
    assert "The other side: no thing of kind state or polity is called &#39;moscw&#39;." in html
    assert links(html, "Russia") == ["/queries/timeline?one=japan&other=state%3Arussia&unrealised=false"]
    assert '<option value="moscw" selected>moscw</option>' in html
    assert '<option value="japan" selected>Japan</option>' in html
    assert "<table>" not in html


def test_empty_answer_does_not_blame_what_stands_in_by_default(client: FlaskClient) -> None:
    html = page(client, "/queries/timeline?one=state:japan&other=japan")

    assert [one.partition(":")[0] for one in reasons(html)] == ["The other side"]


def test_empty_answer_tells_values_that_only_together_match_nothing(client: FlaskClient) -> None:
    found = reasons(page(client, "/queries/sanctions?imposer=russia&type=import-ban"))

    assert [one.partition(". ")[2] for one in found] == ["There are rows without it."] * 2


def test_answer_with_rows_needs_no_reasons(client: FlaskClient) -> None:
    assert "without it" not in page(client, "/queries/sanctions?imposer=japan")


HOSTILE = """\
#+ summary: Things & <b>more</b>
#+ question: Which?
#+ key: [word]
#+ parameters:
#+   word:
#+     type: string
#+     label: A "word"
#+     default: x
#+     options: |
#+       SELECT ?value ?label WHERE { VALUES (?value ?label) {
#+         ("x" "<script>alert(1)</script>") ("y\\"z" "&") } }
SELECT ?word (?word AS ?again) WHERE { VALUES ?word { "x" } }
"""


@pytest.fixture
def extended(published: Repository, tmp_path: Path) -> FlaskClient:
    """The service with one more file among its canned queries, and nothing else said about it."""
    (tmp_path / "newcomer.rq").write_text(HOSTILE, encoding="utf-8")
    book = QueryBook({**published.queries, **QueryBook.read(tmp_path)})
    return create_app(replace(published, queries=book)).test_client()


def test_one_file_is_form_csv_operation_example_and_link(extended: FlaskClient) -> None:
    assert '<select id="p-word" name="word">' in page(extended, "/queries/newcomer")
    assert rows(extended, "/queries/newcomer.csv?word=y")[0] == {"word": "y", "again": "y"}
    operation = json.loads(extended.get("/openapi.json").data)["paths"]["/queries/newcomer"]["get"]
    assert operation["parameters"][0]["name"] == "word"
    executables = extended.get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    assert "/queries/newcomer>" in executables.get_data(as_text=True)
    assert "newcomer" in {one["name"] for one in json.loads(extended.get("/editor.json").data)["examples"]}
    assert all('href="/queries/newcomer"' in page(extended, place) for place in ("/", "/queries", "/sparql"))


def test_no_text_of_a_header_or_of_the_data_becomes_markup(extended: FlaskClient) -> None:
    html = page(extended, "/queries/newcomer?word=%3Cimg%3E")

    assert "<script>alert" not in html
    assert "<b>more" not in html
    assert "<img>" not in html
    assert '<option value="y&#34;z">&amp;</option>' in html
    bibtex = extended.get("/queries/newcomer.bib?word=%7B%25%5C").get_data(as_text=True)
    assert bibtex.count("{") == bibtex.count("}")
    assert r"word = \textbraceleft{}\%\textbackslash{}" in bibtex


def test_no_part_of_the_code_lists_the_canned_queries(published: Repository) -> None:
    """A page may lead to one of them; two in a file are the beginning of a second list beside the folder."""
    texts = [path for kind in ("*.py", "*.html", "*.ts") for path in SOURCE.rglob(kind)]
    words = [name for name in published.queries if "-" in name]
    named = re.compile(f"queries/({'|'.join(published.queries)})\\b|[\"']({'|'.join(words)})[\"']")

    found = {path.name: set(named.findall(path.read_text(encoding="utf-8"))) for path in texts}
    assert {name: names for name, names in found.items() if len(names) > 1} == {}
