"""A second source on acts that are known comes in by any way, and adds its account and no row.

The cases went wrong once: an exchange that a source confirms was refused by one way in and taken by another,
and second dates gave each act as many rows as it had dates.
"""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from answers import ROOT
from diplograph import release as releases
from diplograph.changes.accept import accept, accept_task
from diplograph.changes.edits import Edit, Request
from diplograph.namespaces import DG, DGG, DGV, ID, PREFIXES, RDF
from diplograph.rdf import Dataset
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import check

PROLOGUE = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
RECIPROCAL = """
claim:more-tit-for-tat a dg:Claim ; rdfs:label "Tit for tat"@en ; dg:claimedBy agent:author-a1 ;
  dg:claimAbout act:japan-expels-sapporo-diplomat-2022-10 , act:russia-expels-motoki-2022 ;
  dg:epistemicStatus dgv:reported ; dg:evidence ev:a2-s11 ; dg:proposition "They paid each other back."@en .
act:russia-expels-motoki-2022 dg:reciprocalWith act:japan-expels-sapporo-diplomat-2022-10 .
"""
SECOND_DATES = """
act:japan-expels-eight-russians-2022-04 dg:when time:more-japan-expels .
time:more-japan-expels a dg:TimeSpan ; dg:dateBasis dgv:stated ; dg:evidence ev:a2-s11 ;
  dg:edtf "2022-04-08"^^edtf:EDTF ; dg:notBefore "2022-04-08"^^xsd:date ; dg:notAfter "2022-04-08"^^xsd:date .
act:russia-expels-eight-japanese-2022-04 dg:when time:more-russia-expels .
time:more-russia-expels a dg:TimeSpan ; dg:dateBasis dgv:stated ; dg:evidence ev:a2-s11 ;
  dg:edtf "2022-04-27"^^edtf:EDTF ; dg:notBefore "2022-04-27"^^xsd:date ; dg:notAfter "2022-04-27"^^xsd:date .
"""
SOURCES = {"reciprocal": RECIPROCAL, "second dates": SECOND_DATES}
CONFIRMED = f"{ID}pair/japan-expels-sapporo-diplomat-2022-10--russia-expels-motoki-2022"
Way = Callable[[Settings, str, bytes], object]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The curated knowledge base with a release of its own."""
    kb = tmp_path_factory.mktemp("ready") / "kb"
    kb.mkdir()
    for name in ("ontology", "shapes", "queries"):
        (kb / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "data", kb / "data")
    settings = Settings.resolve(kb)
    releases.build(settings)
    return settings


def accepted(settings: Settings, graph: str, text: bytes) -> None:
    parsed = parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    accept(settings, Request([Edit(graph, "put", tuple(quad.triple for quad in parsed))], "Ada"))


def put(settings: Settings, graph: str, text: bytes) -> None:
    """Do what the writer of the service does with a PUT."""
    told = dict.fromkeys(("message", "if_match", "if_none_match", "key", "digest"))
    body = {"graph": graph, "mode": "put", "media": ["text/turtle"], "part0": text}
    accept_task({"settings": settings.packed(), "who": "Ada", **body, **told, "message": ""})


def built(settings: Settings, graph: str, text: bytes) -> None:
    (settings.kb / "data" / f"{graph.removeprefix(DGG)}.ttl").write_bytes(text)
    assert check(KnowledgeBase(settings.kb)).conforms
    releases.build(settings)


def summary(settings: Settings) -> set[Quad]:
    release = releases.current(settings)
    assert release is not None
    return set(Dataset.open_read_only(release.store_path).quads(str(DGG.summary)))


def values(quads: set[Quad], name: str) -> dict[str, str]:
    return {str(q.subject): str(q.object) for q in quads if q.predicate == NamedNode(str(DG[name]))}


def summed_up(quads: set[Quad]) -> Counter[tuple[str, str]]:
    """How many values each thing that is summed up has of each property: its accounts are left out."""
    account = NamedNode(str(DG.Account))
    accounts = {q.subject for q in quads if q.predicate.value == str(RDF.type) and q.object == account}
    agreements = {str(DG[f"{name}Agreement"]) for name in ("date", "stage", "number", "body")}
    return Counter(
        (str(q.subject), q.predicate.value)
        for q in quads
        if q.subject not in accounts and q.predicate.value not in {*agreements, str(DG.pairClaim)}
    )


@pytest.mark.parametrize("source", SOURCES)
def test_file_of_a_second_source_conforms(ready: Settings, source: str, tmp_path: Path) -> None:
    path = tmp_path / "x3.ttl"
    path.write_text(PROLOGUE + SOURCES[source], encoding="utf-8")

    assert check(KnowledgeBase(ready.kb), [path]).conforms


@pytest.mark.parametrize(
    ("way", "name"),
    [(accepted, "a3"), (accepted, "x3"), (put, "x3"), (built, "a3"), (built, "x3")],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_an_exchange_that_a_source_confirms_is_asserted_by_every_way_in(
    settings: Settings, ready: Settings, way: Way, name: str
) -> None:
    before = summary(ready)

    way(settings, str(DGG[name]), (PROLOGUE + RECIPROCAL).encode())

    bases, known = values(after := summary(settings), "pairBasis"), values(before, "pairBasis")
    assert bases == known | {f"<{CONFIRMED}>": f"<{DGV['asserted-pair']}>"}
    assert known[f"<{CONFIRMED}>"] != bases[f"<{CONFIRMED}>"]
    assert summed_up(after) == summed_up(before)


@pytest.mark.parametrize(
    ("way", "name"),
    [(accepted, "a3"), (built, "x3")],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_second_dates_add_accounts_and_leave_each_act_and_pair_one_row(
    settings: Settings, ready: Settings, way: Way, name: str
) -> None:
    before = summary(ready)

    way(settings, str(DGG[name]), (PROLOGUE + SECOND_DATES).encode())

    after = summary(settings)
    carriers = Counter(values(after, "carrier").values()) - Counter(values(before, "carrier").values())
    assert carriers == {f"<{DGG[name]}>": 2}
    assert summed_up(after) == summed_up(before)
    assert values(after, "pairBasis") == values(before, "pairBasis")
