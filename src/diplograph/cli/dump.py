"""`diplograph dump`: the whole release, or one named graph of it."""

import gzip
from pathlib import Path

import click
from pyoxigraph import DefaultGraph, Quad

from diplograph import preparation
from diplograph.cli import console, options, rdf
from diplograph.errors import UnknownResource
from diplograph.queries.parameters import read_iri
from diplograph.release import Release
from diplograph.store import Dataset


@click.command
@click.option(
    "-r", "--to", type=click.Choice(rdf.SUFFIXES), help="Syntax. [default: trig, or ttl with --graph]"
)
@click.option("--graph", metavar="IRI", help="Only this named graph, for example dgg:a1.")
@options.output
@options.kb
def command(to: str | None, graph: str | None, output: Path | None, kb: Path | None) -> None:
    """Write the whole release: N-Quads and TriG hold the named graphs, the others their merge."""
    with console.progress() as progress:
        release = preparation.prepare(options.settings(kb), progress)
    body = _graph(release, graph, to or "ttl") if graph else _whole(release, to or "trig")
    options.emit(body, output)


def _whole(release: Release, suffix: str) -> bytes:
    prepared = release.dumps.get(f"diplograph.{suffix}.gz")
    if prepared:
        return gzip.decompress(prepared.read_bytes())
    merge = [quad for quad in _store(release).quads() if isinstance(quad.graph_name, DefaultGraph)]
    return rdf.write(merge, suffix)


def _graph(release: Release, name: str, suffix: str) -> bytes:
    try:
        iri = read_iri(name).value
    except ValueError as error:
        raise click.BadParameter(f"{name!r} is not an IRI", param_hint="--graph") from error
    store = _store(release)
    if iri not in store.graph_names():
        raise UnknownResource(f"There is no graph {iri}.", hint=f"Known: {', '.join(store.graph_names())}")
    quads = sorted(store.quads(iri), key=str)
    if suffix in rdf.DATASET_SUFFIXES:
        return rdf.write(quads, suffix)
    return rdf.write([Quad(quad.subject, quad.predicate, quad.object) for quad in quads], suffix)


def _store(release: Release) -> Dataset:
    return Dataset.open_read_only(release.store_path)
