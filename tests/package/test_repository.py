"""The composition root: what is opened, when it is built, and that it is closed."""

from dataclasses import replace
from pathlib import Path

import pytest

import tiny_kb
from diplograph import media, repository
from diplograph import release as releases
from diplograph.changes import apply
from diplograph.engine import operations
from diplograph.errors import BuildFailed, MalformedRdf
from diplograph.repository import Repository
from diplograph.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.resolve(tiny_kb.write(tmp_path / "kb"), workers=1)


def test_release_is_built_when_there_is_none(settings: Settings) -> None:
    release = apply.prepare(settings)

    assert releases.current(settings) == release


def test_release_is_left_alone_while_the_sources_are(settings: Settings) -> None:
    first = apply.prepare(settings)

    assert apply.prepare(settings, lambda phase, _: pytest.fail(f"built again: {phase}")) == first


def test_release_is_built_again_when_a_source_changes(settings: Settings) -> None:
    first = apply.prepare(settings)
    path = settings.kb / "data/a1.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("X expels", "X throws out"), encoding="utf-8")

    assert apply.prepare(settings).id != first.id


def test_sources_that_make_no_release_stop_it(settings: Settings) -> None:
    (settings.kb / "data/a1.ttl").write_text("act:x", encoding="utf-8")

    with pytest.raises(BuildFailed):
        apply.prepare(settings)


def test_damaged_release_is_not_served(settings: Settings) -> None:
    first = apply.prepare(settings)
    next(first.store_path.glob("*.sst")).write_bytes(b"")

    assert apply.prepare(settings).damaged() == []


def test_knowledge_base_that_cannot_be_written_is_built_elsewhere(settings: Settings, tmp_path: Path) -> None:
    before = sorted(settings.kb.rglob("*"))
    release = apply.prepare(replace(settings, state=tmp_path / "cache", read_only=True))

    assert release.path.is_relative_to(tmp_path / "cache")
    assert sorted(settings.kb.rglob("*")) == before


def test_publication_answers_and_knows_its_queries(settings: Settings) -> None:
    with repository.load(settings) as published:
        text = published.queries["acts"].bind({"actor": ["x"]})
        found = operations.solutions(
            published.engine.evaluate(operations.operation(text), media.RESULTS_JSON).body
        )

    assert [str(row["label"]) for row in found.rows] == ["X expels"]
    assert published.shapes_dir == published.release.path / "shapes"


def test_canned_query_with_a_bad_header_stops_it(settings: Settings) -> None:
    (settings.kb / "queries/canned/bad.rq").write_text("#+ sumary: x\nASK {}", encoding="utf-8")

    with pytest.raises(BuildFailed) as caught:
        repository.load(settings)
    assert "bad.rq:1: unknown key 'sumary'" in str(caught.value.facts["problems"])


def test_files_are_served_as_they_are(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:p> 1 .")
    with Repository.of_files([str(tmp_path / "a.ttl")], settings) as published:
        found = operations.select(published.engine, "SELECT * { ?s ?p ?o }")
        folder = published.release.path

    assert len(found.rows) == 1
    assert not published.queries
    assert not folder.exists()


def test_file_that_is_no_rdf_is_named_with_its_position(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:p>\n.")
    with pytest.raises(MalformedRdf) as caught:
        Repository.of_files([str(tmp_path / "a.ttl")], settings)

    assert caught.value.facts["file"] == str(tmp_path / "a.ttl")
    assert caught.value.facts["position"] == {"line": 2, "column": 1}
