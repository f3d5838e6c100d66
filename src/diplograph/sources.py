"""Sources: which files make up a knowledge base, and which named graph each one is."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from diplograph.errors import BuildFailed, ReadOnly
from diplograph.namespaces import BASE, BUILT_GRAPHS, DGG
from diplograph.settings import SETTINGS_FILE, packaged

LONGEST_NAME = 200
"""Characters of a graph's name: a file system takes 255 bytes, of which a suffix and a mark need some."""
GRAPH_NAME = re.compile(f"[a-z0-9-]{{1,{LONGEST_NAME}}}")
ONTOLOGY_FILES = ("diplograph.ttl", "diplograph-dl.ttl", "alignments.ttl")
VOCABULARY = ("vocab", "currencies")
"""How the names of files in ontology/ begin that are schemes of concepts, not axioms."""
STYLE_SHAPES = "ontology-style.ttl"
META = "meta"
"""The graph that describes the others: under one name in every knowledge base, since rules read it."""
INHERITED_DATA = frozenset({"data/reference.ttl"})
"""What a knowledge base takes over of the data of the one that it extends: things, and no article."""
BASE_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`?#]+/")


@dataclass(frozen=True, slots=True)
class Marker:
    """What `diplograph.toml` says, the file that marks the folder of a knowledge base.

    `base` is what the IRIs of its own begin with. `extends` is the version of the package whose ontology,
    shapes, queries and reference data it builds on, None for one that stands alone.
    """

    coverage: bool = True
    base: str = BASE
    extends: str | None = None

    @classmethod
    def read(cls, folder: Path) -> "Marker":
        """Read the file of a folder; one that is not there says nothing. Raises BuildFailed."""
        try:
            text = (folder / SETTINGS_FILE).read_text(encoding="utf-8")
            return cls._of(tomllib.loads(text))
        except FileNotFoundError:
            return cls()
        except (KeyError, TypeError, ValueError) as error:
            raise BuildFailed(
                f"{SETTINGS_FILE} has `[check]` with `coverage`, `[base]` with `iri` and `extends`: {error}",
                file=str(folder / SETTINGS_FILE),
            ) from error

    @classmethod
    def _of(cls, found: Mapping[str, Any]) -> "Marker":
        if unknown := sorted(found.keys() - {"base", "check"}):
            raise ValueError(f"unknown: {', '.join(unknown)}")
        coverage = found["check"]["coverage"] if "check" in found else True
        own = dict(found.get("base", {}))
        base, extends = own.get("iri", BASE), own.get("extends")
        if not isinstance(coverage, bool):
            raise TypeError("coverage is true or false")
        if not isinstance(base, str) or not BASE_IRI.fullmatch(base):
            raise ValueError("iri is http(s)://…, with a slash at the end")
        if not isinstance(extends, str | None):
            raise TypeError("extends is the version of the package")
        return cls(coverage, base, extends)

    def text(self) -> str:
        """Return the file that says so."""
        own = [f'iri = "{self.base}"', *([f'extends = "{self.extends}"'] if self.extends else [])]
        lines = ["[base]", *own, "", "[check]", f"coverage = {str(self.coverage).lower()}"]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A folder with `ontology/`, `data/`, `shapes/` and `queries/`, which releases are built from.

    One that extends the package has its files too, but those that it has itself under the same path; of
    its data only `INHERITED_DATA`.
    """

    root: Path

    @property
    def marker(self) -> Marker:
        """What its `diplograph.toml` says. Raises BuildFailed for one that cannot be used."""
        return Marker.read(self.root)

    @property
    def base(self) -> str:
        """What the IRIs of its own begin with."""
        return self.marker.base

    def files(self) -> dict[str, Path]:
        """Return every file that a release is built from, by its path below a root, sorted."""
        found = dict(_files(self.root))
        if self.marker.extends is not None:
            found = {name: path for name, path in _files(package().root) if _is_inherited(name)} | found
        return dict(sorted(found.items()))

    def graphs(self) -> dict[str, list[Path]]:
        """Return the files of each named graph: `data/X.ttl` is one, the ontology and the schemes apart.

        Raises BuildFailed for a file whose name cannot be, or already is, the name of a graph.
        """
        files = self.files()
        ontology = sorted(_within(files, "ontology", "*.ttl"), key=_rank)
        schemes = [path for path in ontology if path.name.startswith(VOCABULARY)]
        found = {
            str(DGG.ontology): [path for path in ontology if path not in schemes],
            str(DGG.vocab): schemes,
        }
        for path in _within(files, "data", "*.ttl"):
            found[self._graph_of(path)] = [path]
        return {graph: paths for graph, paths in found.items() if paths}

    def graph_named(self, name: str) -> str:
        """Return the IRI of the graph in `data/NAME.ttl`.

        The one that describes the others, and one that the package has, are the package's.
        """
        shared = name == META or (self.marker.extends is not None and f"data/{name}.ttl" in INHERITED_DATA)
        return f"{BASE if shared else self.base}graph/{name}"

    def graph_file(self, graph: str) -> Path:
        """Return the file in data/ that is the graph, existing or not; ReadOnly for any other graph."""
        space, _, name = graph.rpartition("/graph/")
        if graph.startswith((str(DGG), f"{self.base}graph/")) and not GRAPH_NAME.fullmatch(name):
            hint = f"Name it in a-z, 0-9 and hyphens, with at most {LONGEST_NAME} characters."
            raise ReadOnly(f"{graph[:LONGEST_NAME]} cannot be a graph of data/.", hint=hint)
        if not space or str(DGG[name]) in reserved_graphs() or graph != self.graph_named(name):
            raise ReadOnly(f"{graph[:LONGEST_NAME]} is not a graph of data/.")
        path = self.root / "data" / f"{name}.ttl"
        if self.files().get(f"data/{name}.ttl", path) != path:
            raise ReadOnly(f"{graph} comes with the package.", hint=f"Put data/{name}.ttl in its place.")
        return path

    def graph_of(self, path: Path) -> str | None:
        """Return the named graph that a file of this knowledge base belongs to, None for any other file."""
        wanted = path.resolve()
        for graph, paths in self.graphs().items():
            if wanted in [known.resolve() for known in paths]:
                return graph
        return None

    def shown(self, path: Path) -> str:
        """Return the path of a file of this knowledge base below its folder, in full when it is inherited."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def shape_files(self) -> list[Path]:
        """Return the shapes that the data must meet."""
        return [path for path in _within(self.files(), "shapes", "*.ttl") if path.name != STYLE_SHAPES]

    def rule_files(self) -> list[Path]:
        """Return the CONSTRUCT queries that infer."""
        return _within(self.files(), "queries/rules", "*.rq")

    def check_files(self) -> list[Path]:
        """Return the queries that must find nothing."""
        return _within(self.files(), "queries/checks", "*-violation.rq")

    def canned_files(self) -> list[Path]:
        """Return the questions that are kept."""
        return _within(self.files(), "queries/canned", "*.rq")

    def expectations(self) -> Path:
        """Return the file with the expected counts per class."""
        return self.root / "data" / "expect.toml"

    def covers_everything(self) -> bool:
        """Return whether every triple has to be covered by a shape, as it is unless `diplograph.toml` says.

        Raises BuildFailed for a file that cannot be read or says something else.
        """
        return self.marker.coverage

    def outdated(self) -> str | None:
        """Return what to do where another version of the package is installed than the one it extends."""
        wanted, found = self.marker.extends, version("diplograph")
        if wanted in {None, found}:
            return None
        return (
            f"{self.root} extends diplograph {wanted}, and {found} is installed: install that one, or read in"
            f' CHANGELOG.md what changed, write extends = "{found}" into {SETTINGS_FILE} and check again.'
        )

    def inputs(self) -> dict[str, str]:
        """Return the SHA-256 in hex of every file that a release is built from, by path below a root."""
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in self.files().items()}

    def _graph_of(self, path: Path) -> str:
        if not GRAPH_NAME.fullmatch(path.stem):
            raise BuildFailed(
                f"data/{path.name} cannot name a graph: use a-z, 0-9 and hyphens.", file=str(path)
            )
        if str(DGG[path.stem]) in reserved_graphs():
            raise BuildFailed(
                f"data/{path.name} has the name of a graph that is made elsewhere.", file=str(path)
            )
        return self.graph_named(path.stem)


def package() -> KnowledgeBase:
    """Return the knowledge base that comes with the code, which others extend."""
    return KnowledgeBase(packaged())


_INPUTS = {"ontology": {".ttl"}, "data": {".ttl", ".toml"}, "shapes": {".ttl"}, "queries": {".rq"}}


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    if (root / SETTINGS_FILE).is_file():
        yield SETTINGS_FILE, root / SETTINGS_FILE
    for folder, suffixes in _INPUTS.items():
        for path in (root / folder).rglob("*"):
            if path.suffix in suffixes and path.is_file() and not path.name.startswith("."):
                yield path.relative_to(root).as_posix(), path


def _is_inherited(name: str) -> bool:
    return name in INHERITED_DATA or not name.startswith(("data/", SETTINGS_FILE))


def _within(files: Mapping[str, Path], folder: str, pattern: str) -> list[Path]:
    """Return the files just below a folder."""
    names = ((PurePosixPath(name), path) for name, path in files.items())
    return [path for name, path in names if str(name.parent) == folder and name.match(pattern)]


def _rank(path: Path) -> tuple[int, str]:
    """Return the place of a file of the ontology: the core first."""
    known = ONTOLOGY_FILES.index(path.name) if path.name in ONTOLOGY_FILES else len(ONTOLOGY_FILES)
    return known, path.name


def reserved_graphs() -> set[str]:
    """Return the named graphs that no file in data/ may be."""
    return {str(DGG.ontology), str(DGG.vocab), *BUILT_GRAPHS}
