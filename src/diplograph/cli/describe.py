"""`diplograph describe`: what is known about a thing."""

from pathlib import Path

import click

from diplograph import resources
from diplograph.cli import engines, options, results
from diplograph.cli.check import Iri
from diplograph.errors import UnknownResource

WRITERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}


@click.command
@click.argument("iri", type=Iri())
@click.option("-r", "--results", "form", type=click.Choice(list(results.GRAPH_MEDIA)), default="ttl")
@options.output
@options.kb
def command(iri: str, form: str, output: Path | None, kb: Path | None) -> None:
    """Show what is known about a thing, named by its IRI, in full or as state:japan."""
    with engines.opened(options.settings(kb)) as published:
        graph = resources.describe(published.engine, iri)
    if not len(graph):
        raise UnknownResource(f"Nothing is known about {iri}.")
    options.emit(graph.serialize(format=WRITERS[form], encoding="utf-8"), output)
