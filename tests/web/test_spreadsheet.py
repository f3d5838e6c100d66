"""CSV: the specification's bytes for programs, and a download that a spreadsheet takes as text."""

import csv
import io
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

USUAL_ENGINES = ("embedded",)
HOSTILE = r"""
SELECT ?n ?text ?value WHERE {
  VALUES (?n ?text ?value) {
    (1 "=1+1" -5) (2 "+81 3" 1.5) (3 "-5" "-5") (4 "@SUM(A1)" 1e6) (5 "\ttab" true) (6 "\rreturn" UNDEF)
    (7 "=\"x\",\ny" "-1"@en) (8 "a=b" <http://example.org/=1>) (9 "日本" "-0044-03-15"^^xsd:date)
    (10 "" "-INF"^^xsd:double)
  }
} ORDER BY ?n"""
QUERY = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>" + HOSTILE
EXACT = (
    "n,text,value\r\n"
    "1,=1+1,-5\r\n"
    "2,+81 3,1.5\r\n"
    "3,-5,-5\r\n"
    "4,@SUM(A1),1000000\r\n"
    "5,\ttab,true\r\n"
    '6,"\rreturn",\r\n'
    '7,"=""x"",\ny",-1\r\n'
    "8,a=b,http://example.org/=1\r\n"
    "9,日本,-0044-03-15\r\n"
    "10,,-INF\r\n"
)
GUARDED = {
    *("'=1+1", "'+81 3", "'-5", "'@SUM(A1)", "'\ttab", "'\rreturn", '\'="x",\ny', "'-1", "'-0044-03-15"),
}


def cells(text: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from row


def test_csv_is_the_specifications_byte_for_byte(client: FlaskClient) -> None:
    response = client.get("/sparql.csv", query_string={"query": QUERY})

    assert response.data == EXACT.encode()
    assert "Content-Disposition" not in response.headers


def test_spreadsheet_differs_by_its_mark_and_by_apostrophes_before_text(client: FlaskClient) -> None:
    response = client.get("/sparql.csv", query_string={"query": QUERY, "_spreadsheet": "1"})
    text = response.data.decode("utf-8")

    assert text[0] == "\ufeff"
    assert response.headers["Content-Disposition"].startswith("attachment")
    changed = {cell for cell in cells(text[1:]) if cell[:1] == "'"}
    assert changed == GUARDED
    plain = [cell.removeprefix("'") for cell in cells(text[1:])]
    assert plain == list(cells(EXACT))


@pytest.mark.parametrize("space", ["", " ", "\u00a0", "\u3000", "\n", "\u200b", "\ufeff"])
@pytest.mark.parametrize("sign", ["=", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66"])
def test_sign_of_any_width_behind_white_space_is_no_formula(
    client: FlaskClient, space: str, sign: str
) -> None:
    query = f'SELECT ("""{space}{sign}1""" AS ?text) {{}}'
    response = client.get("/sparql.csv", query_string={"query": query, "_spreadsheet": "1"})

    assert list(cells(response.data.decode("utf-8")[1:])) == ["text", f"'{space}{sign}1"]


def test_canned_answer_without_such_cells_is_the_same_after_the_mark(client: FlaskClient) -> None:
    for name in ("sanctions", "reciprocal-expulsions"):
        exact = client.get(f"/queries/{name}.csv").data
        sheet = client.get(f"/queries/{name}.csv?_spreadsheet=1")
        assert sheet.data == b"\xef\xbb\xbf" + exact
        assert sheet.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'


@pytest.mark.parametrize(
    "address", ["/queries/sanctions.json?_spreadsheet=1", "/queries/sanctions.csv?_spreadsheet=2"]
)
def test_spreadsheet_of_another_kind_is_refused(client: FlaskClient, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 400
    assert response.get_json(force=True)["parameters"] == ["_spreadsheet"]


@pytest.mark.parametrize(
    "address", ["/queries/sanctions?_spreadsheet=1", "/sparql?query=ASK{}&_spreadsheet=1"]
)
def test_spreadsheet_is_csv_without_being_asked_for_twice(client: FlaskClient, address: str) -> None:
    assert client.get(address).mimetype == "text/csv"
    assert client.get(address, headers={"Accept": "text/html,*/*;q=0.8"}).mimetype == "text/csv"
    assert client.get(address, headers={"Accept": "application/json"}).status_code == 406
