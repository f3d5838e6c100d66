"""Blocks of Turtle that a verb makes: shown, or put into a file that stays canonical."""

from pathlib import Path

import click
from rdflib import Graph

from diplograph import scaffold, turtle
from diplograph.cli import console
from diplograph.errors import DiplographError, DoesNotConform, MalformedRdf
from diplograph.intake import disk
from diplograph.names.index import Index, Scope
from diplograph.names.loading import index_of
from diplograph.release.assemble import load_graphs
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset
from diplograph.vocab import short

NEAR = 5
ALIKE = 85.0


class Known:
    """What the knowledge base says, and a file that a block is to be put into."""

    def __init__(self, kb: Path, file: Path | None) -> None:
        """Read the sources; the file may be one of them, another one, or not there yet."""
        self._dataset = Dataset.memory()
        load_graphs(KnowledgeBase(kb), self._dataset)
        self.file = file
        self.text = _read(file) if file and file.is_file() else ""
        self.graph = self._dataset.to_rdflib(self._dataset.graph_names()) + turtle.parse(self.text)

    def refuse_taken(self, block: Graph, label: str) -> None:
        """Raise DoesNotConform when a subject of a new block is known; name what is called much alike."""
        near = self._near(label)
        if taken := scaffold.taken(self.graph, block):
            detail = f"{', '.join(short(iri) for iri in taken)}: known already."
            hint = "Add to what is there, or say another --slug."
            raise DoesNotConform(detail, problems=near, hint=hint)
        for line in near:
            console.note(f"named alike: {line}")

    def put(self, block: Graph) -> None:
        """Write a block into the file, or show it when there is none."""
        if self.file is None:
            click.echo(turtle.canonical(block), nl=False)
            return
        try:
            disk.replace(self.file, scaffold.insert(self.text, block))
        except DiplographError as error:
            raise type(error)(error.detail, **error.facts, file=str(self.file)) from error
        console.note(f"{self.file}: {scaffold.names_of(block)}")

    def _near(self, label: str) -> list[str]:
        self._dataset.write_default_merge()
        index: Index = index_of(self._dataset)
        try:
            found = index.find(label, Scope(), NEAR, ALIKE)
        finally:
            index.close()
        return [f"{short(one.iri)}  {one.label}" for one in found]


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRdf(f"Not UTF-8: {error.reason} at byte {error.start}.", file=str(file)) from error
