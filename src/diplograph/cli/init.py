"""`diplograph init`: the folder of a new knowledge base, which extends the one of the package."""

import re
from importlib.metadata import version
from pathlib import Path
from string import Template

import click
from rdflib import Graph

from diplograph.cli import console
from diplograph.errors import BadRequest
from diplograph.namespaces import BASE, DCTERMS, DG, DGG, KINDS, RDF, RDFS, in_space
from diplograph.rdf import turtle
from diplograph.settings import SETTINGS_FILE
from diplograph.sources import BASE_IRI, INHERITED_DATA, META, Marker, package

FILES = Path(__file__).parent / "base_files"
HIDDEN = {
    "gitignore": ".gitignore",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "github/workflows/check.yml": ".github/workflows/check.yml",
}
"""Files whose names begin with a dot where they are written: tools would take them for this project's own."""
NAMED = tuple(kind for kind in KINDS if kind not in {"account", "pair"})
"""Kinds of things that people name; the build names the others."""
META_FILE = f"data/{META}.ttl"
DESCRIBED = (RDF.type, DCTERMS.license, DCTERMS.title, DG.graphKind, RDFS.label)
"""What of a description of a graph needs no other thing to be told."""
EMPTY = ("ontology", "queries/canned", "shapes")
"""Folders that begin with nothing in them, which git keeps for a file alone."""


@click.command
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base", required=True, metavar="IRI", help="What the names of its own begin with.")
def init_command(folder: Path, base: str) -> None:
    """Make the folder of a knowledge base of your own.

    It extends the ontology, shapes, queries and reference data of the package, whose version it pins. IRI is
    where it will be published, with a slash at the end. A folder with something in it is refused.
    """
    if not BASE_IRI.fullmatch(base) or re.search(r"%(?![0-9A-Fa-f]{2})|/\.{1,2}/", base):
        raise click.BadParameter("an http or https IRI that ends with a slash", param_hint="--base")
    if base.startswith(BASE) or BASE.startswith(base):
        raise click.BadParameter(f"{BASE} is the package's: take an IRI of your own", param_hint="--base")
    if folder.exists() and any(folder.iterdir()):
        raise BadRequest(f"{folder} is not empty.", hint="Name a folder that is new.")
    with in_space(base):
        write(folder, Marker(base=base, extends=version("diplograph")))
    console.note(f"knowledge base {folder.resolve()}")
    click.echo(f"Next: cd {folder}, then diplograph serve")


def write(folder: Path, marker: Marker) -> None:
    """Write the files of a new knowledge base into a folder."""
    for path in sorted(FILES.rglob("*")):
        if path.is_file():
            name = path.relative_to(FILES).as_posix()
            text = Template(path.read_text(encoding="utf-8"))
            written = text.substitute(base=marker.base, version=marker.extends, kinds="|".join(NAMED))
            if path.suffix == ".ttl":
                told = inherited() if name == META_FILE else Graph()
                written = turtle.canonical(turtle.parse(written) + told)  # blocks are ordered by their names
            _put(folder / HIDDEN.get(name, name), written)
    for name in EMPTY:
        _put(folder / name / ".gitkeep", "")
    (folder / "sources").mkdir()
    _put(folder / SETTINGS_FILE, marker.text())


def inherited() -> Graph:
    """Return how the package describes the graphs that are taken over, as far as that holds elsewhere."""
    found, path = Graph(), package().root / META_FILE
    known = turtle.read(path) if path.is_file() else Graph()
    for name in sorted(INHERITED_DATA):
        for term in DESCRIBED:
            for triple in known.triples((DGG[Path(name).stem], term, None)):
                found.add(triple)
    return found


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
