"""Client of a graph on this machine: a release, or that of a knowledge base, with a worker of its own."""

import difflib
from dataclasses import replace
from pathlib import Path

from rdflib import Graph

from diplograph import documents, media, repository
from diplograph.client.service import Parameters, Raw
from diplograph.documents import provenance
from diplograph.engine import operations
from diplograph.engine.protocol import Operation
from diplograph.errors import InvalidParameter, UnknownResource
from diplograph.release import Release
from diplograph.release.folder import MANIFEST
from diplograph.repository import Repository
from diplograph.settings import Settings


class Local:
    """Answers from a repository that lasts as long as the client."""

    def __init__(self, folder: str | Path | None, timeout: float | None) -> None:
        """Open the release in a folder, or that of the knowledge base there, which is built when need be."""
        path = None if folder is None else Path(folder)
        if path is not None and (path / MANIFEST).is_file():
            settings = _settings(path, timeout)
            self._repository = Repository.of_release(settings, Release.open(path))
        else:
            settings = _settings(path, timeout)
            self._repository = repository.load(settings)

    @property
    def release(self) -> str:
        """The name of the release."""
        return self._repository.release.name

    def select(self, text: str, limit: int | None, release: str | None = None) -> Raw:
        """The solutions of a SELECT query; the release never changes under a client."""
        del release
        return self._answer(operations.operation(text), limit)

    def ask(self, text: str) -> bool:
        """The answer to an ASK query."""
        return operations.ask(self._repository.engine, text)

    def construct(self, text: str) -> Graph:
        """The graph of a CONSTRUCT or DESCRIBE query."""
        return operations.graph(self._repository.engine, text)

    def run(self, name: str, parameters: Parameters, limit: int | None) -> Raw:
        """The solutions of a canned query. Raises UnknownResource with near names, of queries or things."""
        queries = self._repository.queries
        if name not in queries:
            near = difflib.get_close_matches(name, queries, n=3, cutoff=0.4)
            raise UnknownResource(f"There is no canned query {name!r}.", near=near)
        if queries[name].form != "select":
            raise InvalidParameter(f"{name} answers with a graph; ask its text with Client.construct.")
        values = self._repository.named_values(queries[name], parameters)
        return self._answer(queries[name].operation(values), limit)

    def describe(self, iri: str) -> Graph:
        """The document about a thing."""
        return documents.describe(self._repository.engine, iri)

    def close(self) -> None:
        """End the worker."""
        self._repository.close()

    def _answer(self, operation: Operation, limit: int | None) -> Raw:
        asked = replace(operation, limit=limit)
        answer = provenance.evaluate(self._repository.engine, asked, media.RESULTS_JSON)
        return Raw(answer.body, self.release, answer.complete)


def _settings(folder: Path | None, timeout: float | None) -> Settings:
    return Settings.resolve(folder, timeout=timeout, workers=1)
