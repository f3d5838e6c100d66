"""A release derived from another one is the release that a build of the same files would make."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import tiny_kb
from diplograph import release as releases
from diplograph.errors import BuildFailed
from diplograph.rdf import Dataset
from diplograph.release import Release, build
from diplograph.release.builder import assemble_in
from diplograph.release.derivation import overlay
from diplograph.release.manifest import build_inputs
from diplograph.repository import Repository, prepare
from diplograph.settings import Settings
from diplograph.validation import Report
from diplograph.web import create_app

derive = partial(releases.derive, least=0)
"""Follows a change however little there is."""
NEW = tiny_kb.PROLOGUE + 'act:z a dg:Expulsion ; rdfs:label "Z"@en ; dg:actor state:y ; dg:target state:x .'
BARE = tiny_kb.PROLOGUE + "act:z a dg:Expulsion ; dg:actor state:y ."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.resolve(tiny_kb.write(tmp_path / "kb"))


@pytest.fixture
def base(settings: Settings) -> Release:
    return build(settings)


TWO = (
    tiny_kb.PROLOGUE
    + 'act:z a dg:Expulsion ; rdfs:label "Z"@en ; dg:actor state:y ; dg:target [ rdfs:label "?"@en ] .'
    + 'state:x a dg:State ; rdfs:label "X"@en .'
)
PAIR = tiny_kb.PROLOGUE + "act:x-expels dg:inferredReciprocalWith act:y-expels ."
CHANGES = {
    "an act that the rule reads": {"data/a2.ttl": NEW},
    "blank nodes, and triples that other graphs have": {"data/a2.ttl": TWO},
    "a thing that the rule does not read": {"data/a2.ttl": tiny_kb.PROLOGUE + 'state:z rdfs:label "Z"@en .'},
    "what follows already": {"data/a2.ttl": tiny_kb.PROLOGUE + "act:x-expels a dg:Act ."},
    "what is inferred already": {"data/a2.ttl": PAIR},
    "one label": {"data/a1.ttl": tiny_kb.PROLOGUE + tiny_kb.A1.replace("X expels", "X throws out")},
    "half a pair": {"data/a1.ttl": tiny_kb.PROLOGUE + tiny_kb.A1.split("act:y")[0]},
    "a file that goes": {"data/a1.ttl": None},
    "a file that goes and one that comes": {"data/a1.ttl": None, "data/a2.ttl": TWO},
    "an empty file": {"data/a2.ttl": ""},
    "what describes the release": {"data/meta.ttl": tiny_kb.PROLOGUE + 'state:x rdfs:label "X again"@en .'},
    "numbers": {"data/a2.ttl": tiny_kb.PROLOGUE + 'act:x-expels dg:count 08 , "8"^^xsd:positiveInteger .'},
}


def quads(release: Release) -> set[str]:
    """What a release holds, and what of it shapes judge."""
    stores = (release.store_path, release.validation_graph_path)
    return {f"{path.name} {quad}" for path in stores for quad in Dataset.open_read_only(path).quads()}


@pytest.mark.parametrize("least", [0, 1 << 40], ids=["followed", "everything"])
def test_published_candidate_is_what_a_build_of_the_same_files_makes(
    settings: Settings, base: Release, tmp_path: Path, least: int
) -> None:
    derived = derive(settings, base, {"data/a2.ttl": NEW.encode()}, least=least).publish()
    (settings.kb / "data/a2.ttl").write_text(NEW)
    built = build(Settings.resolve(settings.kb, state=tmp_path / "other"))

    assert derived.path.name == built.path.name
    assert quads(derived) == quads(built)
    assert derived.manifest["graphs"] == built.manifest["graphs"]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_derived_release_holds_what_a_build_of_the_same_files_makes(
    settings: Settings, base: Release, tmp_path: Path, change: dict[str, str | None]
) -> None:
    (settings.kb / "data/expect.toml").unlink()
    base = build(settings)
    assert_same(settings, base, change, tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "gone"),
    [
        ("data/a2.ttl", "act:x-expels dg:target state:z .", {"z"}),
        ("data/entities.ttl", "", set()),
        ("data/a1.ttl", "", set()),
        ("data/reference.ttl", 'state:x a dg:State ; rdfs:label "X"@en .', {"z"}),
        ("data/meta.ttl", "", {"z"}),
    ],
)
def test_release_knows_what_a_change_mentions(tmp_path: Path, name: str, text: str, gone: set[str]) -> None:
    root = tiny_kb.write_reference(tmp_path / "kb")
    (root / "data/expect.toml").unlink()
    settings = Settings.resolve(root)
    base = build(settings)

    assert_same(settings, base, {name: tiny_kb.PROLOGUE + text}, tmp_path)
    content = (tiny_kb.PROLOGUE + text).encode()
    with derive(settings, base, {name: content}, report=Report.of([])) as candidate:
        left = base.unmentioned() - candidate.release.unmentioned()
        assert {iri for iri in left if "/state/" in iri} == {f"{tiny_kb.STATE_Z[:-1]}{one}" for one in gone}


def assert_same(settings: Settings, base: Release, change: Mapping[str, str | None], folder: Path) -> None:
    """Holds a derived release against a built one."""
    files = {name: None if text is None else text.encode() for name, text in change.items()}
    inputs = build_inputs(overlay(settings.kb, files, folder / "changed"), reason=True)
    (folder / "built").mkdir()
    built = assemble_in(
        folder / "built", replace(settings, kb=folder / "changed"), inputs, report=Report.of([])
    )
    with derive(settings, base, files, report=Report.of([]), at_once=0) as candidate:
        derived = candidate.release
        assert derived.is_pending
        assert quads(derived) == quads(built)
        for told in ("id", "graphs", "quads", "counts", "unmentioned", "warnings", "inputs"):
            assert derived.manifest[told] == built.manifest[told]
        complete = releases.complete(derived)
        assert not complete.is_pending
        for name, path in built.dumps.items():
            assert complete.dumps[name].read_bytes() == path.read_bytes()
        assert complete.damaged() == []


def test_published_candidate_is_current_and_up_to_date_when_its_files_are_written(
    settings: Settings, base: Release
) -> None:
    derived = derive(settings, base, {"data/a2.ttl": NEW.encode()}).publish()

    assert releases.current(settings) == derived
    assert not releases.up_to_date(settings)
    (settings.kb / "data/a2.ttl").write_text(NEW)
    assert releases.up_to_date(settings)
    assert build(settings).path == derived.path


def test_discarded_candidate_leaves_nothing(settings: Settings, base: Release) -> None:
    candidate = derive(settings, base, {"data/a2.ttl": NEW.encode()})
    assert candidate.release.store_path.is_dir()
    candidate.discard()

    assert releases.current(settings) == base
    assert [path.name for path in (settings.state / "releases").iterdir()] == [base.path.name]


def test_nobody_builds_while_a_candidate_waits(settings: Settings, base: Release) -> None:
    with derive(settings, base, {"data/a2.ttl": NEW.encode()}), pytest.raises(BuildFailed, match="running"):
        build(settings)

    assert build(settings).path == base.path


def test_change_that_does_not_conform_makes_no_candidate(settings: Settings, base: Release) -> None:
    with pytest.raises(BuildFailed, match="conform"):
        derive(settings, base, {"data/a2.ttl": BARE.encode()})

    assert build(settings).path == base.path


def test_taking_a_change_back_goes_back_to_the_release_before_it(settings: Settings, base: Release) -> None:
    derived = derive(settings, base, {"data/a2.ttl": NEW.encode()}).publish()
    (settings.kb / "data/a2.ttl").write_text(NEW)

    assert derive(settings, derived, {"data/a2.ttl": None}).publish().path == base.path


def test_small_release_is_described_before_it_is_published(settings: Settings, base: Release) -> None:
    derived = derive(settings, base, {"data/a2.ttl": NEW.encode()}).publish()

    assert not derived.is_pending
    assert len(derived.dumps) == len(derived.manifest["dumps"]) == 3


def test_release_whose_dumps_were_never_made_gets_them_before_it_is_served(
    settings: Settings, base: Release
) -> None:
    derived = derive(settings, base, {"data/a2.ttl": NEW.encode()}, at_once=0).publish()
    (settings.kb / "data/a2.ttl").write_text(NEW)
    assert derived.is_pending

    assert not prepare(settings).is_pending


def test_release_without_its_dumps_is_served_and_asks_to_wait_for_them(
    settings: Settings, base: Release
) -> None:
    derived = derive(settings, base, {"data/a2.ttl": NEW.encode()}, at_once=0).publish()
    with Repository.of_release(settings, derived) as published:
        client = create_app(published).test_client()
        for path in ("/dumps", "/dumps/diplograph.nq.gz", "/.well-known/void"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        releases.complete(derived)
        assert client.get("/dumps/diplograph.nq.gz").status_code == 200
        assert client.get("/.well-known/void").status_code == 200


def test_path_that_leads_out_of_the_knowledge_base_is_an_error(settings: Settings, base: Release) -> None:
    with pytest.raises(ValueError, match="below"):
        derive(settings, base, {"data/../../a2.ttl": NEW.encode()})
