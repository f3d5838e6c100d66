"""`diplograph evidence`: do the recorded spans still match the sources."""

from collections import Counter
from pathlib import Path

import click

from diplograph import evidence
from diplograph.cli import console, options
from diplograph.evidence import SpanStatus
from diplograph.release.assemble import load_graphs
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset

STATUSES = ("matching", "moved", "changed", "absent")


@click.group
def command() -> None:
    """Check recorded spans against the sources."""


@command.command
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the articles. [default: DIPLOGRAPH_SOURCES, else ../shared/sources]",
)
@options.kb
@options.quiet
@click.pass_context
def check(ctx: click.Context, sources: Path | None, kb: Path | None, quiet: bool) -> None:
    """Compare every recorded span with the text of its source.

    Exits 0 when all match, 1 when one has moved, changed or lacks its source, 2 when no source is at hand.
    """
    settings = options.settings(kb)
    dataset = Dataset.memory()
    load_graphs(KnowledgeBase(settings.kb), dataset)
    folder = sources or settings.sources
    found = evidence.check(dataset.to_rdflib(dataset.graph_names()), folder)
    if not quiet:
        for status in found:
            if status.status != "matching":
                click.echo(_line(status))
        click.echo(_summary(found))
    statuses = {status.status for status in found}
    if "absent" in statuses and not quiet:
        console.note(f"source absent in {folder}: nothing is known about its spans; say --sources DIR")
    if statuses - {"matching"}:
        ctx.exit(2 if statuses == {"absent"} else 1)


def _line(status: SpanStatus) -> str:
    where = f", now at {status.found[0]}-{status.found[1]}" if status.found else ""
    word = "source absent" if status.status == "absent" else status.status
    return f"{status.file}:{status.start}-{status.end}: {word}{where}  {status.span}"


def _summary(found: list[SpanStatus]) -> str:
    counted = Counter(status.status for status in found)
    parts = [
        f"{number} {word}" for word in ("matching", "moved", "changed", "absent") if (number := counted[word])
    ]
    return f"{len(found)} spans: {', '.join(parts) or 'none recorded'}"
