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
        for option in canned.offered(published, parameter, ("en",))[:3]
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
    assert html.index(">CSV, ") < html.index("<table")
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


def table_of(html: str) -> tuple[list[str], list[list[str]]]:
    """The heads and the cells of the table of an answer, as text."""
    found = html.partition('<table class="rows answer')[2].partition("</table>")[0]
    heads, *rows = found.split("<tr>")[1:]
    return texts_of(heads, "th"), [texts_of(row, "td") for row in rows]


def texts_of(row: str, tag: str) -> list[str]:
    cells = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", row, re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in cells]


def test_page_has_the_headline_in_words_and_the_other_columns_on_demand(client: FlaskClient) -> None:
    html = page(client, "/queries/reciprocal-expulsions?state=japan")
    heads, rows_seen = table_of(html)

    assert heads[:3] == ["First expulsion", "Date of the first", "Second expulsion"]
    assert "Days between (at least)" in heads
    assert rows_seen[0][:2] == ["Japan expels eight Russian officials", "8 April 2022"]
    [more] = links(html, "Show all 23 columns")
    whole, _ = table_of(page(client, more))
    assert whole[: len(heads)] == heads
    assert len(whole) == 23
    assert "Not before" not in " ".join(whole)


def test_a_date_is_one_cell_in_words_of_the_reader_with_its_edtf_as_the_title(client: FlaskClient) -> None:
    html = page(client, "/queries/timeline")
    japanese = page(client, "/queries/timeline?_lang=ja")

    assert '<span title="[..2022-04-30]">by 30 April 2022</span>' in html
    assert '<span title="[..2022-04-30]">2022年4月30日以前</span>' in japanese
    assert not re.search(r">[^<>]*\[\.\.\d{4}", html.partition("<table")[2].partition("</table>")[0])


def test_rows_are_sorted_by_a_column_either_way_and_cells_without_anything_come_last(
    client: FlaskClient,
) -> None:
    heads, rising = table_of(page(client, "/queries/sanctions?_sort=date"))
    place = heads.index("Date ↑")
    _, falling = table_of(page(client, "/queries/sanctions?_sort=-date"))
    days = rows(client, "/queries/sanctions.csv?_sort=date")

    first = [row["notBefore"] for row in days if row["notBefore"]]
    assert first == sorted(first)
    assert rising[-1][place] == falling[-1][place] == ""
    assert [row["notBefore"] for row in rows(client, "/queries/sanctions.csv?_sort=-date")][: len(first)] == (
        first[::-1]
    )
    by_label = [row["actLabel"] for row in rows(client, "/queries/timeline.csv?_sort=act")]
    assert by_label == sorted(by_label, key=str.casefold)


def test_numbers_are_sorted_as_numbers(client: FlaskClient) -> None:
    least = [row["least"] for row in rows(client, "/queries/sanction-targets.csv?_sort=-least")]
    numbers = [int(text) for text in least if text]

    assert numbers == sorted(numbers, reverse=True)
    assert sorted(least, reverse=True) != least


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            "_filter=KISHIDA&_filter_in=act",
            {"Kishida condemns the invasion and vows to work on further sanctions"},
        ),
        ("_filter=april+2022&_filter_in=date", None),
        ("_filter=ロシア&_filter_in=actor", None),
        ("_filter=nothing+like+it", set()),
    ],
)
def test_rows_are_left_that_have_a_text_as_it_is_shown_in_any_language(
    client: FlaskClient, query: str, found: set[str] | None
) -> None:
    whole = rows(client, "/queries/timeline.csv")
    left = rows(client, f"/queries/timeline.csv?{query}")

    assert {row["actLabel"] for row in left} == found or (found is None and 0 < len(left) < len(whole))
    assert [row for row in whole if row in left] == left


def test_page_downloads_and_picture_have_the_rows_that_were_asked_for(client: FlaskClient) -> None:
    asked = "/queries/timeline?_filter=expels&_sort=-date"
    html = page(client, asked)
    [csv_link] = links(html, "CSV, ")
    sheet = links(html, "CSV for a spreadsheet")[0]
    seen = [row[0] for row in table_of(html)[1]]

    assert seen
    assert [row["actLabel"] for row in rows(client, csv_link)] == seen
    assert [line["\ufeffact"] for line in rows(client, sheet)] == [
        row["act"] for row in rows(client, csv_link)
    ]
    picture = client.get(asked.replace("?", ".svg?")).get_data(as_text=True)
    assert "expels" in picture
    assert "sanctions" not in picture
    assert links(html, "Show every row") == ["/queries/timeline?_sort=-date"]


def test_files_have_every_column_in_the_order_of_the_query_unless_asked_otherwise(
    client: FlaskClient,
) -> None:
    plain, asked = (
        client.get(f"/queries/timeline.csv{more}").get_data(as_text=True)
        for more in ("", "?_columns=headline")
    )

    assert plain.startswith("act,actLabel,actor,target,stage,date,notBefore,notAfter,dateAgreement")
    assert asked.startswith("act,actLabel,date,notBefore,notAfter,actor,target,stage\r\n")
    assert client.get("/queries/timeline.csv?_columns=all").get_data(as_text=True) == plain


def test_filter_and_order_come_before_a_limit(client: FlaskClient) -> None:
    whole = [row["act"] for row in rows(client, "/queries/timeline.csv?_sort=-date")]
    cut = client.get("/queries/timeline.csv?_sort=-date&_limit=2")

    assert [line.partition(",")[0] for line in cut.get_data(as_text=True).splitlines()[1:]] == whole[:2]
    assert cut.headers["Result-Complete"] == "false"


@pytest.mark.parametrize(
    "asked", ["_sort=deed", "_filter=x&_filter_in=deed", "_columns=few", "_sort=notBefore"]
)
def test_a_column_that_is_not_there_is_refused_with_those_that_are(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/queries/timeline.csv?{asked}")

    assert answer.status_code == 400
    assert "Expected" in answer.json["detail"] or "expected" in answer.json["detail"]


def test_filter_that_leaves_nothing_says_so_and_blames_no_value(client: FlaskClient) -> None:
    html = page(client, "/queries/sanctions?imposer=japan&_filter=%3Cb%3Exyz")

    assert "No row has “&lt;b&gt;xyz”." in html
    assert "without it" not in html
    assert links(html, "Show every row") == ["/queries/sanctions?imposer=japan"]


def test_spans_listed_in_one_cell_go_by_their_places(client: FlaskClient) -> None:
    html = page(client, "/queries/expulsions?_columns=all")
    alone = page(client, "/queries/evidence-of")

    assert re.search(r'<a href="/doc/span/a1-s31"[^>]*>sentence 31, a1</a>', alone)
    assert re.search(r'<li><a href="/doc/span/[^"]+"[^>]*>sentence \d+, a1</a></li>', html)


def test_page_shows_where_the_sources_say_what_the_rows_say(client: FlaskClient) -> None:
    html = page(client, "/queries/reciprocal-expulsions").partition('id="evidence"')[2]

    assert ">Japan expels eight Russian officials</a>" in html
    assert ">Not Only Disputed Kuril Islands: " in html
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
    assert "<table" not in html


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
