"""One validator on one generated graph, in a process of its own that ends at a cap: prints a line of JSON."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, serialize
from rdflib import Graph
from rdflib.plugin import PluginException

from diplograph.namespaces import DGG, SH
from diplograph.rdf.terms import to_rdflib
from diplograph.sources import KnowledgeBase
from diplograph.validation import Shapes, inputs
from diplograph.validation.shacl import run, validate_all
from diplograph.validation.validation_graph import ValidationGraph

ROOT = Path(__file__).resolve().parents[1]
PEERS = ("pyshacl", "pyoxigraph", "pyrudof")
STEPS = ("ours", *PEERS)


@dataclass
class Bench:
    """A generated knowledge base and the triples of it that SHACL judges."""

    folder: Path
    shapes: Shapes
    triples: list[Triple]
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "Bench":
        """Read a generated knowledge base, and add what follows from it."""
        graphs = inputs.of_files(KnowledgeBase(folder))
        closure = inputs.entailed(inputs.dataset(graphs), inputs.ontology(graphs)).validation
        world = (found for graph, found in graphs.items() if graph != str(DGG.ontology))
        return cls(folder, Shapes.read(ROOT), [*chain(*world), *(quad.triple for quad in closure)])

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long something takes."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began

    def ours(self) -> None:
        """Queries single out the focus nodes that pySHACL judges; loading the store counts."""
        with self.timed("ours"):
            judged = ValidationGraph.of(self.triples)
            run(judged, self.shapes)

    def pyshacl(self) -> None:
        """The reference, on a graph of rdflib that is at hand."""
        graph = self._graph("default")
        with self.timed("pyshacl"):
            validate_all(graph, self.shapes)

    def pyoxigraph(self) -> None:
        """The reference, on a store of pyoxigraph by way of oxrdflib, at hand as well."""
        graph = self._graph("Oxigraph")
        with self.timed("pyoxigraph"):
            validate_all(graph, self.shapes)

    def pyrudof(self) -> None:
        """A validator in Rust, on the shapes without SPARQL: both judge the same, texts already written."""
        from pyrudof import RDFFormat, Rudof, RudofConfig  # noqa: PLC0415 - it may not be there

        core = Shapes(without_sparql(self.shapes.graph), ())
        data, shapes = self.folder / "data.nt", self.folder / "shapes.ttl"
        with data.open("wb") as stream:
            serialize(self.triples, stream, RdfFormat.N_TRIPLES)
        core.graph.serialize(shapes, format="turtle")
        with self.timed("ours without sparql"):
            run(ValidationGraph.of(self.triples), core)
        rudof = Rudof(RudofConfig())
        rudof.read_data(data, format=RDFFormat.NTriples)
        with self.timed("pyrudof"):
            rudof.read_shacl(shapes)
            rudof.validate_shacl()

    def _graph(self, store: str) -> Graph:
        graph = Graph(store=store, bind_namespaces="none")
        for triple in self.triples:
            graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
        return graph


def without_sparql(shapes: Graph) -> Graph:
    """Return shapes without their SPARQL constraints."""
    core = Graph(bind_namespaces="none")
    queries = set(shapes.objects(None, SH.sparql))
    for triple in shapes:
        if triple[1] != SH.sparql and triple[0] not in queries:
            core.add(triple)
    return core


def main(step: str, folder: Path, cap: int) -> None:
    """Prints how long a step takes, in seconds by name; SIGALRM ends what takes longer than the cap (s)."""
    bench = Bench.of(folder)
    signal.alarm(cap)
    try:
        getattr(bench, step)()
    except (ImportError, PluginException) as error:
        bench.seconds = {}
        sys.stderr.write(f"{error}\n")
    signal.alarm(0)
    sys.stdout.write(json.dumps(bench.seconds) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
