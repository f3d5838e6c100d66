"""`diplograph prune`: remove old releases."""

from pathlib import Path

import click

from diplograph.cli import console, options
from diplograph.errors import ReadOnly
from diplograph.intake.prune import prune


@click.command
@click.option("--keep", type=click.IntRange(1), required=True, metavar="N", help="How many stay.")
@options.kb
def command(keep: int, kb: Path | None) -> None:
    """Remove all releases but N: the current one and the newest.

    Nothing else deletes releases. A release that is gone answers 410; the journal and the files stay.
    """
    settings = options.settings(kb)
    if settings.read_only:
        raise ReadOnly(f"The knowledge base at {settings.kb} cannot be written.")
    removed = prune(settings, keep)
    for release in removed:
        click.echo(f"removed {release.path.name}")
    console.note(f"{len(removed)} releases removed")
