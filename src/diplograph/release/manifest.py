"""What identifies a release and the inputs that it was built from."""

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from diplograph.release.lines import Lines
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset
from diplograph.vocab import BUILT_GRAPHS, DGG

BUILT_WITHOUT = {"cli", "web"}


def release_id(graphs: Mapping[str, str]) -> str:
    """SHA-256 over the sorted lines `graph IRI, hash`; dgg:meta, which says who read what, is left out."""
    lines = sorted(f"{iri}, {digest}\n" for iri, digest in graphs.items() if iri != str(DGG.meta))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_graphs(dataset: Dataset, lines: Lines | None = None) -> dict[str, dict[str, object]]:
    """Each named graph's canonical hash (RDFC-1.0, SHA-256) and number of triples."""
    return {name: hash_graph(dataset, name, lines) for name in dataset.graph_names()}


def hash_graph(dataset: Dataset, name: str, lines: Lines | None) -> dict[str, object]:
    """A named graph's canonical hash (RDFC-1.0, SHA-256) and number of triples.

    The lines of a graph that a build writes are kept where `lines` says.
    """
    found = dataset.canonical_lines(name)
    if lines is not None and name in BUILT_GRAPHS:
        lines.keep(found)
    return {"hash": hashlib.sha256(b"".join(found)).hexdigest(), "triples": len(found)}


def build_inputs(knowledge_base: KnowledgeBase, *, reason: bool) -> dict[str, object]:
    """Everything that a build depends on: the files, this software, and whether it reasons."""
    return {
        "files": knowledge_base.inputs(),
        "software": {"version": version("diplograph"), "code": code_hash()},
        "reason": reason,
    }


def inputs_digest(inputs: Mapping[str, object]) -> str:
    """The first 8 hex digits that tell the inputs of one build from those of another."""
    return hashlib.sha256(repr(sorted(inputs.items())).encode()).hexdigest()[:8]


def code_hash() -> str:
    """SHA-256 over the modules that take part in a build, so that changed code makes a new release."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if name.split("/")[0] not in BUILT_WITHOUT:
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
