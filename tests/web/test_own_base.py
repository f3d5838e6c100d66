"""A knowledge base with IRIs of its own, which extends the one of the package: what is served of it."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Graph, URIRef

import tiny_kb
from diplograph import repository
from diplograph.namespaces import PREFIXES, SPACE
from diplograph.settings import Settings
from diplograph.sources import Marker
from diplograph.web import create_app
from diplograph.web.static_site import freeze

USUAL_ENGINES = ("embedded",)
OWN = "https://example.org/kb/"
ACT, ACCOUNT = URIRef(f"{OWN}id/act/x-expels"), URIRef(f"{OWN}id/account/x-expels--b1")
STATE = URIRef(f"{PREFIXES['state']}x")
EMPTY = {"en": "Nothing is here yet", "ja": "まだ何もありません", "ru": "Здесь пока ничего нет"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the base extends: terms, a query, and two states."""
    folder = tiny_kb.write(tmp_path_factory.mktemp("package"))
    (folder / "data" / "entities.ttl").rename(folder / "data" / "reference.ttl")
    return folder


@pytest.fixture(scope="module")
def extending(package: Path) -> Iterator[None]:
    """The package in place of the one that is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("diplograph.sources.packaged", lambda: package)
        yield


def written(folder: Path, **graphs: str) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "diplograph.toml").write_text(Marker(base=OWN, extends=version("diplograph")).text())
    prologue = tiny_kb.PROLOGUE.replace(f"<{PREFIXES['act']}>", f"<{OWN}id/act/>")
    for name, text in graphs.items():
        (folder / "data" / f"{name}.ttl").write_text(prologue + text)
    return folder


@pytest.fixture(scope="module")
def client(extending: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = written(tmp_path_factory.mktemp("own") / "kb", b1=tiny_kb.A1)
    with repository.load(Settings.resolve(folder, {}, workers=1)) as published:
        yield create_app(published).test_client()


@pytest.fixture(scope="module")
def empty(
    extending: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FlaskClient, repository.Repository]]:
    folder = written(tmp_path_factory.mktemp("empty") / "kb")
    with repository.load(Settings.resolve(folder, {}, workers=1)) as published:
        yield create_app(published).test_client(), published


def read(client: FlaskClient, path: str) -> Graph:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.data, format="turtle")


@pytest.mark.parametrize("path", ["/id/act/x-expels", "/id/state/x"])
def test_its_own_things_and_those_of_the_package_are_found_at_their_address(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers={"Accept": "text/turtle"})

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(path.replace("/id/", "/doc/") + ".ttl")


def test_a_document_speaks_of_a_thing_by_the_name_that_it_has(client: FlaskClient) -> None:
    found = read(client, "/doc/act/x-expels.ttl")

    assert (ACT, RDF.type, URIRef(f"{PREFIXES['dg']}Expulsion")) in found
    assert (ACT, URIRef(f"{PREFIXES['dg']}actor"), STATE) in found
    assert f"PREFIX act: <{OWN}id/act/>" in client.get("/doc/act/x-expels.ttl").text
    assert client.get("/id/act/nothing").status_code == 404


def test_what_the_build_makes_of_an_act_is_named_as_the_act_is(client: FlaskClient) -> None:
    assert (ACCOUNT, None, None) in read(client, "/doc/act/x-expels.ttl")
    assert client.get("/doc/account/x-expels--b1").status_code == 200


def test_its_graphs_have_its_names_and_the_dataset_too(client: FlaskClient) -> None:
    void = read(client, "/.well-known/void")

    assert (URIRef(f"{OWN}dataset"), None, URIRef(f"{OWN}graph/b1")) in void
    assert str(void.value(URIRef(f"{OWN}dataset"), URIRef(f"{PREFIXES['void']}uriSpace"))) == f"{OWN}id/"
    assert client.get("/graph/b1", headers={"Accept": "text/turtle"}).status_code == 303
    assert len(read(client, f"/graphs?graph={OWN}graph/b1")) == 8


def test_pages_link_to_its_own_things_and_to_those_of_the_package(client: FlaskClient) -> None:
    page = client.get("/doc/act/x-expels.html").text

    assert 'href="/doc/state/x"' in page
    assert 'href="/doc/act/x-expels"' in client.get("/doc/state/x.html").text


def test_a_slug_in_a_question_may_be_of_either(client: FlaskClient) -> None:
    rows = json.loads(client.get("/queries/acts.json?actor=x").text)["results"]["bindings"]

    assert [row["act"]["value"] for row in rows] == [str(ACT)]


def test_programs_get_its_prefixes(client: FlaskClient) -> None:
    context = json.loads(client.get("/context.jsonld").text)["@context"]

    assert context["act"] == f"{OWN}id/act/"
    assert context["state"] == PREFIXES["state"]
    assert SPACE.get() == "https://w3id.org/diplograph/"  # and nobody else has them


def test_the_site_map_lists_both(client: FlaskClient) -> None:
    found = client.get("/sitemap.xml").text

    assert "/doc/act/x-expels<" in found
    assert "/doc/state/x<" in found


@pytest.mark.parametrize("language", EMPTY)
def test_every_page_of_an_empty_base_says_so(
    empty: tuple[FlaskClient, repository.Repository], language: str
) -> None:
    client, _ = empty
    pages = ["/", "/about", "/queries", "/queries/acts", "/graphs", "/dumps", "/sparql", "/versions"]

    for page in [*pages, "/search?q=x", "/changes", "/shapes", "/ontology", "/doc/state/x"]:
        answer = client.get(page, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.status_code == 200, page
        assert EMPTY[language] in answer.text, page


def test_one_with_an_act_does_not(client: FlaskClient) -> None:
    assert EMPTY["en"] not in client.get("/", headers={"Accept": "text/html"}).text


def test_an_empty_base_has_a_site_map_and_can_be_frozen(
    empty: tuple[FlaskClient, repository.Repository], tmp_path: Path
) -> None:
    client, published = empty

    freeze(published, tmp_path / "site")

    assert "/queries/acts<" in client.get("/sitemap.xml").text
    assert (tmp_path / "site" / "index.html").is_file()
