"""The composition root: everything that a service or a command needs over one release."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from diplograph import release as releases
from diplograph.changes.apply import prepare
from diplograph.engine.local import LocalEngine
from diplograph.engine.protocol import Engine
from diplograph.namespaces import in_space
from diplograph.queries import CannedQuery, QueryBook, canned
from diplograph.release import Release
from diplograph.search import NameIndex, Names
from diplograph.search.index import EXACT, LONGEST, Role
from diplograph.settings import Settings

if TYPE_CHECKING:
    from diplograph.release import Progress

TASKS = {"validate": "diplograph.incremental.checking:validate_task"}
"""What the workers of an engine run besides queries: each imports the function when it is first asked for."""


@dataclass(frozen=True, slots=True)
class Repository:
    """One release in service: engine, canned queries, names. Close it, or use it in a `with` block.

    `unmentioned` are the IRIs of what is there for reference and no source mentions.
    """

    settings: Settings
    release: Release
    engine: Engine
    queries: QueryBook
    unmentioned: frozenset[str]
    _names: Names = field(repr=False)
    _resources: ExitStack = field(default_factory=ExitStack, repr=False)

    @classmethod
    def of_release(cls, settings: Settings, release: Release) -> "Repository":
        """Puts a release into service. Raises BuildFailed for a canned query that cannot be used."""
        with ExitStack() as resources:
            return cls._opened(settings, release, resources)

    @classmethod
    def of_files(cls, files: Sequence[str], settings: Settings) -> "Repository":
        """Puts files into service as they are: no reasoning, no shapes, no canned queries.

        Each is a path, or `IRI=path` for a named graph. Raises MalformedRdf naming file and position.
        """
        with ExitStack() as resources:
            folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="diplograph-")))
            return cls._opened(settings, releases.build_from_files(files, folder / "release"), resources)

    @classmethod
    def _opened(cls, settings: Settings, release: Release, resources: ExitStack) -> "Repository":
        queries = QueryBook.read(release.queries_dir)
        with in_space(release.base):
            engine = _engine(settings, release)
        resources.callback(engine.close)
        hidden = release.unmentioned()
        return cls(settings, release, engine, queries, hidden, Names(engine, hidden), resources.pop_all())

    @property
    def names(self) -> NameIndex:
        """The names in the release, read when somebody first asks for one."""
        return self._names.index

    def named_values(self, query: CannedQuery, raw: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        """The values of a canned query, each name of a thing as its IRI in this release.

        Raises InvalidParameter for what is not of its type, UnknownResource for what names nothing.
        """
        return canned.checked(self.engine, query, raw, self.named, self.called)

    def named(self, text: str) -> list[str]:
        """The IRIs of things whose names are most like a text, the best first; it may be of any length."""
        return [one.iri for one in self.names.find(text[:LONGEST])]

    def called(self, text: str) -> list[str]:
        """The IRIs of things that bear just this name or code, in any case; not where it means another."""
        found = self.names.find(text[:LONGEST], least=EXACT)
        return [one.iri for one in found if one.name.role is not Role.METONYM]

    @property
    def shapes_dir(self) -> Path:
        """The shapes that data sent to this service is checked against."""
        return self.release.shapes_dir

    def close(self) -> None:
        """Ends the workers and removes what was made for them."""
        self._resources.close()

    def __enter__(self) -> "Repository":
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()


def _engine(settings: Settings, release: Release) -> Engine:
    """The engine of the settings: workers over the release's store, or an endpoint that holds the release."""
    if settings.engine is None or "quads" not in release.manifest:  # loose files are in no engine but ours
        return LocalEngine(release.store_path, settings, release.path, TASKS)
    from diplograph.engine import remote  # noqa: PLC0415 - an HTTP client that only this needs

    graphs = {str(iri): int(facts["triples"]) for iri, facts in release.manifest["graphs"].items()}
    merged = int(release.manifest["quads"]) - sum(graphs.values())
    return remote.RemoteEngine(
        settings.engine, settings, remote.Holdings(graphs, merged), release.path, TASKS
    )


def load(settings: Settings, progress: "Progress | None" = None) -> Repository:
    """Opens the release to serve, building it first when the sources have changed."""
    return Repository.of_release(settings, prepare(settings, progress))
