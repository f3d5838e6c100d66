"""The Graph Store Protocol's cases over HTTP, on a knowledge base without shapes made for them.

The cases name graphs `http://www.example/gsp/person/N.ttl`, at a store `/gsp`; here they are the graphs
`person-N` of the knowledge base, at `/graphs`, with as much percent-encoding as is written down.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from conformance.collected import parameters, to_run
from conformance.exchange import Exchange, exchanges
from conformance.exclusions import BY_PATH, TO_DEFAULT, exclusion
from conformance.manifest import Case
from conformance.services import Service
from diplograph.changes.tokens import Tokens
from diplograph.namespaces import DGG
from diplograph.settings import Settings

pytestmark = pytest.mark.slow
PERSON = re.compile(
    r"http(?P<encoded>%3A%2F%2F|://)www\.example(?:%2F|/)gsp(?:%2F|/)person(?:%2F|/)(\d)\.ttl"
)


class Store:
    """A service that its one user may write to."""

    def __init__(self, kb: Path) -> None:
        (kb / "data").mkdir(parents=True)
        (kb / "diplograph.toml").write_text("[check]\ncoverage = false\n")
        token = Tokens(Settings.resolve(kb, environ={}).state).create("the W3C")
        self.writer = {"Authorization": f"Bearer {token}"}
        self.service = Service(["--kb", str(kb)])

    def send(self, exchange: Exchange, path: str) -> httpx.Response:
        return exchange.send(self.service, path, {} if exchange.method in {"GET", "HEAD"} else self.writer)

    def clear(self) -> None:
        for entry in self.service.client.get("/graphs").json():
            if entry["graph"].startswith((f"{DGG}person-", f"{DGG}g-")):
                path = f"/graphs?graph={entry['graph']}"
                assert self.service.client.delete(path, headers=self.writer).status_code == 204


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(tmp_path_factory.mktemp("gsp") / "kb")
    yield made
    made.service.stop()


@pytest.fixture
def store(shared_store: Store) -> Store:
    """The store without a graph that a case may have left."""
    shared_store.clear()
    return shared_store


def ours(path: str, locations: dict[str, str]) -> str:
    """The address that a path of the suite is here."""
    for name, value in locations.items():
        path = path.replace(name, value)
    return PERSON.sub(_graph, path.replace("/gsp", "/graphs", 1))


def _graph(found: re.Match[str]) -> str:
    iri = str(DGG[f"person-{found[2]}"])
    return quote(iri, safe="") if found["encoded"].startswith("%") else iri


@pytest.mark.parametrize("case", to_run("GraphStoreProtocolTest"))
def test_requests_are_answered_as_the_protocol_says(case: Case, store: Store) -> None:
    locations: dict[str, str] = {}
    for exchange in exchanges(case):
        answer = store.send(exchange, ours(exchange.path, locations))

        assert re.fullmatch("|".join(exchange.statuses), str(answer.status_code)), answer.text
        if name := exchange.location:
            locations[name] = answer.headers["Location"]
        if expected := exchange.graph:
            assert answer.headers["Content-Type"] == "text/turtle; charset=utf-8"
            assert isomorphic(Graph().parse(data=answer.text), Graph().parse(data=expected))


def refused(case: Case) -> bool:
    found = exclusion(case)
    return (
        case.kind == "GraphStoreProtocolTest" and found is not None and found.reason in {BY_PATH, TO_DEFAULT}
    )


@pytest.mark.parametrize("case", parameters(refused))
def test_writes_by_path_and_to_the_default_graph_are_refused(case: Case, store: Store) -> None:
    for exchange in exchanges(case):
        if exchange.method not in {"GET", "HEAD"}:
            path = exchange.path.replace("/gsp", "/graphs", 1)
            answer = store.send(exchange, path)
            read = "GET, HEAD, OPTIONS" if path.partition("?")[0] == "/graphs" else "OPTIONS"
            assert (answer.status_code, answer.headers["Allow"]) == (405, read)
