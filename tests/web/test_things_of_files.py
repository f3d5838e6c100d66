"""Pages about things of any files: hostile texts, more rows than a page shows, passages that changed."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from diplograph.namespaces import PREFIXES
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import create_app
from thing_pages import key_facts

ENGINES = ("embedded",)
SCRIPT = "<script>alert(1)</script>"
SOURCE = "A plain start. Ein «Zitat» & <b>marks</b>. The end."
WORDS = "Ein «Zitat» & <b>marks</b>."
KEPT = (SOURCE.index(WORDS), SOURCE.index(WORDS) + len(WORDS))
OTHER = (SOURCE.index("The end"), len(SOURCE))
LONG = 130
ACT = f"""
act:evil a dg:Sanction ; rdfs:label "{SCRIPT}"@en ; dg:actor state:x ; dg:target state:y ;
  dg:when time:evil ; dg:imposes measure:evil ; dg:evidence ev:kept , ev:other , ev:outside .
time:evil dg:edtf "{SCRIPT}" ; dg:wording "\\"><img src=x onerror=alert(1)>" ; skos:note "{SCRIPT}" .
measure:evil dg:measureTarget <javascript:alert(1)> ; dg:measureType <data:text/html,x> .
claim:evil dg:claimAbout act:evil ; dg:proposition "{SCRIPT}"@ja ; dg:claimedBy <javascript:alert(2)> .
state:x a dg:State , dg:Polity ; rdfs:label "X"@en . state:y a dg:State , dg:Polity ; rdfs:label "Y"@en .
place:p dg:hasName name:n ; geo:hasGeometry place:pp . name:n dg:nameText "{SCRIPT}" ; dg:nameUsedBy state:x .
place:pp geo:asWKT "POINT({SCRIPT} 1)"^^geo:wktLiteral .
"""


def span(name: str, document: str, bounds: tuple[int, int], words: str) -> str:
    digest = hashlib.sha256(words.encode()).hexdigest()
    return f"""
ev:{name} a dg:Evidence ; oa:hasTarget span:{name} ; dg:certainty dgv:high .
span:{name} oa:hasSource doc:{document} ; schema:sha256 "{digest}" ; oa:hasSelector span:{name}-position .
span:{name}-position oa:start {bounds[0]} ; oa:end {bounds[1]} .
"""


def document(name: str, file: str) -> str:
    digest = hashlib.sha256(SOURCE.encode()).hexdigest()
    return f"""
doc:{name} a dg:SourceDocument ; rdfs:label "{name}"@en ; dcterms:identifier "{file}" ;
  schema:inLanguage "de" ; dg:codePointLength {len(SOURCE)} ; schema:sha256 "{digest}" .
"""


def acts() -> str:
    return "".join(
        f'act:a{number} dg:actor state:x ; dg:target state:y ; rdfs:label "act {number}"@en .\n'
        for number in range(LONG)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("things")
    (made / "sources").mkdir()
    (made / "sources" / "one.txt").write_text(SOURCE, encoding="utf-8")
    (made / "secret.txt").write_text(SOURCE, encoding="utf-8")
    prologue = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    parts = (
        *(
            ACT,
            acts(),
            document("one", "one.txt"),
            document("two", "../secret.txt"),
            document("three", "gone.txt"),
        ),
        span("kept", "one", KEPT, WORDS),
        span("other", "one", OTHER, "what stood there once"),
        span("outside", "two", KEPT, WORDS),
        span("gone", "three", KEPT, WORDS),
    )
    (made / "data.ttl").write_text(prologue + "".join(parts), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def quoting(folder: Path, settings: Settings) -> Iterator[FlaskClient]:
    """A service that was started with the sources at hand."""
    chosen = replace(settings, passages=folder / "sources")
    with Repository.of_files([str(folder / "data.ttl")], chosen) as repository:
        yield create_app(repository).test_client()


def page(client: FlaskClient, name: str) -> str:
    answer = client.get(f"/doc/{name}.html")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["act/evil", "state/x", "place/p", "measure/evil", "claim/evil"])
def test_hostile_texts_stay_texts_and_hostile_names_lead_nowhere(quoting: FlaskClient, name: str) -> None:
    text = page(quoting, name)
    body = text[text.index("<body>") :]

    assert SCRIPT not in body
    assert "<img" not in body
    assert "&lt;script&gt;" in body
    assert not re.search(r'href="(javascript|data):', body)


def test_act_without_a_summary_begins_with_what_is_stated(quoting: FlaskClient) -> None:
    text = page(quoting, "act/evil")

    assert key_facts(text)["Who"] == ["X"]
    assert key_facts(text)["When"] == [SCRIPT]
    assert "What all sources come to" not in text


def test_rows_that_a_page_does_not_show_are_counted(quoting: FlaskClient) -> None:
    text = page(quoting, "state/x")

    shown = set(re.findall(r'href="/doc/act/(a\d+)"', text[: text.index("<h2>What points here</h2>")]))
    assert len(shown) < LONG
    assert f"{LONG + 1 - 100} more are not shown here." in text


def test_passage_is_quoted_as_it_stands_in_its_language(quoting: FlaskClient) -> None:
    text = page(quoting, "act/evil")

    quoted = "Ein «Zitat» &amp; &lt;b&gt;marks&lt;/b&gt;."
    assert f"<mark>{quoted}</mark>" in text
    assert '<blockquote class="passage" lang="de"><span class="beside">A plain start. </span>' in text


@pytest.mark.parametrize("name", ["span/kept", "evidence/kept"])
def test_page_of_a_passage_or_of_evidence_quotes_it(quoting: FlaskClient, name: str) -> None:
    text = page(quoting, name)

    assert "<mark>Ein «Zitat»" in text
    assert "not reproduced" not in text


def test_passage_that_has_changed_is_not_quoted_and_says_so(quoting: FlaskClient) -> None:
    text = page(quoting, "act/evil")

    assert text.count("The source at hand has changed") == 1
    assert f"<mark>{SOURCE[slice(*OTHER)]}" not in text


def test_file_outside_the_folder_is_never_read(quoting: FlaskClient) -> None:
    assert "blockquote" not in page(quoting, "document/two")


def test_document_quotes_each_span_and_says_when_the_source_is_not_at_hand(quoting: FlaskClient) -> None:
    assert page(quoting, "document/one").count("<blockquote") == 1
    assert "The source is not at hand." in page(quoting, "document/three")


def test_service_without_the_sources_quotes_nothing(folder: Path, settings: Settings) -> None:
    with Repository.of_files([str(folder / "data.ttl")], settings) as repository:
        text = page(create_app(repository).test_client(), "act/evil")

    assert "Zitat" not in text
    assert "has changed" not in text
    assert f"{KEPT[0]}–{KEPT[1]}" in text
    assert "The texts are not reproduced here." in text
