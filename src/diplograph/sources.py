"""Sources: which files make up a knowledge base, and which named graph each one is."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diplograph.errors import BuildFailed, ReadOnly
from diplograph.namespaces import BUILT_GRAPHS, DGG

LONGEST_NAME = 200
"""Characters of a graph's name: a file system takes 255 bytes, of which a suffix and a mark need some."""
GRAPH_NAME = re.compile(f"[a-z0-9-]{{1,{LONGEST_NAME}}}")
ONTOLOGY_FILES = ("diplograph.ttl", "diplograph-dl.ttl", "alignments.ttl")
VOCABULARY_FILE = "vocab.ttl"
STYLE_SHAPES = "ontology-style.ttl"
SETTINGS_FILE = "diplograph.toml"


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A folder with `ontology/`, `data/`, `shapes/` and `queries/`, which releases are built from."""

    root: Path

    def graphs(self) -> dict[str, list[Path]]:
        """Return the files of each named graph: `data/X.ttl` is dgg:X, the ontology and the schemes apart.

        Raises BuildFailed for a file whose name cannot be, or already is, the name of a graph.
        """
        ontology = self.root / "ontology"
        found = {
            str(DGG.ontology): [path for name in ONTOLOGY_FILES if (path := ontology / name).is_file()],
            str(DGG.vocab): [path for path in [ontology / VOCABULARY_FILE] if path.is_file()],
        }
        for path in sorted((self.root / "data").glob("*.ttl")):
            found[self._graph_of(path)] = [path]
        return {graph: paths for graph, paths in found.items() if paths}

    def graph_file(self, graph: str) -> Path:
        """Return the file in data/ that is the graph, existing or not; ReadOnly for any other graph."""
        name = graph.removeprefix(DGG)
        if graph.startswith(DGG) and not GRAPH_NAME.fullmatch(name):
            hint = f"Name it in a-z, 0-9 and hyphens, with at most {LONGEST_NAME} characters."
            raise ReadOnly(f"{graph[:LONGEST_NAME]} cannot be a graph of data/.", hint=hint)
        if not graph.startswith(DGG) or graph in reserved_graphs():
            raise ReadOnly(f"{graph[:LONGEST_NAME]} is not a graph of data/.")
        return self.root / "data" / f"{name}.ttl"

    def graph_of(self, path: Path) -> str | None:
        """Return the named graph that a file of this knowledge base belongs to, None for any other file."""
        wanted = path.resolve()
        for graph, paths in self.graphs().items():
            if wanted in [known.resolve() for known in paths]:
                return graph
        return None

    def shape_files(self) -> list[Path]:
        """Return the shapes that the data must meet."""
        return [path for path in self._files("shapes", "*.ttl") if path.name != STYLE_SHAPES]

    def rule_files(self) -> list[Path]:
        """Return the CONSTRUCT queries that infer."""
        return self._files("queries/rules", "*.rq")

    def check_files(self) -> list[Path]:
        """Return the queries that must find nothing."""
        return self._files("queries/checks", "*-violation.rq")

    def expectations(self) -> Path:
        """Return the file with the expected counts per class."""
        return self.root / "data" / "expect.toml"

    def covers_everything(self) -> bool:
        """Return whether every triple has to be covered by a shape, as it is unless `diplograph.toml` says.

        Raises BuildFailed for a file that cannot be read or says something else.
        """
        path = self.root / SETTINGS_FILE
        if not path.is_file():
            return True
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))["check"]["coverage"]
        except (KeyError, TypeError, ValueError) as error:
            raise BuildFailed(f"{SETTINGS_FILE} is not `[check]` with `coverage`: {error}") from error
        if not isinstance(found, bool):
            raise BuildFailed(f"{SETTINGS_FILE}: coverage is true or false.")
        return found

    def inputs(self) -> dict[str, str]:
        """Return the SHA-256 in hex of every file that a release is built from, by path below the root."""
        return {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self._inputs())
        }

    def _inputs(self) -> Iterator[Path]:
        if (self.root / SETTINGS_FILE).is_file():
            yield self.root / SETTINGS_FILE
        for folder, suffixes in _INPUTS.items():
            for path in (self.root / folder).rglob("*"):
                if path.suffix in suffixes and path.is_file() and not path.name.startswith("."):
                    yield path

    def _files(self, folder: str, pattern: str) -> list[Path]:
        return sorted((self.root / folder).glob(pattern))

    def _graph_of(self, path: Path) -> str:
        graph = str(DGG[path.stem])
        if not GRAPH_NAME.fullmatch(path.stem):
            raise BuildFailed(
                f"data/{path.name} cannot name a graph: use a-z, 0-9 and hyphens.", file=str(path)
            )
        if graph in reserved_graphs():
            raise BuildFailed(
                f"data/{path.name} has the name of a graph that is made elsewhere.", file=str(path)
            )
        return graph


_INPUTS = {"ontology": {".ttl"}, "data": {".ttl", ".toml"}, "shapes": {".ttl"}, "queries": {".rq"}}


def reserved_graphs() -> set[str]:
    """Return the named graphs that no file in data/ may be."""
    return {str(DGG.ontology), str(DGG.vocab), *BUILT_GRAPHS}
