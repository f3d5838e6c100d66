"""`diplograph undo`: take an accepted change back."""

from pathlib import Path

import click

from diplograph.cli import options
from diplograph.cli.accept import guarded, told, whoami
from diplograph.intake.undo import undo


@click.command
@click.argument("number", type=click.IntRange(1), metavar="ID")
@click.option("-m", "--message", default="", help="Why, for the journal.")
@options.kb
@click.pass_context
def command(ctx: click.Context, number: int, message: str, kb: Path | None) -> None:
    """Take an accepted change back, by the number that `diplograph changes` lists.

    The inverse change is checked like any other; what rests on the change has to be taken back first.
    """
    with guarded(ctx):
        settings = options.settings(kb)
        told(settings, undo(settings, number, whoami(), message))
