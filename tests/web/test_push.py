"""A release put into real stores in each documented way, and replaced there."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

import tiny_kb
from diplograph import release as releases
from diplograph.cli import main
from diplograph.engine.protocol import Operation
from diplograph.errors import EngineUnavailable
from diplograph.release import Release
from diplograph.release.push import push, write_files
from diplograph.repository import Repository
from diplograph.settings import Settings
from engines import SERVERS, Server

pytestmark = [pytest.mark.slow, pytest.mark.engines]
ALL = Operation("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", "select")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tiny_kb.write(tmp_path_factory.mktemp("push"))
    return Settings.resolve(kb=root, environ={}, workers=1)


@pytest.fixture(scope="module")
def release(settings: Settings) -> Release:
    return releases.build(settings)


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with SERVERS["oxigraph"](tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with SERVERS["virtuoso"](tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


def triples(settings: Settings, release: Release, url: str | None) -> list[list[str]]:
    with Repository.of_release(replace(settings, engine=url), release) as published:
        body = published.engine.evaluate(ALL, "text/csv").body.decode()
    # blank nodes have no name that two stores share
    return sorted(
        [cell for cell in row if not cell.startswith("_:")] for row in csv.reader(io.StringIO(body))
    )


def test_dataset_is_replaced_as_a_whole(settings: Settings, release: Release, oxigraph: Server) -> None:
    spam = {"Content-Type": "application/n-quads"}
    httpx.put(oxigraph.store, content=b"<urn:s> <urn:p> <urn:o> <urn:g> .", headers=spam).raise_for_status()

    assert push(release, oxigraph.store) == "dataset"

    assert triples(settings, release, oxigraph.query) == triples(settings, release, None)
    assert "urn:g" not in httpx.get(oxigraph.store, headers={"Accept": "application/n-quads"}).text


def test_graphs_are_replaced_one_by_one(settings: Settings, release: Release, oxigraph: Server) -> None:
    httpx.delete(oxigraph.store).raise_for_status()
    for _ in range(2):
        assert push(release, oxigraph.store, "graphs") == "graphs"

    assert triples(settings, release, oxigraph.query) == triples(settings, release, None)


def test_virtuoso_is_loaded_graph_by_graph_with_its_account(
    settings: Settings, release: Release, virtuoso: Server
) -> None:
    assert push(release, virtuoso.store, account=virtuoso.account) == "graphs"

    assert triples(settings, release, virtuoso.query) == triples(settings, release, None)


def test_virtuoso_is_loaded_in_bulk_and_loaded_again(
    settings: Settings, release: Release, virtuoso: Server
) -> None:
    for _ in range(2):
        virtuoso.load_in_bulk(release)

    assert triples(settings, release, virtuoso.query) == triples(settings, release, None)


def test_store_that_wants_an_account_says_so(release: Release, virtuoso: Server) -> None:
    with pytest.raises(EngineUnavailable) as raised:
        push(release, virtuoso.store)

    assert "--user" in str(raised.value.facts["hint"])


def test_store_that_is_not_there_is_unavailable(release: Release) -> None:
    with pytest.raises(EngineUnavailable):
        push(release, "http://127.0.0.1:1/store")


def test_address_that_is_no_store_is_told_apart(release: Release, oxigraph: Server) -> None:
    with pytest.raises(EngineUnavailable) as raised:
        push(release, f"{oxigraph.query}/nothing")

    assert "Graph Store Protocol" in str(raised.value.facts["hint"])


def test_command_loads_a_store_and_the_service_answers_from_it(settings: Settings, oxigraph: Server) -> None:
    kb = ["--kb", str(settings.kb)]
    loaded = CliRunner().invoke(main, ["push", *kb, oxigraph.store])
    asked = CliRunner().invoke(main, ["serve", *kb, "--engine", oxigraph.query, "--get", "/queries/acts.csv"])

    assert loaded.exit_code == 0, loaded.output
    assert "single visible change" in loaded.stderr
    assert asked.exit_code == 0, asked.output
    assert "X expels" in asked.stdout


def test_files_for_a_bulk_loader_name_their_graphs(release: Release, tmp_path: Path) -> None:
    files = write_files(release, tmp_path)

    names = {path.name for path in files}
    assert {"a1.nt", "a1.nt.graph", "merged.nt", "load.sql"} <= names
    assert (tmp_path / "a1.nt.graph").read_text() == "https://w3id.org/diplograph/graph/a1"


@pytest.mark.parametrize(
    "arguments",
    [["push"], ["push", "http://a/", "--files", "x"], ["serve", "x.ttl", "--engine", "http://a/"]],
)
def test_command_that_is_not_clear_is_wrong_use(settings: Settings, arguments: list[str]) -> None:
    assert CliRunner().invoke(main, [*arguments, "--kb", str(settings.kb)]).exit_code == 2
