"""The manifest: what identifies a release, and whether it is that of the sources as they are now."""

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from diplograph.namespaces import BUILT_GRAPHS, DGG
from diplograph.rdf import Dataset
from diplograph.release.folder import Release, read_current
from diplograph.release.lines import SortedLines
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase

BUILT_WITHOUT = {"cli", "web"}


def release_id(graphs: Mapping[str, str]) -> str:
    """SHA-256 over the sorted lines `graph IRI, hash`; dgg:meta, which says who read what, is left out."""
    lines = sorted(f"{iri}, {digest}\n" for iri, digest in graphs.items() if iri != str(DGG.meta))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_graphs(dataset: Dataset, lines: SortedLines | None = None) -> dict[str, dict[str, object]]:
    """Each named graph's canonical hash (RDFC-1.0, SHA-256) and number of triples."""
    return {name: hash_graph(dataset, name, lines) for name in dataset.graph_names()}


def hash_graph(dataset: Dataset, name: str, lines: SortedLines | None) -> dict[str, object]:
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


def current(settings: Settings) -> Release | None:
    """The release in service, None when there is none that can be opened."""
    return read_current(settings.state)


def up_to_date(settings: Settings) -> bool:
    """Whether the current release was built from the sources as they are now."""
    release = current(settings)
    if release is None:
        return False
    reason = bool(release.manifest.get("inputs", {}).get("reason"))
    return bool(release.manifest.get("inputs") == build_inputs(KnowledgeBase(settings.kb), reason=reason))


def built_from(settings: Settings, release: Release, without: Iterable[Path]) -> bool:
    """Whether a release with what it entails was built from the sources as they are, some files left out."""
    built = release.manifest.get("inputs", {})
    if not built.get("reason"):
        return False
    found: Mapping[str, Any] = build_inputs(KnowledgeBase(settings.kb), reason=True)
    root = settings.kb.resolve()
    resolved = (path.resolve() for path in without)
    left_out = {path.relative_to(root).as_posix() for path in resolved if path.is_relative_to(root)}
    return found["software"] == built["software"] and _but(found["files"], left_out) == _but(
        built["files"], left_out
    )


def _but(files: Mapping[str, str], left_out: set[str]) -> dict[str, str]:
    return {name: digest for name, digest in files.items() if name not in left_out}
