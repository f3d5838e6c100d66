"""`diplograph stats`: what the release holds."""

import json
from contextlib import nullcontext
from pathlib import Path

import click

from diplograph import inventory, preparation
from diplograph.cli import console, options
from diplograph.inventory import Inventory, Things
from diplograph.vocab import short


@click.command
@click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="Form of the figures.",
)
@click.option("--all", "everything", is_flag=True, help="Classes of other vocabularies, too.")
@options.output
@options.kb
def command(form: str, output: Path | None, kb: Path | None, *, everything: bool) -> None:
    """Count what the release holds: triples of each graph, things of each class, and their evidence."""
    with console.progress() as progress:
        release = preparation.prepare(options.settings(kb), progress)
    found = inventory.take(release)
    classes = dict(found.classes) if everything else found.own_classes
    if form == "json":
        options.emit((json.dumps(_document(found, classes), indent=2) + "\n").encode(), output)
    else:
        with output.open("w", encoding="utf-8") if output else nullcontext() as stream:
            _tables(found, classes, stream)


def _document(found: Inventory, classes: dict[str, Things]) -> dict[str, object]:
    return {
        "release": found.release,
        "created": found.created,
        "triples": {"graphs": dict(found.graphs), "merged": found.merged},
        "classes": {
            iri: {"things": things.count, "with_evidence": things.with_evidence}
            for iri, things in classes.items()
        },
        "evidence": {**found.evidence, "certainty": dict(found.certainty)},
    }


def _tables(found: Inventory, classes: dict[str, Things], stream: object = None) -> None:
    graphs = [(short(iri), f"{number:,}") for iri, number in found.graphs.items()]
    console.table(("graph", "triples"), [*graphs, ("their merge", f"{found.merged:,}")], stream)
    rows = [(short(iri), f"{things.count:,}", _coverage(things)) for iri, things in classes.items()]
    console.table(("class", "things", "with evidence"), rows, stream)
    levels = [(f"of certainty {name}", f"{number:,}") for name, number in found.certainty.items()]
    totals = [(name, f"{number:,}") for name, number in found.evidence.items()]
    console.table(("evidence", "number"), [*totals, *levels], stream)


def _coverage(things: Things) -> str:
    """How many have evidence of their own, and the share; nothing where none has or needs any."""
    if not things.with_evidence:
        return ""
    return f"{things.with_evidence:,} ({things.with_evidence / things.count:.0%})"
