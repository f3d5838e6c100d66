"""The W3C manifests as cases: what is asked, of which data, and what has to come back."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode

from conformance.rdf import RDF, Description, Term

BASE = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
ROOTS = ("manifest-all.ttl", "http-rdf-update/manifest.ttl")
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Data:
    """What a service is started on: files of the default graph, and named graphs as (IRI, file)."""

    default: tuple[Path, ...] = ()
    named: tuple[tuple[str, Path], ...] = ()

    @cached_property
    def key(self) -> str:
        """A name that datasets of the same content share, whatever their files are called."""
        default = sorted(_digest(path) for path in self.default)
        named = sorted(f"{iri}={_digest(path)}" for iri, path in self.named)
        return hashlib.sha256(repr((default, named)).encode()).hexdigest()


@dataclass(frozen=True)
class Case:
    """One entry of a manifest. `name` is `folder#fragment`, `kind` the local name of its class.

    `query` is the file with the query or the update, `result` the one with what has to come back.
    """

    name: str
    kind: str
    entry: Term = field(repr=False)
    manifest: Description = field(repr=False, compare=False)
    query: Path | None
    data: Data
    result: Path | None

    @property
    def text(self) -> str:
        """The query or the update as it is in its file."""
        assert self.query is not None, f"{self.name} has no query"
        return self.query.read_bytes().decode("utf-8")


def suite() -> Path | None:
    """The folder of the SPARQL 1.1 test suite, when it is at hand."""
    folder = Path(os.environ.get("DIPLOGRAPH_W3C", CHECKOUT / ".." / "shared" / "w3c")).resolve() / "sparql11"
    return folder if (folder / "manifest-all.ttl").is_file() else None


def read(root: Path) -> list[Case]:
    """Every case that the manifest of manifests leads to, and the deprecated ones that it leaves out."""
    reader = _Reader(root)
    return [case for path in ROOTS for case in reader.cases(path)]


def iri_of(path: Path) -> str:
    """The address at which the W3C publishes a file of a folder: the base of the relative IRIs in it."""
    return f"{BASE}{path.parent.name}/{path.name}"


@dataclass(frozen=True)
class _Reader:
    root: Path

    def cases(self, path: str) -> Iterator[Case]:
        manifest = Description(self.root / path, BASE + path)
        document = NamedNode(BASE + path)
        for included in manifest.items(manifest.value(document, MF + "include")):
            yield from self.cases(included.value.removeprefix(BASE))
        for entry in manifest.items(manifest.value(document, MF + "entries")):
            yield self.case(path.partition("/")[0], manifest, entry)

    def case(self, folder: str, manifest: Description, entry: Term) -> Case:
        action = manifest.value(entry, MF + "action")
        result = manifest.value(entry, MF + "result")
        query = None
        if action is not None:
            query = manifest.value(action, QT + "query") or manifest.value(action, UT + "request") or action
        return Case(
            name=f"{folder}#{entry.value.rpartition('#')[2]}",
            kind=manifest.objects(entry, RDF + "type")[0].value.rpartition("#")[2],
            entry=entry,
            manifest=manifest,
            query=self.file(query),
            data=self.data(manifest, entry, action),
            result=self.file(result),
        )

    def data(self, manifest: Description, entry: Term, action: Term | None) -> Data:
        if action is None:
            return Data()
        default = tuple(self.root / _path(term) for term in manifest.objects(action, QT + "data"))
        graphs = [
            (term.value, self.root / _path(term)) for term in manifest.objects(action, QT + "graphData")
        ]
        for term in manifest.objects(entry, UT + "graphData"):
            iri = manifest.text(term, RDFS + "label")
            graph = manifest.value(term, UT + "graph")
            assert iri is not None
            assert graph is not None
            graphs.append((iri, self.root / _path(graph)))
        return Data(default, tuple(graphs))

    def file(self, term: Term | None) -> Path | None:
        return self.root / _path(term) if isinstance(term, NamedNode) else None


def _path(term: Term) -> str:
    assert term.value.startswith(BASE), f"{term} is not a file of the suite"
    return term.value.removeprefix(BASE)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
